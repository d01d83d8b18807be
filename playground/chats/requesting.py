"""A conversation becomes a request: a system prompt, settings and a schema are proposed, each with the reason for it."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from playground import catalog
from playground.chats.structure import proposed
from playground.chats.talk import Talk, messages
from playground.domain import ModelRef, Request, Settings
from playground.tokens import estimate

_STANDING = re.compile(
    r"""\b(?:from\s+now\s+on|always|never|act\s+as|you\s+are\s+(?:a|an|my|the)\b|pretend|respond\s+(?:only|in)|answer\s+
    (?:only|in|as|with)|reply\s+(?:only|in)|write\s+(?:only|in)\b|keep\s+(?:it|them|your|the|every|answers?)\b|be\s+
    (?:brief|concise|short|formal|friendly|precise)|use\s+(?:simple|formal|informal|metric|british|american|bullet)|
    do\s?n[o']t\s+(?:use|add|explain|write|include|apologi[sz]e)|do\s+not\s+(?:use|add|explain|write|include)|
    no\s+(?:emoji|emojis|markdown|bullet\s+points|introductions?)|ab\s+jetzt|von\s+nun\s+an|immer|niemals|antworte\s+
    (?:nur|auf|in)|schreibe?\s+(?:nur|auf|in)|du\s+bist\s+(?:ein|eine|mein|meine)|fasse\s+dich|halte\s+dich)""",
    re.IGNORECASE | re.VERBOSE,
)
"""How people say what is to hold for all answers, in English and German."""
LONGEST_RULE = 300
ROOM = 1_024
"""Output tokens at least; a multiple of it is proposed."""
REASONING_ROOM = 8_192
"""Output tokens beside the answer for a model that reasons: its reasoning counts as output."""


class Rule(NamedTuple):
    """A sentence of the user that holds beyond its turn."""

    text: str
    turn: int
    """Which question it stands in, from 1."""


class Why(NamedTuple):
    """Something that is proposed, and the reason."""

    what: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """What the conversation becomes."""

    system: str
    """Empty where nothing in the conversation belongs into one."""
    rules: tuple[Rule, ...]
    max_output_tokens: int | None
    schema: dict[str, Any] | None
    reasons: tuple[Why, ...]


def rules(talk: Talk) -> tuple[Rule, ...]:
    """The user's sentences that say what is to hold for all answers, each once."""
    found: dict[str, Rule] = {}
    asked = [turn.text for turn in talk.turns if turn.role == "user"]
    for number, text in enumerate(asked, 1):
        for sentence in _sentences(text):
            if (
                len(sentence) <= LONGEST_RULE
                and not sentence.endswith("?")
                and _STANDING.search(sentence)
            ):
                found.setdefault(sentence.casefold(), Rule(sentence, number))
    return tuple(found.values())


def _sentences(text: str) -> Iterator[str]:
    without_code = re.sub(r"```.*?```", "", text, flags=re.DOTALL)
    for line in without_code.split("\n"):
        if not line.lstrip().startswith((">", "|")):
            yield from filter(None, (s.strip(" -*•") for s in re.split(r"(?<=[.!?])\s+", line)))


def proposal(talk: Talk, model: ModelRef) -> Proposal:
    """A system prompt, a limit and a schema out of what was said."""
    standing = rules(talk)
    reasons = []
    if talk.instructions:
        reasons.append(Why("System prompt", "holds what the conversation had as its instructions"))
    if standing:
        turns = ", ".join(dict.fromkeys(str(rule.turn) for rule in standing))
        reasons.append(
            Why("System prompt", f"holds what you asked for all answers (question {turns})")
        )
    if not talk.instructions and not standing:
        reasons.append(Why("System prompt", "none: nothing was said that holds for all answers"))
    system = "\n\n".join(filter(None, (talk.instructions, "\n".join(r.text for r in standing))))
    limit = None
    if talk.answers:
        longest = max(estimate(answer, model).tokens for answer in talk.answers)
        reasons_too = bool(catalog.describe(model).efforts)
        limit = ROOM * math.ceil(2 * longest / ROOM) + (REASONING_ROOM if reasons_too else 0)
        most = catalog.describe(model).max_output
        limit = limit if most is None else min(limit, most)
        room = ", and room for reasoning" if reasons_too else ""
        told = f"twice the longest answer (about {longest:,} tokens){room}: it ends what would never end"
        reasons.append(Why("Longest answer", told))
    made = proposed(talk.answers)
    if made:
        times = "an answer" if made.values == 1 else f"{made.values} answers"
        reasons.append(Why("Schema", f"read from {times} with a {made.kind}"))
    return Proposal(
        system=system,
        rules=standing,
        max_output_tokens=limit,
        schema=dict(made.schema) if made else None,
        reasons=tuple(reasons),
    )


def request(
    talk: Talk,
    model: ModelRef,
    *,
    system: str = "",
    max_output_tokens: int | None = None,
    schema: dict[str, Any] | None = None,
    whole: bool = True,
) -> Request:
    """The request that asks for the last answer again: with all turns before it, or the last question alone."""
    last = max((n for n, turn in enumerate(talk.turns) if turn.role == "user"), default=-1)
    turns = talk.turns[: last + 1] if whole else talk.turns[last : last + 1]
    settings = replace(Settings(), max_output_tokens=max_output_tokens, response_schema=schema)
    return Request(
        model=model, messages=messages(turns), system=system.strip() or None, settings=settings
    )
