"""The charts of a run, and what all charts on the screen share: one style, the values beside the bars, each also in words."""

from __future__ import annotations

import json
import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any, NamedTuple

import streamlit as st

from playground import figures as fmt
from playground.domain import Response
from playground.export.charts import legend, winners
from playground.figures import PHASES, phases
from playground.figures.paid import PAID, paid
from playground.figures.palette import BAR, ROW
from playground.ui.parts.drawing import alt

FRAME = 48
"""Pixels for the axis and its title."""
STEPS = (0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 60, 120, 300, 600)
"""Seconds between two ticks of a time axis: the first of which there are not more than MOST_TICKS."""
MOST_TICKS = 7


class Picture(NamedTuple):
    """A chart with what stands beneath it, and all that it shows in words."""

    chart: Any
    colors: Mapping[str, str]
    """The legend; empty where the chart needs none."""
    told: str
    """For those who do not see it."""


def draw(picture: Picture) -> None:
    """Show the chart, its legend and its words."""
    # With its height said, its room is there before Streamlit has loaded what draws.
    tall = getattr(picture.chart, "height", None)
    st.altair_chart(
        picture.chart, height=tall if isinstance(tall, int) else "content", alt=picture.told
    )
    if picture.colors:
        st.html(legend(picture.colors))


def waterfall(names: Sequence[str], responses: Sequence[Response]) -> Picture | None:
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
    totals = [fmt.seconds(response.timing.duration) for response in responses]
    chart = bars(
        rows,
        names,
        marked(totals, winners(responses, "duration")),
        x=alt.X("from:Q", title=None, axis=_seconds([float(str(row["to"])) for row in rows])),
        x2="to:Q",
        color=colored("phase", PHASES, rows),
        tooltip=[
            alt.Tooltip("lane:N"),
            alt.Tooltip("phase:N"),
            alt.Tooltip("from:Q", format=".3f", title="from, s"),
            alt.Tooltip("to:Q", format=".3f", title="to, s"),
            alt.Tooltip("seconds:Q", format=".3f", title="takes, s"),
            alt.Tooltip("state:N", title="the lane"),
        ],
    )
    parts = [(row["lane"], row["phase"], fmt.seconds(float(str(row["seconds"])))) for row in rows]
    return Picture(chart, shown(PHASES, rows, "phase"), in_words(names, totals, parts))


def money(names: Sequence[str], responses: Sequence[Response]) -> Picture | None:
    """Cost of each lane, split by what it was paid for; None when no lane has a price."""
    found = [
        (name, part, amount, response.state)
        for name, response in zip(names, responses, strict=True)
        for part, amount in paid(response)
    ]
    if not found:
        return None
    rows = [
        {
            "lane": name,
            "part": part,
            "usd": float(amount),
            "rank": _rank(part, PAID),
            "state": state,
        }
        for name, part, amount, state in found
    ]
    totals = [fmt.cost_of(response) for response in responses]
    chart = bars(
        rows,
        names,
        marked(totals, winners(responses, "cost")),
        x=alt.X("sum(usd):Q", title=None, axis=dollars()),
        color=colored("part", PAID, rows),
        order=alt.Order("rank:Q"),
        tooltip=[
            alt.Tooltip("lane:N"),
            alt.Tooltip("part:N"),
            alt.Tooltip("sum(usd):Q", format="$.8~f", title="USD"),
            alt.Tooltip("state:N", title="the lane"),
        ],
    )
    parts = [(name, part, fmt.money(amount)) for name, part, amount, _ in found]
    return Picture(chart, shown(PAID, rows, "part"), in_words(names, totals, parts))


def bars(
    rows: Sequence[Mapping[str, Any]],
    names: Sequence[str],
    totals: Mapping[int, tuple[str, bool]],
    *,
    lane: str = "lane",
    **encoding: Any,
) -> alt.LayerChart:
    """Lying bars: the lane's name at the left, its total at the right, in bold where it is the best."""
    base = alt.Chart({"values": list(rows)}).mark_bar(height=BAR, cornerRadius=2, aria=False)
    drawn = base.encode(y=_lane(lane, names, alt.Axis(**_BARE, labelLimit=170)), **encoding)
    values = {name: totals[i][0] for i, name in enumerate(names) if i in totals}
    bold = [name for i, name in enumerate(names) if i in totals and totals[i][1]]
    right = alt.Axis(
        **_BARE,
        orient="right",
        labelLimit=150,
        labelExpr=f"({json.dumps(values)})[datum.value] || ''",
        labelFontWeight=alt.condition(
            f"indexof({json.dumps(bold)}, datum.value) >= 0", alt.value("bold"), alt.value("normal")
        ),
    )
    written = (
        alt.Chart({"values": [{lane: name} for name in names]})
        .mark_point(opacity=0, aria=False)
        .encode(y=_lane(lane, names, right))
    )
    chart: alt.LayerChart = (
        alt.layer(drawn, written)
        .resolve_axis(y="independent")
        .properties(height=ROW * len(names) + FRAME)
    )
    return chart


_BARE: Mapping[str, Any] = {
    "ticks": False,
    "domain": False,
    "grid": False,
    "labelOverlap": False,
    "labelPadding": 8,
}


def _lane(field: str, names: Sequence[str], axis: alt.Axis) -> alt.Y:
    scale = alt.Scale(domain=list(names))
    return alt.Y(f"{field}:N", sort=list(names), title=None, axis=axis, scale=scale)


def marked(totals: Sequence[str], best: Collection[int] = ()) -> dict[int, tuple[str, bool]]:
    """What stands at the end of each lane, and whether it is the best: that is said by a sign and by weight."""
    return {i: (f"{total} ✓" if i in best else total, i in best) for i, total in enumerate(totals)}


def in_words(
    names: Sequence[str], totals: Sequence[str], parts: Iterable[tuple[Any, Any, str]]
) -> str:
    """`gpt-6.1-sol: 1.81 s (waiting 0.79 s, answering 1.02 s). …`"""
    of: dict[str, list[str]] = {name: [] for name in names}
    for name, part, value in parts:
        of[name].append(f"{part} {value}")
    return " ".join(
        f"{name}: {total}" + (f" ({', '.join(of[name])})." if of[name] else ".")
        for name, total in zip(names, totals, strict=True)
    )


def told(value: float, usd: bool) -> str:
    """A value of a line in words."""
    return fmt.money(Decimal(repr(float(value)))) if usd else f"{value:,.0f}"


def colored(field: str, colors: Mapping[str, str], rows: Sequence[Mapping[str, Any]]) -> alt.Color:
    """The colours of what occurs, each always in its own; the legend is HTML beneath the chart."""
    used = shown(colors, rows, field)
    scale = alt.Scale(domain=list(used), range=list(used.values()))
    return alt.Color(f"{field}:N", scale=scale, legend=None)


def shown(
    colors: Mapping[str, str], rows: Iterable[Mapping[str, Any]], field: str
) -> dict[str, str]:
    """What occurs of the colours, in their order."""
    occurs = {row[field] for row in rows}
    return {name: color for name, color in colors.items() if name in occurs}


def dollars(**more: Any) -> alt.Axis:
    """An axis of USD: `$0.002`, never scientific."""
    return alt.Axis(format="$,~f", tickCount=5, **more)


def _seconds(ends: Sequence[float]) -> alt.Axis:
    """Round seconds from the moment at which the request left; connecting lies left of them."""
    last = max((end for end in ends if math.isfinite(end)), default=0.0)
    step = next((step for step in STEPS if last / step <= MOST_TICKS), last)
    ticks = [round(i * step, 3) for i in range(math.floor(last / step) + 1)]
    label = "datum.value === 0 ? 'request left' : format(datum.value, ',~r') + ' s'"
    return alt.Axis(values=ticks, labelExpr=label, labelOverlap="greedy")


def _rank(part: str, colors: Mapping[str, str]) -> int:
    return list(colors).index(part)
