"""What stands in pricing.yaml, as values: one Price a row."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from playground.pricing.plans import Plan

Adjustment = Decimal | Mapping[str, Decimal]
"""A number multiplies every rate; a mapping gives rates and leaves the others as they are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LongContext:
    """From `above` + 1 input tokens on, the whole request costs this many times as much."""

    above: int
    input: Decimal
    """Factor on input, cache reads and cache writes."""
    output: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Other:
    """What another source says that a price is."""

    rates: Mapping[str, Decimal]
    """USD per 1,000,000 tokens in this case, discounts and cliffs included; the others are as ours."""
    source: str
    as_of: date
    ways: tuple[str, ...] = ("standard",)
    """`standard`, `batch` or service tiers for which it says so."""
    above: int | None = None
    """For requests with more input tokens only."""
    up_to: int | None = None
    """For requests with at most so many input tokens only."""

    def holds(self, way: str, input_tokens: int) -> bool:
        """True when it speaks of a request of this length processed this way."""
        long_enough = self.above is None or input_tokens > self.above
        return (
            way in self.ways and long_enough and (self.up_to is None or input_tokens <= self.up_to)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Price:
    """What one model costs from one day on."""

    provider: str
    model: str
    rates: Mapping[str, Decimal]
    """USD per 1,000,000 tokens: `input`, `cache_read`, `cache_write_30m`, `output`, `input_audio`, …"""
    source: str
    as_of: date
    """The day on which the price was checked at its source."""
    valid_from: date | None = None
    """First day of this price; None = as long as known."""
    aliases: tuple[str, ...] = ()
    prefix: bool = False
    """True when every id that begins with `model` costs this."""
    long_context: LongContext | None = None
    batch: Adjustment | None = None
    tiers: Mapping[str, Adjustment] = field(default_factory=dict)
    """Service tier → what it does to the rates."""
    calls: Mapping[str, Decimal | None] = field(default_factory=dict)
    """USD per 1,000 calls of the provider's own tools; None where they are billed at a price that is not known."""
    once: tuple[str, ...] = ()
    """Calls of `calls` that are billed once a request, however many were made."""
    always: tuple[str, ...] = ()
    """Calls that every request to this model makes, whether or not its usage tells them."""
    cache_storage: Decimal | None = None
    """USD per 1,000,000 tokens and hour."""
    free_tier: bool = False
    retired: date | None = None
    """The day on which the provider switches the model off."""
    note: str | None = None
    """What to know about this price, said on every receipt."""
    override: bool = False
    """True for a price from the user's own file."""
    disagrees: tuple[Other, ...] = ()
    """Where another source has other rates; costs are then shown as a range with both."""

    def other(self, way: str, input_tokens: int) -> Other | None:
        """What another source says of a request of this length processed this way; None where they agree."""
        return next((o for o in self.disagrees if o.holds(way, input_tokens)), None)


GIB = 2**30
DAY = 86_400
MILLION = 1_000_000
STORED: Mapping[str, tuple[str, int]] = {
    "GiB-day": ("byte-second", GIB * DAY),
    "MTok": ("token", MILLION),
}
"""How keeping something is priced → the unit that is counted, and for how many of them the rate is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fee:
    """What a provider charges from one day on for what it keeps, beside tokens and calls."""

    provider: str
    what: str
    """The line of the receipt: `vector_store_storage`."""
    of: str
    """The thing that is kept: `file_search`."""
    rate: Decimal
    """USD; 0 = free of charge."""
    unit: str
    """One of STORED."""
    source: str
    as_of: date
    valid_from: date | None = None
    note: str | None = None
    override: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What holds for all models of one provider."""

    default_ttl: str | None = None
    """Time to live whose price a cache write has when the provider does not say which."""
    regional: Decimal | None = None
    """Factor on tokens for processing in one region."""
    calls: Mapping[str, Decimal | None] = field(default_factory=dict)
    """USD per 1,000 calls, where a model's row says nothing else; None where the price of one is not known."""
    calls_note: str | None = None
    """What a fee for calls leaves out."""
    call_notes: Mapping[str, str] = field(default_factory=dict)
    """The same for one kind of call, or why it has no price."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Everything that one file said, and what was wrong in it."""

    prices: tuple[Price, ...] = ()
    terms: Mapping[str, Terms] = field(default_factory=dict)
    plans: tuple[Plan, ...] = ()
    storage: tuple[Fee, ...] = ()
    problems: tuple[str, ...] = ()
    """Sentences that name file, line and what is expected."""
    broken: frozenset[tuple[str, str]] = frozenset()
    """Provider and model of rows that were left out."""
