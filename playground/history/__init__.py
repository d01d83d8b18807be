"""Every run is kept, found, compared and repeated; money can't run away.

What is imported here is quick to import: SQLAlchemy comes with the first call.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from playground import settings
from playground.domain import Secret
from playground.history.labels import Labels, Row, Stored, Vote

if TYPE_CHECKING:
    from playground.engine import Journal
    from playground.history.journal import Writer
    from playground.store.store import Store


def keep(labels: Labels | None = None, secrets: Iterable[Secret | None] = ()) -> Journal | None:
    """The journal to give to `engine.start`; None where keeping is switched off. `secrets` are masked wherever they stand."""
    if not settings.keeps_history():
        return None
    from playground.history.journal import Keeper
    from playground.wire import Redactor

    return Keeper(get_writer(), labels or Labels(), Redactor(secrets))


def charge(labels: Labels, secrets: Iterable[Secret | None] = ()) -> Journal:
    """The journal of a run that is not kept: it notes what the run costs, and nothing else."""
    from playground.history.journal import Charger
    from playground.wire import Redactor

    return Charger(get_writer(), labels, Redactor(secrets))


def get_writer() -> Writer:
    """This process's writer; its `problem` says why the history can't be written, if it can't."""
    from playground.history import journal

    return journal.get_writer()


def get_store() -> Store:
    """The open history; HistoryError when it can't be opened."""
    return get_writer().store()


def find_store() -> Store | None:
    """The same; None where the history is switched off and there is no database, which is then not made."""
    return get_writer().found()


def warm() -> None:
    """Open the history in the background: upgraded, interrupted runs found, old ones deleted."""
    from playground.history.upkeep import tidy

    if settings.keeps_history():
        tidy(get_writer())


__all__ = [
    "Labels",
    "Row",
    "Stored",
    "Vote",
    "charge",
    "find_store",
    "get_store",
    "get_writer",
    "keep",
    "warm",
]
