"""A valid instance of a JSON Schema, with values that fit the question where that is easy."""

from __future__ import annotations

import random
import re
from collections.abc import Mapping
from typing import Any

FORMATS = {
    "date": "2026-11-21",
    "date-time": "2026-11-21T12:00:00Z",
    "time": "12:00:00Z",
    "email": "demo@example.com",
    "uri": "https://example.com/",
    "uuid": "00000000-0000-4000-8000-000000000000",
    "ipv4": "127.0.0.1",
}
PLACE = re.compile(r"\b(?:in|for|at|of)\s+((?:[A-Z][\w'-]+)(?:\s+[A-Z][\w'-]+)*)")
NUMBER = re.compile(r"-?\d+(?:\.\d+)?")
PLACES = ("location", "city", "place", "town", "country", "address")
MORE = re.compile(
    r"\s*(?:,|,? and|,? or|&)\s+(?:in |for |at |of )?([A-Z][\w'-]+(?:\s+[A-Z][\w'-]+)*)"
)
MAX_DEPTH = 12
MAX_ITEMS = 100
MAX_LENGTH = 10_000
MAX_VALUES = 3_000
"""A schema that asks for more than this gets an instance that is too small instead of a busy server."""


def places(text: str) -> list[str]:
    """The places that a text names one after the other: `in Paris, Rome and New York`."""
    first = PLACE.search(text)
    found = [first[1]] if first else []
    at = first.end() if first else 0
    while more := MORE.match(text, at):
        found.append(more[1])
        at = more.end()
    return found


class Instance:
    """Makes instances of one root schema for one question."""

    def __init__(self, root: Mapping[str, Any], prompt: str, dice: random.Random) -> None:
        self._root = root
        self._prompt = prompt
        self._dice = dice
        self._made = 0
        self._numbers = [float(n) for n in NUMBER.findall(prompt)]

    def make(self) -> Any:
        """An instance of the root schema; `{}` for an empty one."""
        return self._value(self._root or {"type": "object"}, "answer", 0)

    def _value(self, schema: Any, name: str, depth: int) -> Any:
        self._made += 1
        if not isinstance(schema, Mapping) or depth > MAX_DEPTH or self._made > MAX_VALUES:
            return None
        schema = self._resolve(schema)
        if "const" in schema:
            return schema["const"]
        if schema.get("enum"):
            return self._dice.choice(list(schema["enum"]))
        if "default" in schema and "properties" not in schema:
            return schema["default"]
        return KINDS.get(self._kind(schema), Instance._nothing)(self, schema, name, depth)

    def _resolve(self, schema: Mapping[str, Any]) -> Mapping[str, Any]:
        for _ in range(MAX_DEPTH):
            if "$ref" in schema:
                found: Any = self._root
                for key in str(schema["$ref"]).removeprefix("#").strip("/").split("/"):
                    found = found.get(key, {}) if isinstance(found, Mapping) and key else found
                schema = {**found, **{k: v for k, v in schema.items() if k != "$ref"}}
                continue
            options = schema.get("anyOf") or schema.get("oneOf") or schema.get("allOf")
            if not options or "properties" in schema:
                break
            real = [o for o in options if o.get("type") not in ("null", "NULL")]
            schema = real[0] if real else options[0]
        return schema

    def _kind(self, schema: Mapping[str, Any]) -> str:
        kind = schema.get("type") or ("object" if "properties" in schema else "string")
        if isinstance(kind, list):
            kind = next((k for k in kind if k != "null"), "null")
        return str(kind).lower()

    def _object(self, schema: Mapping[str, Any], name: str, depth: int) -> dict[str, Any]:
        fields = schema.get("properties") or {}
        needed = list(schema.get("required") or [])
        wanted = [*fields] if depth < 4 else [k for k in fields if k in needed]
        return {
            k: self._value(fields.get(k, {}), k, depth + 1) for k in dict.fromkeys(wanted + needed)
        }

    def _array(self, schema: Mapping[str, Any], name: str, depth: int) -> list[Any]:
        least = min(int(schema.get("minItems") or 0), MAX_ITEMS)
        size = min(max(least, 2), int(schema.get("maxItems") or 1000))
        prefix = [self._value(s, name, depth + 1) for s in schema.get("prefixItems") or []]
        rest = max(size, least) - len(prefix)
        items = schema.get("items")
        if items is None or items is False:
            return prefix
        return prefix + [self._value(items, name, depth + 1) for _ in range(max(rest, 0))]

    def _string(self, schema: Mapping[str, Any], name: str, depth: int) -> str:
        if schema.get("format") in FORMATS:
            return FORMATS[schema["format"]]
        text = self._words(name)
        least, most = int(schema.get("minLength") or 0), schema.get("maxLength")
        text = text.ljust(min(least, MAX_LENGTH), ".")
        return text[: int(most)] if most is not None else text

    def _words(self, name: str) -> str:
        place = PLACE.search(self._prompt)
        if name.lower() in PLACES:
            return place[1] if place else "Lisbon"
        if "query" in name.lower() or name.lower() in ("question", "prompt", "q"):
            return self._prompt[:80] or "tokens"
        return f"simulated {name.replace('_', ' ')}"

    def _number(self, schema: Mapping[str, Any], name: str, depth: int) -> float | int:
        low = schema.get("minimum", schema.get("exclusiveMinimum"))
        high = schema.get("maximum", schema.get("exclusiveMaximum"))
        value = self._numbers.pop(0) if self._numbers else float(self._dice.randint(1, 9))
        if "exclusiveMinimum" in schema and value <= schema["exclusiveMinimum"]:
            value = float(schema["exclusiveMinimum"]) + 1
        value = max(value, float(low)) if low is not None else value
        value = min(value, float(high)) if high is not None else value
        if "exclusiveMaximum" in schema and value >= schema["exclusiveMaximum"]:
            value = float(schema["exclusiveMaximum"]) - 1
        return int(value) if value == int(value) else value

    def _integer(self, schema: Mapping[str, Any], name: str, depth: int) -> int:
        value = int(self._number(schema, name, depth))
        step = schema.get("multipleOf")
        return value if not step else int(-(-value // step) * step)

    def _boolean(self, schema: Mapping[str, Any], name: str, depth: int) -> bool:
        return True

    def _nothing(self, schema: Mapping[str, Any], name: str, depth: int) -> None:
        return None


KINDS = {
    "object": Instance._object,
    "array": Instance._array,
    "string": Instance._string,
    "number": Instance._number,
    "integer": Instance._integer,
    "boolean": Instance._boolean,
}
