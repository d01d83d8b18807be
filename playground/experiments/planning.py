"""How many more calls it takes to find a difference that is worth finding, in 80 of 100 experiments or more.

What was seen is a sample itself: its spread may be far from the true one. The number is the one that finds the difference
in the mean of all such samples (Julious and Owen 2006, Sample size calculations for clinical studies allowing for uncertainty
about the variance).
"""

from __future__ import annotations

import math
from functools import cache
from itertools import zip_longest

import numpy as np

from playground.experiments.pairing import MANY_CASES, Pairs, has_logs
from playground.experiments.statistics import NORMAL, Floats, Groups

ALPHA = 0.05
POWER = 0.85
"""With what is planned that 80 of 100 find: the values scatter as no book has it."""
WORTH_FINDING = 0.1
"""The difference that the promised repeats find: a tenth, or ten points of a pass rate."""
TENTH = math.log1p(WORTH_FINDING)
"""The same between logarithms."""
RANKED = 0.864
"""Wilcoxon's tests need no more than 1 ÷ this × the calls of a t test, however the values scatter (Hodges and Lehmann 1956)."""
MANY_FREE = 300
"""Degrees of freedom from which on a spread counts as known."""
STEPS = 40


def needed(
    spread: float,
    difference: float,
    *,
    seen: int,
    tests: int = 1,
    paired: bool = True,
    ranked: bool = False,
) -> int:
    """Pairs (else calls of each model) that find this true difference in 80 of 100 experiments at 5 %.

    `spread` is the standard deviation of a pair's difference, or of one model's calls, of `seen` of them. `tests`:
    comparisons that Holm corrects for. `ranked`: it is found by ranks.
    """
    if difference <= 0:
        raise ValueError("a difference of nothing is never found")
    variance = spread**2 * (1 if paired else 2) / (RANKED if ranked else 1)
    t_for_z = _bound(tests) ** 2 / 2  # Guenther 1981
    by_spread = math.ceil(sure(seen - 1, tests) ** 2 * variance / difference**2 + t_for_z)
    return max(MANY_CASES, least_pairs(tests), by_spread)


@cache
def least_pairs(tests: int) -> int:
    """Pairs that are significant, corrected for so many tests, although one lies the other way, farther than all others.

    Of the 2ⁿ ways to swap n pairs those are as extreme, on each side, whose swapped ranks sum up to n or less.
    """
    ways, n = [1], 0
    while True:  # ways[k]: sets of different ranks up to n whose sum is k
        n += 1
        with_n = [0] * n + ways
        ways = [sum(both) for both in zip_longest(ways, with_n, fillvalue=0)]
        if 2 * sum(ways[: n + 1]) * max(1, tests) <= ALPHA * 2**n:
            return n


def sure(free: int, tests: int) -> float:
    """Standard errors, by a spread of so many degrees of freedom, that a true difference must be wide to be found."""
    bound = _bound(tests)
    if free > MANY_FREE:
        return bound + NORMAL.inv_cdf(POWER)
    return _sure(max(1, free), bound)


@cache
def _sure(free: int, bound: float) -> float:
    """The quantile of the noncentral t: of spreads that a sample may have, each with its power."""
    spreads = np.linspace(0.005, 1 + 6 / math.sqrt(free), 200)
    logs = (free - 1) * np.log(spreads) - free * spreads**2 / 2  # chi distribution
    weights = np.exp(logs - logs.max())
    weights /= weights.sum()
    low, high = 0.0, 1_000.0
    for _ in range(STEPS):
        middle = (low + high) / 2
        power = sum(
            w * NORMAL.cdf(middle * s - bound) for w, s in zip(weights, spreads, strict=True)
        )
        low, high = (middle, high) if power < POWER else (low, middle)
    return high


def _bound(tests: int) -> float:
    return NORMAL.inv_cdf(1 - ALPHA / max(1, tests) / 2)


def promised(
    found: Pairs, *, share: bool, ratio: bool = False, tests: int
) -> tuple[int | None, int | None]:
    """More repeats of every case, and more cases, that find a difference of a tenth; None where it can't be told."""
    apart, units = found.apart(ratio=ratio), found.units(ratio=ratio)
    cases, repeats = found.count, found.repeats
    difference = _worth(found.a, found.b, share=share, ratio=ratio)
    if len(apart) < 2 or not difference:
        return None, None
    calls = needed(
        _spread(units, share=share), difference, seen=len(units), tests=tests, ranked=ratio
    )
    more_cases = max(0, calls - cases)
    if not found.by_case:
        if cases >= MANY_CASES:
            return None, more_cases
        return max(0, math.ceil(calls / cases - repeats)), None
    within, between = _components(apart, found.cases)
    room = difference**2 / sure(cases - 1, tests) ** 2 * cases - between
    if room <= 0:
        return None, more_cases
    return max(0, math.ceil(within / room - repeats)), more_cases


def promised_apart(
    x: Floats, y: Floats, *, share: bool, ratio: bool = False, tests: int
) -> int | None:
    """More calls of both where they were not asked the same; None where it can't be told."""
    few = min(len(x), len(y))
    if few < 2 or not (difference := _worth(x, y, share=share, ratio=ratio)):
        return None
    both = [np.log(v) for v in (x, y)] if ratio and has_logs(x, y) else [x, y]
    spread = math.sqrt(sum(float(v.var(ddof=1)) for v in both) / 2)
    calls = needed(spread, difference, seen=2 * few - 1, tests=tests, paired=False, ranked=ratio)
    return max(0, calls - few)


def _worth(x: Floats, y: Floats, *, share: bool, ratio: bool) -> float:
    """The difference that is worth finding, as the values are compared; 0 where it can't be told."""
    if share:
        return WORTH_FINDING
    if ratio and has_logs(x, y):
        return TENTH
    return WORTH_FINDING * abs(float(x.mean() + y.mean()) / 2)


def _spread(units: Floats, *, share: bool) -> float:
    """The standard deviation; that of shares is never nothing, as one more call may differ."""
    if not share:
        return float(units.std(ddof=1))
    return math.sqrt((float((units**2).sum()) + 1) / (len(units) + 2))


def _components(apart: Floats, cases: Groups) -> tuple[float, float]:
    """Variance of a difference within a case, and between cases."""
    _, place, sizes = np.unique(cases, return_inverse=True, return_counts=True)
    means = np.bincount(place, weights=apart) / sizes
    free = max(1, len(apart) - len(sizes))
    within = float(((apart - means[place]) ** 2).sum()) / free
    between = float(means.var(ddof=1)) - within / float(sizes.mean())
    return within, max(0.0, between)
