"""Requests a core-second through the engine, kept in the history or not, against a bare httpx2 + json loop in the same run.

    python benchmarks/throughput.py [--requests 1000] [--at-once 64] [--rounds 3]

One by one: as many callers as `--at-once`, each starting one run after the other. As a batch: one run of all of them.
Needs the mock provider (`process.MOCK`). The client is pinned to one core and the mock provider to another, where there are two;
what is printed is the median ratio of the rounds, and the exit code is 1 where one is past its limit.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

import httpx2
import uvloop

from benchmarks.cpu_per_request import DOORS, bare, pin
from benchmarks.process import mock_provider
from benchmarks.rows import Rows
from playground import garbage, history
from playground.domain import Endpoint, ModelRef, Request, Secret
from playground.engine import get_engine, settle
from playground.history import Labels
from playground.history.journal import close_writers
from playground.providers import warm

MODEL = "mock-t0-i0-n50-w1"
LIMITS = {
    "openai": 0.7,
    "openai/chat": 0.7,
    "anthropic": 0.7,
    "gemini": 0.6,
    "openai/chat, kept": 0.5,
    "openai/chat, kept, as a batch": 0.65,
}
"""Least requests a core-second ÷ those of the bare loop: what a saturated core gets done, whatever else the machine does."""


async def plain(port: int, door: str, requests: int, at_once: int) -> float:
    """Requests a core-second of the bare loop."""
    url = f"http://127.0.0.1:{port}{DOORS[door][1].format(model=MODEL)}"
    left = iter(range(requests))
    limits = httpx2.Limits(max_connections=at_once)
    async with httpx2.AsyncClient(trust_env=False, limits=limits) as client:

        async def caller() -> None:
            for _ in left:
                await bare(client, url, MODEL)

        begun = time.process_time()
        await asyncio.gather(*(caller() for _ in range(at_once)))
        return requests / (time.process_time() - begun)


def ours(port: int, door: str, requests: int, at_once: int, *, keep: bool) -> float:
    """Requests a core-second through runs of one lane each, written down to the last where they are kept."""
    ref = ModelRef.parse(f"{door}:{MODEL}")
    base = f"http://127.0.0.1:{port}{DOORS[door][0]}"
    endpoints = {ref.provider: Endpoint(provider=ref.provider, base_url=base, key=Secret("none"))}
    engine, left, lock = get_engine(), iter(range(requests)), threading.Lock()

    def caller() -> None:
        while True:
            with lock:
                if next(left, None) is None:
                    return
            _run([Request.ask(ref, "hi")])

    def _run(asked: list[Request]) -> None:
        journal = history.keep(Labels()) if keep else None
        run = engine.start(asked, endpoints, journal=journal)
        run.wait()
        failed = [r.failure for r in run.run().responses if r.failure]
        if failed:
            raise SystemExit(f"{door}: {len(failed)} failed: {failed[0].message}")

    begun = time.process_time()
    if at_once == 1:
        _run([Request.ask(ref, "hi")] * requests)
    else:
        with ThreadPoolExecutor(at_once) as pool:
            for done in [pool.submit(caller) for _ in range(at_once)]:
                done.result()
    if keep:
        history.get_writer().flush()
    return requests / (time.process_time() - begun)


def measure(port: int, requests: int, at_once: int, rounds: int) -> Rows:
    """Print a row for each way."""
    ways: dict[str, Callable[[], float]] = {
        door: lambda door=door: ours(port, door, requests, at_once, keep=False)  # type: ignore[misc]
        for door in DOORS
        if door in LIMITS
    }
    ways["openai/chat, kept"] = lambda: ours(port, "openai/chat", requests, at_once, keep=True)
    ways["openai/chat, kept, as a batch"] = lambda: ours(
        port, "openai/chat", requests, 1, keep=True
    )
    rows = Rows()
    for name, way in ways.items():
        door = name.partition(",")[0]
        way()
        found = [(uvloop.run(plain(port, door, requests, at_once)), way()) for _ in range(rounds)]
        ratio = statistics.median(o / b for b, o in found)
        b, o = (statistics.median(x) for x in zip(*found, strict=True))
        print(f"    bare {b:.0f}, ours {o:.0f} requests a core-second")
        rows.show(f"requests a core-second ÷ bare: {name}", ratio, LIMITS[name], sign="≥")
    return rows


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--requests", type=int, default=1000)
    parser.add_argument("--at-once", type=int, default=64)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--port", type=int, default=18091)
    given = parser.parse_args()
    with mock_provider(given.port) as pid, tempfile.TemporaryDirectory() as folder:
        os.environ["PLAYGROUND_DATA_DIR"] = folder
        try:
            pin(pid, 1)
            pin(0, 0)
            warm()
            settle()
            with garbage.when_idle(lambda: True):  # as in the app while a run is under way
                found = measure(given.port, given.requests, given.at_once, given.rounds)
        finally:
            close_writers()
    sys.exit(0 if found.good else 1)


if __name__ == "__main__":
    main()
