"""An experiment under way: time and money left, what it has found so far, pause, stop, resume."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import streamlit as st

from playground import figures as fmt
from playground.domain import Endpoint
from playground.experiments import background, kept, sheets
from playground.experiments.background import Work
from playground.experiments.kept import Experiment
from playground.experiments.sheets import Partial
from playground.store.store import Store
from playground.ui.experiments import opened, starting
from playground.ui.experiments.words import share
from playground.ui.parts.markdown import dollars, plain

LOOK = 1.0
"""Seconds between two looks at what is under way."""
AGAIN, LEAVE = "Ask them again", "Leave them out"


@st.fragment(run_every=LOOK)
def under_way(store: Store, experiment: Experiment) -> None:
    """Drawn again every second; when it has ended, the whole page is."""
    work = background.of(experiment.id)
    if work is None:
        found = opened.find(store, experiment.id)
        if found is None or not found.alive:
            st.rerun()
    counts = kept.counts(store, experiment.seq)
    ended = counts.get(kept.DONE, 0) + counts.get(kept.FAILED, 0)
    st.progress(
        min(1.0, ended / max(1, experiment.cells)),
        f"{ended:,} of {experiment.cells:,} cells{_left(work)}",
    )
    if work is not None:
        _buttons(work)
    else:
        st.caption("Another process runs it, as the terminal: it is stopped there.")
    so_far(sheets.partials(store, experiment))


def _left(work: Work | None) -> str:
    """Time and money that it will probably take from now on."""
    progress = work.progress if work else None
    if progress is None or progress.left is None:
        return " · beginning"
    parts = [f"about {fmt.seconds(progress.left)} left"]
    if progress.to_spend is not None:
        parts.append(
            f"{fmt.money(progress.spent)} spent, about {fmt.money(progress.to_spend)} to go"
        )
    if progress.failed:
        parts.append(f"{progress.failed:,} failed")
    if progress.held_up:
        slow = (f"{plain(str(ref))} {fmt.seconds(wait)}" for ref, wait in progress.held_up.items())
        parts.append(f"held up by rate limits: {', '.join(slow)}")
    return dollars("".join(f" · {part}" for part in parts))


def _buttons(work: Work) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button(
            "Pausing …" if work.stops else "Pause",
            icon=":material/pause:",
            key="experiment_pause",
            disabled=work.stops > 0,
            on_click=work.pause,
            help="Nothing more is sent; what is under way ends. It can be resumed.",
        )
        st.button(
            "Stopping …" if work.stops > 1 else "Stop",
            icon=":material/stop:",
            key="experiment_stop",
            disabled=work.stops > 1,
            on_click=work.stop,
            help="What is under way is cut off, too; it may be billed all the same. It can be resumed.",
        )


def so_far(rows: Sequence[Partial]) -> None:
    """A row a model: partial results, which may still turn round."""
    st.dataframe(
        {
            "Model": [row.model for row in rows],
            "Calls": [row.n for row in rows],
            "Failed": [row.failures for row in rows],
            "Passed": [share(row.pass_rate, "not yet") for row in rows],
            "First text (mean)": [_seconds(row.time_to_first_text) for row in rows],
            "Duration (mean)": [_seconds(row.duration) for row in rows],
            "Cost": [
                "not yet" if row.cost is None else fmt.total(row.cost, whole=row.whole)
                for row in rows
            ],
        },
        hide_index=True,
        alt="What each model has come to so far",
    )


def _seconds(value: float | None) -> str:
    return "not yet" if value is None else fmt.seconds(value)


def stands_still(store: Store, experiment: Experiment, where: Mapping[str, Endpoint]) -> None:
    """Why it stands still, what is uncertain, and the button that goes on."""
    counts = kept.counts(store, experiment.seq)
    waiting, sent = counts.get(kept.WAITING, 0), counts.get(kept.SENT, 0)
    unjudged = kept.waiting_for_verdicts(store, experiment.seq)
    if not waiting and not sent and not unjudged:
        return
    told = [
        experiment.note,
        f"{waiting:,} of {experiment.cells:,} cells wait." if waiting else "",
        f"{unjudged:,} answers wait for their verdict; they are not asked again."
        if unjudged
        else "",
    ]
    st.warning(plain(" ".join(filter(None, told))), icon=":material/pause_circle:")
    again = None
    if sent:
        again = st.segmented_control(
            f"{sent:,} cells were under way when it ended: they may have been answered, and billed",
            (AGAIN, LEAVE),
            key="experiment_uncertain",
        )
    if st.button(
        "Resume",
        type="primary",
        icon=":material/resume:",
        key="experiment_resume",
        disabled=bool(sent and again is None),
    ):
        if sent:
            state = kept.WAITING if again == AGAIN else kept.SKIPPED
            kept.settle_uncertain(store, experiment.seq, state)
        starting.go_on(store, experiment, where)
        st.rerun()
