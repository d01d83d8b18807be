"""When each piece of an answer leaves the server: an absolute schedule, so that a slow writer catches up."""

from __future__ import annotations

import random
import re
from dataclasses import dataclass

WORD = re.compile(r"\s*(?:\w+|[^\w\s]+)|\s+")
REASONING_SPEED = 3.0
"""Reasoning runs at so many times the visible speed."""
JITTER = 0.15
"""The first token comes up to this share earlier or later, by the seed of the question."""

Beat = tuple[float, str]
"""Seconds from the arrival of the request, and the text that leaves then."""


@dataclass(frozen=True, slots=True)
class Schedule:
    """The whole answer in time."""

    opened: float
    """When the head and the opening events leave."""
    reasoning: tuple[Beat, ...]
    reasoned: float
    """When reasoning is over."""
    texts: tuple[tuple[Beat, ...], ...]
    """One row a choice."""
    calls: tuple[tuple[Beat, ...], ...]
    """One row a tool call: the pieces of its arguments."""
    ended: float


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast one answer comes."""

    ttft: float
    speed: float
    scale: float
    """1 = as the model's row says; 0 = no waiting at all; 2 = twice as slow."""

    def lay_out(
        self,
        reasoning: str,
        reasoning_tokens: int,
        texts: list[tuple[str, int]],
        calls: list[tuple[str, int]],
        dice: random.Random,
    ) -> Schedule:
        """Spread texts with their token counts over time: reasoning first, then text, then tool calls."""
        opened = self.ttft * (1 + JITTER * (2 * dice.random() - 1)) * self.scale
        gap = self.scale / self.speed
        reasoned = opened + reasoning_tokens * gap / REASONING_SPEED
        thoughts = spread(pieces(reasoning, dice), opened, reasoned)
        rows = [spread(pieces(t, dice), reasoned, reasoned + n * gap) for t, n in texts]
        at = reasoned + max((n for _, n in texts), default=0) * gap
        spoken = []
        for text, tokens in calls:
            spoken.append(spread(pieces(text, dice), at, at + tokens * gap))
            at += tokens * gap
        return Schedule(opened, thoughts, reasoned, tuple(rows), tuple(spoken), at)


def pieces(text: str, dice: random.Random) -> list[str]:
    """The text cut into pieces of one to three tokens; joined they are the text."""
    words = WORD.findall(text)
    found = []
    at = 0
    while at < len(words):
        step = dice.choice((1, 1, 2, 2, 3))
        found.append("".join(words[at : at + step]))
        at += step
    return found


def spread(found: list[str], start: float, end: float) -> tuple[Beat, ...]:
    """The pieces at even distances: the first at `start`, the last one distance before `end`."""
    gap = (end - start) / len(found) if found else 0.0
    return tuple((start + i * gap, piece) for i, piece in enumerate(found))
