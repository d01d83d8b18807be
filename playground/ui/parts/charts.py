"""The charts of a run, and what all charts on the screen share: one style, the values beside the bars, each also in words.

Bars are written as Vega-Lite's own JSON: altair copies its objects again and again and checks them against their schema
at every draw, which was half of what the end of a run cost (benchmarks/clicks.py).
"""

from __future__ import annotations

import json
import math
import re
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

FRAME = 48
"""Pixels for the axis and its title."""
STEPS = (0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 60, 120, 300, 600)
"""Seconds between two ticks of a time axis: the first of which there are not more than MOST_TICKS."""
MOST_TICKS = 7


class Picture(NamedTuple):
    """A chart with what stands beneath it, and all that it shows in words."""

    chart: Any
    """Bars as `bars` writes them, or altair's object."""
    colors: Mapping[str, str]
    """The legend; empty where the chart needs none."""
    told: str
    """For those who do not see it."""


def draw(picture: Picture) -> None:
    """Show the chart, its legend and its words."""
    # With its height said, its room is there before Streamlit has loaded what draws.
    chart = picture.chart
    if isinstance(chart, dict):
        st.vega_lite_chart(chart, height=chart["height"], alt=picture.told)
    else:
        tall = getattr(chart, "height", None)
        st.altair_chart(
            chart, height=tall if isinstance(tall, int) else "content", alt=picture.told
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
        x=field("from:Q", title=None, axis=_seconds([float(str(row["to"])) for row in rows])),
        x2={"field": "to"},
        color=colored("phase", PHASES, rows),
        tooltip=[
            field("lane:N"),
            field("phase:N"),
            field("from:Q", format=".3f", title="from, s"),
            field("to:Q", format=".3f", title="to, s"),
            field("seconds:Q", format=".3f", title="takes, s"),
            field("state:N", title="the lane"),
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
        x=field("sum(usd):Q", title=None, axis=dollars()),
        color=colored("part", PAID, rows),
        order=field("rank:Q"),
        tooltip=[
            field("lane:N"),
            field("part:N"),
            field("sum(usd):Q", format="$.8~f", title="USD"),
            field("state:N", title="the lane"),
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
) -> dict[str, Any]:
    """Lying bars: the lane's name at the left, its total at the right, in bold where it is the best."""
    values = {name: totals[i][0] for i, name in enumerate(names) if i in totals}
    bold = [name for i, name in enumerate(names) if i in totals and totals[i][1]]
    right = {
        "orient": "right",
        "labelLimit": 150,
        "labelExpr": f"({json.dumps(values)})[datum.value] || ''",
        "labelFontWeight": {
            "condition": {
                "test": f"indexof({json.dumps(bold)}, datum.value) >= 0",
                "value": "bold",
            },
            "value": "normal",
        },
    }
    drawn = {
        "data": {"values": list(rows)},
        "mark": {"type": "bar", "height": BAR, "cornerRadius": 2, "aria": False},
        "encoding": {"y": _lane(lane, names, {"labelLimit": 170}), **encoding},
    }
    written = {
        "data": {"values": [{lane: name} for name in names]},
        "mark": {"type": "point", "opacity": 0, "aria": False},
        "encoding": {"y": _lane(lane, names, right)},
    }
    return {
        "layer": [drawn, written],
        "resolve": {"axis": {"y": "independent"}},
        "height": ROW * len(names) + FRAME,
    }


_BARE: Mapping[str, Any] = {
    "ticks": False,
    "domain": False,
    "grid": False,
    "labelOverlap": False,
    "labelPadding": 8,
}


def _lane(name: str, names: Sequence[str], axis: Mapping[str, Any]) -> dict[str, Any]:
    scale = {"domain": list(names)}
    return field(f"{name}:N", sort=list(names), title=None, axis={**_BARE, **axis}, scale=scale)


_FIELD = re.compile(r"(?:(?P<aggregate>\w+)\()?(?P<field>\w+)\)?:(?P<type>[NQ])")
_TYPES = {"N": "nominal", "Q": "quantitative"}


def field(of: str, **more: Any) -> dict[str, Any]:
    """A field of the rows as it is encoded, spelled as altair does: `lane:N`, `usd:Q`, `sum(usd):Q`."""
    found = _FIELD.fullmatch(of)
    assert found, of  # noqa: S101 - written in the code
    said = {name: text for name, text in found.groupdict().items() if text}
    return {**said, "type": _TYPES[said["type"]], **more}


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


def colored(
    name: str, colors: Mapping[str, str], rows: Sequence[Mapping[str, Any]]
) -> dict[str, Any]:
    """The colours of what occurs, each always in its own; the legend is HTML beneath the chart."""
    used = shown(colors, rows, name)
    scale = {"domain": list(used), "range": list(used.values())}
    return field(f"{name}:N", scale=scale, legend=None)


def shown(
    colors: Mapping[str, str], rows: Iterable[Mapping[str, Any]], name: str
) -> dict[str, str]:
    """What occurs of the colours, in their order."""
    occurs = {row[name] for row in rows}
    return {name: color for name, color in colors.items() if name in occurs}


def dollars(**more: Any) -> dict[str, Any]:
    """An axis of USD: `$0.002`, never scientific."""
    return {"format": "$,~f", "tickCount": 5, **more}


def _seconds(ends: Sequence[float]) -> dict[str, Any]:
    """Round seconds from the moment at which the request left; connecting lies left of them."""
    last = max((end for end in ends if math.isfinite(end)), default=0.0)
    step = next((step for step in STEPS if last / step <= MOST_TICKS), last)
    ticks = [round(i * step, 3) for i in range(math.floor(last / step) + 1)]
    label = "datum.value === 0 ? 'request left' : format(datum.value, ',~r') + ' s'"
    return {"values": ticks, "labelExpr": label, "labelOverlap": "greedy"}


def _rank(part: str, colors: Mapping[str, str]) -> int:
    return list(colors).index(part)
