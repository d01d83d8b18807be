"""A day's use of one model on both sides, in the meters and tiers that both know."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

from playground.bills.nouns import REQUESTS, TOTAL, Call, Entry
from playground.bills.partition import NONE, Counts, minus, plus
from playground.bills.rates import Rates, of_tokens, tier_name

CACHES = ("cache_read", "cache_write")


@dataclass(slots=True)
class Group:
    """Both sides of one model and day; a model without a name stands for fees that no model has."""

    provider: str
    day: str
    model: str
    rates: Rates
    entries: list[Entry] = field(default_factory=list)
    """Of the keys that are ours."""
    foreign: list[Entry] = field(default_factory=list)
    """What other keys used and the bill's money is for as well."""
    calls: list[Call] = field(default_factory=list)
    counted: bool = False
    """True where a bill that counts tokens speaks of this day."""
    told: frozenset[str] = frozenset()
    """Meters that such a bill tells apart."""
    paid: bool = False
    """True where a bill that says money speaks of this day."""

    @property
    def usage(self) -> list[Entry]:
        """Entries with counts: those of usage, or of costs where no usage speaks of the day."""
        of_usage = [e for e in self.entries if e.kind == "usage" and e.quantity is not None]
        return of_usage if self.counted else [e for e in self.entries if e.quantity is not None]

    @property
    def knows_counts(self) -> bool:
        """Whether the bill says how many tokens."""
        return self.counted or all(
            e.quantity is not None for e in self.entries if of_tokens(e.meter) or e.meter == TOTAL
        )

    @property
    def by_tier(self) -> bool:
        """Whether the bill tells tiers apart."""
        return bool(self.usage) and all(e.tier for e in self.usage if of_tokens(e.meter))

    def tier(self, said: str) -> str:
        return tier_name(self.provider, said) if self.by_tier else ""

    def meter(self, name: str) -> str:
        """The meter as finely as both sides have it."""
        if (
            name.startswith(CACHES)
            and self.counted
            and not any(m.startswith(CACHES) for m in self.told)
        ):
            return "input"
        if name.startswith("cache_write") and self._one_write:
            return "cache_write"
        return name

    @property
    def _one_write(self) -> bool:
        """Whether either side does not say for how long what was written is kept."""
        theirs = (e.meter for e in self.entries if e.quantity)
        ours = (meter for call in self.calls for meter in call.quantities)
        return "cache_write" in {*theirs, *ours}

    def counts(self, call: Call) -> Counts:
        """The tokens of one call of ours."""
        return plus(
            *(
                {(self.tier(call.tier), self.meter(meter)): Decimal(number)}
                for meter, number in call.quantities.items()
                if of_tokens(meter)
            )
        )

    def theirs(self) -> Counts:
        """The bill's tokens."""
        return plus(
            *(
                {(self.tier(e.tier), self.meter(e.meter)): e.quantity or NONE}
                for e in self.usage
                if of_tokens(e.meter)
            )
        )

    def ours(self) -> Counts:
        """Our tokens."""
        return plus(*(self.counts(call) for call in self.calls))

    def difference(self) -> Counts:
        """The bill's minus ours."""
        return plus(self.theirs(), minus(self.ours()))

    def requests(self) -> Decimal | None:
        """The bill's requests minus our calls; None where it does not count them."""
        told = [e.quantity for e in self.entries if e.meter == REQUESTS and e.quantity is not None]
        return sum(told, NONE) - len(self.calls) if told else None

    def amounts(self) -> list[Entry]:
        """Entries with money for tokens."""
        return [
            e
            for e in self.entries
            if e.amount is not None and (of_tokens(e.meter) or e.meter == TOTAL)
        ]

    @property
    def our_usd(self) -> Decimal | None:
        """What our receipts say; None where a call has no price."""
        found = [usd_of(call) for call in self.calls]
        known = [usd for usd in found if usd is not None]
        return sum(known, NONE) if len(known) == len(found) else None


def usd_of(call: Call) -> Decimal | None:
    """What the answer said that it cost, else our table's sum without fees."""
    if call.charged is not None:
        return call.charged
    if not call.amounts:
        return None if call.quantities else NONE
    return sum((usd for meter, usd in call.amounts.items() if of_tokens(meter)), NONE)


def exact(entries: Sequence[Entry], group: Group) -> bool:
    """Whether these entries alone are just what we have."""
    alone = replace(group, entries=list(entries))
    return bool(group.calls) and bool(alone.theirs()) and not alone.difference()
