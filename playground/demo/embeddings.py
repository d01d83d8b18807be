"""OpenAI's POST /v1/embeddings, simulated: texts with the same words, or words with the same beginnings, lie near each other."""

from __future__ import annotations

import hashlib
import math
import re
from collections.abc import Mapping, Sequence
from typing import Any

from playground import tokens
from playground.demo.ask import Refused

MODELS = {
    "text-embedding-3-large": 3072,
    "text-embedding-3-small": 1536,
    "text-embedding-ada-002": 1536,
}
"""Model → how many numbers the real one gives."""
_WORDS = re.compile(r"\w+")
STEM = 4
"""Letters at a word's beginning that count apart, so that word forms are near each other."""


def answer(body: Mapping[str, Any]) -> dict[str, Any]:
    """The answer to a body; Refused in the provider's words where it can't be had."""
    model, given = body.get("model"), body.get("input")
    texts = [given] if isinstance(given, str) else given
    if not isinstance(model, str) or not model:
        raise Refused("no_model")
    if model not in MODELS:
        raise Refused("404", model)
    if not isinstance(texts, list) or not texts or not all(t and isinstance(t, str) for t in texts):
        raise Refused("invalid", "'$.input' is invalid.", "input")
    if body.get("encoding_format", "float") != "float":
        raise Refused("invalid", "The simulation gives floats only.", "encoding_format")
    size = body.get("dimensions", MODELS[model])
    if not isinstance(size, int) or not 1 <= size <= MODELS[model]:
        raise Refused("invalid", f"Invalid value for 'dimensions' = {size}.", "dimensions")
    rows = [
        {"object": "embedding", "index": at, "embedding": vector(text, size)}
        for at, text in enumerate(texts)
    ]
    used = sum(map(tokens.count, texts))
    usage = {"prompt_tokens": used, "total_tokens": used}
    return {"object": "list", "data": rows, "model": model, "usage": usage}


def vector(text: str, size: int) -> list[float]:
    """Of length 1: each word and each beginning of one has a place and a sign by its hash."""
    found = [0.0] * size
    words = _WORDS.findall(text.lower()) or [text]
    for piece in _pieces(words):
        digest = hashlib.blake2b(piece.encode("utf-8", "surrogatepass"), digest_size=8).digest()
        found[int.from_bytes(digest[:4], "big") % size] += 1.0 if digest[4] % 2 else -1.0
    length = math.hypot(*found) or 1.0
    return [round(x / length, 8) for x in found]


def _pieces(words: Sequence[str]) -> list[str]:
    return [*words, *(f"{word[:STEM]}…" for word in words)]
