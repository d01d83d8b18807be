"""Drives several calls one after the other on a thread of its own, and finds again what was begun together.

Each call is a run like any other. Keys are let go of when it ends, and it ends when nobody is there any more to see it.
"""

from __future__ import annotations

import threading
import uuid
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, Generic, Protocol, TypeVar, cast

from playground import runs
from playground.domain import Request, Response
from playground.engine.live import response_of
from playground.lab.hops import GROUP, Sending

S = TypeVar("S")
KEPT = 100
"""So much of what was begun together is kept in memory, the oldest dropped first."""


class Broken(Exception):
    """There is nothing to go on from; the message says why."""


class Driven(Generic[S]):
    """Work under way. Any thread may read its `state`, a dataclass with `problem` and `done`."""

    def __init__(
        self, name: str, state: S, sending: Sending, work: Callable[[Driven[S]], None]
    ) -> None:
        """Begin at once: `work` asks and changes the state, and raises Broken where it can't go on."""
        self.id = uuid.uuid4().hex
        self.state = state
        self._sending, self._work = sending, work
        self._stopping, self._over = threading.Event(), threading.Event()
        threading.Thread(target=self._drive, name=name, daemon=True).start()

    @property
    def done(self) -> bool:
        return self._over.is_set()

    def stop(self) -> None:
        """End it after the call that is under way."""
        self._stopping.set()

    def wait(self, timeout: float | None = None) -> bool:
        """Block until it has ended; False when `timeout` seconds passed first."""
        return self._over.wait(timeout)

    def change(self, **what: Any) -> None:
        """Put these fields of the state in the place of what they were."""
        self.state = replace(cast("Any", self.state), **what)

    def may_go_on(self) -> None:
        """Broken once it was stopped."""
        if self._stopping.is_set():
            raise Broken("Stopped.")

    def ask(self, request: Request, place: Mapping[str, Any]) -> Response:
        """The answer, also a failed one; Broken where it may not be sent. `place` says what the run is of this work."""
        live = self._sending.send([request], {**place, GROUP: self._sending.group})
        if isinstance(live, runs.Refusal):
            raise Broken(live.reason)
        live.wait()
        return response_of(live.lanes[0])

    def _drive(self) -> None:
        problem: dict[str, str] = {}
        try:
            self._work(self)
        except Broken as error:
            problem = {"problem": str(error)}
        except Exception as error:  # a bug must end the work, not hang it
            problem = {"problem": f"Broke off ({type(error).__name__})."}
        finally:
            self._sending = replace(self._sending, endpoints={}, secrets=())  # keys are not kept
            self.change(**problem, done=True)
            self._over.set()


class Begun(Protocol):
    """What was begun together, for one owner."""

    @property
    def owner(self) -> str: ...

    def stop(self) -> None: ...


B = TypeVar("B", bound=Begun)
_lock = threading.Lock()
_kept: OrderedDict[str, Begun] = OrderedDict()


def keep(group: str, begun: B) -> B:
    """Make it findable by its group while the process lives; without a group nobody looks for it."""
    if group:
        with _lock:
            _kept[group] = begun
            while len(_kept) > KEPT:
                _kept.popitem(last=False)
    return begun


def find(kind: type[B], group: str, owner: str) -> B | None:
    """What of this kind was begun under this group, if it belongs to this owner."""
    found = _kept.get(group)
    return found if isinstance(found, kind) and found.owner == owner else None


def leave(owner: str) -> None:
    """Nobody is there any more who could look at this owner's work: end it, and let go of it."""
    with _lock:
        gone = [_kept.pop(group) for group, one in list(_kept.items()) if one.owner == owner]
    for one in gone:
        one.stop()
