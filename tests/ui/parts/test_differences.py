"""What differs: the most alike pair, sentences that only one has, words without their Markdown."""

from __future__ import annotations

import pytest

from playground.figures.commonmark import MOST_BRACKETS, unmarked
from playground.ui.parts.differences import most_alike, only_in


def test_the_two_most_alike_are_taken_whatever_the_order_of_their_words() -> None:
    assert most_alike(["one two three", "four five six", "three two seven"]) == (0, 2)
    assert most_alike(["", "a", ""]) == (0, 1)


def test_only_sentences_that_the_other_has_not_are_left() -> None:
    mine = "A key is secret. A token is text!\nIt is billed."
    other = "it is  billed? A KEY is secret."
    assert only_in(mine, other) == ["A token is text!"]
    assert only_in(other, mine) == []


@pytest.mark.parametrize(
    ("written", "words"),
    [
        ("# Head\n\nA **bold** `code` [link](https://x.example).", "Head\nA bold code link."),
        ("- one\n- two *three*", "one\ntwo three"),
        ("| a | b |\n|---|---|\n| 1 | **2** |", "a\nb\n1\n2"),
        ("```python\nx = '**'\n```", "x = '**'"),
        ("a\nb", "a\nb"),
        ("2 * 3 * 4", "2 * 3 * 4"),
    ],
)
def test_the_words_of_an_answer_have_no_markup_and_code_stays(written: str, words: str) -> None:
    assert unmarked(written) == words


def test_what_can_not_be_read_stays_as_written() -> None:
    odd = "[" * (MOST_BRACKETS + 1)
    assert unmarked(odd) == odd
