"""Every run is kept, found, compared and repeated; money can't run away.

What is imported here is quick to import: SQLAlchemy comes with the first call.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from playground import settings
from playground.history.labels import Labels, Row, Stored

if TYPE_CHECKING:
    from playground.engine import Journal
    from playground.history.journal import Writer
    from playground.history.store import Store


def keep(labels: Labels | None = None) -> Journal | None:
    """The journal to give to `engine.start`; None where keeping is switched off."""
    if not settings.keeps_history():
        return None
    from playground.history.journal import Keeper

    return Keeper(get_writer(), labels or Labels())


def get_writer() -> Writer:
    """This process's writer; its `problem` says why the history can't be written, if it can't."""
    from playground.history import journal

    return journal.get_writer()


def get_store() -> Store:
    """The open history; HistoryError when it can't be opened."""
    return get_writer().store()


def warm() -> None:
    """Open the history in the background: upgraded, interrupted runs found, old ones deleted."""
    from playground.history.upkeep import tidy

    if settings.keeps_history():
        tidy(get_writer())


__all__ = ["Labels", "Row", "Stored", "get_store", "get_writer", "keep", "warm"]
