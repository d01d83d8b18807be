"""What one of several processes learns of a provider's rate limits, passed on to all others: one relay for a whole run."""

from __future__ import annotations

import threading
from collections.abc import Callable

LIMITS = '{"limits": '
"""What a line begins with that says something of limits."""


class Relay:
    """Lines on their way from each who shares an experiment to all others. From any thread."""

    def __init__(self) -> None:
        self._members: dict[int, Callable[[str], object]] = {}
        self._lock = threading.Lock()

    def join(self, part: int, hear: Callable[[str], object]) -> None:
        """This one is told what others learn."""
        with self._lock:
            self._members[part] = hear

    def tell(self, part: int, line: str) -> None:
        """This one has learned something."""
        with self._lock:
            others = [hear for number, hear in self._members.items() if number != part]
        for hear in others:
            hear(line)
