"""Learn: lessons that open by their link, are tried out, judged and remembered; the glossary and the questions."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from playground.lab.panels import PANELS
from playground.lessons.glossary import terms
from playground.lessons.lesson import Ask, Room, lessons
from playground.ui.chat_vs_api.sections import VIEWS as SECTIONS
from playground.ui.learn.ask import SHOWN
from playground.ui.learn.experiments import DRAW
from playground.ui.learn.rooms import ROOMS
from playground.ui.shell import pages
from playground.ui.tokens.workbench import TABS as TOKENS
from tests.pages.lab_page import ROUTER, said

OPENS = {"chat_view": SECTIONS, "panel": PANELS, "tokens_tab": TOKENS}
"""What an address may say → what there is of it."""


def test_what_lessons_and_words_name_is_there() -> None:
    experiments = [lesson.experiment for lesson in lessons().values()]
    assert {e.kind for e in experiments} == set(DRAW)
    assert {e.room for e in experiments if isinstance(e, Room)} <= set(ROOMS)
    assert {name for e in experiments if isinstance(e, Ask) for name in e.shows} <= set(SHOWN)
    links = [to for lesson in lessons().values() for to in lesson.further]
    for to in [*links, *(row.link for row in terms().values())]:
        assert all(value in OPENS[name] for name, value in to.opens.items()), to


def opened(monkeypatch: pytest.MonkeyPatch, folder: Path, **address: str) -> AppTest:
    """A new tab that looks at Learn."""
    monkeypatch.setenv("HOME", str(folder))
    monkeypatch.setenv("PLAYGROUND_DATA_DIR", str(folder))
    page = AppTest.from_file(str(ROUTER), default_timeout=60).run()
    page.switch_page(pages.path("learn.py")).run()
    for name, value in address.items():
        page.query_params[name] = value
    page.run()
    assert not page.exception
    return page


def until(page: AppTest, words: str) -> None:
    for _ in range(200):
        assert not page.exception
        if words in said(page):
            return
        time.sleep(0.1)
        page.run()
    pytest.fail(f"{words!r} never came in {said(page)[-2000:]}")


def test_every_lesson_opens_without_a_key(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    page = opened(monkeypatch, tmp_path)
    assert f"**0 of {len(lessons())} done.**" in said(page)
    for lesson in lessons().values():
        page.query_params["lesson"] = lesson.name
        page.run()
        assert not page.exception, lesson.name
        assert not page.error, (lesson.name, page.error)
        assert lesson.heading in [header.value for header in page.header]
        assert "{" not in page.subheader[0].value


def test_a_link_opens_a_lesson_with_a_prepared_prompt_that_nobody_has_sent(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    page = opened(monkeypatch, tmp_path, lesson="wire", prompt="Say moin.")
    assert page.text_area(key="learn_wire_prompt").value == "Say moin."
    assert not page.get("bidi_component") or "Done" not in said(page)
    page.button(key="learn_wire_send").click().run()
    until(page, '"content": "Say moin."')
    assert "simulated" in said(page)
    page.button_group(key="learn_wire_view").set_value("Headers").run()
    assert "HTTP/1.1 200" in said(page)


def test_a_prepared_prompt_gets_into_a_room_s_own_field(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    page = opened(monkeypatch, tmp_path, lesson="structure", prompt="What is 6 * 7?")
    assert page.text_area(key="lab_tools_prompt").value == "What is 6 * 7?"
    page = opened(monkeypatch, tmp_path, lesson="token", prompt="Grüß Gott")
    assert page.session_state["tokens_text"] == "Grüß Gott"
    page = opened(monkeypatch, tmp_path, lesson="turns", prompt="Ask it about *canals*.")
    assert any("Prepared for you" in info.value for info in page.info)


def test_a_link_may_name_a_lesson_by_its_number(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    page = opened(monkeypatch, tmp_path, lesson="3")
    assert list(lessons().values())[2].heading in [header.value for header in page.header]
    assert "is not here" not in said(page)


def test_a_lesson_that_is_not_there_is_said_to_be_gone(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    page = opened(monkeypatch, tmp_path, lesson="alchemy")
    assert "The lesson of this link is not here: no lesson has this name or number" in said(page)
    assert "**0 of" in said(page)


def answer(page: AppTest, lesson: str, number: str) -> AppTest:
    page.text_input(key=f"learn_{lesson}_answer").set_value(number)
    check = next(button for button in page.button if button.label == "Check")
    check.click().run()
    assert not page.exception
    return page


def test_a_number_is_judged_and_what_is_done_is_kept_on_this_computer(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    page = opened(monkeypatch, tmp_path, lesson="turns")
    answer(page, "turns", "a lot")
    assert [w.value for w in page.warning if "is not a number" in w.value]
    answer(page, "turns", "450")  # three questions, without the answers between
    assert [error.value for error in page.error] == ["Look again, or read the explanation."]
    answer(page, "turns", "1,250")  # 3 × 150 + 2 × 400
    assert "Three questions and the two answers before: 1,250" in page.success[0].value
    again = opened(monkeypatch, tmp_path)  # another tab, another day
    assert f"**1 of {len(lessons())} done.**" in said(again)
    again.button(key="learn_forget").click().run()
    assert f"**0 of {len(lessons())} done.**" in said(again)
    assert f"**0 of {len(lessons())} done.**" in said(opened(monkeypatch, tmp_path))


def test_a_choice_is_told_why(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    page = opened(monkeypatch, tmp_path, lesson="errors")
    page.radio(key="learn_errors_answer").set_value(0)
    next(button for button in page.button if button.label == "Check").click().run()
    assert "A person must put another key in" in page.error[0].value
    page.radio(key="learn_errors_answer").set_value(1)
    next(button for button in page.button if button.label == "Check").click().run()
    assert "most are not cured by trying again" in page.success[0].value


def test_hosted_nothing_of_a_visitor_s_progress_is_kept(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PLAYGROUND_HOSTED", "1")
    page = opened(monkeypatch, tmp_path, lesson="turns")
    answer(page, "turns", "1250")
    page.button(key="learn_all").click().run()
    assert f"**1 of {len(lessons())} done.**" in said(page)  # of this session
    assert f"**0 of {len(lessons())} done.**" in said(opened(monkeypatch, tmp_path))


def test_many_questions_say_less_than_the_first_one_seems_to(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    page = opened(monkeypatch, tmp_path, lesson="proof")
    page.button(key="learn_proof_send").click().run()
    until(page, "**The first question alone** says")
    assert "no difference is found" in said(page)
    page.text_input(key="learn_proof_wording_1").set_value("Please.").run()
    assert "Each wording needs {question} once" in page.error[0].value
    assert page.button(key="learn_proof_send").disabled


def test_words_and_questions_are_found(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    page = opened(monkeypatch, tmp_path)
    page.button_group(key="learn_view").set_value("Glossary").run()
    page.text_input(key="glossary_words").set_value("TTFT").run()
    assert "**time to first text**" in said(page)
    assert "**gateway**" not in said(page)
    page.button_group(key="learn_view").set_value("Questions").run()
    page.text_input(key="question_words").set_value("if I subscribe, API?").run()
    assert "**If I subscribe, can I use the API?**" in said(page)
    assert not page.exception
