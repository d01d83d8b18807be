"""Cuts a text at its token boundaries, so that a reader can see them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from playground.tokens import vocabulary
from playground.tokens.counting import DEFAULT
from playground.tokens.cutting import batches

if TYPE_CHECKING:
    import tiktoken


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
    names = encoder._special_tokens if special else {}
    total = 0
    shown: list[int] = []
    for batch in _batches(text, encoder, names):
        total += len(batch)
        shown += batch[: max(0, most - len(shown))]
    return Sliced(
        total=total,
        ids=tuple(shown),
        lengths=tuple(map(len, encoder.decode_tokens_bytes(shown))),
        special=tuple(i for i, token in enumerate(shown) if token in names.values()),
    )


def _batches(
    text: str, encoder: tiktoken.Encoding, names: Mapping[str, int]
) -> Iterator[list[int]]:
    """The token ids in order; these names are one token each."""
    parts = re.split(f"({'|'.join(map(re.escape, names))})", text) if names else [text]
    for part in parts:
        if part in names:
            yield [names[part]]
        else:
            yield from batches(part, encoder)
