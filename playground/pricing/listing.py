"""The price table as a list for people: one entry a model, with its past and its announced future."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from playground.pricing.book import PriceBook
from playground.pricing.receipt import Billing, rates_for
from playground.pricing.row import Price, Terms
from playground.pricing.shape import offered


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One model's price on a day."""

    price: Price
    history: tuple[Price, ...]
    """Every row of the model, the oldest first."""
    coming: Price | None
    """The next price that is announced; None when none is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """The rates of one way of processing, below or above the cliff."""

    way: str
    above: int | None
    rates: dict[str, Decimal]


def entries(book: PriceBook, on: date) -> Iterator[Entry]:
    """Every model that had a price on this day, in the order of the file."""
    seen: set[tuple[str, str]] = set()
    for price in book.prices:
        key = (price.provider, price.model)
        if key in seen:
            continue
        seen.add(key)
        history = book.rows[key]
        held = [p for p in history if p.valid_from is None or p.valid_from <= on]
        ahead = [p for p in history if p.valid_from is not None and p.valid_from > on]
        if held:
            yield Entry(price=held[-1], history=history, coming=ahead[0] if ahead else None)


def cases(book: PriceBook, price: Price) -> Iterator[Case]:
    """What is charged in every way of processing that the row has, below and above its cliff."""
    terms = book.terms.get(price.provider, Terms())
    lengths = [None, price.long_context.above] if price.long_context else [None]
    for way in offered(price):
        how = Billing(batch=way == "batch", tier="" if way in ("standard", "batch") else way)
        for above in lengths:
            rates, _, _ = rates_for(price, terms, how, (above or 0) + 1)
            yield Case(way=way, above=above, rates=rates)
