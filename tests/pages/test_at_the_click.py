"""What a button does is read from the fields as they are at the click, not as they were when the page was drawn."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from playground.engine import get_engine
from playground.pricing import loading
from playground.ui import names
from playground.ui.chat_vs_api import sections
from playground.ui.session import top_bar
from playground.ui.shell.pages import path

ROUTER = Path(__file__).parents[2] / "playground" / "ui" / "shell" / "router.py"


@pytest.fixture(autouse=True)
def _own_home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("PLAYGROUND_DEMO_PACE", "0")


def opened(page: str = "compare.py", **state: Any) -> AppTest:
    app = AppTest.from_file(str(ROUTER), default_timeout=60)
    for key, value in state.items():
        app.session_state[key] = value
    if page != "compare.py":
        app.switch_page(path(page))
    app.run()
    assert not app.exception
    return app


def run_until(page: AppTest, true: Callable[[AppTest], Any]) -> AppTest:
    for _ in range(150):
        if true(page):
            return page
        time.sleep(0.1)
        page.run()
    pytest.fail("it never came")


@pytest.fixture
def tested(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str]]:
    """Addresses and keys that were tried out, in place of asking them."""
    found: list[tuple[str, str]] = []

    def ask(name: str, endpoint: Any) -> None:
        found.append((endpoint.base_url, endpoint.key.reveal() if endpoint.key else ""))

    monkeypatch.setattr(top_bar, "_test", ask)
    return found


def test_a_key_goes_to_the_address_that_is_typed_last(tested: list[tuple[str, str]]) -> None:
    page = opened()
    page.text_input(key=names.endpoint_url("ollama")).set_value("http://127.0.0.1:9/v1").run()
    page.text_input(key=names.ENDPOINT_KEY).set_value("sk-typed")
    page.text_input(key=names.endpoint_name("ollama")).set_value("mine")
    page.text_input(key=names.endpoint_url("ollama")).set_value("http://127.0.0.1:7/v1")
    page.button(key="endpoint_add_ollama").click().run()
    assert not page.exception
    assert tested == [("http://127.0.0.1:7/v1", "sk-typed")]
    assert page.text_input(key=names.ENDPOINT_KEY).value == ""


def test_a_key_is_not_kept_for_another_address(tested: list[tuple[str, str]]) -> None:
    page = opened()
    for address, key in (("http://127.0.0.1:7/v1", "sk-typed"), ("http://127.0.0.1:9/v1", "")):
        page.text_input(key=names.ENDPOINT_KEY).set_value(key)
        page.text_input(key=names.endpoint_url("ollama")).set_value(address)
        page.button(key="endpoint_add_ollama").click().run()
    assert tested == [("http://127.0.0.1:7/v1", "sk-typed"), ("http://127.0.0.1:9/v1", "")]


def test_an_endpoint_is_kept_for_next_time_when_that_is_ticked_last(
    tested: list[tuple[str, str]], tmp_path: Path
) -> None:
    page = opened()
    page.checkbox(key=names.ENDPOINT_KEEP).check()
    page.button(key="endpoint_add_ollama").click().run()
    assert [file for file in tmp_path.rglob("*.toml") if "[ollama]" in file.read_text()]


def test_two_lanes_that_are_removed_at_once_leave_one() -> None:
    page = opened()
    page.menu_button(key=names.lane_menu(0)).click("Remove").run()
    page.menu_button(key=names.lane_menu(1)).click("Remove")
    page.menu_button(key=names.lane_menu(2)).click("Remove").run()
    assert not page.exception
    assert len(page.session_state[names.LANES]) == 1


def test_the_price_that_is_chosen_last_is_removed(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    file = tmp_path / "own.yaml"
    monkeypatch.setattr(loading, "own_file", lambda path=None: file)
    page = opened("costs.py", costs_tab="Your own prices")
    for model in ("ollama:first", "ollama:second"):
        page.text_input(key=names.own_price("model")).set_value(model)
        page.text_input(key=names.own_price("input")).set_value("1")
        page.text_input(key=names.own_price("output")).set_value("2")
        next(button for button in page.button if button.label == "Save").click().run()
    page.selectbox(key=names.OWN_REMOVE).set_value("ollama:second")
    page.button(key="own_remove_go").click().run()
    assert not page.exception
    assert "model: first" in file.read_text()
    assert "model: second" not in file.read_text()


def test_the_calculator_is_filled_from_the_model_that_is_chosen_last() -> None:
    page = opened()
    page.button(key="run").click().run()
    run_until(page, lambda page: page.dataframe)
    inputs = list(page.dataframe[0].value["input_tokens"])
    page.session_state["costs_tab"] = "From your runs"
    page.switch_page(path("costs.py")).run()
    chosen = page.selectbox(key="runs_model")
    chosen.set_value(next(option for option in chosen.options if "gemini" in str(option)))
    page.button(key="runs_fill").click().run()
    assert not page.exception
    assert page.session_state[names.calc("input")] == inputs[2]
    assert len(page.session_state[names.CALC_MODELS]) == 1


def test_the_figures_that_open_are_those_of_the_last_answer() -> None:
    answers = ("A program or script", "heavy", "No", "Yes", "A developer", "Pay for what I use")
    questions = ("who", "often", "extras", "control", "build", "budget")
    state = {names.choose(q): a for q, a in zip(questions, answers, strict=True)}
    page = opened("chat_vs_api.py", **{names.CHAT_VIEW: sections.CHOOSE, **state})
    often: Any = next(g for g in page.get("button_group") if g.key == names.choose("often"))
    often.set_value("light")
    page.button(key="choose_open").click().run()
    assert not page.exception
    assert page.session_state[names.PAY_SOURCE] == "light"


def test_an_answer_is_regenerated_by_the_rules_on_the_screen() -> None:
    page = opened("chat_vs_api.py", **{names.CHAT_VIEW: sections.CONVERSATION})
    page.chat_input[0].set_value("What is a token?").run()
    run_until(page, lambda page: any(b.key == "conversation_again" for b in page.button))
    page.toggle(key=names.CONVERSATION_KEPT).set_value(True)
    page.button(key="conversation_again").click().run()
    assert not page.exception
    talk = page.session_state[names.CONVERSATION]
    assert [turn.request(0).settings.extra for turn in talk.turns.values()] == [{}, {"store": True}]
    held = [turn.live.context["rules"]["kept"] for turn in talk.turns.values()]
    assert held == [False, True]
    assert all(get_engine().find(turn.id, turn.live.owner) for turn in talk.turns.values())
