"""Two processes of the app on one history, of which one is killed under load and started again.

    python benchmarks/restart.py [--sessions 10] [--database sqlite postgresql]

Half of the tabs have the one process, half the other; all stream four lanes. The first is killed in the midst (SIGKILL): its
tabs connect again by themselves, to a process that knows nothing of them, and must be shown their run out of the history, with
what had come of it. The other's tabs must not notice. Exit code 1 past a limit.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import re
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from functools import partial
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.load import LANES
from benchmarks.process import free_port
from benchmarks.rows import Rows
from benchmarks.served import endpoints_file, start
from benchmarks.soak import provider
from benchmarks.tabs import Tab
from tests.conftest import new_database
from tests.postgresql import cluster

TOKENS = 160
MODEL = f"srv:t{TOKENS}-r20"
KILL_AFTER = 3.0
BACK_SECONDS = 40.0


class Watched(Tab):
    """A tab that remembers the tokens of each lane."""

    def __init__(self, address: str) -> None:
        self.tokens: Counter[int] = Counter()
        self.first = ""
        super().__init__(address, self._read_text, keeps_page=True)

    def _read_text(self, lane: int, text: str) -> None:
        self.first = self.first or text.split()[0]
        self.tokens[lane] += len(text.split())


async def asked(address: str) -> Watched:
    """A tab whose run has begun to stream."""
    tab = Watched(address)
    await tab.open()
    await tab.click("add_lane")
    for lane in range(LANES):
        tab.fill(f"model_{lane}", MODEL)
    await tab.click("run")
    await tab.until(lambda: len(tab.tokens) == LANES)
    return tab


async def killed(rows: Rows, name: str, folder: Path, sessions: int, more: dict[str, str]) -> None:
    """Start both, kill one, start it again, and look at all tabs."""
    ports = [free_port(), free_port()]
    apps = [await asyncio.to_thread(start, folder, port, **more) for port in ports]
    addresses = [f"http://localhost:{port}" for port in ports]
    try:
        tabs = await asyncio.gather(*(asked(addresses[n % 2]) for n in range(sessions)))
        await asyncio.sleep(KILL_AFTER)
        apps[0].kill()
        apps[0].wait()
        dead, begun = tabs[::2], time.monotonic()
        apps[0] = await asyncio.to_thread(start, folder, ports[0], **more)
        for tab in dead:
            await tab.until(partial(shown_again, tab), BACK_SECONDS)
        back = time.monotonic() - begun
        for tab in tabs[1::2]:
            await tab.until(partial(all_ended, tab))
        show(rows, name, dead, tabs[1::2], back)
        await asyncio.gather(*(tab.close() for tab in tabs))
    finally:
        for app in apps:
            app.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                app.wait(15)
            app.kill()


def all_ended(tab: Watched) -> bool:
    """Whether every lane's stream has ended."""
    return len(tab.ended) == LANES


def shown_again(tab: Watched) -> bool:
    """Whether the page that was drawn last has what had come of its answers."""
    return bool(tab.reconnects) and any(tab.first.encode() in each for each in tab.page)


def show(rows: Rows, name: str, dead: list[Watched], others: list[Watched], back: float) -> None:
    """The figures of one kind of database."""
    errors = [error for tab in (*dead, *others) for error in tab.errors]
    errors += ["it was cut off and lived" for tab in others if tab.reconnects]
    for error, times in Counter(errors).most_common(5):
        print(f"    {times} × {error}")
    lost = [tab for tab in dead if not shown_again(tab) or "run=" not in tab.query]
    short = sum(TOKENS - tab.tokens[lane] for tab in others for lane in range(LANES))
    rows.show(f"{name}: errors of sessions", len(errors), 0, "")
    rows.show(f"{name}: killed, runs not found again", len(lost), 0, "")
    rows.show(f"{name}: killed, all tabs back after", back, 20, "s")
    rows.show(f"{name}: other process, tokens that did not arrive", short, 0, "")


@contextlib.contextmanager
def database(kind: str) -> Iterator[dict[str, str]]:
    """The variables of an app whose history is in this kind of database."""
    if kind == "sqlite":
        yield {}
        return
    with cluster() as server:
        url = re.sub(r"\+psycopg", "", new_database(server).render_as_string(False))
        yield {"PLAYGROUND_DATABASE_URL": url}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sessions", type=int, default=10)
    parser.add_argument("--database", nargs="+", default=["sqlite", "postgresql"])
    given = parser.parse_args()
    rows = Rows()
    with provider() as models:
        for kind in given.database:
            with tempfile.TemporaryDirectory() as name, database(kind) as more:
                endpoints_file(Path(name), models)
                asyncio.run(
                    killed(rows, f"two processes, {kind}", Path(name), given.sessions, more)
                )
    sys.exit(0 if rows.good else 1)


if __name__ == "__main__":
    main()
