"""Who shares the work of an experiment: processes of this computer, or of a Ray cluster."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

from playground.experiments.relay import LIMITS, Relay

if TYPE_CHECKING:
    from playground.experiments.worker import Order  # the others import it while we do


class Worker(Protocol):
    """One that asks a share of the cells."""

    @property
    def under_way(self) -> bool: ...

    def tell(self, order: Order) -> None:
        """What it is to do."""

    def interrupt(self) -> None:
        """Let it stop: what is under way is waited for, the second time cut off."""

    def ended(self) -> dict[str, Any] | None:
        """What it said at its end; None where it broke off."""


class Workers(Protocol):
    """All of them together, until the end of the `with` block."""

    @property
    def relay(self) -> Relay | None:
        """By which this process, which asks the first share, hears of limits; None where it asks none."""

    def __enter__(self) -> Workers: ...

    def __exit__(self, *exc: object) -> None: ...

    @property
    def count(self) -> int:
        """How many share the work, this process too where it takes part."""

    def take(self, count: int, here: str = "") -> Sequence[Worker]:
        """So many others, for one experiment. `here` is what only this computer has, why they must be on it: a sentence."""


@dataclass(eq=False, slots=True)
class Process:
    """One of this computer; in a group of its own, so that Ctrl+C reaches it through us."""

    process: subprocess.Popen[str]
    relay: Relay
    _last: str = ""
    _reading: threading.Thread | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def tell(self, order: Order) -> None:
        self._write(order.line())
        self.relay.join(order.part, self._write)
        self._reading = threading.Thread(target=self._read, args=(order.part,), daemon=True)
        self._reading.start()

    def _write(self, line: str) -> None:
        assert self.process.stdin is not None  # noqa: S101 - it is a pipe
        with self._lock, contextlib.suppress(BrokenPipeError, ValueError):  # how it ended says it
            self.process.stdin.write(line + "\n")
            self.process.stdin.flush()

    def _read(self, part: int) -> None:
        self._last = last_line(self.process, lambda line: self.relay.tell(part, line))

    def interrupt(self) -> None:
        if self.under_way and os.name != "nt":  # there the console's Ctrl+C has reached it too
            self.process.send_signal(signal.SIGINT)

    @property
    def under_way(self) -> bool:
        return self.process.poll() is None

    def ended(self) -> dict[str, Any] | None:
        if self._reading is not None:
            self._reading.join()
        self._close()
        return read(self._last)

    def _close(self) -> None:
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe is not None:
                pipe.close()
        self.process.wait()

    def dismiss(self) -> None:
        """It is not needed: told nothing, it ends."""
        self._close()


class Processes:
    """This process and others, started before it is known what they are to do, so that they import meanwhile."""

    def __init__(self, count: int, models: Sequence[str] = ()) -> None:
        self.count = count
        self.relay = Relay()
        self._models = models
        self._ready = [self._started() for _ in range(count - 1)]

    def __enter__(self) -> Processes:
        return self

    def __exit__(self, *exc: object) -> None:
        for worker in self._ready:
            worker.dismiss()

    def take(self, count: int, here: str = "") -> Sequence[Process]:
        taken, self._ready = self._ready[:count], self._ready[count:]
        return taken + [self._started() for _ in range(count - len(taken))]

    def _started(self) -> Process:
        process = subprocess.Popen(  # noqa: S603 - our own module; models are arguments of it, whatever they are
            [sys.executable, "-m", "playground.experiments.worker", *self._models],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
            start_new_session=True,
        )
        return Process(process, self.relay)


def last_line(process: subprocess.Popen[str], tell: Callable[[str], object]) -> str:
    """The last that a worker says; what it says of limits is told at once."""
    assert process.stdout is not None  # noqa: S101 - it is a pipe
    last = ""
    for line in process.stdout:
        if line.startswith(LIMITS):
            tell(line.strip())
        else:
            last = line
    return last


def read(said: str) -> dict[str, Any] | None:
    """A worker's words as the mapping that they are; None where it broke off."""
    try:
        values = json.loads(said)
    except ValueError:
        return None
    return values if isinstance(values, dict) else None
