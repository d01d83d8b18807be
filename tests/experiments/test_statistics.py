"""Figures against their textbooks; intervals hold what they should as often as they say; unknown stays unknown."""

from __future__ import annotations

import math

import numpy as np
import pytest

from playground.experiments.statistics import (
    array,
    cost_per_success,
    distribution,
    rate,
    ratio,
    wilson,
)


def test_wilsons_interval_is_that_of_the_book() -> None:
    """Brown, Cai and DasGupta 2001: 8 of 10 is 0.490 to 0.943; none of 10 is not nothing."""
    found = wilson(8, 10)
    assert found
    assert [found.low, found.high] == pytest.approx([0.490, 0.943], abs=0.001)
    none = wilson(0, 10)
    assert none
    assert none.low == pytest.approx(0, abs=1e-12)
    assert none.high == pytest.approx(0.278, abs=0.001)
    assert wilson(0, 0) is None


def test_percentiles_mean_and_spread_are_of_what_is_known() -> None:
    found = distribution(array([3, None, 1, 2, 4, 5, None]))
    assert (found.n, found.unknown) == (5, 2)
    assert [found.mean, found.p50, found.p90] == pytest.approx([3, 3, 4.6])
    assert found.spread == pytest.approx(math.sqrt(10 / 4))


@pytest.mark.parametrize(
    ("n", "said"),
    [
        (1, "p50 and p90 and p95 and p99 of 1 is"),
        (20, "p99 of 20 is little more than the largest of them: it takes 100 or more."),
        (100, ""),
    ],
)
def test_too_few_for_a_percentile_is_said(n: int, said: str) -> None:
    note = distribution(np.arange(n, dtype=float)).note
    assert note.startswith(said)
    assert bool(note) == bool(said)


def test_nothing_known_is_none_and_never_nought() -> None:
    found = distribution(array([None, None]))
    assert (found.n, found.unknown, found.mean, found.p50, found.spread) == (0, 2, None, None, None)
    assert found.note
    assert distribution(array([7])).spread is None
    assert distribution(array([7])).intervals == {}
    assert rate(array([None])).value is None
    assert cost_per_success(array([1, None]), array([1, 1])) == (None, None)
    assert cost_per_success(array([1, 1]), array([0, 0])) == (None, None)


def test_the_same_figures_have_the_same_interval() -> None:
    values = np.random.default_rng(3).lognormal(size=50)
    assert distribution(values) == distribution(values)
    assert distribution(values, seed=1).intervals != distribution(values).intervals


@pytest.mark.parametrize("name", ["mean", "p50", "p90"])
def test_an_interval_holds_the_truth_in_ninety_of_a_hundred_experiments_or_more(name: str) -> None:
    """60 skewed values each; 95 is what is promised, and a bootstrap of so few reaches 91 or more."""
    rng = np.random.default_rng(11)
    truth = {"mean": math.exp(0.125), "p50": 1.0, "p90": math.exp(0.5 * 1.2816)}[name]
    held = 0
    for seed in range(300):
        found = distribution(rng.lognormal(0, 0.5, 60), seed=seed)
        held += found.intervals[name].has(truth)
    assert held / 300 >= 0.91


def test_answers_to_one_case_are_alike_and_make_an_interval_wider() -> None:
    """20 cases, each asked ten times and each always answered the same: 20 answers are known, not 200."""
    groups = np.repeat(np.arange(20), 10)
    passed = np.repeat(np.arange(20) % 2, 10).astype(float)
    alike, apart = rate(passed, groups), rate(passed)
    assert alike.interval
    assert apart.interval
    assert (alike.count, alike.of, alike.value) == (apart.count, apart.of, apart.value)
    wide = (alike.interval.high or 0) - (alike.interval.low or 0)
    narrow = (apart.interval.high or 0) - (apart.interval.low or 0)
    assert wide / narrow == pytest.approx(math.sqrt(10), rel=0.15)
    values = np.repeat(np.random.default_rng(5).lognormal(size=20), 10)
    for name in ("p50", "mean"):
        both = [distribution(values, g).intervals[name] for g in (groups, None)]
        width = [(i.high or 0) - (i.low or 0) for i in both]
        assert width[0] > 2 * width[1], name


def test_cost_per_success_is_a_ratio_with_its_own_interval() -> None:
    costs, passed = array([0.01] * 40), array([1, 0] * 20)
    value, interval = cost_per_success(costs, passed)
    assert value == pytest.approx(0.01 * 40 / 20)
    assert interval
    assert interval.low
    assert interval.high
    assert 0.01 < interval.low < 0.02 < interval.high < 0.05


def test_where_a_resample_may_hold_no_success_nothing_bounds_the_cost_of_one() -> None:
    _, interval = cost_per_success(array([0.01] * 10), array([1] + [0] * 9))
    assert interval
    assert interval.high is None
    assert interval.low


def test_a_ratio_of_one_pair_has_no_interval_and_one_of_equals_no_width() -> None:
    assert ratio(array([1]), array([1])) is None
    even = ratio(array([2, 2, 2]), array([1, 1, 1]))
    assert even
    assert (even.low, even.high) == (2, 2)
