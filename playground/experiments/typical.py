"""How far two models typically lie apart, whatever a few long calls make of their means (Hodges and Lehmann 1963).

The intervals are those of Wilcoxon's tests: what they don't call a difference lies inside.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from playground.experiments.statistics import LEVEL, NORMAL, Floats, Interval

STEPS = 60
"""Halvings in which a value is found to the last digits that matter."""


def ranks(values: Floats) -> Floats:
    """Each value's rank by its size, with its sign; equal ones share theirs, and nothing has none."""
    _, place, counts = np.unique(np.abs(values), return_inverse=True, return_counts=True)
    shared = np.cumsum(counts) - (counts - 1) / 2
    return np.asarray(shared[place] * np.sign(values))


def of_pairs(units: Floats) -> tuple[float, Interval]:
    """The typical difference of a pair, and its interval: of the means of every two units."""
    n, ranked = len(units), np.sort(units)

    def below(value: float) -> int:
        """Means of two, or of one with itself, that are no larger."""
        less = np.searchsorted(ranked, 2 * value - ranked, "right")
        return (int(less.sum()) + int(np.searchsorted(ranked, value, "right"))) // 2

    spread = math.sqrt(n * (n + 1) * (2 * n + 1) / 24)
    return _found(below, n * (n + 1) // 2, spread, float(ranked[0]), float(ranked[-1]))


def of_samples(x: Floats, y: Floats) -> tuple[float, Interval]:
    """The same of calls that are no pairs: of every one's difference from every other's."""
    first, second = np.sort(x), np.sort(y)

    def below(value: float) -> int:
        return int(np.searchsorted(first, value + second, "right").sum())

    spread = math.sqrt(len(x) * len(y) * (len(x) + len(y) + 1) / 12)
    low, high = float(first[0] - second[-1]), float(first[-1] - second[0])
    return _found(below, len(x) * len(y), spread, low, high)


def _found(
    below: Callable[[float], int], of: int, spread: float, low: float, high: float
) -> tuple[float, Interval]:
    """The median of so many values, and those that lie as far out as the test's bound."""
    out = max(1, math.floor(of / 2 - NORMAL.inv_cdf((1 + LEVEL) / 2) * spread))
    middle = [_kth(below, k, low, high) for k in ((of + 1) // 2, of // 2 + 1)]
    bounds = [_kth(below, k, low, high) for k in (out, of + 1 - out)]
    return sum(middle) / 2, Interval(*bounds)


def _kth(below: Callable[[float], int], k: int, low: float, high: float) -> float:
    """The k-th smallest value: the least that has so many no larger than it."""
    if below(low) >= k:
        return low
    for _ in range(STEPS):
        middle = (low + high) / 2
        low, high = (low, middle) if below(middle) >= k else (middle, high)
    return high
