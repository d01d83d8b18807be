"""One lane: its model, its settings, and beneath them its answer."""

from __future__ import annotations

from collections.abc import Collection, Mapping

import streamlit as st

from playground.domain import Endpoint, Request, Response
from playground.engine import Lane, LiveRun
from playground.figures.best import best, whole
from playground.ui import names
from playground.ui.compare import blind, lanes, parts, prompt, reading, replay, shown, tabs, tour
from playground.ui.compare.lanes import LaneChoice
from playground.ui.compare.settings import settings
from playground.ui.live import wait
from playground.ui.live.component import live_run
from playground.ui.live.held import held
from playground.ui.parts.head import Chip, answers, awaited, chips_html, head
from playground.ui.parts.markdown import plain
from playground.ui.parts.receipt import receipt_button, remarks
from playground.ui.parts.views import VIEWS
from playground.ui.session import compose
from playground.ui.session.models import labelling, model_options
from playground.ui.session.state import MOST_LANES
from playground.ui.shell.pages import API_LAB

NARROWEST = 260
"""Pixels of a lane before the row wraps."""
MOST_COLUMNS = 4
RETRY = "Retry this lane"
ON_THE_WIRE = ("Request", "Headers", "Events")
"""Views from which a link leads to the wire inspector."""
DUPLICATE = "Duplicate"
REMOVE = "Remove"


def row(run: LiveRun | None, where: Mapping[str, Endpoint]) -> None:
    """All lanes side by side, or one under the other where the view needs the room."""
    wide = bool(run) and VIEWS[view()].wide
    st.session_state[names.ANSWERED] = parts.Answered(wide)
    if run and held(run):
        blind.cards(run, MOST_COLUMNS, NARROWEST)
        return
    here = lanes.ids()
    with st.container(key="tabs", gap=None):
        parts.drawn(parts.TABS, tabs.tabs, run)
    columns = 1 if wide else min(MOST_COLUMNS, len(here))
    with (
        st.container(key="side_by_side", gap=None),
        st.grid(columns=columns, min_column_width=NARROWEST, gap="small") as grid,
    ):
        for number, lane in enumerate(here, 1):
            with grid.cell():
                parts.drawn(names.lane(lane), draw, number, lane, run, where)


def view() -> str:
    """How the answers are looked at."""
    chosen = st.session_state.get(names.VIEW)
    return chosen if chosen in VIEWS else next(iter(VIEWS))


def draw(number: int, lane: int, run: LiveRun | None, where: Mapping[str, Endpoint]) -> None:
    """The card of one lane."""
    if lane not in lanes.ids():  # removed in a click that came before this part was drawn again
        return
    made = lanes.read_lane(lane, where)
    with st.container(border=True, key=names.lane(lane), gap=None):
        with st.container(horizontal=True, vertical_alignment="center", gap=None):
            _picker(number, made, where)
            if row := made.model and replay.of(made.model):
                replay.about(row, number, made.id)
            elif made.model is not None:
                settings(made.id, number, where)
            _menu(number, made, where)
        if made.problem:
            st.error(plain(made.problem))
            if row:
                replay.mend(row)
        with st.container(key=f"out_{lane}", gap=None):  # as high before the answer as with it
            _answer(made, run, where)


def _picker(number: int, made: LaneChoice, where: Mapping[str, Endpoint]) -> None:
    options = model_options(where)
    spelled = lanes.spelling(made.id)
    if spelled and spelled not in options:
        options = [spelled, *options]
    st.session_state[names.lane_before(made.id)] = spelled
    st.selectbox(
        f"Model of lane {number}",
        options,
        key=names.lane_model(made.id),
        format_func=labelling(),
        accept_new_options=True,
        label_visibility="collapsed",
        on_change=_spelled,
        args=(made.id,),
        persist_state="session",
        filter_mode="contains",
    )


def _spelled(lane: int) -> None:
    lanes.spelled(lane)
    parts.redraw_lane(lane)


def _menu(number: int, made: LaneChoice, where: Mapping[str, Endpoint]) -> None:
    """What can be done with the lane as a whole."""
    offered = [DUPLICATE] if len(lanes.ids()) < MOST_LANES else []
    offered += [REMOVE] if len(lanes.ids()) > 1 else []
    if offered:
        st.menu_button(
            f"More for lane {number}",
            offered,
            icon=":material/more_horiz:",
            type="tertiary",
            key=names.lane_menu(made.id),
            on_click=_chosen,
            args=(made.id, where),
        )


def _chosen(lane: int, where: Mapping[str, Endpoint]) -> None:
    """The number of lanes changes, so that all of them are drawn."""
    if st.session_state[names.lane_menu(lane)] == REMOVE:
        lanes.remove(lane)
    else:
        lanes.duplicate(lane, where, prompt.read())
    st.rerun()


def _answer(made: LaneChoice, run: LiveRun | None, where: Mapping[str, Endpoint]) -> None:
    index = shown.index_in(run, made.id) if run else None
    if run is None or index is None:
        _before(made, run, where)
        return
    one, lane = shown.answers(run)[index]
    key = _key(one, lane)
    if lane.response is None:
        live_run(
            one,
            key=f"live_{key}",
            titles=lanes.names_of(one),
            notes=[
                answers(lane.request.model, simulated)
                for lane, simulated in zip(one.lanes, one.simulations, strict=True)
            ],
            lanes=[lane.index],
            framed=False,
            on_ended=lambda: _ended(run, made.id),
        )
        return
    _ended_lane(made, run, index, lane, lane.response, where, key)


def _key(run: LiveRun, lane: Lane) -> str:
    """The answer that stands in a lane."""
    return f"{run.id}_{lane.index}"


def _ended(run: LiveRun, lane: int) -> None:
    """A lane has ended: it is drawn again; after the last one the whole page is, with who won.

    Each lane tells its end by itself: of several that end together the first has the page drawn, for all of them.
    """
    if st.session_state[names.ANSWERED].whole:
        return
    if shown.all_done(run):
        st.rerun()
    parts.redraw_ended(lane)


def _ended_lane(
    made: LaneChoice,
    run: LiveRun,
    index: int,
    lane: Lane,
    response: Response,
    where: Mapping[str, Endpoint],
    key: str,
) -> None:
    stale = made.model is not None and made.model != lane.request.model
    with st.container(key=f"{'stale' if stale else 'fresh'}_{made.id}", gap=None):
        with st.container(horizontal=True, gap=None, key=f"kit_{made.id}"):
            reading.buttons(lane.request, response, key)
            receipt_button(response, key, type="tertiary")
        st.html(head(response, _best(run, index)))
        if stale:
            st.caption(f"From the last run, with {plain(str(lane.request.model))}.")
        with st.container(key=f"answer_{made.id}", height=400, border=False):
            st.html(reading.start(lane.request.model, response))
            parts.drawn(parts.answer(made.id), _read, made, run, index, lane, response, where, key)
    st.session_state[names.ANSWERED].lanes.add(made.id)


def _read(
    made: LaneChoice,
    run: LiveRun,
    index: int,
    lane: Lane,
    response: Response,
    where: Mapping[str, Endpoint],
    key: str,
) -> None:
    """The answer as it is looked at: a part of its own, for the view is switched more often than all else."""
    own = [Chip("own", word) for word in made.own if _sent_so(made, lane.request)]
    if badges := [*own, *blind.badges(run, index)]:
        st.html(chips_html(badges))
    VIEWS[view()].draw(lane.request, response, where.get(lane.request.model.provider), key)
    if view() in ON_THE_WIRE:
        _inspect(key)
    remarks(response)
    if not whole(response) and response.source != "recorded":
        with st.container(horizontal=True, vertical_alignment="center", gap="xsmall"):
            st.button(
                RETRY,
                icon=":material/replay:",
                key=f"retry_{key}",
                on_click=_retry,
                args=(run, index, key, where),
            )
            if seconds := wait.left(shown.answers(run)[index][0], lane):
                wait.wait(seconds, key)


def _inspect(key: str) -> None:
    """A link to the same call in the wire inspector."""
    run, _, lane = key.rpartition("_")
    st.page_link(
        API_LAB,
        label="Inspect",
        icon=":material/network_check:",
        help="Play the answer back, see where the time went, change the body and send it again.",
        query_params={"panel": "wire", "run": run, "lane": lane},
    )


def _sent_so(made: LaneChoice, request: Request) -> bool:
    """Whether the run was sent what the lane holds of its own now."""
    texts = ((made.prompt, compose.prompt_of(request)), (made.system, request.system or ""))
    return all(own in ("", sent) for own, sent in texts)


def _best(run: LiveRun, index: int) -> Collection[str]:
    """What the lane is best in, once all have ended."""
    responses = [lane.response for _, lane in shown.answers(run)]
    ended = [response for response in responses if response is not None]
    return best(ended)[index] if len(ended) == len(responses) else ()


def _retry(run: LiveRun, index: int, key: str, where: Mapping[str, Endpoint]) -> None:
    """Once for each answer: a second click comes while the first one's answer is under way already."""
    one, lane = shown.answers(run)[index]
    if key == _key(one, lane) and shown.retry(run, index, run.lanes[index].request, where):
        st.rerun()


def _before(made: LaneChoice, run: LiveRun | None, where: Mapping[str, Endpoint]) -> None:
    """A lane that has not been asked."""
    if made.model is None:
        return
    endpoint = where[made.model.provider]
    chips = [answers(made.model, endpoint.simulated) or Chip("real", "Real API")]
    chips += [Chip("own", word) for word in made.own]
    st.html(chips_html(chips) + awaited())
    tour.step(lanes.ids().index(made.id))
    if run is not None:
        st.caption("Not in the run that is shown: press Run.")
