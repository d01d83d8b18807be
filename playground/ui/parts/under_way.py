"""A run while it streams: one card a lane, until all have ended."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from playground.domain import lane_names
from playground.engine import LiveRun
from playground.ui.live.component import live_run
from playground.ui.parts.head import answers


def ended(run: LiveRun, key: str, titles: Sequence[str] = ()) -> bool:
    """Whether the run is over; until then it is shown as it streams, each lane under its title or its model."""
    if run.done:
        return True
    refs = [lane.request.model for lane in run.lanes]
    live_run(
        run,
        key=f"{key}_{run.id}",
        titles=titles or lane_names(refs),
        notes=[answers(ref, run.simulated) for ref in refs],
    )
    if run.done:
        st.rerun()
    return False
