"""One model as the provider's own list has it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

from playground.providers.batch_door import whole

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
    answers: bool = True
    """False for a model that only embeds, counts or draws."""
    told: Mapping[str, Any] = field(default_factory=dict, compare=False)
    """What else the list says of it that the catalog knows too, by the catalog's name: `images`, `efforts`, … Where it
    names parts, as words, the value says of each whether it is there; parts that it does not name are not reported."""
    row: Mapping[str, Any] = field(default_factory=dict, compare=False, repr=False)
    """The provider's own row, as it came."""
    unread: tuple[str, ...] = field(default=(), compare=False, repr=False)
    """Fields of the row that nothing here is read from, as paths: `capabilities.batch`."""


def told(**found: Any) -> dict[str, Any]:
    """The facts that are known; None is what the list does not say."""
    return {name: value for name, value in found.items() if value is not None}


def unread(
    row: Mapping[str, Any], read: Collection[str], deep: Collection[str] = ()
) -> tuple[str, ...]:
    """The fields of a row that are not among those read; those in `deep` are looked into."""
    return tuple(path for path in _paths(row, deep) if path not in read)


def _paths(row: Mapping[str, Any], deep: Collection[str], above: str = "") -> Iterator[str]:
    for name, value in row.items():
        path = f"{above}{name}"
        if path in deep and isinstance(value, Mapping):
            yield from _paths(value, deep, f"{path}.")
        else:
            yield path


def listed_model(
    id: Any, *, context: Any = None, max_output: Any = None, **known: Any
) -> ListedModel | None:
    """The model, or None for a row without an id; a limit that is no count is not reported."""
    if not id:
        return None
    return ListedModel(id=str(id), context=whole(context), max_output=whole(max_output), **known)


def day(value: Any) -> date | None:
    """A Unix time or an ISO date; None for anything else and for the epoch, which stands for unknown."""
    try:
        if isinstance(value, int | float):
            return datetime.fromtimestamp(value, UTC).date() if value > 0 else None
        found = datetime.fromisoformat(str(value)).date() if value else None
    except (ValueError, OverflowError, OSError):
        return None
    return None if found is None or found.year <= 1970 else found
