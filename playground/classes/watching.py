"""Ends what a class has under way when the class is over: closed here or by another process, ended, or its member taken out."""

from __future__ import annotations

import logging
import threading
import time
from dataclasses import dataclass

from playground.classes import kept, spending, vault
from playground.classes.nouns import Seat
from playground.domain import Failure
from playground.engine import LiveRun
from playground.store.database import HistoryError
from playground.store.store import Store

LOG = logging.getLogger("playground")

TICK = 0.5
"""Seconds between two looks at the classes that have something under way."""
HEART = 10.0
"""Seconds between two times that this process speaks for what it holds: a sixth of the silence after which it is freed."""
IDLE = 5.0
"""The same where only keys are held for them."""


@dataclass(frozen=True, slots=True, eq=False)
class Watched:
    """A run under way, whose it is, and which of its lanes the class pays."""

    run: LiveRun
    lanes: tuple[int, ...]
    seat: Seat
    store: Store
    held: str
    """The name under which its money is held."""


_lock = threading.Lock()
_watched: list[Watched] = []
_lent: dict[str, Store] = {}
"""Classes whose keys are held here → where they are kept."""
_look_now = threading.Event()
_thread: threading.Thread | None = None


def run_began(run: LiveRun, lanes: tuple[int, ...], seat: Seat, store: Store, held: str) -> None:
    """Look after a run until it ends."""
    with _lock:
        _watched.append(Watched(run, lanes, seat, store, held))
    _start()


def keys_lent(class_id: str, store: Store) -> None:
    """Look after the keys of a class until it is over."""
    with _lock:
        _lent[class_id] = store
    _start()


def look_now() -> None:
    """Something has changed: look at once."""
    _look_now.set()


def _start() -> None:
    global _thread
    with _lock:
        if _thread is None:
            _thread = threading.Thread(target=_look, name="classes", daemon=True)
            _thread.start()
    _look_now.set()


def _look() -> None:
    global _thread
    spoke = time.monotonic()
    while True:
        _look_now.clear()
        try:
            if time.monotonic() - spoke > HEART:
                spoke = time.monotonic()
                _speak()
            _end_runs()
            _forget_keys()
        except (
            HistoryError
        ) as error:  # looked at again soon; what is under way is paid within its budget
            LOG.warning("The classes can't be looked at: %s", error)
        except Exception:  # a slip of ours must not be the last look: what is lent is watched on
            LOG.exception("The classes can't be looked at just now.")
        with _lock:
            _watched[:] = [watched for watched in _watched if not watched.run.done]
            if not _watched and not _lent:
                _thread = None
                return
            pause = TICK if _watched else IDLE
        _look_now.wait(pause)


def _under_way() -> list[Watched]:
    with _lock:
        return [watched for watched in _watched if not watched.run.done]


def _speak() -> None:
    held: dict[Store, list[str]] = {}
    for watched in _under_way():
        held.setdefault(watched.store, []).append(watched.held)
    for store, names in held.items():
        spending.alive(store, names)


def _end_runs() -> None:
    for watched in _under_way():
        seat = kept.seat(watched.store, watched.seat.of.id, owner=watched.seat.member.owner)
        over = (seat.over or "") if seat else kept.GONE
        for lane in watched.lanes if over else ():
            watched.run.stop(lane, why=_stopped(over))


def _forget_keys() -> None:
    with _lock:
        lent = dict(_lent)
    for class_id, store in lent.items():
        if class_id not in vault.classes() or kept.over(store, {class_id}):
            vault.forget(class_id)
            with _lock:
                _lent.pop(class_id, None)


def _stopped(why: str) -> Failure:
    return Failure(
        type="cancelled",
        message="Stopped with the class.",
        meaning=why,
        next_step="The text so far is kept.",
    )
