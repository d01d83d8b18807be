"""Transforms are code: the few that are written most are the same as our steps, all others are left out."""

from __future__ import annotations

import re
from typing import Any

TEXT = r"""(?:"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)'|`((?:[^`\\$]|\\.)*)`)"""
STEPS: tuple[tuple[re.Pattern[str], Any], ...] = (
    (re.compile(r"\.trim\(\)"), lambda found: "trim"),
    (re.compile(r"\.toLowerCase\(\)"), lambda found: "lower"),
    (re.compile(r"\.toUpperCase\(\)"), lambda found: "upper"),
    (re.compile(rf"\.split\({TEXT}\)\[(\d+)\]"), lambda found: _piece(found)),
    (re.compile(r"\.pop\(\)(?!.)"), lambda found: None),
    (re.compile(r"\.([A-Za-z_$][\w$]*)(?![\w$(])"), lambda found: {"key": found[1]}),
    (re.compile(rf"\[{TEXT}\]"), lambda found: {"key": _text(found)}),
)
"""What follows `output` → the step that does the same."""
ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f", "v": "\v", "0": "\0"}


def steps(code: str) -> list[Any] | None:
    """The steps that do exactly what this JavaScript does; None for any other."""
    code = code.strip().removesuffix(";").strip()
    code = re.sub(r"^return\s+", "", code)
    if "\n" in code:
        return None
    found: list[Any] = []
    if parsed := re.match(r"JSON\.parse\(\s*output((?:\.trim\(\))?)\s*\)", code):
        found += ["trim"] * bool(parsed[1]) + ["json"]
        rest = code[parsed.end() :]
    elif re.match(r"output\b", code):
        rest = code.removeprefix("output")
    else:
        return None
    while rest:
        made, rest = _next(rest, bool(found) and _is_value(found[-1]))
        if made is None:
            return None
        found.append(made)
    return found


def _is_value(step: Any) -> bool:
    """Whether what comes out may be something else than text."""
    return step == "json" or (isinstance(step, dict) and "key" in step)


def _next(rest: str, of_value: bool) -> tuple[Any, str]:
    for pattern, make in STEPS:
        if found := pattern.match(rest):
            step = make(found)
            keyed = isinstance(step, dict) and "key" in step
            if step is None or (keyed and not of_value) or (keyed and step["key"] == "length"):
                return None, rest
            return step, rest[found.end() :]
    return None, rest


def _piece(found: re.Match[str]) -> Any:
    text = _text(found)
    return {"split": text, "part": int(found[4])} if text else None


def _text(found: re.Match[str]) -> str | None:
    """The text in quotes; None where it has an escape that is not one of the few."""
    inside = next((group for group in found.groups()[:3] if group is not None), "")
    odd = [
        sign for sign in re.findall(r"\\(.)", inside, re.DOTALL) if sign in "ux" or sign.isdigit()
    ]
    if odd:
        return None
    return re.sub(r"\\(.)", lambda one: ESCAPES.get(one[1], one[1]), inside, flags=re.DOTALL)
