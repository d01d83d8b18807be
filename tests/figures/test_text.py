"""Text of others: what turns the order of signs round is seen."""

from __future__ import annotations

import unicodedata

import pytest

from playground.figures import fenced, visible
from playground.figures.text import TURNS


@pytest.mark.parametrize(("sign", "name"), TURNS.items())
def test_controls_of_direction_are_spelled_out(sign: str, name: str) -> None:
    assert visible(f"a{sign}b") == f"a⟦{name}⟧b"


def test_they_are_unicodes() -> None:
    """Bidi_Control: those whose class is of an embedding, override or isolate, and the three marks."""
    found = {chr(code) for code in range(0x110000) if _turns(chr(code))}
    assert set(TURNS) == found | {"\u061c", "\u200e", "\u200f"}


def _turns(sign: str) -> bool:
    classes = {"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"}
    return unicodedata.bidirectional(sign) in classes


@pytest.mark.parametrize("text", ["plain", "שלום and سلام", "👨‍👩‍👧 \u200b\u2060"])
def test_all_other_text_stays(text: str) -> None:
    assert visible(text) == text


def test_a_fence_is_longer_than_any_in_the_text() -> None:
    assert fenced("a\n````\nb") == "`````text\na\n````\nb\n`````"
