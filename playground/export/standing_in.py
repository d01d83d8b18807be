"""What a report says of answers that no live model gave."""

from __future__ import annotations

from collections.abc import Iterator

from playground.domain import Run


def not_live(run: Run) -> str:
    """Who answered instead of a live model, a sentence or two for each."""
    return " ".join(_sentences(run))


def _sentences(run: Run) -> Iterator[str]:
    made_up = [str(r.model) for r in run.responses if r.source == "simulated"]
    replayed = [stand_in for stand_in in run.stand_ins if stand_in != "simulated"]
    if made_up or not replayed:
        which = "" if len(made_up) in (0, len(run.responses)) else f" ({', '.join(made_up)})"
        yield (
            f"Simulated{which}: the built-in demo server wrote these answers and their timing; no provider was asked and"
            " nothing was billed."
        )
    if replayed:
        yield (
            f"Not live: {'; '.join(replayed)}. The answers and tokens are the service's own, the timing is ours; nothing"
            " was billed."
        )
