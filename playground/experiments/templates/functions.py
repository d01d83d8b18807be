"""What a template can call without being given it: `range`, `cycler` and `joiner`."""

from __future__ import annotations

import math
from typing import Any, Final

from playground.experiments import js
from playground.experiments.js import UNDEFINED
from playground.experiments.templates.budget import Budget, Function


def _range(budget: Budget, args: list[Any], named: dict[str, Any]) -> list[float]:
    start, stop, step = [*args, UNDEFINED, UNDEFINED, UNDEFINED][:3]
    if stop is UNDEFINED:
        start, stop, step = 0, start, 1
    low, high = js.double(js.number(start)), js.double(js.number(stop))
    by = js.double(js.number(step)) if js.truthy(step) else 1.0
    count = math.ceil((high - low) / by) if math.isfinite((high - low) / by) else 0
    if math.isinf(high) and (high > 0) == (by > 0):
        budget.step(math.inf)
    budget.step(max(count, 0))
    return [js.tidy(low + at * by) for at in range(max(count, 0))]


def _cycler(budget: Budget, args: list[Any], named: dict[str, Any]) -> dict[str, Any]:
    state: dict[str, Any] = {"current": None}
    at = -1

    def reset(budget: Budget, args: list[Any], named: dict[str, Any]) -> Any:
        nonlocal at
        at, state["current"] = -1, None
        return UNDEFINED

    def following(budget: Budget, _: list[Any], named: dict[str, Any]) -> Any:
        nonlocal at
        at = at + 1 if at + 1 < len(args) else 0
        state["current"] = args[at] if args else UNDEFINED
        return state["current"]

    state.update(reset=Function(reset), next=Function(following))
    return state


def _joiner(budget: Budget, args: list[Any], named: dict[str, Any]) -> Function:
    separator = args[0] if args and js.truthy(args[0]) else ","
    first = True

    def join(budget: Budget, args: list[Any], named: dict[str, Any]) -> Any:
        nonlocal first
        was_first, first = first, False
        return "" if was_first else separator

    return Function(join)


GLOBALS: Final = {
    "range": Function(_range),
    "cycler": Function(_cycler),
    "joiner": Function(_joiner),
}
