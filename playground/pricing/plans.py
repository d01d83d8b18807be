"""Subscriptions to chat products: what they cost, what they allow, and where their price does pay for the API."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

HOURS_A_MONTH = 30 * 24
EVERYDAY = "Instant"
"""The mode in which a product answers unless told otherwise."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cap:
    """So many messages in a rolling window."""

    what: str
    """Which messages: a mode or a model of the product."""
    messages: int
    hours: int
    """Length of the window."""
    source: str
    as_of: date
    note: str | None = None
    """What to know, as that it stems from an older model."""

    @property
    def monthly(self) -> int:
        """Most messages in 30 days: a window after the other, used to the full, day and night."""
        return self.messages * HOURS_A_MONTH // self.hours


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A subscription to a chat product."""

    product: str
    plan: str
    monthly: Decimal
    """USD, list price in the USA."""
    source: str
    as_of: date
    annual: Decimal | None = None
    """USD a month when paid for a year."""
    per: str | None = None
    """`seat` for team plans."""
    api_credit: Decimal | None = None
    """USD of API use a month that the plan includes, for each seat where it is sold by seat."""
    api_credit_most: Decimal | None = None
    """USD a month that the credit of all seats comes to at most, where it is pooled."""
    caps: tuple[Cap, ...] = ()
    """Caps with a known number; empty = none is known, not that there is none."""
    limits: str | None = None
    """How the product limits use where it names no number."""
    exception: str | None = None
    """Where this plan does pay for API calls."""
    note: str | None = None
    conflict: str | None = None
    """What another source says."""

    @property
    def name(self) -> str:
        """Product and plan."""
        return f"{self.product} {self.plan}"

    @property
    def cap(self) -> Cap | None:
        """The cap on everyday messages; None when no number is known."""
        return next((cap for cap in self.caps if cap.what == EVERYDAY), None)


def paid(plans: Iterable[Plan]) -> tuple[Plan, ...]:
    """The plans that cost something."""
    return tuple(plan for plan in plans if plan.monthly > 0)
