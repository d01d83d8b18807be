"""What the ladder's page does with a profile before it is climbed."""

from __future__ import annotations

from datetime import date

from playground.lab.ladder_profile import APPROXIMATION, Profile, Step, shipped
from playground.ui.chat_vs_api.ladder.steps import edited_turns, with_published

STEP = Step(name="history", kind="history", turns=(("a", "b"), ("c", "d")))


def test_edited_deleted_and_added_turns() -> None:
    changes = {
        "edited_rows": {"0": {"user": "A"}},
        "deleted_rows": [1],
        "added_rows": [{"user": "e", "assistant": "f"}, {"user": "only"}],
    }
    assert edited_turns(STEP, changes) == [
        {"user": "A", "assistant": "b"},
        {"user": "e", "assistant": "f"},
        {"user": "only", "assistant": ""},
    ]


def test_a_published_prompt_takes_the_place_of_our_first_system_text() -> None:
    ours = shipped()["claude"]
    mixed = with_published(ours, "published words", date(2026, 7, 24))
    assert mixed.steps[0].text == "published words"
    assert mixed.steps[1:] == ours.steps[1:]
    assert "2026-07-24" in mixed.steps[0].name
    assert mixed.label != APPROXIMATION
    assert "published prompt of 2026-07-24, pasted by you" in mixed.label


def test_a_profile_without_a_system_text_gets_one_in_front() -> None:
    mixed = with_published(Profile(name="x", steps=(STEP,)), "words", date(2026, 7, 24))
    assert [step.kind for step in mixed.steps] == ["system", "history"]
