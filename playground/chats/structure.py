"""A JSON Schema proposed from answers that are structured already: JSON, a table, or a list of names and values."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple


class Proposed(NamedTuple):
    """A schema and what it was read from."""

    schema: Mapping[str, Any]
    kind: str
    """`JSON`, `table` or `list`."""
    values: int
    """In how many answers such a structure stands."""


def proposed(answers: Sequence[str]) -> Proposed | None:
    """A schema that the structured answers hold to, the kind of the last one counting; None where it is plain text."""
    for answer in reversed(answers):
        for kind, read in _KINDS.items():
            if read(answer) is not None:
                values = [value for one in answers if (value := read(one)) is not None]
                same = [value for value in values if type(value) is type(values[-1])]
                return Proposed(_object(_whole(_merged(map(schema_of, same)))), kind, len(same))
    return None


def _json(answer: str) -> Any:
    """The JSON object or list that the answer is, or has in a fence."""
    fenced = re.findall(r"```(?:json)?\s*\n(.*?)\n\s*```", answer, re.DOTALL)
    for text in (answer, *fenced):
        try:
            value = json.loads(text)
        except (ValueError, RecursionError):
            continue
        if isinstance(value, dict | list) and value:
            return value
    return None


def _table(answer: str) -> Any:
    """The rows of the first Markdown table."""
    lines = [line.strip() for line in answer.split("\n")]
    for number, line in enumerate(lines[1:], 1):
        if re.fullmatch(r"\|?(?:\s*:?-{2,}:?\s*\|)+(?:\s*:?-{2,}:?\s*)?", line):
            heads = [_name(cell) for cell in _cells(lines[number - 1])]
            rows = []
            for row in lines[number + 1 :]:
                if "|" not in row:
                    break
                rows.append(dict(zip(heads, map(_value, _cells(row)), strict=False)))
            return {"rows": rows} if rows and all(heads) else None
    return None


def _cells(line: str) -> list[str]:
    return [cell.strip() for cell in re.split(r"(?<!\\)\|", line.strip().strip("|"))]


_PAIR = re.compile(r"\s*(?:[-*•]|\d+\.)\s+\*\*(.{1,60}?):?\*\*\s*:?\s+(.+)")
LEAST_PAIRS = 3


def _pairs(answer: str) -> Any:
    """A list of bold names, each with a value."""
    found = [match for line in answer.split("\n") if (match := _PAIR.fullmatch(line))]
    pairs = {_name(match[1]): _value(match[2].strip()) for match in found}
    return pairs if len(pairs) >= LEAST_PAIRS and all(pairs) else None


_KINDS = {"JSON": _json, "table": _table, "list": _pairs}


def _name(text: str) -> str:
    """A heading as the name of a field."""
    return re.sub(r"\W+", "_", text.strip(" *`").lower()).strip("_")


def _value(text: str) -> Any:
    """A cell as a number where it is one."""
    plain = text.strip(" *`")
    if re.fullmatch(r"-?\d{1,15}", plain):
        return int(plain)
    return float(plain) if re.fullmatch(r"-?\d{1,15}\.\d+", plain) else plain


def schema_of(value: Any) -> dict[str, Any]:
    """The schema of one value; objects take no other fields."""
    if isinstance(value, Mapping):
        return _fields({str(name): schema_of(inner) for name, inner in value.items()})
    if isinstance(value, list):
        return {"type": "array", "items": _merged(map(schema_of, value))}
    return {"type": _TYPES[type(value)]}


_TYPES: dict[type, str] = {
    str: "string", bool: "boolean", int: "integer", float: "number", type(None): "null",
}  # fmt: skip


def _fields(properties: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": dict(properties),
        "required": list(properties),
        "additionalProperties": False,
    }


def _object(schema: dict[str, Any]) -> dict[str, Any]:
    """A schema whose root is an object, as every provider wants it."""
    return schema if schema.get("type") == "object" else _fields({"items": schema})


def _whole(schema: Any) -> Any:
    """The schema with text for the items of lists that were always empty: nothing else is known of them."""
    if isinstance(schema, list):
        return [_whole(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    inner = {name: _whole(one) for name, one in schema.items()}
    return {**inner, "items": {"type": "string"}} if inner.get("items") == {} else inner


def _merged(schemas: Iterable[dict[str, Any]]) -> dict[str, Any]:
    """One schema for all: numbers widen, a field that some lack may be null, types that differ stand side by side."""
    found = [choice for one in schemas for choice in one.get("anyOf", [one]) if choice]
    objects = [one for one in found if one.get("type") == "object"]
    arrays = [one for one in found if one.get("type") == "array"]
    if found and len(objects) == len(found):
        return _fields(dict(_merged_fields(objects)))
    if found and len(arrays) == len(found):
        return {"type": "array", "items": _merged(one["items"] for one in arrays)}
    plain = [one for one in found if one not in objects and one not in arrays]
    types = dict.fromkeys(kind for one in plain for kind in _listed(one["type"]))
    if "number" in types:
        types.pop("integer", None)
    choices: list[dict[str, Any]] = []
    if types:
        choices.append({"type": next(iter(types)) if len(types) == 1 else list(types)})
    choices += [_merged(group) for group in (objects, arrays) if group]
    return choices[0] if len(choices) == 1 else {"anyOf": choices} if choices else {}


def _listed(kind: str | list[str]) -> list[str]:
    return kind if isinstance(kind, list) else [kind]


def _merged_fields(objects: Sequence[dict[str, Any]]) -> Iterator[tuple[str, Any]]:
    for name in dict.fromkeys(name for one in objects for name in one["properties"]):
        having = [one["properties"][name] for one in objects if name in one["properties"]]
        lacking = [{"type": "null"}] if len(having) < len(objects) else []
        yield name, _merged([*having, *lacking])
