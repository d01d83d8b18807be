"""The row above the lanes: Run, what it will cost, how the answers are looked at, one more lane."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from playground.domain import Endpoint
from playground.engine import LiveRun
from playground.ui import names
from playground.ui.compare import blind, lanes, parts, prompt, shown, tour
from playground.ui.compare.lanes import LaneChoice
from playground.ui.compare.remarks import remarks
from playground.ui.live.held import held
from playground.ui.parts.views import VIEWS
from playground.ui.session import compose, once
from playground.ui.session.keeping import start
from playground.ui.session.looking import look_at
from playground.ui.session.state import MOST_LANES


def bar(
    run: LiveRun | None, where: Mapping[str, Endpoint]
) -> tuple[LiveRun | None, DeltaGenerator]:
    """Draw it; the run that is shown now, which is another one after a click on Run, and the place for `say`."""
    with st.container(horizontal=True, vertical_alignment="center", key="bar"):
        pressed = once.button(
            compose.PLACE.name,
            run,
            "Run",
            "Run again",
            type="primary",
            icon=":material/play_arrow:",
            shortcut="Ctrl+Enter",
            key="run",
        )
        pressed = pressed or once.waiting(compose.PLACE.name)
        once.seen(compose.PLACE.name)
        st.button(  # always there: nothing beside it moves when a run begins or ends
            "Stop all",
            icon=":material/stop:",
            key="stop_all",
            disabled=run is None or shown.all_done(run),
            on_click=_stop,
            args=(run,),
        )
        said = st.container(key="said")
        hidden = run is not None and held(run)
        if not hidden:  # every other view would tell the names
            parts.drawn(parts.SWITCH, _switch)
        st.button(
            "Add a lane",
            icon=":material/add:",
            type="tertiary",
            key="add_lane",
            disabled=hidden or len(lanes.ids()) >= MOST_LANES,
            help=f"Up to {MOST_LANES}; the same model may run twice with other settings.",
            on_click=lanes.add,
        )
    return _started(run, where, pressed) or run, said


def say(place: DeltaGenerator, run: LiveRun | None, where: Mapping[str, Endpoint]) -> None:
    """Fill the place after the lanes are drawn: to count and to look in the history takes longer than all of them."""
    with place:
        parts.drawn(parts.REMARKS, remarks, run, where)


def _stop(run: LiveRun | None) -> None:
    for one, _ in shown.answers(run) if run else ():
        one.stop()


def _switch() -> None:
    st.segmented_control(
        "View",
        list(VIEWS),
        key=names.VIEW,
        default=next(iter(VIEWS)),
        required=True,
        label_visibility="collapsed",
        wrap=False,
        on_change=_viewed,
        persist_state="session",
    )


def _viewed() -> None:
    """The answers are drawn again; where they take another width, so are the lanes around them."""
    now: parts.Answered = st.session_state[names.ANSWERED]
    same = now.lanes and VIEWS[st.session_state[names.VIEW]].wide == now.wide
    parts.redraw(*map(parts.answer, sorted(now.lanes)) if same else (parts.ANSWERS,))


def _started(run: LiveRun | None, where: Mapping[str, Endpoint], pressed: bool) -> LiveRun | None:
    """The run that this click started; None where there was none, or something forbids it, which is said."""
    asked, chosen = prompt.read(), lanes.read_all(where)
    what = (chosen, asked)
    if not once.goes(compose.PLACE.name, run, pressed, what):
        return None
    if lanes.problem(chosen, asked):
        st.session_state[names.NOT_SENT] = True  # said beside the button, for as long as it holds
        st.rerun()
    started = start(
        [lanes.request(lane, asked) for lane in chosen], where, context=_context(chosen)
    )
    if started:
        tour.seen()
        st.session_state.pop(names.DRAFT_BEFORE, None)
        shown.stands_in(started, lanes.ids())
        look_at(compose.PLACE, started)
        st.rerun()
    return started


def _context(chosen: Sequence[LaneChoice]) -> dict[str, Any]:
    """What the run is remembered with: versions of prompts that its lanes sent, and an order where names are hidden."""
    versions = [lane.version for lane in chosen]
    return ({compose.VERSIONS: versions} if any(versions) else {}) | blind.context(len(chosen))
