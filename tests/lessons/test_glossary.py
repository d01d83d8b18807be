"""The glossary: two sentences a word, with figures that are computed, found by other words too."""

from __future__ import annotations

import re
import string
from pathlib import Path

import pytest

from playground.lab.questions import Own
from playground.lessons import glossary
from playground.lessons.figures import known
from playground.lessons.glossary import Term
from playground.ui.shell.pages import PAGES
from tests.lessons.written import aging

EVERY = pytest.mark.parametrize("row", glossary.terms().values(), ids=lambda row: row.term)


@EVERY
def test_a_word_has_two_sentences_with_a_figure_and_nothing_that_ages(row: Term, own: Own) -> None:
    for sentence in row.says:
        assert sentence.endswith(".")
        assert ". " not in sentence
        assert aging(sentence) == []
    used = {name for _, name, _, _ in string.Formatter().parse(" ".join(row.says)) if name}
    assert used
    assert used <= known()
    assert not re.search(r"[{}]|n/a|no price|not reported", glossary.answered(row, own))
    assert row.page in {Path(page.file).stem for page in PAGES}


def test_a_word_is_found_by_what_else_it_is_called() -> None:
    assert glossary.find("TTFT") == glossary.terms()["time to first text"]
    assert glossary.find("Subscription") == glossary.terms()["plan"]
    assert glossary.find("zebra") is None


@pytest.mark.parametrize(
    ("words", "first"),
    [
        ("tokens", "token"),
        ("input tokens", "input tokens"),
        ("TTFT", "time to first text"),
        ("429", "rate limit"),
    ],
)
def test_people_find_it_in_their_own_words(words: str, first: str) -> None:
    assert glossary.search(words)[0].term == first


def test_no_words_find_all_and_odd_ones_nothing() -> None:
    assert len(glossary.search(" ")) == len(glossary.terms())
    assert glossary.search("zebra") == []


def test_nothing_is_called_the_same_as_something_else() -> None:
    called = [name.casefold() for row in glossary.terms().values() for name in (row.term, *row.also)]  # fmt: skip
    assert sorted(called) == sorted(set(called))
