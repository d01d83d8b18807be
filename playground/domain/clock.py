"""The day that decides which models answer and which prices hold."""

from __future__ import annotations

import os
from datetime import UTC, date, datetime

TODAY = "PLAYGROUND_TODAY"
"""Environment variable with a day that stands for today, as `2026-11-26`: for tests, whose models would retire."""


def today() -> date:
    """Today in UTC, or the day in PLAYGROUND_TODAY; ValueError when that is none."""
    told = os.environ.get(TODAY)
    return date.fromisoformat(told) if told else datetime.now(UTC).date()
