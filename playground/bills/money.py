"""What a difference is worth, and what is left of the money when the counts are explained."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import combinations

from playground.bills.groups import Group, usd_of
from playground.bills.nouns import TOTAL, Call, Reason
from playground.bills.partition import NONE, Cause
from playground.bills.rates import of_tokens, tier_name

NOISE = Decimal("1e-9")
"""Relative difference that a float dollar has by itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Left:
    """What of the money the counts do not explain, and why it is so."""

    reason: Reason
    usd: Decimal
    why: str
    """A tier's name, or the rate that the bill comes to."""


def worth(group: Group, cause: Cause) -> Decimal | None:
    """USD of one cause by our table, the bill's minus ours; None where there is no price."""
    if cause.calls:
        paid = [usd_of(call) for call in cause.calls]
        return None if None in paid else -sum((usd for usd in paid if usd is not None), NONE)
    parts = [group.rates.usd(tier, meter, n) for (tier, meter), n in cause.moved.items()]
    return None if None in parts else sum((usd for usd in parts if usd is not None), NONE)


def by_meter(group: Group, causes: Sequence[Cause]) -> dict[str, Decimal] | None:
    """USD by meter that the bill should come to: our receipts, and what each cause adds; None without a price."""
    expected: dict[str, Decimal] = {}
    gone = [call for cause in causes for call in cause.calls]
    for call in group.calls:
        if any(call is one for one in gone):
            continue
        for meter, paid in _amounts(call).items():
            at = group.meter(meter)
            expected[at] = expected.get(at, NONE) + paid
    for tier, meter, number in _added(group, causes):
        usd = group.rates.usd(tier, meter, number)
        if usd is None:
            return None
        expected[meter] = expected.get(meter, NONE) + usd
    return expected


def _added(group: Group, causes: Sequence[Cause]) -> Iterator[tuple[str, str, Decimal]]:
    """Tier, meter and count of what the bill has beside our calls."""
    for cause in causes:
        if not cause.calls:
            yield from ((tier, meter, number) for (tier, meter), number in cause.moved.items())
    for entry in group.foreign:
        if of_tokens(entry.meter) and entry.quantity:
            yield tier_name(group.provider, entry.tier), group.meter(entry.meter), entry.quantity


def _amounts(call: Call) -> Mapping[str, Decimal]:
    if call.charged is not None:
        return {TOTAL: call.charged}
    return {meter: usd for meter, usd in call.amounts.items() if of_tokens(meter)}


@dataclass(frozen=True, slots=True)
class Sums:
    """Money by meter on both sides, and how much rounding may have moved it."""

    theirs: dict[str, Decimal]
    expected: dict[str, Decimal]
    slack: dict[str, Decimal]

    def left(self) -> dict[str, Decimal]:
        """The bill's minus what is expected, without what is a float's noise."""
        names = dict.fromkeys([*self.theirs, *self.expected])
        found = {n: self.theirs.get(n, NONE) - self.expected.get(n, NONE) for n in names}
        noise = {n: NOISE * abs(self.expected.get(n, NONE)) for n in names}
        return {n: usd for n, usd in found.items() if abs(usd) > noise[n]}

    def within(self, left: Mapping[str, Decimal]) -> bool:
        """Whether rounding explains all of it."""
        return all(abs(usd) <= self.slack.get(name, NONE) for name, usd in left.items())


def sums(group: Group, expected: Mapping[str, Decimal], smallest: Decimal) -> Sums:
    """Both sides by the meters that the bill has money for; one sum where it has only one."""
    entries = group.amounts()
    one = any(e.meter == TOTAL for e in entries) or TOTAL in expected
    theirs: dict[str, Decimal] = {}
    slack: dict[str, Decimal] = {}
    for entry in entries:
        name = TOTAL if one else group.meter(entry.meter)
        theirs[name] = theirs.get(name, NONE) + (entry.amount or NONE)
        slack[name] = slack.get(name, NONE) + smallest / 2
    if one:
        return Sums(theirs, {TOTAL: sum(expected.values(), NONE)}, slack)
    for name in expected:  # a line that rounds to nothing may be left out of the bill
        slack.setdefault(name, smallest / 2)
    return Sums(theirs, dict(expected), slack)


def rest(group: Group, found: Sums) -> Left | None:
    """Why the money is other than the counts make it; None where it is not."""
    left = found.left()
    if not left:
        return None
    usd = sum(left.values(), NONE)
    if found.within(left):
        return Left(reason="rounding", usd=usd, why="")
    if way := _way(group, found):
        return Left(reason="tier", usd=usd, why=way)
    if _uncached(group, found, left):
        return Left(reason="cache", usd=usd, why="")
    return Left(reason="price", usd=usd, why="")


def _way(group: Group, found: Sums) -> str:
    """The way of processing whose price all is billed at, or some of our calls; empty where none is."""
    for way, factors in group.rates.ways():
        for amounts in _some(group, found):
            moved: dict[str, Decimal] = {}
            for (at, meter), usd in amounts.items():
                moved[at] = moved.get(at, NONE) + usd * (_factor(factors, meter) - 1)
            if _explains(found, moved):
                return way
    return ""


Amounts = Mapping[tuple[str, str], Decimal]
"""Meter of the bill and meter of the receipt → USD."""


def _some(group: Group, found: Sums) -> Iterator[Amounts]:
    """All that the bill should come to, then our calls: all of them, each, each with one other."""
    if TOTAL not in found.expected:
        yield {(name, name): usd for name, usd in found.expected.items()}
    calls = group.calls
    yield _of_calls(group, found, calls)
    if len(calls) > 1:
        yield from (_of_calls(group, found, [call]) for call in calls)
    if 2 < len(calls) <= 60:
        pairs = combinations(calls, 2)
        yield from (_of_calls(group, found, pair) for pair in pairs)


def _of_calls(group: Group, found: Sums, calls: Sequence[Call]) -> Amounts:
    amounts: dict[tuple[str, str], Decimal] = {}
    for call in calls:
        for meter, usd in _amounts(call).items():
            at = (TOTAL if TOTAL in found.theirs else group.meter(meter), meter)
            amounts[at] = amounts.get(at, NONE) + usd
    return amounts


def _explains(found: Sums, moved: Mapping[str, Decimal]) -> bool:
    """Whether the money agrees when so much of it is moved."""
    if not any(moved.values()):
        return False
    expected = dict(found.expected)
    for name, usd in moved.items():
        expected[name] = expected.get(name, NONE) + usd
    changed = Sums(found.theirs, expected, found.slack)
    return changed.within(changed.left())


def _factor(factors: Mapping[str, Decimal], meter: str) -> Decimal:
    names = (meter, "input" if meter != "output" else meter)
    return next((factors[name] for name in names if name in factors), Decimal(1))


def _uncached(group: Group, found: Sums, left: Mapping[str, Decimal]) -> bool:
    """Whether what was read from the cache, by all or some of our calls, is billed as if it had not been."""
    read, full = (group.rates.rate("standard", meter) for meter in ("cache_read", "input"))
    if set(left) != {"cache_read"} or not read or not full:
        return False
    dearer = full / read - 1
    for amounts in _some(group, found):
        of_it = sum((usd for (at, _), usd in amounts.items() if at == "cache_read"), NONE)
        if _explains(found, {"cache_read": of_it * dearer}):
            return True
    return False


def implied(group: Group, found: Sums) -> dict[tuple[str, str], Decimal] | None:
    """The counts that a bill without any comes to at our rates, minus ours; None where that is no whole number of tokens."""
    counts: dict[tuple[str, str], Decimal] = {}
    for meter, usd in found.left().items():
        rate = group.rates.rate("standard", meter)
        if meter == TOTAL or not rate:
            return None
        if abs(usd) <= found.slack.get(meter, NONE):
            continue
        tokens = usd * 1_000_000 / rate
        near = tokens.to_integral_value()
        allowed = found.slack.get(meter, NONE) * 1_000_000 / rate + Decimal("0.001")
        if abs(tokens - near) > min(allowed, Decimal("0.5")):
            return None
        counts["", meter] = near
    return counts
