"""Charts of "Chat vs API": what a request is made of, how a conversation grows, where a plan and the API meet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from playground import figures as fmt
from playground.figures.palette import (
    BLUE,
    CATEGORIES,
    GREEN,
    GREY,
    ORANGE,
    PINK,
    RED,
    SKY,
    VIOLET,
)
from playground.ui.parts import charts
from playground.ui.parts.charts import Picture
from playground.ui.parts.drawing import alt

NEW, RESENT, HIDDEN, ANSWER = (
    "new question",
    "said before, sent again",
    "system prompt, every time",
    "answer",
)
TURN_COLORS = {HIDDEN: VIOLET, RESENT: ORANGE, NEW: GREEN}
"""From the axis up."""
PART_COLORS = (GREEN, GREY, BLUE, SKY, ORANGE, PINK, RED, VIOLET)
"""The prompt first, the provider's framing second, then the steps in their order."""
COUNTING = {"the parts are being counted …": GREY}
"""Stands where the legend will be."""
MEASURED = "measured"
SERIES_COLORS = (GREEN, RED, ORANGE, VIOLET, PINK)
"""Measured first, then the projections in their order."""
CACHED = "with caching"
"""What a line with caching has in its name: it is dashed."""


def turn_bars(rows: Sequence[Mapping[str, Any]], *, height: int = 260) -> Picture:
    """Input of every turn as a stacked bar; rows have `turn`, `part` and `tokens`."""
    order = list(TURN_COLORS)
    values = [{**row, "rank": order.index(row["part"])} for row in rows]
    base = alt.Chart({"values": values})
    bars = base.mark_bar(cornerRadius=1, aria=False).encode(
        x=alt.X("turn:O", title="turn", axis=alt.Axis(labelAngle=0, ticks=False)),
        y=alt.Y("sum(tokens):Q", title="input tokens billed", axis=alt.Axis(tickCount=5)),
        color=charts.colored("part", TURN_COLORS, values),
        order=alt.Order("rank:Q"),
        tooltip=[
            alt.Tooltip("turn:O"),
            alt.Tooltip("part:N"),
            alt.Tooltip("sum(tokens):Q", format=",", title="tokens"),
        ],
    )
    totals = base.mark_text(dy=-7, fontSize=11, aria=False).encode(
        x=alt.X("turn:O"),
        y=alt.Y("sum(tokens):Q"),
        text=alt.Text("sum(tokens):Q", format=","),
    )
    sums: dict[str, int] = {}
    for row in rows:
        name = f"turn {row['turn']}"
        sums[name] = sums.get(name, 0) + row["tokens"]
    parts = [(f"turn {row['turn']}", row["part"], fmt.count(row["tokens"])) for row in rows]
    told = charts.in_words(list(sums), [f"{total:,} tokens" for total in sums.values()], parts)
    chart = (bars + totals).properties(height=height)
    return Picture(chart, charts.shown(TURN_COLORS, values, "part"), told)


def ladder_bars(
    steps: Sequence[str],
    rows: Sequence[Mapping[str, Any]],
    parts: Sequence[str],
    *,
    whole: Sequence[Mapping[str, Any]],
) -> Picture:
    """Input of every step as a stacked bar with its total; rows have `step`, `part`, `tokens`, `kind`.

    `whole` are the rows when every step has ended: scale and legend are theirs, so that bars may come one by one.
    """
    colors = {name: PART_COLORS[i % len(PART_COLORS)] for i, name in enumerate(parts)}
    values = [{**row, "rank": parts.index(row["part"])} for row in rows]
    sums, longest = _sums(rows), max(_sums(whole).values(), default=1)
    totals = [f"{sums[step]:,}" if step in sums else "…" for step in steps]
    chart = charts.bars(
        values,
        steps,
        charts.marked(totals),
        lane="step",
        x=charts.field(
            "sum(tokens):Q",
            title="input tokens",
            axis={"tickCount": 5, "labelOpacity": float(bool(whole))},
            scale={"domain": [0, longest], "nice": True},
        ),
        color=charts.colored("part", colors, whole),
        order=charts.field("rank:Q"),
        tooltip=[
            charts.field("step:N"),
            charts.field("part:N"),
            charts.field("sum(tokens):Q", format=",", title="tokens"),
            charts.field("kind:N", title="counted by"),
        ],
    )
    told = charts.in_words(
        steps, totals, [(row["step"], row["part"], fmt.count(row["tokens"])) for row in rows]
    )
    return Picture(chart, charts.shown(colors, whole, "part") or COUNTING, told)


def _sums(rows: Sequence[Mapping[str, Any]]) -> dict[str, int]:
    """Tokens by step."""
    sums: dict[str, int] = {}
    for row in rows:
        sums[row["step"]] = sums.get(row["step"], 0) + row["tokens"]
    return sums


def growth_lines(
    rows: Sequence[Mapping[str, Any]], names: Sequence[str], *, unit: str, money: bool, height: int
) -> Picture:
    """Running totals against turns; rows have `turn`, `series` (`measured` is drawn as points), `value`."""
    colors = dict(zip(names, SERIES_COLORS, strict=False))
    axis = charts.dollars() if money else alt.Axis(format="~s", tickCount=5)
    base = alt.Chart({"values": list(rows)}).encode(
        x=alt.X("turn:Q", title="turn", axis=alt.Axis(tickMinStep=1, format="d")),
        y=alt.Y("value:Q", title=unit, axis=axis),
        color=charts.colored("series", colors, rows),
        tooltip=[
            alt.Tooltip("series:N"),
            alt.Tooltip("turn:Q"),
            alt.Tooltip("value:Q", title=unit, format="$.6~f" if money else ","),
        ],
    )
    measured = f"datum.series === '{MEASURED}'"
    lines = base.transform_filter(f"!({measured})").mark_line(strokeWidth=2, aria=False)
    points = base.transform_filter(measured).mark_point(filled=True, size=80, opacity=1, aria=False)
    chart = (lines.encode(strokeDash=_dashed("series")) + points).properties(height=height)
    last = {row["series"]: row for row in rows}
    told = " ".join(
        f"{name}: {charts.told(row['value'], money)} after turn {row['turn']}."
        for name, row in last.items()
    )
    return Picture(chart, charts.shown(colors, rows, "series"), f"{unit}. {told}")


CONVERSATIONS = alt.X(
    "conversations:Q",
    title="conversations a month",
    axis=alt.Axis(format=",d", tickCount=6),
    scale=alt.Scale(nice=False),
)
USD = alt.Y("usd:Q", title="USD a month", axis=alt.Axis(format="$,.0f", tickCount=6))
APART = 0.055
"""Share of the chart's height that two names at the lines' ends are apart at least."""


def month_curve(
    rows: Sequence[Mapping[str, Any]],
    plans: Sequence[Mapping[str, Any]],
    marks: Sequence[Mapping[str, Any]],
) -> Picture:
    """USD a month against conversations: a line for each way by API, a level for each plan, a dot where they meet.

    `rows` have `conversations`, `way`, `model`, `cached`, `usd`; `plans` have `plan`, `label`, `usd`, `from`, `until`, `capped`,
    `told`; `marks` have `conversations`, `usd`, `label`. The colour is the model's, dashes are caching.
    """
    models = list(dict.fromkeys(row["model"] for row in rows))
    colors = {model: CATEGORIES[i % len(CATEGORIES)] for i, model in enumerate(models)}
    layers = _plan_levels(plans) + _api_lines(rows, colors)
    if marks:
        layers += _meetings(marks)
    told = [
        f"{row['way']}: {charts.told(row['usd'], True)} for {row['conversations']:,} conversations a month."
        for row in _ends(rows)
    ]
    told += [f"{plan['plan']}: {plan['told']}." for plan in plans]
    told += [f"{mark['label']}." for mark in marks]
    return Picture(layers.properties(height=420), {}, " ".join(told))


def _plan_levels(plans: Sequence[Mapping[str, Any]]) -> alt.LayerChart:
    """A level with its name for each plan, and a bar at its end where a cap is known."""
    base = alt.Chart({"values": list(plans)}).encode(y=alt.Y("usd:Q"))
    levels = base.mark_rule(strokeWidth=2, color=GREY, aria=False).encode(
        x=alt.X("from:Q"), x2="until:Q", tooltip=["plan:N", "told:N"]
    )
    names = base.mark_text(align="left", dy=-10, dx=4, fontSize=12, aria=False).encode(
        x=alt.X("from:Q"), text="label:N"
    )
    chart: alt.LayerChart = levels + names
    capped = [plan for plan in plans if plan["capped"]]
    if capped:
        caps = (
            alt.Chart({"values": capped})
            .mark_point(shape="stroke", size=160, angle=90, strokeWidth=3, color=GREY, aria=False)
            .encode(x=alt.X("until:Q"), y="usd:Q", tooltip=["plan:N", "told:N"])
        )
        chart += caps
    return chart


def _ends(rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The last point of each line, with its name a little higher where two ends are at one height."""
    last = {row["way"]: row for row in rows}
    peak = max((row["usd"] for row in rows), default=0.0)
    ends: list[dict[str, Any]] = []
    for row in sorted(last.values(), key=lambda row: float(row["usd"])):
        at = max(row["usd"], ends[-1]["at"] + APART * peak if ends else 0.0)
        ends.append({**row, "at": at})
    return ends


def _api_lines(rows: Sequence[Mapping[str, Any]], colors: Mapping[str, str]) -> alt.LayerChart:
    """A line for each way by API with its name at its end, dashed where it is cached."""
    color = charts.colored("model", colors, rows)
    lines = (
        alt.Chart({"values": list(rows)})
        .mark_line(strokeWidth=2, aria=False)
        .encode(
            x=CONVERSATIONS,
            y=USD,
            color=color,
            detail="way:N",
            strokeDash=alt.condition("datum.cached", alt.value([5, 4]), alt.value([1, 0])),
            tooltip=[
                alt.Tooltip("way:N"),
                alt.Tooltip("conversations:Q", format=","),
                alt.Tooltip("usd:Q", format="$,.2f"),
            ],
        )
    )
    names = (
        alt.Chart({"values": _ends(rows)})
        .mark_text(align="right", dx=-4, dy=-9, fontSize=12, aria=False)
        .encode(x=CONVERSATIONS, y=alt.Y("at:Q"), text="way:N")
    )
    chart: alt.LayerChart = lines + names
    return chart


def _meetings(marks: Sequence[Mapping[str, Any]]) -> alt.Chart:
    """A dot wherever a plan and the API cost the same."""
    chart: alt.Chart = (
        alt.Chart({"values": list(marks)})
        .mark_point(filled=True, size=80, color=BLUE, aria=False)
        .encode(x=CONVERSATIONS, y=USD, tooltip=["label:N"])
    )
    return chart


def _dashed(field: str) -> Any:
    """Lines with caching are dashed."""
    return alt.condition(
        f"indexof(datum.{field}, '{CACHED}') >= 0", alt.value([5, 4]), alt.value([1, 0])
    )
