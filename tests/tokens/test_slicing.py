"""Tokens one by one: together they are the text again."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from playground.tokens import count, encode, load, slice_text
from playground.tokens.vocabulary import SHIPPED


@settings(deadline=None)  # the first example loads a vocabulary
@given(st.text(), st.sampled_from(SHIPPED))
def test_the_lengths_cut_the_text_where_its_tokens_end(text: str, encoding: str) -> None:
    data = text.encode("utf-8", "replace")
    cut = slice_text(text, encoding)
    assert cut.total == len(cut.ids) == count(text, encoding)
    assert list(cut.ids) == encode(text, encoding)
    assert sum(cut.lengths) == len(data)
    ends = [sum(cut.lengths[: i + 1]) for i in range(cut.total)]
    starts = [0, *ends][:-1]
    decode = load(encoding).decode_single_token_bytes
    assert [data[a:b] for a, b in zip(starts, ends, strict=True)] == [decode(i) for i in cut.ids]


def test_only_the_first_ones_are_cut_and_all_are_counted() -> None:
    text = "one two three " * 1000
    cut = slice_text(text, most=10)
    assert len(cut.ids) == len(cut.lengths) == 10
    assert cut.total == count(text)


@pytest.mark.parametrize(("encoding", "end"), [("o200k_base", 199_999), ("cl100k_base", 100_257)])
def test_a_special_tokens_name_is_text_unless_it_is_asked_for(encoding: str, end: int) -> None:
    text = "a<|endoftext|>b"
    plain = slice_text(text, encoding)
    assert plain.special == ()
    assert end not in plain.ids
    cut = slice_text(text, encoding, special=True)
    assert cut.special == (1,)
    assert cut.ids[1] == end
    assert cut.lengths == (1, len("<|endoftext|>"), 1)


def test_an_emoji_may_be_several_tokens_none_of_which_is_a_character() -> None:
    cut = slice_text("🫠")
    assert cut.total > 1
    assert sum(cut.lengths) == 4


@pytest.mark.parametrize("text", [" " * 1_000_000, "x" * 1_000_000, "\ud800", "é" * 300_000])
def test_texts_that_tiktoken_chokes_on_are_cut_too(text: str) -> None:
    cut = slice_text(text, most=100)
    assert cut.total == count(text) > 0
