"""Charts of a run: where the time went, and where the money went."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import altair as alt

from playground.domain import Response, Timing

PHASES = ("connect", "sending", "waiting", "reasoning", "answering", "closing")
PHASE_COLORS = ("#999999", "#CC79A7", "#56B4E9", "#E69F00", "#009E73", "#B0B7C3")
"""Okabe and Ito's palette: tells apart in both themes and for colour-blind readers."""
MONEY = {
    "input": "#0072B2",
    "cache_read": "#56B4E9",
    "cache_write": "#CC79A7",
    "output": "#E69F00",
    "tools": "#009E73",
}
ROW = 34
"""Pixels per lane."""
FRAME = 120
"""Pixels for legend, axis and title."""


def phases(timing: Timing) -> Iterator[tuple[str, float, float]]:
    """(phase, from, to) in seconds; 0 is the request's head on the wire, so connecting is left of it."""
    opened = (timing.connect or 0) + (timing.tls or 0)
    if opened:
        yield "connect", -opened, 0.0
    end = timing.duration
    came = [mark for mark in (timing.first_reasoning, timing.first_text) if mark is not None]
    thought = timing.first_reasoning is not None
    marks = [
        ("sending", timing.request_sent),
        ("waiting", min(came, default=end)),
        ("reasoning", (timing.first_text or end) if thought else None),
        ("answering", timing.last_text),
        ("closing", end),
    ]
    start = 0.0
    for name, until in marks:
        if until is None:
            continue
        if until > start:
            yield name, start, until
            start = until


def waterfall(names: Sequence[str], responses: Sequence[Response]) -> alt.Chart | None:
    """All lanes on one time axis; None when nothing was timed."""
    rows = [
        {"lane": name, "phase": phase, "from": start, "to": end, "seconds": end - start}
        for name, response in zip(names, responses, strict=True)
        for phase, start, end in phases(response.timing)
    ]
    if not rows:
        return None
    chart: alt.Chart = (
        alt.Chart({"values": rows}, height=ROW * len(names) + FRAME)
        .mark_bar(height=16, cornerRadius=2)
        .encode(
            y=alt.Y(
                "lane:N",
                sort=list(names),
                title=None,
                axis=alt.Axis(labelLimit=160, labelOverlap=False),
            ),
            x=alt.X("from:Q", title="seconds since the request left"),
            x2="to:Q",
            color=_scale("phase", dict(zip(PHASES, PHASE_COLORS, strict=True)), rows),
            tooltip=[
                alt.Tooltip("lane:N"),
                alt.Tooltip("phase:N"),
                alt.Tooltip("from:Q", format=".3f", title="from, s"),
                alt.Tooltip("to:Q", format=".3f", title="to, s"),
                alt.Tooltip("seconds:Q", format=".3f", title="takes, s"),
            ],
        )
    )
    return chart


def money(names: Sequence[str], responses: Sequence[Response]) -> alt.Chart | None:
    """Cost of each lane, split by what it was paid for; None when no lane has a price."""
    rows: list[dict[str, Any]] = [
        {"lane": name, "part": _part(line.name), "usd": float(line.amount)}
        for name, response in zip(names, responses, strict=True)
        if response.cost
        for line in response.cost.lines
    ]
    if not rows:
        return None
    chart: alt.Chart = (
        alt.Chart({"values": rows}, height=ROW * len(names) + FRAME)
        .mark_bar(height=16, cornerRadius=2)
        .encode(
            y=alt.Y(
                "lane:N",
                sort=list(names),
                title=None,
                axis=alt.Axis(labelLimit=160, labelOverlap=False),
            ),
            x=alt.X("sum(usd):Q", title="USD", axis=alt.Axis(format="$~f")),
            color=_scale("part", MONEY, rows),
            tooltip=[
                alt.Tooltip("lane:N"),
                alt.Tooltip("part:N"),
                alt.Tooltip("sum(usd):Q", format="$.8~f", title="USD"),
            ],
        )
    )
    return chart


def _part(line: str) -> str:
    known = next((part for part in MONEY if line.startswith(part)), None)
    return known or "tools"


def _scale(field: str, colors: Mapping[str, str], rows: Sequence[Mapping[str, Any]]) -> alt.Color:
    """The colours of what occurs, each always in its own."""
    shown = [name for name in colors if any(row[field] == name for row in rows)]
    return alt.Color(
        f"{field}:N",
        scale=alt.Scale(domain=shown, range=[colors[name] for name in shown]),
        legend=alt.Legend(
            title=None, orient="top", columns=3, labelExpr="replace(datum.label, '_', ' ')"
        ),
    )
