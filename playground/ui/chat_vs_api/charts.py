"""Charts of "Chat vs API": what a request is made of, how a conversation grows, where a plan and the API meet."""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence
from typing import Any

from playground.figures.palette import BLUE, GREEN, GREY, ORANGE, PINK, RED, SKY, VIOLET
from playground.ui.parts.drawing import alt

NEW, RESENT, HIDDEN, ANSWER = (
    "new question",
    "said before, sent again",
    "system prompt, every time",
    "answer",
)
TURN_COLORS = {NEW: GREEN, RESENT: ORANGE, HIDDEN: VIOLET}
PART_COLORS = (GREEN, GREY, BLUE, SKY, ORANGE, PINK, RED, VIOLET)
"""The prompt first, the provider's framing second, then the steps in their order."""
MEASURED = "measured"
SERIES_COLORS = (GREEN, RED, ORANGE, VIOLET, PINK)
"""Measured first, then the projections in their order."""
ROW = 30
"""Pixels of a bar."""


def turn_bars(rows: Sequence[Mapping[str, Any]], *, height: int = 260) -> alt.LayerChart:
    """Input of every turn as a stacked bar; rows have `turn`, `part` and `tokens`."""
    order = [HIDDEN, RESENT, NEW]
    values = [{**row, "rank": order.index(row["part"])} for row in rows]
    shown = [name for name in order if any(row["part"] == name for row in rows)]
    base = alt.Chart({"values": values})
    bars = base.mark_bar(cornerRadius=1).encode(
        x=alt.X("turn:O", title="turn", axis=alt.Axis(labelAngle=0)),
        y=alt.Y("sum(tokens):Q", title="input tokens billed"),
        color=alt.Color(
            "part:N",
            scale=alt.Scale(domain=shown, range=[TURN_COLORS[name] for name in shown]),
            legend=alt.Legend(title=None, orient="top", labelLimit=260, columns=1),
        ),
        order=alt.Order("rank:Q"),
        tooltip=[
            alt.Tooltip("turn:O"),
            alt.Tooltip("part:N"),
            alt.Tooltip("sum(tokens):Q", format=",", title="tokens"),
        ],
    )
    totals = base.mark_text(dy=-7, fontSize=11, color=GREY).encode(
        x=alt.X("turn:O"),
        y=alt.Y("sum(tokens):Q"),
        text=alt.Text("sum(tokens):Q", format=","),
    )
    chart: alt.LayerChart = (bars + totals).properties(height=height)
    return chart


def ladder_bars(
    steps: Sequence[str], rows: Sequence[Mapping[str, Any]], parts: Sequence[str]
) -> alt.Chart:
    """Input of every step as a stacked bar; rows have `step`, `part`, `tokens`, `kind`. Its legend is `legend`."""
    colors = [PART_COLORS[i % len(PART_COLORS)] for i in range(len(parts))]
    values = [{**row, "rank": parts.index(row["part"])} for row in rows]
    chart: alt.Chart = (
        alt.Chart({"values": values}, height=alt.Step(ROW))
        .mark_bar(height=18, cornerRadius=1)
        .encode(
            y=alt.Y("step:N", sort=list(steps), title=None, axis=alt.Axis(labelLimit=170)),
            x=alt.X("sum(tokens):Q", title="input tokens"),
            color=alt.Color(
                "part:N",
                scale=alt.Scale(domain=list(parts), range=colors),
                legend=None,
            ),
            order=alt.Order("rank:Q"),
            tooltip=[
                alt.Tooltip("step:N"),
                alt.Tooltip("part:N"),
                alt.Tooltip("sum(tokens):Q", format=",", title="tokens"),
                alt.Tooltip("kind:N", title="counted by"),
            ],
        )
    )
    return chart


def legend(parts: Sequence[str]) -> str:
    """The colours of `ladder_bars` as HTML that wraps at any width; Vega's own legend is cut on a phone."""
    items = "".join(
        f'<span style="white-space:nowrap"><span style="display:inline-block;width:.8em;height:.8em;border-radius:.15em;'
        f'margin-right:.35em;background:{PART_COLORS[i % len(PART_COLORS)]}"></span>{html.escape(name)}</span>'
        for i, name in enumerate(parts)
    )
    return (
        f'<div style="display:flex;flex-wrap:wrap;gap:.2rem 1rem;font-size:.875rem">{items}</div>'
    )


def growth_lines(
    rows: Sequence[Mapping[str, Any]], names: Sequence[str], *, unit: str, money: bool
) -> alt.LayerChart:
    """Running totals against turns; rows have `turn`, `series` (`measured` is drawn as points), `value`."""
    form = "$~g" if money else "~s"
    base = alt.Chart({"values": list(rows)}).encode(
        x=alt.X("turn:Q", title="turn", axis=alt.Axis(tickMinStep=1, format="d")),
        y=alt.Y("value:Q", title=unit, axis=alt.Axis(format=form)),
        color=alt.Color(
            "series:N",
            scale=alt.Scale(domain=list(names), range=list(SERIES_COLORS[: len(names)])),
            legend=_legend_below(),
        ),
        tooltip=[
            alt.Tooltip("series:N"),
            alt.Tooltip("turn:Q"),
            alt.Tooltip("value:Q", title=unit, format="$.6~f" if money else ","),
        ],
    )
    measured = f"datum.series === '{MEASURED}'"
    lines = base.transform_filter(f"!({measured})").mark_line(strokeWidth=2)
    lines = lines.encode(strokeDash=_dashed("series"))
    points = base.transform_filter(measured).mark_point(filled=True, size=80, opacity=1)
    chart: alt.LayerChart = (lines + points).properties(height=420)
    return chart


CONVERSATIONS = alt.X("conversations:Q", title="conversations a month", axis=alt.Axis(format=",d"))
USD = alt.Y("usd:Q", title="USD a month", axis=alt.Axis(format="$,.0f"))


def month_curve(
    rows: Sequence[Mapping[str, Any]],
    plans: Sequence[Mapping[str, Any]],
    marks: Sequence[Mapping[str, Any]],
    names: Sequence[str],
) -> alt.LayerChart:
    """USD a month against conversations: a line for each way by API, a level for each plan, a dot where they meet.

    `rows` have `conversations`, `way`, `usd`; `plans` have `plan`, `label`, `usd`, `from`, `until`, `capped`, `told`; `marks` have `conversations`,
    `usd`, `label`.
    """
    layers = _plan_levels(plans) + _api_lines(rows, names) + _meetings(marks)
    chart: alt.LayerChart = layers.properties(height=460)
    return chart


def _plan_levels(plans: Sequence[Mapping[str, Any]]) -> alt.LayerChart:
    """A level with its name for each plan, and a bar at its end where a cap is known."""
    base = alt.Chart({"values": list(plans)}).encode(y=alt.Y("usd:Q"))
    levels = base.mark_rule(strokeWidth=2, color=GREY).encode(
        x=alt.X("from:Q"), x2="until:Q", tooltip=["plan:N", "told:N"]
    )
    names = base.mark_text(align="left", dy=-7, dx=4, fontSize=11, color=GREY).encode(
        x=alt.X("from:Q"), text="label:N"
    )
    caps = (
        base.transform_filter("datum.capped")
        .mark_point(shape="stroke", size=160, angle=90, strokeWidth=3, color=GREY)
        .encode(x=alt.X("until:Q"), tooltip=["plan:N", "told:N"])
    )
    chart: alt.LayerChart = levels + names + caps
    return chart


def _api_lines(rows: Sequence[Mapping[str, Any]], names: Sequence[str]) -> alt.Chart:
    """A line for each way by API, dashed where it is cached."""
    chart: alt.Chart = (
        alt.Chart({"values": list(rows)})
        .mark_line(strokeWidth=2)
        .encode(
            x=CONVERSATIONS,
            y=USD,
            color=alt.Color("way:N", scale=alt.Scale(domain=list(names)), legend=_legend_below()),
            strokeDash=_dashed("way"),
            tooltip=[
                alt.Tooltip("way:N"),
                alt.Tooltip("conversations:Q", format=","),
                alt.Tooltip("usd:Q", format="$,.2f"),
            ],
        )
    )
    return chart


def _meetings(marks: Sequence[Mapping[str, Any]]) -> alt.Chart:
    """A dot wherever a plan and the API cost the same."""
    chart: alt.Chart = (
        alt.Chart({"values": list(marks)})
        .mark_point(filled=True, size=80, color=BLUE)
        .encode(x=CONVERSATIONS, y=USD, tooltip=["label:N"])
    )
    return chart


def _legend_below() -> alt.Legend:
    """Long names one under the other."""
    return alt.Legend(title=None, orient="bottom", columns=1, labelLimit=420)


def _dashed(field: str) -> Any:
    """Lines with caching are dashed."""
    return alt.condition(
        f"indexof(datum.{field}, 'with caching') >= 0", alt.value([5, 4]), alt.value([1, 0])
    )
