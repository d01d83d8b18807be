"""`playground bench` as it is typed: how long the whole command takes, and what its percentiles are worth.

    python benchmarks/bench.py [--requests 1000] [--rounds 3] [--door openai/chat]

Speed: as many streamed requests of 50 tokens, 64 at once, in two processes, start-up included, against a bare httpx2 +
json loop for the same on one core, rounds taking turns. aiperf takes 3.7 × the bare loop's time (620 and 168 requests a
second); half of that is the limit.

Error: what the command reports of time to first text and duration at 1, 32 and 128 at once, against the mock's own log
on the same clock, percentile by percentile, and call by call in the order in which they left. The client is pinned to
one core then, the mock to another. Needs the mock provider (`process.MOCK`).
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

import httpx2
import numpy as np
import uvloop

from benchmarks.cpu_per_request import DOORS, pin
from benchmarks.process import environment, free_port, mock_provider
from benchmarks.rows import Rows
from benchmarks.throughput import plain
from playground.domain.provider import built_in
from playground.experiments import kept
from playground.store.database import sqlite_url
from playground.store.file import FILE
from playground.store.store import Store

FAST, EXACT = "mock-t0-i0-n50-w1", "mock-t200-i20-n50"
MOST = {1: 2.0, 32: 3.0, 128: 5.0}
"""At once → most milliseconds of error."""
CALLS = {1: 12, 32: 160, 128: 512}
"""At once → calls that are measured."""
SLOWEST = 1.85
"""× the bare loop's time: half of aiperf's."""
FIGURES = {"time_to_first_text": "first", "duration": "last"}
"""Figure → the server's stamp of its end."""


class Mock:
    """The mock provider, and the environment in which it is every provider."""

    def __init__(self, folder: str, port: int) -> None:
        self.port, self.folder, self.url = port, Path(folder), f"http://127.0.0.1:{port}"
        self.environment = environment(PLAYGROUND_DATA_DIR=folder)
        for row in built_in():
            door = next(version for door, (version, _) in DOORS.items() if door == row.name)
            self.environment[row.base_url_variable] = self.url + door
            self.environment[row.key_variables[0]] = "benchmark-key"

    def log(self) -> list[dict[str, Any]]:
        """What it saw since this was last asked, in the order of arrival."""
        found: list[dict[str, Any]] = httpx2.get(f"{self.url}/_log", trust_env=False).json()
        return sorted(found, key=lambda line: line["recv"])

    def bench(self, door: str, model: str, *more: str, core: int | None = None) -> dict[str, Any]:
        """Run the command and read what it prints."""
        command = [sys.executable, "-m", "playground", "bench", "-m", f"{door}:{model}", "--json"]
        before = pin_all(core) if core is not None else None
        try:
            done = subprocess.run(
                [*command, *more], env=self.environment, capture_output=True, text=True
            )
        finally:
            if before is not None:
                os.sched_setaffinity(0, before)
        if done.returncode:
            raise SystemExit(f"{' '.join(command)}: {done.stderr or done.stdout}")
        found: dict[str, Any] = json.loads(done.stdout)
        return found

    def cells(self, experiment: str) -> list[Any]:
        """The calls as they are kept, in the order in which they left."""
        with closing(Store(sqlite_url(self.folder / FILE))) as store:
            found = kept.find(store, experiment)
            assert found is not None
            rows = kept.table(store, found.seq, "started_at", "warm_up", *FIGURES)
        return sorted(rows, key=lambda row: row.started_at)


def pin_all(core: int) -> set[int] | None:
    """Keep this process, and those that it starts, on one core; where it was before."""
    if not hasattr(os, "sched_setaffinity") or (os.cpu_count() or 1) < 2:
        return None
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {core})
    return before


def speed(mock: Mock, door: str, requests: int, rounds: int, rows: Rows) -> None:
    """The whole command in two processes ÷ the bare loop on one core."""
    ratios = []
    arguments = ("--repeats", str(requests), "--concurrency", "64", "--processes", "2")
    for _ in range(rounds):
        before = pin_all(0)
        begun = time.perf_counter()
        uvloop.run(plain(mock.port, door, requests, 64))
        bare = time.perf_counter() - begun
        if before is not None:
            os.sched_setaffinity(0, before)
        begun = time.perf_counter()
        mock.bench(door, FAST, *arguments)
        ours = time.perf_counter() - begun
        print(f"    bare {bare:.2f} s, the whole command {ours:.2f} s", flush=True)
        ratios.append(ours / bare)
    mock.log()
    what = f"bench of {requests:,} calls, --processes 2, start-up included ÷ bare"
    rows.show(what, statistics.median(ratios), SLOWEST)


def errors(mock: Mock, door: str, at_once: int, rows: Rows) -> None:
    """What is reported, less what the server saw."""
    mock.log()
    arguments = ("--repeats", str(CALLS[at_once]), "--concurrency", str(at_once))
    found = mock.bench(door, EXACT, *arguments, "--warm-up", str(at_once), core=0)
    log = mock.log()[at_once:]
    cells = [cell for cell in mock.cells(found["experiment_id"]) if not cell.warm_up]
    if len(log) != len(cells):
        raise SystemExit(f"the server saw {len(log)} calls, {len(cells)} are kept")
    for figure, stamp in FIGURES.items():
        true = [(line[stamp] - line["recv"]) / 1e6 for line in log]
        worst = max(_apart(found["models"][0][figure], true))
        each = [1e3 * getattr(c, figure) - t for c, t in zip(cells, true, strict=True)]
        late = float(np.quantile(np.abs(each), 0.95))
        name = figure.replace("_", " ")
        print(
            f"    {name}, {at_once} at once, call by call: p50 {np.median(each):.2f} ms, p95 {late:.2f} ms"
        )
        what = f"{name}, {at_once} at once, the worse of percentiles and p95 of calls"
        rows.show(what, max(worst, late), MOST[at_once], "ms")


def _apart(told: dict[str, Any], true: Sequence[float]) -> list[float]:
    """Milliseconds between the percentiles that are reported and those of the server's log."""
    percentiles = (50, 90, 95)
    return [abs(1e3 * told[f"p{p}"] - float(np.quantile(true, p / 100))) for p in percentiles]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--requests", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument(
        "--door", default="openai/chat", choices=[d for d in DOORS if "inter" not in d]
    )
    parser.add_argument("--at-once", type=int, nargs="*", default=list(MOST), choices=list(MOST))
    given = parser.parse_args()
    rows, port = Rows(), free_port()
    with tempfile.TemporaryDirectory() as folder, mock_provider(port, "--early") as pid:
        pin(pid, 1)
        mock = Mock(folder, port)
        if given.rounds:
            speed(mock, given.door, given.requests, given.rounds, rows)
        for at_once in given.at_once:
            errors(mock, given.door, at_once, rows)
    sys.exit(0 if rows.good else 1)


if __name__ == "__main__":
    main()
