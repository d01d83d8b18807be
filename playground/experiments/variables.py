"""The variables that a template needs."""

from __future__ import annotations

import re

INSIDE = re.compile(r"\{\{-?(.*?)-?\}\}|\{%-?(.*?)-?%\}", re.DOTALL)
HEAD = re.compile(r"\s*([A-Za-z_$][\w$]*)(?!\s*\()(.*)", re.DOTALL)
BOUND = re.compile(
    r"\b(?:for|set|import|as|macro|block|call|from)\s+([\w$,\s]+?)(?:\s+in\b|=|\(|$)"
)
KNOWN = frozenset(
    {
        "env",
        "loop",
        "true",
        "false",
        "none",
        "null",
        "not",
        "range",
        "cycler",
        "joiner",
        "caller",
        "super",
    }
)
"""Words that every template knows."""


def names_in(text: str) -> list[str]:
    """The variables that are printed as they are, each once; those with a default need none, and none that the template sets itself."""
    found: list[str] = []
    bound: set[str] = set()
    for printed, statement in (match.groups() for match in INSIDE.finditer(text)):
        if statement is not None:
            if named := BOUND.search(statement):
                bound |= {name.strip() for name in named[1].split(",")}
            continue
        head = HEAD.match(printed)
        if head and head[1] not in KNOWN | bound and "default" not in head[2]:
            found.append(head[1])
    return list(dict.fromkeys(found))
