"""What `is` and `select` can ask of a value."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from playground.experiments import js
from playground.experiments.js import UNDEFINED
from playground.experiments.templates.budget import Function
from playground.experiments.templates.lexing import TemplateError


def _rest(one: Any, two: Any) -> float:
    return js.remainder(js.double(js.number(one)), js.double(js.number(two)))


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TemplateError(f"`{js.text(value)}` is no text")
    return value


def _there(value: Any) -> Any:
    if value is None or value is UNDEFINED:
        raise TemplateError(f"{js.text(value)} can't be asked whether it is iterable")
    return value


TESTS: Final[dict[str, Callable[..., bool]]] = {
    "callable": lambda value, _=None: isinstance(value, Function),
    "defined": lambda value, _=None: value is not UNDEFINED,
    "divisibleby": lambda one, two=UNDEFINED: _rest(one, two) == 0,
    "equalto": lambda one, two=UNDEFINED: js.strictly_equal(one, two),
    "eq": lambda one, two=UNDEFINED: js.strictly_equal(one, two),
    "sameas": lambda one, two=UNDEFINED: js.strictly_equal(one, two),
    "escaped": lambda value, _=None: False,
    "even": lambda value, _=None: _rest(value, 2) == 0,
    "odd": lambda value, _=None: _rest(value, 2) == 1,
    "falsy": lambda value, _=None: not js.truthy(value),
    "truthy": lambda value, _=None: js.truthy(value),
    "ge": lambda one, two=UNDEFINED: js.less(two, one, or_equal=True),
    "greaterthan": lambda one, two=UNDEFINED: js.less(two, one),
    "gt": lambda one, two=UNDEFINED: js.less(two, one),
    "le": lambda one, two=UNDEFINED: js.less(one, two, or_equal=True),
    "lessthan": lambda one, two=UNDEFINED: js.less(one, two),
    "lt": lambda one, two=UNDEFINED: js.less(one, two),
    "ne": lambda one, two=UNDEFINED: not js.strictly_equal(one, two),
    "lower": lambda value, _=None: js.lower(_text(value)) == value,
    "upper": lambda value, _=None: js.upper(_text(value)) == value,
    "null": lambda value, _=None: value is None,
    "number": lambda value, _=None: js.is_number(value),
    "string": lambda value, _=None: isinstance(value, str),
    "undefined": lambda value, _=None: value is UNDEFINED,
    "iterable": lambda value, _=None: isinstance(_there(value), (str, list, tuple)),
    "mapping": lambda value, _=None: isinstance(value, Mapping),
}
