"""What a process has one of, made when it is first asked for."""

from __future__ import annotations

import functools
import threading
from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")


class Single(Generic[T]):
    """A function without arguments whose result is made once, also where several threads ask first at the same time.

    `functools.cache` alone makes one for each of them: of two engines, one had the runs that the other was asked for.
    """

    def __init__(self, make: Callable[[], T]) -> None:
        functools.update_wrapper(self, make)
        self._lock = threading.RLock()
        self._made = functools.cache(make)

    def __call__(self) -> T:
        with self._lock:
            return self._made()

    @property
    def made(self) -> bool:
        """Whether there is one."""
        return self._made.cache_info().currsize > 0

    def forget(self) -> None:
        """Whoever asks again gets a new one."""
        self._made.cache_clear()
