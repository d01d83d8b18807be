"""Whether two models differ: which test, how sure, and how many more repeats it would take to tell them apart."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np

from playground.experiments.difference_tests import (
    error_of,
    fisher,
    flips,
    mcnemar,
    newcombe,
    newcombe_paired,
    shuffled,
    swapped_ratio,
)
from playground.experiments.statistics import (
    AT_ONCE,
    NORMAL,
    RESAMPLES,
    Floats,
    Groups,
    Interval,
    Rate,
    middle,
    ratio,
)

ALPHA = 0.05
POWER = 0.8
WORTH_FINDING = 0.1
"""The difference that the promised repeats find: a tenth of the mean, or ten points of a pass rate."""
SPARE_PAIRS = 6
"""For answers that took much longer than others, which a few repeats before the promise need not have seen."""
MANY_CASES = 6
"""From so many cases on, a case counts once however often it was asked: what is found then holds for such cases."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Two models by one figure."""

    a: str
    b: str
    metric: str
    difference: float | None = None
    """a minus b, in the figure's own unit; None where either is not known."""
    relative: float | None = None
    """The difference as a share of b's."""
    interval: Interval | None = None
    p: float | None = None
    """As the test gives it."""
    adjusted: float | None = None
    """After Holm, for all comparisons that were made."""
    significant: bool | None = None
    """At 5 %, all comparisons together; None where there was too little to test."""
    test: str = "none"
    n: int = 0
    """Pairs, or calls of both models."""
    same: bool = False
    """Every pair is equal, so there was nothing to test."""
    more_repeats: int | None = None
    """Of every case, that would find a difference of a tenth in 80 of 100 experiments; None where repeats can't."""
    more_cases: int | None = None
    """The same, where it is more cases that it takes."""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Metric:
    """A figure that models are compared by."""

    name: str
    share: bool = False
    """Each call has 1 or 0."""
    more_is_better: bool = False


METRICS = (
    Metric("pass_rate", share=True, more_is_better=True),
    Metric("time_to_first_text"),
    Metric("duration"),
    Metric("output_tokens_per_second", more_is_better=True),
    Metric("cost"),
)
COST_PER_SUCCESS = "cost_per_success"
MORE_IS_BETTER = frozenset(metric.name for metric in METRICS if metric.more_is_better)


@dataclass(frozen=True, slots=True)
class Calls:
    """All calls of one model."""

    name: str
    keys: Sequence[tuple[int, int]]
    """(case, repeat) of each call; cases of several prompts have numbers of their own."""
    figures: Mapping[str, Floats]
    """Metric → a value a call, NaN where it has none."""

    def of(self, metric: str) -> Values:
        """One figure of them."""
        return Values(self.name, self.keys, self.figures[metric])


@dataclass(frozen=True, slots=True)
class Values:
    """One figure of one model: NaN where a call has none."""

    name: str
    keys: Sequence[tuple[int, int]]
    values: Floats


def compare_all(models: Sequence[Calls], *, seed: int = 0) -> tuple[Comparison, ...]:
    """Every two models by every figure that they have, corrected for how many comparisons that are."""
    made: list[Comparison] = []
    for a, b in combinations(models, 2):
        for metric in METRICS:
            x, y = a.of(metric.name), b.of(metric.name)
            if not (np.isnan(x.values).all() and np.isnan(y.values).all()):
                made.append(compare(metric.name, x, y, share=metric.share, seed=seed))
        if by_success := _cost_per_success(a, b, seed=seed):
            made.append(by_success)
    tests, shares = len(counted(made)), {m.name for m in METRICS if m.share}
    named = {each.name: each for each in models}
    return tuple(
        _promise(c, named[c.a], named[c.b], share=c.metric in shares, tests=tests)
        for c in corrected(made)
    )


def _promise(c: Comparison, a: Calls, b: Calls, *, share: bool, tests: int) -> Comparison:
    """With how much more it would take, where no difference was found."""
    if c.significant or c.metric == COST_PER_SUCCESS or c.same:
        return c
    x, y = a.of(c.metric), b.of(c.metric)
    if (matched := pairs(x, y)) is not None:
        repeats, cases = promised(matched, share=share, tests=tests)
        return replace(c, more_repeats=repeats, more_cases=cases)
    known = [v.values[~np.isnan(v.values)] for v in (x, y)]
    base = 1.0 if share else abs(float(np.concatenate(known).mean())) if any(map(len, known)) else 0
    if min(map(len, known)) < 2 or not base:
        return c
    few = min(map(len, known))
    spread = math.sqrt(sum(float(v.var(ddof=1)) for v in known) / 2)
    calls = needed(spread, WORTH_FINDING * base, seen=few, tests=tests, paired=False)
    return replace(c, more_cases=max(0, calls - few))


def _cost_per_success(a: Calls, b: Calls, *, seed: int) -> Comparison | None:
    """Whether a success costs more with one of them; None where a cost or the verdicts are not known."""
    cost = pairs(a.of("cost"), b.of("cost"))
    passed = pairs(a.of("pass_rate"), b.of("pass_rate"))
    if cost is None or passed is None or len(cost.a) != len(passed.a):
        return None
    if not (passed.a.any() and passed.b.any()):
        return None
    each = [float(cost.a.sum() / passed.a.sum()), float(cost.b.sum() / passed.b.sum())]
    made = Comparison(
        a=a.name,
        b=b.name,
        metric=COST_PER_SUCCESS,
        difference=each[0] - each[1],
        relative=_relative(each[0] - each[1], each[1]),
        n=len(cost.a),
        interval=_ratios_apart(cost, passed, np.random.default_rng(seed)),
    )
    if not (cost.a - cost.b).any() and not (passed.a - passed.b).any():
        return replace(made, same=True, p=1.0, note="Equal in every pair.")
    if len(cost.a) < MANY_CASES:
        return replace(
            made, note=f"{len(cost.a)} pairs can't be significant: it takes {MANY_CASES}."
        )
    columns = [_by_case(v, cost) for v in (cost.a, cost.b, passed.a, passed.b)]
    p = swapped_ratio(
        (columns[0], columns[1]), (columns[2], columns[3]), np.random.default_rng(seed)
    )
    return replace(made, test="paired permutation of the ratio", p=p, n=len(columns[0]))


def _by_case(values: Floats, found: Pairs) -> Floats:
    return _case_means(values, found.cases) if found.by_case else values


def _ratios_apart(cost: Pairs, passed: Pairs, rng: np.random.Generator) -> Interval | None:
    """The bootstrap's interval of the difference of two ratios, cases or calls drawn for both at once."""
    columns = np.column_stack([_by_case(v, cost) for v in (cost.a, passed.a, cost.b, passed.b)])
    n = len(columns)
    if n < 2:
        return None
    step, draws = max(1, AT_ONCE // (4 * n)), []
    for start in range(0, RESAMPLES, step):
        sums = columns[rng.integers(0, n, (min(step, RESAMPLES - start), n))].sum(axis=1)
        with np.errstate(divide="ignore", invalid="ignore"):
            draws.append(sums[:, 0] / sums[:, 1] - sums[:, 2] / sums[:, 3])
    found = np.concatenate(draws)
    return None if np.isnan(found).any() else middle(found)


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


def compare(metric: str, a: Values, b: Values, *, share: bool, seed: int = 0) -> Comparison:
    """One comparison, not yet corrected for others. `share`: the values are 1 and 0."""
    made = Comparison(a=a.name, b=b.name, metric=metric)
    matched = pairs(a, b)
    if matched is not None:
        return _paired(made, matched, share=share, seed=seed)
    x, y = (v.values[~np.isnan(v.values)] for v in (a, b))
    if min(len(x), len(y)) < 2:
        return replace(made, note="Too few calls have this figure: at least two of each model.")
    return _unpaired(made, x, y, share=share, seed=seed)


def _paired(made: Comparison, found: Pairs, *, share: bool, seed: int) -> Comparison:
    apart = found.a - found.b
    units = _case_means(apart, found.cases) if found.by_case else apart
    made = replace(
        made,
        difference=float(apart.mean()),
        relative=_relative(float(apart.mean()), float(found.b.mean())),
        n=len(units),
        interval=ratio(units, np.ones(len(units)), seed=seed),
    )
    if not apart.any():
        return replace(made, same=True, p=1.0, test="none", note="Equal in every pair.")
    if share and not found.by_case:
        made = replace(
            made,
            test="McNemar exact",
            p=mcnemar(int((apart > 0).sum()), int((apart < 0).sum())),
            interval=newcombe_paired(found.a, found.b),
        )
    elif len(units) < MANY_CASES:
        return replace(
            made, note=f"{len(units)} pairs can't be significant: it takes {MANY_CASES}."
        )
    else:
        name, made_p = flips(units, np.random.default_rng(seed))
        made = replace(made, test=f"paired {name}{' by case' if found.by_case else ''}", p=made_p)
    return replace(made, note=_on_these(found))


def _on_these(found: Pairs) -> str:
    if found.by_case or found.count == len(found.a):
        return ""
    cases = "this case" if found.count == 1 else f"these {found.count} cases"
    return f"Of {cases} only: it takes {MANY_CASES} or more to say something of others."


def _case_means(values: Floats, cases: Groups) -> Floats:
    _, place = np.unique(cases, return_inverse=True)
    return np.asarray(np.bincount(place, weights=values) / np.bincount(place))


def _relative(difference: float, base: float) -> float | None:
    return difference / base if base else None


def _unpaired(made: Comparison, x: Floats, y: Floats, *, share: bool, seed: int) -> Comparison:
    apart = float(x.mean() - y.mean())
    made = replace(
        made,
        difference=apart,
        relative=_relative(apart, float(y.mean())),
        n=len(x) + len(y),
        note="They were not asked the same: that the questions differ is part of the difference.",
    )
    if share:
        a, b = (Rate(of=len(v), count=int(v.sum()), value=float(v.mean())) for v in (x, y))
        p = fisher(a.count, a.of, b.count, b.of)
        return replace(made, test="Fisher exact", p=p, interval=newcombe(a, b))
    reach = NORMAL.inv_cdf(1 - ALPHA / 2) * math.sqrt(error_of(x) + error_of(y))
    name, p = shuffled(x, y, np.random.default_rng(seed))
    return replace(made, test=name, p=p, interval=Interval(apart - reach, apart + reach))


def corrected(made: Sequence[Comparison]) -> tuple[Comparison, ...]:
    """The same with Holm's correction over all of them: at most 5 % of such experiments call any chance a difference."""
    tested = sorted(counted(made), key=lambda i: made[i].p or 0.0)
    out, least = [replace(c, adjusted=1.0, significant=False) if c.same else c for c in made], 0.0
    for rank, i in enumerate(tested):
        least = max(least, min(1.0, (made[i].p or 0.0) * (len(tested) - rank)))
        out[i] = replace(made[i], adjusted=least, significant=least <= ALPHA)
    return tuple(out)


def counted(made: Sequence[Comparison]) -> list[int]:
    """Which of these are tests: those without a figure are none, nor those that could not come out otherwise."""
    return [i for i, each in enumerate(made) if each.p is not None and not each.same]


def needed(
    spread: float, difference: float, *, seen: int, tests: int = 1, paired: bool = True
) -> int:
    """Pairs (else calls of each model) that find this true difference in 80 of 100 experiments at 5 %.

    `spread` is the standard deviation of a pair's difference, or of one model's calls, of `seen` of them: it is taken
    at the upper end of where it may be, for a promise that is kept. `tests`: comparisons that Holm corrects for.
    """
    if difference <= 0:
        raise ValueError("a difference of nothing is never found")
    variance = spread**2 * careful(seen) * (1 if paired else 2)
    by_spread = math.ceil(_sure(tests) ** 2 * variance / difference**2) + 2
    return max(MANY_CASES, least_pairs(tests), by_spread)


def least_pairs(tests: int) -> int:
    """Pairs that are significant, corrected for so many tests, although a few of them are outliers.

    Where all fall to one side 2 of all 2ⁿ ways to swap them are as extreme; some more leave room for those that don't.
    """
    return math.ceil(math.log2(2 * max(1, tests) / ALPHA)) + SPARE_PAIRS


def careful(seen: int) -> float:
    """What a variance of so many values is multiplied with: its own error added twice, as a factor."""
    return 1 + 2 / math.sqrt(2 * max(1, seen - 1))


def promised(found: Pairs, *, share: bool, tests: int) -> tuple[int | None, int | None]:
    """More repeats of every case, and more cases, that find a difference of a tenth; None where it can't be told."""
    base = 1.0 if share else abs(float((found.a.mean() + found.b.mean()) / 2))
    apart, cases, repeats = found.a - found.b, found.count, found.repeats
    if len(apart) < 2 or not base:
        return None, None
    difference = WORTH_FINDING * base
    units = _case_means(apart, found.cases) if found.by_case else apart
    calls = needed(_spread(units, share=share), difference, seen=len(units), tests=tests)
    if not found.by_case:
        few = cases < MANY_CASES
        return (
            (max(0, math.ceil(calls / cases - repeats)), None)
            if few
            else (None, max(0, calls - cases))
        )
    within, between = _components(apart, found.cases)
    room = difference**2 / _sure(tests) ** 2 * cases - between * careful(cases)
    if room <= 0:
        return None, max(0, calls - cases)
    return max(0, math.ceil(within * careful(len(apart)) / room - repeats)), max(0, calls - cases)


def _spread(units: Floats, *, share: bool) -> float:
    """The standard deviation; that of shares is never nothing, as one more call may differ."""
    if not share:
        return float(units.std(ddof=1))
    return math.sqrt((float((units**2).sum()) + 1) / (len(units) + 2))


def _sure(tests: int) -> float:
    return NORMAL.inv_cdf(1 - ALPHA / max(1, tests) / 2) + NORMAL.inv_cdf(POWER)


def _components(apart: Floats, cases: Groups) -> tuple[float, float]:
    """Variance of a difference within a case, and between cases."""
    _, place, sizes = np.unique(cases, return_inverse=True, return_counts=True)
    means = np.bincount(place, weights=apart) / sizes
    free = max(1, len(apart) - len(sizes))
    within = float(((apart - means[place]) ** 2).sum()) / free
    between = float(means.var(ddof=1)) - within / float(sizes.mean())
    return within, max(0.0, between)
