"""Tests of a difference against their textbooks; chance is called a difference in five of a hundred experiments at most."""

from __future__ import annotations

import math
from collections.abc import Callable
from itertools import product

import numpy as np
import numpy.typing as npt
import pytest

from playground.experiments.comparing import (
    METRICS,
    Calls,
    Comparison,
    compare,
    compare_all,
    corrected,
)
from playground.experiments.difference_tests import fisher, flips, mcnemar, newcombe, shuffled
from playground.experiments.pairing import Values, pairs
from playground.experiments.planning import least_pairs, needed, sure
from playground.experiments.statistics import Rate
from playground.experiments.typical import of_pairs, of_samples, ranks

Floats = npt.NDArray[np.float64]


def values(name: str, found: Floats, cases: int = 1) -> Values:
    repeats = len(found) // cases
    return Values(name, list(product(range(cases), range(repeats))), found)


def calls(name: str, cases: int, repeats: int, **figures: Floats) -> Calls:
    unknown = np.full(cases * repeats, math.nan)
    every = {metric.name: figures.get(metric.name, unknown) for metric in METRICS}
    return Calls(name, list(product(range(cases), range(repeats))), every)


def test_mcnemar_is_a_coin_tossed_for_every_pair_that_differs() -> None:
    assert mcnemar(10, 2) == pytest.approx(2 * (1 + 12 + 66) / 2**12)
    assert mcnemar(5, 5) == 1
    assert mcnemar(0, 0) == 1


def test_fisher_is_the_lady_tasting_tea() -> None:
    assert fisher(4, 4, 0, 4) == pytest.approx(2 / 70)
    assert fisher(3, 4, 1, 4) == pytest.approx(34 / 70)


def test_newcombes_interval_is_that_of_his_paper() -> None:
    """Newcombe 1998, table II: 56 of 70 and 48 of 80 are 0.0524 to 0.3339 apart."""
    found = newcombe(Rate(of=70, count=56, value=0.8), Rate(of=80, count=48, value=0.6))
    assert found
    assert [found.low, found.high] == pytest.approx([0.0524, 0.3339], abs=0.0002)


def test_every_way_to_swap_a_few_pairs_is_tried() -> None:
    rng = np.random.default_rng(0)
    assert flips(np.array([1.0, 2, 3, 4, 5, 6]), rng) == ("permutation", 2 / 2**6)
    assert flips(np.array([1.0, 1, 1, 1, 1, -5]), rng)[1] == 1


def test_more_pairs_are_swapped_by_lot_and_very_many_by_the_normal_distribution() -> None:
    rng = np.random.default_rng(1)
    some, many = rng.normal(0.3, 1, 60), rng.normal(0.02, 1, 4_000)
    t = some.mean() / (some.std(ddof=1) / math.sqrt(60))
    assert flips(some, rng)[1] == pytest.approx(math.erfc(abs(t) / math.sqrt(2)), abs=0.015)
    assert flips(many, rng)[0] == "t"


def test_holms_correction_is_the_smallest_times_all_then_the_next_times_one_fewer() -> None:
    made = [Comparison(a="a", b="b", metric="m", p=p) for p in (0.01, 0.04, 0.03, 0.005)]
    found = corrected([*made, Comparison(a="a", b="b", metric="m")])
    assert [c.adjusted for c in found] == [
        pytest.approx(0.03),
        pytest.approx(0.06),
        pytest.approx(0.06),
        pytest.approx(0.02),
        None,
    ]
    assert [c.significant for c in found] == [True, False, False, True, None]


def test_a_figure_that_came_out_equal_is_corrected_for_and_one_that_was_not_tested_is_not() -> None:
    same = Comparison(a="a", b="b", metric="cost", p=1.0, same=True)
    untested = Comparison(a="a", b="b", metric="duration")
    found = corrected([Comparison(a="a", b="b", metric="m", p=0.03), same, untested])
    assert [c.adjusted for c in found] == [0.06, 1.0, None]
    assert [c.significant for c in found] == [False, False, None]


def test_the_same_questions_are_compared_in_pairs_and_others_apart() -> None:
    rng = np.random.default_rng(2)
    x = rng.lognormal(0, 0.5, 20)
    near = compare("duration", values("a", x), values("b", x * 1.05), share=False)
    assert near.test == "paired permutation"
    assert near.n == 20
    assert near.p is not None
    assert near.p < 0.001
    elsewhere = Values("b", [(9, i) for i in range(20)], x * 1.05)
    apart = compare("duration", values("a", x), elsewhere, share=False)
    assert (apart.test, apart.n) == ("permutation", 40)
    assert apart.p is not None
    assert apart.p > 0.2
    assert near.difference == pytest.approx(apart.difference)
    assert "not asked the same" in apart.note


def test_a_call_without_the_figure_leaves_its_pair_out() -> None:
    x = np.array([1.0, math.nan, 3, 4, 5, 6, 7, 8])
    found = pairs(values("a", x), values("b", x + 1))
    assert found
    assert len(found.a) == 7
    assert found.a.tolist() == [1, 3, 4, 5, 6, 7, 8]


def test_shares_of_cases_asked_once_are_mcnemars_and_a_difference_is_a_minus_b() -> None:
    a, b = np.array([1.0] * 12 + [0] * 8), np.array([0.0] * 10 + [1] * 2 + [0] * 8)
    found = compare("pass_rate", values("a", a, 20), values("b", b, 20), share=True)
    assert found.test == "McNemar exact"
    assert found.p == pytest.approx(mcnemar(10, 0))
    assert found.difference == pytest.approx(0.5)
    assert found.interval
    assert found.interval.low
    assert found.interval.low > 0.2


def test_one_case_answered_otherwise_again_and_again_is_one_case() -> None:
    """Ten cases, each asked ten times: ten pairs differ, and they are all of one case."""
    a = np.ones(100)
    b = np.array([0.0] * 10 + [1] * 90)
    found = compare("pass_rate", values("a", a, 10), values("b", b, 10), share=True)
    assert found.test == "paired permutation by case"
    assert (found.n, found.p) == (10, 1)
    one = compare("pass_rate", values("a", a[:20]), values("b", b[:20]), share=True)
    assert one.p == pytest.approx(mcnemar(10, 0))
    assert "this case only" in one.note


def test_too_few_are_not_called_equal() -> None:
    found = compare("duration", values("a", np.arange(3.0)), values("b", np.ones(3)), share=False)
    assert (found.p, found.significant, found.test) == (None, None, "none")
    assert "it takes 6" in found.note


def test_equal_in_every_pair_is_said() -> None:
    found = compare("cost", values("a", np.ones(8)), values("b", np.ones(8)), share=False)
    assert (found.same, found.difference, found.note) == (True, 0, "Equal in every pair.")


def test_of_two_identical_models_at_most_five_of_a_hundred_experiments_call_one_better() -> None:
    """150 experiments with four figures each; 5 % with three standard errors of it are 10.3 %."""
    rng = np.random.default_rng(7)
    wrong = 0
    for seed in range(150):
        models = [
            calls(
                name,
                12,
                2,
                duration=rng.lognormal(0, 0.4, 24),
                time_to_first_text=rng.lognormal(-1, 0.3, 24),
                pass_rate=(rng.random(24) < 0.8).astype(float),
                cost=rng.lognormal(-7, 0.2, 24),
            )
            for name in ("a", "b")
        ]
        wrong += any(c.significant for c in compare_all(models, seed=seed))
    assert wrong / 150 <= 0.05 + 3 * math.sqrt(0.05 * 0.95 / 150)


def test_shuffled_values_call_chance_a_difference_as_seldom_although_one_model_varies_more() -> (
    None
):
    rng = np.random.default_rng(8)
    p = [shuffled(rng.normal(1, 1, 12), rng.normal(1, 3, 30), rng)[1] for _ in range(200)]
    assert np.mean(np.array(p) <= 0.05) <= 0.05 + 3 * math.sqrt(0.05 * 0.95 / 200)


def outliers(rng: np.random.Generator, size: int) -> Floats:
    """Calls alike but for three of a hundred that take up to four times as long."""
    return np.where(rng.random(size) < 0.03, rng.uniform(1.5, 4, size), 1) * rng.lognormal(
        0, 0.05, size
    )


SCATTERED: dict[str, Callable[[np.random.Generator, int], Floats]] = {
    "wide": lambda rng, size: rng.lognormal(0, 0.3, size),
    "outliers": outliers,
    "heavy": lambda rng, size: np.exp(0.08 * rng.standard_t(3, size)),
}


@pytest.mark.parametrize("how", SCATTERED)
@pytest.mark.parametrize("first", [6, 20])
def test_the_promised_repeats_find_a_difference_of_a_tenth(how: str, first: int) -> None:
    """A few repeats of one case first, then as many more as they say: found in 80 of 100 experiments or more."""
    rng = np.random.default_rng([9, first])

    def pair(repeats: int) -> list[Calls]:
        return [
            calls(n, 1, repeats, duration=m * SCATTERED[how](rng, repeats))
            for n, m in (("a", 1.1), ("b", 1.0))
        ]

    found = 0
    for seed in range(120):
        (made,) = compare_all(pair(first), seed=seed)
        more = made.more_repeats or 0
        assert made.significant or 0 <= more < 3_000
        found += bool(made.significant or compare_all(pair(first + more), seed=seed)[0].significant)
    assert found / 120 >= 0.8


def test_the_promise_counts_what_repeats_can_not_change() -> None:
    """Ten cases that differ in themselves: more repeats of them tell nothing, more cases do."""
    rng = np.random.default_rng(10)
    own = np.repeat(rng.normal(0, 1, 10), 3)
    models = [
        calls("a", 10, 3, duration=5 + own),
        calls("b", 10, 3, duration=5 - own + rng.normal(0, 0.01, 30)),
    ]
    (found,) = compare_all(models)
    assert not found.significant
    assert found.more_repeats is None
    assert found.more_cases
    assert found.more_cases > 10


def test_more_tests_need_more_calls() -> None:
    known = (1.959964 + 1.036433) ** 2 * 0.09 / 0.01 + 1.959964**2 / 2
    assert needed(0.3, 0.1, seen=1_000_000) == math.ceil(known)
    assert needed(0.3, 0.1, seen=1_000_000, ranked=True) == math.ceil(
        (known - 1.920729) / 0.864 + 1.920729
    )
    assert needed(0.3, 0.1, seen=20) > needed(0.3, 0.1, seen=1_000)
    assert needed(0.3, 0.1, seen=20, tests=12) > needed(0.3, 0.1, seen=20)


def test_a_spread_of_few_values_is_planned_with_by_the_noncentral_t() -> None:
    """Of many spreads that five degrees of freedom give, each taken for true, 85 of 100 experiments find it."""
    rng = np.random.default_rng(3)
    spreads = np.sqrt(rng.chisquare(5, 200_000) / 5)
    found = rng.normal(sure(5, 1) * spreads, 1) > 1.959964
    assert found.mean() == pytest.approx(0.85, abs=0.004)


def test_ranks_have_signs_and_equal_ones_share_theirs() -> None:
    assert ranks(np.array([0.1, -3, 2, 2, 0])).tolist() == [2, -5, 3.5, 3.5, 0]


def test_the_typical_difference_is_the_median_of_the_means_of_every_two_pairs() -> None:
    rng = np.random.default_rng(4)
    units = np.round(rng.normal(1, 1, 21), 2)
    means = [(units[i] + units[j]) / 2 for i in range(21) for j in range(i, 21)]
    apart, reach = of_pairs(units)
    assert apart == pytest.approx(np.median(means))
    k = math.floor(231 / 2 - 1.959964 * math.sqrt(21 * 22 * 43 / 24))
    assert (reach.low, reach.high) == pytest.approx((sorted(means)[k - 1], sorted(means)[-k]))


def test_the_typical_difference_of_calls_that_are_no_pairs_is_the_median_of_all() -> None:
    rng = np.random.default_rng(5)
    x, y = rng.normal(3, 1, 12), rng.normal(1, 1, 30)
    apart, reach = of_samples(x, y)
    assert apart == pytest.approx(np.median(x[:, None] - y))
    k = math.floor(360 / 2 - 1.959964 * math.sqrt(360 * 43 / 12))
    every = np.sort((x[:, None] - y).ravel())
    assert (reach.low, reach.high) == pytest.approx((every[k - 1], every[-k]))


def test_a_call_that_took_much_longer_hides_no_difference_in_time() -> None:
    """Twenty pairs a tenth apart; one answer of the faster model took fifty times as long."""
    rng = np.random.default_rng(6)
    x = rng.lognormal(0, 0.03, 20)
    y = rng.lognormal(0, 0.03, 20)
    y[7] *= 50
    made = compare_all([calls("a", 1, 20, duration=1.1 * x), calls("b", 1, 20, duration=y)])
    (found,) = made
    assert found.test == "Wilcoxon signed-rank"
    assert found.significant
    assert found.relative == pytest.approx(0.1, abs=0.03)
    assert found.interval
    assert not found.interval.has(0)


def test_what_is_significant_lies_on_one_side_of_nothing() -> None:
    rng = np.random.default_rng(14)
    for apart in (1.0, 1.02, 1.1, 2.0):
        for keys in ("the same", "others"):
            x, y = rng.lognormal(0, 0.2, 30) * apart, rng.lognormal(0, 0.2, 30)
            a, b = values("a", x), values("b", y)
            if keys == "others":
                b = Values("b", [(9, i) for i in range(30)], y)
            found = compare("duration", a, b, share=False, ratio=True)
            assert found.p is not None
            assert found.interval
            assert found.difference is not None
            assert found.interval.has(found.difference)
            if abs(found.p - 0.05) > 0.02:
                assert (found.p < 0.05) != found.interval.has(0)


def test_a_cheap_model_that_fails_often_is_the_dearer_one_by_success() -> None:
    rng = np.random.default_rng(12)
    good, poor = (rng.random(60) < 0.95).astype(float), (rng.random(60) < 0.3).astype(float)
    models = [
        calls("cheap", 60, 1, cost=np.full(60, 0.01), pass_rate=poor),
        calls("dear", 60, 1, cost=np.full(60, 0.015), pass_rate=good),
    ]
    by = {c.metric: c for c in compare_all(models)}
    assert by["cost"].difference == pytest.approx(-0.005)
    turned = by["cost_per_success"]
    assert turned.difference
    assert turned.difference > 0
    assert turned.significant
    assert turned.interval
    assert not turned.interval.has(0)


def test_what_a_success_costs_is_told_of_calls_of_which_both_are_known() -> None:
    """A cost that is missing here and a verdict that is missing there leave as many pairs, but not the same ones."""
    cost, passed = np.full(60, 0.01), (np.arange(60) % 3 == 0).astype(float)
    cost[5] = passed[7] = math.nan
    whole = calls("dear", 60, 1, cost=np.full(60, 0.015), pass_rate=np.ones(60))
    made = compare_all([calls("cheap", 60, 1, cost=cost, pass_rate=passed), whole])
    assert "cost_per_success" not in {c.metric for c in made}
    cost[7] = passed[5] = math.nan
    made = compare_all([calls("cheap", 60, 1, cost=cost, pass_rate=passed), whole])
    (of_both,) = (c for c in made if c.metric == "cost_per_success")
    assert of_both.n == 58


def test_the_promise_is_never_fewer_than_can_be_significant() -> None:
    for tests in (1, 6, 15, 45):
        pairs = needed(0.0, 1.0, seen=6, tests=tests)
        assert 2 / 2**pairs * tests <= 0.05


def test_one_pair_that_lies_far_the_other_way_undoes_no_promise() -> None:
    rng = np.random.default_rng(0)
    for tests in (1, 2, 5):
        n = least_pairs(tests)
        for several, enough in ((n, True), (n - 1, False)):
            p = flips(np.array([*range(1, several), -several], np.float64), rng)[1]
            assert (p * tests <= 0.05) is enough
