"""What the page of experiments reads: regressions, causes, estimates, values reckoned beside it, files that were uploaded."""

from __future__ import annotations

import threading
from types import SimpleNamespace
from typing import Any

import pytest

from playground.experiments import importing, kept, sheets
from playground.experiments.estimate import GUESS, estimate
from playground.experiments.reckoned import reckoned
from playground.experiments.regressions import regressions
from playground.experiments.results import _cause, _named, front
from playground.experiments.sources import SourceError, Sources
from playground.store.store import Store
from playground.ui.experiments import starting
from tests.experiments.many import MODELS, filled, many_spec


def test_a_case_that_passed_before_and_does_not_now_is_a_regression(file_store: Store) -> None:
    before = filled(file_store, many_spec(40), seed=1, quality=1.2)
    now = filled(file_store, many_spec(40), seed=1, quality=0.5)
    found = regressions(file_store, now, before)
    old, new = sheets.shares(file_store, before.seq), sheets.shares(file_store, now.seq)
    assert {(r.prompt, r.case, r.model) for r in found} == {
        place for place, (passed, _) in old.items() if passed > new[place][0]
    }
    assert found
    assert regressions(file_store, before, before) == []


def test_cases_are_the_same_wherever_they_stand_in_their_specs(file_store: Store) -> None:
    before = filled(file_store, many_spec(10), quality=2.0)
    spec = many_spec(10)
    turned = spec.model_copy(update={"cases": spec.cases[::-1]})
    assert regressions(file_store, filled(file_store, turned, quality=2.0), before) == []


def test_a_visitors_calls_are_counted_and_not_made(monkeypatch: pytest.MonkeyPatch) -> None:
    """A billion would be the end of everyone's app."""
    monkeypatch.setenv("PLAYGROUND_HOSTED", "1")
    spec = many_spec(1).model_copy(update={"repeats": 10**9 // len(MODELS)})
    assert "makes 999,999,999 calls" in (starting.too_many(spec) or "")
    assert starting.too_many(many_spec(1)) is None


@pytest.mark.parametrize(
    ("reasons", "cause"),
    [
        (["126 words, at most 80", "99 words, at most 80"], "not passed: … words, at most 80"),
        (
            ["“a” is not in the answer", "“b” is not in the answer"],
            "not passed: … is not in the answer",
        ),
        (["“a” is not in the answer"], "not passed: “a” is not in the answer"),
        ([None, None], "not passed"),
    ],
)
def test_answers_that_fail_by_one_check_are_one_cause(
    reasons: list[str | None], cause: str
) -> None:
    rows: list[Any] = [
        SimpleNamespace(failure=None, error=None, passed=False, reason=reason) for reason in reasons
    ]
    assert len({_cause(row) for row in rows}) == 1
    assert _named(rows) == cause


def test_the_front_holds_whom_nobody_beats_in_both() -> None:
    assert front([(1, 5, "cheap"), (2, 6, "beaten"), (3, 2, "quick"), (4, 2, "dear")]) == (
        "cheap",
        "quick",
    )


def test_the_time_of_an_experiment_is_that_of_its_slowest_provider() -> None:
    spec = many_spec(80)
    found = estimate(spec)
    assert found.guessed
    assert found.seconds == pytest.approx(80 * GUESS / 8)
    measured = estimate(spec, {MODELS[0]: 1.0, MODELS[1]: 2.0, MODELS[2]: 4.0})
    assert not measured.guessed
    assert measured.seconds == pytest.approx(80 * 4.0 / 8)


def test_what_is_reckoned_is_reckoned_once_and_again_after_an_error() -> None:
    calls: list[int] = []
    gate = threading.Event()

    def slow() -> int:
        calls.append(1)
        gate.wait(10)
        return 7

    key = object()
    first, second = reckoned(key, slow), reckoned(key, slow)
    assert first is second
    gate.set()
    assert first.result(10) == 7

    def wrong() -> int:
        raise ValueError("odd")

    other = object()
    with pytest.raises(ValueError, match="odd"):
        reckoned(other, wrong).result(10)
    assert reckoned(other, lambda: 8).result(10) == 8
    assert len(calls) == 1


def test_uploaded_files_are_found_by_their_last_name_and_nothing_else_is_read() -> None:
    sources = Sources(uploaded={"rows.csv": b"q\na\n"})
    assert sources.read("data/rows.csv") == b"q\na\n"
    assert sources.found("data/*.csv") == ["rows.csv"]
    with pytest.raises(SourceError, match="was not uploaded"):
        sources.read("/etc/passwd")
    with pytest.raises(SourceError, match="was not uploaded"):
        sources.read("../rows.yaml")


def test_an_uploaded_configuration_is_imported_with_its_files() -> None:
    text = b"prompts: [file://prompts/ask.txt]\nproviders: [openai:gpt-6.1-sol]\ntests: 'cases/*.csv'\n"
    sources = Sources(
        uploaded={"c.yaml": text, "ask.txt": b"Answer: {{ q }}", "rows.csv": b"q\nWhat?\nWhy?\n"}
    )
    made = importing.read_in(sources, "c.yaml")
    assert (made.prompts, made.cases, made.models) == (1, 2, 1)
    assert not made.notes.left_out
    missing = importing.read_in(Sources(uploaded={"c.yaml": text}), "c.yaml")
    assert len(missing.notes.left_out) >= 2  # the prompt and the tests, each with its line
    assert all(note.line for note in missing.notes.left_out)


def test_an_experiment_is_refreshed_without_its_spec_and_gone_when_it_was_deleted(
    file_store: Store,
) -> None:
    experiment = filled(file_store, many_spec(3))
    assert kept.begin(file_store, experiment.seq)
    now = kept.refreshed(file_store, experiment)
    assert now is not None
    assert now.alive
    assert now.spec is experiment.spec
    kept.delete(file_store, experiment.seq)
    assert kept.refreshed(file_store, experiment) is None
