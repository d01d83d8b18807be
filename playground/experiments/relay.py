"""What one of several processes learns of a provider's rate limits, passed on to all others: one relay for a whole run."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable

LIMITS = '{"limits": '
"""What a line begins with that says something of limits."""
REMEMBERED = 100
"""Lines, the newest, for who joins later."""


class Relay:
    """Lines on their way from each who shares an experiment to all others. From any thread."""

    def __init__(self) -> None:
        self._members: dict[int, Callable[[str], object]] = {}
        self._told: deque[tuple[int, str]] = deque(maxlen=REMEMBERED)
        self._lock = threading.Lock()

    def join(self, part: int, hear: Callable[[str], object]) -> None:
        """This one is told what others learn, and what they have learned: processes do not start at one moment."""
        with self._lock:
            self._members[part] = hear
            before = [line for number, line in self._told if number != part]
        for line in before:
            hear(line)

    def tell(self, part: int, line: str) -> None:
        """This one has learned something."""
        with self._lock:
            self._told.append((part, line))
            others = [hear for number, hear in self._members.items() if number != part]
        for hear in others:
            hear(line)
