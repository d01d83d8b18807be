"""The methods of a list."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from playground.experiments import js
from playground.experiments.js import UNDEFINED
from playground.experiments.templates.arguments import ANY, Arguments, Method, at_place, slice_of
from playground.experiments.templates.budget import Budget
from playground.experiments.templates.lexing import TemplateError


def _joined(value: Any, args: Arguments) -> str:
    return join(value, args.get(0, ","), args.budget)


def join(items: Any, separator: Any, budget: Budget) -> str:
    """`join`: null and undefined are nothing."""
    mark = js.text(separator)
    texts = ["" if item is None or item is UNDEFINED else js.text(item) for item in items]
    budget.write(sum(map(len, texts)) + len(mark) * len(texts))
    return mark.join(texts)


def _find(value: Any, args: Arguments) -> int:
    return next((at for at, item in enumerate(value) if js.strictly_equal(item, args.get(0))), -1)


def _find_last(value: Any, args: Arguments) -> int:
    found = [at for at, item in enumerate(value) if js.strictly_equal(item, args.get(0))]
    return found[-1] if found else -1


def _list_includes(value: Any, args: Arguments) -> bool:
    wanted = args.get(0)
    return any(
        js.strictly_equal(item, wanted) or (item != item and wanted != wanted) for item in value
    )


def _list_concat(value: Any, args: Arguments) -> list[Any]:
    joined = list(value)
    for other in args.values:
        joined += other if isinstance(other, (list, tuple)) else [other]
    args.budget.step(len(joined))
    return joined


def _push(value: list[Any], args: Arguments) -> int:
    args.budget.step(len(args.values))
    if any(item is value for item in args.values):
        raise TemplateError("a list can't be put into itself")
    _changeable(value).extend(args.values)
    return len(value)


def _changeable(value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise TemplateError("this list can't be changed")
    return value


def _pop(at: int) -> Method:
    return lambda value, args: _changeable(value).pop(at) if value else UNDEFINED


def _reverse(value: Any, args: Arguments) -> Any:
    _changeable(value).reverse()
    return value


def _sort(value: Any, args: Arguments) -> Any:
    _changeable(value).sort(key=lambda item: (item is UNDEFINED, js.units(js.text(item))))
    return value


def _flat(value: Any, args: Arguments) -> list[Any]:
    return _flattened(value, int(min(args.whole(0, 1), 20)), args.budget)


def _flattened(value: Any, depth: int, budget: Budget) -> list[Any]:
    flat: list[Any] = []
    budget.step(len(value))
    for item in value:
        if depth > 0 and isinstance(item, (list, tuple)):
            flat += _flattened(item, depth - 1, budget)
        else:
            flat.append(item)
    return flat


def _each(collect: Callable[[list[Any], list[Any]], Any]) -> Method:
    """A method that calls a macro for each item and makes something of what it says."""

    def call(value: Any, args: Arguments) -> Any:
        function = args.callback()
        return collect(list(value), [function(item, at, value) for at, item in enumerate(value)])

    return call


def _kept(items: list[Any], said: list[Any]) -> list[Any]:
    return [item for item, yes in zip(items, said, strict=True) if js.truthy(yes)]


LIST: Final[dict[str, Method]] = {
    **ANY,
    "at": at_place,
    "concat": _list_concat,
    "every": _each(lambda items, said: all(map(js.truthy, said))),
    "filter": _each(_kept),
    "find": _each(lambda items, said: next(iter(_kept(items, said)), UNDEFINED)),
    "flat": _flat,
    "forEach": _each(lambda items, said: UNDEFINED),
    "includes": _list_includes,
    "indexOf": _find,
    "join": _joined,
    "lastIndexOf": _find_last,
    "map": _each(lambda items, said: said),
    "pop": _pop(-1),
    "push": _push,
    "reverse": _reverse,
    "shift": _pop(0),
    "slice": slice_of,
    "some": _each(lambda items, said: any(map(js.truthy, said))),
    "sort": _sort,
}
