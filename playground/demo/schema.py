"""A valid instance of a JSON Schema, with values that fit the question where that is easy."""

from __future__ import annotations

import math
import random
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from playground.demo import tasks
from playground.demo.office import labelled
from playground.demo.pattern import from_pattern

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
FORMS = {
    "email": re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+"),
    "uri": re.compile(r"https?://[^\s<>\")]+"),
    "date": re.compile(r"\d{4}-\d{2}-\d{2}"),
}
"""How a value of a format is found in a prompt."""
BY_NAME = (
    (
        re.compile("expression|formula", re.IGNORECASE),
        re.compile(r"(?<![\w-])\(?\d[\d.]*(?:\s*[-+*/%×÷()]\s*\(?\d[\d.]*\)?)+(?![\w-])"),
    ),
    (
        re.compile(r"time_?zone", re.IGNORECASE),
        re.compile(r"\b(?:Africa|America|Asia|Australia|Europe|Pacific)/[A-Z][A-Za-z_]+\b"),
    ),
    (
        re.compile(r"^(?:value|amount|figure)$", re.IGNORECASE),
        re.compile(r"(?<![\w,.])[$€£]?\d[\d.,]*\d(?: ?%| [a-z]+)?"),
    ),
    (re.compile(r"(?:^|_)(?:id|key|no)$", re.IGNORECASE), re.compile(r"\b[A-Z]{1,4}-\d{3,}\b")),
    (re.compile("e-?mail", re.IGNORECASE), FORMS["email"]),
    (re.compile("url|link|website", re.IGNORECASE), FORMS["uri"]),
    (re.compile("date|day|when", re.IGNORECASE), FORMS["date"]),
    (re.compile("phone", re.IGNORECASE), re.compile(r"\+?\d[\d ()/-]{6,}\d")),
    (
        re.compile("name|person|author|customer", re.IGNORECASE),
        re.compile(
            r"\b([A-Z][a-z]+(?: [A-Z][a-z]+)+)(?= (?:is|was|lives|works|has|had)\b)"
            r"|(?<![.!?] )(?<!^)\b([A-Z][a-z]+(?: [A-Z][a-z]+)+)\b|\b([A-Z][a-z]+) is\b"
        ),
    ),
)
"""What a property is called → how its value is found in the prompt."""
DEEP = 4
"""From this depth on only what is required is made."""
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


def merged(schemas: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """One schema that asks for all of these: properties and required together, the narrower bounds."""
    result: dict[str, Any] = {}
    for schema in schemas:
        for key, value in schema.items():
            old = result.get(key)
            if old is None:
                result[key] = value
            elif key in ("properties", "$defs", "definitions"):
                both = {k: merged([old[k], v]) if k in old else v for k, v in value.items()}
                result[key] = {**old, **both}
            elif key == "required":
                result[key] = [*dict.fromkeys([*old, *value])]
            elif key == "enum":
                result[key] = [v for v in old if v in value]
            elif key in NARROW:
                result[key] = NARROW[key](old, value)
            else:
                result[key] = value
    return result


NARROW: Mapping[str, Callable[[Any, Any], Any]] = {
    **dict.fromkeys(("minimum", "exclusiveMinimum", "minLength", "minItems"), max),
    **dict.fromkeys(("maximum", "exclusiveMaximum", "maxLength", "maxItems"), min),
}


def within(value: float, schema: Mapping[str, Any], above: float) -> float:
    """The number brought between its bounds; `above` an exclusive one by so much."""
    lows = [schema[k] + (above if k != "minimum" else 0) for k in LOWS if _is_number(schema.get(k))]
    highs = [
        schema[k] - (above if k != "maximum" else 0) for k in HIGHS if _is_number(schema.get(k))
    ]
    value = max([value, *lows])
    return float(min([value, *highs]))


LOWS, HIGHS = ("minimum", "exclusiveMinimum"), ("maximum", "exclusiveMaximum")


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def stepped(value: float, step: float, schema: Mapping[str, Any]) -> float:
    """The next multiple of the step that is still within the bounds."""
    up = math.ceil(value / step) * step
    down = math.floor(value / step) * step
    return up if within(up, schema, 1e-9) == up else down


def distinct(values: list[Any], least: int) -> list[Any]:
    """The values without those that stand twice, but no fewer than `least` where they can be told apart."""
    found: list[Any] = []
    for number, value in enumerate(values):
        if value in found and isinstance(value, str):
            value = f"{value} {number + 1}"
        elif value in found and _is_number(value):
            value = max(v for v in found if _is_number(v)) + 1
        if value not in found:
            found.append(value)
    return found


class Instance:
    """Makes instances of one root schema for one question."""

    def __init__(self, root: Mapping[str, Any], prompt: str, dice: random.Random) -> None:
        self._root = root
        self._prompt = prompt
        self._dice = dice
        self._made = 0
        self._numbers = [float(n) for n in NUMBER.findall(FORMS["date"].sub(" ", prompt))]

    def make(self) -> Any:
        """An instance of the root schema; `{}` for an empty one."""
        return self._value(self._root or {"type": "object"}, "answer", 0)

    def _value(self, schema: Any, name: str, depth: int) -> Any:
        self._made += 1
        if not isinstance(schema, Mapping) or depth > MAX_DEPTH or self._made > MAX_VALUES:
            return None
        schema = self._resolve(schema, depth)
        if "const" in schema:
            return schema["const"]
        if schema.get("enum"):
            return self._mentioned(list(schema["enum"]))
        if "default" in schema and "properties" not in schema:
            return schema["default"]
        return KINDS.get(self._kind(schema), Instance._nothing)(self, schema, name, depth)

    def _mentioned(self, values: list[Any]) -> Any:
        """The value that the prompt names, or one by chance."""
        said = self._prompt.lower()
        named = [v for v in values if isinstance(v, str) and v and v.lower() in said]
        kinds = tasks.data()["kinds"]
        fits = {v: sum(w in said for w in kinds.get(v, ())) for v in values if isinstance(v, str)}
        named += [max(fits, key=lambda v: fits[v])] if any(fits.values()) else []
        return named[0] if named else self._dice.choice(values)

    def _resolve(self, schema: Mapping[str, Any], depth: int) -> Mapping[str, Any]:
        for _ in range(MAX_DEPTH):
            if "$ref" in schema:
                found: Any = self._root
                for key in str(schema["$ref"]).removeprefix("#").strip("/").split("/"):
                    found = found.get(key, {}) if isinstance(found, Mapping) and key else found
                schema = merged([found, {k: v for k, v in schema.items() if k != "$ref"}])
                continue
            if schema.get("allOf"):
                rest = {k: v for k, v in schema.items() if k != "allOf"}
                schema = merged([rest, *(self._resolve(s, depth) for s in schema["allOf"])])
                continue
            options = schema.get("anyOf") or schema.get("oneOf")
            if not options:
                break
            rest = {k: v for k, v in schema.items() if k not in ("anyOf", "oneOf")}
            schema = merged([rest, self._option(options, depth)])
        return schema

    def _option(self, options: list[Mapping[str, Any]], depth: int) -> Mapping[str, Any]:
        """The first that is not null; far down one that ends, if there is one."""
        nulls = [o for o in options if o.get("type") in ("null", "NULL")]
        real = [o for o in options if o not in nulls]
        if depth >= DEEP:
            ends = [o for o in real if "$ref" not in o and "properties" not in o]
            return (nulls or ends or real)[0]
        return (real or nulls)[0]

    def _kind(self, schema: Mapping[str, Any]) -> str:
        kind = schema.get("type") or ("object" if "properties" in schema else "string")
        if isinstance(kind, list):
            kind = next((k for k in kind if k != "null"), "null")
        return str(kind).lower()

    def _object(self, schema: Mapping[str, Any], name: str, depth: int) -> dict[str, Any]:
        fields = schema.get("properties") or {}
        needed = list(schema.get("required") or [])
        wanted = [*fields] if depth < DEEP else [k for k in fields if k in needed]
        return {
            k: self._value(fields.get(k, {}), k, depth + 1) for k in dict.fromkeys(wanted + needed)
        }

    def _array(self, schema: Mapping[str, Any], name: str, depth: int) -> list[Any]:
        least = min(int(schema.get("minItems") or 0), MAX_ITEMS)
        most = schema.get("maxItems")
        size = min(max(least, 2 if depth < DEEP else 0), 1000 if most is None else int(most))
        prefix = [self._value(s, name, depth + 1) for s in schema.get("prefixItems") or []]
        rest = max(size, least) - len(prefix)
        items = schema.get("items")
        if items is None or items is False:
            return prefix
        made = prefix + [self._value(items, name, depth + 1) for _ in range(max(rest, 0))]
        return distinct(made, least) if schema.get("uniqueItems") else made

    def _string(self, schema: Mapping[str, Any], name: str, depth: int) -> str:
        if schema.get("pattern"):
            return from_pattern(str(schema["pattern"]), int(schema.get("minLength") or 0))
        if schema.get("format") in FORMATS:
            said = (
                FORMS[schema["format"]].search(self._prompt) if schema["format"] in FORMS else None
            )
            return said[0].rstrip(".,;") if said else FORMATS[schema["format"]]
        text = self._words(name)
        least, most = int(schema.get("minLength") or 0), schema.get("maxLength")
        text = text.ljust(min(least, MAX_LENGTH), ".")
        return text[: int(most)] if most is not None else text

    def _words(self, name: str) -> str:
        if len(name) > 3 and (told := labelled(name, self._prompt)):
            return told
        place = PLACE.search(self._prompt)
        if name.lower() in PLACES:
            return place[1] if place else "Lisbon"
        for words, form in BY_NAME:
            if words.search(name) and (said := form.search(self._prompt)):
                return said[said.lastindex or 0].strip()
        if "query" in name.lower() or name.lower() in ("question", "prompt", "q"):
            return self._prompt[:80] or "tokens"
        return f"simulated {name.replace('_', ' ')}"

    def _number(self, schema: Mapping[str, Any], name: str, depth: int) -> float | int:
        value = self._numbers.pop(0) if self._numbers else float(self._dice.randint(1, 9))
        value = within(value, schema, 1e-6)
        step = schema.get("multipleOf")
        if step:
            value = stepped(value, float(step), schema)
        return int(value) if value == int(value) else value

    def _integer(self, schema: Mapping[str, Any], name: str, depth: int) -> int:
        value = int(self._numbers.pop(0)) if self._numbers else self._dice.randint(1, 9)
        step = schema.get("multipleOf") or 1
        return int(stepped(within(value, schema, 1), float(step), schema))

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
