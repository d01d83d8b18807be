"""What the real APIs refuse: the form of a body, what its model does not take, what its door does not take; in their words."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from playground.demo.ask import Ask, Refused
from playground.demo.refusals import anthropic, gemini, openai
from playground.demo.refusals.bodies_anthropic import COUNT, MESSAGES
from playground.demo.refusals.bodies_gemini import GENERATE, INTERACTIONS
from playground.demo.refusals.bodies_openai import CHAT, RESPONSES
from playground.demo.refusals.fact_words import worded
from playground.demo.refusals.facts import refused
from playground.demo.refusals.kinds import Kind, flaws
from playground.demo.refusals.wording import WORDS

Body = Mapping[str, Any]
Rules = Callable[[Body, Ask], Iterator[Refused]]


@dataclass(frozen=True, slots=True)
class Strict:
    """One door's rules."""

    api: str
    """The door by the catalog's name."""
    send: Kind
    count: Kind
    """The fields of a body to send, and of one to count."""
    rules: Rules


STRICT: Mapping[str, Strict] = {
    "openai_responses": Strict("responses", RESPONSES, RESPONSES, openai.responses),
    "openai_chat": Strict("chat", CHAT, CHAT, openai.chat),
    "anthropic_messages": Strict("messages", MESSAGES, COUNT, anthropic.messages),
    "gemini_generate": Strict("generate_content", GENERATE, GENERATE, gemini.generate),
    "gemini_interactions": Strict("interactions", INTERACTIONS, INTERACTIONS, gemini.interactions),
}
"""Doors that are strict; a compatible server takes what it is given."""


def shape(door: str, body: Body, action: str, headers: Mapping[str, str]) -> None:
    """Raise Refused for the first thing that is wrong with the form of a body; `action` is `send`, `stream` or `count`."""
    strict = STRICT.get(door)
    if strict is None:
        return
    if door == "anthropic_messages":
        _first(anthropic.headers(headers))
        _first(anthropic.betas(headers, body))
    if door == "openai_responses":
        _first(openai.exclusive(body))
    kind = strict.count if action == "count" else strict.send
    _first(WORDS[door](flaw) for flaw in flaws(body, kind))
    if door == "gemini_generate":
        _first(gemini.shape(body.get("contents")))


def check(door: str, ask: Ask) -> None:
    """Raise Refused for the first thing that the model or the door does not take of a request that has been read."""
    strict = STRICT.get(door)
    if strict is None:
        return
    _first(worded(strict.api, fact, ask) for fact in refused(strict.api, ask))
    _first(strict.rules(ask.body, ask))


def _first(found: Iterator[Refused]) -> None:
    wrong = next(iter(found), None)
    if wrong is not None:
        raise wrong
