"""An export of ChatGPT of any size, read and priced: how much memory it takes, how long nothing is heard, how soon it stops.

    python benchmarks/chats.py [--gigabytes 2] [--memory 300] [--silence 2] [--stop 1000]

The export is made of random words in the layout of conversations.json, inside a zip as people get it, in the temporary folder,
and deleted afterwards. It is read by a process of its own, whose peak of memory counts (MB of resident memory, the
interpreter and the price table with it); the longest time without a conversation is what progress can show at worst
(seconds); then it is begun again and cancelled in its midst (milliseconds, from the wish until all is closed, the longest
time without a conversation with it). Exit 1 where a limit is not kept.

2 GB on 2026-11-27, two shared cores: 28,923 conversations in 458 s, 111 MB of memory, 0.46 s without a conversation at the
longest, cancelled within 0.5 s, what is loaded before the first conversation with it.
"""

from __future__ import annotations

import argparse
import json
import random
import resource
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.process import environment
from benchmarks.rows import Rows

GB, MB = 10**9, 2**20
WORDS = 4_000
TURNS = 40
"""Messages of one conversation."""
PIECES = 2_000
"""Different paragraphs: making each letter anew would take longer than reading it."""
BEGAN = 1_700_000_000.0


def conversations(size: int) -> Iterator[str]:
    """JSON of conversations until there are so many bytes."""
    dice = random.Random(16)
    letters = "abcdefghijklmnopqrstuvwxyz"
    words = ["".join(dice.choices(letters, k=dice.randint(2, 10))) for _ in range(WORDS)]
    pieces = [" ".join(dice.choices(words, k=dice.randint(20, 400))) for _ in range(PIECES)]
    written = number = 0
    while written < size:
        text = json.dumps(_conversation(number, dice, pieces))
        written += len(text)
        number += 1
        yield text


def _conversation(number: int, dice: random.Random, pieces: list[str]) -> dict[str, Any]:
    mapping: dict[str, Any] = {}
    parent = None
    for turn in range(TURNS):
        name = f"{number}-{turn}"
        role = "user" if turn % 2 == 0 else "assistant"
        message = {
            "id": name,
            "author": {"role": role},
            "create_time": BEGAN + number * 600 + turn * 30,
            "content": {"content_type": "text", "parts": [dice.choice(pieces)]},
            "metadata": {"model_slug": "gpt-4o"},
        }
        mapping[name] = {"id": name, "parent": parent, "message": message}
        parent = name
    return {
        "conversation_id": f"c{number}",
        "title": f"Talk {number}",
        "create_time": BEGAN + number * 600,
        "update_time": BEGAN + number * 600 + 1_200,
        "mapping": mapping,
        "current_node": parent,
    }


def made(path: Path, size: int) -> None:
    """The export as a zip."""
    with (
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive,
        archive.open("conversations.json", "w", force_zip64=True) as file,
    ):
        for number, text in enumerate(conversations(size)):
            file.write(("[" if number == 0 else ",").encode() + text.encode())
        file.write(b"]")


def read(path: Path, stop_after: float | None) -> dict[str, float]:
    """Read and price it in this process; `stop_after` = seconds after which it is cancelled."""
    from playground import catalog
    from playground.chats.costing import Pricing
    from playground.chats.summary import Summary
    from playground.domain import clock
    from playground.pricing import load

    today = clock.today()
    summary = Summary(Pricing(catalog.defaults(today)[:1], load(own=False), today, 0))
    begun = last = time.perf_counter()
    silence, found = 0.0, summary.read([path])
    for number, _ in enumerate(found):
        now = time.perf_counter()
        last = last if number else now  # what is loaded once, before the first, is no part of it
        silence, last = max(silence, now - last), now
        if stop_after is not None and now - begun > stop_after:
            break
    wished = time.perf_counter()
    found.close()  # type: ignore[attr-defined]
    return {
        "conversations": summary.conversations,
        "seconds": time.perf_counter() - begun,
        "silence": silence,
        "stop": time.perf_counter() - wished + (0.0 if stop_after is None else silence),
        "mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / MB,
    }


def _apart(path: Path, stop_after: float | None = None) -> dict[str, float]:
    more = [] if stop_after is None else ["--stop-after", str(stop_after)]
    command = [sys.executable, __file__, "--read", str(path), *more]
    told = subprocess.run(command, stdout=subprocess.PIPE, check=True, env=environment())
    found: dict[str, float] = json.loads(told.stdout)
    return found


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--gigabytes", type=float, default=2.0)
    parser.add_argument("--memory", type=float, default=300.0)
    parser.add_argument("--silence", type=float, default=2.0)
    parser.add_argument("--stop", type=float, default=1000.0)
    parser.add_argument("--read", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--stop-after", type=float, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.read:
        print(json.dumps(read(given.read, given.stop_after)))
        return 0
    rows = Rows()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "export.zip"
        made(path, int(given.gigabytes * GB))
        whole, cut = _apart(path), _apart(path, stop_after=3.0)
    what = f"{given.gigabytes:g} GB of chats, {whole['conversations']:,.0f} conversations"
    print(f"{what}: {whole['seconds']:.0f} s")
    rows.show(
        f"{given.gigabytes:g} GB export of chats, priced: peak of memory",
        whole["mb"],
        given.memory,
        "MB",
    )
    rows.show("the longest without a conversation", whole["silence"], given.silence, "s")
    rows.show("cancelled in its midst, over after", cut["stop"] * 1_000, given.stop, "ms")
    return 0 if rows.good else 1


if __name__ == "__main__":
    sys.exit(main())
