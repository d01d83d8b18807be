"""Our table against genai-prices: what differs, and what would have to be added to pricing.yaml."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any

from playground.pricing.book import PriceBook
from playground.pricing.elsewhere import (
    WAYS,
    NotInstalled,
    proposed,
    row_of,
    their_models,
    their_rates,
    ttl_of,
    version_of,
)
from playground.pricing.receipt import Billing, rates_for
from playground.pricing.row import Price, Terms

__all__ = ["Check", "Difference", "NotInstalled", "compare", "new_row", "proposals"]

TOLERANCE = Decimal("0.005")
"""Relative difference up to which two prices are the same."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One rate that the two tables have differently."""

    provider: str
    model: str
    way: str
    """`standard`, `batch` or a service tier."""
    rate: str
    """`input`, `cache_read`, `cache_write_30m`, `output`, …"""
    above: int | None
    """For requests with more input tokens; None = for short ones."""
    on: date
    """The first of the compared days on which they differ."""
    ours: Decimal | None
    """USD per 1,000,000 tokens; None = no such price."""
    theirs: Decimal
    known: bool = False
    """True when pricing.yaml says itself that this source disagrees here."""

    def __str__(self) -> str:
        length = f" above {self.above:,} input tokens" if self.above else ""
        ours = "no price" if self.ours is None else f"${self.ours:f}"
        way = "" if self.way == "standard" else f" {self.way}"
        return (
            f"{self.provider}:{self.model}{way} {self.rate}{length}: {ours} here, "
            f"${self.theirs:f} in genai-prices (on {self.on})"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """What came out of a comparison."""

    compared: int
    """Models that both tables have."""
    differences: tuple[Difference, ...]
    missing: tuple[str, ...]
    """`provider:model` of what genai-prices has for our providers and we have not (other kinds of models too)."""
    version: str
    """Of genai-prices."""


def compare(book: PriceBook, days: tuple[date, ...]) -> Check:
    """Every rate of every model that both know, on each of the days; NotInstalled without genai-prices."""
    compared, missing = 0, []
    found: dict[tuple[Any, ...], Difference] = {}
    for provider, model in their_models():
        if book.find(provider, model.id, days[0]) is None:
            missing.append(f"{provider}:{model.id}")
            continue
        compared += 1
        for on in days:
            for d in _differences(book, provider, model, on):
                found.setdefault((d.provider, d.model, d.way, d.rate, d.above), d)
    return Check(
        compared=compared,
        differences=tuple(found.values()),
        missing=tuple(missing),
        version=version_of(),
    )


def same(ours: Decimal | None, theirs: Decimal) -> bool:
    """True when two rates differ by 0.5 % at most."""
    if ours is None:
        return False
    return abs(ours - theirs) <= TOLERANCE * max(abs(ours), abs(theirs))


def _differences(book: PriceBook, provider: str, model: Any, on: date) -> Iterator[Difference]:
    row = book.find(provider, model.id, on)
    if row is None:
        return
    terms = book.terms.get(row.provider, Terms())
    for way in WAYS:
        for above in _lengths(row, model, on):
            length = (above or 0) + 1
            theirs = their_rates(model, on, way, length)
            ours = our_rates(row, terms, way, length)
            for name, rate in theirs.items():
                rate_name = ttl_of(row, terms) if name == "cache_write" else name
                mine = _stand_in(ours, rate_name)
                if not same(mine, rate):
                    other = row.other(way, length)
                    said = other is not None and same(other.rates.get(rate_name), rate)
                    yield Difference(
                        provider=provider,
                        model=model.id,
                        way=way,
                        rate=rate_name,
                        above=above,
                        on=on,
                        ours=mine,
                        theirs=rate,
                        known=said,
                    )


def our_rates(row: Price, terms: Terms, way: str, length: int) -> dict[str, Decimal]:
    """Our rates for a request of this length; empty when the row has none for this way."""
    how = Billing(batch=way == "batch", tier="" if way in ("standard", "batch") else way)
    rates, _, unknown = rates_for(row, terms, how, length)
    return {} if unknown else rates


def _stand_in(rates: Mapping[str, Decimal], name: str) -> Decimal | None:
    """The rate that is billed under this name; None when there is no price at all."""
    instead = "output" if name.startswith("output") else "input"
    return rates.get(name, rates.get(instead))


def _lengths(row: Price, model: Any, on: date) -> list[int | None]:
    """None for a short request, and the cliffs of both tables."""
    cliffs = {row.long_context.above} if row.long_context else set()
    prices = model.get_prices(datetime.combine(on, time(12), UTC))
    for value in vars(prices).values():
        cliffs |= {tier.start for tier in getattr(value, "tiers", ())}
    return [None, *sorted(cliffs)]


def proposals(book: PriceBook, check: Check, today: date) -> Iterator[Price]:
    """For each model with a difference that is not known yet: our row with their standard, batch and tier rates.

    It holds from `today` on, or from the day of the difference where that lies ahead.
    """
    models = {(d.provider, d.model): d for d in reversed(check.differences) if not d.known}
    for provider, model in their_models():
        if (first := models.get((provider, model.id))) is None:
            continue
        on = max(first.on, today)
        row = book.find(provider, model.id, on)
        if row is not None and not row.override:
            yield proposed(row, book.terms.get(row.provider, Terms()), model, on, today)


def new_row(spelling: str, book: PriceBook, today: date) -> Price:
    """The row for a model that only they have, `provider:model`; LookupError when they have not got it either."""
    for provider, model in their_models():
        if f"{provider}:{model.id}" == spelling:
            return row_of(provider, model, book.terms.get(provider, Terms()), today, today)
    raise LookupError(f"genai-prices has no {spelling}")
