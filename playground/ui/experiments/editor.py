"""The spec: written here or uploaded, its mistakes by line, what it will be, and the button that runs it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from playground import figures as fmt
from playground import runs
from playground.domain import Endpoint, ModelRef
from playground.engine import get_engine
from playground.experiments import background, kept
from playground.experiments.estimate import Estimate, estimate
from playground.experiments.jobs import Jobs
from playground.experiments.kept import Experiment
from playground.experiments.reading import Reading, read_text
from playground.experiments.sample import SAMPLE
from playground.experiments.sources import Sources
from playground.experiments.spec import Case, Spec
from playground.store.store import Store
from playground.ui import names
from playground.ui.experiments import opened
from playground.ui.parts.markdown import plain
from playground.ui.session.keeping import secrets, visitor
from playground.ui.session.state import owner, session

MOST_CHARACTERS = 2_000_000
MOST_SHOWN = 12
"""Mistakes that are listed; the others are counted."""
SPECS = ("yaml", "yml")


def editor(store: Store, where: Mapping[str, Endpoint]) -> None:
    """All of it."""
    st.session_state.setdefault(names.EXPERIMENT_SPEC, SAMPLE)
    files = _files()
    text = (
        st.text_area(
            "Spec (YAML)",
            key=names.EXPERIMENT_SPEC,
            height=430,
            persist_state="session",
            max_chars=MOST_CHARACTERS,
        )
        or ""
    )
    found = read_text(
        text, "spec.yaml", Sources(uploaded=files), store=store, owner=visitor() or ""
    )
    lost = _lost(found.spec, where) if found.spec else ""
    _mistakes(found, lost)
    ready = found.spec is not None and not lost
    told = _before(found.spec, where) if found.spec and ready else None
    with st.container(horizontal=True, vertical_alignment="center"):
        pressed = st.button(
            "Run",
            type="primary",
            icon=":material/play_arrow:",
            key="experiment_run",
            disabled=not ready or told is None,
        )
        st.download_button(
            "Download the spec",
            text,
            file_name="experiment.yaml",
            mime="application/yaml",
            icon=":material/download:",
            on_click="ignore",
            key="experiment_download",
        )
        st.button(
            "Back to the sample",
            icon=":material/restart_alt:",
            type="tertiary",
            key="experiment_sample",
            on_click=_take_sample,
        )
    if pressed and found.spec:
        _run(store, found.spec, where)


def _take_sample() -> None:
    st.session_state[names.EXPERIMENT_SPEC] = SAMPLE


def _files() -> dict[str, bytes]:
    """What was uploaded, by name; a spec among it is put into the editor once."""
    with st.expander("Upload a spec, or files that it names", icon=":material/upload_file:"):
        uploads = st.file_uploader(
            "Files",
            type=[*SPECS, "json", "csv", "jsonl", "parquet", "txt", "md"],
            accept_multiple_files=True,
            key="experiment_files",
            label_visibility="collapsed",
        )
        st.caption(
            "A YAML file goes into the editor. Cases (CSV, JSONL, JSON, Parquet) and prompts are found by the names that the"
            " spec has for them. Nothing is sent before **Run**."
        )
    for upload in uploads:
        mark = (upload.name, upload.file_id)
        if upload.name.endswith(SPECS) and st.session_state.get(names.EXPERIMENT_READ) != mark:
            st.session_state[names.EXPERIMENT_READ] = mark
            st.session_state[names.EXPERIMENT_SPEC] = upload.getvalue().decode("utf-8", "replace")
    return {upload.name: upload.getvalue() for upload in uploads}


def _lost(spec: Spec, where: Mapping[str, Endpoint]) -> str:
    """Which models can't be asked from here; empty = all can."""
    asked = [ModelRef.parse(model.model) for model in spec.models]
    lost = [str(ref) for ref in asked if ref.provider not in where]
    return f"No endpoint is known for {', '.join(lost)}: add one under Keys." if lost else ""


def _mistakes(found: Reading, lost: str) -> None:
    """Every mistake with its line and what is expected."""
    if lost:
        st.warning(plain(lost), icon=":material/link_off:")
    if not found.mistakes:
        return
    lines = [
        f"- **{f'Line {m.line}' if m.line else 'The file'}**: {plain(m.what)}"
        f"{f' {plain(m.expected)}' if m.expected else ''}"
        if m.file == "spec.yaml"
        else f"- **{plain(m.file)}, line {m.line}**: {plain(m.what)} {plain(m.expected)}"
        for m in found.mistakes[:MOST_SHOWN]
    ]
    if more := len(found.mistakes) - MOST_SHOWN:
        lines += [f"- and {more:,} more"] if more > 0 else []
    st.error("\n".join(["This is no spec yet:", "", *lines]), icon=":material/rule:")


@st.cache_data(max_entries=32, show_spinner=False)
def _estimate(digest: str, _spec: Spec) -> Estimate:
    return estimate(_spec)


def _before(spec: Spec, where: Mapping[str, Endpoint]) -> Estimate:
    """What it will be: cells, calls, money, and who answers."""
    found = _estimate(kept.digest_of(spec), spec)
    simulated = _simulated(spec, where)
    cases = sum(isinstance(case, Case) for case in spec.cases)
    with st.container(horizontal=True):
        st.metric("Cells", fmt.count(found.cells), width="content")
        st.metric("Calls", fmt.count(found.calls), width="content")
        st.metric("Likely cost", _money(found), width="content")
        budget = "none" if spec.budget is None else _dollars(fmt.money(spec.budget))
        st.metric("Budget", budget, width="content")
    parts = [
        f"{len(spec.prompts)} prompts × {cases:,} cases × {len(spec.models)} models × {spec.repeats} repeats",
        f"{found.calls - found.cells:,} calls to warm up" if found.calls > found.cells else "",
        f"at most {_dollars(fmt.money(found.high))}" if found.high is not None else "",
        f"no price is known for {plain(', '.join(found.unpriced))}" if found.unpriced else "",
        "judging models cost more" if found.judged else "",
    ]
    st.caption(" · ".join(filter(None, parts)))
    if simulated:
        st.caption(
            ":violet[:material/science: simulated]: answers come from the demo on this computer, nothing is billed, and the"
            " cost is what real calls would cost. Give a key under Keys to ask a real API."
        )
    return found


def _money(found: Estimate) -> str:
    if found.unpriced and not found.likely:
        return fmt.NO_PRICE
    return _dollars(f"{'≥ ' if found.unpriced else '≈ '}{fmt.money(found.likely)}")


def _dollars(text: str) -> str:
    return text.replace("$", r"\$")


def _simulated(spec: Spec, where: Mapping[str, Endpoint]) -> bool:
    return all(where[ModelRef.parse(m.model).provider].simulated for m in spec.models)


def _run(store: Store, spec: Spec, where: Mapping[str, Endpoint]) -> None:
    """Write it down, start it, and open it."""
    jobs = Jobs(spec)
    first = [jobs.job(number).request for number in range(min(len(jobs.order), 50))]
    refusal = runs.refused(
        [request for request in first if request], where, session=session().id, secrets=secrets()
    )
    if refusal:
        st.error(_dollars(refusal.reason))
        return
    made = kept.create(
        store, spec, jobs.places(), owner=opened.whose(), simulated=_simulated(spec, where)
    )
    go_on(store, made, where)
    opened.show(made.id)
    st.rerun()


def go_on(store: Store, experiment: Experiment, where: Mapping[str, Endpoint], **more: Any) -> bool:
    """Start it, or go on where it stood still; False where another process has it."""
    budget = more.get("budget", experiment.spec.budget)
    work = background.start(
        get_engine(),
        store,
        experiment,
        dict(where),
        budget=budget,
        owner=owner(),
        session=session().id,
        secrets=secrets(),
    )
    return work is not None
