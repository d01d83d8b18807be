"""Tool calls and their results: which are unanswered, which answer nothing. The same for every door."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from playground.demo.ask import Turn


class Pairing(NamedTuple):
    """What does not fit together in a conversation."""

    unanswered: tuple[str, ...] = ()
    """Ids of calls that no result follows before somebody speaks again."""
    orphans: tuple[str, ...] = ()
    """Ids of results that answer no call before them."""
    doubled: tuple[str, ...] = ()
    """Ids that one turn answers twice."""
    place: int = 0
    """Number of the turn where it shows."""


def pairing(turns: Sequence[Turn], *, at_once: bool = True) -> Pairing:
    """The first thing that is wrong between calls and results; `at_once` = results must follow their calls directly."""
    waiting: dict[str, int] = {}
    known: set[str] = set()
    for number, turn in enumerate(turns):
        results = [part.id for part in turn.parts if part.kind == "tool_result"]
        orphans = tuple(id for id in results if id not in (waiting if at_once else known))
        if orphans:
            return Pairing(orphans=orphans, place=number)
        doubled = tuple(dict.fromkeys(id for id in results if results.count(id) > 1))
        if doubled:
            return Pairing(doubled=doubled, place=number)
        for id in results:
            waiting.pop(id, None)
        calls = [part.id for part in turn.parts if part.kind == "tool_call"]
        if at_once and waiting and not results and not calls:
            return Pairing(tuple(waiting), place=min(waiting.values()))
        waiting |= dict.fromkeys(calls, number)
        known |= set(calls)
    return Pairing(tuple(waiting), place=min(waiting.values())) if waiting else Pairing()
