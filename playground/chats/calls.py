"""A conversation as the calls that an API would be sent: the history again each time, a round of tools a call.

    input of a call  = everything on the way to it: instructions, prompts, answers, results, attachments
    output of a call = what the model wrote until somebody else did

Every branch was generated, so every branch is a call. Reasoning is never sent again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from playground.chats.nouns import Chat, Step
from playground.domain import ModelRef
from playground.tokens import count
from playground.tokens.attachments import image_tokens
from playground.tokens.counting import BEFORE_REASONING, DEFAULT, PER_MESSAGE, known_encoding


@dataclass(slots=True, kw_only=True)
class CallTokens:
    """One call, in tokens."""

    step: str
    """The first step of its answer."""
    before: str | None
    """The last step of its input."""
    at: datetime | None
    model: str | None
    """As the product calls it."""
    input: int
    history: int
    """Tokens of the input that earlier calls had as input or wrote: what is sent again."""
    output: int
    """What is seen of the answer."""
    thought: int = 0
    """What is seen of the reasoning."""
    counted: int | None = None
    """Output with reasoning as the export counts it."""
    seconds: float | None = None
    """How long it reasoned, where the export says."""


Counter = Callable[[Step], int]
"""Tokens of a step as it is sent again, framing included."""


class Counted:
    """Counts the texts of one conversation, each once: every model of a vocabulary, and input and output, share them."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, str], int] = {}

    def count(self, text: str, encoding: str) -> int:
        """Tokens of the text."""
        key = (text, encoding)
        if key not in self._known:
            self._known[key] = count(text, encoding)
        return self._known[key]


def counter(ref: ModelRef, counted: Counted) -> Counter:
    """Counts for this model: its own tokenizer where it is known, o200k_base where not; images by their size."""
    encoding = known_encoding(ref) or DEFAULT
    around = PER_MESSAGE if ref.provider == "openai" else 0

    def tokens(step: Step) -> int:
        images = sum(image_tokens(ref, *size) or 0 for size in step.images)
        said = counted.count(step.text, encoding) + images + step.attached
        return said + around if said else 0  # reasoning is sent to nobody, so nothing is around it

    return tokens


def start(ref: ModelRef) -> int:
    """Tokens that the provider adds to each request."""
    if ref.provider != "openai":
        return 0
    return 3 if BEFORE_REASONING.match(ref.model) else 2


class Counting(NamedTuple):
    """How one model's tokens are counted."""

    step: Counter
    text: Callable[[str], int]
    """Tokens of an answer's text, without framing."""
    start: int
    """Tokens that the provider adds to each request."""


Counts = Callable[[Chat, ModelRef, Counted], Counting]
"""How a conversation's tokens are counted for a model."""


def counted_here(ref: ModelRef, counted: Counted) -> Counting:
    """On this computer: exact where the model's tokenizer is known, an estimate elsewhere."""
    encoding = known_encoding(ref) or DEFAULT
    return Counting(counter(ref, counted), lambda text: counted.count(text, encoding), start(ref))


def calls(
    chat: Chat, tokens: Counter, text: Callable[[str], int], extra: int = 0
) -> list[CallTokens]:
    """The calls of a conversation, in the order of its steps; `extra` tokens are added to the input of each."""
    upto: dict[str | None, int] = {None: 0}
    known: dict[str | None, int] = {None: 0}
    """Step → tokens on the way to it that some call has seen already."""
    of: dict[str, CallTokens] = {}
    grown: set[str] = set()
    found: list[CallTokens] = []
    for step in chat.steps:
        mine = tokens(step)
        upto[step.id] = upto[step.parent] + mine
        if step.who != "assistant":
            known[step.id] = known[step.parent]
            continue
        call = of.get(step.parent or "") if step.goes_on and step.parent not in grown else None
        if call is None:
            first = of[step.parent].before if step.goes_on and step.parent in of else step.parent
            call = CallTokens(
                step=step.id,
                before=first,
                at=step.at,
                model=step.model or chat.model,
                input=upto[first] + extra,
                history=known[first],
                output=0,
            )
            found.append(call)
        elif step.parent:
            grown.add(step.parent)
        _grow(call, step, text)
        of[step.id] = call
        known[step.id] = upto[step.id]
    return found


def _grow(call: CallTokens, step: Step, text: Callable[[str], int]) -> None:
    call.output += text(step.text)
    call.thought += text(step.thought) if step.thought else 0
    call.seconds = step.thought_seconds if step.thought_seconds is not None else call.seconds
    call.model = call.model or step.model
    if step.tokens is not None:
        call.counted = (call.counted or 0) + step.tokens


@dataclass(frozen=True, slots=True)
class Cached:
    """A call with a cache: what of its input was read, what was written."""

    read: int
    written: int


def cached(
    found: list[CallTokens], chat: Chat, seconds: float, minimum: int, step: int = 1
) -> Iterator[Cached]:
    """What a cache that keeps a prefix for so long would have read: the longest that a call before it had sent.

    A gap that is not known is taken as too long; a prefix below `minimum` tokens is neither read nor written. It is read
    in whole steps of `step` tokens.
    """
    parents = {step.id: step.parent for step in chat.steps}
    sent: dict[str | None, tuple[datetime, int]] = {}
    for call in found:
        read, place = 0, call.before
        while place is not None and call.at is not None:
            if place in sent and (call.at - sent[place][0]).total_seconds() <= seconds:
                read = sent[place][1]
                break
            place = parents[place]
        if call.at is not None and call.input >= minimum:
            sent[call.before] = (call.at, call.input)
        read = read - read % step if read >= minimum else 0
        yield Cached(read=read, written=call.input - read if call.input >= minimum else 0)
