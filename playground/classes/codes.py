"""What lets people into a class: codes that can't be guessed, kept as digests, and not tried quickly."""

from __future__ import annotations

import hashlib
import secrets
import threading
from collections import defaultdict, deque
from time import monotonic as clock

from playground.classes.nouns import ClassError

LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
"""Without those that look like another one."""
LENGTH = 12
"""31¹² codes are 59 bits."""
SALT = b"playground class code"
"""One for all: a code is found by its digest alone."""
COST = 2**12
"""Of scrypt: 4 MB and some milliseconds, a hundred thousand times what a plain digest takes."""
SPAN = 60.0
"""Seconds within which wrong codes are counted."""
MOST_EACH, MOST_ALL = 10, 300
"""Wrong codes in that time: from one address, and from all. A classroom may share an address, so right ones don't count."""


def make() -> str:
    """A new code as people read it: `7KQM-2XVA-9TRB`."""
    drawn = "".join(secrets.choice(LETTERS) for _ in range(LENGTH))
    return "-".join(drawn[start : start + 4] for start in range(0, LENGTH, 4))


def digest(code: str) -> str:
    """What is kept of a code; however it was typed, the same code has the same one."""
    plain = "".join(letter for letter in code.upper() if letter.isalnum())[:100]
    return hashlib.scrypt(plain.encode(), salt=SALT, n=COST, r=8, p=1, dklen=32).hex()


class Guesses:
    """Wrong codes of the last minute in this process, by where they came from."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._each: defaultdict[str, deque[float]] = defaultdict(deque)
        self._all: deque[float] = deque()

    def check(self, source: str) -> None:
        """ClassError when no other code may be tried now."""
        with self._lock:
            self._forget()
            if len(self._each.get(source, ())) >= MOST_EACH or len(self._all) >= MOST_ALL:
                raise ClassError(
                    "Too many wrong codes: wait a minute, then type the code again as it was given to you."
                )

    def wrong(self, source: str) -> None:
        """Note a wrong code."""
        with self._lock:
            for counted in (self._each[source], self._all):
                counted.append(clock())

    def _forget(self) -> None:
        before = clock() - SPAN
        for counted in (self._all, *self._each.values()):
            while counted and counted[0] < before:
                counted.popleft()
        for source in [source for source, counted in self._each.items() if not counted]:
            del self._each[source]


GUESSES = Guesses()
"""This process's."""
