"""What one rendering may cost, so that a hostile template ends with a message."""

from __future__ import annotations

import time
from typing import Any, Final

from playground.experiments.templates.lexing import TemplateError

MAX_STEPS: Final = 300_000
MAX_CHARACTERS: Final = 50_000_000
MAX_SECONDS: Final = 5.0
MAX_CALLS: Final = 30


class Budget:
    """Steps (a round of a loop, a call, an item of a list that is made), characters, seconds and calls in calls."""

    __slots__ = ("calls", "characters", "deadline", "steps")

    def __init__(self) -> None:
        self.steps = MAX_STEPS
        self.characters = MAX_CHARACTERS
        self.calls = 0
        self.deadline = time.monotonic() + MAX_SECONDS

    def step(self, count: float = 1) -> None:
        """Raises TemplateError once the steps or the time are used up."""
        if not count <= self.steps:
            raise TemplateError(
                f"the template does more than {MAX_STEPS:,} steps; make its loops smaller"
            )
        self.steps -= int(count)
        if time.monotonic() > self.deadline:
            raise TemplateError(
                f"the template takes more than {MAX_SECONDS:g} seconds; make its loops smaller"
            )

    def write(self, characters: float) -> None:
        """Raises TemplateError before more text is made than there may be."""
        if not characters <= self.characters:
            raise TemplateError(f"the template makes more than {MAX_CHARACTERS:,} characters")
        self.characters -= int(characters)

    def enter(self) -> None:
        self.step()
        self.calls += 1
        if self.calls > MAX_CALLS:
            raise TemplateError("a macro calls itself too often")

    def leave(self) -> None:
        self.calls -= 1


class Function:
    """Something a template can call: `call(budget, positional arguments, named arguments)`."""

    __slots__ = ("call",)

    def __init__(self, call: Any) -> None:
        self.call = call

    def __call__(self, budget: Budget, args: list[Any], named: dict[str, Any]) -> Any:
        return self.call(budget, args, named)
