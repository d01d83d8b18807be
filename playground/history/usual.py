"""What is usual, by one's own past answers."""

from __future__ import annotations

import statistics
from collections.abc import Sequence

LATEST = 50
"""Answers that are looked at, the newest first."""
ENOUGH = 3
"""Fewer answers say nothing of what is usual."""


def middle(found: Sequence[int]) -> int | None:
    """The median; None of too few."""
    return int(statistics.median(found)) if len(found) >= ENOUGH else None
