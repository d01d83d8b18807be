"""Charts of a run: where the time went, and where the money went."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from playground.domain import Response
from playground.figures import PHASES, phases
from playground.figures.palette import MONEY
from playground.ui.parts.drawing import alt

ROW = 34
"""Pixels per lane."""
FRAME = 120
"""Pixels for legend, axis and title."""


def waterfall(names: Sequence[str], responses: Sequence[Response]) -> alt.Chart | None:
    """All lanes on one time axis; None when nothing was timed."""
    rows = [
        {
            "lane": name,
            "phase": phase,
            "from": start,
            "to": end,
            "seconds": end - start,
            "state": response.state,
        }
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
            color=_scale("phase", PHASES, rows),
            tooltip=[
                alt.Tooltip("lane:N"),
                alt.Tooltip("phase:N"),
                alt.Tooltip("from:Q", format=".3f", title="from, s"),
                alt.Tooltip("to:Q", format=".3f", title="to, s"),
                alt.Tooltip("seconds:Q", format=".3f", title="takes, s"),
                alt.Tooltip("state:N", title="the lane"),
            ],
        )
    )
    return chart


def money(names: Sequence[str], responses: Sequence[Response]) -> alt.Chart | None:
    """Cost of each lane, split by what it was paid for; None when no lane has a price."""
    rows: list[dict[str, Any]] = [
        {
            "lane": name,
            "part": _part(line.name),
            "usd": float(line.amount),
            "state": response.state,
        }
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
                alt.Tooltip("state:N", title="the lane"),
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
