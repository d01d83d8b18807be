"""Answers without names, in an order that says nothing, until someone has voted which is best."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from string import ascii_uppercase
from typing import Any

import streamlit as st

from playground import history, settings
from playground.engine import LiveRun
from playground.history.labels import Choice, Vote
from playground.ui import names
from playground.ui.compare import lanes, parts, shown
from playground.ui.live.component import live_run
from playground.ui.live.held import ORDER, VOTE
from playground.ui.parts.head import Chip
from playground.ui.parts.markdown import plain
from playground.ui.parts.views import unnamed
from playground.ui.session.state import owner

TIE, NONE = "Tie", "None is good"


def toggle() -> None:
    """Whether the next run hides its names."""
    st.toggle(
        "Blind",
        key=names.BLIND,
        help="The next run hides which model wrote which answer, what it cost and how long it took, until you have voted."
        " An answer that names itself can't be hidden.",
        persist_state="session",
    )


def context(count: int) -> dict[str, Any]:
    """What a new run of so many lanes gets in its context: a shuffled order, where names are to be hidden."""
    if not st.session_state.get(names.BLIND) or count < 2:
        return {}
    order = list(range(count))
    secrets.SystemRandom().shuffle(order)
    return {ORDER: order}


def order_of(run: LiveRun) -> list[int]:
    """The lanes of a blind run in the order in which they are shown, each once whatever a file says."""
    kept = run.context.get(ORDER)
    every = range(len(run.lanes))
    return kept if isinstance(kept, list) and sorted(kept) == list(every) else list(every)


def letter(run: LiveRun, index: int) -> str:
    """`A`, `B`, …: what the lane's answer is called while its name is hidden."""
    return ascii_uppercase[order_of(run).index(index)]


def cards(run: LiveRun, columns: int, narrowest: int) -> None:
    """All answers, once all have ended: which of them came first would tell."""
    done = shown.all_done(run)
    with st.grid(
        columns=min(columns, len(run.lanes)), min_column_width=narrowest, gap="small"
    ) as grid:
        for place, index in enumerate(order_of(run)):
            name = f"Answer {ascii_uppercase[place]}"
            _, lane = shown.answers(run)[index]
            with (
                grid.cell(),
                st.container(border=True, key=names.lane_unnamed(place), gap=None),
                st.container(key=f"out_unnamed_{place}", gap=None),
                st.container(key=f"answer_unnamed_{place}", height=400, border=False),
            ):  # the keyboard comes in at the heading, and scrolls
                st.html(f'<h2 class="unnamed" tabindex="0">{name}</h2>')
                if done and lane.response:
                    unnamed(lane.response)
                else:
                    st.caption("Shown when all have ended.")
    if not done:
        live_run(run, key=f"unnamed_{run.id}", lanes=(), on_ended=lambda: _ended(run))


def _ended(run: LiveRun) -> None:
    if shown.all_done(run):
        st.rerun()
    parts.redraw_ended()


def ballot(run: LiveRun) -> None:
    """In the place of the verdict: how many have ended, then the vote."""
    if not shown.all_done(run):
        ended = sum(lane.ended for _, lane in shown.answers(run))
        st.markdown(f"{ended} of {len(run.lanes)} answers have come. They are shown together.")
        return
    with st.container(horizontal=True, vertical_alignment="center", gap="xsmall", key="ballot"):
        st.markdown("**Which answer is best?**", width="content")
        for place, index in enumerate(order_of(run)):
            _choice(run, f"Answer {ascii_uppercase[place]}", "best", index)
        _choice(run, TIE, "tie")
        _choice(run, NONE, "none")


def _choice(run: LiveRun, label: str, choice: Choice, index: int | None = None) -> None:
    st.button(
        label,
        key=f"vote_{label.split()[-1].lower()}",
        on_click=_vote,
        args=(run, Vote(choice=choice, lane=index)),
    )


def _vote(run: LiveRun, given: Vote) -> None:
    """Keep the vote where the run is this visitor's and in the history; then all is shown."""
    if VOTE in run.context:  # a second click before the page was drawn
        return
    voted = Vote(
        choice=given.choice,
        lane=given.lane,
        voted_at=datetime.now(UTC).isoformat(timespec="milliseconds"),
    )
    run.context = {**run.context, VOTE: asdict(voted)}
    if not _kept(run, voted):
        st.toast("This vote is not counted: the run is not in your history.")
    ids = shown.lane_ids(run)
    lanes.focus(f"answer_{ids[given.lane or 0]}")
    st.rerun()


def _kept(run: LiveRun, voted: Vote) -> bool:
    if run.owner != owner() or not settings.keeps_history():
        return False
    from playground.history.writing import vote
    from playground.store.database import HistoryError

    try:
        return vote(history.get_store(), run.id, voted)
    except HistoryError:
        return False


def vote_of(run: LiveRun | None) -> Mapping[str, Any] | None:
    """What was voted on this run; None where nothing was."""
    given = run.context.get(VOTE) if run else None
    return given if isinstance(given, Mapping) else None


def voted(run: LiveRun, short_names: Sequence[str]) -> str:
    """One sentence on the vote, now that the names are shown; nothing where there was none."""
    given = vote_of(run)
    if given is None:
        return ""
    index = given.get("lane")
    if given.get("choice") == "best" and isinstance(index, int) and index < len(short_names):
        return f"You voted for answer {letter(run, index)}: **{plain(short_names[index])}**."
    return (
        "You voted that none is better."
        if given.get("choice") == "tie"
        else "You voted that none is good."
    )


def badges(run: LiveRun, index: int) -> list[Chip]:
    """What a lane's answer was called, and whether it was voted best."""
    given = vote_of(run)
    if given is None or ORDER not in run.context:
        return []
    best = given.get("choice") == "best" and given.get("lane") == index
    was = f"was answer {letter(run, index)}"
    return [Chip("done", f"{was}, your vote ✓") if best else Chip("own", was)]
