"""What a batch tells the engine: when each of its lanes may send, and whether it is tried again."""

from __future__ import annotations

from contextlib import AbstractAsyncContextManager
from typing import Protocol

from playground.domain import Response
from playground.engine.live import Lane, LiveRun


class Pace(Protocol):
    """The pace of one run's lanes. All of it is called on the engine's thread and must return at once."""

    def turn(self, lane: Lane) -> AbstractAsyncContextManager[None]:
        """Entered before each try, which leaves then; left when the try is over."""

    def again(self, lane: Lane, response: Response, left: int) -> tuple[float | None, int]:
        """Told of each try: seconds until the next one (None: this response stands), and how many are left then."""

    def ended(self, run: LiveRun, lane: Lane) -> None:
        """The lane has its final response, priced."""
