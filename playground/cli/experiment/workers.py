"""Processes that share an experiment: started before it is known what they are to do, so that they import meanwhile."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(eq=False, slots=True)
class Worker:
    """One of them; in a group of its own, so that Ctrl+C reaches it through us."""

    process: subprocess.Popen[str]

    def tell(self, line: str) -> None:
        """What it is to do."""
        assert self.process.stdin is not None  # noqa: S101 - it is a pipe
        with contextlib.suppress(BrokenPipeError):  # how it ended says it
            self.process.stdin.write(line + "\n")
            self.process.stdin.flush()

    @property
    def under_way(self) -> bool:
        return self.process.poll() is None

    def ended(self) -> dict[str, Any] | None:
        """What it said at its end; None where it broke off."""
        assert self.process.stdout is not None  # noqa: S101 - it is a pipe
        said = self.process.stdout.read()
        self._close()
        try:
            values = json.loads(said)
        except ValueError:
            return None
        return values if isinstance(values, dict) else None

    def _close(self) -> None:
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe is not None:
                pipe.close()
        self.process.wait()

    def dismiss(self) -> None:
        """It is not needed: told nothing, it ends."""
        self._close()


class Workers:
    """So many processes share the work: this one, and the others at the ready. `models` will be asked, as typed."""

    def __init__(self, count: int, models: Sequence[str] = ()) -> None:
        self.count = count
        self._models = models
        self._ready = [_started(models) for _ in range(count - 1)]

    def __enter__(self) -> Workers:
        return self

    def __exit__(self, *exc: object) -> None:
        for worker in self._ready:
            worker.dismiss()

    def take(self, count: int) -> list[Worker]:
        """So many others, for one experiment."""
        taken, self._ready = self._ready[:count], self._ready[count:]
        return taken + [_started(self._models) for _ in range(count - len(taken))]


def interrupt(workers: Sequence[Worker]) -> None:
    """Let them stop: what is under way is waited for, the second time cut off."""
    if os.name == "nt":  # there are no sessions there: the console's Ctrl+C has reached them too
        return
    for each in workers:
        if each.under_way:
            each.process.send_signal(signal.SIGINT)


def _started(models: Sequence[str]) -> Worker:
    process = subprocess.Popen(  # noqa: S603 - our own module; models are arguments of it, whatever they are
        [sys.executable, "-m", "playground.experiments.worker", *models],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
        start_new_session=True,
    )
    return Worker(process)
