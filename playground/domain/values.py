"""What a request sets, row by row: read, put, and told apart from the defaults."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields, replace
from typing import Any

from playground.domain import setting
from playground.domain.model import ModelRef
from playground.domain.request import Request
from playground.domain.setting import Setting, Settings

_OWN = frozenset(f.name for f in fields(Settings))
_PLAIN = Request(model=ModelRef("", "", ""), messages=())


def value(request: Request, name: str) -> Any:
    """What the request has for this setting."""
    return getattr(request.settings if name in _OWN else request, name)


def default(name: str) -> Any:
    """What a request has for this setting when nobody chose anything."""
    return value(_PLAIN, name)


def put(request: Request, values: Mapping[str, Any]) -> Request:
    """The request with these settings in place of its own."""
    own = {name: given for name, given in values.items() if name in _OWN}
    rest = {name: given for name, given in values.items() if name not in _OWN}
    return replace(request, settings=replace(request.settings, **own), **rest)


def changed(request: Request) -> Iterator[tuple[Setting, Any]]:
    """What the request has otherwise than by default: the row and the value, in the order of the table."""
    for row in setting.SETTINGS:
        if (found := value(request, row.name)) != default(row.name):
            yield row, found
