"""Bills beside receipts, by day and model: what agrees, and why the rest does not."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal

from playground import figures as fmt
from playground.bills import borders, fees, keys
from playground.bills.borders import At
from playground.bills.explaining import explain
from playground.bills.groups import Group
from playground.bills.merging import Merged, merge
from playground.bills.nouns import TOTAL, Bill, Call, Check, Difference, Entry, Line
from playground.bills.ours import zones
from playground.bills.partition import NONE
from playground.bills.rates import Rates, model_name, of_tokens
from playground.domain.provider import provider_of
from playground.pricing import PriceBook

AGREES = Decimal("0.01")
"""Relative difference up to which what an answer says of its own charge agrees with our table."""


def check(
    bills: Sequence[Bill],
    calls: Iterable[Call],
    book: PriceBook,
    *,
    mine: frozenset[str] = frozenset(),
    rates: Mapping[str, Decimal] | None = None,
) -> Check:
    """Lay bills beside our calls; `mine` are our keys' ids, `rates` USD for one unit of another currency."""
    merged = merge(bills, rates or {})
    ours = [call for call in calls if call.day in merged.days(call.provider)]
    groups = _groups(merged, ours, book)
    differences, notes, foreign = list(merged.differences), _notes(bills, ours), list[Entry]()
    for provider in dict.fromkeys(at[0] for at in groups):
        of_it = [group for at, group in groups.items() if at[0] == provider]
        known = keys.of_ours(of_it, mine)
        before = [entry for group in of_it for entry in group.entries]
        for group in of_it:
            differences += keys.others(group, known)
        left = {id(entry) for group in of_it for entry in group.entries}
        foreign += [entry for entry in before if id(entry) not in left]
        notes += _of_keys(provider, of_it, known)
    differences += borders.over(groups, zones(bills))
    found = {at: explain(group, merged.smallest.get(at[0], NONE)) for at, group in groups.items()}
    differences += [one for some in found.values() for one in some]
    lacking = frozenset(d.day for d in differences if d.reason.startswith("missing"))
    other = {id(entry) for entry in foreign}
    fee_entries = [e for e in merged.entries if id(e) not in other]
    differences += fees.differences(merged, fee_entries, ours, lacking)
    return Check(
        bills=tuple(bills),
        lines=tuple(_line(group, not found[at]) for at, group in sorted(groups.items())),
        differences=tuple(sorted(differences, key=lambda d: (d.provider, d.day, d.model))),
        troubles=(*(t for bill in bills for t in bill.troubles), *merged.troubles),
        notes=tuple(notes),
    )


def _groups(merged: Merged, calls: Sequence[Call], book: PriceBook) -> dict[At, Group]:
    """Both sides by provider, day and model; a bill that has only a day's total has one group for it."""
    groups: dict[At, Group] = {}
    names: dict[At, str] = {}
    whole = {(e.provider, e.day) for e in merged.entries if not e.model and e.meter == TOTAL}

    def group(provider: str, day: str, model: str) -> Group:
        at = (provider, day, model)
        if at not in names:
            names[at] = model_name(book, provider, model, day)
        at = (provider, day, names[at])
        if at not in groups:
            only_total = (provider, day) in whole
            groups[at] = Group(
                provider=provider,
                day=day,
                model=at[2],
                rates=Rates.of(book, provider, at[2], day),
                counted=at[2] != "" and day in merged.counted.get(provider, set()),
                told=frozenset(merged.told.get(provider, ())),
                paid=day in merged.paid.get(provider, set()) and (at[2] == "" or not only_total),
            )
        return groups[at]

    for entry in merged.entries:
        if of_tokens(entry.meter) or entry.model or entry.meter == TOTAL:
            group(entry.provider, entry.day, entry.model).entries.append(entry)
    for call in calls:
        if (call.provider, call.day) in whole:
            group(call.provider, call.day, "").calls.append(call)
            if call.day not in merged.counted.get(call.provider, set()):
                continue
        group(call.provider, call.day, call.model).calls.append(call)
    return groups


def _line(group: Group, agrees: bool) -> Line:
    theirs = sum(group.theirs().values(), NONE) if group.knows_counts and group.model else None
    amounts = [e.amount or NONE for e in group.amounts()]
    return Line(
        provider=group.provider,
        day=group.day,
        model=group.model,
        calls=len(group.calls),
        their_tokens=None if theirs is None else int(theirs),
        our_tokens=int(sum(group.ours().values(), NONE)),
        their_usd=sum(amounts, NONE) if group.paid else None,
        our_usd=group.our_usd,
        agrees=agrees,
    )


def _of_keys(provider: str, groups: Sequence[Group], ours: frozenset[str] | None) -> list[str]:
    told = sorted({e.key for group in groups for e in group.entries if e.key})
    label = provider_of(provider).label
    if ours is not None:
        return [f"{label}: counted as ours: {', '.join(sorted(k or 'no key' for k in ours))}."]
    if len(told) > 1:
        return [
            f"{label}: which of these keys is this app's can't be told, so all of them count: {', '.join(told)}."
        ]
    return []


def _notes(bills: Sequence[Bill], calls: Sequence[Call]) -> list[str]:
    """What days are, and what answers said of their own charge."""
    found = []
    for bill in bills:
        if bill.days:
            span = f"{bill.days[0]} to {bill.days[-1]}"
            found.append(
                f"{bill.name}: {bill.layout}, {span}; days begin at midnight in {bill.zone}."
            )
    stated = [call for call in calls if call.charged is not None]
    both = [
        (call.charged, call.usd)
        for call in stated
        if call.charged is not None and call.usd is not None
    ]
    if stated:
        said = sum((call.charged for call in stated if call.charged is not None), NONE)
        apart = sum(abs(theirs - own) > AGREES * max(theirs, own) for theirs, own in both)
        found.append(
            f"{fmt.count(len(stated))} answers say what they were charged, {fmt.money(said)} together; by our table"
            f" {fmt.count(len(both))} of them can be checked, and {fmt.count(apart)} differ by more than 1 %."
        )
    return found


def whole_difference(found: Check) -> Decimal:
    """USD of all bills minus all receipts that they were laid beside."""
    usd = NONE
    for line in found.lines:
        if line.their_usd is not None and line.our_usd is not None:
            usd += line.their_usd - line.our_usd
    return usd


def of(found: Check, reason: str) -> list[Difference]:
    """The differences with this reason."""
    return [one for one in found.differences if one.reason == reason]
