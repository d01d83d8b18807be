"""Which lanes Compare has, for whoever adds one from elsewhere."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from playground import catalog
from playground.domain.model import RECORDED
from playground.ui import names
from playground.ui.session.state import MOST_LANES


def ids() -> list[int]:
    """The lanes' numbers, in the order in which they stand."""
    found: list[int] = st.session_state.setdefault(
        names.LANES, list(range(len(catalog.defaults())))
    )
    return found


def spelling(lane: int) -> str:
    """The lane's model as it is typed or chosen."""
    defaults = [str(ref) for ref in catalog.defaults()]
    kept = st.session_state.setdefault(names.lane_model(lane), defaults[lane % len(defaults)])
    return str(kept or "")


def replaying() -> list[int]:
    """The lanes that replay a recorded answer, which fits one prompt only."""
    return [lane for lane in ids() if RECORDED.search(spelling(lane))]


def drop_replaying() -> None:
    """Take out the lanes that replay a recorded answer, before another prompt is asked."""
    st.session_state[names.LANES] = [lane for lane in ids() if lane not in replaying()]


def anew(models: Sequence[str]) -> list[int]:
    """New lanes with these models in the place of those that are here: nothing of the ones before is left in them."""
    first = max(ids(), default=-1) + 1
    made = list(range(first, first + len(models)))
    for lane, model in zip(made, models, strict=True):
        st.session_state[names.lane_model(lane)] = model
    st.session_state[names.LANES] = made
    return made


def add(model: str) -> bool:
    """A lane with this model behind the others, unless one has it already; False when there is no room for it."""
    here = ids()
    if model in map(spelling, here):
        return True
    if len(here) >= MOST_LANES:
        return False
    new = max(here, default=-1) + 1
    st.session_state[names.lane_model(new)] = model
    st.session_state[names.LANES] = [*here, new]
    return True
