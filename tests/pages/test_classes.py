"""A class on the screen: made by one, joined by others, spent from, watched and closed; the key is in nobody's tab but its owner's."""

from __future__ import annotations

import functools
import time
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from playground import history
from playground.classes import codes, kept, lending, spending, vault
from playground.demo.process import DemoServer
from playground.engine import Engine, get_engine
from playground.history.labels import owner_digest
from playground.store.store import Store
from playground.ui import names
from playground.ui.classes import making
from playground.ui.live import grants
from playground.ui.session import once
from playground.ui.shell import first_page
from playground.ui.shell.pages import path
from tests.classes.people import reaches

ROUTER = Path(__file__).parents[2] / "playground" / "ui" / "shell" / "router.py"
CANARY = "sk-canary-of-the-teacher-0123456789"
SOL, CLAUDE = "openai:gpt-6.1-sol", "anthropic:claude-sonnet-5-5"


class Browser:
    """Whose cookie the pages see."""

    cookie = "teacher"


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    """One that may call the simulation as if it were a real API, which is no public address."""
    made = Engine()
    yield made
    made.close()


@pytest.fixture(autouse=True)
def browser(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, simulation: DemoServer, engine: Engine
) -> Iterator[Browser]:
    monkeypatch.setattr(get_engine, "_made", functools.cache(lambda: engine))
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("PLAYGROUND_HOSTED", "1")
    monkeypatch.setenv("OPENAI_BASE_URL", simulation.base_urls()["openai"])
    monkeypatch.setattr(codes, "GUESSES", codes.Guesses())
    first_page.shown.set()
    browser = Browser()
    monkeypatch.setattr(grants, "owner", lambda: browser.cookie)
    yield browser
    for class_id in vault.classes():
        vault.forget(class_id)


def opened(page: str = "classes.py", query: str = "", **state: Any) -> AppTest:
    app = AppTest.from_file(str(ROUTER), default_timeout=60)
    for name, value in state.items():
        app.session_state[name] = value
    if query:
        app.query_params["class"] = query
    if page != "compare.py":
        app.switch_page(path(page))
    app.run()
    assert not app.exception
    return app


def press(app: AppTest, key: str) -> AppTest:
    app.button(key=key).click().run()
    assert not app.exception
    return app


def said(app: AppTest) -> str:
    kinds = (app.error, app.warning, app.info, app.caption, app.markdown)
    return "\n".join(one.value for kind in kinds for one in kind)


def made(key: str = CANARY, **fields: str) -> tuple[AppTest, str]:
    """The teacher's page after a class was made, and the code for members."""
    app = opened()
    if key:
        app.text_input(key=names.provider_key("openai")).set_value(key).run()
    app.text_input(key=names.CLASS_TITLE).set_value("Physics")
    for name, value in fields.items():
        app.text_input(key=name).set_value(value)
    press(app, "class_make")
    if not app.code:
        return app, ""
    code, link = (one.value for one in app.code[:2])
    assert link.endswith(f"/?class={code}")
    return app, code


def joined(code: str, name: str = "Ann") -> AppTest:
    app = opened(query=code)
    assert "class" not in app.query_params
    assert app.text_input(key=names.CLASS_CODE).value == code
    app.text_input(key=names.CLASS_NAME).set_value(name)
    return press(app, "class_join")


def asked(app: AppTest) -> AppTest:
    app.switch_page(path("compare.py")).run()
    app.session_state[names.PROMPT] = "What is a token?"
    app.run()
    press(app, "run")
    return app


def settled(calls: int) -> list[spending.Spent]:
    """The board once so many calls have ended."""
    for _ in range(600):
        lending.settled()
        (seat,) = kept.seats(history.get_store(), owner=owner_digest("teacher"))
        found = spending.board(history.get_store(), seat.of.id)
        if sum(s.calls - s.under_way for s in found) == calls:
            return found
        time.sleep(0.05)
    pytest.fail("the calls did not end")


def test_a_class_from_its_making_to_its_closing(browser: Browser) -> None:
    teacher, code = made()
    assert "in no file" in said(teacher)
    browser.cookie = "ann"
    ann = joined(code)
    assert "$0.00 of your" in "".join(str(one.proto) for one in ann.get("progress"))
    first, *_ = ann.session_state[names.LANES]
    assert ann.session_state[names.lane_model(first)] == SOL
    asked(ann)
    board = settled(calls=len(ann.session_state[names.LANES]))
    (spent,) = [s for s in board if s.member.name == "Ann"]
    assert spent.cost > 0
    held = [v for v in (ann.session_state[k] for k in ann.session_state) if reaches(v, CANARY)]
    assert held == []  # nothing in the member's tab leads to the key
    assert (
        reaches(teacher.session_state[names.SESSION], CANARY) != []
    )  # the search finds what is there
    browser.cookie = "teacher"
    teacher.run()
    (table,) = teacher.dataframe
    assert list(table.value["Member"]) == ["Ann"]
    assert float(table.value["Spent"].iloc[0]) == float(spent.cost)
    press(teacher, "class_close")
    assert "Physics is closed" in said(teacher)
    assert vault.classes() == set()
    browser.cookie = "ann"
    ann.session_state[names.PROMPT] = "What is another token?"  # the same again is one press
    press(ann, "run")
    assert "Physics is closed" in said(ann)
    assert sum(s.calls for s in settled(calls=spent.calls)) == spent.calls


@pytest.mark.parametrize("button", ["make", "sample"])
def test_a_double_click_makes_one_class(
    browser: Browser, monkeypatch: pytest.MonkeyPatch, button: str
) -> None:
    monkeypatch.setattr(once, "WINDOW", 600.0)  # a busy machine is slow
    make = getattr(making, f"_{button}")

    def two_clicks(store: Store) -> None:
        make(store)
        make(store)

    monkeypatch.setattr(making, f"_{button}", two_clicks)
    app = opened()
    app.text_input(key=names.CLASS_TITLE).set_value("Physics")
    press(app, f"class_{button}")
    assert len(kept.seats(history.get_store(), owner=owner_digest("teacher"))) == 1


def test_a_model_that_is_not_on_the_list_is_refused(browser: Browser) -> None:
    _, code = made()
    browser.cookie = "ann"
    ann = joined(code)
    ann.session_state[names.lane_model(ann.session_state[names.LANES][0])] = "openai:gpt-5"
    asked(ann)
    assert "openai:gpt-5 is not on the list of Physics" in said(ann)


@pytest.mark.parametrize("hosted", ["1", "0"])
def test_a_class_without_a_key_is_simulated(
    browser: Browser, hosted: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PLAYGROUND_HOSTED", hosted)
    _, code = made(key="")
    browser.cookie = "ann"
    asked(joined(code))
    board = settled(calls=3)
    assert [s.cost > 0 for s in board if s.member.name == "Ann"] == [True]


def test_the_servers_own_key_is_lent_by_whoever_runs_it_and_by_no_visitor(
    browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", CANARY)
    for hosted, simulated in (("1", True), ("0", False)):
        monkeypatch.setenv("PLAYGROUND_HOSTED", hosted)
        made(key="")
        newest = kept.seats(history.get_store(), owner=owner_digest("teacher"))[0].of
        assert (newest.simulated, newest.from_environment) == (simulated, not simulated)
        assert vault.classes() == set()


def test_what_a_class_can_not_be_is_said(browser: Browser) -> None:
    for name, value, why in (
        (names.CLASS_TITLE, " ", "needs a name"),
        (names.CLASS_BUDGET, "1.000", "can be read in two ways"),
        (names.CLASS_LONGEST, "2.5", "The longest answer must be a whole number"),
    ):
        app, code = made(**{name: value})
        assert code == ""
        assert why in said(app)
    assert kept.seats(history.get_store(), owner=owner_digest("teacher")) == []


def test_a_wrong_code_is_said_and_after_some_no_other_is_tried(browser: Browser) -> None:
    app = opened()
    for number in range(codes.MOST_EACH + 1):
        app.text_input(key=names.CLASS_CODE).set_value(f"WRONG-{number}")
        app.text_input(key=names.CLASS_NAME).set_value("Eve")
        press(app, "class_join")
        assert ("Too many" in said(app)) == (number == codes.MOST_EACH)
    assert kept.seats(history.get_store(), owner=owner_digest("teacher")) == []


def test_a_viewer_sees_the_board_and_nothing_to_press(browser: Browser) -> None:
    teacher, _ = made()
    press(teacher, "class_code_viewer")
    code = teacher.code[0].value
    browser.cookie = "eve"
    eve = joined(code, "Eve")
    keys = {button.key for button in eve.button}
    assert not {"class_close", "class_code_member", "class_lend", "class_use"} & keys
    assert [metric.label for metric in eve.metric][:2] == ["Members", "Runs"]
    asked(eve)  # the simulation answers, as everyone's
    assert sum(s.calls for s in settled(calls=0)) == 0


def test_after_a_restart_the_owner_is_asked_for_the_key(browser: Browser) -> None:
    teacher, code = made()
    (class_id,) = vault.classes()
    vault.forget(class_id)
    teacher.run()
    assert "No key for openai is here" in said(teacher)
    browser.cookie = "ann"
    ann = asked(joined(code))
    assert "must lend it again" in said(ann)
    browser.cookie = "teacher"
    press(teacher, "class_lend")
    assert vault.classes() == {class_id}
    assert "in no file" in said(teacher)


def test_a_member_s_budget_is_raised_and_one_is_taken_out(browser: Browser) -> None:
    teacher, code = made()
    browser.cookie = "ann"
    ann = joined(code)
    browser.cookie = "teacher"
    teacher.run()
    (member,) = [one for one in teacher.text_input if (one.key or "").startswith("class_budget_")]
    member.set_value("2,5")
    press(teacher, "class_change")
    (seat,) = kept.seats(history.get_store(), owner=owner_digest("ann"))
    assert seat.budget == Decimal("2.5")
    press(teacher, "class_remove")
    browser.cookie = "ann"
    asked(ann)
    assert "taken out of Physics" in said(ann)


def test_a_class_that_pays_begins_with_lanes_of_its_own(browser: Browser) -> None:
    _, code = made()
    browser.cookie = "ann"
    ann = opened(query=code)
    ann.session_state[names.lane_prompt(0)] = "What was typed in the first lane before"
    ann.text_input(key=names.CLASS_NAME).set_value("Ann")
    press(ann, "class_join")
    lanes = ann.session_state[names.LANES]
    assert [ann.session_state[names.lane_model(lane)] for lane in lanes][:1] == [SOL]
    ann.switch_page(path("compare.py")).run()
    assert not [lane for lane in lanes if ann.text_area(key=names.lane_prompt(lane)).value]
