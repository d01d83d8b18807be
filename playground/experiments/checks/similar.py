"""How near an answer is in meaning: embeddings of answer and text, compared by an angle, a product or a distance."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Final, NamedTuple

from playground.experiments.checks.asked import Asked, CheckError, Found


class Measure(NamedTuple):
    """How two vectors are compared."""

    words: str
    of: Callable[[Sequence[float], Sequence[float]], float]
    nearer_is_less: bool = False


def dot(a: Sequence[float], b: Sequence[float]) -> float:
    return math.fsum(x * y for x, y in zip(a, b, strict=True))


def cosine(a: Sequence[float], b: Sequence[float]) -> float:
    """From -1 to 1; 0 where one of them has no length."""
    length = math.hypot(*a) * math.hypot(*b)
    return dot(a, b) / length if length else 0.0


MEASURES: Final = {
    "cosine": Measure("cosine similarity", cosine),
    "dot": Measure("dot product", dot),
    "euclidean": Measure("euclidean distance", math.dist, nearer_is_less=True),
}
USUAL: Final = 0.75


def similar(asked: Asked) -> Found:
    """The best of one or more texts counts. The score is the measure itself, 1 / (1 + distance) for a distance."""
    texts = asked.texts()
    if not texts:
        raise asked.wrong("at least one text to compare with")
    if asked.embed is None:
        raise CheckError(
            f"`{asked.check.type}` asks for embeddings, and there is nobody to ask here"
        )
    response, vectors = asked.embed(asked.check.judge, [asked.text, *texts])
    if response.failure is not None:
        raise CheckError(f"`{asked.check.type}`: no embeddings: {response.failure.message}")
    if len(vectors) != len(texts) + 1 or len({len(vector) for vector in vectors}) != 1:
        raise CheckError(
            f"`{asked.check.type}`: there is not one embedding of the same length for each text"
        )
    measure = MEASURES[asked.name.partition(":")[2] or "cosine"]
    found = [measure.of(vectors[0], vector) for vector in vectors[1:]]
    best = min(found) if measure.nearer_is_less else max(found)
    bound = USUAL if asked.check.threshold is None else asked.check.threshold
    passed = best <= bound if measure.nearer_is_less else best >= bound
    score = 1 / (1 + best) if measure.nearer_is_less else best
    return Found(
        passed is not asked.inverse,
        1 - score if asked.inverse else score,
        f"{measure.words} {best:.4g}, threshold {bound:g}",
        response.cost.total if response.cost else None,
    )
