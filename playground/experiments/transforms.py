"""What is done to an answer before it is judged: the few things for which people write a line of code."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from playground.experiments import js
from playground.experiments.spec import Piece, Step


class TransformError(ValueError):
    """An answer that the step can't take; the message says why."""


def transformed(output: Any, steps: Sequence[Step]) -> Any:
    """The answer after these steps; TransformError when one of them can't be taken."""
    for step in steps:
        if isinstance(step, str):
            output = _WORDS[step](_text(output, step))
        elif isinstance(step, Piece):
            pieces = _text(output, "split").split(step.split)
            if step.part >= len(pieces):
                raise TransformError(f"The answer has only {len(pieces)} pieces at {step.split!r}.")
            output = pieces[step.part]
        else:
            if not isinstance(output, Mapping) or output.get(step.key) is None:
                raise TransformError(f"The answer has no {step.key!r}.")
            output = output[step.key]
    return output


def _text(output: Any, step: str) -> str:
    if not isinstance(output, str):
        raise TransformError(f"`{step}` needs a text, and the answer is none.")
    return output


def _json(text: str) -> Any:
    try:
        return json.loads(text, parse_constant=_no_constant)
    except (ValueError, RecursionError):
        raise TransformError("The answer is no JSON.") from None


def _no_constant(name: str) -> float:
    raise ValueError(name)


_WORDS: Mapping[str, Callable[[str], Any]] = {
    "trim": lambda text: text.strip(js.SPACES),
    "lower": str.lower,
    "upper": str.upper,
    "json": _json,
}
