"""What a request costs against the length of its input, with the limits at which the whole of it gets dearer."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any, Literal

import streamlit as st

from playground import figures as fmt
from playground.domain import ModelRef
from playground.figures.palette import CATEGORIES, GREY
from playground.pricing import PriceBook
from playground.pricing.shape import Shape, lengths
from playground.ui.costs.priced import priced
from playground.ui.parts import charts
from playground.ui.parts.charts import Picture
from playground.ui.parts.drawing import alt


def cliffs_of(
    book: PriceBook, refs: Sequence[ModelRef], ways: Sequence[str], shape: Shape, on: date
) -> None:
    """The chart with its way of processing and its length, and a sentence on what a cliff is."""
    st.header("Cost against input length", anchor=False)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        way = (
            st.segmented_control(
                "Processing", list(ways), default=ways[0], required=True, key="calc_cliff_way"
            )
            if len(ways) > 1
            else ways[0]
        )
        longest = st.select_slider(
            "Up to",
            [50_000, 100_000, 150_000, 200_000, 300_000, 400_000, 600_000, 1_000_000],
            value=400_000,
            format_func=lambda n: f"{n:,} input tokens",
            key="calc_longest",
            persist_state="session",
        )
    values, cliffs = curve(book, refs, shape, on, way or "standard", longest)
    if not values:
        st.caption("None of these models has a price for this way of processing.")
        return
    charts.draw(cliff_chart(values, cliffs))
    st.caption(
        "One token more than the limit, and the whole request costs more, not only what is beyond it."
        " Output, searches and the cached share stay as above."
        if cliffs
        else "None of these models has a cliff in this range, a length from which the whole request costs more: the price per token stays the same."
    )


def curve(
    book: PriceBook, refs: Sequence[ModelRef], shape: Shape, on: date, way: str, longest: int
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Points of each model's line, and the limits within the range with the cost on both sides."""
    values, cliffs = [], []
    for ref in refs:
        row = book.find(ref.provider, ref.model, on)
        for length in lengths(row, longest):
            cost, _ = priced(book, ref, shape.of_length(length), on, way)
            if cost is not None:
                values.append({"model": str(ref), "tokens": length, "usd": float(cost.total)})
        above = row.long_context.above if row and row.long_context else longest
        if above < longest and row is not None:
            before, _ = priced(book, ref, shape.of_length(above), on, way)
            after, _ = priced(book, ref, shape.of_length(above + 1), on, way)
            if before and after:
                jump = f"{ref.model} at {above:,}: {fmt.money(before.total)} → {fmt.money(after.total)}"
                cliffs.append(
                    {"model": str(ref), "tokens": above, "usd": float(after.total), "jump": jump}
                )
    return values, cliffs


def cliff_chart(values: list[dict[str, Any]], cliffs: list[dict[str, Any]]) -> Picture:
    """One line a model; where a limit is passed it stands upright and says by how much."""
    models = list(dict.fromkeys(value["model"] for value in values))
    colors = {model: CATEGORIES[at % len(CATEGORIES)] for at, model in enumerate(models)}
    x = alt.X("tokens:Q", title="input tokens of one request", axis=alt.Axis(format="~s"))
    y = alt.Y("usd:Q", title="USD per request", axis=charts.dollars())
    lines = (
        alt.Chart({"values": values})
        .mark_line(strokeWidth=2, aria=False)
        .encode(
            x=x,
            y=y,
            color=charts.colored("model", colors, values),
            tooltip=[
                alt.Tooltip("model:N"),
                alt.Tooltip("tokens:Q", format=",", title="input tokens"),
                alt.Tooltip("usd:Q", format="$.6~f", title="USD"),
            ],
        )
    )
    marks = _marks(values, cliffs, x) if cliffs else []
    chart = alt.layer(lines, *marks).properties(height=400)
    return Picture(chart, colors, _told(values, cliffs))


def _marks(values: list[dict[str, Any]], cliffs: list[dict[str, Any]], x: alt.X) -> list[alt.Chart]:
    """A line at each limit, and what happens there, on the side where there is room."""
    peak = max(value["usd"] for value in values)
    cliffs = [{**cliff, "top": peak * (1 - 0.08 * i)} for i, cliff in enumerate(cliffs)]
    rules = (
        alt.Chart({"values": cliffs})
        .mark_rule(strokeDash=[3, 3], color=GREY, aria=False)
        .encode(x=x, tooltip=[alt.Tooltip("model:N"), alt.Tooltip("jump:N", title="cliff")])
    )
    middle = max(value["tokens"] for value in values) / 2
    sides: tuple[tuple[list[dict[str, Any]], Literal["left", "right"], int], ...] = (
        ([cliff for cliff in cliffs if cliff["tokens"] <= middle], "left", 6),
        ([cliff for cliff in cliffs if cliff["tokens"] > middle], "right", -6),
    )
    labels = [
        alt.Chart({"values": side})
        .mark_text(align=align, dx=dx, fontSize=12, fontWeight="bold", aria=False)
        .encode(x=x, y="top:Q", text="jump:N")
        for side, align, dx in sides
        if side
    ]
    return [rules, *labels]


def _told(values: list[dict[str, Any]], cliffs: list[dict[str, Any]]) -> str:
    """Each model from its shortest to its longest request, and its cliff."""
    ends: dict[str, list[dict[str, Any]]] = {}
    for value in values:
        ends.setdefault(value["model"], []).append(value)
    lines = [
        f"{model}: {fmt.money(Decimal(str(of[0]['usd'])))} at {of[0]['tokens']:,} input tokens to"
        f" {fmt.money(Decimal(str(of[-1]['usd'])))} at {of[-1]['tokens']:,}."
        for model, of in ends.items()
    ]
    return " ".join([*lines, *(f"{cliff['jump']}." for cliff in cliffs)])
