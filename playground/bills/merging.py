"""Several exports as one: what stands in two of them counts once, and what is no use of a model is set apart."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal

from playground import figures as fmt
from playground.bills.nouns import Bill, Difference, Entry, Kind, Trouble
from playground.bills.partition import NONE
from playground.bills.reading import MOST_DAYS

CENT = Decimal("0.01")
Seen = dict[tuple[str, Kind, str], tuple[str, Counter[Entry], str]]
"""Provider, kind, day → the layout that told of it first, its entries, its file."""
Days = dict[str, set[str]]
"""Provider → days."""


@dataclass(slots=True)
class Merged:
    """All bills together."""

    entries: list[Entry] = field(default_factory=list)
    counted: Days = field(default_factory=dict)
    """Days of which a bill that counts tokens speaks."""
    paid: Days = field(default_factory=dict)
    """Days of which a bill that says money speaks."""
    told: dict[str, set[str]] = field(default_factory=dict)
    """Provider → meters that its usage tells apart."""
    smallest: dict[str, Decimal] = field(default_factory=dict)
    """Provider → the unit to which its amounts are rounded, a cent at most."""
    differences: list[Difference] = field(default_factory=list)
    troubles: list[Trouble] = field(default_factory=list)

    def days(self, provider: str) -> set[str]:
        """Every day of which any bill of this provider speaks."""
        return self.counted.get(provider, set()) | self.paid.get(provider, set())


def merge(bills: Sequence[Bill], rates: Mapping[str, Decimal]) -> Merged:
    """What all bills say; `rates` are USD for one unit of another currency."""
    merged = Merged()
    first: Seen = {}
    for bill in bills:
        kinds = {entry.kind for entry in bill.entries} or {"usage"}
        for day in _speaks_of(bill):
            for kind in kinds:
                days = merged.counted if kind == "usage" else merged.paid
                days.setdefault(bill.provider, set()).add(day)
        if "cost" in kinds:
            unit = min(bill.smallest, CENT)
            merged.smallest[bill.provider] = max(unit, merged.smallest.get(bill.provider, NONE))
        merged.entries += _new(bill, first, merged)
    for entry in merged.entries:
        if entry.kind == "usage":
            merged.told.setdefault(entry.provider, set()).add(entry.meter)
    _currencies(merged, rates)
    _apart(merged)
    return merged


def _speaks_of(bill: Bill) -> Iterable[str]:
    """Its days and those between them: a table has no line for a day without use."""
    if not bill.days:
        return []
    first, last = (date.fromisoformat(bill.days[at]) for at in (0, -1))
    if (last - first).days > MOST_DAYS:  # a mistaken year
        return bill.days
    return [(first + timedelta(days=n)).isoformat() for n in range((last - first).days + 1)]


def _new(bill: Bill, first: Seen, merged: Merged) -> list[Entry]:
    """The entries that no bill before had; of a day that another layout has told already, none."""
    kept: list[Entry] = []
    here: dict[tuple[str, Kind, str], Counter[Entry]] = {}
    twice: dict[str, set[str]] = {}
    seen: Counter[Entry] = Counter()
    for entry in bill.entries:
        at = (entry.provider, entry.kind, entry.day)
        bare = replace(entry, where="")
        seen[bare] += 1
        layout, before, name = first.get(at, (bill.layout, Counter[Entry](), ""))
        if name and (layout != bill.layout or seen[bare] <= before[bare]):
            twice.setdefault(name, set()).add(entry.day)
            continue
        here.setdefault(at, Counter())[bare] += 1
        kept.append(entry)
    for at, entries in here.items():
        layout, before, name = first.get(at, (bill.layout, Counter[Entry](), bill.name))
        first[at] = (layout, before + entries, name)
    for name, days in twice.items():
        span = min(days) if len(days) == 1 else f"{min(days)} to {max(days)}"
        merged.troubles.append(
            Trouble(
                where=bill.name, what=f"{span} stands in {name} already and is taken from there"
            )
        )
    return kept


def _currencies(merged: Merged, rates: Mapping[str, Decimal]) -> None:
    """Money of another currency in USD, where a rate is given; named and left out otherwise."""
    foreign: dict[tuple[str, str], list[Entry]] = {}
    for at, entry in enumerate(merged.entries):
        if entry.amount is None or entry.currency == "USD":
            continue
        foreign.setdefault((entry.provider, entry.currency), []).append(entry)
        rate = rates.get(entry.currency)
        usd = entry.amount * rate if rate is not None else None
        merged.entries[at] = replace(entry, amount=usd)
    for (provider, currency), entries in foreign.items():
        total = sum((e.amount or NONE for e in entries), NONE)
        rate = rates.get(currency)
        how = (
            f"taken at {rate:f} USD for 1 {currency}, so small differences are the rate's"
            if rate is not None
            else f"not compared: give what 1 {currency} is in USD"
        )
        merged.differences.append(
            Difference(
                reason="currency",
                provider=provider,
                day="",
                model="",
                said=f"The bill is in {currency}: {fmt.count(len(entries))} amounts, {total:f} {currency} together, {how}.",
            )
        )
        if rate is None:
            merged.paid.pop(provider, None)
        else:
            merged.smallest[provider] = max(merged.smallest.get(provider, NONE), CENT) * 2


def _apart(merged: Merged) -> None:
    """Credits, and models that the bill's words do not tell, as differences of their own."""
    kept = []
    for entry in merged.entries:
        credit = entry.amount is not None and entry.amount < 0
        unmapped = not credit and " " in entry.model
        if not credit and not unmapped:
            kept.append(entry)
            continue
        said = (
            "A credit, a promotion or a correction: no answer of ours has it."
            if credit
            else f"“{entry.model}” names no model that can be told from it, so its use is not compared."
        )
        merged.differences.append(
            Difference(
                reason="credit" if credit else "unmapped",
                provider=entry.provider,
                day=entry.day,
                model=entry.model,
                said=said,
                tokens=None,
                usd=entry.amount,
            )
        )
    merged.entries = kept
