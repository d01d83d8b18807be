"""A noun's JSON Schema: what `nouns.jsonable` makes of it, each field with the sentence that stands under it in the code."""

from __future__ import annotations

import ast
import functools
import inspect
import textwrap
import types
import typing
from collections.abc import Mapping, Sequence
from dataclasses import MISSING, fields, is_dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from playground.domain.model import ModelRef

MONEY = {"type": "string", "pattern": r"^-?[0-9]+(\.[0-9]+)?$"}
"""An exact decimal: JSON's own numbers would be read as binary ones."""
PLAIN: Mapping[Any, Mapping[str, Any]] = {
    str: {"type": "string"},
    int: {"type": "integer"},
    float: {"type": "number"},
    bool: {"type": "boolean"},
    type(None): {"type": "null"},
    Decimal: MONEY,
    date: {"type": "string", "format": "date"},
    bytes: {"type": "string", "contentEncoding": "base64"},
    ModelRef: {"type": "string", "description": "`provider:model` or `provider/api:model`"},
    Any: {},
}
"""Type → its schema, where that has no parts."""


def schema_of(
    kind: Any, defs: dict[str, Any], *, sparse: bool = False, strict: bool = True
) -> dict[str, Any]:
    """The schema of a type; dataclasses go into `defs` and are referred to.

    `sparse` = fields that hold their default may be missing, as `price_service.published` leaves them out; `strict` = there
    is no other field.
    """
    if kind in PLAIN:
        return dict(PLAIN[kind])
    if is_dataclass(kind):
        return _referred(kind, defs, sparse, strict)
    inner = functools.partial(schema_of, defs=defs, sparse=sparse, strict=strict)
    origin, parts = typing.get_origin(kind), typing.get_args(kind)
    if origin is typing.Literal:
        return {"enum": list(parts)}
    if origin in (typing.Union, types.UnionType):
        return {"anyOf": [inner(part) for part in parts]}
    if origin is not None and issubclass(origin, Mapping):
        return {"type": "object", "additionalProperties": inner(parts[1])}
    if origin is tuple and parts[-1] is not Ellipsis:
        return {"type": "array", "prefixItems": [inner(part) for part in parts], "items": False}
    if origin is not None and issubclass(origin, Sequence):
        return {"type": "array", "items": inner(parts[0])}
    raise TypeError(f"{kind!r} has no JSON Schema here")


def sentences(kind: type) -> dict[str, str]:
    """Field → the sentence under it in the code."""
    (body,) = ast.parse(textwrap.dedent(inspect.getsource(kind))).body
    found, last = dict[str, str](), ""
    for line in typing.cast(ast.ClassDef, body).body:
        match line:
            case ast.AnnAssign(target=ast.Name(id=name)):
                last = name
            case ast.Expr(value=ast.Constant(value=str(said))) if last:
                found[last], last = " ".join(said.split()), ""
            case _:
                last = ""
    return found


def _referred(kind: Any, defs: dict[str, Any], sparse: bool, strict: bool) -> dict[str, Any]:
    if kind.__name__ not in defs:
        defs[kind.__name__] = {}  # now: it may hold itself
        hints, said = typing.get_type_hints(kind), sentences(kind)
        properties = {
            f.name: schema_of(hints[f.name], defs, sparse=sparse, strict=strict)
            | ({"description": said[f.name]} if f.name in said else {})
            for f in fields(kind)
        }
        needed = [f.name for f in fields(kind) if not sparse or _has_no_default(f)]
        defs[kind.__name__].update(
            description=inspect.getdoc(kind),
            type="object",
            properties=properties,
            required=needed,
            additionalProperties=not strict,
        )
    return {"$ref": f"#/$defs/{kind.__name__}"}


def _has_no_default(f: Any) -> bool:
    return f.default is MISSING and f.default_factory is MISSING
