"""The nouns as JSON values, and the way back: what is exported, and what is kept in the history."""

from __future__ import annotations

import base64
import binascii
import functools
import math
import types
import typing
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any, Literal, Union

from playground.domain.model import ModelRef
from playground.domain.request import Part
from playground.domain.secret import Secret

PARTS: dict[str, type] = {
    part.__dataclass_fields__["kind"].default: part for part in typing.get_args(Part)
}
"""The `kind` of a message part → its class."""


class NotARun(ValueError):
    """A document that holds no run; the message says what is wrong and where."""


def jsonable(value: Any) -> Any:
    """A noun as JSON values: bytes as base64, money and dates as text, models as spelled; a Secret is an error."""
    if isinstance(value, Secret):
        raise TypeError("a Secret is never exported")
    if isinstance(value, ModelRef):
        return str(value)
    if is_dataclass(value) and not isinstance(value, type):
        return {f.name: jsonable(getattr(value, f.name)) for f in fields(value)}
    if isinstance(value, Mapping):
        return {str(key): jsonable(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
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


def digits(amount: Decimal) -> str:
    """The exact amount as digits for machines: no exponent, no useless zeros (`0.000123`)."""
    text = f"{amount:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def noun(kind: Any, value: Any, where: str = "value") -> Any:
    """The value as this type: a noun, or a tuple, mapping, number or text inside one; NotARun says where it is not."""
    origin = typing.get_origin(kind)
    if kind is Any:
        return _part(value, where)
    if origin in (Union, types.UnionType):
        return _one_of(typing.get_args(kind), value, where)
    if origin is Literal:
        return value if value in typing.get_args(kind) else _wrong(where, value)
    if origin is tuple:
        return _tuple(typing.get_args(kind), value, where)
    if origin is not None:  # a Mapping; what is in it stays as it is, or is a number or text
        if not isinstance(value, dict):
            _wrong(where, value)
        inner = typing.get_args(kind)[1]
        return {
            k: noun(inner, v, f"{where}.{k}") if inner is not Any else v for k, v in value.items()
        }
    if is_dataclass(kind) and kind is not ModelRef:
        return _dataclass(kind, value, where)
    return _leaf(kind, value, where)


def _part(value: Any, where: str) -> Any:
    """A message part where it is one; anything else is JSON and stays as it is."""
    kind = value.get("kind") if isinstance(value, dict) else None
    part = PARTS.get(kind) if isinstance(kind, str) else None
    names = {f.name for f in fields(part)} if part else set()
    return noun(part, value, where) if part and set(value) == names else value


def _one_of(kinds: tuple[Any, ...], value: Any, where: str) -> Any:
    if value is None and type(None) in kinds:
        return None
    kinds = tuple(kind for kind in kinds if kind is not type(None))
    if len(kinds) == 1:
        return noun(kinds[0], value, where)
    kind = value.get("kind") if isinstance(value, dict) else None
    if kind not in PARTS:
        _wrong(where, value)
    return noun(PARTS[kind], value, where)


def _tuple(kinds: tuple[Any, ...], value: Any, where: str) -> tuple[Any, ...]:
    if not isinstance(value, list):
        _wrong(where, value)
    if len(kinds) == 2 and kinds[1] is Ellipsis:
        return tuple(noun(kinds[0], item, f"{where}[{i}]") for i, item in enumerate(value))
    if len(kinds) != len(value):
        _wrong(where, value)
    return tuple(
        noun(kind, item, f"{where}[{i}]")
        for i, (kind, item) in enumerate(zip(kinds, value, strict=True))
    )


def _dataclass(kind: Any, value: Any, where: str) -> Any:
    if not isinstance(value, dict):
        _wrong(where, value)
    hints = _hints(kind)
    given = {
        name: noun(hints[name], value[name], f"{where}.{name}") for name in hints if name in value
    }
    try:
        return kind(**given)
    except TypeError:
        missing = ", ".join(sorted(set(hints) - set(given)))
        raise NotARun(f"{where} lacks some of: {missing}.") from None


@functools.cache
def _hints(kind: type) -> dict[str, Any]:
    """Field → type, class constants left out."""
    hints = typing.get_type_hints(kind)
    return {f.name: hints[f.name] for f in fields(kind)}


def _leaf(kind: type, value: Any, where: str) -> Any:
    try:
        if kind is float and isinstance(value, int | float | str) and not isinstance(value, bool):
            return float(value)
        if kind is ModelRef and isinstance(value, str):
            return ModelRef.parse(value)
        if kind is Decimal and isinstance(value, str):
            return Decimal(value)
        if kind is bytes and isinstance(value, str):
            return base64.b64decode(value, validate=True)
    except (ValueError, InvalidOperation, binascii.Error):
        _wrong(where, value)
    if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
        _wrong(where, value)
    return value


def _wrong(where: str, value: Any) -> typing.NoReturn:
    raise NotARun(
        f"{where} is {type(value).__name__ if value is not None else 'missing'}, or not what belongs there."
    )
