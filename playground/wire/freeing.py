"""Letting go of very much without holding up those who are being timed."""

from __future__ import annotations

from typing import Any

PIECE = 5_000
"""Values freed in one go: half a million events at once stopped every thread for 35 ms (benchmarks/endless.py)."""


def let_go(values: list[Any]) -> None:
    """Empty a list a piece at a time, other threads in between; to be called on a thread that may take long."""
    while values:
        del values[-PIECE:]
