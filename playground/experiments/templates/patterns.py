"""Patterns in templates, `r/…/flags`, and what they find."""

from __future__ import annotations

import re
from typing import Any, Final

from playground.experiments import js, regex
from playground.experiments.js import UNDEFINED, RegExp
from playground.experiments.templates.arguments import Arguments, Method
from playground.experiments.templates.budget import Budget
from playground.experiments.templates.lexing import TemplateError


def find_all(pattern: RegExp, text: str) -> list[tuple[str, regex.Groups]]:
    """As in `regex.find_all`. Raises TemplateError."""
    flags = pattern.flags.replace("g", "").replace("y", "")
    try:
        return regex.find_all(pattern.source, text, flags)
    except (regex.RegexError, regex.RegexTimeout) as mistake:
        raise TemplateError(f"r/{pattern.source}/: {mistake}") from None


def split_at(separator: RegExp, value: str) -> list[Any]:
    pieces: list[Any] = []
    for before, groups in find_all(separator, value):
        if groups and groups[0] == "" and not before:
            continue
        pieces.append(before)
        pieces += [
            UNDEFINED if group is None else group for group in groups[1 : _groups(separator)]
        ]
    return pieces


def _groups(pattern: RegExp) -> int:
    """How many of `groups` are the pattern's: the whole, and each `(` that captures."""
    return 1 + len(re.findall(r"(?<!\\)\((?!\?)|\(\?<(?![=!])", pattern.source))


def expanded(groups: regex.Groups, replacement: str, before: str) -> str:
    """The replacement with `$1`, `$&` and `$$` filled in."""

    def fill(match: re.Match[str]) -> str:
        mark = match[1]
        if mark == "$":
            return "$"
        if mark == "&":
            return groups[0] or ""
        number = int(mark)
        return (groups[number] or "") if 0 < number < len(groups) else match[0]

    return re.sub(r"\$(\$|&|\d{1,2})", fill, replacement)


def replace_pattern(value: str, old: RegExp, new: str, budget: Budget) -> str:
    """The text with the first match, or each with the flag g, replaced."""
    pieces: list[str] = []
    found = find_all(old, value)
    for at, (before, groups) in enumerate(found):
        pieces.append(before)
        if not groups:
            break
        changed = at == 0 or "g" in old.flags
        whole = groups[: _groups(old)]
        pieces.append(expanded(whole, new, before) if changed else groups[0] or "")
        budget.write(len(pieces[-1]) + len(before))
    return "".join(pieces)


def match(value: str, args: Arguments) -> Any:
    pattern = args.get(0)
    if not isinstance(pattern, RegExp):
        pattern = RegExp("(?:)" if pattern is UNDEFINED else js.text(pattern), "")
    found = [groups for _, groups in find_all(pattern, value) if groups]
    if not found:
        return None
    if "g" in pattern.flags:
        return [groups[0] for groups in found]
    return [UNDEFINED if group is None else group for group in found[0][: _groups(pattern)]]


def search(value: str, args: Arguments) -> int:
    pattern = args.get(0)
    if not isinstance(pattern, RegExp):
        pattern = RegExp(js.text(args.get(0, "")), "")
    before, groups = find_all(pattern, value)[0]
    return js.length(before) if groups else -1


REGEXP: Final[dict[str, Method]] = {
    "test": lambda value, args: len(find_all(value, js.text(args.get(0)))) > 1,
    "exec": lambda value, args: match(js.text(args.get(0)), Arguments(args.budget, [value])),
    "toString": lambda value, args: f"/{value.source}/{value.flags}",
}
