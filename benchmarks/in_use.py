"""What a user gets after an hour of use: through the engine, kept in the history, with pages open.

    python benchmarks/in_use.py [--runs 30]

Each figure stands beside its limit, and the exit code is 1 where one is past it. Needs the mock provider (`process.MOCK`), which logs on
the same monotonic clock when a request arrived, when its first text left and when its last byte did.
"""

from __future__ import annotations

import argparse
import gc
import json
import os
import statistics
import sys
import tempfile
import threading
import time
import types
import urllib.request
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.cpu_per_request import pin
from benchmarks.process import mock_provider
from benchmarks.rows import Rows
from playground import history
from playground.domain import Endpoint, ModelRef, Request, Response, Secret
from playground.engine import Engine, LiveRun, get_engine, settle
from playground.history import Labels
from playground.history.journal import close_writers
from playground.providers import warm

APP = Path(__file__).parents[1] / "playground" / "app.py"
TIMED, ALONE = "mock-t200-i20-n20", "mock-t100-i20-n4"
"""What each of many is asked, whose last texts come while others' do; where one is alone a longer answer tells no more."""


class Bench:
    """One engine, one history, one provider; figures are printed as they come."""

    def __init__(self, port: int) -> None:
        self.server = f"http://127.0.0.1:{port}"
        key = Secret("benchmark-key")
        self.endpoints = {
            "openai": Endpoint(provider="openai", base_url=f"{self.server}/v1", key=key)
        }
        self.engine: Engine = get_engine()
        self.rows = Rows()

    def start(self, model: str, lanes: int) -> LiveRun:
        """A run of as many lanes, kept; each says its number to the provider."""
        ref = ModelRef.parse(f"openai/chat:{model}")
        asked = [Request.ask(ref, f"rid={number}") for number in range(lanes)]
        return self.engine.start(asked, self.endpoints, journal=history.keep(Labels()))

    def wave(self, model: str, lanes: int) -> list[Response]:
        """The answers of one run; SystemExit where one failed."""
        run = self.start(model, lanes)
        run.wait()
        responses = list(run.run().responses)
        failed = [r.failure.message for r in responses if r.failure]
        if failed:
            raise SystemExit(f"{len(failed)} of {lanes} failed: {failed[0]}")
        return responses

    def log(self) -> list[dict[str, int]]:
        """What the provider saw since the last time."""
        with urllib.request.urlopen(f"{self.server}/_log") as answer:
            rows: list[dict[str, int]] = json.load(answer)
        return rows

    def errors(
        self, lanes: int, waves: int, ours: Callable[[Response], float | None], until: str
    ) -> list[float]:
        """Our figure less the provider's own, ms, of every lane of every wave; the first wave opens connections."""
        found, model = [], TIMED if lanes > 1 else ALONE
        for number in range(waves + 1):
            self.log()
            responses = self.wave(model, lanes)
            if number:
                for row in self.log():
                    mine = ours(responses[row["rid"]])
                    assert mine is not None
                    found.append(mine * 1000 - (row[until] - row["recv"]) / 1e6)
        return found

    def show(self, what: str, figure: float, limit: float, unit: str, beside: str = "") -> None:
        """Print a row and keep whether it is within its limit."""
        if beside:
            print(f"    {beside}")
        self.rows.show(what, figure, limit, unit)


def p95(values: Iterable[float]) -> float:
    return statistics.quantiles(list(values), n=20)[-1]


def starting(bench: Bench) -> None:
    """How long `start` holds 64 callers."""

    def timed(_: int) -> float:
        begun = time.perf_counter()
        run = bench.start("mock-t0-i0-n1-w1", 1)
        took = time.perf_counter() - begun
        run.wait()
        return took * 1000

    with ThreadPoolExecutor(64) as pool:
        took = list(pool.map(timed, range(512)))
    bench.show("start with history, 64 callers, p50", statistics.median(took), 5, "ms")


def totals(bench: Bench) -> None:
    """The error of the total time at several sizes."""
    for lanes, limit in ((1, 2), (32, 3), (128, 5)):
        found = bench.errors(lanes, max(3, 40 // lanes), lambda r: r.timing.duration, "last")
        bench.show(f"total time, p95 error at {lanes}", p95(found), limit, "ms")


def many(bench: Bench) -> None:
    """One run of 3,000 lanes."""
    run = bench.start("mock-t20-i0-n5-w1", 3000)
    run.wait()
    failed = sum(r.failure is not None for r in run.run().responses)
    bench.show("failed lanes of 3,000", failed, 0, "")


def held(roots: Iterable[Any]) -> int:
    """Bytes of everything that hangs on these objects and is no code."""
    seen: set[int] = set()
    todo, total = list(roots), 0
    skipped = (
        type,
        types.ModuleType,
        types.FunctionType,
        types.MethodType,
        types.BuiltinFunctionType,
    )
    while todo:
        one = todo.pop()
        if id(one) in seen or isinstance(one, skipped):
            continue
        seen.add(id(one))
        total += sys.getsizeof(one)
        todo.extend(gc.get_referents(one))
    return total


def memory(bench: Bench) -> None:
    """What ended lanes of 2,000 tokens hold, against what came over the wire."""
    run = bench.start("mock-t0-i0-n2000", 4)
    run.wait()
    for lane in run.lanes:
        lane.compact()
    wire = sum(r.exchange.bytes_received for r in run.run().responses if r.exchange)
    kept = held((lane.response, lane.deltas) for lane in run.lanes)
    bench.show(
        "memory of a kept lane of 2,000 tokens ÷ its bytes on the wire", kept / wire, 1.1, ""
    )


def hour(bench: Bench, runs: int) -> None:
    """The error of the first text after many long runs, while pages are drawn again and again."""
    for _ in range(runs):
        bench.wave("mock-t0-i0-n2000", 4)
    history.get_writer().flush()
    first = lambda r: r.time_to_first_text  # noqa: E731
    alone = p95(bench.errors(8, 8, first, "first"))
    over, reruns = threading.Event(), [0]
    page = threading.Thread(target=_draw, args=(over, reruns))
    page.start()
    while not reruns[0]:
        time.sleep(0.1)
    busy = p95(bench.errors(8, 8, first, "first"))
    over.set()
    page.join()
    beside = f"{alone:.2f} ms without reruns; {reruns[0]} reruns"
    bench.show(
        f"first text, p95 error, 8 lanes, after {runs} kept runs, pages rerun",
        busy,
        3,
        "ms",
        beside,
    )
    bench.show(
        "runs kept in memory",
        sum(run.bytes for run in bench.engine._runs.values()) / 2**20,
        64,
        "MB",
    )


def _draw(over: threading.Event, reruns: list[int]) -> None:
    from streamlit.testing.v1 import AppTest

    app = AppTest.from_file(str(APP), default_timeout=60)
    while not over.is_set():
        app.run()
        reruns[0] += 1


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=30)
    parser.add_argument("--port", type=int, default=18093)
    given = parser.parse_args()
    with mock_provider(given.port) as pid, tempfile.TemporaryDirectory() as folder:
        os.environ["PLAYGROUND_DATA_DIR"] = folder
        try:
            pin(pid, 1)
            pin(0, 0)
            warm()
            settle()
            bench = Bench(given.port)
            for part in (starting, totals, many, memory):
                part(bench)
            hour(bench, given.runs)
        finally:
            close_writers()
    sys.exit(0 if bench.rows.good else 1)


if __name__ == "__main__":
    main()
