"""How long it takes until a provider answers again, or a limit is full again, counted down in the browser."""

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


def wait(
    seconds: float, key: str, *, said: str = "in {}", over: str = "", wide: bool = False
) -> None:
    """Draw the count-down: `said` with what is left, then `over`, which may be nothing; it keeps its place."""
    data = {"seconds": round(seconds, 1), "said": said, "over": over}
    _component(key=f"wait_{key}", data=data, height=40, width="stretch" if wide else 80)
