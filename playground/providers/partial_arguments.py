"""A tool call that Gemini streams in pieces (`partialArgs`): each piece puts one value at one JSONPath.

Source: ai.google.dev/api/generate-content, FunctionCall.partialArgs and PartialArg; the paths are RFC 9535 in their
normal form (`$.a.b[0]`, `$['a b']`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from itertools import pairwise
from typing import Any

_STEP = re.compile(
    r"""\.([^.\[\]]+)|\[(\d+)\]|\[\s*'((?:[^'\\]|\\.)*)'\s*\]|\[\s*"((?:[^"\\]|\\.)*)"\s*\]"""
)
_VALUES = ("stringValue", "numberValue", "boolValue", "structValue", "listValue")
_MOST_ITEMS = 10_000
"""A list's index above this is no answer to a question that a person asked."""


class Arguments:
    """The arguments of one call as they come in."""

    def __init__(self) -> None:
        self.value: dict[str, Any] = {}
        self._open: str | None = None

    def add(self, whole: Any, pieces: Iterable[Mapping[str, Any]]) -> None:
        """Take the arguments that came whole, and then the pieces in their order; ValueError for a path that is none."""
        if isinstance(whole, Mapping):
            self.value.update(whole)
        for piece in pieces:
            path = str(piece.get("jsonPath") or "")
            given = [piece[name] for name in _VALUES if name in piece]
            if given or "nullValue" in piece:
                self._put(path, given[0] if given else None)
            self._open = path if piece.get("willContinue") else None

    def _put(self, path: str, value: Any) -> None:
        """Set what stands at the path; a string whose piece before said that it goes on grows instead."""
        way = steps(path)
        last = way[-1]
        place: Any = self.value
        for step, after in pairwise(way):
            place = _inside(place, step, [] if isinstance(after, int) else {})
        before = _inside(place, last, None)
        joined = self._open == path and isinstance(before, str) and isinstance(value, str)
        place[last] = before + value if joined else value


def steps(path: str) -> list[str | int]:
    """`$.items[0].name` as its names and numbers; ValueError where it is not such a path."""
    found: list[str | int] = []
    at = 1 if path.startswith("$") else -1
    while 0 < at < len(path):
        match = _STEP.match(path, at)
        if match is None:
            break
        name, number, single, double = match.groups()
        quoted = single if single is not None else double
        if number is not None:
            found.append(int(number))
        else:
            found.append(name if quoted is None else re.sub(r"\\(.)", r"\1", quoted))
        at = match.end()
    if not found or at != len(path) or isinstance(found[0], int):
        raise ValueError(f"{path!r} is no path to an argument")
    return found


def _inside(place: Any, step: str | int, new: Any) -> Any:
    """What the place holds at this step, made first where there is nothing; ValueError where it can hold none."""
    if isinstance(step, int):
        if not isinstance(place, list) or step > _MOST_ITEMS:
            raise ValueError(f"there is no item {step} to fill")
        place.extend([None] * (step + 1 - len(place)))
        held = place[step]
    elif isinstance(place, dict):
        held = place.get(step)
    else:
        raise ValueError(f"there is no object to hold {step!r}")
    if held is None and new is not None:
        place[step] = held = new
    return held
