"""Cuts a text at its token boundaries, so that a reader can see them."""

from __future__ import annotations

from dataclasses import dataclass

from playground.tokens import vocabulary
from playground.tokens.counting import DEFAULT, pieces


@dataclass(frozen=True, slots=True, kw_only=True)
class Sliced:
    """Token ids of a text, and how many UTF-8 bytes of it each of the first ones covers."""

    total: int
    """Tokens of the whole text."""
    ids: tuple[int, ...]
    """Of the first tokens only."""
    lengths: tuple[int, ...]
    """Bytes, in the same order; added up they are offsets into the text as UTF-8."""
    special: tuple[int, ...] = ()
    """Places in `ids` of special tokens such as `<|endoftext|>`."""


def slice_text(
    text: str, encoding: str = DEFAULT, *, most: int = 20_000, special: bool = False
) -> Sliced:
    """The tokens of a text, the first `most` one by one.

    A special token's name in it counts as plain text, which is how providers read what a user sends; with `special`
    it is the one token that it names. Lone surrogates count as U+FFFD.
    """
    encoder = vocabulary.load(encoding)
    ids: list[int] = []
    for piece in pieces(text):
        ids += (
            encoder.encode(piece, allowed_special="all")
            if special
            else encoder.encode_ordinary(piece)
        )
    shown = ids[:most]
    names = encoder._special_tokens.values() if special else ()
    return Sliced(
        total=len(ids),
        ids=tuple(shown),
        lengths=tuple(map(len, encoder.decode_tokens_bytes(shown))),
        special=tuple(i for i, token in enumerate(shown) if token in names),
    )
