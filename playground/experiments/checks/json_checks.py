"""Checks of JSON in the answer."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

import yaml

from playground.experiments import js
from playground.experiments.checks import flow
from playground.experiments.checks.asked import Asked, CheckError, Found, shortened
from playground.experiments.checks.schema import StrictSchemaError, validator

MAX_OBJECT: Final = 100_000
"""Characters of an object that is looked for in a text."""
_MAX_WORK: Final = 3_000_000
"""Characters that are read for one answer, in all tries together."""


def _schema(asked: Asked) -> Callable[[Any], str | None] | None:
    """What the value demands; None where it demands nothing. Raises CheckError for a schema that is none."""
    value = asked.value
    if not js.truthy(value):
        return None
    if isinstance(value, str):
        try:
            value = yaml.load(value, Loader=_CoreLoader)  # noqa: S506 - it is a SafeLoader
        except (yaml.YAMLError, ValueError) as mistake:
            raise CheckError(
                f"`{asked.check.type}`: the schema is neither JSON nor YAML: {mistake}"
            ) from None
    elif not isinstance(value, (Mapping, list)):
        raise asked.wrong("a schema as its value: a mapping, or a text that holds one")
    try:
        return validator(value)
    except StrictSchemaError as mistake:
        raise CheckError(f"`{asked.check.type}`: {mistake}") from None
    except RecursionError:
        raise CheckError(f"`{asked.check.type}`: the schema is nested too deeply") from None


class _CoreLoader(yaml.SafeLoader):
    """YAML 1.2's core: `yes` and `on` are texts."""


_CoreLoader.yaml_implicit_resolvers = {"<": [("tag:yaml.org,2002:merge", re.compile("^<<$"))]}


def _scalar(loader: _CoreLoader, node: yaml.ScalarNode) -> Any:
    return flow.resolved(node.value) if node.style is None else node.value


_CoreLoader.add_constructor("tag:yaml.org,2002:str", _scalar)


def is_json(asked: Asked) -> Found:
    try:
        value = js.from_json(asked.text)
    except js.JsError as mistake:
        return asked.yes(False, f"the answer is no JSON: {mistake}")
    why_not = _schema(asked)
    if why_not is None:
        return asked.yes(True, "the answer is JSON")
    return _conforming(asked, why_not(value))


def _conforming(asked: Asked, mistake: str | None) -> Found:
    return asked.yes(mistake is None, mistake or "the JSON conforms to the schema")


def contains_json(asked: Asked) -> Found:
    found = 0
    mistake: str | None = None
    why_not: Callable[[Any], str | None] | None = None
    for value in objects(asked.text):
        found += 1
        if found == 1:
            why_not = _schema(asked)
        if why_not is None:
            return asked.yes(True, "there is a JSON object in the answer")
        mistake = why_not(value)
        if mistake is None:
            break
    if not found:
        return asked.yes(False, "there is no JSON object in the answer")
    return _conforming(asked, mistake)


def objects(text: str) -> Iterator[Any]:
    """Each `{…}` with balanced braces that reads as a JSON object or a YAML flow mapping; the last may be cut off."""
    closing = _closings(text)
    at, work = text.find("{"), 0
    while 0 <= at < len(text) - 1:
        end, missing = closing.get(at, (len(text), 0))
        if end - at > MAX_OBJECT:
            end, missing = at + MAX_OBJECT, _open(text, at, at + MAX_OBJECT)
        work += end - at
        if work > _MAX_WORK:
            raise CheckError("there are too many braces in the answer to look for JSON")
        try:
            yield _read(text[at:end] + "}" * missing)
            at = text.find("{", end)
        except (flow.FlowError, RecursionError):
            at = text.find("{", at + 1)


def _read(text: str) -> Any:
    """The object as JSON, which is quick, or as YAML's flow mapping. Raises FlowError."""
    try:
        return js.from_json(text)
    except js.JsError:
        return flow.read(_hashed(text))


def _closings(text: str) -> dict[int, tuple[int, int]]:
    """For each opening brace the place behind its end, and how many braces are missing there."""
    open_: list[int] = []
    closing: dict[int, tuple[int, int]] = {}
    for brace in re.finditer("[{}]", text):
        if brace[0] == "{":
            open_.append(brace.start())
        elif open_:
            closing[open_.pop()] = (brace.end(), 0)
    for missing, at in enumerate(reversed(open_), start=1):
        closing[at] = (len(text), missing)
    return closing


def _open(text: str, start: int, end: int) -> int:
    return text.count("{", start, end) - text.count("}", start, end)


def _hashed(text: str) -> str:
    """`//` comments as YAML's `#`; not in quotes, and not in `https://`."""
    return "\n".join(map(_hashed_line, text.split("\n"))) if "//" in text else text


def _hashed_line(line: str) -> str:
    quote = ""
    for at, character in enumerate(line):
        if quote:
            if character != quote or _is_escaped(line, at):
                continue
            if quote == '"' or not re.match("[a-zA-Z]", line[at + 1 : at + 2]):
                quote = ""
        elif character == '"' or (
            character == "'" and not re.match("[a-zA-Z]", line[at - 1 : at] if at else "")
        ):
            quote = character
        elif line.startswith("//", at) and "://" not in _token(line, at):
            slashes = len(line[at:]) - len(line[at:].lstrip("/"))
            return line[:at] + "#" * (slashes // 2) + line[at + slashes :]
    return line


def _is_escaped(line: str, at: int) -> bool:
    return (at - len(line[:at].rstrip("\\"))) % 2 == 1


def _token(line: str, at: int) -> str:
    start = max((line.rfind(blank, 0, at) for blank in js.SPACES), default=-1) + 1
    return line[start : at + 2]


def json_path(asked: Asked) -> Found:
    """The value at `config.path`, which must equal the check's value, or just be there."""
    path = asked.check.config.get("path")
    if not isinstance(path, str):
        raise CheckError(f"`{asked.check.type}` needs `config: {{path: a.b[0]}}`")
    try:
        value = js.from_json(asked.text)
    except js.JsError as mistake:
        return asked.yes(False, f"the answer is no JSON: {mistake}")
    found = at_path(value, path)
    if found is js.UNDEFINED:
        return asked.yes(False, f"there is nothing at {path}")
    if asked.value is js.UNDEFINED:
        return asked.yes(True, f"there is a value at {path}")
    return asked.yes(
        js.deeply_equal(asked.value, found), f"at {path} stands {shortened(js.to_json(found))}"
    )


_STEP = re.compile(r"\.?([^.\[\]]+)|\[(\d+)\]|\[\"([^\"]*)\"\]|\['([^']*)'\]")


def at_path(value: Any, path: str) -> Any:
    """What stands at `a.b[0]["c d"]`, also with `$.` before it; undefined where nothing does."""
    path = path.removeprefix("$")
    at = 0
    while at < len(path):
        step = _STEP.match(path, at)
        if step is None:
            raise CheckError(f"the path `{path}` can't be read at character {at + 1}")
        at = step.end()
        name = step[1] or step[2] or step[3] or step[4] or ""
        if isinstance(value, list) and name.isdecimal() and int(name) < len(value):
            value = value[int(name)]
        elif isinstance(value, Mapping) and name in value:
            value = value[name]
        else:
            return js.UNDEFINED
    return value
