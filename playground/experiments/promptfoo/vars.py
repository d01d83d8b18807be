"""What promptfoo does to a test's variables and prompts before they are sent or judged."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

from playground.experiments import js
from playground.experiments.templates import render

_PLACE = re.compile(r"\{\{[" + js.SPACES + r"]*(\w+)[" + js.SPACES + r"]*\}\}", re.ASCII)
_ROUNDS: Final = 5
_MAX_LENGTH: Final = 5_000_000
_CUT_OFF = re.compile(r"(?:{%[^%]*|{{[^}]*|{#[^#]*)(?=[\n\r\u2028\u2029]|\Z)")
_NAMES = re.compile(
    r"\{\{[\s]*([^{}\s|]+)[\s]*(?:\|[^}]+)?\}\}|\{%[\s]*(?:if|for)[\s]+([^{}\s]+)[\s]*[^\n]*?%\}"
)
_LOOPS = re.compile(r"\{%\s*for\s+(\w+)\s+in\s+(\w+)\s*%\}", re.ASCII)
_NOTHING: Final[Mapping[str, str]] = MappingProxyType({})


def prepared(vars: Mapping[str, Any]) -> dict[str, Any]:
    """The variables as assertions see them: one newline at the end dropped, `{{ name }}` replaced, in up to five rounds."""
    found = {
        name: value.removesuffix("\n") if isinstance(value, str) else value
        for name, value in vars.items()
    }
    for _ in range(_ROUNDS):
        changed = False
        for name, value in found.items():
            place = _PLACE.search(value) if isinstance(value, str) else None
            if place is None or place[1] not in found or len(value) > _MAX_LENGTH:
                continue
            filling = _dollars(js.text(found[place[1]]), place[0], value, place.start())
            found[name] = value[: place.start()] + filling + value[place.end() :]
            changed = True
        if not changed:
            break
    return found


def _dollars(text: str, whole: str, value: str, at: int) -> str:
    """`$$`, `$&` and their like in a replacement, as JavaScript fills them in."""
    if "$" not in text:
        return text
    marks = {"$": "$", "&": whole, "`": value[:at], "'": value[at + len(whole) :]}
    return re.sub(r"\$([$&`'])", lambda mark: marks[mark[1]], text)


def literal_where_cut_off(text: str) -> str:
    """A template in which a tag has no end on its line stands for itself, as a whole."""
    if not _CUT_OFF.search(text) or (
        "{%" in text and re.search(r"{%\s*raw\s*%}[\s\S]*{%\s*endraw\s*%}", text)
    ):
        return text
    return f"{{% raw %}}{text}{{% endraw %}}"


def prompt_text(text: str, vars: Mapping[str, Any], env: Mapping[str, str] = _NOTHING) -> str:
    """A prompt with its variables, as promptfoo sends it: in a JSON prompt each text is a template of its own.

    `vars` went through `prepared`. Raises TemplateError.
    """
    try:
        parsed = js.from_json(text)
    except js.JsError:
        values = {name: filled(value, vars, env) for name, value in vars.items()}
        return render(literal_where_cut_off(text), values, env)
    return js.to_json(_inside(parsed, vars, env), "  ")


def _inside(value: Any, vars: Mapping[str, Any], env: Mapping[str, str]) -> Any:
    if isinstance(value, str):
        return render(value, vars, env)
    if isinstance(value, list):
        return [_inside(item, vars, env) for item in value]
    if isinstance(value, Mapping):
        return {key: _inside(item, vars, env) for key, item in value.items()}
    return value


def filled(value: Any, vars: Mapping[str, Any], env: Mapping[str, str]) -> Any:
    """A variable that is itself a template, unless it names something that isn't there."""
    if not isinstance(value, str) or "{" not in value:
        return value
    for name in _used(value):
        root = re.match(r"[A-Za-z_]\w*", name, re.ASCII)
        if root and root[0] != "env" and root[0] not in vars:
            return value
    return render(literal_where_cut_off(value), vars, env)


def _used(template: str) -> set[str]:
    """The variables that promptfoo finds in a template; it looks for them with patterns."""
    template = re.sub(r"\{#[\s\S]*?#\}", "", template)
    found = {first or second for first, second in _NAMES.findall(template)}
    for item, items in _LOOPS.findall(template):
        found.discard(item)
        found.add(items)
    return found
