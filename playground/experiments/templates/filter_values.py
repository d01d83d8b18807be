"""What filters take, as nunjucks takes it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from playground.experiments import js
from playground.experiments.js import UNDEFINED
from playground.experiments.templates.budget import Budget
from playground.experiments.templates.lexing import TemplateError
from playground.experiments.templates.members import member

Filter = Callable[[Budget, list[Any], dict[str, Any]], Any]


def plain(run: Callable[..., Any]) -> Filter:
    """A filter whose named arguments are one mapping at the end, as nunjucks hands them on."""

    def call(budget: Budget, args: list[Any], named: dict[str, Any]) -> Any:
        given = [*args, named] if named else args
        return run(budget, *given[: run.__code__.co_argcount - 1])

    return call


def by_name(names: tuple[str, ...], run: Callable[..., Any]) -> Filter:
    """A filter that takes arguments by place or by name."""

    def call(budget: Budget, args: list[Any], named: dict[str, Any]) -> Any:
        given = [
            args[at] if at < len(args) else named.get(name, UNDEFINED)
            for at, name in enumerate(names)
        ]
        return run(budget, *given)

    return call


def or_nothing(value: Any) -> Any:
    """Nothing for null, undefined and false."""
    return "" if value is None or value is UNDEFINED or value is False else value


def needed_text(value: Any, filter_: str) -> str:
    if not isinstance(value, str):
        raise TemplateError(f"`{filter_}` needs a text, not {kind_of(value)}")
    return value


def kind_of(value: Any) -> str:
    if value is None or value is UNDEFINED:
        return js.text(value)
    if isinstance(value, bool):
        return f"`{js.text(value)}`"
    if js.is_number(value):
        return "a number"
    return "a list" if isinstance(value, (list, tuple)) else "a mapping"


def items_of(value: Any, filter_: str) -> list[Any]:
    """What is walked through by index; a mapping has nothing there."""
    if isinstance(value, (list, tuple)):
        return list(value)
    if isinstance(value, str):
        return list(js.units(value))
    if value is None or value is UNDEFINED:
        raise TemplateError(f"`{filter_}` needs a list, not {js.text(value)}")
    return []


def number_of(value: Any) -> float:
    return js.double(js.number(value))


def needed(value: Any, filter_: str) -> Any:
    if value is None or value is UNDEFINED:
        raise TemplateError(f"`{filter_}` can't be used on {js.text(value)}")
    return value


def attribute_of(item: Any, path: Any) -> Any:
    """A member by its path `a.b`; undefined where a step has none of its own."""
    steps = (path.split(".") if isinstance(path, str) else [path]) if js.truthy(path) else []
    for step in steps:
        if item is None or item is UNDEFINED:
            raise TemplateError(f"`{js.text(path)}` can't be looked up on {js.text(item)}")
        if isinstance(item, Mapping) and js.key_text(step) not in item:
            return UNDEFINED
        item = member(item, step)
    return item
