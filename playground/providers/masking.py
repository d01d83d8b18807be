"""Keys are masked in everything that a response holds: a provider may put them anywhere, even into a model's name."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import fields, is_dataclass, replace
from decimal import Decimal
from typing import Any, TypeVar

from playground.domain import Exchange, File, ModelRef
from playground.wire.redact import Redactor

_WITHOUT_TEXT = frozenset({type(None), bool, int, float, Decimal})
_LEFT_ALONE = (Exchange, File, ModelRef)
"""Masked by the recorder already; bytes; what the user typed."""


T = TypeVar("T")


def masked(value: T, redactor: Redactor) -> T:
    """The value with the call's secrets masked in every text inside; the same object where there are none."""
    found: T = _masked(value, redactor)
    return found


def _masked(value: Any, redactor: Redactor) -> Any:
    kind: Any = type(value)
    if kind in _WITHOUT_TEXT:
        return value
    if isinstance(value, str):
        return redactor.text(value)
    if isinstance(value, _LEFT_ALONE):
        return value
    if isinstance(value, Mapping):
        read = {_masked(k, redactor): _masked(v, redactor) for k, v in value.items()}
        return value if read == value else read
    if isinstance(value, list | tuple):
        return kind(_masked(item, redactor) for item in value) if value else value
    if is_dataclass(value) and not isinstance(value, type):
        changed = {}
        for name in _names(kind):
            old = getattr(value, name)
            new = _masked(old, redactor)
            if new is not old and new != old:
                changed[name] = new
        return replace(value, **changed) if changed else value
    return value


@functools.cache
def _names(kind: Any) -> tuple[str, ...]:
    return tuple(field.name for field in fields(kind))
