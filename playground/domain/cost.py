"""What a response cost, with its receipt. Money is Decimal USD; no price means no cost, never 0."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class CostLine:
    """One line of a receipt: quantity × rate ÷ per = amount."""

    name: str
    """`input`, `cache_read`, `cache_write_5m`, `output`, `web_search`, …"""
    quantity: int
    unit: str
    """`token`, `call` or `charge`; `token-second` or `byte-second` for what is stored."""
    rate: Decimal
    """USD for `per` units, surcharges and discounts included."""
    per: int
    """1,000,000 for tokens, 1,000 for calls, 1 for a charge."""
    amount: Decimal
    """USD, not rounded."""
    note: str | None = None
    """Why this rate (`batch`, `above 272,000 input tokens`, `estimated tokens`)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceSource:
    """The price row that was used."""

    model: str
    """The row's id, which may be shorter than the name the provider reported."""
    source: str
    """URL or document."""
    as_of: str
    """ISO date on which the price was checked."""
    valid_from: str | None = None
    """ISO date from which this price holds; None = as long as known."""
    override: bool = False
    """True for a price that the user set."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """A receipt."""

    total: Decimal
    lines: tuple[CostLine, ...]
    price: PriceSource
    currency: str = "USD"
    estimate: bool = False
    """True when token counts were estimated by us rather than reported."""
    lower_bound: bool = False
    """True when the real cost is at least this much (a stopped or broken stream, a tool without a price)."""
    upper_bound: bool = False
    """True when the real cost is at most this much (batch or flex, whose discount is not known)."""
    notes: tuple[str, ...] = ()
    """What this total leaves out or assumes, in sentences."""
    other: Cost | None = None
    """The same usage by another source that disagrees; None where the sources agree."""
    check: Cost | None = None
    """The same usage by our price table, where `total` is what the provider says it charged; None = no such price."""

    @property
    def charged(self) -> bool:
        """True where the total is what the provider itself says."""
        return any(line.unit == "charge" for line in self.lines)

    @property
    def span(self) -> tuple[Decimal, Decimal]:
        """The least and the most that the sources make of it, USD; twice the total where they agree."""
        totals = (self.total, self.other.total if self.other else self.total)
        return min(totals), max(totals)
