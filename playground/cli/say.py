"""What a command says to the person, beside its output."""

from __future__ import annotations

import sys


def say(sentence: str) -> None:
    """A remark on standard error."""
    print(f"playground: {sentence}", file=sys.stderr)
