"""Why turn 10 costs more than turn 1: every turn sends all earlier ones again. Measured, and projected to N turns.

    input of turn t = input of turn t - 1  +  the answer to it  +  the new question

A projection goes on by asking the questions of the measured conversation again, in the same order, with answers of the
same length. On a server that counts parts apart (the demo does) it equals the sum of the real calls exactly.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from itertools import accumulate, pairwise

from playground.catalog import describe
from playground.domain import Cost, ModelRef, Response, Usage
from playground.pricing import PriceBook


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """Tokens of one turn."""

    number: int
    """From 1."""
    input_tokens: int
    """Everything sent: resent history, system prompt, framing, the new question."""
    output_tokens: int
    """Everything billed as output, reasoning included."""
    measured: bool
    cache_read: int = 0
    """Included in `input_tokens`."""
    cache_write: int = 0
    """Included in `input_tokens`."""
    reasoning_tokens: int = 0
    """Included in `output_tokens`: thought, and not sent again."""

    @property
    def full_price(self) -> int:
        """Input that was not read from a cache."""
        return self.input_tokens - self.cache_read

    def usage(self) -> Usage:
        """The turn as a provider would report it."""
        return Usage(
            input_tokens=self.input_tokens,
            output_tokens=self.output_tokens,
            cache_read_input_tokens=self.cache_read,
            cache_write_input_tokens=self.cache_write,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Growth:
    """What was measured of a conversation, and how it would go on."""

    turns: tuple[Turn, ...]
    wrap: int | None = None
    """Tokens by which the input grows when the first question is asked again after the last measured answer."""
    wrap_estimate: bool = False
    """True when `wrap` was not counted by the provider."""

    def project(self, until: int) -> tuple[Turn, ...]:
        """The measured turns and as many projected ones as are needed to have `until`; fewer than asked are cut."""
        if not self.turns:
            return ()
        return tuple(turn for turn, _ in zip(self._endless(), range(until), strict=False))

    def _endless(self) -> Iterator[Turn]:
        yield from self.turns
        steps = self._steps()
        last = self.turns[-1]
        while True:
            position = last.number % len(self.turns)
            last = Turn(
                number=last.number + 1,
                input_tokens=last.input_tokens + steps[position],
                output_tokens=self.turns[position].output_tokens,
                reasoning_tokens=self.turns[position].reasoning_tokens,
                measured=False,
            )
            yield last

    def _steps(self) -> list[int]:
        """By how much the input grows at each turn of a round; the first is from the last turn to the first question."""
        inputs = [turn.input_tokens for turn in self.turns]
        inner = [here - before for before, here in pairwise(inputs)]
        wrap = self.wrap
        if wrap is None:
            known = inner or [inputs[0] + self.turns[0].output_tokens]
            wrap = sum(known) // len(known)
        return [wrap, *inner]


def measured(responses: Sequence[Response]) -> tuple[Turn, ...]:
    """The turns as reported, up to the first that reported no usage."""
    turns = []
    for number, response in enumerate(responses, 1):
        usage = response.usage
        if usage.input_tokens is None or usage.output_tokens is None:
            break
        turns.append(
            Turn(
                number=number,
                input_tokens=usage.input_tokens,
                output_tokens=usage.output_tokens,
                measured=True,
                cache_read=usage.cache_read_input_tokens or 0,
                cache_write=usage.cache_write_input_tokens or 0,
                reasoning_tokens=usage.reasoning_output_tokens or 0,
            )
        )
    return tuple(turns)


def scripted(question: int, answer: int, turns: int, system: int = 0) -> tuple[Turn, ...]:
    """A conversation by its sizes alone: so many tokens a question and an answer, and a system prompt each time."""
    return tuple(
        Turn(
            number=t,
            input_tokens=system + t * question + (t - 1) * answer,
            output_tokens=answer,
            measured=False,
        )
        for t in range(1, turns + 1)
    )


def with_input(turns: Sequence[Turn], tokens: int) -> tuple[Turn, ...]:
    """The same turns with so many input tokens together, each in its share: long conversations among short ones count."""
    whole = sum(turn.input_tokens for turn in turns) or 1
    ends = [
        turn_end * tokens // whole for turn_end in accumulate(turn.input_tokens for turn in turns)
    ]
    return tuple(
        replace(turn, input_tokens=end - before)
        for turn, before, end in zip(turns, (0, *ends), ends, strict=False)
    )


def with_hidden(turns: Sequence[Turn], tokens: int) -> tuple[Turn, ...]:
    """The same turns with a system prompt of so many tokens in front of each."""
    return tuple(replace(turn, input_tokens=turn.input_tokens + tokens) for turn in turns)


def uncached(turns: Sequence[Turn]) -> tuple[Turn, ...]:
    """The same turns with all input at the full rate."""
    return tuple(replace(turn, cache_read=0, cache_write=0) for turn in turns)


def cached(turns: Sequence[Turn], minimum: int) -> tuple[Turn, ...]:
    """The same turns with a cache at its best: all that was sent before is read, only what is new is written.

    A prefix shorter than `minimum` tokens is neither read nor written.
    """
    found = []
    before = 0
    for turn in turns:
        read = before if before >= minimum else 0
        write = turn.input_tokens - read if turn.input_tokens >= minimum else 0
        found.append(replace(turn, cache_read=read, cache_write=write))
        before = turn.input_tokens
    return tuple(found)


def cumulative(values: Sequence[int]) -> tuple[int, ...]:
    """Running totals."""
    totals = []
    total = 0
    for value in values:
        total += value
        totals.append(total)
    return tuple(totals)


def costs(
    turns: Sequence[Turn], ref: ModelRef, book: PriceBook, on: date
) -> tuple[Cost, ...] | None:
    """The receipt of each turn at today's price; None when the model has no price."""
    receipts = [book.price(ref, None, turn.usage(), on=on) for turn in turns]
    return None if any(cost is None for cost in receipts) else tuple(filter(None, receipts))


def total(receipts: Sequence[Cost]) -> Decimal:
    """USD of all of them."""
    return sum((cost.total for cost in receipts), Decimal(0))


def minimum_prefix(ref: ModelRef) -> int:
    """Tokens from which on this model caches a prefix, simulated or not."""
    return describe(ref).cache_minimum
