"""File search: a store of files at a provider, a question to it, the chunks that were found, and what it all costs."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import partial

import streamlit as st

from playground import catalog
from playground import figures as fmt
from playground.domain import Endpoint, Exchange, ModelRef, Request
from playground.domain.endpoint import source_of
from playground.domain.hosted import Condition
from playground.domain.provider import provider_of
from playground.engine import LiveRun
from playground.lab import file_search as lab
from playground.lab import filed_samples as samples
from playground.lab import filing
from playground.lab.file_search import Shelf
from playground.lab.filing import Filing
from playground.providers import ProviderError
from playground.providers.stores import APIS
from playground.ui import names
from playground.ui.api_lab import asking
from playground.ui.parts import markdown, uploads
from playground.ui.parts.head import head
from playground.ui.parts.number_field import Typed, number_field
from playground.ui.parts.receipt import receipt, receipt_button
from playground.ui.session import compose, once
from playground.ui.session.keeping import opened, start, visitor
from playground.ui.session.looking import Place, look_at, looked_at
from playground.ui.session.waiting import Late, waited

PANEL = "file_search"
PROVIDER, SHELF = names.lab(PANEL, "provider"), names.lab(PANEL, "shelf")
SECONDS = 180.0


def _fill(run: LiveRun) -> None:
    request = run.lanes[0].request
    st.session_state[names.lab(PANEL, "question")] = compose.prompt_of(request)
    st.session_state[PROVIDER] = request.model.provider


PLACE = Place("run", _fill, page=PANEL)


def view(where: Mapping[str, Endpoint]) -> None:
    """The whole panel."""
    run = looked_at(PLACE)
    offered = lab.offered(where)
    if not offered:
        st.info("OpenAI and Gemini have stores of files: neither has an endpoint here.")
        return
    provider = _provider(offered)
    model = _model(provider)
    if source_of(model, where) == "simulated":
        st.caption(":material/science: Simulated: a server on this computer keeps the store.")
    question = st.text_area(
        "Question",
        key=names.lab(PANEL, "question"),
        height=68,
        max_chars=asking.MOST_CHARACTERS,
        persist_state="session",
    )
    shelf = _shelf(provider, where)
    how = _filing() if shelf is None else lab.AS_IT_IS
    only = _only()
    label = "Make a store and ask" if shelf is None else "Ask"
    pressed = once.button(
        PLACE.key,
        run,
        label,
        "Ask again",
        type="primary",
        icon=":material/send:",
        key="lab_file_search_send",
        disabled=not (question or "").strip() or how is None or only is None,
    )
    what = (provider, question, only, how if shelf is None else shelf.store.id)
    if question and how and only is not None and once.goes(PLACE.key, run, pressed, what):
        there = shelf or _build(provider, where, how)
        if there is not None:
            _ask(lab.asked(model, question, there, only=only), there, where)
    if run is None:
        asking.empty(
            PANEL,
            "your own files as a provider searches them: the sample is a shop's rules for returns; press the button and see"
            " which pieces of it the model was given.",
        )
    elif asking.ended(run, "lab_file_search_live"):
        _answer(run)
    if shelf is not None:
        _kept(shelf, where)


def _provider(offered: list[str]) -> str:
    if st.session_state.get(PROVIDER) not in offered:
        st.session_state[PROVIDER] = offered[0]
    st.session_state.setdefault(names.lab(PANEL, "question"), samples.QUESTION)
    chosen = st.segmented_control(
        "Provider",
        offered,
        key=PROVIDER,
        format_func=lambda name: provider_of(name).label,
        required=True,
        persist_state="session",
    )
    return str(chosen)


def _model(provider: str) -> ModelRef:
    """The provider's usual model, through the door that searches."""
    usual = next(ref for ref in catalog.defaults() if ref.provider == provider)
    return ModelRef(provider, APIS[provider], usual.model)


def _shelf(provider: str, where: Mapping[str, Endpoint]) -> Shelf | None:
    """The store of this tab at this provider, or the files for one."""
    shelves: dict[str, Shelf] = st.session_state.setdefault(SHELF, {})
    shelf = shelves.get(provider)
    if shelf is not None and shelf.simulated == where[provider].simulated:
        names_of = ", ".join(f"`{name}`" for name, _ in shelf.files)
        st.caption(f":material/inventory_2: In the store: {names_of}.")
        return shelf
    st.file_uploader(
        "Files",
        type=["txt", "md", "csv", "json", "html", "pdf"],
        accept_multiple_files=True,
        key=names.lab(PANEL, "files"),
        help="Without any, a sample of two files is used. The provider keeps them until you delete the store.",
    )
    return None


def _filing() -> Filing | None:
    """How the files are put into the store; None while it can't be read, which is then said."""
    key = names.lab(PANEL, "metadata")
    st.session_state.setdefault(key, samples.METADATA)
    with st.popover("Chunks and metadata", icon=":material/content_cut:"):
        said = st.text_area(
            "Metadata, one line a file",
            key=key,
            height=90,
            help="`rules.txt: audience = staff, year = 2026`; `*:` for every file.",
            persist_state="session",
        )
        size = number_field(
            "Tokens of a chunk",
            names.lab(PANEL, "chunk"),
            least=filing.LEAST,
            most=filing.MOST,
            needed=False,
            placeholder="the provider's own: 800 at OpenAI",
        )
        shared = number_field(
            "Tokens that neighbours share",
            names.lab(PANEL, "overlap"),
            least=0,
            most=filing.MOST // 2,
            needed=False,
            placeholder="the provider's own: 400 at OpenAI",
        )
    if size.wrong or shared.wrong:
        return None
    try:
        return Filing(
            chunking=filing.chunking(_whole(size), _whole(shared)),
            attributes=filing.attributes(said or ""),
        )
    except ValueError as error:
        st.error(markdown.plain(str(error)))
        return None


def _whole(typed: Typed) -> int | None:
    return None if typed.value is None else int(typed.value)


def _only() -> tuple[Condition, ...] | None:
    """What must be said of a file to be searched; None while it can't be read, which is then said."""
    text = st.text_input(
        "Search only files of which this is said",
        key=names.lab(PANEL, "only"),
        placeholder=f"all; or such as: {samples.ONLY} and year >= 2026",
        persist_state="session",
    )
    try:
        return filing.conditions(text or "")
    except ValueError as error:
        st.error(markdown.plain(str(error)))
        return None


def _desk(provider: str, where: Mapping[str, Endpoint]) -> partial[lab.Desk]:
    kept = opened()
    return partial(lab.Desk, endpoint=where[provider], kept=kept, owner=visitor() or "")


def _build(provider: str, where: Mapping[str, Endpoint], how: Filing) -> Shelf | None:
    """A store with the chosen files, or with the sample; what goes wrong is said."""
    given = uploads.held(names.lab(PANEL, "files"))
    files = [(one.name, one.getvalue()) for one in given]
    if sum(len(data) for _, data in files) > lab.MAX_BYTES:
        st.error("All files together may have 5 MB here.")
        return None
    files = files or [*samples.SAMPLES]
    desk = _desk(provider, where)
    with st.spinner("Making the store: create, upload, and look until it is ready …"):
        try:
            who = provider_of(provider).label
            shelf = waited(lambda pool: lab.build(desk(pool=pool), files, how), SECONDS, who)
        except (ProviderError, Late) as error:
            _failed(error)
            return None
    st.session_state[SHELF][provider] = shelf
    return shelf


def _failed(error: ProviderError | Late) -> None:
    told = error.failure.told if isinstance(error, ProviderError) else str(error)
    st.error(markdown.plain(told), icon=":material/error:")


def _ask(asked: Request, shelf: Shelf, where: Mapping[str, Endpoint]) -> None:
    started = start(
        [asked],
        lab.where(where, asked.model.provider),
        kind=asking.KIND,
        context={lab.STORE: shelf.store.id},
    )
    if started:
        look_at(PLACE, started)
        st.rerun()


def _answer(run: LiveRun) -> None:
    """The answer, and what it rests on."""
    response = run.lanes[0].response
    if response is None:
        return
    st.html(head(response))
    if response.failure:
        st.error(markdown.plain(response.failure.told), icon=":material/error:")
        return
    markdown.answer(response.text)
    receipt_button(response, f"lab_file_search_{run.id}")
    found = lab.found(response)
    st.subheader("What was put before the model", anchor=False)
    for chunk in found.chunks:
        with st.container(border=True):
            score = f" · score {chunk.score:.2f}" if chunk.score is not None else ""
            cited = " · :green[:material/format_quote: cited]" if chunk.cited else ""
            name = markdown.plain(chunk.file or chunk.file_id or "a chunk without a name")
            said = "".join(f" `{key} = {value}`" for key, value in chunk.attributes.items())
            st.markdown(f"**{name}**{score}{cited}{said}")
            st.text(chunk.text or "The provider does not show its text.")
    if not found.chunks:
        st.caption("Nothing was searched, or the provider does not show what was found.")
    usage = response.usage
    told = fmt.count(found.retrieved)
    st.markdown(
        f"Input billed: **{fmt.count(usage.input_tokens)}** tokens; of them retrieved: **{told}**"
        f" (by our own count of the texts: {fmt.count(found.estimated)}, an estimate)."
    )


def _kept(shelf: Shelf, where: Mapping[str, Endpoint]) -> None:
    """What the store costs beside tokens, its end, and how it was made."""
    st.subheader("The store", anchor=False)
    store = shelf.store
    st.markdown(
        f"`{store.id}` · {store.files.get('completed', 0)} files ready · {fmt.count(store.size)} bytes"
    )
    fees = lab.fees(shelf.provider, store, [text for _, text in shelf.files])
    for fee in fees:
        amount = "not known" if fee.amount is None else markdown.dollars(fmt.money(fee.amount))
        how = markdown.dollars(fee.how)
        st.markdown(f"{fee.what}: **{amount}** ({how}; [source]({fee.source}), {fee.as_of})")
    with st.popover("Receipt of the store", icon=":material/receipt_long:"):
        so_far = lab.receipt(shelf)
        if so_far is None:
            st.caption("The provider does not tell its size, so what it costs is not known.")
        else:
            st.markdown(receipt(so_far))
        st.caption("Until now. Each search stands in the receipt of its answer.")
    if st.button(
        "Delete the store and its files", icon=":material/delete:", key="lab_file_search_delete"
    ):
        desk = _desk(shelf.provider, where)
        try:
            who = provider_of(shelf.provider).label
            waited(lambda pool: lab.remove(desk(pool=pool), shelf), SECONDS, who)
        except (ProviderError, Late) as error:
            _failed(error)
            return
        st.session_state[SHELF].pop(shelf.provider, None)
        st.toast("The store and its files are deleted.", icon=":material/check:")
        st.rerun()
    with st.expander(f"The wire: {len(shelf.exchanges)} exchanges", icon=":material/cable:"):
        for exchange in shelf.exchanges:
            _exchange(exchange)


def _exchange(exchange: Exchange) -> None:
    st.markdown(f"`{exchange.method} {exchange.url}` → {exchange.status}")
    body = exchange.response_body or ""
    try:
        st.json(json.loads(body), expanded=False)
    except ValueError:
        st.text(body[:2_000])
