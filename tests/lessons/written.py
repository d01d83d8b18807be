"""What a lesson may not say by itself because it ages: prices, limits, names of models and plans."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

ALLOWED = re.compile(
    r"\b(?:200|[45]\d\d|499)\b"  # what HTTP's status codes mean is older than any of us
    r"|\bturn \d+\b"
    r"|\b95 of 100\b"
    r"|\bo200k\b"
)
AGES = {
    "a price": re.compile(r"[$€£¥]|\b(?:dollars?|cents?|USD|EUR) ?\d|\d ?(?:dollars?|cents?|USD|EUR|%)"),
    "a share of a price": re.compile(r"\b(?:half|a (?:third|quarter|fifth|tenth)|twice|double) (?:of )?the price", re.I),
    "a model": re.compile(r"\b(?:gpt|claude|gemini|llama|o)[- ]?\d|\b(?:Opus|Sonnet|Haiku|Fable|Flash|Luna|Sol)\b", re.I),
    "a plan": re.compile(r"\b(?:ChatGPT|Claude|Gemini|AI) (?:Plus|Pro|Max|Go|Team|Ultra|Business)\b"),
    "a number": re.compile(r"\d"),
}  # fmt: skip
"""What it is → how it is told."""


def aging(text: str) -> list[str]:
    """What in the text ages, in words; the figures in braces come out of tables and do not."""
    bare = ALLOWED.sub("", re.sub(r"\{\w+\}", "", text))
    return [f"{what}: {found[0]!r}" for what, told in AGES.items() if (found := told.search(bare))]


def texts(value: Any) -> Iterator[str]:
    """Every text in a model's values, but for what decides and is not read."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for name, inner in value.items():
            if name not in ("kind", "fault", "opens", "page", "name", "also"):
                yield from texts(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from texts(inner)
