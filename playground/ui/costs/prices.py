"""Every price in one table, and each one opened: source, date, history, announced change, what other sources say."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import streamlit as st

from playground import figures as fmt
from playground.catalog import catalog
from playground.domain import ModelRef
from playground.pricing import Price, PriceBook
from playground.pricing.listing import Entry, entries
from playground.pricing.shape import Shape, quote
from playground.ui import names
from playground.ui.costs.price import coming, details, retires, spelling
from playground.ui.parts.number_field import number_field
from playground.ui.parts.tables import money, rate, written

RATE_NAMES = {
    "input": "Input",
    "cache_read": "Cached",
    "cache_write": "Cache write",
    "output": "Output",
}
WIDTHS = {"input": 66, "cache_read": 68, "cache_write": 88, "output": 68}
"""Pixels: all columns up to the long requests are seen at 1280."""
MILLION, SHAPE = "USD per 1,000,000 tokens", "USD per 1,000 requests"


def price_table(book: PriceBook, on: date) -> None:
    """The table with its filters, and the price that was opened."""
    shown, shape, readable = _filtered(book, on)
    if not readable:
        st.info("Mend the field above: nothing is computed with a number that can't be read.")
        return
    if not shown:
        st.info("No price fits these filters.", icon=":material/filter_alt_off:")
        return
    columns, config, worded = _by_shape(book, shown, shape, on) if shape else _by_million(shown)
    spelled = [spelling(e.price) for e in shown]
    st.dataframe(
        written(columns, worded),
        column_config={"model": st.column_config.TextColumn("Model", pinned=True), **config},
        hide_index=True,
        height=460,
        placeholder="–",
        key=names.PRICES_TABLE,
        on_select=lambda: _open_selected(spelled),
        selection_mode="single-row",
        alt="Prices of all models",
    )
    st.caption(
        f"{len(shown)} models on {on}. Sort by a heading, search with the magnifying glass, tick a row to open it."
    )
    chosen = st.selectbox(
        "Open a price",
        spelled,
        index=None,
        key=names.PRICES_OPEN,
        placeholder="Choose a model",
        bind="query-params",
    )
    if chosen:
        details(book, shown[spelled.index(chosen)])


def _filtered(book: PriceBook, on: date) -> tuple[list[Entry], Shape | None, bool]:
    """The entries that the filters leave, the shape to price where that is asked for, and whether it can be read."""
    known = listed([*entries(book, on), *_unpriced(book, on)])
    providers = list(dict.fromkeys(e.price.provider for e in known))
    with st.container(horizontal=True, vertical_alignment="bottom"):
        text = st.text_input(
            "Filter", key="prices_filter", placeholder="part of a name", width=200, live=True
        )
        unit = st.segmented_control(
            "Show",
            [MILLION, SHAPE],
            default=MILLION,
            required=True,
            key="prices_unit",
            persist_state="session",
        )
        gone = st.toggle("Also retired and fine-tuned", key="prices_gone", persist_state="session")
        free = st.toggle("Free tier only", key="prices_free", persist_state="session")
    chosen = st.pills(
        "Providers",
        providers,
        selection_mode="multi",
        key="prices_providers",
        persist_state="session",
    )
    shape, readable = _shape() if unit == SHAPE else (None, True)
    shown = [
        e
        for e in known
        if text.strip().lower() in spelling(e.price).lower()
        and (not chosen or e.price.provider in chosen)
        and (gone or not (_gone(e.price, on) or e.price.model.startswith(FINE_TUNED)))
        and (not free or e.price.free_tier)
    ]
    return shown, shape, readable


FINE_TUNED = "ft:"
"""What OpenAI's ids of models of one's own begin with."""


def listed(known: Sequence[Entry]) -> list[Entry]:
    """Provider by provider as they come, the catalog's models first and in its order, which begins with the newest."""
    order = {(model.provider, model.id): at for at, model in enumerate(catalog())}
    providers = list(dict.fromkeys(entry.price.provider for entry in known))

    def place(entry: Entry) -> tuple[int, int]:
        price = entry.price
        at = order.get((price.provider, price.model), len(order))
        return providers.index(price.provider), at

    return sorted(known, key=place)


def _unpriced(book: PriceBook, on: date) -> Iterator[Entry]:
    """The catalog's models that have no price on this day: they are in the table too, without rates."""
    for model in catalog():
        if book.find(model.provider, model.id, on) is None:
            price = Price(
                provider=model.provider,
                model=model.id,
                rates={},
                source=model.source,
                as_of=model.as_of or on,
            )
            yield Entry(price=price, history=(price,), coming=None)


def _shape() -> tuple[Shape | None, bool]:
    """The request that is priced; None and False while one of its fields can't be read."""
    with st.container(horizontal=True):
        given, cached, out = (
            number_field(label, key, first=first, most=10_000_000, width=160)
            for label, key, first in (
                ("Input tokens", "prices_in", 2_000),
                ("of them cached", "prices_cached", 0),
                ("Output tokens", "prices_out", 500),
            )
        )
    if given.wrong or cached.wrong or out.wrong:
        return None, False
    sent = int(given.value or 0)
    shape = Shape(
        input_tokens=sent,
        cache_read_input_tokens=min(int(cached.value or 0), sent),
        output_tokens=int(out.value or 0),
    )
    return shape, True


def _gone(price: Price, on: date) -> bool:
    day = retires(price)
    return day is not None and day <= on


Table = tuple[dict[str, list[Any]], dict[str, Any], dict[str, Callable[[float], str]]]
"""Columns, how they are shown, how their numbers are worded."""


def _by_million(shown: Sequence[Entry]) -> Table:
    rows = [e.price for e in shown]
    columns: dict[str, list[Any]] = {
        "model": [spelling(p) for p in rows],
        **{name: [_rate(p, name) for p in rows] for name in RATE_NAMES},
        "batch": [_batch(p) for p in rows],
        **_common(shown),
        "cliff": [_cliff(p) for p in rows],
        **_sources(shown),
    }
    config = {
        name: st.column_config.NumberColumn(
            label, help="USD per 1,000,000 tokens", width=WIDTHS[name]
        )
        for name, label in RATE_NAMES.items()
    } | {
        "batch": st.column_config.TextColumn(
            "Batch", help="Input / output in batch, USD per 1,000,000 tokens", width=95
        ),
        "cliff": st.column_config.TextColumn(
            "Long requests",
            width=270,
            help="From how many input tokens on the whole request costs more",
        ),
        **COMMON,
    }
    return columns, config, dict.fromkeys(RATE_NAMES, rate)


def _by_shape(book: PriceBook, shown: Sequence[Entry], shape: Shape, on: date) -> Table:
    costs = [quote(book, _ref(e.price), shape, on=on) for e in shown]
    columns: dict[str, list[Any]] = {
        "model": [spelling(e.price) for e in shown],
        "cost": [float(c.total * 1000) if c else None for c in costs],
        **_common(shown),
        **_sources(shown),
    }
    spans = [
        " – ".join(fmt.money(end * 1000) for end in c.span) if c and c.other else None
        for c in costs
    ]
    if any(spans):
        columns["range"] = spans
    config = {
        "cost": st.column_config.NumberColumn("Per 1,000 requests", width=150),
        "range": st.column_config.TextColumn("Sources disagree"),
        **COMMON,
    }
    return columns, config, {"cost": money}


def _common(shown: Sequence[Entry]) -> dict[str, list[Any]]:
    return {
        "free": ["✓" if e.price.free_tier else "–" for e in shown],
        "coming": [coming(e) for e in shown],
    }


def _sources(shown: Sequence[Entry]) -> dict[str, list[Any]]:
    return {
        "retires": [retires(e.price) for e in shown],
        **_yours(shown),
        "checked": [e.price.as_of for e in shown],
        "source": [
            e.price.source if e.price.source.startswith("https://") else None for e in shown
        ],
    }


def _yours(shown: Sequence[Entry]) -> dict[str, list[Any]]:
    """Which prices are the user's own; no column where none is."""
    marks = ["your own" if e.price.override else None for e in shown]
    return {"yours": marks} if any(marks) else {}


COMMON: Mapping[str, Any] = {
    "free": st.column_config.TextColumn("Free tier", width=72),
    "coming": st.column_config.TextColumn(
        "Announced", width=235, help="The day, and input / output per 1,000,000 tokens from then on"
    ),
    "retires": st.column_config.DateColumn("Retires", format="YYYY-MM-DD"),
    "yours": st.column_config.TextColumn("Yours", help="A price of your own, not the list price"),
    "checked": st.column_config.DateColumn("Checked", format="YYYY-MM-DD"),
    "source": st.column_config.LinkColumn("Source", display_text=r"https://([^/]+)"),
}


def _ref(price: Price) -> ModelRef:
    return ModelRef(price.provider, "chat", price.model)


def _rate(price: Price, name: str) -> float | None:
    if name == "cache_write":
        name = next((n for n in price.rates if n.startswith("cache_write_")), name)
    amount = price.rates.get(name)
    return None if amount is None else float(amount)


def _batch(price: Price) -> str | None:
    if price.batch is None:
        return None
    rates = price.rates
    if isinstance(price.batch, Decimal):
        pair = (rates["input"] * price.batch, rates["output"] * price.batch)
    else:
        pair = (
            price.batch.get("input", rates["input"]),
            price.batch.get("output", rates["output"]),
        )
    return " / ".join(rate(float(each)) for each in pair)


def _cliff(price: Price) -> str | None:
    long = price.long_context
    if long is None:
        return None
    return f"over {long.above // 1000}k tokens: input ×{long.input:f}, output ×{long.output:f}"


def _open_selected(shown: Sequence[str]) -> None:
    picked = st.session_state[names.PRICES_TABLE].selection.rows
    if picked and picked[0] < len(shown):
        st.session_state[names.PRICES_OPEN] = shown[picked[0]]
