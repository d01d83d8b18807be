"""What is done once when the history is opened, and then once a day."""

from __future__ import annotations

import logging
import threading

from playground.history.deleting import delete_older
from playground.history.interrupted import find_interrupted
from playground.history.journal import Writer
from playground.store.database import HistoryError

LOG = logging.getLogger("playground")

DAY = 86_400.0
RETENTION = "retention_days"
"""Preference: days after which runs are deleted; None or 0 = never. Starred runs stay."""


def tidy(writer: Writer) -> None:
    """Find interrupted runs, delete old ones, and come back in a day; a broken history is left to the writer's warning."""
    try:
        store = writer.store()
        find_interrupted(store)
        if days := store.preference(RETENTION):
            delete_older(store, int(days))
    except HistoryError as error:
        writer.problem = str(error)
        LOG.warning("%s", error)
    finally:
        again = threading.Timer(DAY, tidy, (writer,))
        again.daemon = True
        again.start()
