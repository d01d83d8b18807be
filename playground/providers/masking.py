"""Keys are masked in everything that a response holds: a provider may put them anywhere, even into a model's name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass, replace
from typing import Any, TypeVar

from playground.domain import Exchange, File, ModelRef
from playground.wire.redact import Redactor

_LEFT_ALONE = (Exchange, File, ModelRef)
"""Masked by the recorder already; bytes; what the user typed."""


T = TypeVar("T")


def masked(value: T, redactor: Redactor) -> T:
    """The value with the call's secrets masked in every text inside; the same object where there are none."""
    found: T = _masked(value, redactor)
    return found


def _masked(value: Any, redactor: Redactor) -> Any:
    if isinstance(value, str):
        return redactor.text(value)
    if isinstance(value, _LEFT_ALONE):
        return value
    if isinstance(value, Mapping):
        return {_masked(k, redactor): _masked(v, redactor) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return type(value)(_masked(item, redactor) for item in value)
    if is_dataclass(value) and not isinstance(value, type):
        old = {f.name: getattr(value, f.name) for f in fields(value)}
        new = {name: _masked(item, redactor) for name, item in old.items()}
        changed = {name: item for name, item in new.items() if item != old[name]}
        return replace(value, **changed) if changed else value
    return value
