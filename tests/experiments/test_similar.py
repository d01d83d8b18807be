"""`similar`: answers compared by embeddings, which the real SDK asks of the simulation."""

from __future__ import annotations

import math
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from playground import tokens
from playground.domain import Endpoint, ModelRef, Response
from playground.engine import Engine
from playground.experiments import kept
from playground.experiments.checks.asked import EMBEDDER
from playground.experiments.grading import grade
from playground.experiments.jobs import Jobs
from playground.experiments.spec import Case, Check
from playground.experiments.verdict import Answer, Verdict
from playground.experiments.work import prepare
from playground.store.packing import usd
from playground.store.store import Store
from tests.experiments.conftest import spec_of

NEAR = "The order is refunded within five days."
Judged = Callable[..., list[Any]]


@pytest.fixture
def judged(engine: Engine, endpoints: dict[str, Endpoint], file_store: Store) -> Judged:
    """The rows of answers that are there already, each held to its checks."""

    def run(*pairs: tuple[str, dict[str, Any]]) -> list[Any]:
        cases = [Case(output=said, checks=(Check(**check),)) for said, check in pairs]
        spec = spec_of(["openai:gpt-6.1-sol"], ["q"]).model_copy(update={"cases": tuple(cases)})
        made = kept.create(file_store, spec, Jobs(spec).places(), simulated=True)
        _, ask = prepare(engine, file_store, made, endpoints, budget=None)
        assert ask().state == kept.ENDED
        rows = kept.table(
            file_store, made.seq, "case", "passed", "score", "reason", "error", "judge_cost"
        )
        return sorted(rows, key=lambda row: row.case)

    return run


def test_answers_are_near_by_what_they_mean_and_what_asking_costs_is_counted(
    judged: Judged,
) -> None:
    same = {"type": "similar", "value": NEAR}
    found = judged(
        (NEAR, same),
        ("Orders are refunded in five days", same),
        ("Bananas grow in the tropics", same),
        ("Bananas grow in the tropics", {**same, "type": "not-similar"}),
        (NEAR, {"type": "similar:cosine", "value": ["Bananas grow", NEAR], "threshold": 0.99}),
        (NEAR, {"type": "similar:dot", "value": NEAR, "threshold": 0.99}),
        (NEAR, {"type": "similar:euclidean", "value": NEAR, "threshold": 0.01}),
        ("Bananas", {"type": "similar:euclidean", "value": NEAR, "threshold": 1}),
    )
    assert [row.error for row in found] == [None] * 8
    assert [bool(row.passed) for row in found] == [
        True,
        False,
        False,
        True,
        True,
        True,
        True,
        False,
    ]
    exact, near, far, turned, *_ = (row.score for row in found)
    assert exact == pytest.approx(1)
    assert 0.3 < near < 0.75
    assert far < 0.3
    assert turned == pytest.approx(1 - far)
    assert found[7].score == pytest.approx(1 / (1 + math.sqrt(2)), abs=0.1)  # at right angles
    assert "cosine similarity" in found[1].reason
    million = Decimal(1_000_000)
    asked = 2 * tokens.count(NEAR)  # at $0.13 a million tokens
    assert usd(found[0].judge_cost) == asked * Decimal("0.13") / million


def test_what_can_not_be_compared_is_an_error(judged: Judged) -> None:
    found = judged(
        (NEAR, {"type": "similar", "value": NEAR, "judge": "openai:text-embedding-9"}),
        (NEAR, {"type": "similar", "value": NEAR, "judge": "nobody"}),
        (NEAR, {"type": "similar", "value": 3}),
        ("", {"type": "similar", "value": NEAR}),
    )
    for row, word in zip(
        found, ("text-embedding-9", "nobody", "a text or a list", "$.input"), strict=True
    ):
        assert word in row.error
        assert not row.passed


def embedded(*vectors: list[float]) -> Callable[..., tuple[Response, list[list[float]]]]:
    return lambda model, texts: (Response(model=ModelRef.parse(model or EMBEDDER)), list(vectors))


@pytest.mark.parametrize(
    ("type_", "threshold", "passed", "score"),
    [
        ("similar", None, False, 0.6),
        ("similar", 0.6, True, 0.6),
        ("not-similar", 0.7, True, 0.4),
        ("similar:dot", 29.9, True, 30.0),
        ("similar:euclidean", 7.3, True, 1 / (1 + math.sqrt(53))),
        ("similar:euclidean", 7.2, False, 1 / (1 + math.sqrt(53))),
    ],
)
def test_the_measures(type_: str, threshold: float | None, passed: bool, score: float) -> None:
    check = Check.model_validate({"type": type_, "value": "x", "threshold": threshold})
    embed = (
        embedded([3.0, 4.0], [10.0, 0.0])
        if "euclid" not in type_
        else embedded([3.0, 4.0], [10.0, 2.0])
    )
    found: Verdict = grade((check,), Answer(output="y"), embed=embed)
    assert found.passed is passed
    assert found.score == pytest.approx(score)
    assert found.cost is None  # nobody said what asking costs: that is not 0


def test_without_anybody_to_ask_it_says_so() -> None:
    found = grade((Check(type="similar", value="x"),), Answer(output="y"))
    assert found.error
    assert "nobody to ask" in found.error
