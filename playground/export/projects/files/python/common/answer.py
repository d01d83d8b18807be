"""What comes of a call, whichever provider answered."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

OnText = Callable[[str], None]


@dataclass
class Usage:
    """Tokens as the provider counts them; None where it did not say."""

    input: int | None = None
    """All of the input, cached or not."""
    cached: int = 0
    """Of it, read from a cache."""
    written: int = 0
    """Of it, written to a cache at a price of its own."""
    output: int | None = None
    """Reasoning included."""


@dataclass
class Call:
    """A function that the model wants to be called."""

    id: str
    name: str
    arguments: Any
    """None where they are no JSON."""


def given(text: str) -> Any:
    """The arguments in this text; None where they are no JSON, as where the answer's limit cut them off."""
    try:
        return json.loads(text or "{}")
    except ValueError:
        return None


@dataclass
class Answer:
    """One whole answer."""

    text: str
    finish: str
    """Why it ended, in the provider's word: look at it, only a normal end is a whole answer."""
    usage: Usage
    turn: list[Any]
    """What goes back to the model in the next request, so that it knows what it said."""
    calls: list[Call] = field(default_factory=list)
