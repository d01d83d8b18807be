"""A process that holds as much of a class's money as it is given, as quickly as it can, says how often it was, and waits."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from typing import Any

from playground import history
from playground.classes import kept, spending
from playground.classes.nouns import ClassError
from playground.domain import Request, Settings
from playground.store.store import Store
from tests.classes.people import question


def main() -> None:
    times, *places = sys.argv[1:]
    asked = question(settings=Settings(max_output_tokens=100))
    store = history.get_store()
    spending._afford = slowly(spending._afford)
    print("ready", flush=True)
    sys.stdin.readline()
    print(*(holds(store, place, asked, int(times)) for place in places), flush=True)
    sys.stdin.readline()


def slowly(check: Callable[..., None]) -> Callable[..., None]:
    """Whoever does not wait for the other looks at the money while the other is about to take it."""

    def checked(*args: Any) -> None:
        check(*args)
        time.sleep(0.01)

    return checked


def holds(store: Store, place: str, asked: Request, times: int) -> int:
    class_id, owner = place.split(":")
    held = 0
    for _ in range(times):
        seat = kept.seat(store, class_id, owner=owner)
        assert seat is not None
        try:
            spending.reserve(store, seat, {0: asked})
        except ClassError:
            continue
        held += 1
    return held


if __name__ == "__main__":
    main()
