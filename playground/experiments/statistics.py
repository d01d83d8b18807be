"""What a set of figures says: percentiles, means and rates with their intervals. Unknown is None, and too few are said.

Intervals hold 95 % and are the same for the same figures: what is drawn by lot is drawn by a seed.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from statistics import NormalDist
from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Groups = npt.NDArray[np.int64]

LEVEL = 0.95
PERCENTILES = (50, 90, 95, 99)
RESAMPLES = 2_000
AT_ONCE = 1_000_000
"""Numbers that one step of resampling draws: eight megabytes."""
MANY_GROUPS = 8
"""With so many cases a resample draws whole cases; of fewer it draws single calls, for these cases only."""
NORMAL = NormalDist()


@dataclass(frozen=True, slots=True)
class Interval:
    """Where the true value is, in 95 of 100 experiments. None: nothing bounds it on that side."""

    low: float | None
    high: float | None

    def has(self, value: float) -> bool:
        """Whether the value may be the true one."""
        above = self.low is None or self.low <= value
        return above and (self.high is None or value <= self.high)


@dataclass(frozen=True, slots=True, kw_only=True)
class Distribution:
    """Values of one figure. Every figure is None where there are too few for it."""

    n: int
    """Values that are known."""
    unknown: int = 0
    """Calls that should have had one, and did not report it."""
    mean: float | None = None
    spread: float | None = None
    """Standard deviation."""
    p50: float | None = None
    p90: float | None = None
    p95: float | None = None
    p99: float | None = None
    intervals: Mapping[str, Interval] = field(default_factory=dict)
    """`mean`, `p50`, … → its interval."""
    note: str = ""
    """What there are too few values for, in a sentence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """So many of so many, with Wilson's interval."""

    of: int
    count: int
    value: float | None = None
    interval: Interval | None = None


def distribution(values: Floats, groups: Groups | None = None, *, seed: int = 0) -> Distribution:
    """What these values say; NaN is one that is not known. Values of one group (a case) are alike."""
    known = ~np.isnan(values)
    found, unknown = values[known], int((~known).sum())
    n = len(found)
    if n == 0:
        return Distribution(n=0, unknown=unknown, note="No value is known." if unknown else "")
    points = np.quantile(found, [p / 100 for p in PERCENTILES])
    rng = np.random.default_rng(seed)
    alike = groups[known] if groups is not None else np.arange(n)
    intervals = {f"p{p}": each for p, each in _percentiles(found, alike, rng)}
    mean = ratio(found, np.ones(n), alike, seed=seed)
    if mean is not None:
        intervals["mean"] = mean
    return Distribution(
        n=n,
        unknown=unknown,
        mean=float(found.mean()),
        spread=float(found.std(ddof=1)) if n > 1 else None,
        intervals=intervals if n > 1 else {},
        note=_few(n),
        **{f"p{p}": float(point) for p, point in zip(PERCENTILES, points, strict=True)},
    )


def _few(n: int) -> str:
    """Which percentiles so few values can't tell from their largest one."""
    short = [p for p in PERCENTILES if n < 100 / (100 - p)]
    if not short:
        return ""
    names = " and ".join(f"p{p}" for p in short)
    needed = math.ceil(100 / (100 - short[-1]))
    return f"{names} of {n:,} is little more than the largest of them: it takes {needed} or more."


def _percentiles(
    values: Floats, groups: Groups, rng: np.random.Generator
) -> Iterator[tuple[int, Interval]]:
    """The bootstrap's interval of each percentile.

    Of calls that are all their own group its distribution is known: the k-th of n resampled values is the one at a
    Beta(k, n - k + 1) share of them.
    """
    order = np.argsort(values, kind="stable")
    ranked, n = values[order], len(values)
    weights = _weights(groups, rng)
    for percentile in PERCENTILES:
        place = (n - 1) * percentile / 100
        if weights is None:
            share = rng.beta(place + 1, n - place, RESAMPLES)
            draws = ranked[np.minimum((share * n).astype(int), n - 1)]
        else:
            draws = _weighted(ranked, weights[:, order], percentile / 100)
        yield percentile, middle(draws)


def _weights(groups: Groups, rng: np.random.Generator) -> npt.NDArray[np.int64] | None:
    """How often each value is in each resample of whole groups; None where each value is drawn by itself."""
    _, place, sizes = np.unique(groups, return_inverse=True, return_counts=True)
    if len(sizes) < MANY_GROUPS or len(sizes) == len(groups):
        return None
    rows = min(RESAMPLES, max(200, 4 * AT_ONCE // len(groups)))
    drawn = rng.multinomial(len(sizes), np.full(len(sizes), 1 / len(sizes)), rows)
    return np.asarray(drawn[:, place], np.int64)


def _weighted(ranked: Floats, weights: npt.NDArray[np.int64], share: float) -> Floats:
    """The quantile of each row of weights over the same sorted values."""
    sums = np.cumsum(weights, axis=1)
    return np.asarray(ranked[(sums >= share * sums[:, -1:]).argmax(axis=1)])


def middle(draws: Floats, low: float = (1 - LEVEL) / 2, high: float = (1 + LEVEL) / 2) -> Interval:
    """What all but the outermost of these draws lie between; infinite ones bound nothing."""
    found = np.quantile(draws, [low, high], method="inverted_cdf")
    bounds = [float(value) if math.isfinite(value) else None for value in found]
    return Interval(*bounds)


def ratio(
    above: Floats, below: Floats, groups: Groups | None = None, *, seed: int = 0
) -> Interval | None:
    """The interval of sum ÷ sum (a mean where `below` is ones) by a BCa bootstrap; None where it can't be told.

    Efron and Tibshirani, An Introduction to the Bootstrap, 14.3: bias and skew are taken out of the percentiles.
    """
    if groups is not None:
        above, below = _by_group(above, groups), _by_group(below, groups)
    n = len(above)
    if n < 2 or not below.sum():
        return None
    estimate = above.sum() / below.sum()
    draws = np.concatenate(list(_ratios(above, below, np.random.default_rng(seed))))
    if draws.min() == draws.max():
        return Interval(float(estimate), float(estimate))
    below_it = float(np.mean(draws < estimate) + np.mean(draws == estimate) / 2)
    left_out = _left_out(above, below)
    if not 0 < below_it < 1 or left_out is None:
        return middle(draws)
    bias, skew = NORMAL.inv_cdf(below_it), _skew(left_out)
    return middle(draws, *(_corrected(tail, bias, skew) for tail in (0.025, 0.975)))


def _by_group(values: Floats, groups: Groups) -> Floats:
    """Sums by group, where there are enough of them to draw from; else the values themselves."""
    names, place = np.unique(groups, return_inverse=True)
    if len(names) < MANY_GROUPS or len(names) == len(groups):
        return values
    return np.asarray(np.bincount(place, weights=values, minlength=len(names)), np.float64)


def _ratios(above: Floats, below: Floats, rng: np.random.Generator) -> Iterator[Floats]:
    """The ratio of each resample, a bounded number at once; infinite where nothing is below."""
    n = len(above)
    step = max(1, AT_ONCE // n)
    for start in range(0, RESAMPLES, step):
        drawn = rng.integers(0, n, (min(step, RESAMPLES - start), n))
        with np.errstate(divide="ignore", invalid="ignore"):
            found = above[drawn].sum(axis=1) / below[drawn].sum(axis=1)
        yield np.where(np.isnan(found), np.inf, found)


def _left_out(above: Floats, below: Floats) -> Floats | None:
    """The ratio without each of the units; None where one of them is all there is below."""
    rest = below.sum() - below
    return (above.sum() - above) / rest if np.all(rest > 0) else None


def _skew(left_out: Floats) -> float:
    away = left_out.mean() - left_out
    size = float((away**2).sum())
    return float((away**3).sum()) / (6 * size**1.5) if size > 0 else 0.0


def _corrected(tail: float, bias: float, skew: float) -> float:
    z = bias + NORMAL.inv_cdf(tail)
    return NORMAL.cdf(bias + z / (1 - skew * z)) if skew * z < 1 else tail


def wilson(count: int, of: int, *, effective: float | None = None) -> Interval | None:
    """The interval of a share by Wilson's score; `effective`: as many calls as they are worth when they are alike."""
    if of == 0:
        return None
    n = of if effective is None else effective
    z, share = NORMAL.inv_cdf((1 + LEVEL) / 2), count / of
    middle = share + z * z / (2 * n)
    reach = z * math.sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    whole = 1 + z * z / n
    return Interval(max(0.0, (middle - reach) / whole), min(1.0, (middle + reach) / whole))


def share(count: int, of: int) -> Rate:
    """So many of so many, with Wilson's interval."""
    return Rate(of=of, count=count, value=count / of if of else None, interval=wilson(count, of))


def rate(passed: Floats, groups: Groups | None = None) -> Rate:
    """How many of these (1 or 0; NaN: not judged) passed. Answers to one case are alike, so they count for less."""
    known = ~np.isnan(passed)
    found = passed[known]
    of, count = len(found), int(found.sum())
    if of == 0:
        return Rate(of=0, count=0)
    alike = groups[known] if groups is not None else np.arange(of)
    interval = wilson(count, of, effective=_worth(found, alike))
    return Rate(of=of, count=count, value=count / of, interval=interval)


def _worth(passed: Floats, groups: Groups) -> float:
    """As many independent calls as these are worth: n ÷ the design effect of their groups."""
    of, share = len(passed), float(passed.mean())
    sums = _by_group(passed - share, groups)
    plain = of * share * (1 - share)
    if len(sums) == of or plain == 0:
        return float(of) if plain else float(len(sums))
    effect = float((sums**2).sum()) * len(sums) / (len(sums) - 1) / plain
    return of / max(1.0, effect)


def cost_per_success(
    costs: Floats, passed: Floats, groups: Groups | None = None, *, seed: int = 0
) -> tuple[float | None, Interval | None]:
    """USD ÷ successes with its interval; None where a cost is not known or nothing passed."""
    successes = float(np.nansum(passed))
    if not successes or np.isnan(costs).any():
        return None, None
    whole = np.nan_to_num(passed)
    return float(costs.sum()) / successes, ratio(costs, whole, groups, seed=seed)


def array(values: Sequence[Any]) -> Floats:
    """Numbers as an array; None is NaN."""
    return np.array([math.nan if value is None else float(value) for value in values], np.float64)
