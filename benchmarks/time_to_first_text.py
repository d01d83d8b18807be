"""Error of the measured time to first text against the provider's own clock, at 1, 32 and 128 requests at once.

    python benchmarks/time_to_first_text.py [--at-once 1 32 128] [--door openai]

Needs the mock provider (`process.MOCK`), which logs on the same monotonic clock when a request arrived and when its first text left.
Our figure counts from the request's head on the wire, so the error includes the way there and back: what a perfect
client would show is about 0.5 ms. Connections are opened by a first wave; launches are 1 ms apart, as in the engine.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import statistics
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

import httpx2
import uvloop  # the engine's loop

from benchmarks.process import mock_provider
from benchmarks.rows import Rows
from playground.domain import Endpoint, ModelRef, Request, Secret
from playground.engine.clock import Gate, settle
from playground.providers import Call, warm
from playground.wire import Pool, open_pool

VERSIONS = {"openai": "/v1", "openai/chat": "/v1", "anthropic": "", "gemini": ""}
MODEL, ALONE = "mock-t200-i20-n6", "mock-t100-i20-n2"
"""What each of many asks, whose next texts come while others' first ones do; one that is alone need not wait for more."""
MOST_MS = 3.0


async def one(
    pool: Pool, door: str, model: str, base: str, number: int, gate: Any
) -> tuple[int, float]:
    """Run one call; its number and the time to first text that we would show, in ms."""
    ref = ModelRef.parse(f"{door}:{model}")
    endpoint = Endpoint(provider=ref.provider, base_url=base, key=Secret("benchmark-key"))
    call = Call(Request.ask(ref, f"rid={number}"), endpoint, pool=pool, gate=gate)
    await call.run()
    seconds = call.response().time_to_first_text
    if seconds is None:
        raise SystemExit(f"{door}: {call.failure}")
    return number, seconds * 1000


async def wave(pool: Pool, door: str, server: str, at_once: int) -> list[float]:
    """The errors of one wave, ms: our time to first text less the server's own."""
    async with httpx2.AsyncClient(trust_env=False) as client:
        await client.get(f"{server}/_log")
        gate = Gate()
        model = MODEL if at_once > 1 else ALONE
        calls = (one(pool, door, model, server + VERSIONS[door], i, gate) for i in range(at_once))
        ours = dict(await asyncio.gather(*calls))
        log = (await client.get(f"{server}/_log")).json()
    return [ours[row["rid"]] - (row["first"] - row["recv"]) / 1e6 for row in log]


async def measure(server: str, doors: list[str], sizes: list[int]) -> Rows:
    """Print p50 and p95 of the error for each door and size; the first wave of a size opens its connections."""
    rows, worst = Rows(), dict.fromkeys(sizes, 0.0)
    pool = open_pool()
    print(f"{'door':14}{'at once':>8}{'p50 ms':>9}{'p95 ms':>9}")
    for door in doors:
        for at_once in sizes:
            await wave(pool, door, server, at_once)
            rounds = max(3, 40 // at_once)
            errors = [e for _ in range(rounds) for e in await wave(pool, door, server, at_once)]
            p95 = statistics.quantiles(errors, n=20)[-1]
            worst[at_once] = max(worst[at_once], p95)
            print(f"{door:14}{at_once:8}{statistics.median(errors):9.2f}{p95:9.2f}", flush=True)
    await pool.aclose()
    for at_once, p95 in worst.items():
        rows.show(
            f"time to first text, {at_once} at once, worst door, p95 error", p95, MOST_MS, "ms"
        )
    return rows


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--at-once", type=int, nargs="+", default=[1, 32])
    parser.add_argument("--door", nargs="+", default=list(VERSIONS), choices=list(VERSIONS))
    parser.add_argument("--port", type=int, default=18083)
    given = parser.parse_args()
    cores = (os.cpu_count() or 1) > 1 and hasattr(os, "sched_setaffinity")
    with mock_provider(given.port, "--early") as pid:
        if cores:
            os.sched_setaffinity(pid, {1})
            os.sched_setaffinity(0, {0})
        warm()
        settle()
        rows = uvloop.run(measure(f"http://127.0.0.1:{given.port}", given.door, given.at_once))
    sys.exit(0 if rows.good else 1)


if __name__ == "__main__":
    main()
