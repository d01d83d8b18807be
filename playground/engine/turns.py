"""Who may send: so many requests at once in all and to one address, the others one after the other."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from weakref import WeakValueDictionary


class Turns:
    """Turns for the requests of one event loop, first come, first served."""

    def __init__(self, at_once: int, at_once_each: int) -> None:
        self._all = asyncio.Semaphore(at_once)
        self._each = at_once_each
        self._addresses: WeakValueDictionary[str, asyncio.Semaphore] = WeakValueDictionary()
        self._under_way = 0

    @asynccontextmanager
    async def of(self, address: str) -> AsyncIterator[Callable[[], int]]:
        """Wait for a turn to call this address; inside, what it gives says how many requests are under way just now."""
        here = self._addresses.get(address)
        if here is None:
            here = self._addresses[address] = asyncio.Semaphore(self._each)
        async with here, self._all:
            self._under_way += 1
            try:
                yield lambda: self._under_way
            finally:
                self._under_way -= 1
