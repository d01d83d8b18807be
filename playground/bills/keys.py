"""Which of a bill's API keys are ours, and what the others used."""

from __future__ import annotations

from collections.abc import Sequence

from playground import figures as fmt
from playground.bills.groups import Group, exact
from playground.bills.nouns import Difference, Entry
from playground.bills.partition import NONE
from playground.bills.rates import of_tokens

CONSOLE = "the provider's own console, which has no key"


def of_ours(groups: Sequence[Group], given: frozenset[str]) -> frozenset[str] | None:
    """The keys that are ours, as given or as they fit our receipts; None where all count: none or one is told, or none fits."""
    told = {e.key for group in groups for e in group.entries if e.kind == "usage" or e.key}
    if len(told) < 2:
        return None
    if given:
        return given
    fits = dict.fromkeys(told, 0)
    for group in groups:
        for key in told & {e.key for e in group.entries}:
            fits[key] += exact([e for e in group.entries if e.key == key], group)
    best = max(fits, key=lambda key: (fits[key], key))
    if not fits[best]:
        return None
    # another key counts as ours too where it alone fits a day on which the first has nothing
    more = {
        key
        for group in groups
        for key in told & {e.key for e in group.entries}
        if best not in {e.key for e in group.entries}
        and exact([e for e in group.entries if e.key == key], group)
    }
    return frozenset({best, *more})


def others(group: Group, ours: frozenset[str] | None) -> list[Difference]:
    """Take what other keys used out of the group, and say it key by key.

    Money that names no key stays, with the use that it is for too: `Group.foreign`.
    """
    if ours is None:
        return []
    foreign: dict[str, list[Entry]] = {}
    kept = []
    for entry in group.entries:
        counts = entry.key in ours or (not entry.key and entry.kind == "cost")
        if counts:
            kept.append(entry)
        else:
            foreign.setdefault(entry.key, []).append(entry)
    group.entries = kept
    if any(e.kind == "cost" and not e.key for e in kept):
        group.foreign = [e for entries in foreign.values() for e in entries if e.kind == "usage"]
    return [_said(group, key, entries) for key, entries in foreign.items()]


def _said(group: Group, key: str, entries: Sequence[Entry]) -> Difference:
    tokens = [e.quantity or NONE for e in entries if of_tokens(e.meter) and e.quantity is not None]
    counted = [e for e in entries if e.kind == "usage"] or entries
    told = sum((e.quantity or NONE for e in counted if of_tokens(e.meter)), NONE)
    paid = [e.amount for e in entries if e.amount is not None]
    prices = [
        group.rates.usd(e.tier, e.meter, e.quantity)
        for e in counted
        if of_tokens(e.meter) and e.quantity
    ]
    priced = None if None in prices else sum((usd for usd in prices if usd is not None), NONE)
    whose = key or CONSOLE
    return Difference(
        reason="other_keys",
        provider=group.provider,
        day=group.day,
        model=group.model,
        said=f"{fmt.count(int(told))} tokens by {whose}: not asked from here.",
        tokens=int(told) if tokens else None,
        usd=sum(paid, NONE) if paid else priced,
    )
