"""Settings as text: the JSON that a person types for one, checked, and a value as it is written for people."""

from __future__ import annotations

import json
import math
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from playground.domain.nouns import jsonable
from playground.domain.request import Tool
from playground.domain.setting import Kind, Setting

TYPES = ("string", "number", "integer", "boolean", "object", "array", "null")
_ONE = ("items", "contains", "additionalProperties", "propertyNames", "not", "if", "then", "else")
_NAMED = ("properties", "patternProperties", "dependentSchemas", "$defs", "definitions")
_LISTED = ("anyOf", "oneOf", "allOf", "prefixItems")
_SHAPES: tuple[tuple[tuple[str, ...], type, str], ...] = (
    (_NAMED, dict, "an object of schemas"),
    (_LISTED, list, "a list of schemas"),
    (("enum", "required"), list, "a list"),
)
"""Keywords of JSON Schema, what they must hold, and that in words."""
_COMPLAINTS = {
    "Expecting ',' delimiter": "a comma is missing",
    "Expecting ':' delimiter": "a colon is missing",
    "Expecting property name enclosed in double quotes": "a name in double quotes is missing",
    "Expecting value": "a value is missing",
    "Extra data": "there is more behind the end",
    "Unterminated string starting at": "the text that begins there has no closing quote",
    "Invalid control character at": "a line break or tab inside a text is written \\n or \\t",
}
"""What Python's reader says → what a person can mend."""


class Unreadable(ValueError):
    """What was typed can't be sent; the message goes behind the name of it: `is not JSON: …`."""


def read(row: Setting, text: str) -> Any:
    """The value that this JSON text is for the setting; Unreadable says what is wrong."""
    return READ[row.kind](text)


def read_object(text: str) -> dict[str, Any]:
    """A JSON object; Unreadable as `read`."""
    value = read_json(text)
    if not isinstance(value, dict):
        raise Unreadable("must be a JSON object: { … }.")
    return value


def read_schema(text: str) -> dict[str, Any]:
    """A JSON Schema; Unreadable also for what can't be one, as far as that is certain."""
    value = read_json(text)
    if not isinstance(value, dict):
        raise Unreadable("holds no JSON Schema: it must be a JSON object.")
    if flaw := _flaw(value):
        raise Unreadable(f"is no JSON Schema: {flaw}.")
    return value


def read_tools(text: str) -> tuple[Tool, ...]:
    """The functions in a JSON list of {"name", "description", "parameters"}; Unreadable as `read`."""
    value = read_json(text)
    if not isinstance(value, list):
        raise Unreadable('must be a JSON list: [{"name": …, "description": …, "parameters": …}].')
    tools = tuple(_tool(item, f"tool {number}") for number, item in enumerate(value, 1))
    names = [tool.name for tool in tools]
    if twice := next((name for name in names if names.count(name) > 1), None):
        raise Unreadable(f"has two tools that are named {twice!r}.")
    return tools


READ: dict[Kind, Callable[[str], Any]] = {
    "object": read_object,
    "schema": read_schema,
    "tools": read_tools,
}
"""Kinds of settings that are typed as JSON → how that is read."""


def typed(value: Any) -> str:
    """The JSON text that reads as this value, indented; nothing for no value."""
    return json.dumps(jsonable(value), indent=2, ensure_ascii=False) if value else ""


def written(row: Setting, value: Any) -> str:
    """The value for people, on one line."""
    return _WRITTEN.get(row.kind, str)(value)


_WRITTEN: dict[Kind, Callable[[Any], str]] = {
    "integer": "{:,}".format,
    "flag": lambda value: "on" if value else "off",
    "words": lambda value: ", ".join(json.dumps(word, ensure_ascii=False) for word in value),
    "several": ", ".join,
    "tools": lambda value: ", ".join(tool.name for tool in value),
    "object": lambda value: json.dumps(jsonable(value), ensure_ascii=False),
    "schema": lambda value: json.dumps(jsonable(value), ensure_ascii=False),
}


def read_json(text: str) -> Any:
    """The JSON value; Unreadable as `read`, with line and column."""
    try:
        value = json.loads(
            text.removeprefix("\ufeff"),
            parse_float=_finite,
            parse_constant=_finite,
            object_pairs_hook=_object,
        )
        json.dumps(value, ensure_ascii=False).encode()
    except json.JSONDecodeError as error:
        what = _COMPLAINTS.get(error.msg, error.msg[:1].lower() + error.msg[1:])
        where = f"line {error.lineno}, column {error.colno}"
        raise Unreadable(f"is not JSON: {what} in {where}.") from None
    except UnicodeEncodeError:
        raise Unreadable("is not JSON: it holds half a character (\\ud800 to \\udfff).") from None
    except RecursionError:
        raise Unreadable("is nested too deeply.") from None
    return value


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise Unreadable(f"is not JSON: {text} is no number there.")
    return number


def _object(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    made: dict[str, Any] = {}
    for name, value in pairs:
        if name in made:
            raise Unreadable(f"has {json.dumps(name, ensure_ascii=False)} twice in one object.")
        made[name] = value
    return made


def _tool(item: Any, where: str) -> Tool:
    if not isinstance(item, dict) or not isinstance(item.get("name"), str) or not item["name"]:
        raise Unreadable(f'is no list of tools: {where} must be {{"name": …, …}}.')
    if unknown := set(item) - set(Tool.__dataclass_fields__):
        raise Unreadable(
            f"has {min(unknown)!r} in {where}: a tool has name, description and parameters only."
        )
    description, parameters = item.get("description", ""), item.get("parameters", _NOTHING)
    if not isinstance(description, str):
        raise Unreadable(f"has a description in {where} that is no text.")
    flaw = "it is no object" if not isinstance(parameters, dict) else _flaw(parameters)
    if flaw:
        raise Unreadable(f"has parameters in {where} that are no JSON Schema: {flaw}.")
    return Tool(name=item["name"], description=description, parameters=parameters)


_NOTHING: Mapping[str, Any] = {"type": "object", "properties": {}}
"""The parameters of a function that takes none."""


def _flaw(schema: Mapping[str, Any]) -> str | None:
    """What makes this no JSON Schema in any draft, and where; None as far as there is nothing."""
    waiting: deque[tuple[str, Any]] = deque([("", schema)])
    while waiting:
        path, found = waiting.popleft()
        if isinstance(found, bool):
            continue
        if not isinstance(found, dict):
            return f"{path} must be an object, true or false"
        for word, inner in found.items():
            where = f"{path}.{word}" if path else word
            if flaw := _keyword_flaw(word, inner):
                return f"{where} {flaw}"
            waiting.extend(_inside(word, inner, where))
    return None


def _keyword_flaw(word: str, value: Any) -> str | None:
    if word == "type":
        names = value if isinstance(value, list) else [value]
        wrong = [name for name in names if name not in TYPES]
        if wrong or not names:
            said = json.dumps(wrong[0] if wrong else value, ensure_ascii=False)
            return f"is {said}, which is none of {', '.join(TYPES)}"
    for words, kind, said in _SHAPES:
        if word in words and not isinstance(value, kind):
            return f"must be {said}"
    return None


def _inside(word: str, value: Any, where: str) -> Iterator[tuple[str, Any]]:
    """The schemas that a keyword holds, each with its path."""
    if word in _NAMED:
        yield from ((f"{where}.{name}", inner) for name, inner in value.items())
    elif word in _LISTED or (word == "items" and isinstance(value, list)):
        yield from ((f"{where}[{i}]", inner) for i, inner in enumerate(value))
    elif word in _ONE:
        yield where, value
