"""What can be said of an answer without a model: its length, how hard it is to read, and which marks it uses."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

MOST_CHARACTERS = 200_000
"""Characters of a pasted answer that are read."""
WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*|\d+(?:[.,]\d+)*")
SENTENCE = re.compile(r"[.!?…]+(?=\s|$|[\"'”’)])|[。！？]|\n")
BETWEEN = re.compile(r"(?<=[.!?…])[\"'”’)]*\s+|(?<=[。！？])|\n")
HEADING = re.compile(r"#{1,6} +\S")
ITEM = re.compile(r"(?:[-*+•]|\d{1,9}[.)])[ \t]+\S")
VOWELS = re.compile(r"[aeiouy]+")
FEWEST_WORDS = 30
"""Fewer make no reading level."""
LATIN = re.compile(r"[A-Za-z]")
ASIAN = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")

SPANS: Mapping[str, re.Pattern[str]] = {
    "bold": re.compile(r"\*\*[^*\n]+\*\*|__[^_\n]+__"),
    "links": re.compile(r"https?://[^\s)\]>]+"),
    "emoji": re.compile(
        "[\U0001f1e6-\U0001f1ff]{2}|[\U0001f300-\U0001faff\u2600-\u27bf\u2b50\u2b55]\ufe0f?"
        "(?:\u200d[\U0001f300-\U0001faff\u2640\u2642]\ufe0f?)*"
    ),
}
"""What is counted anywhere in the prose, by its pattern."""
LINES: Mapping[str, Callable[[str], bool]] = {
    "headings": lambda line: HEADING.match(line) is not None,
    "list_items": lambda line: ITEM.match(line) is not None,
    "tables": lambda line: "|" in line and "--" in line and not line.strip(" :|-"),
}
"""What is counted line by line, indentation taken off."""


LABELS = {
    "characters": "characters",
    "words": "words",
    "sentences": "sentences",
    "reading_level": "reading level (US school year)",
    "headings": "headings",
    "list_items": "list items",
    "bold": "bold passages",
    "tables": "tables",
    "code_blocks": "code blocks",
    "links": "links",
    "emoji": "emoji",
}
"""Field of Statistics → how it is called on the page."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Statistics:
    """Counts of one text."""

    characters: int
    words: int
    """Han characters and the like count as words of their own."""
    sentences: int
    reading_level: float | None
    """Flesch-Kincaid: years of school in the USA; None for a text too short or not in English letters."""
    headings: int
    list_items: int
    bold: int
    tables: int
    code_blocks: int
    links: int
    emoji: int


def statistics(text: str) -> Statistics:
    """Count the text; code blocks are counted as such and not read as prose."""
    lines, blocks = _without_code(text)
    prose = "\n".join(lines)
    counted = {name: sum(is_one(line) for line in lines) for name, is_one in LINES.items()}
    counted |= {name: len(pattern.findall(prose)) for name, pattern in SPANS.items()}
    words = WORD.findall(_plain(prose))
    asian = len(ASIAN.findall(prose))
    latin = [word for word in words if not ASIAN.search(word)]
    sentences = max(1, len([s for s in SENTENCE.split(prose) if WORD.search(s)])) if words else 0
    return Statistics(
        characters=len(text),
        words=len(latin) + asian,
        sentences=sentences,
        reading_level=_level(latin, sentences, prose),
        code_blocks=blocks,
        **counted,
    )


def sentences(text: str) -> list[str]:
    """The sentences of a text without markup, in order; a line's end ends one too."""
    return [piece.strip() for piece in BETWEEN.split(text) if WORD.search(piece)]


def syllables(word: str) -> int:
    """Syllables of an English word by its vowels: right for most, good enough for an average."""
    lower = word.lower()
    groups = len(VOWELS.findall(lower))
    if lower.endswith("e") and not lower.endswith(("le", "ee")) and groups > 1:
        groups -= 1
    return max(1, groups)


def _without_code(text: str) -> tuple[list[str], int]:
    """The lines outside fenced code, without indentation, and the number of code blocks; a last one may stay open."""
    lines, blocks, fence = list[str](), 0, ""
    for raw in text.splitlines():
        line = raw.strip()
        if fence:
            fence = "" if line == fence else fence
        elif line.startswith(("```", "~~~")):
            fence = line[:3]
            blocks += 1
        else:
            lines.append(line)
    return lines, blocks


def _level(words: list[str], sentences: int, prose: str) -> float | None:
    letters = len(LATIN.findall(prose))
    if len(words) < FEWEST_WORDS or letters < len(prose) / 3:
        return None
    spoken = sum(syllables(word) for word in words)
    level = 0.39 * len(words) / sentences + 11.8 * spoken / len(words) - 15.59
    return round(max(0.0, level), 1)


def _plain(prose: str) -> str:
    """Without addresses, which are no words."""
    return SPANS["links"].sub(" ", prose)
