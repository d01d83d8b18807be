"""Ten people for an hour: do memory, file handles, threads and tasks of the app stay as they are?

    python benchmarks/soak.py [--minutes 60] [--sessions 10] [--pause 2]

Each tab asks four lanes again and again, stops some runs, reloads the page, and is closed and opened anew now and then. What
the app holds is written down by itself every three seconds; the second quarter of the time is compared with the last one, by
medians, after each quarter has seen the same work. Ended runs that are kept on purpose (64 MB at most) are taken off
its memory. Exit code 1 past a limit.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import multiprocessing
import random
import statistics
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import psutil

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.load import LANES
from benchmarks.process import free_port
from benchmarks.rows import Rows
from benchmarks.served import endpoints_file, served
from benchmarks.stamped import serve
from benchmarks.tabs import Tab

MODEL = "srv:t60-r20"
LIMITS = {"memory": (20.0, "MB"), "handles": (20.0, ""), "threads": (4.0, ""), "tasks": (8.0, "")}
"""What the last quarter may have more than the second one."""
QUIET_SECONDS = 10.0


async def person(address: str, number: int, until: float, pause: float, errors: list[str]) -> int:
    """One person's hour; how many runs it was."""
    chance, asked = random.Random(number), 0
    await asyncio.sleep(number / 3)
    while time.monotonic() < until:
        tab = Tab(address)
        await tab.open()
        await tab.click("add_lane")
        for lane in range(LANES):
            tab.fill(f"model_{lane}", MODEL)
        for _ in range(chance.randint(2, 5)):
            if time.monotonic() > until or tab.errors:
                break
            ended, pieces = len(tab.ended), tab.pieces
            await tab.click("run")
            asked += 1
            await tab.until(partial(_streams, tab, pieces))
            if chance.random() < 0.2:
                await tab.click("stop_all")
            await tab.until(partial(_all_ended, tab, ended + LANES))
            # Two presses for the same within a second are one press: playground/ui/session/once.py.
            await asyncio.sleep(chance.uniform(1.1, pause))
        errors += tab.errors
        await tab.close()
    return asked


def _streams(tab: Tab, pieces: int) -> bool:
    return tab.pieces > pieces


def _all_ended(tab: Tab, lanes: int) -> bool:
    return len(tab.ended) >= lanes


async def people(
    address: str, sessions: int, minutes: float, pause: float
) -> tuple[int, list[str]]:
    """All of them at once: how many runs, and what went wrong."""
    errors: list[str] = []
    until = time.monotonic() + minutes * 60
    asked = await asyncio.gather(
        *(person(address, n, until, pause, errors) for n in range(sessions))
    )
    return sum(asked), errors


def quarters(lines: list[dict[str, float]], name: str) -> tuple[float, float]:
    """The median of the second quarter and of the last one."""
    values = [line[name] - (line["kept"] if name == "memory" else 0.0) for line in lines]
    size = len(values) // 4
    return statistics.median(values[size : 2 * size]), statistics.median(values[-size:])


@contextlib.contextmanager
def provider() -> Iterator[int]:
    """The stamped provider's port."""
    port = free_port()
    process = multiprocessing.get_context("spawn").Process(target=serve, args=(port,), daemon=True)
    process.start()
    try:
        yield port
    finally:
        process.terminate()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--minutes", type=float, default=60.0)
    parser.add_argument("--sessions", type=int, default=10)
    parser.add_argument(
        "--pause", type=float, default=2.0, help="seconds, at most, until somebody asks again"
    )
    given = parser.parse_args()
    rows = Rows()
    with tempfile.TemporaryDirectory() as name, provider() as models:
        folder = Path(name)
        endpoints_file(folder, models)
        script = [str(Path(__file__).with_name("soak_app.py"))]
        with served(folder, [*script, "PORT", str(folder / "held")]) as (address, process):
            asked, errors = asyncio.run(people(address, given.sessions, given.minutes, given.pause))
            time.sleep(QUIET_SECONDS)
            open_still = len(psutil.Process(process.pid).net_connections("tcp"))
            log = next(folder.glob("log-*")).read_text()
            lines = [json.loads(line) for line in (folder / "held").read_text().splitlines()]
    busy = lines[: -int(QUIET_SECONDS / 3)]
    if errors:
        print(log[-3000:])
    for error, times in Counter(errors).most_common(5):
        print(f"    {times} × {error}")
    what = f"soak of {given.minutes:g} min, {given.sessions} sessions"
    print(f"    {asked} runs of {LANES} lanes; {open_still} connections are open at its end")
    rows.show(f"{what}: errors of sessions", len(errors), 0, "")
    for each, (limit, unit) in LIMITS.items():
        before, after = quarters(busy, each)
        print(f"    {each}: {before:.0f} in the second quarter, {after:.0f} in the last")
        rows.show(f"{what}: {each} that came", after - before, limit, unit)
    sys.exit(0 if rows.good else 1)


if __name__ == "__main__":
    main()
