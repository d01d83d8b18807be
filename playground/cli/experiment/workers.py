"""Who shares the work of an experiment: processes of this computer, or of a Ray cluster."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

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

    takes_part: bool
    """Whether this process asks a share itself, the first."""

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

    def tell(self, order: Order) -> None:
        assert self.process.stdin is not None  # noqa: S101 - it is a pipe
        with contextlib.suppress(BrokenPipeError):  # how it ended says it
            self.process.stdin.write(order.line() + "\n")
            self.process.stdin.flush()

    def interrupt(self) -> None:
        if self.under_way and os.name != "nt":  # there the console's Ctrl+C has reached it too
            self.process.send_signal(signal.SIGINT)

    @property
    def under_way(self) -> bool:
        return self.process.poll() is None

    def ended(self) -> dict[str, Any] | None:
        assert self.process.stdout is not None  # noqa: S101 - it is a pipe
        said = self.process.stdout.read()
        self._close()
        return read(said)

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

    takes_part = True

    def __init__(self, count: int, models: Sequence[str] = ()) -> None:
        self.count = count
        self._models = models
        self._ready = [_started(models) for _ in range(count - 1)]

    def __enter__(self) -> Processes:
        return self

    def __exit__(self, *exc: object) -> None:
        for worker in self._ready:
            worker.dismiss()

    def take(self, count: int, here: str = "") -> Sequence[Process]:
        taken, self._ready = self._ready[:count], self._ready[count:]
        return taken + [_started(self._models) for _ in range(count - len(taken))]


def read(said: str) -> dict[str, Any] | None:
    """A worker's words as the mapping that they are; None where it broke off."""
    try:
        values = json.loads(said)
    except ValueError:
        return None
    return values if isinstance(values, dict) else None


def _started(models: Sequence[str]) -> Process:
    process = subprocess.Popen(  # noqa: S603 - our own module; models are arguments of it, whatever they are
        [sys.executable, "-m", "playground.experiments.worker", *models],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
        start_new_session=True,
    )
    return Process(process)
