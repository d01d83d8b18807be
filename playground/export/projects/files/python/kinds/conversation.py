"""Goes on with the conversation: each line that you type is a turn, and every turn sends all before it again."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator

import door
import settings
from answer import Answer
from calling import ask
from errors import run


def talk(lines: Iterable[str]) -> Iterator[Answer]:
    """The answer to what request.json ends with, then one to each line."""
    body = settings.request()
    found = ask(body, _show)
    yield found
    for line in lines:
        body = door.following(body, found, text=line)
        found = ask(body, _show)
        yield found


def _show(piece: str) -> None:
    print(piece, end="", flush=True)


def typed() -> Iterator[str]:
    """What is typed, until the end of input; empty lines are left out."""
    while True:
        print("\n> ", end="", flush=True)
        line = sys.stdin.readline()
        if not line:
            return
        if line.strip():
            yield line.strip()


def main() -> int:
    for found in talk(typed()):
        given = "?" if found.usage.input is None else found.usage.input
        print(f"\n[{given} tokens sent, it ended so: {found.finish}]", file=sys.stderr)
    return 0


if __name__ == "__main__":
    run(main)
