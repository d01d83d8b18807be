"""The spec: written here or brought along, its mistakes by line, what it will be, and the button that runs it."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from playground import figures as fmt
from playground import pricing
from playground.domain import Endpoint
from playground.experiments import kept, sheets
from playground.experiments.estimate import GUESS, Estimate, estimate
from playground.experiments.reading import Reading, read_text
from playground.experiments.sample import SAMPLE
from playground.experiments.sources import Sources
from playground.experiments.spec import Case, Spec
from playground.store.store import Store
from playground.ui import names
from playground.ui.experiments import bringing, opened, starting
from playground.ui.parts.markdown import dollars, plain
from playground.ui.session import once
from playground.ui.session.keeping import visitor

MOST_CHARACTERS = 5_000_000
MOST_SHOWN = 12
"""Mistakes that are listed; the others are counted."""
NAME = "spec.yaml"
LOOKED_UP = ("history:", "saved:")
"""What a spec holds that names something of the store: it may be another thing a moment later."""


def editor(store: Store, where: Mapping[str, Endpoint]) -> None:
    """All of it."""
    st.session_state.setdefault(names.EXPERIMENT_SPEC, SAMPLE)
    files = bringing.files()
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
    _tools(text)
    found = _read(store, text, files)
    lost = starting.unknown(found.spec, where) if found.spec else []
    if lost:
        told = f"No endpoint is known for {', '.join(lost)}: add one under Keys."
        st.warning(plain(told), icon=":material/link_off:")
    _mistakes(found)
    ready = found.spec is not None and not lost
    if found.spec is not None and ready:
        _before(store, found.spec, where)
    pressed = once.button(
        starting.PLACE,
        None,
        "Run",
        type="primary",
        icon=":material/play_arrow:",
        key="experiment_run",
        disabled=not ready,
    )
    if found.spec is not None:
        starting.begin(store, found.spec, where, pressed=pressed)


def _tools(text: str) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        bringing.from_history()
        st.download_button(
            "Download the spec",
            text,
            file_name="experiment.yaml",
            mime="application/yaml",
            icon=":material/download:",
            type="tertiary",
            on_click="ignore",
            key="experiment_download",
        )
        st.button(
            "Back to the sample",
            icon=":material/restart_alt:",
            type="tertiary",
            key="experiment_sample",
            disabled=text == SAMPLE,
            on_click=_take_sample,
        )


def _take_sample() -> None:
    st.session_state[names.EXPERIMENT_SPEC] = SAMPLE
    st.session_state.pop(names.EXPERIMENT_IMPORTED, None)


def _read(store: Store, text: str, files: Mapping[str, bytes]) -> Reading:
    """The spec, read again only when it or its files have changed: ten thousand cases take seconds."""
    key = (text, tuple(sorted(files.items())))
    known = st.session_state.get(names.EXPERIMENT_READING)
    if known is not None and known[0] == key and not any(word in text for word in LOOKED_UP):
        reading: Reading = known[1]
        return reading
    made = read_text(text, NAME, Sources(uploaded=files), store=store, owner=visitor() or "")
    st.session_state[names.EXPERIMENT_READING] = (key, made)
    return made


def _mistakes(found: Reading) -> None:
    """Every mistake with its line and what is expected."""
    if not found.mistakes:
        return
    lines = []
    for mistake in found.mistakes[:MOST_SHOWN]:
        line = f"line {mistake.line}" if mistake.line else ""
        own = mistake.file == NAME
        place = line or "the file" if own else ", ".join(filter(None, (mistake.file, line)))
        said = f"{plain(mistake.what)} {plain(mistake.expected)}".rstrip()
        lines.append(f"- **{plain(place[:1].upper() + place[1:])}**: {said}")
    if (more := len(found.mistakes) - MOST_SHOWN) > 0:
        lines.append(f"- and {more:,} more")
    st.error("\n".join(["This can't be run yet:", "", *lines]), icon=":material/rule:")


def _before(store: Store, spec: Spec, where: Mapping[str, Endpoint]) -> None:
    """What it will be: cells, calls, time, money, and who answers."""
    if reason := starting.too_many(spec):
        st.caption(dollars(reason))
        return
    simulated = starting.simulated(spec, where)
    usual = sheets.usual_durations(store, owner=opened.only(), simulated=simulated)
    measured = tuple(sorted(usual.items()))
    found = _estimate(kept.digest_of(spec), measured, id(pricing.load()), spec)
    cases = sum(isinstance(case, Case) for case in spec.cases)
    budget = "none" if spec.budget is None else fmt.money(spec.budget)
    with st.container(horizontal=True):
        for label, value in (
            ("Cells", fmt.count(found.cells)),
            ("Calls", fmt.count(found.calls)),
            ("Likely time", f"≈ {fmt.seconds(found.seconds)}"),
            ("Likely cost", _money(found)),
            ("Budget", budget),
        ):
            st.metric(label, dollars(value), width="content")
    parts = [
        _product(len(spec.prompts), cases, len(spec.models), spec.repeats),
        f"{found.calls - found.cells:,} calls to warm up" if found.calls > found.cells else "",
        f"time: {fmt.seconds(GUESS)} a call is taken where none was measured yet"
        if found.guessed
        else "time: as calls of the last experiments took",
        _at_most(found, spec),
        f"no price is known for {plain(', '.join(found.unpriced))}" if found.unpriced else "",
        "judging models cost more" if found.judged else "",
    ]
    st.caption(dollars(" · ".join(filter(None, parts))))
    if simulated:
        st.caption(
            ":violet[:material/science: simulated]: answers come from the demo on this computer, nothing is billed, and the"
            " cost is what real calls would cost. Give a key under Keys to ask a real API."
        )


@st.cache_data(max_entries=32, show_spinner=False)
def _estimate(
    digest: str, usual: tuple[tuple[str, float], ...], book: int, _spec: Spec
) -> Estimate:
    """Once for this spec at the prices of this book."""
    return estimate(_spec, dict(usual))


def _product(prompts: int, cases: int, models: int, repeats: int) -> str:
    counts = (
        (prompts, "prompt"),
        (cases, "case"),
        (models, "model"),
        (repeats, "repeat"),
    )
    return " × ".join(f"{n:,} {word}{'' if n == 1 else 's'}" for n, word in counts)


def _at_most(found: Estimate, spec: Spec) -> str:
    """The most that it can cost, where that is known."""
    if spec.budget is not None and (found.high is None or found.high > spec.budget):
        return f"it stops at {fmt.money(spec.budget)}"
    return "" if found.high is None else f"at most {fmt.money(found.high)}"


def _money(found: Estimate) -> str:
    if found.unpriced and not found.likely:
        return fmt.NO_PRICE
    return f"{'≥ ' if found.unpriced else '≈ '}{fmt.money(found.likely)}"
