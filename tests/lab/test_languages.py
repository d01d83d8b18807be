"""One paragraph in many languages."""

from datetime import date
from decimal import Decimal

import pytest

from playground.domain import ModelRef
from playground.lab.languages import measure, page_cost, pages, words
from playground.pricing import load
from playground.tokens import count
from playground.tokens.paragraphs import paragraphs

TODAY = date(2026, 11, 21)


def test_there_are_enough_languages_and_both_kinds_of_chinese() -> None:
    assert len(paragraphs()) >= 12
    assert next(iter(paragraphs())) == "English"
    assert {"Chinese (Traditional)", "Chinese (Simplified)"} <= set(paragraphs())


@pytest.mark.parametrize("language", list(paragraphs()))
def test_a_paragraph_is_one_line_of_its_own_language(language: str) -> None:
    text = paragraphs()[language]
    assert text == " ".join(text.split())
    assert 100 < len(text) < 500
    assert list(paragraphs().values()).count(text) == 1


@pytest.mark.parametrize("language", ["Japanese", "Chinese (Traditional)", "Chinese (Simplified)"])
def test_a_script_without_spaces_got_none_from_our_line_breaks(language: str) -> None:
    assert " " not in paragraphs()[language]
    assert words(paragraphs()[language]) is None


def test_everything_is_compared_with_the_first() -> None:
    first, second = measure({"A": "one two three", "B": "einszweidrei vierfünf"})
    assert (first.relative, first.words) == (1.0, 3)
    assert second.relative == count("einszweidrei vierfünf") / count("one two three")
    assert second.words_per_token == 2 / second.tokens
    assert second.characters_per_token == len("einszweidrei vierfünf") / second.tokens
    assert measure({"A": ""})[0].relative == 0.0


def test_a_page_is_five_hundred_words_of_the_first() -> None:
    assert pages({"A": "four words of text", "B": "x"}) == Decimal(500) / 4
    assert pages({"A": "中文沒有空格"}) is None
    assert pages({}) is None


def test_a_page_costs_its_tokens_at_the_models_rate() -> None:
    ref = ModelRef.parse("openai:gpt-6.1-sol")
    text = "word " * 10
    tokens = count(text) * 50
    assert page_cost(text, ref, Decimal(50), load(), TODAY) == tokens * Decimal(2) / 1_000_000
    out = page_cost(text, ref, Decimal(50), load(), TODAY, output=True)
    assert out == tokens * Decimal(10) / 1_000_000
    nobody = ModelRef.parse("ollama:llama3")
    assert page_cost(text, nobody, Decimal(50), load(), TODAY) is None
