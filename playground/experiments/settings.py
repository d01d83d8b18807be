"""Settings as a spec has them: a value under the name of a row of the table of settings."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping
from difflib import get_close_matches
from typing import Any

from playground.domain import setting, typed
from playground.domain.setting import Kind, Setting


class SettingError(ValueError):
    """A setting that can't be: the message names it and what is expected."""


def checked(values: Mapping[str, Any]) -> dict[str, Any]:
    """The settings as a Request takes them; SettingError for the first that can't be. null leaves one as it is."""
    return {name: one(name, value) for name, value in values.items() if value is not None}


def one(name: str, value: Any) -> Any:
    """A setting's value as a Request takes it; SettingError names what is expected."""
    row = setting.find(name)
    if row is None:
        raise SettingError(f"`{name}` is no setting.{did_you_mean(name, names())}")
    try:
        return _READ[row.kind](row, value)
    except SettingError as error:
        raise SettingError(f"`{name}` {error}") from None


def names() -> tuple[str, ...]:
    return tuple(row.name for row in setting.SETTINGS)


def did_you_mean(name: str, known: tuple[str, ...] | list[str]) -> str:
    """What may have been meant, as a sentence after a blank; nothing where nothing is near."""
    near = get_close_matches(name, known, n=1, cutoff=0.6)
    return f" Did you mean `{near[0]}`?" if near else ""


def _number(row: Setting, value: Any) -> float:
    whole = row.kind == "integer"
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise SettingError("must be a whole number." if whole else "must be a number.")
    if whole and value != int(value):
        raise SettingError("must be a whole number.")
    if row.least is not None and value < row.least:
        raise SettingError(f"must be at least {row.least:g}.")
    if row.most is not None and value > row.most:
        raise SettingError(f"must be at most {row.most:g}.")
    return int(value) if whole else float(value)


def _flag(row: Setting, value: Any) -> bool:
    if not isinstance(value, bool):
        raise SettingError("must be true or false.")
    return value


def _choice(row: Setting, value: Any) -> str:
    text = str(value) if isinstance(value, int) and not isinstance(value, bool) else value
    if not isinstance(text, str) or (row.choices and text not in row.choices):
        which = f"one of {', '.join(row.choices)}" if row.choices else "a word"
        raise SettingError(f"must be {which}.")
    return text


def _words(row: Setting, value: Any) -> tuple[str, ...]:
    items = value if isinstance(value, list | tuple) else [value]
    return tuple(_choice(row, item) for item in items)


def _json(row: Setting, value: Any) -> Any:
    try:
        return typed.read(row, json.dumps(value))
    except typed.Unreadable as error:
        raise SettingError(str(error)) from None


_READ: Mapping[Kind, Callable[[Setting, Any], Any]] = {
    "integer": _number,
    "number": _number,
    "flag": _flag,
    "choice": _choice,
    "several": _words,
    "words": _words,
    "object": _json,
    "schema": _json,
    "tools": _json,
}
