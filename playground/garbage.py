"""When this process collects its garbage: young objects at any time, all of them only while no run is under way."""

from __future__ import annotations

import gc
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

LOOK_SECONDS = 2.0
"""Between two looks at whether there is time to collect everything."""
ROUNDS = 10
"""Collections of the middle generation, each after 7,000 new objects that stayed, which make one of everything worth it."""
YOUNG = (700, 10)
"""Python's own first two thresholds; `playground` starts with a higher one, for what a start makes stays."""
PATIENCE = 60.0
"""Seconds: where somebody always asks there never is an idle moment, and closed tabs stayed with all they hold: keys, three
open files each. After so long all is collected while a run is under way."""
LAST_RESORT = 1_000
"""Such rounds after which Python collects everything by itself, for memory's sake, also while a run is under way."""


_wanted = False
_thaw = False


def wanted(began: float) -> None:
    """Something that began then is gone and should leave no trace (a session's keys): collect all when nothing is under way.

    What was there when the engine settled was taken out of all collections, a tab that was open then as well.
    """
    from playground.engine import clock  # not at start, as below

    global _wanted, _thaw
    settled = clock.settled_at
    _thaw = _thaw or (settled is not None and began <= settled)
    _wanted = True


@contextmanager
def when_idle(busy: Callable[[], bool] | None = None) -> Iterator[None]:
    """As long as this block, a collection of everything waits until nothing is `busy`: until no run is under way.

    It stops every thread, 70 ms with 250,000 objects, and would land in somebody's latency.
    """
    before = gc.get_threshold()
    gc.set_threshold(before[0], before[1], LAST_RESORT)
    ended = threading.Event()
    thread = threading.Thread(
        target=_look, args=(ended, busy or _under_way), name="garbage", daemon=True
    )
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()
        gc.set_threshold(*before)


def started() -> None:
    """The app has started: from now on young objects are collected as Python does it."""
    gc.set_threshold(*YOUNG, gc.get_threshold()[2])


def _under_way() -> bool:
    from playground import runs  # not at start: it is much, and the page is to come first

    return runs.under_way()


@contextmanager
def measuring() -> Iterator[None]:
    """As long as this block, which may ask for hours, what is there already is not looked through.

    Calls leave rings behind, 150 kB each, so the rest can't wait until nothing is asked: 30,000 calls held 1.6 GB. With
    what was there left out, a collection of all else takes a few milliseconds and comes once in a thousand calls.
    """
    before = gc.get_threshold()
    gc.freeze()
    gc.set_threshold(*YOUNG, ROUNDS)
    try:
        yield
    finally:
        gc.set_threshold(*before)
        gc.unfreeze()


def _look(ended: threading.Event, busy: Callable[[], bool]) -> None:
    global _wanted, _thaw
    since = time.monotonic()
    while not ended.wait(LOOK_SECONDS):
        if gc.get_count()[2] < ROUNDS and not _wanted:
            since = time.monotonic()
        elif not busy() or time.monotonic() - since > PATIENCE:
            thaw, _wanted, _thaw = _thaw, False, False
            if thaw:  # and not frozen again: other tabs are open, and from now on all is collected only in between runs
                gc.unfreeze()
            gc.collect()
            since = time.monotonic()
