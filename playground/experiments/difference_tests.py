"""Tests of a difference: how often chance alone gives one as large. Exact ones where there are few, by lot where there are more."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from playground.experiments.statistics import AT_ONCE, NORMAL, Floats, Interval, Rate, wilson

FLIPS = 10_000
ALL_FLIPS = 14
"""Pairs up to which every way to swap them is tried."""
MANY = 2_000
"""Values above which the normal distribution is as good as shuffling them."""

Hits = npt.NDArray[np.bool_]


def mcnemar(only_a: int, only_b: int) -> float:
    """The two-sided exact probability that this many of the pairs that differ fall to one side."""
    n, few = only_a + only_b, min(only_a, only_b)
    if n == 0:
        return 1.0
    tail = sum(math.exp(_log_choose(n, k) - n * math.log(2)) for k in range(few + 1))
    return min(1.0, 2 * tail)


def _log_choose(n: int, k: int) -> float:
    return math.lgamma(n + 1) - math.lgamma(k + 1) - math.lgamma(n - k + 1)


def fisher(passed_a: int, of_a: int, passed_b: int, of_b: int) -> float:
    """The two-sided exact probability of a table of two shares as unlikely as this one, or more."""
    passed, of = passed_a + passed_b, of_a + of_b
    possible = range(max(0, passed - of_b), min(of_a, passed) + 1)
    logs = np.array(
        [_log_choose(of_a, k) + _log_choose(of_b, passed - k) for k in possible]
    ) - _log_choose(of, passed)
    here = logs[passed_a - possible.start]
    return float(min(1.0, np.exp(logs[logs <= here + 1e-7]).sum()))


def newcombe(a: Rate, b: Rate, correlation: float = 0.0) -> Interval | None:
    """The interval of the difference of two shares (Newcombe 1998, methods 10): Wilson's two, squared and added."""
    first, second = wilson(a.count, a.of), wilson(b.count, b.of)
    if first is None or second is None or a.value is None or b.value is None:
        return None
    down = (a.value - (first.low or 0), (second.high or 0) - b.value)
    up = ((first.high or 0) - a.value, b.value - (second.low or 0))
    reach = [math.sqrt(max(0.0, x * x + y * y - 2 * correlation * x * y)) for x, y in (down, up)]
    apart = a.value - b.value
    return Interval(max(-1.0, apart - reach[0]), min(1.0, apart + reach[1]))


def newcombe_paired(a: Floats, b: Floats) -> Interval | None:
    """The same where both answered the same questions."""
    shares = [Rate(of=len(x), count=int(x.sum()), value=float(x.mean())) for x in (a, b)]
    spread = float(a.std() * b.std())
    together = float(((a - a.mean()) * (b - b.mean())).mean())
    return newcombe(shares[0], shares[1], together / spread if spread else 0.0)


def flips(units: Floats, rng: np.random.Generator) -> tuple[str, float]:
    """The name of the test, and how often swapping the two models in each pair by lot gives a difference as large."""
    n, seen = len(units), abs(float(units.sum()))
    if n > MANY:
        spread = float(units.std(ddof=1)) * math.sqrt(n)
        return "t", 2 * NORMAL.cdf(-seen / spread) if spread else 0.0
    edge = seen * (1 - 1e-9)
    if n <= ALL_FLIPS:
        signs = (np.arange(2**n)[:, None] >> np.arange(n) & 1) * 2.0 - 1
        return "permutation", float((np.abs(signs @ units) >= edge).mean())
    return "permutation", _drawn(lambda rows: np.abs(_signs(rng, rows, n) @ units) >= edge, n)


def _signs(rng: np.random.Generator, rows: int, n: int) -> Floats:
    return np.asarray(rng.integers(0, 2, (rows, n), dtype=np.int8) * 2.0 - 1, np.float64)


def _drawn(hits: Callable[[int], Hits], n: int) -> float:
    """The share of FLIPS draws that are as extreme as what was seen, which is one of them."""
    step, found = max(1, AT_ONCE // n), 0
    for start in range(0, FLIPS, step):
        found += int(hits(min(step, FLIPS - start)).sum())
    return (found + 1) / (FLIPS + 1)


def error_of(values: Floats) -> float:
    """The square of the mean's standard error."""
    return float(values.var(ddof=1)) / len(values)


def shuffled(x: Floats, y: Floats, rng: np.random.Generator) -> tuple[str, float]:
    """How often dealing the values to two models by lot gives a difference as large, in units of its own error."""
    pool, n, first = np.concatenate([x, y]), len(x) + len(y), len(x)
    error = math.sqrt(error_of(x) + error_of(y))
    if error == 0:
        return "permutation", 1.0 if x.mean() == y.mean() else 1 / (FLIPS + 1)
    seen = abs(float(x.mean() - y.mean())) / error
    if n > MANY:
        return "Welch t", 2 * NORMAL.cdf(-seen)
    sums, squares = pool.sum(), (pool**2).sum()

    def hits(rows: int) -> Hits:
        mine = pool[np.argsort(rng.random((rows, n)), axis=1)[:, :first]]
        total, square = mine.sum(axis=1), (mine**2).sum(axis=1)
        a, b = total / first, (sums - total) / (n - first)
        errors = (square / first - a**2) / (first - 1)
        errors += ((squares - square) / (n - first) - b**2) / (n - first - 1)
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.asarray(np.abs(a - b) / np.sqrt(np.maximum(errors, 0)) >= seen * (1 - 1e-9))

    return "permutation", _drawn(hits, n)


def swapped_ratio(
    above: tuple[Floats, Floats], below: tuple[Floats, Floats], rng: np.random.Generator
) -> float:
    """How often swapping the models in each pair by lot gives sums whose ratios (cost ÷ successes) lie as far apart."""
    n = len(above[0])
    columns = np.column_stack([*above, *below])
    sums, turned = columns.sum(axis=0), np.column_stack([above[1] - above[0], below[1] - below[0]])
    seen = abs(sums[0] / sums[2] - sums[1] / sums[3])

    def hits(rows: int) -> Hits:
        cost, good = (rng.integers(0, 2, (rows, n), dtype=np.int8) @ turned).T
        with np.errstate(divide="ignore", invalid="ignore"):
            apart = (sums[0] + cost) / (sums[2] + good) - (sums[1] - cost) / (sums[3] - good)
        return np.asarray(np.isnan(apart) | (np.abs(apart) >= seen * (1 - 1e-9)))

    return _drawn(hits, n)
