"""Images, PDFs and files: tokens by rule, by count and by bill, and the same file sent inline and by its id."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

import streamlit as st

from playground import catalog
from playground import figures as fmt
from playground.domain import Endpoint, File, ModelRef, media_type
from playground.domain.hosted import HostedFile
from playground.domain.provider import provider_of
from playground.engine import LiveRun
from playground.lab import files as lab
from playground.lab.file_search import Desk
from playground.lab.files import SAMPLES, Measured
from playground.providers import ProviderError
from playground.providers.files import FILES
from playground.ui import names
from playground.ui.api_lab import asking
from playground.ui.parts import markdown
from playground.ui.session import once
from playground.ui.session.keeping import opened, start, visitor
from playground.ui.session.looking import Place, look_at, looked_at
from playground.ui.session.models import simulated_note
from playground.ui.session.waiting import Late, waited

PANEL = "files"
SAMPLE, MEASURED = names.lab(PANEL, "sample"), names.lab(PANEL, "measured")
SECONDS = 120.0
PLACE = Place("run", lambda run: None, page=PANEL)


def view(where: Mapping[str, Endpoint]) -> None:
    """The whole panel."""
    run = looked_at(PLACE)
    file = _file()
    models = [ref for ref in catalog.defaults() if ref.provider in where and ref.provider in FILES]
    models = [ModelRef(r.provider, provider_of(r.provider).default_api, r.model) for r in models]
    if not models:
        st.info("Files are kept by OpenAI, Anthropic and Gemini: none has an endpoint here.")
        return
    simulated_note(models, where)
    if file is None:
        return
    _rules(file, lab.rules(file, models))
    pressed = once.button(
        PLACE.key,
        run,
        "Count, upload and send",
        "Send again",
        type="primary",
        icon=":material/send:",
        key="lab_files_send",
    )
    what = (file.name, len(file.data), tuple(models))
    if once.goes(PLACE.key, run, pressed, what):
        _send(file, models, where)
    if run is not None and asking.ended(run, "lab_files_live"):
        _results(run, where)


def _file() -> File | None:
    """The chosen sample, or a file of one's own."""
    st.session_state.setdefault(SAMPLE, next(iter(SAMPLES)))
    chosen = st.segmented_control("Sample", list(SAMPLES), key=SAMPLE, required=True)
    given = st.file_uploader(
        "Or a file of your own",
        type=["png", "jpg", "jpeg", "gif", "webp", "pdf"],
        key=names.lab(PANEL, "file"),
    )
    if given is None:
        return SAMPLES[str(chosen)]()
    data = given.getvalue()
    kind = media_type(data)
    if kind is None or len(data) > lab.MAX_BYTES:
        st.error("A file must be an image or a PDF of at most 5 MB here.")
        return None
    return File(media_type=kind, data=data, name=given.name)


def _rules(file: File, found: Sequence[Measured]) -> None:
    """What the published rules say, before anything is sent."""
    st.subheader("Before sending", anchor=False)
    st.caption(f"{file.name}: {lab.shape(file)}, {fmt.size(len(file.data))}.")
    for one in found:
        if one.rule is None:
            st.markdown(
                f"`{one.model}`: no rule is published for such a file; the provider's count tells."
            )
            continue
        rule = one.rule.rule
        st.markdown(
            f"`{one.model}`: **{one.rule.tokens:,}** tokens: {rule.how} ([source]({rule.source}), {rule.as_of})"
        )


def _send(file: File, models: Sequence[ModelRef], where: Mapping[str, Endpoint]) -> None:
    desk = _desk()

    async def all_of_them(pool: Any) -> list[Measured]:
        return await asyncio.gather(
            *(
                lab.measure(desk(endpoint=where[ref.provider], pool=pool), ref, file)
                for ref in models
            )
        )

    try:
        with st.spinner("Counting at the providers, and uploading …"):
            measured = waited(all_of_them, SECONDS, "A provider")
    except Late as late:
        st.error(str(late))
        return
    started = start(lab.requests(file, measured), lab.where(where), kind=asking.KIND)
    if started:
        st.session_state[MEASURED] = {started.id: measured}
        look_at(PLACE, started)
        st.rerun()


def _results(run: LiveRun, where: Mapping[str, Endpoint]) -> None:
    """Rule, count and bill side by side; inline and by id."""
    measured: list[Measured] = st.session_state.get(MEASURED, {}).get(run.id, [])
    by_model = {one.model: one for one in measured}
    lanes = [(lane.request, lane.response) for lane in run.lanes if lane.response]
    for one in measured:
        if one.problem:
            st.warning(markdown.plain(f"{one.model}: {one.problem}"))
    for request, response in lanes:
        if response.failure:
            st.error(markdown.plain(f"{request.model}: {response.failure.told}"))
    st.subheader("Counted and billed", anchor=False)
    counted = [by_model.get(request.model) for request, _ in lanes]
    table = {
        "Model": [str(request.model) for request, _ in lanes],
        "Sent": ["by its id" if lab.is_by_id(request) else "inline" for request, _ in lanes],
        "Request": [fmt.count(lab.sent(response)) for _, response in lanes],
        "Rule": [fmt.count(one.rule.tokens if one and one.rule else None) for one in counted],
        "Counted": [fmt.count(one.counted if one else None) for one in counted],
        "Input billed": [fmt.count(response.usage.input_tokens) for _, response in lanes],
        "Cost": [fmt.cost_of(response) for _, response in lanes],
    }
    st.dataframe(table, hide_index=True, alt="Tokens of the file by rule, count and bill")
    st.caption(
        "Rule and count are the file's alone; the bill has the question too. Request: characters of its body."
    )
    _hosted(measured, where)


def _desk() -> partial[Desk]:
    return partial(Desk, kept=opened(), owner=visitor() or "")


async def _drop(desk: Callable[..., Desk], hosted: HostedFile, pool: Any) -> None:
    await lab.drop(desk(pool=pool), hosted)


def _hosted(measured: Sequence[Measured], where: Mapping[str, Endpoint]) -> None:
    there = [(one, one.hosted) for one in measured if one.hosted is not None]
    if not there:
        return
    st.subheader("Uploaded", anchor=False)
    for one, hosted in there:
        row = FILES[one.model.provider]
        st.markdown(f"`{hosted.id}` at {one.model.provider}: {row.keeps} ([source]({row.source}))")
    if st.button("Delete the uploaded files", icon=":material/delete:", key="lab_files_delete"):
        desk = _desk()
        for one, hosted in there:
            who = provider_of(one.model.provider).label
            there_now = partial(desk, endpoint=where[one.model.provider])
            try:
                waited(partial(_drop, there_now, hosted), SECONDS, who)
            except ProviderError as error:
                st.error(markdown.plain(error.failure.told))
                return
            except Late as late:
                st.error(str(late))
                return
        st.session_state[MEASURED] = {}
        st.toast("The uploaded files are deleted.", icon=":material/check:")
        st.rerun()
