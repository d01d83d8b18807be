"""Calls of two models side by side: the same question asked of both is a pair."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from playground.experiments.statistics import Floats, Groups

MANY_CASES = 6
"""From so many cases on, a case counts once however often it was asked: what is found then holds for such cases."""


@dataclass(frozen=True, slots=True)
class Values:
    """One figure of one model: NaN where a call has none."""

    name: str
    keys: Sequence[tuple[int, int]]
    values: Floats

    @property
    def known(self) -> Floats:
        return self.values[~np.isnan(self.values)]


def has_logs(a: Floats, b: Floats) -> bool:
    """Whether all of both are more than nothing."""
    return bool((a > 0).all() and (b > 0).all())


@dataclass(frozen=True, slots=True)
class Pairs:
    """The same questions asked of both."""

    a: Floats
    b: Floats
    cases: Groups

    @property
    def count(self) -> int:
        """Cases."""
        return len(np.unique(self.cases))

    @property
    def repeats(self) -> float:
        return len(self.a) / self.count if len(self.a) else 0.0

    @property
    def by_case(self) -> bool:
        """Whether a case counts once: there are enough of them, and they were asked more than once."""
        return MANY_CASES <= self.count < len(self.a)

    def apart(self, *, ratio: bool) -> Floats:
        """a minus b, pair by pair; `ratio`: of their logarithms, where all have one."""
        if ratio and has_logs(self.a, self.b):
            return np.asarray(np.log(self.a) - np.log(self.b))
        return self.a - self.b

    def units(self, *, ratio: bool = False) -> Floats:
        """The same of what counts once: a pair, or a case."""
        apart = self.apart(ratio=ratio)
        return case_means(apart, self.cases) if self.by_case else apart


def pairs(a: Values, b: Values) -> Pairs | None:
    """What both have a figure for; None where they were mostly asked different things."""
    known = [
        {k: v for k, v in zip(x.keys, x.values, strict=True) if not math.isnan(v)} for x in (a, b)
    ]
    both = [key for key in known[0] if key in known[1]]
    if len(both) < 0.8 * min(map(len, known)) or not both:
        return None
    return Pairs(
        np.array([known[0][key] for key in both]),
        np.array([known[1][key] for key in both]),
        np.array([case for case, _ in both], np.int64),
    )


def case_means(values: Floats, cases: Groups) -> Floats:
    _, place = np.unique(cases, return_inverse=True)
    return np.asarray(np.bincount(place, weights=values) / np.bincount(place))
