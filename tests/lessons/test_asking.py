"""The requests of a lesson, and what several answers say of two wordings."""

from __future__ import annotations

from decimal import Decimal

import pytest

from playground import catalog
from playground.demo import faults
from playground.domain import Response, Usage
from playground.lessons import asking
from playground.lessons.lesson import Ask, Lane, Repeat, lessons


def test_a_lane_is_its_provider_s_usual_model_with_its_fault_and_its_settings() -> None:
    ask = Ask(
        kind="ask",
        prompt="",
        lanes=(
            Lane(provider="openai", name="fails", fault="401"),
            Lane(provider="anthropic", stream=False, settings={"max_output_tokens": 9}),
        ),
        shows=("Answer",),
    )
    first, second = asking.requests(ask, "Hello", " ")
    usual = {ref.provider: ref for ref in catalog.defaults()}
    assert faults.split(first.model.model) == (usual["openai"].model, "401")
    assert second.model == usual["anthropic"]
    assert (second.stream, second.settings.max_output_tokens, second.system) == (False, 9, None)
    assert asking.requests(ask, "  ", "") == []
    assert asking.titles(ask) == [f"{usual['openai'].model} · fails", usual["anthropic"].model]
    assert ask.on_the_demo


def test_every_fault_that_a_lesson_names_is_one() -> None:
    named = {
        lane.fault
        for lesson in lessons().values()
        if isinstance(lesson.experiment, Ask)
        for lane in lesson.experiment.lanes
        if lane.fault
    }
    assert named <= set(faults.FAULTS)


def test_each_question_is_asked_in_both_wordings_side_by_side() -> None:
    repeat = Repeat(
        kind="repeat",
        provider="gemini",
        wordings=("{question}", "{question} Please."),
        questions=("Why?", "How?"),
    )
    asked = asking.worded(repeat, repeat.wordings)
    assert [r.messages[0].text for r in asked] == ["Why?", "Why? Please.", "How?", "How? Please."]


def test_one_question_bounds_nothing_and_equal_numbers_leave_the_sign_open() -> None:
    first, *_, last = asking.steps([(100, 130), (100, 70), (100, 140), (100, 60)])
    assert (first.questions, first.difference, first.low, first.high) == (1, 30, None, None)
    assert first.open
    assert last.difference == 0
    assert last.low is not None
    assert last.high is not None
    assert last.low < 0 < last.high


def test_a_difference_that_each_question_shows_leaves_zero() -> None:
    last = asking.steps([(100 + i, 50 + 2 * i) for i in range(8)])[-1]
    assert last.difference == pytest.approx(-50 + sum(range(8)) / 8)
    assert not last.open
    assert Decimal(last.high or 0) < 0


def test_a_question_keeps_its_number_where_another_was_not_answered() -> None:
    model = catalog.defaults()[0]
    counts = (10, 12, None, 7, 20, 25)
    answers = [Response(model=model, text="So.", usage=Usage(output_tokens=n)) for n in counts]
    assert asking.pairs(answers) == {0: (10, 12), 2: (20, 25)}
