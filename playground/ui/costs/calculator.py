"""The calculator: a request's shape, and what it costs at any models, per request, per thousand and per month."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, Literal, NamedTuple

import altair as alt
import streamlit as st

from playground import figures as fmt
from playground.domain import Cost, ModelRef
from playground.domain.provider import provider_of
from playground.figures.palette import GREY
from playground.pricing import PriceBook
from playground.pricing.shape import PROCESSING, TTLS, Shape, lengths, offered, quote, written_for
from playground.providers.catalog import catalog, defaults
from playground.ui import names
from playground.ui.parts.card import receipt

MONTH_DAYS = 30
USUAL = "usual"
WITH_A_CLIFF = (ModelRef("anthropic", "messages", "claude-haiku-5-5"),)
"""Chosen at first beside the defaults, so that the chart has both cliffs: at 100,000 and at 272,000 tokens."""


def calculator(book: PriceBook, on: date) -> None:
    """Inputs, the table of costs, one receipt, and the chart with the cliffs."""
    shape, daily = shape_inputs()
    refs, ways = _choices(book)
    if problems := shape.problems():
        st.error(f"These numbers contradict each other: {'; '.join(problems)}.")
        return
    if not refs or not ways:
        st.info("Choose at least one model and one way of processing.", icon=":material/lightbulb:")
        return
    found = {(ref, way): priced(book, ref, shape, on, way) for ref in refs for way in ways}
    _table(found, daily)
    _receipt(found)
    _cliffs(book, refs, ways, shape, on)


class Number(NamedTuple):
    """One number of the request's shape."""

    name: str
    label: str
    first: int
    """What stands in the field at first."""
    step: int
    help: str
    most: int = 100_000_000


NUMBERS = (
    Number(
        "input",
        "Input tokens",
        10_000,
        1000,
        "Text of one request: system prompt, history, question",
    ),
    Number(
        "cached",
        "Cache reads, %",
        0,
        5,
        "Share of the input that is read from the provider's cache",
        100,
    ),
    Number(
        "written",
        "Cache writes, %",
        0,
        5,
        "Share of the input that is written to the cache; costs more at OpenAI and Anthropic",
        100,
    ),
    Number("output", "Visible output tokens", 500, 100, "The answer itself"),
    Number("reasoning", "Reasoning tokens", 0, 100, "Thought and not shown; billed as output"),
    Number("images", "Images", 0, 1, "Pictures in one request"),
    Number(
        "per_image",
        "Tokens per image",
        1_100,
        100,
        "About what a picture of 1024 × 1024 takes; each provider has its own rule. Measure yours under Tokens, Three counts",
    ),
    Number("searches", "Searches", 0, 1, "Web searches by the provider's own tool, per request"),
    Number("daily", "Requests a day", 1_000, 100, f"A month is counted as {MONTH_DAYS} days"),
)
"""In the order of the page."""


def shape_inputs() -> tuple[Shape, int]:
    """The request as the fields have it, and requests a day."""
    given: dict[str, int] = {}
    with st.grid(columns=5, min_column_width=150, gap="small") as grid:
        for number in NUMBERS:
            with grid.cell():
                given[number.name] = _number(number)
        with grid.cell():
            ttl = st.selectbox(
                "Cache keeps for", [USUAL, *TTLS], key="calc_ttl", persist_state="session"
            )
    text, pictures = given["input"], given["images"] * given["per_image"]
    shape = Shape(
        input_tokens=text + pictures,
        cache_read_input_tokens=text * given["cached"] // 100,
        cache_write_input_tokens=text * given["written"] // 100,
        cache_ttl=None if ttl == USUAL else ttl,
        output_tokens=given["output"] + given["reasoning"],
        reasoning_output_tokens=given["reasoning"],
        image_tokens=pictures,
        searches=given["searches"],
    )
    return shape, given["daily"]


def _number(number: Number) -> int:
    key = names.calc(number.name)
    st.session_state.setdefault(key, number.first)
    value = st.number_input(
        number.label,
        0,
        number.most,
        step=number.step,
        key=key,
        help=number.help,
        persist_state="session",
    )
    return int(value or 0)


def _choices(book: PriceBook) -> tuple[list[ModelRef], list[str]]:
    known = [m.ref for m in catalog() if not m.retired()]
    known += [
        ModelRef(p.provider, "chat", p.model)
        for p in book.prices
        if (not provider_of(p.provider).built_in or p.override) and not p.prefix
    ]
    options = list(dict.fromkeys([*known, *st.session_state.get(names.CALC_MODELS, ())]))
    st.session_state.setdefault(names.CALC_MODELS, [*defaults(), *WITH_A_CLIFF])
    refs = st.multiselect(
        "Models", options, format_func=str, key=names.CALC_MODELS, persist_state="session"
    )
    ways = st.pills(
        "Processing",
        list(PROCESSING),
        selection_mode="multi",
        default=["standard", "batch"],
        key="calc_ways",
        persist_state="session",
    )
    return list(refs), list(ways or [])


def priced(
    book: PriceBook, ref: ModelRef, shape: Shape, on: date, way: str
) -> tuple[Cost | None, str]:
    """The receipt, or None and why there is none: no price, or none for this way or this time to live."""
    row = book.find(ref.provider, ref.model, on)
    if row is None:
        return None, "no price"
    if way not in offered(row):
        return None, f"no {way} price"
    known = written_for(row)
    if (
        shape.cache_ttl
        and shape.cache_write_input_tokens
        and known
        and shape.cache_ttl not in known
    ):
        return None, f"caches for {' or '.join(known)} only"
    cost = quote(book, ref, shape, on=on, processing=way)
    return cost, " · ".join(cost.notes) if cost else "no price"


Found = Mapping[tuple[ModelRef, str], tuple[Cost | None, str]]


def _table(found: Found, daily: int) -> None:
    costs = [cost for cost, _ in found.values()]
    totals = [None if c is None else c.total for c in costs]
    least = min((t for t in totals if t is not None), default=None)
    st.dataframe(
        {
            "model": [str(ref) for ref, _ in found],
            "way": [way for _, way in found],
            "one": [_times(t, 1) for t in totals],
            "thousand": [_times(t, 1_000) for t in totals],
            "month": [_times(t, daily * MONTH_DAYS) for t in totals],
            "times": [None if t is None or not least else float(t / least) for t in totals],
            **_ranges(costs),
            "note": [note.replace("$", "USD ") or None for _, note in found.values()],
        },
        column_config={
            "model": st.column_config.TextColumn("Model", pinned=True),
            "way": st.column_config.TextColumn("Processing"),
            "one": st.column_config.NumberColumn("Per request", format="$%.6f"),
            "thousand": st.column_config.NumberColumn("Per 1,000", format="$%.4f"),
            "month": st.column_config.NumberColumn(
                "Per month", format="$%.2f", help=f"{daily:,} a day, {MONTH_DAYS} days"
            ),
            "times": st.column_config.NumberColumn("× cheapest", format="%.1f"),
            "range": st.column_config.TextColumn(
                "Sources disagree", help="Per request, by each source"
            ),
            "note": st.column_config.TextColumn("To know", width="large"),
        },
        hide_index=True,
        height="content",
        placeholder="–",
        alt="Cost per request, per thousand and per month",
    )


def _ranges(costs: Sequence[Cost | None]) -> dict[str, list[str | None]]:
    """The cost of a request by both sources where they disagree; no column where none do."""
    spans = [fmt.cost(cost) if cost and cost.other else None for cost in costs]
    return {"range": spans} if any(spans) else {}


def _times(total: Decimal | None, many: int) -> float | None:
    return None if total is None else float(total * many)


def _receipt(found: Found) -> None:
    receipts = {f"{ref}, {way}": cost for (ref, way), (cost, _) in found.items() if cost}
    if not receipts:
        return
    with st.expander("Receipt of one request", icon=":material/receipt_long:"):
        chosen = st.selectbox("Of", list(receipts), key="calc_receipt")
        st.markdown(receipt(receipts[chosen]).replace("$", r"\$"))


def _cliffs(
    book: PriceBook, refs: Sequence[ModelRef], ways: Sequence[str], shape: Shape, on: date
) -> None:
    st.subheader("Cost against input length", anchor=False)
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
    st.altair_chart(
        cliff_chart(values, cliffs), alt="Cost of a request against the length of its input"
    )
    st.caption(
        "One token more than the limit, and the whole request costs more, not only what is beyond it."
        " Output, searches and the cached share stay as above."
        if cliffs
        else "None of these models has a cliff in this range: the price per token stays the same."
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


def cliff_chart(values: list[dict[str, Any]], cliffs: list[dict[str, Any]]) -> Any:
    """One line a model; where a limit is passed it stands upright and says by how much."""
    colour = alt.Color(
        "model:N",
        sort=list(dict.fromkeys(value["model"] for value in values)),
        legend=alt.Legend(title=None, orient="top", labelLimit=300, columns=1),
    )
    x = alt.X("tokens:Q", title="input tokens of one request", axis=alt.Axis(format="~s"))
    y = alt.Y("usd:Q", title="USD per request", axis=alt.Axis(format="$~f"))
    lines = (
        alt.Chart({"values": values}, height=400)
        .mark_line(strokeWidth=2)
        .encode(
            x=x,
            y=y,
            color=colour,
            tooltip=[
                alt.Tooltip("model:N"),
                alt.Tooltip("tokens:Q", format=",", title="input tokens"),
                alt.Tooltip("usd:Q", format="$.6~f", title="USD"),
            ],
        )
    )
    if not cliffs:
        return lines
    peak = max(value["usd"] for value in values)
    cliffs = [{**cliff, "top": peak * (1 - 0.08 * i)} for i, cliff in enumerate(cliffs)]
    rules = (
        alt.Chart({"values": cliffs})
        .mark_rule(strokeDash=[3, 3], color=GREY)
        .encode(x=x, tooltip=[alt.Tooltip("model:N"), alt.Tooltip("jump:N", title="cliff")])
    )
    middle = max(value["tokens"] for value in values) / 2
    sides: tuple[tuple[list[dict[str, Any]], Literal["left", "right"], int], ...] = (
        ([cliff for cliff in cliffs if cliff["tokens"] <= middle], "left", 6),
        ([cliff for cliff in cliffs if cliff["tokens"] > middle], "right", -6),
    )
    labels = [
        alt.Chart({"values": side})
        .mark_text(align=align, dx=dx, fontSize=12, fontWeight="bold")
        .encode(x=x, y="top:Q", text="jump:N", color=alt.value(GREY))
        for side, align, dx in sides
        if side
    ]
    return alt.layer(lines, rules, *labels)
