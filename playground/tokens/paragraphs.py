"""One paragraph of equal meaning in many languages, and how many tokens each takes beside English."""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping
from pathlib import Path

from playground.tokens.counting import encode

DATA = Path(__file__).with_name("languages.yaml")
FOLDED = re.compile(
    r"(?<=[\u3000-\u30ff\u3400-\u9fff\uff00-\uffef]) (?=[\u3000-\u30ff\u3400-\u9fff\uff00-\uffef])"
)
"""A space that only the line breaks of our file put between two Chinese or Japanese characters."""


@functools.cache
def paragraphs() -> Mapping[str, str]:
    """Language → our own paragraph in it; English first."""
    import yaml

    table: dict[str, str] = yaml.safe_load(DATA.read_text("utf-8"))
    return {language: FOLDED.sub("", " ".join(text.split())) for language, text in table.items()}


@functools.cache
def shares() -> Mapping[str, float]:
    """Language → tokens of its paragraph by o200k_base ÷ those of the English one, the smallest first."""
    tokens = {language: len(encode(text)) for language, text in paragraphs().items()}
    base = next(iter(tokens.values()))
    return {name: n / base for name, n in sorted(tokens.items(), key=lambda row: row[1])}
