"""The filters of nunjucks 3.2.4, and `load`."""

from __future__ import annotations

import math
import re
from typing import Any, Final

from playground.experiments import js
from playground.experiments.js import UNDEFINED
from playground.experiments.templates.budget import Budget
from playground.experiments.templates.filter_values import (
    Filter,
    by_name,
    number_of,
    plain,
)
from playground.experiments.templates.lexing import TemplateError
from playground.experiments.templates.list_filters import LIST_FILTERS
from playground.experiments.templates.text_filters import TEXT_FILTERS


def _abs(budget: Budget, value: Any = UNDEFINED) -> Any:
    return js.tidy(abs(number_of(value)))


def _default(budget: Budget, value: Any, other: Any = UNDEFINED, falsy: Any = UNDEFINED) -> Any:
    if js.truthy(falsy):
        return value if js.truthy(value) else other
    return other if value is UNDEFINED else value


def _dump(budget: Budget, value: Any, indent: Any = UNDEFINED) -> Any:
    if js.skipped(value):
        return UNDEFINED
    if js.is_number(indent):
        margin = " " * int(min(max(indent, 0), 10))
    else:
        margin = indent[:10] if isinstance(indent, str) else ""
    text = js.to_json(value, margin)
    budget.write(len(text))
    return text


def _float(budget: Budget, value: Any, other: Any = UNDEFINED) -> Any:
    found = re.match(
        r"[+-]?(?:Infinity|(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)", js.trim(js.text(value))
    )
    return js.tidy(float(found[0])) if found else other


_WHOLE = re.compile(r"([+-]?)(0x)?([0-9a-z]*)")


def _int(budget: Budget, value: Any, other: Any, base: Any) -> Any:
    radix = (
        10 if base is UNDEFINED else int(number_of(base)) if math.isfinite(number_of(base)) else 0
    )
    text = js.trim(js.text(value)).lower()
    found = _WHOLE.match(text)
    if found is None:
        return other
    digits = found[3]
    if found[2] and radix in (0, 16):
        radix = 16
    elif found[2]:
        digits = "0"
    radix = radix or 10
    if not 2 <= radix <= 36:
        return other
    size = 0
    while size < len(digits) and digits[size].isascii() and int(digits[size], 36) < radix:
        size += 1
    if not size:
        return other
    return js.tidy(
        (-1 if found[1] == "-" else 1) * js.double(int(digits[: min(size, 1200)], radix))
    )


def _load(budget: Budget, value: Any) -> Any:
    try:
        return js.from_json(js.text(value))
    except js.JsError as mistake:
        raise TemplateError(f"`load` needs JSON: {mistake}") from None


def _round(budget: Budget, value: Any, digits: Any = UNDEFINED, method: Any = UNDEFINED) -> Any:
    factor = js.power(10.0, number_of(digits) if js.truthy(digits) else 0.0)
    scaled = number_of(value) * factor
    if not math.isfinite(scaled):
        return js.tidy(js.divide(scaled, factor))
    chosen = (
        {"ceil": math.ceil, "floor": math.floor}.get(method) if isinstance(method, str) else None
    )
    return js.tidy(js.divide(float((chosen or js.round_half_up)(scaled)), factor))


FILTERS: Final[dict[str, Filter]] = {
    "abs": plain(_abs),
    "d": plain(_default),
    "default": plain(_default),
    "dump": plain(_dump),
    "float": plain(_float),
    "int": by_name(("value", "default", "base"), _int),
    "load": plain(_load),
    "round": plain(_round),
    **TEXT_FILTERS,
    **LIST_FILTERS,
}
