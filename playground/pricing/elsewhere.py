"""What genai-prices says, in our words: the second table, which prices what ours lacks and checks what it has."""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any

from playground.domain import PROVIDERS
from playground.pricing.row import LongContext, Price, Terms

SOURCE = "https://github.com/pydantic/genai-prices"
RATES: Mapping[str, str] = {
    "input_mtok": "input",
    "cache_read_mtok": "cache_read",
    "cache_write_mtok": "cache_write",
    "cache_write_1h_mtok": "cache_write_1h",
    "output_mtok": "output",
    "input_audio_mtok": "input_audio",
    "cache_audio_read_mtok": "cache_read_audio",
    "output_audio_mtok": "output_audio",
    "input_image_mtok": "input_image",
    "cache_image_read_mtok": "cache_read_image",
    "output_image_mtok": "output_image",
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


def their_rates(model: Any, on: date, way: str, length: int) -> dict[str, Decimal]:
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


def row_of(provider: str, model: Any, terms: Terms, on: date, read: date) -> Price:
    """The row for a model that only they have, as it is on this day."""
    empty = Price(provider=provider, model=model.id, rates={}, source=SOURCE, as_of=read)
    row = proposed(empty, terms, model, on, read)
    return replace(row, valid_from=None, long_context=_cliff(model, on))


@functools.lru_cache(maxsize=512)
def known(provider: str, name: str) -> Any | None:
    """Their model of exactly this id; None when they have none or genai-prices is not installed."""
    row = PROVIDERS.get(provider)
    if row is None or not row.genai_prices:
        return None  # without reading their tables, which takes a tenth of a second
    return _by_name().get((provider, name))


@functools.cache
def _by_name() -> Mapping[tuple[str, str], Any]:
    """Provider in our words and every whole id of a model → the model. What they match by a beginning is left out."""
    found: dict[tuple[str, str], Any] = {}
    try:
        for provider, model in their_models(gateways=True):
            for name in (model.id, *_equals(model.match)):
                found.setdefault((provider, name), model)
    except NotInstalled:
        return {}
    return found


def _equals(match: Any) -> Iterator[str]:
    if (whole := getattr(match, "equals", None)) is not None:
        yield whole
    for part in getattr(match, "or_", None) or ():
        yield from _equals(part)


def proposed(row: Price, terms: Terms, model: Any, on: date, today: date) -> Price:
    """Our row with what they have, as of today."""

    def named(way: str) -> dict[str, Decimal]:
        rates = their_rates(model, on, way, 1)
        return {ttl_of(row, terms) if n == "cache_write" else n: r for n, r in rates.items()}

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


def _cliff(model: Any, on: date) -> LongContext | None:
    """Their cliff as factors on input and output; None when they have none."""
    prices = vars(model.get_prices(datetime.combine(on, time(12), UTC)))
    starts = {t.start for value in prices.values() for t in getattr(value, "tiers", ())}
    if not starts:
        return None
    above = min(starts)
    short = their_rates(model, on, "standard", 1)
    long = their_rates(model, on, "standard", above + 1)
    return LongContext(
        above=above,
        input=long["input"] / short["input"],
        output=long["output"] / short["output"],
    )


def ttl_of(row: Price, terms: Terms) -> str:
    """The name of our rate for a cache write whose time to live they do not name."""
    names = [name for name in row.rates if name.startswith("cache_write_")]
    usual = f"cache_write_{terms.default_ttl or '5m'}"
    return usual if usual in names or not names else names[0]


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


def their_models(*, gateways: bool = False) -> Iterator[tuple[str, Any]]:
    """Provider in our words and model, of every provider that both tables may have; those who pass on only if asked."""
    try:
        from genai_prices.data_snapshot import get_snapshot
    except ImportError:
        raise NotInstalled(
            "genai-prices is not installed: run `pip install genai-prices` and try again."
        ) from None
    ours_of = {
        row.genai_prices: row.name
        for row in PROVIDERS.values()
        if row.genai_prices and (gateways or not row.gateway)
    }
    for provider in get_snapshot().providers:
        if (ours := ours_of.get(provider.id)) is not None:
            for model in provider.models:
                if not (ours == "gemini" and model.id.startswith("claude-")):
                    yield ours, model


def version_of() -> str:
    """The installed version of genai-prices."""
    from importlib.metadata import version

    return version("genai-prices")
