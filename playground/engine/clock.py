"""How busy this process is while it measures: event-loop lag, CPU share, and launches kept apart."""

from __future__ import annotations

import asyncio
import gc
import time
from array import array
from bisect import bisect_left

from playground.domain import Trust

TICK = 0.02
"""Seconds between two looks at the loop's lateness."""
SPACING = 0.001
"""Least seconds between two launches: at 32 at once it keeps the error of the first text under 1 ms (p95)."""
QUIET = 0.0003
"""Seconds: a turn of the loop that is shorter had nothing to do."""
MOST_TURNS = 50
"""Turns that a launch waits for a quiet one."""
KEPT = 60_000
"""Samples kept: 20 minutes of ticks."""


settled_at: float | None = None
"""When `settle` was called, on the monotonic clock: rings of objects that were there then are not collected any more."""


def settle() -> None:
    """Take all that exists now out of the garbage collector's rounds; to be called once, when the SDKs are warm.

    Their hundreds of thousands of objects otherwise cost a pause of 4 ms that lands in somebody's latency
    (benchmarks/time_to_first_text.py: p95 at 32 requests 4.2 ms without this, 1.7 ms with it).
    """
    global settled_at
    gc.collect()
    gc.freeze()
    settled_at = time.monotonic()


class LagMeter:
    """Samples how late the loop runs, only while something is under way."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._users = 0
        self._handle: asyncio.TimerHandle | None = None
        self._times = array("d")
        self._lags = array("d")
        self._cpu = array("d")
        """CPU seconds of this process at each sample: to ask the system once a call would cost more than the call's JSON."""

    def __enter__(self) -> LagMeter:
        self._users += 1
        if self._handle is None:
            self._schedule()
        return self

    def __exit__(self, *exc: object) -> None:
        self._users -= 1
        if self._users == 0 and self._handle is not None:
            self._handle.cancel()
            self._handle = None

    def _schedule(self) -> None:
        due = self._loop.time() + TICK
        self._handle = self._loop.call_at(due, self._tick, due)

    def _tick(self, due: float) -> None:
        self._times.append(time.monotonic())
        self._lags.append(max(0.0, self._loop.time() - due))
        self._cpu.append(time.process_time())
        if len(self._times) > KEPT:
            del self._times[: KEPT // 2], self._lags[: KEPT // 2], self._cpu[: KEPT // 2]
        self._schedule()

    def p95(self, since: float) -> float | None:
        """95th percentile of the lag in seconds since a `time.monotonic()`; None with fewer than 3 samples."""
        lags = sorted(self._lags[bisect_left(self._times, since) :])
        return lags[min(len(lags) - 1, int(len(lags) * 0.95))] if len(lags) >= 3 else None

    def cpu_share(self, since: float) -> float | None:
        """CPU seconds of this process a second since a `time.monotonic()`; None with fewer than 3 samples."""
        first = bisect_left(self._times, since)
        if len(self._times) - first < 3:
            return None
        return (self._cpu[-1] - self._cpu[first]) / (self._times[-1] - self._times[first])


class Stopwatch:
    """The measurement's own quality over one call."""

    def __init__(self, meter: LagMeter) -> None:
        self._meter = meter
        self._since = time.monotonic()

    def trust(self, concurrent: int) -> Trust:
        """From the start until now."""
        return Trust(
            loop_lag_p95=self._meter.p95(self._since),
            cpu_share=self._meter.cpu_share(self._since),
            concurrent=concurrent,
        )


class Gate:
    """Lets requests on the wire one by one, at least SPACING apart and when the loop has nothing else to do.

    In a queue, not each at a time of its own: the loop's timers tick in milliseconds, so that several would leave in
    one tick and their first words would come in one tick too. In a quiet moment, because the bytes leave one turn of
    the loop after the clock has started: while other SDKs still build their requests that turn takes 30 ms.
    """

    def __init__(self) -> None:
        self._queue = asyncio.Lock()
        self._next = 0.0

    async def __call__(self) -> None:
        async with self._queue:
            wait = self._next - time.monotonic()
            if wait > 0:
                await asyncio.sleep(wait)
            await _quiet_moment()
            self._next = time.monotonic() + SPACING


async def _quiet_moment() -> None:
    """Wait for a turn of the loop that takes less than QUIET seconds; for MOST_TURNS at the most."""
    for _ in range(MOST_TURNS):
        begun = time.monotonic()
        await asyncio.sleep(0)
        if time.monotonic() - begun < QUIET:
            return
