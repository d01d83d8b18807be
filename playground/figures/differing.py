"""What differs between two texts, word by word."""

from __future__ import annotations

import re
from collections.abc import Iterator
from difflib import SequenceMatcher

WORD = re.compile(r"\s+|\w+|[^\w\s]")
MOST_WORDS = 20_000
"""Longer texts are cut for the diff: comparing takes time that grows with the square of the length."""


def changes(left: str, right: str) -> Iterator[tuple[str, str]]:
    """Pieces of both texts in order as (`same` | `removed` | `added`, text), word by word."""
    a, b = WORD.findall(left)[:MOST_WORDS], WORD.findall(right)[:MOST_WORDS]
    matcher = SequenceMatcher(None, a, b, autojunk=len(a) + len(b) > 4_000)
    for tag, a0, a1, b0, b1 in matcher.get_opcodes():
        if tag == "equal":
            yield "same", "".join(a[a0:a1])
            continue
        if a1 > a0:
            yield "removed", "".join(a[a0:a1])
        if b1 > b0:
            yield "added", "".join(b[b0:b1])


def similarity(left: str, right: str) -> float:
    """Share of words in common, 0 to 1 (2 × matching ÷ all words of both)."""
    same = sum(len(WORD.findall(text)) for kind, text in changes(left, right) if kind == "same")
    total = len(WORD.findall(left)[:MOST_WORDS]) + len(WORD.findall(right)[:MOST_WORDS])
    return 1.0 if total == 0 else 2 * same / total
