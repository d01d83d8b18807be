"""Differences planted in a bill: all are found and named, and none is invented."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from playground.bills.checking import check, whole_difference
from playground.bills.nouns import Call
from playground.bills.rates import Rates
from tests.bills.making import (
    BOOK,
    MODELS,
    OTHER,
    PERIOD,
    WRITE,
    Billed,
    Extra,
    Item,
    bills,
    call,
    day,
    item,
    usage,
)

PROVIDERS = tuple(MODELS)
DAYS = PERIOD
Found = set[tuple[str, str, str]]
"""Reason, day, model."""


@dataclass(repr=False)
class World:
    """Our calls, what is billed for them, and what was planted."""

    calls: list[Call]
    billed: Billed
    planted: Found = field(default_factory=set)
    taken: list[Item] = field(default_factory=list)
    """What a difference stands in already: another one takes another item."""

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        """What hypothesis writes of it."""
        printer.text(f"World of {len(self.calls)} calls with {sorted(self.planted)}")

    def items(self, at: tuple[str, str, str]) -> list[Item]:
        return [i for i in self.billed.items if (i.provider, i.day, i.model) == at]

    def take(self, at: tuple[str, str, str], n: int) -> Item:
        """One of our calls' items in which no difference stands yet; Full where there is none."""
        free = [i for i in self.items(at) if not any(i is one for one in self.taken)]
        if not free:
            raise Full
        one = free[n % len(free)]
        self.billed.items.remove(one)
        return one

    def put(self, one: Item) -> None:
        """A changed item, which no other difference changes."""
        self.taken.append(one)
        self.billed.items.append(one)


class Full(Exception):
    """Every item of the place has its difference."""


def priced(
    provider: str, model: str, on: str, tier: str, counts: dict[str, int]
) -> dict[str, Decimal]:
    """What so much costs by our table."""
    rates = Rates.of(BOOK, provider, model, on)
    amounts = {meter: rates.usd(tier, meter, Decimal(n)) for meter, n in counts.items()}
    return {meter: usd for meter, usd in amounts.items() if usd is not None}


def repriced(one: Item, **changes: object) -> Item:
    made = replace(one, **changes)  # type: ignore[arg-type]
    return replace(
        made, amounts=priced(made.provider, made.model, made.day, made.tier, dict(made.quantities))
    )


At = tuple[str, str, str]


def other_keys(world: World, at: At, n: int) -> None:
    provider, on, model = at
    counts = {"input": 900 + n, "output": 77 + n}
    amounts = priced(provider, model, on, "standard", counts)
    world.put(Item(provider, on, model, counts, amounts, key=OTHER))


def missing_here(world: World, at: At, n: int) -> None:
    provider, on, model = at
    counts = {"input": 1_000 + n, "cache_read": 300 + n, "output": 50 + n}
    amounts = priced(provider, model, on, "standard", counts)
    world.put(Item(provider, on, model, counts, amounts))


def missing_there(world: World, at: At, n: int) -> None:
    world.take(at, n)


def tier(world: World, at: At, n: int) -> None:
    world.put(repriced(world.take(at, n), tier="batch"))


def cache(world: World, at: At, n: int) -> None:
    one = world.take(at, n)
    moved = 1 + n % (one.quantities["cache_read"] - 1)
    counts = {
        **one.quantities,
        "input": one.quantities["input"] + moved,
        "cache_read": one.quantities["cache_read"] - moved,
    }
    world.put(repriced(one, quantities=counts))


def tier_by_money(world: World, at: At, n: int) -> None:
    """The usage says standard, the money is that of a batch."""
    for one in [i for i in world.items(at) if i.tier == "standard"]:
        cheap = priced(one.provider, one.model, one.day, "batch", dict(one.quantities))
        world.billed.items.remove(one)
        world.billed.items.append(replace(one, amounts=cheap))


def cache_by_money(world: World, at: At, n: int) -> None:
    """What was read from the cache is billed as fresh input."""
    for one in world.items(at):
        full = priced(
            one.provider,
            one.model,
            one.day,
            one.tier,
            {"input": one.quantities.get("cache_read", 0)},
        )
        world.billed.items.remove(one)
        amounts = {**one.amounts, "cache_read": full["input"]} if full["input"] else one.amounts
        world.billed.items.append(replace(one, amounts=amounts))


def price(world: World, at: At, n: int) -> None:
    for one in world.items(at):
        world.billed.items.remove(one)
        dear = {meter: usd * Decimal("1.37") for meter, usd in one.amounts.items()}
        world.billed.items.append(replace(one, amounts=dear))


def stopped(world: World, at: At, n: int) -> None:
    """We know only a part of an answer that broke off."""
    provider, on, model = at
    one = world.take(at, n)
    world.put(one)
    mine = next(i for i, c in enumerate(world.calls) if c.quantities is one.quantities)
    full = world.calls[mine]
    part = {**full.quantities, "output": full.quantities["output"] // 2}
    known = priced(provider, model, on, "standard", part)
    world.calls[mine] = replace(full, quantities=part, amounts=known, sure=False)


def credit(world: World, at: At, n: int) -> None:
    provider, on, _ = at
    world.billed.extras.append(Extra(provider, on, "promotion", Decimal(-5 - n)))


def fee(world: World, at: At, n: int) -> None:
    provider, on, _ = at
    world.billed.extras.append(Extra(provider, on, "session_usage", Decimal(5 + n)))


PLANTS: dict[str, tuple[str, Callable[[World, At, int], None]]] = {
    "other_keys": ("other_keys", other_keys),
    "missing_here": ("missing_here", missing_here),
    "missing_there": ("missing_there", missing_there),
    "tier": ("tier", tier),
    "cache": ("cache", cache),
    "tier by money": ("tier", tier_by_money),
    "cache by money": ("cache", cache_by_money),
    "price": ("price", price),
    "stopped": ("stopped", stopped),
    "credit": ("credit", credit),
    "fee": ("fee", fee),
}
NO_MODEL = {"credit", "fee"}
IN_COUNTS = ("other_keys", "missing_there", "tier", "cache", "stopped")
"""Differences of the counts, any of which may stand in one day and model together."""
WITH_MISSING = ("other_keys",)
"""What may stand beside an answer that is not in the history. What that one was can't be known, so beside it another tier, a
cache that is counted otherwise, or the rest of an answer that broke off, may be taken for a part of it."""
IN_AMOUNTS = ("tier by money", "cache by money", "price")
"""Differences of the money, of which one is told: two of them are one price."""
BESIDE = ("credit", "fee")


@st.composite
def worlds(draw: st.DrawFn, least: int = 1) -> World:
    """Some days of calls to some models, and a bill that agrees with all of them."""
    calls = []
    numbers = st.integers(2, 40_000)
    places = [(p, m, n) for p in PROVIDERS for m in MODELS[p] for n in range(DAYS)]
    for at, (provider, model, number) in enumerate(places):
        for one in range(draw(st.integers(least, least + 2))):
            used = usage(
                input=draw(numbers),
                read=draw(numbers),
                write=draw(st.sampled_from([0, 512])),
                output=draw(numbers),
                ttl=WRITE[provider],
            )
            calls.append(call(provider, model, day(number), used, number=at * 10 + one))
    return World(calls, Billed([item(one) for one in calls]))


@st.composite
def planted(draw: st.DrawFn) -> World:
    """The same with a difference in some of its places, one a place; the first place stays as it is."""
    world = draw(worlds())
    places = [(p, day(n), m) for p in PROVIDERS for m in MODELS[p] for n in range(1, DAYS)]
    chosen = draw(st.lists(st.sampled_from(places), unique=True, max_size=8))
    for at in chosen:
        name = draw(st.sampled_from(sorted(PLANTS)))
        reason, plant = PLANTS[name]
        plant(world, at, draw(st.integers(0, 10_000)))
        world.planted.add((reason, at[1], "" if reason in NO_MODEL else at[2]))
    return world


@st.composite
def crowded(draw: st.DrawFn) -> World:
    """A bill with several differences in each of some days and models."""
    world = draw(worlds(least=4))
    places = [(p, day(n), m) for p in PROVIDERS for m in MODELS[p] for n in range(1, DAYS)]
    for at in draw(st.lists(st.sampled_from(places), unique=True, min_size=1, max_size=6)):
        new = draw(st.booleans())
        among = st.sampled_from(WITH_MISSING if new else IN_COUNTS)
        names = [
            *(["missing_here"] if new else []),
            *draw(st.lists(among, unique=True, max_size=4)),
        ]
        reasons = {PLANTS[name][0] for name in names}
        money = [name for name in IN_AMOUNTS if PLANTS[name][0] not in reasons]
        names += draw(st.lists(st.sampled_from(money), max_size=1))
        names += draw(st.lists(st.sampled_from(BESIDE), unique=True, max_size=1))
        for name in names:
            reason, plant = PLANTS[name]
            plant(world, at, draw(st.integers(0, 10_000)))
            world.planted.add((reason, at[1], "" if reason in NO_MODEL else at[2]))
    return world


def found(world: World) -> Found:
    result = check(bills(world.billed), world.calls, BOOK)
    assert not result.troubles
    model = {d.model: "" if d.reason in NO_MODEL else d.model for d in result.differences}
    return {(d.reason, d.day, model[d.model]) for d in result.differences}


SLOW = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))


@SLOW
@given(worlds())
def test_a_bill_that_agrees_has_no_difference(world: World) -> None:
    result = check(bills(world.billed), world.calls, BOOK)
    assert result.differences == ()
    assert all(line.agrees for line in result.lines)
    assert {(line.their_tokens, line.their_usd) for line in result.lines} == {
        (line.our_tokens, line.our_usd) for line in result.lines
    }


@settings(SLOW, max_examples=150)
@given(planted())
def test_every_planted_difference_is_found_and_none_is_invented(world: World) -> None:
    assert found(world) == world.planted


@settings(SLOW, max_examples=80)
@given(crowded())
def test_several_differences_in_one_day_and_model_are_all_found(world: World) -> None:
    assert found(world) == world.planted


@settings(SLOW, max_examples=60)
@given(planted())
def test_the_differences_add_up_to_the_whole(world: World) -> None:
    result = check(bills(world.billed), world.calls, BOOK)
    beside = [d.usd for d in result.differences if d.reason not in NO_MODEL | {"other_keys"}]
    assert None not in beside
    others = sum(
        d.usd or 0
        for d in result.differences
        if (d.reason, d.provider) == ("other_keys", "anthropic")
    )
    assert sum(d or 0 for d in beside) + others == pytest.approx(
        whole_difference(result), abs=Decimal("1e-12")
    )


@SLOW
@given(planted(), st.integers(2, 5))
def test_rounding_is_named_where_it_moves_an_amount_and_hides_nothing(
    world: World, digits: int
) -> None:
    exact = {at: _amounts(world, at) for at in _places(world)}
    world.billed.digits = digits
    moved = {
        ("rounding", on, model)
        for (provider, on, model), amounts in exact.items()
        if any(round(usd, digits) != usd for usd in amounts)
    }
    reasons = found(world)
    assert {one for one in reasons if one[0] == "rounding"} <= moved
    hidden = {one for one in world.planted if one[0] in IN_MONEY}
    assert world.planted - hidden <= reasons


IN_MONEY = ("tier", "cache", "price")
"""Reasons that only the money may tell, which rounding may hide."""


def _places(world: World) -> set[At]:
    return {(i.provider, i.day, i.model) for i in world.billed.items}


def _amounts(world: World, at: At) -> list[Decimal]:
    sums: dict[tuple[str, str, str], Decimal] = {}
    for one in world.items(at):
        for meter, usd in one.amounts.items():
            key = (
                one.tier if one.provider == "anthropic" else "",
                one.key if one.provider == "openai" else "",
                meter,
            )
            sums[key] = sums.get(key, Decimal(0)) + usd
    return list(sums.values())
