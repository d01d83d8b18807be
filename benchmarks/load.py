"""Many people at once: so many tabs, each streaming four lanes, of one app on this computer.

    python benchmarks/load.py [--sessions 50] [--seconds 30] [--rate 10] [--spread 15]

Every token is the time at which the provider made it, and a tab reads that time when the text reaches it: the screen's lag,
over all tokens of all lanes, the presses of Run and the drawing of every ended lane included. All stream at once after
`spread` seconds. With `--spread 0` all press in the same instant: then each waits for all the others' pages. The tabs and the provider are
processes of their own, on the same cores. Two waves follow the first: what the first has left in memory they take again,
so only what the third adds has been lost. Exit code 1 past a limit.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import multiprocessing
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import psutil

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.process import free_port
from benchmarks.rows import Rows, percentile
from benchmarks.served import endpoints_file, served
from benchmarks.stamped import serve
from benchmarks.tabs import Tab

LANES = 4
PROVIDERS = ("srv", "other")
WAVES = 3
OPENING = 4
"""Tabs that are opened at once: people do not all come in the same second."""
MB = 2**20


@dataclass
class Wave:
    """What one wave of tabs has seen."""

    lags: list[float] = field(default_factory=list)
    """Seconds from a token's making to its arrival in a tab, all of them."""
    texts: Counter[tuple[int, int]] = field(default_factory=Counter)
    """Tokens by tab and lane."""
    errors: list[str] = field(default_factory=list)
    answers: list[float] = field(default_factory=list)
    """Seconds from the press of Run to the first text in its tab."""
    cpu: float = 0.0
    """CPU seconds of the app while it streamed."""
    streamed: float = 0.0


async def wave(
    address: str, server: psutil.Process, sessions: int, model: str, spread: float = 0.0
) -> Wave:
    """Open so many tabs, press Run in all of them within `spread` seconds, follow every lane to its end, and close them."""
    seen = Wave()
    tabs = [Tab(address, _reader(seen, number)) for number in range(sessions)]
    gate = asyncio.Semaphore(OPENING)

    async def ready(tab: Tab) -> None:
        async with gate:
            await tab.open()
            await tab.click("add_lane")
            for lane in range(LANES):
                tab.fill(f"model_{lane}", f"{PROVIDERS[lane % 2]}:{model}")

    async def asked(number: int, tab: Tab) -> None:
        await asyncio.sleep(spread * number / sessions)
        begun = time.monotonic()
        await tab.click("run")
        await tab.until(lambda: any(seen.texts[number, lane] for lane in range(LANES)))
        seen.answers.append(time.monotonic() - begun)
        await tab.until(lambda: len(tab.ended) >= LANES, 180)
        drawn = tab.finished
        await tab.until(lambda: tab.finished > drawn, 60)

    await asyncio.gather(*map(ready, tabs))
    before, begun = sum(server.cpu_times()[:2]), time.monotonic()
    await asyncio.gather(*(asked(number, tab) for number, tab in enumerate(tabs)))
    seen.cpu, seen.streamed = sum(server.cpu_times()[:2]) - before, time.monotonic() - begun
    await asyncio.gather(*(tab.close() for tab in tabs))
    seen.errors = [error for tab in tabs for error in tab.errors]
    seen.errors += [f"connected again {tab.reconnects} times" for tab in tabs if tab.reconnects]
    return seen


def _reader(seen: Wave, tab: int):  # type: ignore[no-untyped-def]
    def read(lane: int, text: str) -> None:
        now = time.monotonic_ns()
        made = text.split()
        seen.texts[tab, lane] += len(made)
        seen.lags += [(now - int(each)) / 1e9 for each in made]

    return read


def settled(held: Path, seconds: float) -> float:
    """The least memory in MB that the app had in so many seconds, without what ended runs have that it keeps on purpose."""
    before = len(held.read_text().splitlines())
    time.sleep(seconds)
    lines = [json.loads(line) for line in held.read_text().splitlines()[before:]]
    return min(float(line["memory"]) - float(line["kept"]) for line in lines)


def missing(seen: Wave, sessions: int, expected: int) -> int:
    """Tokens that did not arrive, those of lanes that got none at all too."""
    lanes = ((tab, lane) for tab in range(sessions) for lane in range(LANES))
    return sum(max(0, expected - seen.texts[key]) for key in lanes)


def show(rows: Rows, name: str, seen: Wave, short: int) -> None:
    """The figures of a wave beside their limits."""
    for error, times in Counter(seen.errors).most_common(5):
        print(f"    {times} × {error}")
    print(f"    the app used {seen.cpu / seen.streamed:.2f} cores for {seen.streamed:.0f} s")
    rows.show(f"{name}: errors of sessions", len(seen.errors), 0, "")
    rows.show(f"{name}: press of Run to first text p95", percentile(seen.answers, 0.95), 3, "s")
    rows.show(f"{name}: tokens that did not arrive", short, 0, "")
    rows.show(f"{name}: screen lag p50", percentile(seen.lags, 0.5), 0.25, "s")
    rows.show(f"{name}: screen lag p95", percentile(seen.lags, 0.95), 1, "s")
    rows.show(f"{name}: screen lag at most", max(seen.lags), 5, "s")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sessions", type=int, default=50)
    parser.add_argument("--seconds", type=int, default=30, help="that each lane streams")
    parser.add_argument("--spread", type=float, default=15.0, help="seconds in which all press Run")
    parser.add_argument("--rate", type=int, default=10, help="tokens a second of each lane")
    parser.add_argument("--settle", type=float, default=150.0, help="seconds after each wave")
    given = parser.parse_args()
    port, rows = free_port(), Rows()
    provider = multiprocessing.get_context("spawn").Process(target=serve, args=(port,), daemon=True)
    provider.start()
    tokens = given.seconds * given.rate
    model = f"t{tokens}-r{given.rate}"
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        held = folder / "held"
        endpoints_file(folder, port)
        script = str(Path(__file__).with_name("soak_app.py"))
        with served(folder, [script, "PORT", str(held), "5"]) as (address, process):
            server = psutil.Process(process.pid)
            asyncio.run(wave(address, server, 2, "t10-r50"))  # it has warmed everything
            memory = [settled(held, 11)]
            for number in range(1, WAVES + 1):
                seen = asyncio.run(wave(address, server, given.sessions, model, given.spread))
                peak = server.memory_info().rss / MB
                memory.append(settled(held, given.settle))
                print(
                    f"    memory {peak:.0f} MB at its end, {memory[-1]:.0f} after, kept runs apart"
                )
                short = missing(seen, given.sessions, tokens)
                show(rows, f"load {number}, {given.sessions} × {LANES} lanes", seen, short)
    rows.show("load: memory that the first wave leaves", memory[1] - memory[0], 150, "MB")
    rows.show("load: memory that the third adds", memory[3] - memory[2], 20, "MB")
    provider.terminate()
    sys.exit(0 if rows.good else 1)


if __name__ == "__main__":
    main()
