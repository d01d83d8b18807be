"""Every room that calls providers, for a student of a class: paid by the class within its budgets, or told that it is not."""

from __future__ import annotations

import ast
import functools
import time
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from playground import history
from playground.classes import kept, lending, spending, vault
from playground.classes.nouns import Class
from playground.demo.process import DemoServer
from playground.domain import ModelRef, Secret
from playground.engine import Engine, get_engine
from playground.history.labels import Labels, owner_digest
from playground.history.writing import put
from playground.lab.panels import PANELS
from playground.ui import names
from playground.ui.chat_vs_api import sections as chat
from playground.ui.live import grants
from playground.ui.session.rooms import PAYS, ROOMS, title
from playground.ui.shell import first_page
from playground.ui.shell.pages import path
from tests.classes.people import SOL, TEACHER, opened, question, reaches
from tests.history.runs import small_run
from tests.pages.lab_page import ROUTER, said
from tests.pages.test_history import select

ROOT = Path(__file__).parents[2]
CANARY = "sk-canary-of-the-teacher-0123456789"
MODEL = "openai:gpt-6-luna"
"""On the class's list; the rooms begin with another one."""
REF = ModelRef.parse(MODEL)


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    """One that may call the simulation as if it were a real API, which is no public address."""
    made = Engine()
    yield made
    made.close()


@pytest.fixture
def of(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, simulation: DemoServer, engine: Engine
) -> Iterator[Class]:
    """A class with a key, and Ann in it, who sits before the page."""
    monkeypatch.setattr(get_engine, "_made", functools.cache(lambda: engine))
    for name, value in (
        ("HOME", str(tmp_path)),
        ("PLAYGROUND_HOSTED", "1"),
        ("PLAYGROUND_HISTORY", "1"),
        ("OPENAI_BASE_URL", simulation.base_urls()["openai"]),
    ):
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(grants, "owner", lambda: "ann")
    first_page.shown.set()
    store = history.get_store()
    made = opened(store, models=(MODEL,), budget=Decimal(5), longest=2_000)
    lending.lend(store, made.id, {"openai": Secret(CANARY)}, owner=TEACHER)
    code = kept.new_code(store, made.id, "member", owner=TEACHER)
    kept.join(store, code, "Ann", owner=owner_digest("ann"), source="here")
    yield made
    vault.forget(made.id)


def entered(room: str, **state: Any) -> AppTest:
    """Ann's tab in this room."""
    page, _, part = room.partition("/")
    app = AppTest.from_file(str(ROUTER), default_timeout=60)
    for name, value in state.items():
        app.session_state[name] = value
    if part:
        app.query_params["panel"] = part
    app.switch_page(path(f"{page}.py")).run()
    assert not app.exception
    return app


def ended(of: Class, calls: int = 1) -> spending.Spent:
    """What Ann has spent once so many calls have ended, and none is under way."""
    for _ in range(1200):
        lending.settled()
        ann = spending.board(history.get_store(), of.id)[1]
        if ann.calls >= calls and not ann.under_way:
            return ann
        time.sleep(0.05)
    pytest.fail("the calls did not end")


PRESSED: dict[str, tuple[str, dict[str, Any]]] = {
    "chat_vs_api": (
        "paste_go",
        {names.CHAT_VIEW: "Paste an answer", names.PASTE_MODELS: [MODEL]},
    ),
    "api_lab/wire": ("lab_wire_send", {names.lab("wire", "models"): [MODEL]}),
    "api_lab/doors": ("lab_doors_send", {names.lab("doors", "models"): [MODEL]}),
    "api_lab/limits": ("lab_limits_send", {names.lab("limits", "models"): [MODEL]}),
    "api_lab/structured": ("lab_structured_send", {names.lab("structured", "models"): [MODEL]}),
    "api_lab/tools": ("lab_tools_send", {names.lab("tools", "models"): [MODEL]}),
    "api_lab/jobs": ("lab_jobs_send", {names.lab("jobs", "models"): [MODEL]}),
    "learn": ("learn_code_send", {names.LEARN_LESSON: "code"}),
    "experiments": (
        "experiment_run",
        {names.EXPERIMENT_SPEC: f"prompts: [Say yes.]\nmodels: ['{MODEL}']\n"},
    ),
}
"""Room that the class pays → what is pressed there; what goes on after its page is drawn comes last."""
ELSEWHERE = {
    "compare": "tests/pages/test_classes.py",
    "tokens": "below",
    "costs": "below",
    "chats": "below",
    "history": "below",
}
"""Rooms that are paid too, and where that is tried."""


def test_every_room_is_a_row_and_every_row_is_tried() -> None:
    lab = {room for room in ROOMS if room.startswith("api_lab/")}
    assert {f"api_lab/{name}" for name in PANELS} == lab
    assert {room for room, why in ROOMS.items() if why == PAYS} == {*PRESSED, *ELSEWHERE}
    assert all(title(room) for room in ROOMS)


def test_no_page_asks_providers_but_through_the_table() -> None:
    """Whoever calls a provider has its endpoints from `rooms.asked_in`, by a row's name."""
    asked = set[str]()
    for file in [*(ROOT / "playground" / "ui").rglob("*.py"), *(ROOT / "pages").glob("*.py")]:
        tree = ast.parse(file.read_text("utf-8"))
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom) and node.module == (
                "playground.ui.session.endpoints"
            ):
                taken = {alias.name for alias in node.names}
                assert "endpoints" not in taken or file.name == "rooms.py", file
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "asked_in":
                (room,) = node.args
                asked.add(ast.unparse(room).strip("f'\""))
    assert asked == {room for room in ROOMS if "/" not in room} | {
        "api_lab/{panel.name}",
        "api_lab/{name}",
    }


def test_what_is_pressed_is_paid_by_the_class(of: Class) -> None:
    """In one class, as a new database for each room takes longer than the room."""
    unpaid, before = list[str](), 0
    for room, (key, state) in PRESSED.items():
        app = entered(room, **state)
        assert "does not pay here" not in said(app), room
        app.button(key=key).click().run()
        assert not app.exception, room
        ann = ended(of, before + 1)
        unpaid += [room] if ann.calls == before else []
        before = ann.calls
        held = [v for v in (app.session_state[k] for k in app.session_state) if reaches(v, CANARY)]
        assert held == [], room
        code = [c.value for c in app.code if "base_url" in c.value]
        assert [text for text in code if "127.0.0.1" in text] == [], room
    assert unpaid == []


def test_where_the_class_does_not_pay_the_room_says_so(of: Class) -> None:
    for room, why in ROOMS.items():
        if why:
            assert f"Physics does not pay here**: {why}" in said(entered(room)), room


def test_a_lesson_asks_a_model_that_the_class_has_and_names_it(of: Class) -> None:
    app = entered("learn", **{names.LEARN_LESSON: "code"})
    app.button(key="learn_code_send").click().run()
    ended(of)
    app.run()
    assert "**gpt-6-luna**" in said(app)  # the lesson's own is another one


def test_a_part_of_another_page_in_a_lesson_is_paid_as_it_is_there(of: Class) -> None:
    assert "does not pay here" in said(entered("learn", **{names.LEARN_LESSON: "cheaper"}))
    assert "does not pay here" not in said(entered("learn", **{names.LEARN_LESSON: "tools"}))


def test_a_count_at_the_provider_is_by_the_class_s_key_and_costs_nothing(of: Class) -> None:
    state = {names.SAME_TEXT: "What is a token?", "costs_tab": "Same text"}
    app = entered("costs", same_models=[REF], **state)
    app.button(key="same_ask").click().run()
    assert not app.exception
    assert [how for table in app.dataframe for how in table.value["how"]] == ["provider"]
    assert ended(of, calls=0).calls == 0
    lending.close(history.get_store(), of.id, owner=TEACHER)
    app.button(key="same_ask").click().run()
    assert "Physics is closed" in said(app)


def test_tokens_are_counted_and_sent_by_the_class(of: Class) -> None:
    app = entered("tokens", counts_models=[REF])
    app.button(key="counts_send").click().run()
    assert not app.exception
    assert ended(of).cost > 0
    (table,) = [one.value for one in app.dataframe if "billed" in one.value]
    assert list(table["provider"]) != ["not asked"]
    assert list(table["who"]) == [""]


def test_a_chat_is_asked_anew_and_counted_exactly_by_the_class(of: Class) -> None:
    ann = spending.board(history.get_store(), of.id)[1].member
    kept.change(history.get_store(), of.id, ann.id, owner=TEACHER, models=(MODEL, SOL))
    app = entered("chats", **{names.CHATS_TO: [MODEL]})
    app.button(key="chats_sample").click().run()
    app.selectbox(key="chats_count_model").set_value(ModelRef.parse(SOL)).run()
    app.button(key="chats_count").click().run()
    assert "Counted by" in app.dataframe[-1].value
    assert "Counting sends this conversation to OpenAI, as a request would." in said(app)
    app.button(key="chats_paste_sample").click().run()
    app.button(key="chats_ask").click().run()
    assert not app.exception
    assert ended(of).cost > 0


def test_a_run_of_the_history_is_repeated_by_the_class(of: Class) -> None:
    run = replace(small_run(1), requests=(question(MODEL),))
    put(history.get_store(), run, Labels(), owner="ann")
    app = select(entered("history"), 0)
    app.button(key=f"again_{run.id}").click().run()
    assert not app.exception
    assert ended(of).cost > 0


def test_the_ladder_is_climbed_as_it_comes_and_says_which_step_the_class_does_not_pay(
    of: Class,
) -> None:
    app = entered("chat_vs_api", **{names.CHAT_VIEW: chat.LADDER})
    assert app.multiselect(key=names.LADDER_MODELS).value == [MODEL]
    unpaid = "not sent: tools that the provider runs left out: a class does not pay for"
    assert f"{MODEL}, Tools on offer: {unpaid}" in said(app).replace("\\", "")
    app.button(key="ladder_go").click().run()
    assert not app.exception
    ended(of, 7)
    app.run()
    (table,) = [one.value for one in app.dataframe if "adds" in one.value]
    left_out = [s for s, adds in zip(table["step"], table["adds"], strict=True) if unpaid in adds]
    assert [step.partition(". ")[2] for step in left_out] == ["Tools on offer"]
    assert "Dressed like a chat product" in said(app)  # so every step has an answer
    assert all(cost > 0 for cost in table["cost"])
