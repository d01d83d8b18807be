"""However a long text is cut into windows, its tokens are tiktoken's own."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from playground.tokens import cutting as module
from playground.tokens import encode, load, slice_text

ENCODINGS = ("o200k_base", "cl100k_base")

CHARACTERS = (
    *("a", "b", "A", "B", "é", "É", "ſ", "ǅ", "ʰ", "漢", "字", "ー", "한", "न", "म", "\U00020000"),
    *("\u0301", "\ufe0f", "1", "2", "٣", "²", "Ⅷ", "!", "=", "/", "'", "-", "😀", "👍🏽", "\u200d", "،", "。"),
    *(" ", "  ", "\t", "\n", "\r\n", "\r", "\u3000", "\xa0", "\x85", "\u2028", "\x1c", "\x00", "\ufeff"),
    *("'s", "'ll", "'S", "the", "ing", "我们", "स्", "\ue000", "\ud83d", "\ude00"),
)  # fmt: skip
GROUPS = (
    CHARACTERS,
    (" ", "  ", "\t", "\n", "\r\n", "\u3000", "=", "/", "x", " " * 30, "\n" * 30),
    ("A", "B", "b", "漢", "é", "É", "\u0301", "=", "'s"),
    ("1", "2", "٣", "a", ".", " "),
)
WINDOWS = ((13, 8, 2, 40), (40, 20, 3, 60), (100, 50, 5, 100))
"""SIZE, ZONE, MARGIN and LONG so small that a text of some hundred characters is cut and joined in many places."""


@contextmanager
def windows(sizes: tuple[int, int, int, int]) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        for name, size in zip(("SIZE", "ZONE", "MARGIN", "LONG"), sizes, strict=True):
            patch.setattr(module, name, size)
        yield


def texts() -> st.SearchStrategy[str]:
    """Runs of few kinds of characters, and what stands between them."""

    def run(group: tuple[str, ...]) -> st.SearchStrategy[str]:
        few = st.lists(st.sampled_from(group), min_size=1, max_size=3)
        return st.builds(
            lambda pool, picks: "".join(pool[pick % len(pool)] for pick in picks),
            few,
            st.one_of(
                st.lists(st.integers(0, 5), max_size=60),
                st.builds(lambda n: [0] * n, st.integers(1, 300)),
                st.builds(lambda n: list(range(n)), st.integers(1, 300)),
            ),
        )

    parts = st.sampled_from(GROUPS).flatmap(lambda group: st.lists(run(group), max_size=6))
    return parts.map("".join)


@pytest.mark.parametrize("sizes", WINDOWS)
@pytest.mark.parametrize("encoding", ENCODINGS)
@settings(deadline=None, max_examples=120)
@given(text=texts())
def test_windows_give_the_tokens_of_the_whole(
    text: str, encoding: str, sizes: tuple[int, int, int, int]
) -> None:
    encoder = load(encoding)
    with windows(sizes):
        joined = [token for batch in module.batches(text, encoder) for token in batch]
    assert joined == encoder.encode_ordinary(text)


LONG_TEXTS = {
    "prose": "the quick brown fox jumps over the lazy dog. ",
    "minified JSON": '{"id":12,"ok":[1,2,3],"name":"x"},',
    "base64": "QUJDREVGR0gxMjM0NTY3ODkwYWJjZGVm",
    "Chinese": "我们今天去看一看",
    "Chinese with commas": "我们今天去看一看，",
    "Russian": "слово и слово ",
    "Hindi": "नमस्ते",
    "Thai": "สวัสดีครับ",
    "one letter": "a",
    "capitals": "ACGTTGCAAC",
    "digits": "7",
    "hex": "deadbeef0123",
    "signs": "=-",
    "slashes": "/",
    "apostrophes": "'",
    "emoji": "😀",
    "blanks": " \t",
    "ends of lines": "\r\n",
    "empty lines": "    \n",
    "private use": "\ue000",
}


class Watched:
    """An encoder that remembers how much it was given at a time."""

    def __init__(self, encoding: str) -> None:
        self.encoder = load(encoding)
        self.given: list[int] = []

    def encode_ordinary(self, text: str) -> list[int]:
        self.given.append(len(text))
        return self.encoder.encode_ordinary(text)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.encoder, name)


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("kind", LONG_TEXTS)
def test_a_long_run_is_given_in_windows_each_once(kind: str, encoding: str) -> None:
    """200,000 characters: others get a turn after each window, and nearly nothing is read twice."""
    unit = LONG_TEXTS[kind]
    text = (unit * (200_000 // len(unit) + 1))[:200_000] + "x"
    watched = Watched(encoding)
    joined = [token for batch in module.batches(text, watched) for token in batch]  # type: ignore[arg-type]
    assert joined == load(encoding).encode_ordinary(text)
    assert max(watched.given) <= 2 * module.SIZE
    assert sum(watched.given) <= 1.15 * len(text)


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("extra", [-1, 0, 1, 2])
@pytest.mark.parametrize("unit", ["a", "漢", "7", " ", "\n", "=", "the "])
def test_around_the_size_of_a_window(unit: str, extra: int, encoding: str) -> None:
    for size in (module.SIZE, 2 * module.SIZE):
        text = (unit * size)[: size + extra]
        assert encode(text, encoding) == load(encoding).encode_ordinary(text)


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize(
    ("before", "blanks", "after"),
    [
        ("", " ", ""),
        ("word", " ", " word"),
        ("=\n", " ", " =="),
        ("a\n \n", "\t", "\tx"),
        ("x", " \t", "\u30001"),
    ],
)
def test_white_space_that_tiktoken_gives_up_on(
    before: str, blanks: str, after: str, encoding: str
) -> None:
    """The piece is all the run but its last blank, which the next piece may begin with."""
    encoder = load(encoding)
    run = blanks * (1_100_000 // len(blanks))
    expected = (
        encoder.encode_ordinary(before)
        + encoder._encode_single_piece(run)
        + encoder.encode_ordinary(after)
    )
    assert encode(before + run + after, encoding) == expected


@pytest.mark.parametrize("blank", [" ", "\n", " \n"])
def test_white_space_that_an_end_of_line_follows_is_one_piece(blank: str) -> None:
    encoder = load("o200k_base")
    text = "x" + blank * 600_000 + "\ny"
    assert encode(text) == encoder.encode_ordinary(text)


def test_special_tokens_are_found_in_a_long_text() -> None:
    encoder = load("o200k_base")
    text = ("a" * 50_000 + "<|endoftext|>") * 3
    cut = slice_text(text, special=True, most=10**6)
    assert list(cut.ids) == encoder.encode(text, allowed_special="all")
    assert len(cut.special) == 3
    assert slice_text(text, most=5).total == len(encoder.encode_ordinary(text))
