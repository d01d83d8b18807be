"""Where the time of a call went: its phases, the same on the screen and in reports."""

from __future__ import annotations

from collections.abc import Iterator

from playground.domain import Timing
from playground.figures.palette import BLUE, GREEN, GREY, ORANGE, PINK, SKY

PHASES = {
    "connect": BLUE,
    "sending": PINK,
    "waiting": SKY,
    "reasoning": ORANGE,
    "answering": GREEN,
    "closing": GREY,
}
"""Phase → its colour in every chart, in the order of time."""


def phases(timing: Timing) -> Iterator[tuple[str, float, float]]:
    """(phase, from, to) in seconds; 0 is the request's head on the wire, so connecting is left of it."""
    opened = (timing.connect or 0) + (timing.tls or 0)
    if opened:
        yield "connect", -opened, 0.0
    end = timing.duration
    came = [mark for mark in (timing.first_reasoning, timing.first_text) if mark is not None]
    thought = timing.first_reasoning is not None
    marks = (
        ("sending", timing.request_sent),
        ("waiting", min(came, default=end)),
        ("reasoning", (timing.first_text or end) if thought else None),
        ("answering", timing.last_text),
        ("closing", end),
    )
    start = 0.0
    for name, until in marks:
        if until is not None and until > start:
            yield name, start, until
            start = until
