"""What a provider's export becomes, what our receipts become, and what is found between them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal

Kind = Literal["usage", "cost"]
"""`usage` counts tokens, `cost` says money."""
Reason = Literal[
    "other_keys",
    "missing_here",
    "missing_there",
    "day_border",
    "stopped",
    "tier",
    "cache",
    "tokens",
    "price",
    "rounding",
    "currency",
    "credit",
    "fee",
    "unmapped",
    "no_price",
]
REASONS: Mapping[Reason, str] = {
    "other_keys": "other keys",
    "missing_here": "missing run: billed, not in the history",
    "missing_there": "missing run: in the history, not billed",
    "day_border": "day border",
    "stopped": "stopped answer",
    "tier": "tier",
    "cache": "cache",
    "tokens": "tokens counted otherwise",
    "price": "price",
    "rounding": "rounding",
    "currency": "currency",
    "credit": "credit",
    "fee": "fee without a call",
    "unmapped": "model not told",
    "no_price": "no price of ours",
}
"""Why a bill differs from our receipts → its name for people."""
TOTAL = "total"
"""The meter of an amount that stands for all meters together."""
REQUESTS = "requests"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One figure of a bill: so much of one meter, by day and model."""

    provider: str
    kind: Kind
    day: str
    """The provider's own day, YYYY-MM-DD."""
    model: str
    """As the bill has it; empty where it names none."""
    meter: str
    """`input` (what was not cached), `cache_read`, `cache_write_5m`, `output`, `web_search`, `requests`, `total`, …"""
    quantity: Decimal | None = None
    amount: Decimal | None = None
    currency: str = "USD"
    tier: str = ""
    """`standard`, `batch`, `flex`, …; empty = the bill does not say."""
    key: str = ""
    """The API key's id or name; empty = the bill does not say."""
    id: str = ""
    """The answer's own id, where the bill has a row an answer."""
    where: str = ""
    """File and line or bucket."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """What of a file could not be read."""

    where: str
    what: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Bill:
    """One export as it was read."""

    name: str
    layout: str
    """What it is, in words; empty where nothing fits."""
    provider: str = ""
    entries: tuple[Entry, ...] = ()
    days: tuple[str, ...] = ()
    """Every day that it speaks of, those without use too, sorted."""
    zone: str = "UTC"
    """Whose midnight its days begin at."""
    smallest: Decimal = Decimal(0)
    """The unit to which its amounts are rounded, as far as its digits tell; 0 where it has none."""
    troubles: tuple[Trouble, ...] = ()
    since: str = ""
    """ISO 8601: the moment before which it knows nothing; empty = it knows its days whole."""
    simulated: bool = False
    """True where the simulation's organisation was asked: it is laid beside simulated answers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One answer of ours: what its receipt says by meter."""

    provider: str
    day: str
    """In the zone that the bill has."""
    model: str
    tier: str = "standard"
    quantities: Mapping[str, int] = field(default_factory=dict)
    amounts: Mapping[str, Decimal] = field(default_factory=dict)
    """USD by our price table; empty where there is no price."""
    charged: Decimal | None = None
    """USD that the answer itself says it cost."""
    sure: bool = True
    """False where the answer broke off, so that our counts are the least."""
    run_id: str = ""
    lane: int = 0
    at: str = ""
    """ISO 8601 UTC."""
    response_id: str = ""

    @property
    def usd(self) -> Decimal | None:
        """By our table; None where there is no price."""
        return sum(self.amounts.values(), Decimal(0)) if self.amounts else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One reason why a day's use of a model differs from our receipts."""

    reason: Reason
    provider: str
    day: str
    """Empty where it is of a whole file."""
    model: str
    said: str
    """A sentence."""
    tokens: int | None = None
    """The bill's minus ours; None where it is no matter of tokens."""
    usd: Decimal | None = None
    """The bill's minus ours; None where that is not known."""
    runs: tuple[str, ...] = ()
    """Ids of the runs of ours that it is about."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A day's use of one model on both sides; None is what one side does not say."""

    provider: str
    day: str
    model: str
    calls: int
    """Answers of ours."""
    their_tokens: int | None
    our_tokens: int
    their_usd: Decimal | None
    our_usd: Decimal | None
    agrees: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """The whole result."""

    bills: tuple[Bill, ...]
    lines: tuple[Line, ...]
    differences: tuple[Difference, ...]
    troubles: tuple[Trouble, ...] = ()
    notes: tuple[str, ...] = ()
