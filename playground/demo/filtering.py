"""Filters of a file search: OpenAI's comparisons as JSON, Google's as a line of text."""

from __future__ import annotations

import json
import operator
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from playground.demo.ask import Ask, Refused
from playground.demo.used import Keeps

COMPARE: Mapping[str, Callable[[Any, Any], bool]] = {
    "eq": operator.eq,
    "ne": operator.ne,
    "gt": operator.gt,
    "gte": operator.ge,
    "lt": operator.lt,
    "lte": operator.le,
    "in": lambda one, many: one in many,
    "nin": lambda one, many: one not in many,
}
SIGNS = {"=": "eq", "!=": "ne", ">": "gt", ">=": "gte", "<": "lt", "<=": "lte"}
LINE = re.compile(
    r"\s*(?P<key>\w+)\s*(?P<sign>!=|>=|<=|=|>|<)\s*"
    r"(?:(?P<text>\"(?:[^\"\\]|\\.)*\")|(?P<number>-?\d+(?:\.\d+)?))\s*(?P<then>AND\b|OR\b|$)"
)


def everything(attributes: Mapping[str, Any]) -> bool:
    """No filter at all."""
    return True


def keeps(tool: Mapping[str, Any]) -> Keeps:
    """What the filter of a tool lets through; Refused where it can't be read."""
    inner = tool.get("fileSearch") or tool.get("file_search") or tool
    line = inner.get("metadataFilter") or inner.get("metadata_filter")
    if line:
        return _line(str(line))
    return _filter(inner["filters"]) if inner.get("filters") else everything


def custom_metadata(attributes: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Google's form of what a file says of itself."""
    return [
        {"key": key, ("stringValue" if isinstance(value, str) else "numericValue"): value}
        for key, value in attributes.items()
    ]


def check(ask: Ask) -> None:
    """Refuse a filter that can't be read."""
    for offer in ask.tools:
        if offer.hosted and "filter" in offer.text.lower():
            keeps(read(offer.text))


def read(text: str) -> Mapping[str, Any]:
    """A tool as it was offered."""
    try:
        value = json.loads(text)
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}


def _filter(given: Any) -> Keeps:
    kind = given.get("type") if isinstance(given, dict) else None
    if kind in ("and", "or"):
        parts = [_filter(one) for one in given.get("filters") or ()]
        join = all if kind == "and" else any
        return lambda attributes: join(part(attributes) for part in parts)
    if (
        not isinstance(kind, str)
        or kind not in COMPARE
        or not isinstance(given.get("key"), str)
        or "value" not in given
    ):
        raise Refused("invalid", f"Invalid filter: {json.dumps(given)[:200]}", "tools[0].filters")
    return _compared(given["key"], COMPARE[kind], given["value"])


def _compared(key: str, compare: Callable[[Any, Any], bool], value: Any) -> Keeps:
    def kept(attributes: Mapping[str, Any]) -> bool:
        try:
            return key in attributes and compare(attributes[key], value)
        except TypeError:  # a text and a number have no order
            return False

    return kept


def _line(text: str) -> Keeps:
    """`key = "text" AND other > 3 OR …`: AND binds more tightly."""
    choices: list[list[Keeps]] = [[]]
    for part, then in _parts(text):
        choices[-1].append(part)
        if then == "OR":
            choices.append([])
    return lambda attributes: any(all(part(attributes) for part in every) for every in choices)


def _parts(text: str) -> Iterator[tuple[Keeps, str]]:
    at = 0
    while True:
        found = LINE.match(text, at)
        if found is None:
            raise Refused("invalid", f"Invalid metadata_filter: {text[:200]}")
        value = json.loads(found["text"] or found["number"])
        yield _compared(found["key"], COMPARE[SIGNS[found["sign"]]], value), found["then"]
        if not found["then"]:
            return
        at = found.end()
