"""A run whose tokens come by an exact schedule from a thread of its own, for measuring what the screen adds."""

from __future__ import annotations

import asyncio
import functools
import threading
import time
from typing import Any

from playground.domain import ModelRef, Request, Response
from playground.engine.live import LiveRun

LANES = 4
TOKENS = 2_000
TOKENS_PER_SECOND = 100
LINE = 40
"""Tokens to a line."""


def token(index: int) -> str:
    """The text of a token: six characters, so 48 kB for all lanes; every line ends after LINE tokens."""
    return f"t{index:04d}" + ("\n" if (index + 1) % LINE == 0 else " ")


class Synthetic:
    """The run and what its producer noted."""

    def __init__(self) -> None:
        requests = tuple(
            Request.ask(ModelRef("openai", "responses", f"synthetic-{n + 1}"), "Count.")
            for n in range(LANES)
        )
        self.run = LiveRun(
            "synthetic", "", requests, simulations=(True,), cancel=lambda run, lane: None
        )
        self.stamps: list[list[float]] = [[] for _ in range(LANES)]
        """Unix time of each token, lane by lane."""
        self.lateness: list[float] = []
        """Seconds by which the producer's loop woke too late."""
        self.cpu_seconds: list[float] = []
        """The process's CPU time at the first and after the last token."""

    def start(self) -> None:
        threading.Thread(target=lambda: asyncio.run(self._produce()), daemon=True).start()

    async def _produce(self) -> None:
        self.cpu_seconds.append(time.process_time())
        start = time.monotonic() + 0.5
        await asyncio.gather(*(self._lane(n, start) for n in range(LANES)))
        self.cpu_seconds.append(time.process_time())

    async def _lane(self, number: int, start: float) -> None:
        lane = self.run.lanes[number]
        lane.receive("sent", "")
        first = start + number / TOKENS_PER_SECOND / LANES
        for index in range(TOKENS):
            due = first + index / TOKENS_PER_SECOND
            if (wait := due - time.monotonic()) > 0:
                await asyncio.sleep(wait)
                self.lateness.append(time.monotonic() - due)
            lane.receive("text", token(index))
            self.stamps[number].append(time.time())
        lane.end(Response(model=lane.request.model))
        self.run.lane_ended()

    def report(self) -> dict[str, Any]:
        """What the benchmark asks for at the end."""
        return {
            "done": self.run.done and len(self.cpu_seconds) == 2,
            "stamps": self.stamps,
            "lateness": self.lateness,
            "cpu_seconds": self.cpu_seconds,
        }


@functools.cache
def the_run() -> Synthetic:
    """The one run of this process."""
    return Synthetic()
