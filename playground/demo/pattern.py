"""The shortest text that a regular expression takes."""

from __future__ import annotations

import importlib
from collections.abc import Iterable
from typing import Any

_parser: Any = importlib.import_module("re._parser")
MOST_REPEATS = 200
CLASSES = {"CATEGORY_DIGIT": "7", "CATEGORY_WORD": "a", "CATEGORY_SPACE": " "}
NOT_CLASSES = {"CATEGORY_NOT_DIGIT": "a", "CATEGORY_NOT_WORD": "-", "CATEGORY_NOT_SPACE": "a"}
PRINTABLE = [chr(n) for n in range(97, 123)] + [chr(n) for n in range(32, 97)]


def from_pattern(pattern: str, least: int = 0) -> str:
    """A text that the pattern finds, of at least so many characters where the pattern allows it; the pattern itself if it cannot be read."""
    try:
        parsed = _parser.parse(pattern)
    except (ValueError, RecursionError, OverflowError, _parser.error):
        return pattern
    for extra in (0, least):
        text = _join(parsed, extra, {})
        if len(text) >= least:
            break
    return text if pattern.endswith("$") else text.ljust(least, "a")


def _join(parsed: Iterable[Any], extra: int, groups: dict[int, str]) -> str:
    return "".join(_one(str(kind), value, extra, groups) for kind, value in parsed)


def _one(kind: str, value: Any, extra: int, groups: dict[int, str]) -> str:
    if kind == "LITERAL":
        return chr(value)
    if kind == "NOT_LITERAL":
        return next(c for c in PRINTABLE if c != chr(value))
    if kind == "ANY":
        return "a"
    if kind == "IN":
        return _of(value)
    if kind == "BRANCH":
        return _join(value[1][0], extra, groups)
    if kind == "SUBPATTERN":
        text = _join(value[3], extra, groups)
        if value[0] is not None:
            groups[value[0]] = text
        return text
    if kind in ("MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT"):
        low, high, inner = value
        times = min(max(int(low), extra), int(high), MOST_REPEATS)
        return "".join(_join(inner, 0, groups) for _ in range(max(times, int(low))))
    if kind == "GROUPREF":
        return groups.get(value, "")
    if kind == "ATOMIC_GROUP":
        return _join(value, extra, groups)
    return ""


def _of(members: list[Any]) -> str:
    """A character of the set; one that is not in it where it is turned round."""
    first = [(str(kind), value) for kind, value in members]
    if first and first[0][0] == "NEGATE":
        return next((c for c in PRINTABLE if not any(_in(c, m) for m in first[1:])), "a")
    kind, value = first[0]
    if kind == "LITERAL":
        return chr(value)
    if kind == "RANGE":
        return chr(value[0])
    return {**CLASSES, **NOT_CLASSES}.get(str(value), "a")


def _in(character: str, member: tuple[str, Any]) -> bool:
    kind, value = member
    if kind == "LITERAL":
        return ord(character) == int(value)
    if kind == "RANGE":
        return bool(value[0] <= ord(character) <= value[1])
    told = {
        "CATEGORY_DIGIT": character.isdigit(),
        "CATEGORY_WORD": character.isalnum() or character == "_",
        "CATEGORY_SPACE": character.isspace(),
    }
    return bool(told.get(str(value), False))
