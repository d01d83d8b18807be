"""The calculator: a request's shape, and what it costs at any models, per request, per thousand and per month."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import NamedTuple

import streamlit as st

from playground import figures as fmt
from playground.catalog import catalog, defaults
from playground.domain import Cost, ModelRef
from playground.domain.provider import provider_of
from playground.pricing import PriceBook
from playground.pricing.shape import PROCESSING, TTLS, Shape
from playground.ui import names
from playground.ui.costs.cliffs import cliffs_of
from playground.ui.costs.priced import priced
from playground.ui.parts.number_field import Typed, number_field
from playground.ui.parts.receipt import receipt
from playground.ui.parts.tables import money, written

MONTH_DAYS = 30
USUAL = "usual"
WITH_A_CLIFF = (ModelRef("anthropic", "messages", "claude-haiku-5-5"),)
"""Chosen at first beside the defaults, so that the chart has both cliffs: at 100,000 and at 272,000 tokens."""


def calculator(book: PriceBook, on: date) -> None:
    """Inputs, the table of costs, one receipt, and the chart with the cliffs."""
    given = shape_inputs()
    refs, ways = _choices(book)
    if given is None:
        st.info("Mend the field above: nothing is computed with a number that can't be read.")
        return
    shape, daily = given
    if problems := shape.problems():
        st.error(f"These numbers contradict each other: {'; '.join(problems)}.")
        return
    if not refs or not ways:
        st.info("Choose at least one model and one way of processing.", icon=":material/lightbulb:")
        return
    found = {(ref, way): priced(book, ref, shape, on, way) for ref in refs for way in ways}
    _table(found, daily)
    _receipt(found)
    cliffs_of(book, refs, ways, shape, on)


class Number(NamedTuple):
    """One number of the request's shape."""

    name: str
    label: str
    first: int
    """What stands in the field at first."""
    help: str
    most: int = 100_000_000


NUMBERS = (
    Number(
        "input",
        "Input tokens",
        10_000,
        "Text of one request: system prompt, history, question",
    ),
    Number(
        "cached",
        "Cache reads, %",
        0,
        "Share of the input that is read from the provider's cache",
        100,
    ),
    Number(
        "written",
        "Cache writes, %",
        0,
        "Share of the input that is written to the cache; costs more at OpenAI and Anthropic",
        100,
    ),
    Number("output", "Visible output tokens", 500, "The answer itself"),
    Number("reasoning", "Reasoning tokens", 0, "Thought and not shown; billed as output"),
    Number("images", "Images", 0, "Pictures in one request"),
    Number(
        "per_image",
        "Tokens per image",
        1_100,
        "About what a picture of 1024 × 1024 takes; each provider has its own rule. Measure yours under Tokens, Three counts",
    ),
    Number("searches", "Searches", 0, "Web searches by the provider's own tool, per request"),
    Number("daily", "Requests a day", 1_000, f"A month is counted as {MONTH_DAYS} days"),
)
"""In the order of the page."""


def shape_inputs() -> tuple[Shape, int] | None:
    """The request as the fields have it, and requests a day; None while one of them can't be read."""
    typed: dict[str, Typed] = {}
    with st.grid(columns=5, min_column_width=150, gap="small") as grid:
        for number in NUMBERS:
            with grid.cell():
                typed[number.name] = number_field(
                    number.label,
                    names.calc(number.name),
                    first=number.first,
                    most=number.most,
                    help=number.help,
                )
        with grid.cell():
            ttl = st.selectbox(
                "Cache keeps for", [USUAL, *TTLS], key="calc_ttl", persist_state="session"
            )
    if any(number.wrong for number in typed.values()):
        return None
    given = {name: int(number.value or 0) for name, number in typed.items()}
    return _shape(given, None if ttl == USUAL else ttl), given["daily"]


def _shape(given: Mapping[str, int], ttl: str | None) -> Shape:
    text, pictures = given["input"], given["images"] * given["per_image"]
    return Shape(
        input_tokens=text + pictures,
        cache_read_input_tokens=text * given["cached"] // 100,
        cache_write_input_tokens=text * given["written"] // 100,
        cache_ttl=ttl,
        output_tokens=given["output"] + given["reasoning"],
        reasoning_output_tokens=given["reasoning"],
        image_tokens=pictures,
        searches=given["searches"],
    )


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


Found = Mapping[tuple[ModelRef, str], tuple[Cost | None, str]]


def _table(found: Found, daily: int) -> None:
    costs = [cost for cost, _ in found.values()]
    totals = [None if c is None else c.total for c in costs]
    least = min((t for t in totals if t is not None), default=None)
    st.dataframe(
        written(
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
            dict.fromkeys(("one", "thousand", "month"), money),
        ),
        column_config={
            "model": st.column_config.TextColumn("Model", pinned=True),
            "way": st.column_config.TextColumn("Processing"),
            "one": st.column_config.NumberColumn("Per request"),
            "thousand": st.column_config.NumberColumn("Per 1,000"),
            "month": st.column_config.NumberColumn(
                "Per month", help=f"{daily:,} a day, {MONTH_DAYS} days"
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
        st.markdown(receipt(receipts[chosen]))
