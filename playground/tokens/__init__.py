"""Local token counting: OpenAI's vocabularies, shipped with the package and read without the network."""

from playground.tokens.counting import (
    TokenCount,
    count,
    count_input,
    encode,
    estimate,
    known_encoding,
)
from playground.tokens.revising import Cut, cut, splice
from playground.tokens.slicing import Sliced, slice_text
from playground.tokens.vocabulary import VocabularyError, load, load_in_background

__all__ = [
    "Cut",
    "Sliced",
    "TokenCount",
    "VocabularyError",
    "count",
    "count_input",
    "cut",
    "encode",
    "estimate",
    "known_encoding",
    "load",
    "load_in_background",
    "slice_text",
    "splice",
]
