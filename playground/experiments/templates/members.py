"""What `.name` and `[index]` find on a value: the members that JavaScript's texts, numbers and lists have, no others."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final

from playground.experiments import js
from playground.experiments.js import UNDEFINED, RegExp
from playground.experiments.templates.arguments import ANY, Arguments, Method
from playground.experiments.templates.budget import Budget, Function
from playground.experiments.templates.list_methods import LIST
from playground.experiments.templates.number_methods import NUMBER
from playground.experiments.templates.patterns import REGEXP
from playground.experiments.templates.text_methods import TEXT

_INDEX = re.compile(r"0|[1-9]\d{0,9}")


_OBJECT: Final[dict[str, Method]] = {
    **ANY,
    "hasOwnProperty": lambda value, args: js.key_text(args.get(0)) in value,
}


def member(value: Any, key: Any) -> Any:
    """`value[key]`; undefined where there is none, also of undefined itself."""
    if value is None or value is UNDEFINED:
        return UNDEFINED
    if isinstance(value, Mapping):
        return _property(value, key)
    if isinstance(value, str):
        if (index := _index(key)) is not None:
            found = js.units(value)[index : index + 1]
            return found or UNDEFINED
        return _length_or_method(value, key, TEXT)
    if isinstance(value, (list, tuple)):
        if (index := _index(key)) is not None:
            return value[index] if index < len(value) else UNDEFINED
        return _length_or_method(value, key, LIST)
    if isinstance(value, RegExp):
        return _method(value, key, REGEXP)
    if isinstance(value, bool):
        return _method(value, key, ANY)
    if isinstance(value, (int, float, Decimal)):
        return _method(value, key, NUMBER)
    return UNDEFINED


def _property(value: Mapping[Any, Any], key: Any) -> Any:
    name = js.key_text(key)
    if name in value:
        return value[name]
    if key is not None and isinstance(key, (int, float)) and key in value:
        return value[key]
    return _method(value, name, _OBJECT)


def _index(key: Any) -> int | None:
    """A list's index; None for any other name."""
    if isinstance(key, int) and not isinstance(key, bool):
        return key if key >= 0 else None
    name = js.key_text(key)
    return int(name) if _INDEX.fullmatch(name) else None


def _length_or_method(value: Any, key: Any, methods: Mapping[str, Method]) -> Any:
    if key == "length":
        return js.length(value) if isinstance(value, str) else len(value)
    return _method(value, key, methods)


def _method(value: Any, key: Any, methods: Mapping[str, Method]) -> Any:
    method = methods.get(js.key_text(key))
    if method is None:
        return UNDEFINED

    def call(budget: Budget, args: list[Any], named: dict[str, Any]) -> Any:
        return method(value, Arguments(budget, [*args, named] if named else args))

    return Function(call)
