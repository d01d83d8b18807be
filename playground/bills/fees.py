"""What is billed beside tokens: tools, containers, storage. By day, since a bill often names no model for it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal

from playground import figures as fmt
from playground.bills.merging import Merged
from playground.bills.nouns import TOTAL, Call, Difference, Entry
from playground.bills.partition import NONE
from playground.bills.rates import of_tokens


def differences(
    merged: Merged, entries: Sequence[Entry], calls: Iterable[Call], lacking: frozenset[str]
) -> list[Difference]:
    """Fees that the bill has and our receipts lack, and the other way; `lacking` are days with a run that one side lacks."""
    theirs: dict[tuple[str, str, str], Decimal] = {}
    ours: dict[tuple[str, str, str], Decimal] = {}
    for entry in entries:
        if entry.amount is not None and not of_tokens(entry.meter) and entry.meter != TOTAL:
            at = (entry.provider, entry.day, entry.meter)
            theirs[at] = theirs.get(at, NONE) + entry.amount
    for call in calls:
        for meter, usd in call.amounts.items():
            if not of_tokens(meter) and call.day in merged.paid.get(call.provider, set()):
                at = (call.provider, call.day, meter)
                ours[at] = ours.get(at, NONE) + usd
    found = []
    for at in dict.fromkeys([*theirs, *ours]):
        provider, day, meter = at
        usd = theirs.get(at, NONE) - ours.get(at, NONE)
        if usd and abs(usd) > merged.smallest.get(provider, NONE):
            found.append(_said(provider, day, meter, usd, at in ours, day in lacking))
    return found


def _said(
    provider: str, day: str, meter: str, usd: Decimal, known: bool, lacking: bool
) -> Difference:
    than = "more" if usd > 0 else "less"
    why = (
        "a run that one side lacks may have it"
        if lacking
        else "our receipts count its calls otherwise"
        if known
        else "storage, a session or a tool that no answer of ours tells of"
    )
    return Difference(
        reason="fee",
        provider=provider,
        day=day,
        model="",
        said=f"{meter}: the bill has {fmt.money(abs(usd))} {than} than our receipts; {why}.",
        usd=usd,
    )
