"""Capacity: how many requests of one shape a tier lets through, which limit binds, and a replay against the demo's own buckets."""

from __future__ import annotations

import functools
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from playground.demo.limits import KINDS, Limits, Row
from playground.domain import ModelRef
from playground.files import read_yaml

DATA = Path(__file__).with_name("tiers.yaml")
MINUTES_A_DAY = 24 * 60
REPLAYED = 3_000
"""Requests that a replay sends."""
HASTE = 2.0
"""A replay asks so many times as fast as the plan allows, so that the limits and not the sender decide."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tier:
    """What one tier lets through of some models, a minute where nothing else is said. None = not published."""

    provider: str
    tier: str
    models: str
    condition: str
    source: str
    as_of: date
    requests: int | None = None
    tokens: int | None = None
    input_tokens: int | None = None
    output_tokens: int | None = None
    requests_a_day: int | None = None
    ceiling: Decimal | None = None
    """US dollars a month."""
    note: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """What is free, or paid, at one provider. None = not known."""

    provider: str
    paid: bool
    access: str
    limits: str | None
    content: str | None
    """What becomes of what is sent."""
    source: str
    as_of: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """What one's requests are like."""

    input_tokens: int = 2_000
    cached_share: float = 0.0
    """Of the input tokens, 0 to 1."""
    output_tokens: int = 500
    seconds: float = 8.0
    """From sending to the last word."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What a tier makes of a shape. None = its limits are not published."""

    tier: Tier
    per_minute: float | None = None
    per_day: float | None = None
    binds: str | None = None
    """The limit that refuses first: `requests`, `tokens`, `input_tokens`, `output_tokens`."""
    binds_the_day: str | None = None
    """The same for a day: `requests_a_day`, or what binds each minute."""

    def concurrency(self, seconds: float) -> float | None:
        """How many requests are under way at once at this rate, by Little's law: rate times duration."""
        return None if self.per_minute is None else self.per_minute / 60 * seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class Replayed:
    """What the demo's buckets let through of a plan's requests, sent faster than planned."""

    per_minute: float
    requests: int
    refused: int
    """429s, each of which was waited for as long as it said."""


@dataclass(frozen=True, slots=True)
class _Data:
    tiers: tuple[Tier, ...]
    access: tuple[Access, ...]
    cached_counts: Mapping[str, bool | None]


@functools.cache
def _data() -> _Data:
    loaded = read_yaml(DATA)
    return _Data(
        tuple(_tier(row) for row in loaded["tiers"]),
        tuple(Access(**row) for row in loaded["access"]),
        loaded["cached_counts"],
    )


def _tier(row: dict[str, Any]) -> Tier:
    ceiling = row.get("ceiling")
    return Tier(**{**row, "ceiling": None if ceiling is None else Decimal(ceiling)})


def access() -> tuple[Access, ...]:
    """What is free and what is paid, provider by provider."""
    return _data().access


def all_tiers() -> tuple[Tier, ...]:
    """Every row of tiers.yaml, in its order."""
    return _data().tiers


def tiers(ref: ModelRef) -> tuple[Tier, ...]:
    """The tiers of this model's provider with what each lets through of it, in the order in which they are reached."""
    found: dict[str, Tier] = {}
    for row in all_tiers():
        if row.provider == ref.provider and fnmatchcase(ref.model, row.models):
            found.setdefault(row.tier, row)
    return tuple(found.values())


def cached_counts(provider: str) -> bool | None:
    """Whether tokens read from a cache count against its limits; None = it doesn't say."""
    return _data().cached_counts.get(provider)


def counted(provider: str, shape: Shape) -> int:
    """The input tokens of a request that count; those from a cache too, unless the provider says that they don't."""
    if cached_counts(provider) is False:
        return round(shape.input_tokens * (1 - shape.cached_share))
    return shape.input_tokens


def plan(tier: Tier, shape: Shape) -> Plan:
    """How many requests of this shape the tier lets through, and which limit decides it."""
    fresh = counted(tier.provider, shape)
    each = {
        "requests": 1,
        "tokens": fresh + shape.output_tokens,
        "input_tokens": fresh,
        "output_tokens": shape.output_tokens,
    }
    rates = {k: getattr(tier, k) / each[k] for k in KINDS if getattr(tier, k) and each[k]}
    if not rates:
        return Plan(tier=tier)
    binds = min(rates, key=rates.__getitem__)
    days = {binds: rates[binds] * MINUTES_A_DAY}
    if tier.requests_a_day is not None:
        days["requests_a_day"] = float(tier.requests_a_day)
    day = min(days, key=days.__getitem__)
    return Plan(
        tier=tier,
        per_minute=rates[binds],
        per_day=days[day],
        binds=binds,
        binds_the_day=day,
    )


def plans(ref: ModelRef, shape: Shape) -> tuple[Plan, ...]:
    """A plan for each tier of this model's provider."""
    return tuple(plan(tier, shape) for tier in tiers(ref))


def cheapest(found: Sequence[Plan], per_minute: float) -> Plan | None:
    """The first tier that lets so many requests a minute through, all day long; None where none is known to."""
    fits = (
        p
        for p in found
        if p.per_minute is not None
        and p.per_day is not None
        and min(p.per_minute, p.per_day / MINUTES_A_DAY) >= per_minute
    )
    return next(fits, None)


class _Clock:
    """Seconds that pass only when they are waited for."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def replay(planned: Plan, shape: Shape, *, requests: int = REPLAYED) -> Replayed | None:
    """Send such requests at the demo's own buckets, empty at first, in a time that costs none; None without a plan.

    Each refusal is waited for as long as it asks, in whole milliseconds as the header tells it.
    """
    if planned.per_minute is None:
        return None
    clock, tier = _Clock(), planned.tier
    limits = Limits(_refusing(tier), clock)
    for bucket in limits.buckets.values():
        bucket.take(bucket.limit)
    fresh = counted(tier.provider, shape)
    pause = 60 / (planned.per_minute * HASTE)
    admitted = refused = 0
    while admitted < requests:
        over = limits.admit(fresh)
        if over is not None:
            refused += 1
            clock.now += math.ceil(over.wait * 1000) / 1000
            continue
        limits.add(fresh, shape.output_tokens)
        admitted += 1
        clock.now += pause
    return Replayed(per_minute=admitted / (clock.now / 60), requests=admitted, refused=refused)


def _refusing(tier: Tier) -> Row:
    """The tier as a row of the demo that really refuses."""
    return Row(
        vendor=tier.provider,
        models=tier.models,
        tier=tier.tier,
        source=tier.source,
        as_of=tier.as_of,
        refuses=True,
        **{kind: getattr(tier, kind) for kind in KINDS},
    )


def lanes(planned: Plan, seconds: float) -> int | None:
    """How many requests may be kept under way at once without a refusal: never fewer than one, which then has to pause."""
    found = planned.concurrency(seconds)
    return None if found is None else max(1, math.floor(found))
