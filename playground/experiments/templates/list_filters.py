"""The filters of nunjucks 3.2.4 that take a list or a mapping."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Mapping
from functools import cmp_to_key
from typing import Any, Final

from playground.experiments import js
from playground.experiments.js import UNDEFINED
from playground.experiments.templates.budget import Budget
from playground.experiments.templates.filter_values import (
    Filter,
    attribute_of,
    by_name,
    items_of,
    kind_of,
    needed,
    number_of,
    or_nothing,
    plain,
)
from playground.experiments.templates.lexing import TemplateError
from playground.experiments.templates.list_methods import join
from playground.experiments.templates.members import member
from playground.experiments.templates.tests import TESTS


def _batch(budget: Budget, value: Any, size: Any = UNDEFINED, filling: Any = UNDEFINED) -> Any:
    count, rows, row = number_of(size), list[Any](), list[Any]()
    items = items_of(value, "batch")
    budget.step(len(items))
    for at, item in enumerate(items):
        if row and js.remainder(at, count) == 0:
            rows.append(row)
            row = []
        row.append(item)
    if row:
        if js.truthy(filling) and count > len(row):
            budget.step(count - len(row))
            row += [filling] * math.ceil(count - len(row))
        rows.append(row)
    return rows


def _dictsort(
    budget: Budget, value: Any, case_sensitive: Any = UNDEFINED, by: Any = UNDEFINED
) -> list[Any]:
    if not isinstance(value, Mapping):
        raise TemplateError("`dictsort` needs a mapping")
    if by not in (UNDEFINED, "key", "value"):
        raise TemplateError("`dictsort` sorts by key or by value")
    at = 1 if by == "value" else 0

    def compare(one: list[Any], two: list[Any]) -> int:
        left, right = one[at], two[at]
        if not js.truthy(case_sensitive):
            left, right = _upper_text(left), _upper_text(right)
        return 1 if js.less(right, left) else 0 if js.strictly_equal(left, right) else -1

    budget.step(len(value))
    return sorted(([key, item] for key, item in js.ordered(value)), key=cmp_to_key(compare))


def _upper_text(value: Any) -> Any:
    return js.upper(value) if isinstance(value, str) else value


def _first(budget: Budget, value: Any) -> Any:
    return member(needed(value, "first"), 0)


def _groupby(budget: Budget, value: Any, attribute: Any = UNDEFINED) -> dict[str, Any]:
    groups: dict[str, list[Any]] = {}
    items = items_of(value, "groupby")
    budget.step(len(items))
    for item in items:
        groups.setdefault(js.key_text(attribute_of(item, attribute)), []).append(item)
    return groups


def _join(budget: Budget, value: Any, mark: Any = UNDEFINED, attribute: Any = UNDEFINED) -> str:
    if js.truthy(attribute):
        value = [member(needed(item, "join"), attribute) for item in items_of(value or [], "join")]
    if not isinstance(value, (list, tuple)):
        raise TemplateError(
            f"`join` needs a list, not {kind_of(value) if not isinstance(value, str) else 'a text'}"
        )
    return join(value, mark if js.truthy(mark) else "", budget)


def _last(budget: Budget, value: Any) -> Any:
    value = needed(value, "last")
    items = js.units(value) if isinstance(value, str) else value
    return items[-1] if isinstance(items, (str, list, tuple)) and items else UNDEFINED


def _length(budget: Budget, value: Any) -> Any:
    value = or_nothing(value)
    if isinstance(value, Mapping):
        return len(value)
    return member(value, "length")


def _list(budget: Budget, value: Any) -> Any:
    if isinstance(value, Mapping):
        return [{"key": key, "value": item} for key, item in js.ordered(value)]
    if isinstance(value, (str, list, tuple)):
        items = items_of(value, "list")
        budget.step(len(items))
        return items
    raise TemplateError(f"`list` can't make one of {kind_of(value)}")


def _random(budget: Budget, value: Any) -> Any:
    items = items_of(value, "random")
    return random.choice(items) if items else UNDEFINED  # noqa: S311 - not for secrets


def _sifted(wanted: bool) -> Callable[..., Any]:
    def sift(budget: Budget, value: Any, test: Any = UNDEFINED, other: Any = UNDEFINED) -> Any:
        name = "truthy" if test is UNDEFINED else js.text(test)
        if name not in TESTS:
            raise TemplateError(f"unknown test `{name}`")
        items = items_of(value, "select")
        budget.step(len(items))
        return [item for item in items if (TESTS[name](item, other)) is wanted]

    return sift


def _sifted_by(wanted: bool) -> Callable[..., Any]:
    def sift(budget: Budget, value: Any, attribute: Any = UNDEFINED) -> Any:
        if not isinstance(value, (list, tuple)):
            raise TemplateError(f"`selectattr` needs a list, not {kind_of(value)}")
        budget.step(len(value))
        return [
            item
            for item in value
            if js.truthy(member(needed(item, "selectattr"), attribute)) is wanted
        ]

    return sift


def _reverse(budget: Budget, value: Any) -> Any:
    if isinstance(value, str):
        return js.joined(js.units(value)[::-1])
    if value is None or value is UNDEFINED:
        return []
    return items_of(value, "reverse")[::-1]


def _slice(budget: Budget, value: Any, slices: Any = UNDEFINED, filling: Any = UNDEFINED) -> Any:
    count = number_of(slices)
    items = items_of(value, "slice")
    if not count > 0:
        return []
    if not isinstance(value, (str, list, tuple)):
        raise TemplateError(f"`slice` needs a list, not {kind_of(value)}")
    budget.step(count + len(items))
    size, extra, rows, offset = (
        math.floor(len(items) / count),
        js.remainder(len(items), count),
        [],
        0,
    )
    for at in range(math.ceil(count)):
        start = offset + at * size
        if at < extra:
            offset += 1
        row: Any = items[start : offset + (at + 1) * size]
        if js.truthy(filling) and at >= extra:
            if isinstance(value, str):
                raise TemplateError("`slice` can't fill up a text")
            row.append(filling)
        rows.append(js.joined("".join(row)) if isinstance(value, str) else row)
    return rows


def _sort(budget: Budget, value: Any, backwards: Any, case_sensitive: Any, attribute: Any) -> Any:
    items = [] if value is None or value is UNDEFINED else items_of(value, "sort")
    budget.step(len(items))
    down = js.truthy(backwards)

    def compare(one: Any, two: Any) -> int:
        left = attribute_of(one, attribute) if js.truthy(attribute) else one
        right = attribute_of(two, attribute) if js.truthy(attribute) else two
        if not js.truthy(case_sensitive) and isinstance(left, str) and isinstance(right, str):
            left, right = js.lower(left), js.lower(right)
        if js.less(left, right):
            return 1 if down else -1
        return (-1 if down else 1) if js.less(right, left) else 0

    defined = [item for item in items if item is not UNDEFINED]
    return sorted(defined, key=cmp_to_key(compare)) + [UNDEFINED] * (len(items) - len(defined))


def _sum(budget: Budget, value: Any, attribute: Any = UNDEFINED, start: Any = UNDEFINED) -> Any:
    if js.truthy(attribute):
        value = [] if value is None or value is UNDEFINED else items_of(value, "sum")
    if not isinstance(value, (list, tuple)):
        raise TemplateError(f"`sum` needs a list, not {kind_of(value)}")
    items: list[Any] = list(value)
    if js.truthy(attribute):
        items = [member(needed(item, "sum"), attribute) for item in items]
    budget.step(len(items))
    total: Any = 0
    for item in items:
        total = js.add(total, item)
        if isinstance(total, str):
            budget.write(len(total))
    return js.add(0 if start is UNDEFINED else start, total)


LIST_FILTERS: Final[dict[str, Filter]] = {
    "batch": plain(_batch),
    "dictsort": plain(_dictsort),
    "first": plain(_first),
    "groupby": plain(_groupby),
    "join": plain(_join),
    "last": plain(_last),
    "length": plain(_length),
    "list": plain(_list),
    "random": plain(_random),
    "reject": plain(_sifted(False)),
    "rejectattr": plain(_sifted_by(False)),
    "reverse": plain(_reverse),
    "select": plain(_sifted(True)),
    "selectattr": plain(_sifted_by(True)),
    "slice": plain(_slice),
    "sort": by_name(("value", "reverse", "case_sensitive", "attribute"), _sort),
    "sum": plain(_sum),
}
