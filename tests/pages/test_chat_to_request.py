"""Chat to request on the page: pasted, imported or handed over; proposed, asked, and taken along."""

from __future__ import annotations

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from playground.chats.talk import Talk, Turn
from playground.ui import names
from playground.ui.shell.pages import path

ROUTER = Path(__file__).parents[2] / "playground" / "ui" / "shell" / "router.py"


@pytest.fixture
def page(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> AppTest:
    monkeypatch.setenv("HOME", str(tmp_path))
    app = AppTest.from_file(str(ROUTER), default_timeout=60)
    app.switch_page(path("chats.py"))
    return app.run()


def field(page: AppTest, key: str) -> str:
    return page.text_area(key=key).value or ""


def test_a_pasted_conversation_becomes_a_request(page: AppTest) -> None:
    page.button(key="chats_paste_sample").click().run()
    assert not page.exception
    assert "patient bookkeeper" in field(page, names.CHATS_SYSTEM)
    assert '"rows"' in field(page, names.CHATS_SCHEMA)
    shown = " ".join(one.value for one in page.markdown)
    for what in ("Errors", "Retries", "Last day", "Data use", "Terms"):
        assert f"**{what}**" in shown
    assert len(page.get("download_button")) == 2  # the test set and the project


def test_a_change_stays_until_another_conversation_is_taken(page: AppTest) -> None:
    page.button(key="chats_paste_sample").click().run()
    page.text_area(key=names.CHATS_SYSTEM).set_value("Mine.").run()
    page.toggle(key="chats_whole").set_value(False).run()
    assert field(page, names.CHATS_SYSTEM) == "Mine."
    page.text_area(key=names.CHATS_PASTED).set_value("User: Never lie. Why?\nAI: So.").run()
    assert field(page, names.CHATS_SYSTEM) == "Never lie."


def test_one_of_the_export_is_chosen(page: AppTest) -> None:
    page.button(key="chats_sample").click().run()
    chosen = page.selectbox(key=names.CHATS_FROM)
    place = chosen.options.index("Trip to Lisbon")
    chosen.select_index(place).run()
    assert not page.exception
    assert any("As a request: Trip to Lisbon" in one.value for one in page.subheader)
    assert any("answer of another branch" in one.value for one in page.caption)


def test_it_is_asked_with_every_turn_and_seen_in_compare(page: AppTest) -> None:
    page.button(key="chats_paste_sample").click().run()
    page.text_area(key=names.CHATS_SCHEMA).set_value("").run()
    page.button(key="chats_ask").click().run()
    assert not page.exception
    assert [one.value for one in page.title] == ["Compare"]
    assert field(page, names.PROMPT).startswith("Put both in a table")


def test_nothing_is_sent_without_the_schema_that_is_meant(page: AppTest) -> None:
    page.button(key="chats_paste_sample").click().run()
    page.text_area(key=names.CHATS_SCHEMA).set_value('{"type": ').run()
    assert any("Mend it, or empty the field" in one.value for one in page.error)
    assert not [one for one in page.button if one.key in ("chats_ask", "chats_fill", "chats_test")]


def test_compares_fields_hold_the_turns_as_text(page: AppTest) -> None:
    page.button(key="chats_paste_sample").click().run()
    page.button(key="chats_fill").click().run()
    prompt = field(page, names.PROMPT)
    assert "Assistant: Cancel the one" in prompt
    assert prompt.endswith("Put both in a table again, with what I keep.")
    assert "patient bookkeeper" in page.session_state[names.SYSTEM]


def test_its_questions_are_a_test_set_in_experiments(page: AppTest) -> None:
    page.button(key="chats_paste_sample").click().run()
    page.button(key="chats_test").click().run()
    assert not page.exception
    assert [one.value for one in page.title] == ["Experiments"]
    assert "patient bookkeeper" in field(page, names.EXPERIMENT_SPEC)
    assert not page.button(key="experiment_run").disabled


def test_one_that_another_page_hands_over_is_there() -> None:
    page = AppTest.from_file(str(ROUTER), default_timeout=60)
    page.switch_page(path("chats.py"))
    handed = Talk(turns=(Turn("user", "Why?"), Turn("assistant", "So.")))
    page.session_state[names.CHATS_TALK] = handed
    page.session_state[names.CHATS_FROM] = names.CHATS_HANDED
    page.run()
    assert not page.exception
    assert any("1 question, 1 answer" in one.value for one in page.caption)


def test_a_schema_that_is_none_is_said(page: AppTest) -> None:
    page.button(key="chats_paste_sample").click().run()
    page.text_area(key=names.CHATS_SCHEMA).set_value("{").run()
    assert not page.exception
    assert any("schema" in one.value for one in page.error)
