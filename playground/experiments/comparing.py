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
from playground.experiments.pairing import MANY_CASES, Pairs, Values, case_means, has_logs, pairs
from playground.experiments.planning import ALPHA, promised, promised_apart
from playground.experiments.statistics import (
    AT_ONCE,
    NORMAL,
    RESAMPLES,
    Floats,
    Interval,
    Rate,
    middle,
)
from playground.experiments.statistics import ratio as ratio_of
from playground.experiments.typical import of_pairs, of_samples, ranks


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Two models by one figure."""

    a: str
    b: str
    metric: str
    difference: float | None = None
    """a minus b, in the figure's own unit: of the means, but of times and speeds the typical one. None: not known."""
    relative: float | None = None
    """The difference as a share of b's mean."""
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
    ratio: bool = False
    """A time or a speed: told apart by ranks of how many times, as a few long ones would hide all else in a mean."""
    more_is_better: bool = False


METRICS = (
    Metric("pass_rate", share=True, more_is_better=True),
    Metric("time_to_first_text", ratio=True),
    Metric("duration", ratio=True),
    Metric("output_tokens_per_second", ratio=True, more_is_better=True),
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


def compare_all(models: Sequence[Calls], *, seed: int = 0) -> tuple[Comparison, ...]:
    """Every two models by every figure that they have, corrected for how many comparisons that are."""
    made: list[Comparison] = []
    for a, b in combinations(models, 2):
        for metric in METRICS:
            x, y = a.of(metric.name), b.of(metric.name)
            if not (np.isnan(x.values).all() and np.isnan(y.values).all()):
                made.append(
                    compare(metric.name, x, y, share=metric.share, ratio=metric.ratio, seed=seed)
                )
        if by_success := _cost_per_success(a, b, seed=seed):
            made.append(by_success)
    tests, kinds = len(counted(made)), {metric.name: metric for metric in METRICS}
    named = {each.name: each for each in models}
    return tuple(
        _promise(c, named[c.a], named[c.b], kinds.get(c.metric), tests=tests)
        for c in corrected(made)
    )


def _promise(c: Comparison, a: Calls, b: Calls, kind: Metric | None, *, tests: int) -> Comparison:
    """With how much more it would take, where no difference was found."""
    if c.significant or c.same or kind is None:
        return c
    x, y = a.of(c.metric), b.of(c.metric)
    if (matched := pairs(x, y)) is not None:
        repeats, cases = promised(matched, share=kind.share, ratio=kind.ratio, tests=tests)
        return replace(c, more_repeats=repeats, more_cases=cases)
    more = promised_apart(x.known, y.known, share=kind.share, ratio=kind.ratio, tests=tests)
    return replace(c, more_cases=more)


def _cost_per_success(a: Calls, b: Calls, *, seed: int) -> Comparison | None:
    """Whether a success costs more with one of them; None where a cost or the verdicts are not known."""
    if any((np.isnan(m.figures["cost"]) != np.isnan(m.figures["pass_rate"])).any() for m in (a, b)):
        return None
    cost = pairs(a.of("cost"), b.of("cost"))
    passed = pairs(a.of("pass_rate"), b.of("pass_rate"))
    if cost is None or passed is None:
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
    return case_means(values, found.cases) if found.by_case else values


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


def compare(
    metric: str, a: Values, b: Values, *, share: bool, ratio: bool = False, seed: int = 0
) -> Comparison:
    """One comparison, not yet corrected for others. `share`: the values are 1 and 0; `ratio`: as a Metric has it."""
    made = Comparison(a=a.name, b=b.name, metric=metric)
    matched = pairs(a, b)
    if matched is not None:
        return _paired(made, matched, share=share, ratio=ratio, seed=seed)
    x, y = a.known, b.known
    if min(len(x), len(y)) < 2:
        return replace(made, note="Too few calls have this figure: at least two of each model.")
    return _unpaired(made, x, y, share=share, ranked=ratio, seed=seed)


def _paired(made: Comparison, found: Pairs, *, share: bool, ratio: bool, seed: int) -> Comparison:
    apart, units = found.a - found.b, found.units()
    made = replace(
        made,
        difference=float(apart.mean()),
        relative=_relative(float(apart.mean()), float(found.b.mean())),
        n=len(units),
        interval=ratio_of(units, np.ones(len(units)), seed=seed),
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
        return replace(made, note=_on_these(found))
    if len(units) < MANY_CASES:
        return replace(
            made, note=f"{len(units)} pairs can't be significant: it takes {MANY_CASES}."
        )
    rng, by_case = np.random.default_rng(seed), " by case" if found.by_case else ""
    if not ratio:
        name, p = flips(units, rng)
        return replace(made, test=f"paired {name}{by_case}", p=p, note=_on_these(found))
    units, logs = found.units(ratio=True), has_logs(found.a, found.b)
    made = _typically(made, of_pairs(units), float(found.b.mean()), logs=logs)
    _, p = flips(ranks(units), rng)
    return replace(made, test=f"Wilcoxon signed-rank{by_case}", p=p, note=_on_these(found))


def _typically(
    made: Comparison, found: tuple[float, Interval], base: float, *, logs: bool
) -> Comparison:
    """With the typical difference, which may be one of logarithms: so many times b's mean then."""
    apart, reach = found

    def own(value: float) -> float:
        return math.expm1(value) * base if logs else value

    return replace(
        made,
        difference=own(apart),
        relative=_relative(own(apart), base),
        interval=Interval(*(v if v is None else own(v) for v in (reach.low, reach.high))),
    )


def _on_these(found: Pairs) -> str:
    if found.by_case or found.count == len(found.a):
        return ""
    cases = "this case" if found.count == 1 else f"these {found.count} cases"
    return f"Of {cases} only: it takes {MANY_CASES} or more to say something of others."


def _relative(difference: float, base: float) -> float | None:
    return difference / base if base else None


def _unpaired(
    made: Comparison, x: Floats, y: Floats, *, share: bool, ranked: bool, seed: int
) -> Comparison:
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
    rng = np.random.default_rng(seed)
    if ranked:
        logs = has_logs(x, y)
        made = _typically(
            made,
            of_samples(*((np.log(x), np.log(y)) if logs else (x, y))),
            float(y.mean()),
            logs=logs,
        )
        placed = ranks(np.concatenate([x, y]) - min(x.min(), y.min()) + 1)
        _, p = shuffled(placed[: len(x)], placed[len(x) :], rng)
        return replace(made, test="permutation of ranks", p=p)
    reach = NORMAL.inv_cdf(1 - ALPHA / 2) * math.sqrt(error_of(x) + error_of(y))
    name, p = shuffled(x, y, rng)
    return replace(made, test=name, p=p, interval=Interval(apart - reach, apart + reach))


def corrected(made: Sequence[Comparison]) -> tuple[Comparison, ...]:
    """The same with Holm's correction over all that have a figure, those too that came out equal.

    Which figures are compared is settled before any is seen, so fewer than 5 % of such experiments call any chance a
    difference: the figures are alike (a slow call is slow in two of them), and Holm allows for their being strangers.
    """
    tested = sorted(counted(made), key=lambda i: made[i].p or 0.0)
    out, least = list(made), 0.0
    for rank, i in enumerate(tested):
        least = max(least, min(1.0, (made[i].p or 0.0) * (len(tested) - rank)))
        out[i] = replace(made[i], adjusted=least, significant=least <= ALPHA)
    return tuple(out)


def counted(made: Sequence[Comparison]) -> list[int]:
    """Which of these are corrected for: those without a figure, or with too few calls for any test, are not."""
    return [i for i, each in enumerate(made) if each.p is not None]
