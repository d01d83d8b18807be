"""The run that Compare shows: which answer stands in which lane, retries in the place of what they repeat."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import streamlit as st

from playground.domain import Endpoint, Request, Run
from playground.engine import Lane, LiveRun, get_engine
from playground.engine.live import response_of
from playground.ui import names
from playground.ui.compare import lanes
from playground.ui.session.keeping import start
from playground.ui.session.state import owner
from playground.ui.session.stored import runs_with

RETRY_OF = "retry_of"
"""In a run's context: the run of which it repeats a lane."""
RETRY_LANE = "retry_lane"


def stands_in(run: LiveRun, ids: Sequence[int]) -> None:
    """Note that the run's answers stand in these lanes, in this order."""
    st.session_state[names.SHOWN_LANES] = (run.id, tuple(ids))


def lane_ids(run: LiveRun) -> tuple[int, ...]:
    """The lanes in which the run's answers stand; those of a run that was opened are numbered as it has them."""
    kept: tuple[str, tuple[int, ...]] = st.session_state.get(names.SHOWN_LANES, ("", ()))
    return kept[1] if kept[0] == run.id else tuple(range(len(run.lanes)))


def index_in(run: LiveRun, lane: int) -> int | None:
    """Which of the run's answers stands in this lane; None for a lane that was added since."""
    ids = lane_ids(run)
    return ids.index(lane) if lane in ids and ids.index(lane) < len(run.lanes) else None


def answers(run: LiveRun) -> list[tuple[LiveRun, Lane]]:
    """The run's lanes, each with the run that it is of: the newest retry in the place of what it repeats."""
    found = [(run, lane) for lane in run.lanes]
    for retry in retries(run):
        index = retry.context.get(RETRY_LANE)
        if isinstance(index, int) and 0 <= index < len(found) and retry.lanes:
            found[index] = (retry, retry.lanes[0])
    return found


def retries(run: LiveRun) -> list[LiveRun]:
    """The runs that repeat a lane of this one, the oldest first: those in memory, and once what the history has."""
    kept: tuple[str, list[LiveRun]] = st.session_state.get(names.RETRIES, ("", []))
    if kept[0] != run.id:
        here = get_engine().find(run.id, owner()) is not None
        kept = (run.id, [] if here else runs_with(RETRY_OF, run.id))
        st.session_state[names.RETRIES] = kept
    found = {one.id: one for one in kept[1]}
    found |= {one.id: one for one in get_engine().having(RETRY_OF, run.id, owner())}
    return sorted(found.values(), key=lambda one: one.created_at)


def all_done(run: LiveRun) -> bool:
    """True when every answer that is shown has ended."""
    return all(lane.ended for _, lane in answers(run))


def as_run(run: LiveRun) -> Run:
    """What is shown as one run."""
    shown = [lane for _, lane in answers(run)]
    return replace(
        run.run(),
        requests=tuple(lane.request for lane in shown),
        responses=tuple(response_of(lane) for lane in shown),
        simulated=any(one.simulated for one, _ in answers(run)),
    )


def retry(
    run: LiveRun, index: int, request: Request, where: Mapping[str, Endpoint]
) -> LiveRun | None:
    """Ask once more what one lane was asked; the answer stands in its place. None where it may not be asked, which is said."""
    return start([request], where, context={RETRY_OF: run.id, RETRY_LANE: index})


def differs(
    run: LiveRun, chosen: Sequence[lanes.LaneChoice], requests: Sequence[Request | None]
) -> list[str]:
    """What the fields hold otherwise than the run had it, in words; nothing where a click on Run would repeat it."""
    told: list[str] = []
    ids = lane_ids(run)
    if tuple(choice.id for choice in chosen) != ids[: len(run.lanes)]:
        told.append("lanes")
    for choice, request in zip(chosen, requests, strict=True):
        index = index_in(run, choice.id)
        if index is None or request is None:
            continue
        told += _differences(run.lanes[index].request, request)
    return list(dict.fromkeys(told))


def _differences(before: Request, now: Request) -> list[str]:
    told = []
    if before.model != now.model:
        told.append("models")
    if before.system != now.system:
        told.append("system prompt")
    if before.messages != now.messages:
        told.append("prompt" if _texts(before) != _texts(now) else "files")
    same = replace(before, system=now.system, messages=now.messages)
    if before.model == now.model and same != now:
        told.append("settings")
    return told


def _texts(request: Request) -> list[str]:
    return [message.text for message in request.messages]
