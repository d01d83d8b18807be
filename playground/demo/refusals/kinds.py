"""What a body's fields may hold, and what is wrong with one: the same notation for every door."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Path = tuple[str | int, ...]
What = Literal["unknown", "missing", "type", "value", "low", "high", "short", "long"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """What one field takes; everything is allowed that is not said to be limited."""

    types: tuple[str, ...] = ()
    """`string`, `integer`, `number`, `boolean`, `object`, `array`; empty = anything."""
    low: float | None = None
    high: float | None = None
    values: tuple[str, ...] = ()
    fields: Mapping[str, Kind] | None = None
    """Of an object; None = not looked at."""
    by: str = ""
    """The field whose value says which of `variants` an object is."""
    variants: Mapping[str, Mapping[str, Kind]] = field(default_factory=dict)
    usual: str = ""
    """The variant of an object without that field."""
    item: Kind | None = None
    least: int = 0
    """Items of an array."""
    most: int | None = None
    needed: bool = False


@dataclass(frozen=True, slots=True)
class Flaw:
    """One thing that is wrong with a body."""

    what: What
    path: Path
    value: Any
    kind: Kind


STRING, INTEGER, NUMBER = Kind(types=("string",)), Kind(types=("integer",)), Kind(types=("number",))
BOOLEAN, OBJECT, ARRAY = Kind(types=("boolean",)), Kind(types=("object",)), Kind(types=("array",))
ANY = Kind()


class Open(dict[str, Kind]):
    """Fields that are not looked at: any may be there."""

    def __contains__(self, name: object) -> bool:
        return True

    def __missing__(self, name: str) -> Kind:
        return ANY


def within(low: float | None = None, high: float | None = None, *, whole: bool = False) -> Kind:
    """A number, or a whole one, between two others."""
    return Kind(types=("integer" if whole else "number",), low=low, high=high)


def one_of(*values: str, needed: bool = False) -> Kind:
    """One of these words."""
    return Kind(types=("string",), values=values, needed=needed)


def needed(kind: Kind) -> Kind:
    """The same, but it must be there."""
    return Kind(**{name: getattr(kind, name) for name in Kind.__slots__} | {"needed": True})


def record(**fields: Kind) -> Kind:
    """An object of exactly these fields."""
    return Kind(types=("object",), fields=fields)


def several(item: Kind, *, least: int = 0, most: int | None = None, alone: bool = False) -> Kind:
    """An array of these; `alone` also takes a single one that is text."""
    types = ("string", "array") if alone else ("array",)
    return Kind(types=types, item=item, least=least, most=most)


def variant(by: str, variants: Mapping[str, Mapping[str, Kind]], usual: str = "") -> Kind:
    """An object whose fields depend on the value of one of them."""
    return Kind(types=("object",), by=by, variants=variants, usual=usual)


def flaws(value: Any, kind: Kind, path: Path = ()) -> Iterator[Flaw]:
    """Everything that is wrong with this value, the outer before the inner."""
    if value is None:
        if kind.needed:
            yield Flaw("type", path, value, kind)
        return
    if kind.types and not any(IS[name](value) for name in kind.types):
        yield Flaw("type", path, value, kind)
    elif kind.values and isinstance(value, str) and value not in kind.values:
        yield Flaw("value", path, value, kind)
    elif kind.low is not None and IS["number"](value) and value < kind.low:
        yield Flaw("low", path, value, kind)
    elif kind.high is not None and IS["number"](value) and value > kind.high:
        yield Flaw("high", path, value, kind)
    elif isinstance(value, list):
        yield from _items(value, kind, path)
    elif isinstance(value, dict):
        yield from _fields(value, kind, path)


def _items(value: list[Any], kind: Kind, path: Path) -> Iterator[Flaw]:
    if len(value) < kind.least:
        yield Flaw("short", path, value, kind)
    if kind.most is not None and len(value) > kind.most:
        yield Flaw("long", path, value, kind)
    if kind.item is not None:
        for number, item in enumerate(value):
            yield from flaws(item, needed(kind.item), (*path, number))


def _fields(value: dict[str, Any], kind: Kind, path: Path) -> Iterator[Flaw]:
    fields = kind.fields
    if kind.by:
        name = value.get(kind.by, kind.usual)
        if name not in kind.variants:
            told = one_of(*kind.variants)
            what: What = "value" if isinstance(name, str) and name else "missing"
            yield Flaw(what, (*path, kind.by), name, told)
            return
        fields = kind.variants[name]
    if fields is None:
        return
    for name, told in fields.items():
        if told.needed and name not in value:
            yield Flaw("missing", (*path, name), None, told)
    for name, given in value.items():
        if name in fields:
            yield from flaws(given, fields[name], (*path, name))
        elif name != kind.by:
            yield Flaw("unknown", (*path, name), given, ANY)


def _whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


IS: Mapping[str, Callable[[Any], bool]] = {
    "string": lambda value: isinstance(value, str),
    "integer": _whole,
    "number": lambda value: _whole(value) or isinstance(value, float),
    "boolean": lambda value: isinstance(value, bool),
    "object": lambda value: isinstance(value, dict),
    "array": lambda value: isinstance(value, list),
}
