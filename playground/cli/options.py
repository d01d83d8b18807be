"""Settings of a request as options of a command, one for each row of the table, and what was typed as their values."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import click

from playground.cli import attach
from playground.domain import ModelRef, setting, typed
from playground.domain.setting import Kind, Setting

PORT = click.IntRange(0, 65535)
Command = TypeVar("Command", bound=Callable[..., Any])


class Integer(click.IntRange):
    """A whole number within bounds."""

    name = "integer"


class Number(click.FloatRange):
    """A finite number within bounds."""

    name = "number"

    def convert(self, value: Any, param: Any, ctx: Any) -> float:
        number = float(super().convert(value, param, ctx))
        if not math.isfinite(number):
            self.fail(f"{value!r} is not a finite number.", param, ctx)
        return number


def model_ref(spelling: str) -> ModelRef:
    """The model that was typed; UsageError says what is wrong with its spelling."""
    try:
        return ModelRef.parse(spelling)
    except ValueError as error:
        raise click.UsageError(f"{error}.") from None


def setting_options(command: Command) -> Command:
    """Give a command an option for every setting, in the order of the table; each comes under its row's name."""
    for row in reversed(setting.SETTINGS):
        command = _option(row)(command)
    return command


def split(options: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """The options that are settings, and all others."""
    names = [row.name for row in setting.SETTINGS]
    return (
        {name: options[name] for name in names},
        {name: value for name, value in options.items() if name not in names},
    )


def values(given: Mapping[str, Any]) -> dict[str, Any]:
    """What was typed, as values of a request; UsageError names the option or the file and what is wrong with it."""
    found = {}
    for row in setting.SETTINGS:
        value = given[row.name]
        if value is not None and value != ():
            found[row.name] = _VALUES.get(row.kind, _as_typed)(row, value)
    return found


def _option(row: Setting) -> Callable[[Command], Command]:
    more = _KINDS[row.kind](row)
    help_ = f"{row.help} May be given again." if more.get("multiple") else row.help
    return click.option(row.option, row.name, metavar=row.metavar, help=help_, **more)


def _integer(row: Setting) -> dict[str, Any]:
    least, most = (None if bound is None else int(bound) for bound in (row.least, row.most))
    return {"type": int if least is most is None else Integer(least, most)}


def _flag(row: Setting) -> dict[str, Any]:
    on = "/" in row.option
    return {"is_flag": True, "default": on}


def _choice(row: Setting) -> dict[str, Any]:
    return {"type": click.Choice(row.choices)} if row.choices else {}


_KINDS: dict[Kind, Callable[[Setting], dict[str, Any]]] = {
    "integer": _integer,
    "number": lambda row: {"type": Number(row.least, row.most)},
    "flag": _flag,
    "choice": _choice,
    "several": lambda row: {**_choice(row), "multiple": True},
    "words": lambda row: {"multiple": True},
    "object": lambda row: {"multiple": True},
    "schema": lambda row: {},
    "tools": lambda row: {},
}
"""Kind of setting → what click is told of it."""


def _as_typed(row: Setting, value: Any) -> Any:
    return value


def _once_each(row: Setting, value: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(value))


def _of_file(row: Setting, name: str) -> Any:
    """What the file holds for this setting."""
    try:
        return typed.read(row, attach.text(name))
    except typed.Unreadable as error:
        raise click.UsageError(f"{row.option}: {name} {error}") from None
    except click.UsageError as error:
        raise click.UsageError(f"{row.option}: {error.message}") from None


def _fields(row: Setting, given: tuple[str, ...]) -> dict[str, Any]:
    """The fields of every KEY=JSON, JSON object and file; of two with one name the later counts."""
    found: dict[str, Any] = {}
    for one in given:
        name, equals, text = one.partition("=")
        said = name.strip()  # never the value: it may be a secret
        try:
            if one.lstrip().startswith("{"):
                said = "the object"
                found |= typed.read_object(one)
            elif equals and said:
                found[said] = typed.read_json(text)
            else:
                said = one
                found |= typed.read_object(attach.text(one))
        except typed.Unreadable as error:
            raise click.UsageError(f"{row.option}: {said} {error} {FIELDS}") from None
        except click.UsageError as error:
            raise click.UsageError(f"{row.option}: {error.message} {FIELDS}") from None
    return found


FIELDS = """Give KEY=JSON, a JSON object or a file that holds one; text as team='"docs"'."""


_VALUES: dict[Kind, Callable[[Setting, Any], Any]] = {
    "several": _once_each,
    "schema": _of_file,
    "tools": _of_file,
    "object": _fields,
}
"""Kind of setting → its value, where that is not what click made of it."""
