"""The day that decides which models answer and which prices hold, and moments as they are kept."""

from __future__ import annotations

import os
from datetime import UTC, date, datetime

TODAY = "PLAYGROUND_TODAY"
"""Environment variable with a day that stands for today, as `2026-11-26`: for tests, whose models would retire."""


def today() -> date:
    """Today in UTC, or the day in PLAYGROUND_TODAY; ValueError when that is none."""
    told = os.environ.get(TODAY)
    return date.fromisoformat(told) if told else datetime.now(UTC).date()


def now() -> str:
    """This second as it is kept: ISO 8601 UTC, so that moments compare as text."""
    return moment(datetime.now(UTC))


def moment(at: datetime) -> str:
    """A moment to the second as it is kept; its time zone is to be UTC."""
    return at.isoformat(timespec="seconds")
