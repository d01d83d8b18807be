"""What a tab looked at, in another session with its link: out of the history, or in memory where there is none."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from playground import history
from playground.history.queries import Filter, ids
from playground.history.reading import read_run
from playground.ui import names
from playground.ui.chat_vs_api import sections
from playground.ui.live import grants
from playground.ui.shell.pages import path

ROUTER = Path(__file__).parents[2] / "playground" / "ui" / "shell" / "router.py"


@pytest.fixture(autouse=True)
def _own_home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("PLAYGROUND_DEMO_PACE", "0")


@pytest.fixture
def cookie(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The browser's cookie, which a test may change; AppTest has none."""
    held = [f"cookie {time.monotonic()}"]
    monkeypatch.setattr(grants, "owner", lambda: held[0])
    return held


def opened(section: str, link: Any = None, **state: Any) -> AppTest:
    """A new session on this section, with what another one's address named."""
    app = AppTest.from_file(str(ROUTER), default_timeout=60)
    app.session_state[names.CHAT_VIEW] = section
    for key, value in state.items():
        app.session_state[key] = value
    app.switch_page(path("chat_vs_api.py"))
    for name, value in (link or {}).items():
        app.query_params[name] = value
    app.run()
    assert not app.exception
    return app


def link(page: AppTest, place: str) -> dict[str, Any]:
    return {place: page.query_params[place]}


def said(page: AppTest) -> str:
    kinds = ("markdown", "caption", "info", "error", "warning", "success")
    elements: list[Any] = [element for kind in kinds for element in page.get(kind)]
    return "\n".join(str(element.value) for element in elements)


def until(page: AppTest, words: str) -> AppTest:
    for _ in range(150):
        if words in said(page):
            return page
        time.sleep(0.1)
        page.run()
        assert not page.exception
    pytest.fail(f"the page never said {words!r}: {said(page)[-1500:]}")


def asked(page: AppTest, question: str, turn: int) -> AppTest:
    page.chat_input[0].set_value(question).run()
    until(page, f"turn {turn} |")
    for _ in range(150):
        if not any(button.key == "conversation_stop" for button in page.button):
            return page
        time.sleep(0.1)
        page.run()
    pytest.fail(f"turn {turn} did not end")


def table(page: AppTest) -> str:
    """What the turns resent and cost, turn by turn."""
    return "\n".join(str(e.value) for e in page.markdown if "this turn | in total" in str(e.value))


@pytest.mark.parametrize("kept", [True, False])
def test_a_conversation_has_its_turns_branches_rules_and_counts(
    kept: bool, cookie: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    if not kept:
        monkeypatch.setenv("PLAYGROUND_HISTORY", "off")
    rules = {
        names.CONVERSATION_HISTORY: "shared",
        names.CONVERSATION_SYSTEM: "my own",
        names.CONVERSATION_SYSTEM_TEXT: "Be brief.",
        names.CONVERSATION_CACHE: True,
        names.CONVERSATION_WINDOW: "5,000",
        names.CONVERSATION_POLICY: "drop the oldest",
        names.CONVERSATION_MODELS: ["openai:gpt-6.1-sol", "anthropic:claude-sonnet-5-5"],
    }
    page = opened(sections.CONVERSATION, **rules)
    asked(page, "What is a token?", 1)
    asked(page, "What is an API key?", 2)
    page.button(key="conversation_again").click().run()
    until(page, "version 2 of 2")
    asked(page, "What is a rate limit?", 3)
    if kept:
        cookie[0] = "another browser"
    again = opened(sections.CONVERSATION, link(page, "conversation"))
    assert table(again) == table(page)
    assert "version 2 of 2" in said(again)
    for name, value in rules.items():
        assert again.session_state[name] == value, name
    asked(again, "How much does reasoning cost?", 4)
    assert "· resent" in table(again)


def test_what_was_counted_is_kept_with_the_runs() -> None:
    page = asked(opened(sections.CONVERSATION), "What is a token?", 1)
    assert "· new" in table(page)
    (run_id,) = ids(history.get_store(), Filter())
    stored = read_run(history.get_store(), run_id)
    assert stored is not None
    split = stored.context["counts"]["split 0"]
    assert split["question"]["estimate"] is False
    assert split["question"]["tokens"] == stored.run.responses[0].usage.input_tokens


def test_a_ladder_has_its_prompt_models_and_profile() -> None:
    page = opened(sections.LADDER, ladder_prompt="Why five words?")
    next(t for t in page.toggle if t.label == "Memory of the user").set_value(False).run()
    page.button(key="ladder_go").click().run()
    until(page, "Dressed like a chat product")
    headline = next(str(m.value) for m in page.markdown if "Dressed like" in str(m.value))
    again = opened(sections.LADDER, link(page, "ladder"))
    assert headline in said(again)
    assert again.text_area(key=names.LADDER_PROMPT).value == "Why five words?"
    assert next(t for t in again.toggle if t.label == "Memory of the user").value is False
    assert [frame.value.to_dict() for frame in again.dataframe] == [
        frame.value.to_dict() for frame in page.dataframe
    ]


def test_a_paste_has_its_texts_also_those_that_came_after_the_answer() -> None:
    page = opened(sections.PASTE, paste_prompt="What is a token?", paste_product="Claude.ai")
    page.button(key="paste_go").click().run()
    until(page, "output tokens")
    page.text_area(key=names.PASTE_TEXT).set_value("A **token** is a piece of text.").run()
    page.text_input(key=names.PASTE_SECONDS).set_value("2,5").run()
    again = opened(sections.PASTE, link(page, "paste"))
    assert "of the words in common" in said(again)
    assert "Claude.ai (pasted)" in said(again).replace("\\", "")
    assert again.text_area(key=names.PASTE_TEXT).value == "A **token** is a piece of text."
    assert again.text_input(key=names.PASTE_SECONDS).value == "2.5"
    page.text_area(key=names.PASTE_PROMPT).set_value("Another question").run()
    page.text_area(key=names.PASTE_TEXT).set_value("Another answer").run()
    assert "A **token**" in str(
        opened(sections.PASTE, link(page, "paste")).text_area(key=names.PASTE_TEXT).value
    )


def test_a_stranger_with_the_link_sees_nothing_of_it_and_begins_alone(
    cookie: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PLAYGROUND_HOSTED", "1")
    monkeypatch.setenv("PLAYGROUND_HISTORY", "on")
    alice = asked(opened(sections.CONVERSATION), "What is a token?", 1)
    hers = link(alice, "conversation")
    mine, cookie[0] = cookie[0], "bob"
    bob = asked(opened(sections.CONVERSATION, hers), "What is an API key?", 1)
    assert link(bob, "conversation") != hers
    bobs = opened(sections.CONVERSATION, link(bob, "conversation"))
    assert "turn 1 |" in said(bobs)
    assert "What is a token?" not in said(bobs)
    cookie[0] = mine
    hers_again = said(opened(sections.CONVERSATION, hers))
    assert "turn 1 |" in hers_again
    assert "turn 2 |" not in hers_again
    assert "What is an API key?" not in hers_again


def test_a_link_to_what_is_gone_or_to_something_else_opens_an_empty_section() -> None:
    page = opened(sections.PASTE, paste_prompt="What is a token?")
    page.button(key="paste_go").click().run()
    until(page, "output tokens")
    other = str(page.query_params["paste"][0])
    for wrong in ("no-such-run", other):
        assert "Press **Climb the ladder**" in said(opened(sections.LADDER, {"ladder": wrong}))
        assert "Press **Play ten turns**" in said(
            opened(sections.CONVERSATION, {"conversation": wrong})
        )
