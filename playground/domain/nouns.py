"""The nouns as JSON values, and the way back: what is exported, and what is kept in the history."""

from __future__ import annotations

import base64
import functools
import math
import typing
from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from playground.domain.exchange import Events
from playground.domain.model import ModelRef
from playground.domain.request import Part
from playground.domain.secret import Secret

if typing.TYPE_CHECKING:
    from pydantic_core import SchemaValidator

PARTS: dict[str, type] = {
    part.__dataclass_fields__["kind"].default: part for part in typing.get_args(Part)
}
"""The `kind` of a message part → its class."""


LARGEST = 2**63 - 1
"""Of a count or an amount: what the databases hold."""


_AS_IT_IS = frozenset({str, int, bool, type(None)})


class NotARun(ValueError):
    """A document that holds no run; the message says what is wrong and where."""


def jsonable(value: Any) -> Any:
    """A noun as JSON values: bytes as base64, money and dates as text, models as spelled; a Secret is an error."""
    kind: Any = type(value)
    if kind in _AS_IT_IS:
        return value
    if isinstance(value, Secret):
        raise TypeError("a Secret is never exported")
    if isinstance(value, ModelRef):
        return str(value)
    if is_dataclass(value) and not isinstance(value, type):
        return {name: jsonable(getattr(value, name)) for name in _names(kind)}
    if isinstance(value, Mapping):
        return {str(key): jsonable(item) for key, item in value.items()}
    if isinstance(value, list | tuple | Events):
        return [jsonable(item) for item in value]
    if isinstance(value, set | frozenset):
        return sorted(jsonable(item) for item in value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, bytes):
        return base64.b64encode(value).decode("ascii")
    if isinstance(value, Decimal):
        return digits(value)
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    return value


@functools.cache
def _names(kind: Any) -> tuple[str, ...]:
    return tuple(field.name for field in fields(kind))


@typing.overload
def digits(amount: Decimal) -> str: ...
@typing.overload
def digits(amount: Decimal | None) -> str | None: ...
def digits(amount: Decimal | None) -> str | None:
    """The exact amount as digits for machines: no exponent, no useless zeros (`0.000123`); None stays None."""
    if amount is None:
        return None
    text = f"{amount:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def noun(kind: Any, value: Any, where: str = "value") -> Any:
    """The value as this type: a noun, or a number or text; NotARun says where it is not."""
    from pydantic_core import ValidationError

    try:
        return _reader(kind).validate_python(value)
    except ValidationError as error:
        raise NotARun(_complaint(error.errors(include_url=False), where)) from None


@functools.cache
def _reader(kind: Any) -> SchemaValidator:
    from pydantic import TypeAdapter
    from pydantic_core import SchemaValidator

    return SchemaValidator(_exact(TypeAdapter(kind).core_schema))


def _exact(schema: Any) -> Any:
    """pydantic's schema of a type, as exact as our JSON: true is no number, and no number is text."""
    from pydantic_core import core_schema

    if isinstance(schema, list):
        return [_exact(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    if schema.get("cls") is ModelRef:
        return _spelled(ModelRef.parse)
    match schema.get("type"):
        case "str" | "bool":
            return schema | {"strict": True}
        case "int":
            return schema | {"strict": True, "ge": -LARGEST, "le": LARGEST}
        case "float":  # what is not finite is written as text
            either = [core_schema.float_schema(strict=True), _spelled(float)]
            return core_schema.union_schema(
                either, custom_error_type="float", custom_error_message="no number"
            )
        case "decimal":
            return _spelled(_money)
        case "bytes":
            return _spelled(functools.partial(base64.b64decode, validate=True))
        case "json-or-python":  # a Sequence
            items = _exact(schema["json_schema"]["items_schema"])
            return core_schema.tuple_variable_schema(items)
        case "union":  # the only one is Part
            parts = zip(PARTS, _exact(schema["choices"]), strict=True)
            return core_schema.tagged_union_schema(dict(parts), "kind")
    return {key: _exact(item) for key, item in schema.items()}


def _money(text: str) -> Decimal:
    amount = Decimal(text)
    if not amount.is_finite() or abs(amount) > LARGEST:
        raise ValueError("no amount")
    return amount


def _spelled(read: Callable[[str], Any]) -> Any:
    """The schema of what stands in JSON as text."""
    from pydantic_core import core_schema

    def checked(text: str) -> Any:
        try:
            return read(text)
        except (ValueError, InvalidOperation):
            raise ValueError("not what belongs there") from None

    return core_schema.no_info_after_validator_function(
        checked, core_schema.str_schema(strict=True)
    )


def _complaint(errors: list[Any], where: str) -> str:
    """The first of pydantic's errors as a sentence."""
    path, value = errors[0]["loc"], errors[0]["input"]
    if errors[0]["type"] == "missing":
        path = path[:-1]
        if isinstance(value, dict):  # else it is a tuple that is too short
            missing = (e["loc"] for e in errors if e["type"] == "missing")
            names = ", ".join(name for *above, name in missing if tuple(above) == path)
            return f"{_place(where, path)} lacks {names}."
    kind = "missing" if value is None else type(value).__name__
    return f"{_place(where, path)} is {kind}, or not what belongs there."


def _place(where: str, path: tuple[int | str, ...]) -> str:
    """`responses[0].usage.input_tokens`; the kind that pydantic puts behind the number of a part is left out."""
    for before, step in zip(("", *path), path, strict=False):
        if isinstance(step, int):
            where += f"[{step}]"
        elif not (isinstance(before, int) and step in PARTS):
            where += f".{step}"
    return where
