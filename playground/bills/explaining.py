"""Why one day's use of one model differs: the counts first, then what is left of the money."""

from __future__ import annotations

from decimal import Decimal

from playground import figures as fmt
from playground.bills import wording
from playground.bills.groups import Group
from playground.bills.money import Left, Sums, by_meter, implied, rest, sums, worth
from playground.bills.nouns import Difference
from playground.bills.partition import NONE, Cause, causes, minus, plus


def explain(group: Group, smallest: Decimal) -> list[Difference]:
    """All differences of a group; none where both sides agree."""
    found = _counts(group) if group.knows_counts else []
    left = _money(group, found, smallest)
    if left is not None and not group.knows_counts and left.reason == "price":
        found = _by_money(group, smallest)
        left = _money(group, found, smallest)
    said = [_of(group, cause) for cause in found]
    return [*said, *([_rest(group, left)] if left is not None else [])]


def _counts(group: Group) -> list[Cause]:
    calls = [(call, group.counts(call)) for call in group.calls]
    ids = {e.id for e in group.entries if e.id}
    if not ids:
        return causes(group.difference(), calls, group.requests())
    ours = {call.response_id for call in group.calls}
    gone = [one for one in calls if one[0].response_id not in ids]
    found = []
    if gone:
        moved = minus(plus(*(counts for _, counts in gone)))
        found.append(Cause(reason="missing_there", moved=moved, calls=tuple(c for c, _ in gone)))
    new = plus(
        *(
            {(group.tier(e.tier), group.meter(e.meter)): e.quantity or NONE}
            for e in group.usage
            if e.id not in ours and e.meter in TOLD
        )
    )
    if new:
        found.append(Cause(reason="missing_here", moved=new))
    left = plus(group.difference(), *(minus(cause.moved) for cause in found))
    kept = [one for one in calls if one not in gone]
    return [*found, *causes(left, kept, NONE)]


TOLD = ("input", "cache_read", "output")
"""Meters of a bill with a row an answer."""


def _by_money(group: Group, smallest: Decimal) -> list[Cause]:
    """The reasons for counts that a bill without any comes to at our rates."""
    expected = by_meter(group, [])
    counts = None if expected is None else implied(group, sums(group, expected, smallest))
    if not counts:
        return []
    return causes(counts, [(call, group.counts(call)) for call in group.calls], None)


def _money(group: Group, found: list[Cause], smallest: Decimal) -> Left | None:
    """What the counts leave of the money; None where nothing is left, or the bill says none."""
    if not group.paid:
        return None
    expected = by_meter(group, found)
    unpriced = any(
        call.quantities and not call.amounts and call.charged is None for call in group.calls
    )
    if expected is None or unpriced or (group.rates.row is None and not expected):
        told = sum((e.amount or NONE for e in group.amounts()), NONE)
        return Left(reason="no_price", usd=told, why="") if told else None
    both: Sums = sums(group, expected, smallest)
    return rest(group, both)


def _of(group: Group, cause: Cause) -> Difference:
    return Difference(
        reason=cause.reason,
        provider=group.provider,
        day=group.day,
        model=group.model,
        said=wording.said(cause),
        tokens=wording.tokens(cause),
        usd=worth(group, cause),
        runs=tuple(dict.fromkeys(call.run_id for call in cause.calls)),
    )


def _rest(group: Group, left: Left) -> Difference:
    return Difference(
        reason=left.reason,
        provider=group.provider,
        day=group.day,
        model=group.model,
        said=REST[left.reason].format(
            usd=fmt.money(abs(left.usd)), way=left.why, than="more" if left.usd > 0 else "less"
        ),
        usd=None if left.reason == "no_price" else left.usd,
    )


REST = {
    "rounding": "The same tokens; the amounts differ by {usd}, no more than rounding them does.",
    "tier": "The tokens agree; the money is that of {way} for all or some of these calls, {usd} {than} than our receipts.",
    "cache": "The tokens agree, but those read from the cache are billed as fresh input: {usd} {than}.",
    "price": "The tokens agree, the money does not: {usd} {than} than by our price table, and no tier of it fits.",
    "no_price": "The bill says {usd}; our table has no price for this model, so the money is not compared.",
}
