"""What a provider sent, fitted to the types that a Response declares, so that nothing further on meets a surprise.

A number where text belongs becomes text (some servers number their answers); a count that is no whole number is not
reported; anything else that does not belong there is left out. The events show what really came.
"""

from __future__ import annotations

import functools
import types
import typing
from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass, replace
from typing import Any, TypeVar

from playground.domain import Cost, Exchange, ModelRef, Timing, Trust, Usage

T = TypeVar("T")

_OURS = (Cost, Exchange, ModelRef, Timing, Trust)
"""Nothing in these is taken from the answer as it came."""
_UNFIT: Any = object()
_DIGITS = 12
"""No count of tokens has more; a longer number is not taken for one."""


def fitted(value: T) -> T:
    """The dataclass with every field as declared; the same object where all were."""
    changed = {}
    declared: type = type(value)
    for name, (kind, empty) in _fields(declared).items():
        old = getattr(value, name)
        if old is empty or type(old) is str is kind:
            continue
        new = _fit(kind, old)
        if new is not old:
            changed[name] = empty if new is _UNFIT else new
    made: Any = replace(value, **changed) if changed else value  # type: ignore[type-var]
    return typing.cast("T", made)


def reported(read: Callable[..., Usage], raw: Any, *more: Any) -> Usage | None:
    """What `read` makes of a usage object: None without one, only the object itself when it has the shape of none."""
    if not raw:
        return None
    kept = raw if isinstance(raw, Mapping) else {"usage": raw}
    try:
        found = read(_whole(raw), *more)
    except (AttributeError, TypeError, ValueError, KeyError):
        found = Usage()
    return replace(found, raw=kept)


def together(known: Any, counted: Any) -> Any:
    """Two reports of one usage as one: the later counts, but it leaves what it does not repeat and a zero erases nothing."""
    if not (isinstance(known, Mapping) and isinstance(counted, Mapping)):
        return counted if isinstance(counted, Mapping) or not known else known
    both = dict(known)
    for name, value in counted.items():
        if isinstance(value, Mapping):
            both[name] = together(known.get(name), value)
        elif value or not known.get(name):
            both[name] = value
    return both


def first_count(raw: Mapping[str, Any], *names: str) -> Any:
    """The first of these counts that is not 0, a dot before a name inside another; 0 where one says so, else None."""
    found: Any = None
    for name in names:
        outer, _, inner = name.rpartition(".")
        held = raw.get(outer) if outer else raw
        value = held.get(inner) if isinstance(held, Mapping) else None
        if value:
            return value
        found = value if found is None else found
    return found


def _whole(value: Any) -> Any:
    """The usage object with its counts as whole numbers where a server writes 12.0 or "12"."""
    if isinstance(value, Mapping):
        return {name: _whole(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [_whole(inner) for inner in value]
    found = _count(value) if isinstance(value, float | str) else value
    return value if found is _UNFIT else found


def _count(value: Any) -> Any:
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) <= _DIGITS:
        value = int(value)
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return value if type(value) is int and 0 <= value < 10**_DIGITS else _UNFIT


@functools.cache
def _fields(kind: type) -> dict[str, tuple[Any, Any]]:
    """Field → declared type and what stands there when nothing fits: None where allowed, else the empty value."""
    hints = typing.get_type_hints(kind)
    return {f.name: (hints[f.name], _empty(hints[f.name])) for f in fields(kind)}


def _empty(kind: Any) -> Any:
    if type(None) in typing.get_args(kind):
        return None
    return {str: "", tuple: (), bytes: b""}.get(typing.get_origin(kind) or kind, {})


def _fit(kind: Any, value: Any) -> Any:
    """The value if it is of this type, the nearest value that is, or _UNFIT."""
    if isinstance(value, _OURS):
        return value
    if is_dataclass(value):
        return fitted(value)
    shape, inner = _shape(kind)
    if shape is typing.Union:
        return value if value is None else _fit(inner, value)
    if shape is str:
        number = isinstance(value, int | float) and not isinstance(value, bool)
        return value if isinstance(value, str) else str(value) if number else _UNFIT
    if shape is int:
        return _count(value)
    if shape is tuple:
        return _tuple(inner, value)
    if shape is Mapping:
        return _mapping(inner, value) if isinstance(value, Mapping) else _UNFIT
    return value


@functools.cache
def _shape(kind: Any) -> tuple[Any, Any]:
    """What a declared type asks for, and of what it is made: looked up once, for every answer asks again."""
    origin, inner = typing.get_origin(kind), typing.get_args(kind)
    if origin in (typing.Union, types.UnionType):
        return typing.Union, inner[0]
    if origin is tuple:
        return tuple, inner[0]
    if isinstance(origin, type) and issubclass(origin, Mapping):
        return Mapping, inner[1]
    return (kind, None) if kind in (str, int) else (None, None)


def _tuple(kind: Any, values: tuple[Any, ...]) -> tuple[Any, ...]:
    if not values:
        return values
    fit = [(old, _fit(kind, old)) for old in values]
    if all(new is old for old, new in fit):
        return values
    return tuple(new for _, new in fit if new is not _UNFIT)


def _mapping(kind: Any, value: Mapping[str, Any]) -> Mapping[str, Any]:
    if kind is Any:
        return value
    fit = {name: _fit(kind, inner) for name, inner in value.items()}
    if all(fit[name] is inner for name, inner in value.items()):
        return value
    return {name: inner for name, inner in fit.items() if inner is not _UNFIT}
