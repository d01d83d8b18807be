"""One model as the provider's own list has it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

PAGE = 1000
"""Models that are asked for at once, where a provider sends its list in pages."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedModel:
    """One model as the provider's own list has it; what the list does not say is None."""

    id: str
    created: date | None = None
    shutdown_date: date | None = None
    context: int | None = None
    """Tokens that it can read (and, for most providers, write) at once."""
    max_output: int | None = None


def listed_model(id: Any, **known: Any) -> ListedModel | None:
    """The model, or None for a row without an id."""
    return ListedModel(id=str(id), **known) if id else None


def day(value: Any) -> date | None:
    """A Unix time or an ISO date; None for anything else and for the epoch, which stands for unknown."""
    try:
        if isinstance(value, int | float):
            return datetime.fromtimestamp(value, UTC).date() if value > 0 else None
        found = datetime.fromisoformat(str(value)).date() if value else None
    except (ValueError, OverflowError, OSError):
        return None
    return None if found is None or found.year <= 1970 else found
