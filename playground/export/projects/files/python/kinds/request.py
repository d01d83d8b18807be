"""Sends the request and prints the answer as it comes."""

from __future__ import annotations

import sys

import settings
from answer import Answer
from calling import ask
from errors import run


def answer() -> Answer:
    """The whole answer; it has been printed by then."""
    return ask(settings.request(), lambda piece: print(piece, end="", flush=True))


def main() -> int:
    found = answer()
    print()
    print(f"It ended so: {found.finish}.", file=sys.stderr)
    return 0


if __name__ == "__main__":
    run(main)
