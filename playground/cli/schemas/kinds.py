"""What schemas are made of: values, lists, objects with exactly these fields."""

from __future__ import annotations

import inspect
import types
import typing
from typing import Any

from playground.domain.described import MONEY as AMOUNT
from playground.domain.described import PLAIN, sentences

Schema = dict[str, Any]
TEXT: Schema = {"type": "string"}
WHOLE: Schema = {"type": "integer"}
NUMBER: Schema = {"type": "number"}
FLAG: Schema = {"type": "boolean"}
TEXTS: Schema = {"type": "array", "items": TEXT}
MONEY: Schema = dict(AMOUNT)
ANY: Schema = {}
THING: Schema = {"type": "object"}


def maybe(kind: Schema, said: str = "") -> Schema:
    """The same, or null where it is not known."""
    return {"anyOf": [kind, {"type": "null"}]} | ({"description": said} if said else {})


def told(kind: Schema, said: str) -> Schema:
    """The same with what it is."""
    return {**kind, "description": said} if said else kind


def many(kind: Schema, said: str = "") -> Schema:
    """A list of them."""
    return {"type": "array", "items": kind} | ({"description": said} if said else {})


def record(said: str = "", /, **fields: Schema) -> Schema:
    """An object with exactly these fields, all of them always there."""
    made = {"type": "object", "properties": fields, "required": [*fields]}
    return {"description": said, **made, "additionalProperties": False}


def ref(name: str) -> Schema:
    """What stands once in the document, under this name."""
    return {"$ref": f"#/$defs/{name}"}


def either(*kinds: Schema) -> Schema:
    """One of them."""
    return {"anyOf": list(kinds)}


def named(kind: Schema, said: str = "") -> Schema:
    """An object whose names are data: every value is of this kind."""
    return told({"type": "object", "additionalProperties": kind}, said)


def without(kind: Schema, *names: str) -> Schema:
    """The same, where these fields may be missing."""
    return {**kind, "required": [name for name in kind["required"] if name not in names]}


def noun(kind: Any, *left_out: str, **other: Schema) -> Schema:
    """The object that `jsonable` makes of a dataclass or named tuple: its fields, those with parts of their own as any value."""
    hints, said = typing.get_type_hints(kind), sentences(kind)
    names = getattr(kind, "__dataclass_fields__", None) or kind._fields
    fields = {
        name: told(other.pop(name) if name in other else _value(hints[name]), said.get(name, ""))
        for name in names
        if name not in left_out
    }
    return record(inspect.getdoc(kind) or "", **fields, **other)


def _value(hint: Any) -> Schema:
    parts = typing.get_args(hint)
    if hint in PLAIN:
        return dict(PLAIN[hint])
    if typing.get_origin(hint) is typing.Literal:
        return {"enum": list(parts)}
    if isinstance(hint, types.UnionType) and all(part in PLAIN for part in parts):
        return either(*(dict(PLAIN[part]) for part in parts))
    return {}
