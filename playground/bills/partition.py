"""Takes a difference of counts apart: which part is a run that one side lacks, which another tier, which the cache.

The parts add up to the whole, so that what each of them costs adds up too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import combinations

from playground.bills.nouns import Call, Reason
from playground.bills.rates import of_input

Counts = Mapping[tuple[str, str], Decimal]
"""Tier and meter → so much."""
TOGETHER = 3
"""Calls that are looked for as one set that a bill lacks."""
MOST_SETS = 60_000
NONE = Decimal(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cause:
    """One reason with its part of the counts: the bill's minus ours."""

    reason: Reason
    moved: Counts
    calls: tuple[Call, ...] = ()
    """The calls of ours that the bill lacks, where they are known."""


def plus(*counts: Counts) -> dict[tuple[str, str], Decimal]:
    """The sum, without what is 0."""
    found: dict[tuple[str, str], Decimal] = {}
    for one in counts:
        for at, number in one.items():
            found[at] = found.get(at, NONE) + number
    return {at: number for at, number in found.items() if number}


def minus(counts: Counts) -> dict[tuple[str, str], Decimal]:
    """The same the other way."""
    return {at: -number for at, number in counts.items()}


def net(counts: Counts) -> tuple[Decimal, Decimal]:
    """All input, all output."""
    sent = sum((n for (_, meter), n in counts.items() if of_input(meter)), NONE)
    return sent, sum((n for (_, meter), n in counts.items() if meter == "output"), NONE)


def size(counts: Counts) -> Decimal:
    """All of it without signs."""
    return sum((abs(number) for number in counts.values()), NONE)


def causes(
    difference: Counts, calls: Sequence[tuple[Call, Counts]], requests: Decimal | None
) -> list[Cause]:
    """The reasons for a difference of counts; `calls` are ours with their counts, `requests` the bill's minus ours."""
    if not difference:
        return []
    sent, received = net(difference)
    if not sent and not received:
        return shifts(difference, calls)
    if not requests and (found := _rest_of_answers(difference, calls)):
        return found
    negative = any(number < 0 for number in difference.values())
    positive = any(number > 0 for number in difference.values())
    if not negative:
        if not requests and _broken_off(difference, calls):
            return [Cause(reason="stopped", moved=difference)]
        whole = (sent > 0 and received > 0) or (requests is not None and requests > 0)
        return [Cause(reason="missing_here" if whole else "tokens", moved=difference)]
    lacking = _lacking(difference, calls)
    if lacking:
        moved = plus(*(minus(counts) for _, counts in lacking))
        cause = Cause(reason="missing_there", moved=moved, calls=tuple(c for c, _ in lacking))
        kept = [one for one in calls if one not in lacking]
        left = plus(difference, minus(moved))
        return [cause, *(_rest_of_answers(left, kept) if any(net(left)) else shifts(left, kept))]
    if not requests and _broken_off(difference, calls):
        return [Cause(reason="stopped", moved=difference)]
    if sent * received <= 0:
        return [Cause(reason="tokens", moved=difference)]
    if not positive:
        return [Cause(reason="missing_there", moved=difference)]
    moved = _shifted(difference, up=sent > 0)
    rest = plus(difference, minus(moved))
    reason: Reason = "missing_here" if sent > 0 else "missing_there"
    return [Cause(reason=reason, moved=rest), *shifts(moved, calls)]


def _rest_of_answers(difference: Counts, calls: Sequence[tuple[Call, Counts]]) -> list[Cause]:
    """The rest of answers that broke off here, where output is all that the bill has more; what else differs changed its place."""
    unsure = [counts for call, counts in calls if not call.sure]
    sent, received = net(difference)
    if not unsure or sent or received <= 0:
        return []
    tiers = [tier for counts in unsure for tier, _ in counts] or [tier for tier, _ in difference]
    more = {(tiers[0], "output"): received}
    rest = plus(difference, minus(more))
    return [Cause(reason="stopped", moved=more), *shifts(rest, calls)]


def _broken_off(difference: Counts, calls: Sequence[tuple[Call, Counts]]) -> bool:
    """Whether answers that broke off here, of which we know only a part, can be all of it."""
    unsure = [counts for call, counts in calls if not call.sure]
    billed = plus(difference, *unsure)
    return bool(unsure) and all(number > 0 for number in billed.values())


def shifts(difference: Counts, calls: Sequence[tuple[Call, Counts]]) -> list[Cause]:
    """What has only changed its place: the same tokens in another tier, or counted to the cache otherwise."""
    if not difference:
        return []
    by_meter = _summed(difference, 1)
    if not by_meter:
        return [Cause(reason="tier", moved=difference)]
    by_tier = {(tier, of_input(meter)): NONE for tier, meter in difference}
    for (tier, meter), number in difference.items():
        by_tier[tier, of_input(meter)] += number
    if not any(by_tier.values()):
        return [Cause(reason="cache", moved=difference)]
    usual = _usual_tier(calls, difference)
    cache = {(usual, meter): number for meter, number in by_meter.items()}
    return [
        Cause(reason="cache", moved=cache),
        Cause(reason="tier", moved=plus(difference, minus(cache))),
    ]


def _summed(counts: Counts, part: int) -> dict[str, Decimal]:
    """The counts over all tiers (1) or over all meters (0), without what is 0."""
    found: dict[str, Decimal] = {}
    for at, number in counts.items():
        found[at[part]] = found.get(at[part], NONE) + number
    return {name: number for name, number in found.items() if number}


def _usual_tier(calls: Sequence[tuple[Call, Counts]], difference: Counts) -> str:
    tiers = [tier for _, counts in calls for tier, _ in counts] or [tier for tier, _ in difference]
    return max(dict.fromkeys(tiers), key=tiers.count)


def _lacking(difference: Counts, calls: Sequence[tuple[Call, Counts]]) -> list[tuple[Call, Counts]]:
    """Our calls that explain what the bill has less: exactly, or so that the rest only changes its place.

    Where answers of ours broke off, the bill may also have more of them than we know.
    """
    wanted = minus(difference)
    sent, received = net(wanted)
    unsure = any(not call.sure for call, _ in calls)
    tests: tuple[Callable[[Counts], bool], ...] = (
        lambda found: found == wanted,
        lambda found: net(found) == (sent, received),
        lambda found: unsure and net(found)[0] == sent and net(found)[1] > received,
    )
    for number, fits in enumerate(tests):
        for some in _sets(calls, wanted, more=number == 2):
            if fits(plus(*(counts for _, counts in some))):
                return list(some)
    return []


def _sets(
    calls: Sequence[tuple[Call, Counts]], wanted: Counts, *, more: bool = False
) -> Iterator[Sequence[tuple[Call, Counts]]]:
    """One call, several, all of them; none that is larger than what is looked for, but with `more` in its output."""
    sent, received = net(wanted)
    received = Decimal("Infinity") if more else received
    fit = [one for one in calls if one[1] and _within(net(one[1]), sent, received)]
    fit = [one for one in fit if one[0].sure] if more else fit
    tried = 0
    for many in range(1, min(TOGETHER, len(fit)) + 1):
        for some in combinations(fit, many):
            tried += 1
            if tried > MOST_SETS:
                return
            yield some
    if len(fit) > TOGETHER:
        yield fit
    if len(calls) > len(fit):
        yield calls


def _within(found: tuple[Decimal, Decimal], sent: Decimal, received: Decimal) -> bool:
    return found[0] <= sent and found[1] <= received


def _shifted(difference: Counts, *, up: bool) -> dict[tuple[str, str], Decimal]:
    """Of a mixed difference the part that adds up to nothing: all of the smaller side, as much of the larger.

    What stands at the same meter in another tier is taken first, what has the same tier next.
    """
    small = {at: n for at, n in difference.items() if (n < 0) == up}
    large = {at: n for at, n in difference.items() if (n > 0) == up}
    moved = dict(small)
    for at, number in small.items():
        left = -number
        for other in sorted(large, key=lambda o: (o[1] != at[1], o[0] != at[0])):
            if of_input(other[1]) != of_input(at[1]) or not left:
                continue
            taken = min(abs(left), abs(large[other])) * (1 if left > 0 else -1)
            large[other] -= taken
            moved[other] = moved.get(other, NONE) + taken
            left -= taken
    return {at: number for at, number in moved.items() if number}
