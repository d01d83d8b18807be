"""What operators make of JavaScript's values."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any, Final

from playground.experiments import js
from playground.experiments.templates.budget import Budget
from playground.experiments.templates.lexing import TemplateError


def is_in(key: Any, value: Any) -> bool:
    if isinstance(value, (list, tuple)):
        return any(js.strictly_equal(item, key) for item in value)
    if isinstance(value, str):
        return js.text(key) in value
    if isinstance(value, Mapping):
        return js.key_text(key) in value
    raise TemplateError(f"`in` can't look for `{js.text(key)}` in `{js.text(value)}`")


def joined(budget: Budget, one: Any, two: Any, always: bool) -> Any:
    value = js.text(one) + js.text(two) if always else js.add(one, two)
    if isinstance(value, str):
        budget.write(len(value))
    return value


def _floor(value: float) -> float:
    return math.floor(value) if math.isfinite(value) else value


COMPARISONS: Final[dict[str, Callable[[Any, Any], bool]]] = {
    "==": js.loosely_equal,
    "!=": lambda one, two: not js.loosely_equal(one, two),
    "===": js.strictly_equal,
    "!==": lambda one, two: not js.strictly_equal(one, two),
    "<": js.less,
    ">": lambda one, two: js.less(two, one),
    "<=": lambda one, two: js.less(one, two, or_equal=True),
    ">=": lambda one, two: js.less(two, one, or_equal=True),
}


ARITHMETIC: Final[dict[str, Callable[[float, float], float]]] = {
    "-": lambda one, two: one - two,
    "*": lambda one, two: one * two,
    "/": js.divide,
    "//": lambda one, two: _floor(js.divide(one, two)),
    "%": js.remainder,
    "**": js.power,
}
