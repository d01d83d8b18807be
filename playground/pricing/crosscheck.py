"""Our table against genai-prices: what differs, and what would have to be added to pricing.yaml."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any

from playground.domain import PROVIDERS
from playground.pricing.book import PriceBook
from playground.pricing.receipt import Billing, rates_for
from playground.pricing.row import LongContext, Price, Terms

TOLERANCE = Decimal("0.005")
"""Relative difference up to which two prices are the same."""
SOURCE = "https://github.com/pydantic/genai-prices"
RATES: Mapping[str, str] = {
    "input_mtok": "input",
    "cache_read_mtok": "cache_read",
    "cache_write_mtok": "cache_write",
    "cache_write_1h_mtok": "cache_write_1h",
    "output_mtok": "output",
    "input_audio_mtok": "input_audio",
    "output_audio_mtok": "output_audio",
}
"""Their name of a rate → ours; `cache_write` is the one that a provider means when it names no time to live."""
WAYS: Mapping[str, Mapping[str, str]] = {
    "standard": {},
    "batch": {"processing": "batch"},
    "flex": {"service_tier": "flex"},
    "priority": {"service_tier": "priority"},
    "fast": {"speed": "fast"},
}
"""Our way of processing → their price context. OpenAI's `fast` is its `priority`."""


class NotInstalled(Exception):
    """genai-prices is not there to compare with; the message says how to get it."""


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
    for provider, model in _their_models():
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
        version=_version(),
    )


def their_rates(provider: str, model: Any, on: date, way: str, length: int) -> dict[str, Decimal]:
    """Their rates, by our names, for a request of this length; empty when they have none for this way."""
    context = _context(model, way)
    if context is None:
        return {}
    prices = model.get_prices(datetime.combine(on, time(12), UTC), context or None)
    rates = {}
    for theirs, ours in RATES.items():
        value = vars(prices).get(theirs)
        if value is not None:
            rates[ours] = _at(value, length)
    return rates


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
            theirs = their_rates(provider, model, on, way, length)
            ours = our_rates(row, terms, way, length)
            for name, rate in theirs.items():
                rate_name = _ttl(row, terms) if name == "cache_write" else name
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


def _ttl(row: Price, terms: Terms) -> str:
    names = [name for name in row.rates if name.startswith("cache_write_")]
    usual = f"cache_write_{terms.default_ttl or '5m'}"
    return usual if usual in names or not names else names[0]


def _lengths(row: Price, model: Any, on: date) -> list[int | None]:
    """None for a short request, and the cliffs of both tables."""
    cliffs = {row.long_context.above} if row.long_context else set()
    prices = model.get_prices(datetime.combine(on, time(12), UTC))
    for value in vars(prices).values():
        cliffs |= {tier.start for tier in getattr(value, "tiers", ())}
    return [None, *sorted(cliffs)]


def _at(value: Any, length: int) -> Decimal:
    """Their rate for a request with so many input tokens: a tier reprices the whole request."""
    tiers = [tier.price for tier in getattr(value, "tiers", ()) if length > tier.start]
    return Decimal(tiers[-1] if tiers else getattr(value, "base", value))


def _context(model: Any, way: str) -> dict[str, str] | None:
    """Their price context for this way; None when they have no price for it. Empty for the standard way."""
    wanted = dict(WAYS[way])
    if not wanted:
        return {}
    for variant in model.price_variants or ():
        if variant.when == wanted and any(v is not None for v in vars(variant.prices).values()):
            return wanted
    return None


def _their_models() -> Iterator[tuple[str, Any]]:
    """Provider in our words and model, of every provider that both tables may have."""
    try:
        from genai_prices.data_snapshot import get_snapshot
    except ImportError:
        raise NotInstalled(
            "genai-prices is not installed: run `pip install genai-prices` and try again."
        ) from None
    ours_of = {row.genai_prices: row.name for row in PROVIDERS.values() if row.genai_prices}
    for provider in get_snapshot().providers:
        if (ours := ours_of.get(provider.id)) is not None:
            for model in provider.models:
                if not (ours == "gemini" and model.id.startswith("claude-")):
                    yield ours, model


def _version() -> str:
    from importlib.metadata import version

    return version("genai-prices")


def proposals(book: PriceBook, check: Check, today: date) -> Iterator[Price]:
    """For each model with a difference that is not known yet: our row with their standard, batch and tier rates.

    It holds from `today` on, or from the day of the difference where that lies ahead.
    """
    models = {(d.provider, d.model): d for d in reversed(check.differences) if not d.known}
    for provider, model in _their_models():
        if (first := models.get((provider, model.id))) is None:
            continue
        on = max(first.on, today)
        row = book.find(provider, model.id, on)
        if row is not None and not row.override:
            yield _proposed(row, book.terms.get(row.provider, Terms()), provider, model, on, today)


def new_row(spelling: str, book: PriceBook, today: date) -> Price:
    """The row for a model that only they have, `provider:model`; LookupError when they have not got it either."""
    for provider, model in _their_models():
        if f"{provider}:{model.id}" == spelling:
            empty = Price(provider=provider, model=model.id, rates={}, source=SOURCE, as_of=today)
            terms = book.terms.get(provider, Terms())
            row = _proposed(empty, terms, provider, model, today, today)
            return replace(row, valid_from=None, long_context=_cliff(provider, model, today))
    raise LookupError(f"genai-prices has no {spelling}")


def _proposed(row: Price, terms: Terms, provider: str, model: Any, on: date, today: date) -> Price:
    """Our row with what they have, as of today."""

    def named(way: str) -> dict[str, Decimal]:
        rates = their_rates(provider, model, on, way, 1)
        return {_ttl(row, terms) if n == "cache_write" else n: r for n, r in rates.items()}

    rates = named("standard")
    tiers = {w: _adjusted(row.tiers.get(w), rates, named(w)) for w in ("flex", "priority", "fast")}
    if row.provider == "openai":  # the same tier under two names; ours has it once
        tiers.pop("fast" if "priority" in row.tiers else "priority")
        tiers.setdefault("fast", _adjusted(row.tiers.get("fast"), rates, named("priority")))
    return replace(
        row,
        rates={**row.rates, **rates},
        batch=_adjusted(row.batch, rates, named("batch")),
        tiers={**row.tiers, **{w: how for w, how in tiers.items() if how is not None}},
        valid_from=on,
        source=SOURCE,
        as_of=today,
        disagrees=(),
    )


def _adjusted(kept: Any, new: Mapping[str, Decimal], way: Mapping[str, Decimal]) -> Any:
    """Their rates for a way of processing as one factor where one fits, else as rates; ours when they have none."""
    if not way:
        return kept
    factors = {way[name] / new[name] for name in way if new.get(name)}
    return factors.pop() if len(factors) == 1 else dict(way)


def _cliff(provider: str, model: Any, on: date) -> LongContext | None:
    """Their cliff as factors on input and output; None when they have none."""
    prices = vars(model.get_prices(datetime.combine(on, time(12), UTC)))
    starts = {t.start for value in prices.values() for t in getattr(value, "tiers", ())}
    if not starts:
        return None
    above = min(starts)
    short = their_rates(provider, model, on, "standard", 1)
    long = their_rates(provider, model, on, "standard", above + 1)
    return LongContext(
        above=above,
        input=long["input"] / short["input"],
        output=long["output"] / short["output"],
    )
