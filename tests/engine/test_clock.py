"""The measurement's own quality."""

from __future__ import annotations

import asyncio
import time
from itertools import pairwise

from playground.domain import Trust
from playground.engine.clock import SPACING, Gate, LagMeter


async def test_launches_are_kept_apart() -> None:
    gate = Gate()
    started: list[float] = []

    async def launch() -> None:
        await gate()
        started.append(time.monotonic())

    await asyncio.gather(*(launch() for _ in range(20)))
    apart = [later - earlier for earlier, later in pairwise(sorted(started))]
    assert min(apart) >= SPACING * 0.9


async def test_a_blocked_loop_shows_as_lag() -> None:
    with LagMeter(asyncio.get_running_loop()) as meter:
        since = time.monotonic()
        for _ in range(5):
            await asyncio.sleep(0.025)
            time.sleep(0.08)  # noqa: ASYNC251 - blocking the loop is the point
        await asyncio.sleep(0.05)
    lag = meter.p95(since)
    assert lag is not None
    assert lag > 0.03


async def test_too_few_samples_are_no_figure() -> None:
    with LagMeter(asyncio.get_running_loop()) as meter:
        assert meter.p95(time.monotonic()) is None


def test_a_busy_client_is_flagged() -> None:
    assert not Trust(loop_lag_p95=0.001, cpu_share=0.1).busy
    assert Trust(loop_lag_p95=0.006).busy
    assert Trust(cpu_share=0.51).busy
