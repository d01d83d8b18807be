"""What one exchange has otherwise than another: a lane beside it, the one that it was edited from, or any inspected before."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import streamlit as st

from playground import figures as fmt
from playground.domain import lane_names
from playground.engine import Lane, LiveRun, get_engine
from playground.lab.wire import PARTS, difference
from playground.ui import names
from playground.ui.api_lab.wire.place import PANEL
from playground.ui.session.state import owner

BEFORE = "wire_before"
"""In a run's context: the run and lane that it was edited from."""
MOST_SEEN = 10
MOST_LINES = 400
"""Lines of a part's difference that are shown."""


class Other(NamedTuple):
    """An exchange to compare with."""

    name: str
    lane: Lane


def seen(run: LiveRun) -> None:
    """Note that this run was inspected."""
    key = names.lab(PANEL, "seen")
    before = [id for id in st.session_state.get(key, ()) if id != run.id]
    st.session_state[key] = [*before, run.id][-MOST_SEEN:]


def two(run: LiveRun, lane: Lane) -> None:
    """Choose another exchange and see, part by part, what differs."""
    others = dict(_others(run, lane))
    if not others:
        st.caption(
            "Nothing to compare with yet: send to a second model, or change the body and send it again."
        )
        return
    before = run.context.get(BEFORE)
    first = f"{before[0]}/{before[1]}" if before else ""
    chosen = st.selectbox(
        "Compare with",
        list(others),
        index=list(others).index(first) if first in others else 0,
        format_func=lambda id: others[id].name,
        key=f"lab_wire_with_{run.id}_{lane.index}",
    )
    one, then = (
        each.response.exchange if each.response else None for each in (lane, others[chosen].lane)
    )
    if one is None or then is None:
        st.caption("One of the two was never sent.")
        return
    found = dict(difference(then, one))
    for part in PARTS:
        if part in found:
            lines = found[part]
            st.markdown(f"**{part.capitalize()}**")
            st.code(fmt.visible("\n".join(lines[:MOST_LINES])), language="diff", wrap_lines=True)
            if len(lines) > MOST_LINES:
                st.caption(f"{len(lines) - MOST_LINES:,} more lines differ.")
    same = [part for part in PARTS if part not in found]
    if same:
        st.caption(f"The same in both: {', '.join(same)}.")


def _others(run: LiveRun, lane: Lane) -> Iterator[tuple[str, Other]]:
    """Lanes beside it first, then those of runs that were inspected before, the newest first: run and lane → which."""
    runs = [run]
    for id in reversed(st.session_state.get(names.lab(PANEL, "seen"), [])):
        found = get_engine().find(id, owner())
        if found is not None and found.id != run.id:
            runs.append(found)
    for one in runs:
        named = lane_names(each.request.model for each in one.lanes)
        for each, name in zip(one.lanes, named, strict=True):
            if (one.id, each.index) != (run.id, lane.index) and each.response:
                when = "this run" if one is run else f"run {one.id[:8]}, {one.created_at[11:19]}"
                yield f"{one.id}/{each.index}", Other(f"{name} · {when}", each)
