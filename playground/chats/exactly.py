"""A conversation counted by the provider itself: each step by its own, so that every call's input is a sum of counts.

    input of a step    = count(filler, step, filler) − count(filler, filler); of instructions: as the system prompt
    output of a step   = count(step alone) − count(filler alone) + tokens of the filler
    tokens of a filler = count(one message of two fillers) − count(one message of one)

Claude takes no answer at the end and no answer at the beginning, hence the fillers. That nothing is lost between the
messages is checked: the input of the longest call is counted whole, too.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal, NamedTuple

from playground.chats.calls import Counted, Counting, calls, counted_here
from playground.chats.nouns import Chat, NotCounted, Step
from playground.domain import Endpoint, Message, ModelRef, Request, Text
from playground.providers import count_input_tokens
from playground.tokens.attachments import image_tokens
from playground.wire import Pool

FILLER = " a"
"""One token, or few, and the same number of them twice in a row."""
AT_ONCE = 6
"""Requests under way: those who count free of charge still limit how often."""
MOST_STEPS = 600
"""Of one conversation: each is a request or two."""

Who = Literal["user", "assistant"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Exactly:
    """One conversation, as one model's provider counts it."""

    ref: ModelRef
    steps: Mapping[str, int]
    """Step → tokens as input, framing included."""
    texts: Mapping[str, int]
    """Text of an answer → its tokens as output."""
    start: int
    """Tokens that the provider adds to each request."""
    requests: int
    """How many counts were asked for."""
    whole: int | None = None
    """Input of the longest call, counted as it would be sent; None where it can't be told from its parts."""
    summed: int | None = None
    """The same by the sum of its parts."""
    simulated: bool = False

    def counting(self, ref: ModelRef, counted: Counted) -> Counting:
        """These counts for this model; any other is counted on this computer."""
        here = counted_here(ref, counted)
        if ref != self.ref:
            return here
        texts = self.texts
        return Counting(
            step=lambda step: self.steps[step.id],
            text=lambda text: texts[text] if text in texts else here.text(text),
            start=self.start,
        )


async def count_exactly(
    chat: Chat,
    ref: ModelRef,
    endpoint: Endpoint,
    *,
    pool: Pool,
    done: Callable[[int], None] = lambda number: None,
) -> Exactly:
    """Ask the provider's counting endpoint about every step; ProviderError where it does not answer.

    Attachments are not in an export: images count by their size, files as the product counted them, as ever. NotCounted
    where the conversation has more than MOST_STEPS steps.
    """
    if len(chat.steps) > MOST_STEPS:
        raise NotCounted(
            f"This conversation has {len(chat.steps):,} steps, more than {MOST_STEPS:,}."
        )
    asking = _Asking(ref, endpoint, pool, asyncio.Semaphore(AT_ONCE), done)
    frame = await asking.frame()
    steps = await asyncio.gather(*(asking.step(step, frame) for step in chat.steps))
    answers = dict.fromkeys(s.text for s in chat.steps if s.who == "assistant" and s.text)
    outputs = await asyncio.gather(*(asking.output(text, frame) for text in answers))
    found = Exactly(
        ref=ref,
        steps={step.id: tokens for step, tokens in zip(chat.steps, steps, strict=True)},
        texts=dict(zip(answers, outputs, strict=True)),
        start=frame.start,
        requests=asking.asked,
        simulated=endpoint.simulated,
    )
    return await _checked(chat, found, asking)


class _Frame(NamedTuple):
    """What the provider puts around what is said."""

    once: int
    """The filler alone."""
    twice: int
    """The filler as two messages."""
    filler: int
    """Tokens of the filler's text."""

    @property
    def start(self) -> int:
        return self.once - (self.twice - self.once)


@dataclass(slots=True)
class _Asking:
    """Asks one provider for counts, a few at a time."""

    ref: ModelRef
    endpoint: Endpoint
    pool: Pool
    places: asyncio.Semaphore
    done: Callable[[int], None]
    asked: int = 0

    async def count(self, *said: tuple[Who, str], system: str | None = None) -> int:
        return await self.request(_request(self.ref, said, system))

    async def request(self, request: Request) -> int:
        async with self.places:
            found = await count_input_tokens(request, self.endpoint, pool=self.pool)
        self.asked += 1
        self.done(self.asked)
        return found

    async def frame(self) -> _Frame:
        one = Message(role="user", parts=(Text(text=FILLER), Text(text=FILLER)))
        once, twice, parts = await asyncio.gather(
            self.count(("user", FILLER)),
            self.count(("user", FILLER), ("user", FILLER)),
            self.request(Request(model=self.ref, messages=(one,))),
        )
        return _Frame(once, twice, parts - once)

    async def step(self, step: Step, frame: _Frame) -> int:
        """Tokens that a step adds to every later input."""
        images = sum(image_tokens(self.ref, *size) or 0 for size in step.images)
        beside = images + step.attached
        if not step.text:
            return beside
        if step.who == "context":
            return beside + await self.count(("user", FILLER), system=step.text) - frame.once
        said = await self.count(("user", FILLER), (_who(step), step.text), ("user", FILLER))
        return beside + said - frame.twice

    async def output(self, text: str, frame: _Frame) -> int:
        """Tokens of an answer as it was written, without framing."""
        return await self.count(("user", text)) - frame.once + frame.filler


def _who(step: Step) -> Who:
    return "assistant" if step.who == "assistant" else "user"


def _request(ref: ModelRef, said: Sequence[tuple[Who, str]], system: str | None) -> Request:
    messages = tuple(Message(role=who, parts=(Text(text=text),)) for who, text in said)
    return Request(model=ref, messages=messages, system=system)


async def _checked(chat: Chat, found: Exactly, asking: _Asking) -> Exactly:
    """The counts, with the longest call's input counted whole beside the sum of its parts."""
    how = found.counting(found.ref, Counted())
    longest = max(
        calls(chat, how.step, how.text, how.start), key=lambda call: call.input, default=None
    )
    way = _way(chat, longest.before if longest else None)
    if longest is None or not _tellable(way):
        return replace(found, requests=asking.asked)
    said = [(_who(step), step.text) for step in way if step.who != "context"]
    system = next((step.text for step in way if step.who == "context"), None)
    whole = await asking.request(_request(found.ref, said, system))
    return replace(found, requests=asking.asked, whole=whole, summed=longest.input)


def _way(chat: Chat, place: str | None) -> list[Step]:
    """The steps from the first to this one."""
    known = {step.id: step for step in chat.steps}
    way: list[Step] = []
    while place in known:
        way.append(known.pop(place))
        place = way[-1].parent
    return way[::-1]


def _tellable(way: Sequence[Step]) -> bool:
    """Whether this can be sent as it stands: text only, one system prompt, both sides in turn, the last word the user's."""
    said = [_who(step) for step in way if step.who != "context"]
    plain = all(step.text and not step.images and not step.attached for step in way)
    turns = all(who == ("user", "assistant")[number % 2] for number, who in enumerate(said))
    contexts = sum(step.who == "context" for step in way)
    return plain and turns and len(said) % 2 == 1 and contexts <= 1
