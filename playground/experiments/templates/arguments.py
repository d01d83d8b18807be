"""What a method is called with, and what all values can do."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, Final

from playground.experiments import js
from playground.experiments.js import UNDEFINED
from playground.experiments.templates.budget import Budget, Function
from playground.experiments.templates.lexing import TemplateError


class Arguments:
    """What a method was called with."""

    __slots__ = ("budget", "values")

    def __init__(self, budget: Budget, values: list[Any]) -> None:
        self.budget = budget
        self.values = values

    def get(self, at: int, otherwise: Any = UNDEFINED) -> Any:
        found = self.values[at] if at < len(self.values) else UNDEFINED
        return otherwise if found is UNDEFINED else found

    def text(self, at: int, otherwise: Any = UNDEFINED) -> str:
        return js.units(js.text(self.get(at, otherwise)))

    def whole(self, at: int, otherwise: float = 0) -> float:
        """As JavaScript makes one of any value: towards zero, NaN is 0."""
        value = js.double(js.number(self.get(at, otherwise)))
        return 0 if math.isnan(value) else value if math.isinf(value) else math.trunc(value)

    def bounds(self, length: int) -> tuple[int, int]:
        """Two places as `slice` takes them: from the end where they are negative."""
        return place(self.whole(0), length), place(self.whole(1, math.inf), length)

    def callback(self) -> Callable[..., Any]:
        function = self.get(0)
        if not isinstance(function, Function):
            raise TemplateError("a function is needed here, and a template has only macros")
        return lambda *values: function(self.budget, list(values), {})


Method = Callable[[Any, "Arguments"], Any]


def place(value: float, length: int) -> int:
    return int(max(length + value, 0) if value < 0 else min(value, length))


def clamped(value: float, length: int) -> int:
    return int(min(max(value, 0), length))


def at_place(value: Any, args: Arguments) -> Any:
    at = args.whole(0)
    at = at + len(value) if at < 0 else at
    return value[int(at)] if 0 <= at < len(value) else UNDEFINED


def slice_of(value: Any, args: Arguments) -> Any:
    start, stop = args.bounds(len(value))
    return value[start:stop]


ANY: Final[dict[str, Method]] = {
    "hasOwnProperty": lambda value, args: False,
    "toString": lambda value, args: js.text(value),
    "valueOf": lambda value, args: value,
    "toLocaleString": lambda value, args: js.text(value),
}
