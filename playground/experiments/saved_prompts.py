"""Prompts out of the library, as a version that stays."""

from __future__ import annotations

import re

from playground import library
from playground.experiments.spec import Prompt
from playground.store.store import Store

NAMED = re.compile(r"(.+?)@(\d+)")
NAME = re.compile(r"[^\W\d]\w*")


class LibraryError(ValueError):
    """A prompt that the library can't give; the message says why, and what to do."""


def pinned(prompt: Prompt, store: Store | None, owner: str) -> Prompt:
    """The prompt with its text and system prompt, and with the version named; LibraryError when it is not there."""
    if store is None:
        raise LibraryError("There is no library here: nothing was ever kept.")
    wanted = prompt.saved or ""
    there = {found.name: found for found in library.all_prompts(store, owner=owner)}
    name, number = wanted, None
    if wanted not in there and (named := NAMED.fullmatch(wanted)):
        name, number = named[1], int(named[2])
    if name not in there:
        known = ", ".join(map(repr, there)) or "none"
        raise LibraryError(f"The library has no prompt {name!r}. It has: {known}.")
    kept = there[name]
    version = next((v for v in kept.versions if v.version == number), None)
    if number is None:
        version = kept.newest
    if version is None:
        raise LibraryError(
            f"{name!r} has no version {number}; the newest is {kept.newest.version}."
        )
    if odd := [name for name in version.variables if not NAME.fullmatch(name)]:
        raise LibraryError(
            f"{name!r} has a variable {odd[0]!r}: in experiments a name is one word. Rename it."
        )
    changed = {
        "saved": f"{name}@{version.version}",
        "text": _template(version.text),
        "system": prompt.system or _template(version.system) or None,
    }
    return prompt.model_copy(update=changed)


def _template(text: str) -> str:
    """What the library means as a template means it: `\\\\{{` are two braces, and what is no name stays as it is."""

    def put(found: re.Match[str]) -> str:
        if found[1]:
            return '{{ "{{" }}'
        inside = " ".join(found[2].split())
        return found[0] if NAME.fullmatch(inside) else '{{ "{{" }}' + found[2] + '{{ "}}" }}'

    return library.BRACES.sub(put, text)
