"""Why the prompt cache missed in a conversation: each turn compared with the one before it on its branch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from playground.domain import Message, ModelRef, Request, Response, Text
from playground.domain.nouns import jsonable
from playground.lab import cache_miss
from playground.lab.cache_miss import Said, Told, explain
from playground.lab.conversation import Turn
from playground.lab.prefixes import ORDER


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """One lane of one turn, and what became of the cache."""

    turn: int
    """From 1, along the branch."""
    model: ModelRef
    response: Response
    told: Told | None
    """None where there is nothing to tell."""


def told(path: Sequence[Turn], lane: int) -> Told | None:
    """Of the last turn of a branch: what its cache gave, and why not more.

    None for a first turn, for one without an answer, and where nothing is reported and nothing stands against a reading.
    """
    now = path[-1].response(lane)
    earlier = [n for n, turn in enumerate(path[:-1], 1) if turn.response(lane).ok]
    if not earlier or not now.ok:
        return None
    before = path[: earlier[-1]]
    found = explain(
        Said(request=whole(before, lane), response=before[-1].response(lane)),
        Said(request=whole(path, lane), response=now),
    )
    return found if found.read is not None or _speaks(now.model, found) else None


def _speaks(model: ModelRef, found: Told) -> bool:
    """Whether there is a cause although the cache was not reported: Gemini leaves the count out where nothing was read."""
    return model.provider in ORDER and any(r.kind != "unexplained" for r in found.reasons)


def whole(path: Sequence[Turn], lane: int) -> Request:
    """The last turn's request with what the provider keeps put back in front of it: that is billed, and cached, too."""
    sent = path[-1].request(lane)
    if not sent.previous_response_id or len(path) == 1:
        return sent
    answer = Message(role="assistant", parts=(Text(text=path[-2].response(lane).text),))
    return replace(sent, messages=(*whole(path[:-1], lane).messages, answer, *sent.messages))


def along(path: Sequence[Turn]) -> list[Kept]:
    """Every lane of every turn of a branch, the first turn first."""
    return [
        Kept(
            turn=number,
            model=path[number - 1].request(lane).model,
            response=path[number - 1].response(lane),
            told=told(path[:number], lane),
        )
        for number in range(1, len(path) + 1)
        for lane in range(len(path[number - 1].live.lanes))
    ]


def document(kept: Kept) -> dict[str, Any]:
    """As JSON values."""
    return {
        "turn": kept.turn,
        "model": str(kept.model),
        "usage": jsonable(replace(kept.response.usage, raw=None)),
        "cost": jsonable(kept.response.cost),
        "cache": None if kept.told is None else cache_miss.document(kept.told),
    }
