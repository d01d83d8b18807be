"""What the ladder's page does with a profile before it is climbed."""

from __future__ import annotations

from datetime import date
from typing import Any

from streamlit.testing.v1 import AppTest

from playground.lab.ladder_profile import APPROXIMATION, Profile, Step, shipped
from playground.ui import names
from playground.ui.chat_vs_api.ladder.steps import edited_turns, with_published

STEP = Step(name="history", kind="history", turns=(("a", "b"), ("c", "d")))


def test_edited_deleted_and_added_turns() -> None:
    changes = {
        "edited_rows": {"0": {"user": "A"}},
        "deleted_rows": [1],
        "added_rows": [{"user": "e", "assistant": "f"}, {"user": "only"}],
    }
    before = [{"user": user, "assistant": assistant} for user, assistant in STEP.turns]
    assert edited_turns(before, changes) == [
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


def table() -> None:
    """The turns' table, in which `typed` is typed: AppTest has no table that is typed into."""

    import typing

    import streamlit as st

    from playground.lab.ladder_profile import Profile, Step
    from playground.ui import names
    from playground.ui.chat_vs_api.ladder import steps

    if names.LADDER_PROFILE not in st.session_state:
        steps.take(Profile(name="x", steps=(Step(name="h", kind="history", turns=(("a", "b"),)),)))
    profile = st.session_state[names.LADDER_PROFILE]

    def typed(rows: typing.Any, *, key: str, on_change: typing.Any, **more: typing.Any) -> None:
        st.session_state["rows"] = rows
        added = st.session_state["typed"]
        st.session_state[key] = {"edited_rows": {}, "deleted_rows": [], "added_rows": added}
        on_change()

    streamlit: typing.Any = st
    real, streamlit.data_editor = st.data_editor, typed
    try:
        key = names.ladder_step(st.session_state[names.LADDER_GENERATION], 0, "h")
        steps.EDITORS["history"](profile, 0, profile.steps[0], key)
    finally:
        streamlit.data_editor = real


def test_a_turn_is_written_cell_by_cell() -> None:
    app = AppTest.from_function(table)

    def turns(*typed: dict[str, str]) -> Any:
        app.session_state["typed"] = list(typed)
        app.run()
        assert not app.exception
        return app.session_state[names.LADDER_PROFILE].steps[0].turns

    assert turns({"user": "c"}) == (("a", "b"),)
    begun = app.session_state[names.LADDER_GENERATION]
    assert turns({"user": "c", "assistant": "d"}) == (("a", "b"), ("c", "d"))
    assert turns({"user": "c", "assistant": "e"}) == (("a", "b"), ("c", "e"))
    assert app.session_state["rows"] == [{"user": "a", "assistant": "b"}]
    assert app.session_state[names.LADDER_GENERATION] == begun  # the table is the same one
