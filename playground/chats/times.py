"""Times as exports write them: seconds, milliseconds, ISO, BSON dates."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

MILLISECONDS = 1e11
"""A number above this counts milliseconds: as seconds it would be the year 5138."""


def moment(value: Any) -> datetime | None:
    """The moment, in UTC; None where there is none, or none that can be read. The year 1 stands for unknown."""
    if isinstance(value, Mapping):
        inner = value.get("$date", value.get("$numberLong"))
        return None if inner is None else moment(inner)
    if isinstance(value, bool) or value is None:
        return None
    try:
        seconds = float(value)
    except (TypeError, ValueError):
        return _iso(value)
    try:
        found = datetime.fromtimestamp(seconds / 1000 if seconds > MILLISECONDS else seconds, UTC)
    except (OverflowError, OSError, ValueError):
        return None
    return found if seconds > 0 else None


def _iso(value: Any) -> datetime | None:
    if not isinstance(value, str):
        return None
    try:
        found = datetime.fromisoformat(value.strip().replace("Z", "+00:00"))
    except ValueError:
        return None
    if found.year < 2000:
        return None
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
