"""This tab's tool loops: how their hops are sent, which ones are looked at, and waiting for those under way."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence

import streamlit as st

from playground.domain import Endpoint
from playground.domain.hops import Hops
from playground.engine import get_engine
from playground.lab import hops as lab
from playground.lab.hops import GROUP, Loop, Sending
from playground.ui import names
from playground.ui.session import keeping
from playground.ui.session.state import owner, session
from playground.ui.session.stored import runs_with

PARAMETER = "loops"
"""Of the address: what the loops that are looked at share."""
TICK = 0.25


def sending(where: Mapping[str, Endpoint], group: str, kind: str = "lab") -> Sending:
    """How this tab's hops are sent."""
    return Sending(
        engine=get_engine(),
        endpoints=where,
        owner=owner(),
        session=session().id,
        labels=keeping.labels_chosen(kind),
        keep=bool(st.session_state.get(names.KEEP_RUNS, True)),
        secrets=tuple(keeping.secrets()),
        group=group,
    )


def look_at(panel: str, group: str) -> None:
    """Make these the loops that the tab looks at in this panel, and name them in the address."""
    session().looking[f"{panel} {PARAMETER}"] = group
    st.query_params[PARAMETER] = group


def group_of(panel: str) -> str:
    """What the loops share that the tab looks at in this panel: by its address, or those begun last; empty = none."""
    return st.query_params.get(PARAMETER) or session().looking.get(f"{panel} {PARAMETER}") or ""


def looked_at(panel: str) -> tuple[list[Loop], list[Hops]]:
    """The loops under way or ended in memory, and what there is of them; those of the history have no Loop."""
    group = group_of(panel)
    if not group:
        return [], []
    loops = lab.of_group(group, owner())
    if loops:
        return loops, [loop.hops for loop in loops]
    runs = runs_with(GROUP, group)
    found = lab.groups_of(runs)
    if not runs:
        st.query_params.pop(PARAMETER, None)
        session().looking.pop(f"{panel} {PARAMETER}", None)
        st.warning("The loops of this link are not here.", icon=":material/link_off:")
    return [], found


def follow(loops: Sequence[Loop], draw: Callable[[list[Hops]], None], key: str) -> None:
    """Show loops under way until all have ended, then draw the page again."""
    if st.button("Stop", icon=":material/stop:", key=f"{key}_stop"):
        for loop in loops:
            loop.stop()
    place = st.empty()
    seen: list[Hops] = []
    while True:
        done = all(loop.done for loop in loops)
        now = [loop.hops for loop in loops]
        if now != seen and not done:
            with place.container():
                draw(now)
            seen = now
        if done:
            st.rerun()
        time.sleep(TICK)
