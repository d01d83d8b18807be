"""Runs whose answers wait for a vote: until then nothing that tells their models apart may reach the browser."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playground.engine.live import LiveRun

ORDER = "blind"
"""In a run's context: in which order its answers are shown, as their lanes' numbers; its names are hidden."""
VOTE = "vote"
"""In a run's context: what was voted."""


def held(run: LiveRun) -> bool:
    """Whether the run's names are hidden now: nobody has voted yet."""
    return ORDER in run.context and VOTE not in run.context
