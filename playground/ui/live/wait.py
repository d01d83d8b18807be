"""How long to wait until a provider answers again, as it said, counted down in the browser."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from pathlib import Path

import streamlit as st

from playground.engine.live import Lane, LiveRun

_component = st.components.v2.component(
    "playground_wait",
    html='<span class="wait" role="timer"></span>',
    css=".wait { font-size: 0.9rem; font-variant-numeric: tabular-nums; line-height: 2.5rem; }",
    js=Path(__file__).with_name("wait.js").read_text("utf-8"),
)


def left(run: LiveRun, lane: Lane) -> float:
    """Seconds that are left of the provider's Retry-After; 0 where it gave none, or they are over."""
    failure = lane.response.failure if lane.response else None
    if failure is None or failure.retry_after is None:
        return 0.0
    # The clock of an answer that was opened begins when it is opened: what counts is when its run began.
    took = (lane.finished_at or time.monotonic()) - lane.queued_at
    began = datetime.fromisoformat(run.created_at)
    return max(0.0, failure.retry_after + took - (datetime.now(UTC) - began).total_seconds())


def wait(seconds: float, key: str) -> None:
    """Draw the count-down, which takes its place and then is empty."""
    _component(key=f"wait_{key}", data={"seconds": round(seconds, 1)}, height=40, width=80)
