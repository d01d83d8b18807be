"""What a report says of answers that no live model gave."""

from __future__ import annotations

from playground.domain import Run

SIMULATED = (
    "Simulated: the built-in demo server wrote these answers and their timing; no provider was asked and nothing was"
    " billed."
)


def not_live(run: Run) -> str:
    """One sentence on who answered instead of a live model."""
    if not run.recorded:
        return SIMULATED
    which = "; ".join(run.stand_ins)
    return f"Not live: {which}. The answers and tokens are the service's own, the timing is ours; nothing was billed."
