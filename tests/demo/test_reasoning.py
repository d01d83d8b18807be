"""Reasoning tokens come from the rows of reasoning.yaml: measured with source and days, or named as made up."""

import random
from datetime import date
from statistics import median
from typing import Any

import pytest

from playground import catalog
from playground.demo import models, reasoning
from playground.demo.ask import Ask, Part, Turn
from playground.demo.compose import REASONING_SPREAD, thinking
from playground.demo.reasoning import EFFORTS, Measured, expected, invented, measured

QUESTIONS = {
    "fact": "What is the capital of Australia?",
    "ordinary": "How does a bicycle stay upright?",
    "hard": "Prove that there are infinitely many primes.",
}
CATALOG = {row.id: row for row in catalog.catalog()}
CURRENT = [row for row in measured() if not CATALOG[row.model].retired()]


def named(row: Measured) -> str:
    return f"{row.model} {row.kind} {row.at}"


def asked(row: Measured, effort: str | None, **body: Any) -> Ask:
    model = models.find(CATALOG[row.model].provider, row.model)
    assert model is not None
    turn = Turn("user", (Part("text", QUESTIONS[row.kind]),))
    return Ask(model=model, asked=model.id, fault=None, turns=(turn,), effort=effort, body=body)


@pytest.mark.parametrize("row", measured(), ids=named)
def test_a_measured_row_is_whole_dated_and_of_a_model_of_the_catalog(row: Measured) -> None:
    assert row.kind in QUESTIONS
    assert row.tokens > 0
    assert row.answers >= 3, "a median of fewer says nothing"
    assert row.at in EFFORTS
    assert (row.since or row.until) <= row.until <= date(2026, 11, 26)
    released = CATALOG[row.model].released
    assert released is None or released <= row.until
    assert row.source
    assert row.model not in invented()


def test_a_model_has_one_row_a_kind_and_level() -> None:
    assert len({named(row) for row in measured()}) == len(measured())


@pytest.mark.parametrize("row", CURRENT, ids=named)
def test_the_simulation_reasons_as_much_as_was_measured(row: Measured) -> None:
    found = [thinking(asked(row, row.at), random.Random(seed)) for seed in range(200)]
    assert median(found) == pytest.approx(row.tokens, rel=REASONING_SPREAD / 2)
    assert min(found) >= int(row.tokens * (1 - REASONING_SPREAD))
    assert max(found) <= row.tokens * (1 + REASONING_SPREAD)


@pytest.mark.parametrize("row", [r for r in CURRENT if r.kind == "ordinary"], ids=named)
def test_unasked_a_model_reasons_at_its_own_effort(row: Measured) -> None:
    """A row of a model that reasons unasked was measured unasked, unless it has rows for other levels too."""
    ask = asked(row, None)
    levels = {r.at for r in measured() if (r.model, r.kind) == (row.model, row.kind)}
    if ask.model.reasons_unasked:
        assert ask.model.effort in levels
    assert thinking(ask, random.Random(1)) == 0 or ask.model.reasons_unasked


@pytest.mark.parametrize("kind", ["fact", "hard"])
@pytest.mark.parametrize("model", ["gpt-5", "gpt-6.1-sol", "claude-sonnet-5", "gemini-3.8-flash"])
def test_a_kind_that_is_not_measured_is_the_median_of_those_that_are(kind: str, model: str) -> None:
    rows = [row for row in measured() if row.kind == kind]
    assert model not in {row.model for row in rows}
    at_medium = [row.tokens / EFFORTS[row.at] for row in rows]
    assert expected(model, kind, "medium") == median(at_medium)
    assert expected(model, kind, "high") == median(at_medium) * EFFORTS["high"]


def test_a_greeting_costs_nothing_and_a_proof_thousands() -> None:
    for model in ("gpt-6.1-sol", "claude-opus-5-5", "gemini-4-argon", "gpt-5"):
        assert expected(model, "greeting", "high") == 0
        assert expected(model, "hard", "medium") > 2_000
        assert (
            expected(model, "fact", "medium")
            <= expected(model, "ordinary", "medium")
            < expected(model, "hard", "medium")
        )


def test_every_current_model_has_a_row_measured_or_made_up() -> None:
    known = {row.model for row in measured()} | set(invented())
    for row in CATALOG.values():
        words = row.id.replace(".", "-").split("-")
        assert known & {row.id, *words, reasoning.OTHERS}
        if not row.efforts and not row.thinks_unasked:
            continue
        assert expected(row.id, "ordinary", "medium") > 0, row.id


@pytest.mark.parametrize("name", ["llama3:8b", "mixtral:8x7b"])
def test_a_local_model_that_does_not_reason_does_not_begin_to_for_a_proof(name: str) -> None:
    assert expected(name, "hard", "high") == 0
