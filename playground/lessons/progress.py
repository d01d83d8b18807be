"""Which lessons someone has answered: kept in the database of one's own computer, and nowhere where strangers come."""

from __future__ import annotations

from collections.abc import Iterable

from playground.store.store import Store

PREFERENCE = "lessons_done"


def done(store: Store) -> frozenset[str]:
    """The names of the lessons whose question was answered rightly."""
    return frozenset(store.preference(PREFERENCE) or ())


def keep(store: Store, names: Iterable[str]) -> None:
    """Keep these beside those that are kept."""
    known = done(store)
    if new := set(names) - known:
        store.prefer(PREFERENCE, sorted(known | new))


def forget(store: Store) -> None:
    """Begin anew."""
    store.prefer(PREFERENCE, [])
