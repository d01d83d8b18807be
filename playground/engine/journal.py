"""What the engine tells whoever keeps its runs. The engine itself keeps nothing."""

from __future__ import annotations

import logging
from concurrent.futures import Future
from typing import Protocol

from playground.engine.live import Lane, LiveRun

LOG = logging.getLogger("playground")

PATIENCE = 3.0
"""Seconds that a run's first request waits for the run to be written down."""


class Journal(Protocol):
    """Keeps runs. Neither method may raise; what could not be kept is the journal's to say."""

    def began(self, run: LiveRun) -> Future[None]:
        """Called on the caller's thread: it must return at once. Done when the run is written down, or can't be.

        No request of it leaves before, unless that takes longer than PATIENCE.
        """

    def lane_ended(self, run: LiveRun, lane: Lane) -> None:
        """Called on the engine's thread, where others are being timed: it must return at once."""


def tell_began(journal: Journal | None, run: LiveRun) -> Future[None] | None:
    """Let the journal know; a journal that fails can't fail the run. None when there is nothing to wait for."""
    if journal is not None:
        try:
            return journal.began(run)
        except Exception:
            LOG.exception("The journal did not take the start of a run.")
    return None


def tell_ended(journal: Journal | None, run: LiveRun, lane: Lane) -> None:
    """The same for the end of a lane."""
    if journal is not None:
        try:
            journal.lane_ended(run, lane)
        except Exception:
            LOG.exception("The journal did not take the end of a lane.")
