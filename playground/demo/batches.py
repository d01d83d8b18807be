"""Files and batches that the server keeps while it runs. What takes hours at a provider takes seconds here."""

from __future__ import annotations

import asyncio
import secrets
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Lock
from typing import Any, Literal

WAITING = 1.5
"""Seconds in which a batch is checked before it runs."""
RUNNING = 3.0
"""Seconds in which it runs; at a provider up to 24 hours."""
STOPPING = 1.5
MAX_FILES = 64 * 2**20
"""Bytes; above that the oldest files are forgotten."""
MAX_BATCHES = 500
Phase = Literal["waiting", "running", "stopping", "done", "stopped", "refused"]


@dataclass(slots=True)
class File:
    """A file as it was uploaded, or as a batch left it."""

    id: str
    name: str
    data: bytes
    purpose: str
    media_type: str
    created: float
    """Seconds since 1970."""


class Files:
    """Files of all vendors by id."""

    def __init__(self) -> None:
        self._found: OrderedDict[str, File] = OrderedDict()
        self._lock = Lock()

    def keep(self, id: str, name: str, data: bytes, purpose: str, media_type: str = "") -> File:
        """Keep a file under this id."""
        file = File(id, name, data, purpose, media_type, time.time())
        with self._lock:
            self._found[id] = file
            while sum(len(f.data) for f in self._found.values()) > MAX_FILES:
                if len(self._found) == 1:
                    break
                self._found.popitem(last=False)
        return file

    def find(self, id: str) -> File | None:
        """The file; None when it is not there."""
        return self._found.get(id)

    def of(self, start: str) -> list[File]:
        """The files whose ids begin so, the newest first."""
        with self._lock:  # a batch leaves its files on another thread
            return [file for id, file in reversed(self._found.items()) if id.startswith(start)]

    def delete(self, id: str) -> bool:
        """Forget a file; False when it was not there."""
        with self._lock:
            return self._found.pop(id, None) is not None


@dataclass(frozen=True, slots=True)
class Answered:
    """One line's answer."""

    key: str
    status: int | None
    """None: it was not answered before the batch expired."""
    body: dict[str, Any]


@dataclass(slots=True)
class Batch:
    """One batch of one vendor."""

    id: str
    vendor: str
    door: str
    model: str
    lines: list[tuple[str, dict[str, Any]]]
    """Key and body."""
    title: str
    created: float
    """Seconds since 1970."""
    began: float
    """Seconds of the server's clock."""
    more: dict[str, Any] = field(default_factory=dict)
    """What the vendor's object repeats of the request."""
    errors: list[dict[str, Any]] = field(default_factory=list)
    """Why it was refused."""
    cancelled: float | None = None
    cancelled_at_look: int = 0
    looks: int = 0
    answers: list[Answered] | None = None
    """Once it is over."""
    files: dict[str, str] = field(default_factory=dict)
    """Kind of result → id of the file that holds it."""
    working: asyncio.Lock = field(default_factory=asyncio.Lock)
    """Held by whoever has its lines answered."""

    @property
    def expired(self) -> bool:
        """Whether any line was not answered in time."""
        return any(answer.status is None for answer in self.answers or ())

    def counts(self) -> dict[str, int]:
        """Lines by what became of them."""
        found = {"succeeded": 0, "errored": 0, "expired": 0, "canceled": 0}
        for answer in self.answers or ():
            found[_kind(answer)] += 1
        if self.answers is not None:
            found["canceled"] = len(self.lines) - len(self.answers)
        return found


def _kind(answer: Answered) -> str:
    if answer.status is None:
        return "expired"
    return "succeeded" if answer.status == 200 else "errored"


class Batches:
    """Batches of all vendors by id, and how far each is.

    With delays it goes by the clock; without (`scale` 0) every look at a batch is a step, so that each state is seen.
    """

    def __init__(self, clock: Callable[[], float], scale: float) -> None:
        self._clock = clock
        self._scale = scale
        self._found: OrderedDict[str, Batch] = OrderedDict()
        self._lock = Lock()

    def make(
        self,
        id: str,
        vendor: str,
        door: str,
        model: str,
        lines: list[tuple[str, dict[str, Any]]],
        title: str = "",
        **more: Any,
    ) -> Batch:
        """Keep a new batch."""
        moment = time.time()
        made = Batch(id, vendor, door, model, lines, title, moment, self._clock(), more)
        with self._lock:
            self._found[id] = made
            while len(self._found) > MAX_BATCHES:
                self._found.popitem(last=False)
        return made

    def find(self, vendor: str, id: str) -> Batch | None:
        """The vendor's batch; None when it is not there."""
        found = self._found.get(id)
        return found if found and found.vendor == vendor else None

    def of(self, vendor: str) -> list[Batch]:
        """The vendor's batches, the newest first."""
        return [batch for batch in reversed(self._found.values()) if batch.vendor == vendor]

    def delete(self, id: str) -> None:
        """Forget a batch."""
        with self._lock:
            self._found.pop(id, None)

    def look(self, batch: Batch) -> Phase:
        """One look at a batch, and how far it is."""
        batch.looks += 1
        return self.phase(batch)

    def phase(self, batch: Batch) -> Phase:
        """How far the batch is, without counting as a look."""
        if batch.errors:
            return "refused"
        if batch.cancelled is not None:
            return "stopped" if self._stopped(batch, batch.cancelled) else "stopping"
        if self._scale:
            passed = (self._clock() - batch.began) / self._scale
            return _at(passed, WAITING, WAITING + RUNNING)
        return _at(batch.looks, 1, 2)

    def cancel(self, batch: Batch) -> None:
        """Stop a batch that is not over."""
        if batch.cancelled is None and self.phase(batch) in ("waiting", "running"):
            batch.cancelled, batch.cancelled_at_look = self._clock(), batch.looks

    def _stopped(self, batch: Batch, since: float) -> bool:
        if self._scale:
            return self._clock() - since >= STOPPING * self._scale
        return batch.looks > batch.cancelled_at_look


def _at(moment: float, running: float, done: float) -> Phase:
    if moment < running:
        return "waiting"
    return "running" if moment < done else "done"


def page(found: list[Batch], after: str | None, size: int) -> tuple[list[Batch], bool]:
    """The batches after this one, and whether there are more."""
    ids = [batch.id for batch in found]
    first = ids.index(after) + 1 if after in ids else 0
    return found[first : first + size], first + size < len(found)


def new_id(start: str, letters: int = 32) -> str:
    """A new id."""
    return f"{start}{secrets.token_hex(letters // 2)}"


def iso(moment: float) -> str:
    """A moment as Anthropic and Google write it."""
    return f"{time.strftime('%Y-%m-%dT%H:%M:%S', time.gmtime(moment))}.{int(moment % 1 * 1e6):06d}Z"
