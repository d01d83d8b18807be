"""What is said of files that go into a store, how they are cut, and which of them are searched, as a person writes it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import cast

from playground.domain.hosted import Chunking, Comparison, Condition, Value

ALL = "*"
"""In the place of a file's name: every file."""
LEAST, MOST = 100, 4096
"""Tokens of a chunk at OpenAI; Google publishes no bounds."""
PAIR = re.compile(
    r"\s*(?P<key>[A-Za-z]\w*)\s*(?P<how>!=|>=|<=|=|>|<)\s*"
    r'(?P<value>"(?:[^"\\]|\\.)*"|[^\s,"]+)\s*'
)
JOINED = re.compile(r"and\b\s*", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Filing:
    """How files are put into a store."""

    chunking: Chunking | None = None
    """None = as the provider does it by itself."""
    attributes: Mapping[str, Mapping[str, Value]] = field(default_factory=dict)
    """File name, or ALL → what is said of it."""

    def of(self, name: str) -> dict[str, Value]:
        """What is said of this file."""
        return {**self.attributes.get(ALL, {}), **self.attributes.get(name, {})}


def chunking(size: int | None, overlap: int | None) -> Chunking | None:
    """How files are cut; None where nothing is set. ValueError says which figure can't be."""
    if size is None:
        if overlap:
            raise ValueError("An overlap needs the tokens of a chunk beside it.")
        return None
    if not LEAST <= size <= MOST:
        raise ValueError(f"A chunk has {LEAST} to {MOST:,} tokens, not {size:,}.")
    if not 0 <= (overlap or 0) <= size // 2:
        raise ValueError(f"Chunks share at most half of their {size:,} tokens.")
    return Chunking(size=size, overlap=overlap or 0)


def attributes(text: str) -> dict[str, dict[str, Value]]:
    """One line a file, `rules.txt: audience = staff, year = 2026`, `*` for every file; ValueError names what can't be read."""
    found: dict[str, dict[str, Value]] = {}
    for line in filter(str.strip, text.splitlines()):
        name, colon, rest = line.partition(":")
        if not colon or not name.strip():
            raise ValueError(f"{line.strip()!r}: write the file's name, a colon, and key = value.")
        pairs = found.setdefault(name.strip(), {})
        for one, then in _pairs(rest):
            if one.how != "=" or then not in ("", ","):
                raise ValueError(f"{line.strip()!r}: write key = value, with commas in between.")
            pairs[one.key] = one.value
    return found


def conditions(text: str) -> tuple[Condition, ...]:
    """`audience = staff and year >= 2026`; empty for no text. ValueError names what can't be read."""
    found = list(_pairs(text)) if text.strip() else []
    for number, (one, then) in enumerate(found, 1):
        if then == "," or (then == "" and number < len(found)):
            raise ValueError(f"After {one.key} stands no 'and'.")
    return tuple(one for one, _ in found)


def _pairs(text: str) -> Iterator[tuple[Condition, str]]:
    """Each comparison, and what stands behind it: `,`, `and`, or nothing at the end."""
    at = 0
    while True:
        found = PAIR.match(text, at)
        if found is None:
            raise ValueError(f"{text[at:].strip()[:60]!r} is no key = value.")
        at = found.end()
        then = _joint(text, at)
        how = cast(Comparison, found["how"])
        yield Condition(key=found["key"], how=how, value=_value(found["value"])), then.strip()[:3]
        if not then and at == len(text):
            return
        if not then:
            raise ValueError(f"{text[at:].strip()[:60]!r}: write a comma or 'and' before it.")
        at += len(then)


def _joint(text: str, at: int) -> str:
    joined = JOINED.match(text, at)
    return joined[0] if joined else text[at : at + 1] if text[at : at + 1] == "," else ""


def _value(text: str) -> Value:
    if text.startswith('"'):
        return re.sub(r"\\(.)", r"\1", text[1:-1])
    if text in ("true", "false"):
        return text == "true"
    try:
        return float(text) if "." in text else int(text)
    except ValueError:
        return text
