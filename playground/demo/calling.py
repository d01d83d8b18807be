"""Which functions the model calls: those that the question asks for, once more after a failure, and the one for the answer."""

from __future__ import annotations

import json
import random
import re
import secrets
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from playground.demo import counting
from playground.demo.ask import Ask, Offer, Turn
from playground.demo.schema import PLACES, Instance, places


@dataclass(frozen=True, slots=True)
class Call:
    """A tool call that the simulated model makes."""

    id: str
    name: str
    arguments: str
    """JSON text."""

    @property
    def parsed(self) -> Any:
        """The arguments as JSON."""
        return json.loads(self.arguments)


def call_text(name: str, arguments: str) -> str:
    """A tool call as it is counted in the input of the next turn."""
    return f"{name}\n{arguments}"


def tool_calls(ask: Ask, dice: random.Random) -> tuple[Call, ...]:
    """The calls that the question asks for: those whose name or description shares a word with it."""
    offers = [t for t in ask.tools if not t.hosted]
    if not offers or ask.tool_choice == "none":
        return ()
    answering = [t for t in offers if ANSWERING.search(f"{t.name} {t.description}")]
    if ask.has_result and not _tries_again(ask):
        wanted = [] if _called(ask) & {t.name for t in answering} else answering
    else:
        by_name = [t for t in offers if t.name == ask.tool_choice]
        fitting = [t for t in offers if t not in answering and _fits(t, ask.prompt)]
        wanted = by_name or fitting or answering
        if not wanted and ask.tool_choice == "required":
            wanted = offers[:1]
    calls = [call for offer in wanted for call in _calls(offer, ask, dice)]
    return tuple(calls if ask.parallel else calls[:1])


def _calls(offer: Offer, ask: Ask, dice: random.Random) -> list[Call]:
    """One call, or one for each place that the question names where the function takes a place."""
    takes = any(name.lower() in PLACES for name in offer.schema.get("properties") or ())
    named = places(ask.prompt) if takes else []
    prompts = [f"in {place}" for place in named] if len(named) > 1 else [ask.prompt]
    found = [counting.compact(Instance(offer.schema, text, dice).make()) for text in prompts]
    return [Call(secrets.token_hex(12), offer.name, arguments) for arguments in found]


ANSWERING = re.compile(
    r"\bfinal[ _](?:response|result|answer|output)|\brespond to the user\b|\bstructured[ _](?:response|output)",
    re.IGNORECASE,
)
"""A function that only takes the answer: clients offer one to get it in their own form."""


def _called(ask: Ask) -> set[str]:
    """The functions that were called since the last question."""
    parts = [part for turn in _since_asked(ask) for part in turn.parts]
    return {part.text.partition("\n")[0] for part in parts if part.kind == "tool_call"}


def _since_asked(ask: Ask) -> tuple[Turn, ...]:
    """The turns after the last message of the user that is no result of a tool."""
    asked = [
        number
        for number, turn in enumerate(ask.turns)
        if turn.role == "user" and all(part.kind != "tool_result" for part in turn.parts)
    ]
    return ask.turns[asked[-1] + 1 :] if asked else ask.turns


def _tries_again(ask: Ask) -> bool:
    """True when a tool has failed once: the model asks it a second time, and then gives up."""
    turns = _since_asked(ask)
    called = [any(part.kind == "tool_call" for part in turn.parts) for turn in turns]
    hops = sum(now and not before for before, now in pairwise([False, *called]))
    return hops < MOST_TRIES and any(part.failed or FAILED.match(part.text) for part in ask.results)


FAILED = re.compile(
    r"""\s*[{"']*\s*(?:\w*error(?:_\w+)?\b(?!["']?\s*:\s*(?:null|false|0\b|""))|traceback\b)|.*\btry again\W*$""",
    re.IGNORECASE | re.DOTALL,
)
"""The result of a tool that did not work, where the door has no field for it."""
MOST_TRIES = 2


def _fits(offer: Offer, prompt: str) -> bool:
    said = {_stem(word) for word in re.findall(r"[a-z]{4,}", prompt.lower())}
    name = re.sub(r"([a-z])([A-Z])", r"\1 \2", offer.name).lower()
    own = {_stem(word) for word in re.findall(r"[a-z]{4,}", name)} - COMMON
    return offer.name.lower() in prompt.lower() or bool(said & own)


def _stem(word: str) -> str:
    return word[:5]


COMMON = {
    _stem(w)
    for w in ("current", "find", "fetch", "search", "tool", "list", "make", "call", "this", "with")
}
"""Words of tool names that say nothing about the question."""
