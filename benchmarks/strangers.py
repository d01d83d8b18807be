"""Strangers at once at a hosted app, whose connections break: does anything of one of them reach another, or a key anybody?

    python benchmarks/strangers.py [--sessions 12] [--rounds 3]

Each tab has a cookie, a key and a word of its own. It types the key, asks a real lane and a simulated one for its word, has its
WebSocket cut in the midst of the answer, comes back, and saves what came in every format. Every message, every line of a
stream and every file is searched for all keys and for the words of others. Each tab also asks for another's stream and run.
When all are closed the app's memory, folder and log are searched for the keys. Exit code 1 past a limit.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import re
import secrets
import socket
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from streamlit.proto.DownloadButton_pb2 import DownloadButton

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.process import free_port
from benchmarks.rows import Rows
from benchmarks.served import served
from benchmarks.tabs import Tab
from playground.export.formats import FORMATS
from playground.ui import names
from playground.wire import MASK
from tests.browser import heap

CANARY = re.compile(rb"sk-canary[0-9a-f]{12}|zebra[0-9a-f]{12}")
"""A key, or a word."""
REAL, SIMULATED = "openai:gpt-6.1-sol", "anthropic:claude-sonnet-5-5"
LABELS = tuple(format_.label for format_ in FORMATS.values())
HIDDEN = MASK.encode()
NOT_HERE = re.compile("not here: it was deleted")
SERVERS = "sk-canary000000000000"
ENVIRONMENT = {
    "PLAYGROUND_HOSTED": "1",
    "PLAYGROUND_HISTORY": "on",
    "PLAYGROUND_GRACE_SECONDS": "5",
    "OPENAI_API_KEY": SERVERS,
    # The guard lets the name through, and not what it means: the key is in the request that is kept.
    "OPENAI_BASE_URL": "https://localhost/v1",
}


@dataclass
class Seen:
    """What all of them saw."""

    leaks: Counter[str] = field(default_factory=Counter)
    """Keys, and words of others, by where they were."""
    missing: list[str] = field(default_factory=list)
    """What a tab did not see of its own: then the search proves nothing."""
    errors: list[str] = field(default_factory=list)
    streamed: int = 0
    """Tabs to which their word came while it was written."""
    files: int = 0
    reconnects: int = 0
    keys: list[str] = field(default_factory=list)


class Stranger(Tab):
    """A tab that collects all canaries that come to it."""

    def __init__(self, address: str) -> None:
        secret = secrets.token_hex(6)
        self.key, self.word = f"sk-canary{secret}", f"zebra{secret}"
        self.found: set[bytes] = set()
        self.answer = ""
        super().__init__(address, self._read_text, self._read_bytes, keeps_page=True)

    def _read_bytes(self, data: bytes) -> None:
        self.found.update(CANARY.findall(data))

    def _read_text(self, lane: int, text: str) -> None:
        self.answer += text

    @property
    def foreign(self) -> list[str]:
        """What should not have come."""
        found = {*self.found, *CANARY.findall(self.answer.encode())}
        return sorted(each.decode() for each in found - {self.word.encode()})

    async def type_key(self) -> None:
        """Open the keys, type one, and close them."""
        self.open_box(names.KEYS_OPEN)
        await self.draw()
        self.fill(names.provider_key("openai"), self.key)
        await self.draw()
        self.fill(names.provider_key("openai"), "")
        self.open_box(names.KEYS_OPEN, opened=False)
        await self.draw()

    async def ask(self, *, cut: bool) -> None:
        """Ask both lanes, with the connection cut as soon as a text comes, until the page shows what came."""
        self.fill("prompt", f"Whose word is {self.word}?")
        for lane, model in enumerate((REAL, SIMULATED)):
            self.fill(f"model_{lane}", model)
        pieces, self.page = self.pieces, []
        await self.click("run")
        await self.until(lambda: self.pieces > pieces or self._shown())
        if cut:
            before = self.reconnects
            self.cut()
            await self.until(lambda: self.reconnects > before)
        await self.until(self._shown)

    def _shown(self) -> bool:
        """Whether the simulated answer, which repeats the question, is drawn."""
        return any(
            b"no real answer to" in each and self.word.encode() in each for each in self.page
        )

    async def save_all(self) -> list[bytes]:
        """The run in every format, by the buttons of its page."""
        await self.until(lambda: self._buttons.keys() >= {*LABELS})
        return [await self.save(self._buttons[label]) for label in LABELS]

    @property
    def _buttons(self) -> dict[str, str]:
        """Label of a button that makes a file → its key."""
        drawn = ((key, widget.drawn) for key, widget in self.widgets.items())
        return {each.label: key for key, each in drawn if isinstance(each, DownloadButton)}

    @property
    def streams(self) -> list[str]:
        """The addresses of its runs' streams."""
        return [*self._feeds]


async def life(tab: Stranger, number: int, rounds: int, seen: Seen) -> None:
    """All that one stranger does."""
    await tab.open()
    await tab.type_key()
    for round_ in range(rounds):
        await tab.ask(cut=(number + round_) % 2 == 0)
    files = await tab.save_all()
    seen.files += len(files)
    seen.missing += [
        f"its word in file {n}" for n, f in enumerate(files) if tab.word.encode() not in f
    ]
    if not any(HIDDEN in file for file in files):
        seen.missing.append("a file with a key that is hidden")


async def pry(tab: Stranger, others: Iterable[Stranger], seen: Seen) -> None:
    """Ask with this tab's cookie for what others have."""
    for other in others:
        for path in other.streams:
            if (status := (await tab.get(f"/{path}")).status_code) != 404:
                seen.leaks[f"a stream of another: {status}"] += 1
        visit = Stranger(tab.address)
        await visit.open(other.query)
        await visit.close()
        if "run=" not in other.query or not any(map(NOT_HERE.search, visit.errors)):
            seen.missing.append(f"a refusal of another's run: {visit.errors}")
        seen.leaks.update(f"{each[:5]} by ?run=" for each in visit.foreign)


async def crowd(address: str, sessions: int, rounds: int = 1) -> Seen:
    """So many strangers at once, and what came to them."""
    seen, tabs = Seen(), [Stranger(address) for _ in range(sessions)]
    await asyncio.gather(*(life(tab, n, rounds, seen) for n, tab in enumerate(tabs)))
    for number, tab in enumerate(tabs):
        await pry(tab, [tabs[number - 1]], seen)
    for tab in tabs:
        await tab.close()
        seen.errors += tab.errors
        seen.reconnects += tab.reconnects
        seen.keys.append(tab.key)
        seen.leaks.update(f"{each[:5]} in a tab" for each in tab.foreign)
        seen.streamed += tab.word in tab.answer
        if tab.word.encode() not in tab.found:
            seen.missing.append(f"{tab.word} in its own tab")
    return seen


def held(probe: int, key: str) -> dict[str, int]:
    """Which objects of the app hold this key."""
    with socket.create_connection(("127.0.0.1", probe), 60) as connection:
        connection.sendall(key[::-1].encode())
        found: dict[str, int] = json.loads(connection.makefile("rb").read())
    return found


def left(probe: int, keys: Iterable[str], patience: float = 90.0) -> list[str]:
    """The keys that are still in memory when patience is over."""
    end, remaining = time.monotonic() + patience, list(keys)
    while remaining and time.monotonic() < end:
        time.sleep(1)
        remaining = [key for key in remaining if held(probe, key)]
    return remaining


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sessions", type=int, default=12)
    parser.add_argument("--rounds", type=int, default=3)
    given = parser.parse_args()
    rows, probe = Rows(), free_port()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with served(folder, [heap.__file__, "PORT", str(probe)], **ENVIRONMENT) as (address, _):
            seen = asyncio.run(crowd(address, given.sessions, given.rounds))
            memory = left(probe, seen.keys)
            for key in memory[:1]:
                print(*held(probe, f"?{key}"), sep="\n    ")
        files = [path.read_bytes() for path in folder.rglob("*") if path.is_file()]
    disk = sum(key.encode() in data for data in files for key in seen.keys)
    for what, times in Counter([*seen.errors, *seen.missing]).most_common(5):
        print(f"    {times} × {what}")
    for where, times in seen.leaks.items():
        print(f"    {times} × {where}")
    what = f"{given.sessions} strangers, {given.rounds} runs each"
    if not seen.streamed:
        seen.missing.append("a word while it was written")
    print(f"    {seen.files} files saved, {seen.reconnects} connections made anew")
    rows.show(
        f"{what}: errors, and own words that did not come", len(seen.errors + seen.missing), 0, ""
    )
    rows.show(f"{what}: keys, and others' words, that came", seen.leaks.total(), 0, "")
    rows.show(f"{what}: keys in memory after the tabs", len(memory), 0, "")
    rows.show(f"{what}: keys on the disk and in the log", disk, 0, "")
    sys.exit(0 if rows.good else 1)


if __name__ == "__main__":
    main()
