"""One paragraph in many languages: how many tokens each takes, and what a page of it costs."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from playground.domain import ModelRef
from playground.pricing import PriceBook
from playground.pricing.shape import Shape, quote
from playground.tokens import count, estimate

PAGE_WORDS = 500
"""A page is what fills so many words in English."""
UNSPACED = re.compile(r"[\u0e00-\u0e7f\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]")
"""Thai, Burmese, Khmer, Japanese, Chinese: written without spaces between words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """One language's version of the paragraph."""

    language: str
    text: str
    tokens: int
    """With o200k_base."""
    older_tokens: int
    """With cl100k_base."""
    characters: int
    words: int | None
    """None where the script puts no spaces between words."""
    relative: float
    """Tokens ÷ tokens of the first language."""

    @property
    def words_per_token(self) -> float | None:
        return self.words / self.tokens if self.words and self.tokens else None

    @property
    def characters_per_token(self) -> float:
        return self.characters / self.tokens if self.tokens else 0.0


def measure(texts: Mapping[str, str]) -> list[Measure]:
    """Each text counted, compared with the first of them."""
    rows: list[Measure] = []
    for language, text in texts.items():
        tokens = count(text)
        base = rows[0].tokens if rows else tokens
        rows.append(
            Measure(
                language=language,
                text=text,
                tokens=tokens,
                older_tokens=count(text, "cl100k_base"),
                characters=len(text),
                words=words(text),
                relative=tokens / base if base else 0.0,
            )
        )
    return rows


def words(text: str) -> int | None:
    """Words between spaces; None where the script has no spaces between words."""
    return None if UNSPACED.search(text) else len(text.split())


def pages(texts: Mapping[str, str]) -> Decimal | None:
    """How many of these paragraphs fill a page: 500 words of the first; None when its words cannot be counted."""
    first = next(iter(texts.values()), "")
    counted = words(first)
    return Decimal(PAGE_WORDS) / counted if counted else None


def page_cost(
    text: str, ref: ModelRef, fill: Decimal, book: PriceBook, on: date, *, output: bool = False
) -> Decimal | None:
    """USD for a page of this text as input, or as output, by the model's own count where it is known; None = no price."""
    tokens = round(estimate(text, ref).tokens * fill)
    shape = Shape(output_tokens=tokens) if output else Shape(input_tokens=tokens)
    cost = quote(book, ref, shape, on=on)
    return cost.total if cost else None
