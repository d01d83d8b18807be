"""The requests of a lesson's experiment: its lanes by each provider's usual model, with the prompt as the class has it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from playground import figures as fmt
from playground.domain import ModelRef, Request, Response, Settings
from playground.experiments.comparing import compare
from playground.experiments.pairing import Values
from playground.lessons.figures import usual
from playground.lessons.lesson import Ask, Lane, Repeat

Model = Callable[[str], ModelRef]
"""A provider → its model that a lesson asks."""
SLOT = "{question}"
"""Where the question stands in a wording."""
FIGURE = fmt.FIGURES["output_tokens"]
"""By what two wordings are compared."""


def requests(ask: Ask, prompt: str, system: str, model: Model = usual) -> list[Request]:
    """One request a lane; none where there is nothing to ask. `model` says which one of a provider is asked."""
    if not prompt.strip():
        return []
    return [_request(lane, prompt, system, model) for lane in ask.lanes]


def _request(lane: Lane, prompt: str, system: str, model: Model) -> Request:
    ref = model(lane.provider)
    if lane.fault:
        ref = replace(ref, model=f"{ref.model}~{lane.fault}")
    return Request.ask(
        ref,
        prompt,
        system=system.strip() or None,
        stream=lane.stream,
        settings=Settings(**lane.settings),
    )


def titles(ask: Ask, model: Model = usual) -> list[str]:
    """What each lane is called: its model, and what sets it apart."""
    models = [model(lane.provider).model for lane in ask.lanes]
    return [
        f"{named} · {lane.name}" if lane.name else named
        for named, lane in zip(models, ask.lanes, strict=True)
    ]


def worded(repeat: Repeat, wordings: Sequence[str], model: Model = usual) -> list[Request]:
    """Every question in both wordings, pair by pair."""
    ref = model(repeat.provider)
    return [
        Request.ask(ref, wording.replace(SLOT, question))
        for question in repeat.questions
        for wording in wordings
    ]


class Step(NamedTuple):
    """What so many questions say of the difference between two wordings: second minus first."""

    questions: int
    difference: float
    """Output tokens, on average."""
    low: float | None
    """Where the true one lies, in 95 of 100 such experiments; None where there are too few to say."""
    high: float | None

    @property
    def open(self) -> bool:
        """Whether nothing may be the true difference."""
        return self.low is None or self.high is None or self.low <= 0 <= self.high


def pairs(responses: Sequence[Response]) -> dict[int, tuple[float, float]]:
    """Question's number → output tokens of the first and the second wording, where both answers report them."""
    counted = [FIGURE.value(response) if response.ok else None for response in responses]
    both = zip(counted[::2], counted[1::2], strict=True)
    return {
        number: (one, other)
        for number, (one, other) in enumerate(both)
        if one is not None and other is not None
    }


def steps(found: Sequence[tuple[float, float]]) -> list[Step]:
    """What the first question says, the first two, and so on to all."""
    return [_step(found[:n]) for n in range(1, len(found) + 1)]


def _step(found: Sequence[tuple[float, float]]) -> Step:
    apart = sum(second - first for first, second in found) / len(found)
    if len(found) < 2:
        return Step(len(found), apart, None, None)
    keys = [(case, 0) for case in range(len(found))]
    second, first = (Values(str(i), keys, np.array([p[i] for p in found])) for i in (1, 0))
    made = compare(FIGURE.name, second, first, share=False)
    low, high = (made.interval.low, made.interval.high) if made.interval else (None, None)
    return Step(len(found), apart, low, high)
