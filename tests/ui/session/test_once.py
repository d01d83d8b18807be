"""One press, one run: of a button alone, and of every button of the pages that sends."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import streamlit
from streamlit.testing.v1 import AppTest

from playground import history, jobs, runs
from playground.domain import ModelRef, Request, Response, Run
from playground.engine import LiveRun
from playground.experiments import sheets
from playground.history import Labels
from playground.history.writing import put
from playground.ui import names
from playground.ui.chat_vs_api import sections
from playground.ui.chat_vs_api.conversation.section import EXAMPLE
from playground.ui.compare import lane
from playground.ui.session import once
from playground.ui.shell.pages import path

NOW = "2026-11-26T12:00:00.000+00:00"
ROUTER = Path(__file__).parents[3] / "playground" / "ui" / "shell" / "router.py"


class Stream:
    """A run that streams until it is stopped."""

    def __init__(self, *, simulated: bool = False) -> None:
        self.stopped = False
        self.run = LiveRun(
            "first",
            "me",
            (Request.ask(ModelRef.parse("openai:gpt-6-luna"), "Hello"),),
            simulations=(simulated,),
            cancel=self._cancel,
        )

    def _cancel(self, run: LiveRun, lane: int | None) -> None:
        self.stopped = True


def page() -> None:
    """A page with one button; it says what its press came to."""
    import typing

    import streamlit as st

    from playground.ui.session import once

    running, what = st.session_state.running, st.session_state.what
    pressed = once.button("here", running, "Run", "Run again", key="run")
    if once.goes("here", running, pressed, what):
        st.session_state.sent.append(what)
        module: typing.Any = once
        asked, module.st = module.st, st.session_state.streamlit
        once.started()
        module.st = asked


class Untouchable:
    """Streamlit, where a newer press ends this run of the page as soon as anything is asked of it."""

    def __getattr__(self, name: str) -> Any:
        raise AssertionError(name)


def opened(running: LiveRun | None = None) -> AppTest:
    app = AppTest.from_function(page, default_timeout=60)
    app.session_state.running, app.session_state.what, app.session_state.sent = running, "a", []
    app.session_state.streamlit = Untouchable()
    return app.run()


def press(app: AppTest, key: str = "run") -> AppTest:
    return app.button(key=key).click().run()


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    """Lets seconds pass."""
    now = [100.0]

    class Time:
        @staticmethod
        def monotonic() -> float:
            return now[0]

    monkeypatch.setattr(once, "time", Time)

    def wait(seconds: float) -> None:
        now[0] += seconds

    return wait


@pytest.mark.parametrize(("seconds", "sent"), [(0, 1), (0.2, 1), (0.99, 1), (1.01, 2), (60, 2)])
def test_a_press_within_a_second_is_none(
    clock: Callable[[float], None], seconds: float, sent: int
) -> None:
    app = press(opened())
    clock(seconds)
    assert press(app).session_state.sent == ["a"] * sent


def test_three_presses_are_one_too_and_the_second_counts_from_the_start(
    clock: Callable[[float], None],
) -> None:
    app = press(opened())
    for _ in range(3):
        clock(0.3)
        press(app)
    assert app.session_state.sent == ["a"]
    clock(0.3)  # 1.2 s after the start
    assert press(app).session_state.sent == ["a", "a"]


def test_what_is_asked_otherwise_is_another_press(clock: Callable[[float], None]) -> None:
    app = press(opened())
    app.session_state.what = "b"
    assert press(app).session_state.sent == ["a", "b"]


def test_beside_a_run_that_streams_it_says_what_becomes_of_it(
    clock: Callable[[float], None],
) -> None:
    app = opened(Stream().run)
    assert app.button(key="run").label == "Run again"
    assert not app.warning
    press(app)
    assert app.session_state.sent == []
    assert "goes on beside the new one, is billed, and is in the History" in app.warning[0].value
    assert press(app).session_state.sent == []  # asked again, not sent


def test_the_words_fit_what_is_kept_and_billed(
    clock: Callable[[float], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PLAYGROUND_HISTORY", "off")
    app = press(opened(Stream(simulated=True).run))
    assert "billed" not in app.warning[0].value
    assert "is not kept" in app.warning[0].value


@pytest.mark.parametrize(
    ("choice", "sent", "stopped"),
    [("beside", ["a"], False), ("instead", ["a"], True), ("neither", [], False)],
)
def test_each_answer_does_what_it_says(
    clock: Callable[[float], None], choice: str, sent: list[str], stopped: bool
) -> None:
    stream = Stream()
    app = press(opened(stream.run))
    press(app, f"once_here_{choice}")
    assert (app.session_state.sent, stream.stopped) == (sent, stopped)
    assert not app.run().warning


def test_the_question_goes_when_the_run_has_ended(clock: Callable[[float], None]) -> None:
    app = press(opened(Stream().run))
    app.session_state.running = None
    assert not app.run().warning
    assert app.button(key="run").label == "Run"


def test_a_double_press_while_it_streams_is_not_even_asked_about(
    clock: Callable[[float], None],
) -> None:
    app = press(opened())
    app.session_state.running = Stream().run
    clock(0.25)
    press(app)
    assert (app.session_state.sent, list(app.warning)) == (["a"], [])


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[str]:
    """The first question of every run that was really started."""
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setattr(once, "WINDOW", 600.0)  # a busy machine is slow
    questions: list[str] = []
    real = runs.start

    def counting(engine: Any, requests: Any, *rest: Any, **more: Any) -> Any:
        questions.append(requests[0].messages[-1].text)
        return real(engine, requests, *rest, **more)

    monkeypatch.setattr(runs, "start", counting)
    return questions


SENDS: dict[str, tuple[str, str, dict[str, Any]]] = {
    "Run": ("compare.py", "run", {names.PROMPT: "Why?"}),
    "Climb": (
        "chat_vs_api.py",
        "ladder_go",
        {names.CHAT_VIEW: sections.LADDER, names.LADDER_PROMPT: "Why?"},
    ),
    "Ask the API": (
        "chat_vs_api.py",
        "paste_go",
        {names.CHAT_VIEW: sections.PASTE, names.PASTE_PROMPT: "Why?"},
    ),
    "Play": ("chat_vs_api.py", "conversation_example", {names.CHAT_VIEW: sections.CONVERSATION}),
    "Send and see the bill": (
        "tokens.py",
        "counts_send",
        {"tokens_tab": "Three counts", names.TOKENS_TEXT: "Why?"},
    ),
}
"""What is pressed → on which page, the button's key, and the fields."""


@pytest.mark.parametrize("send", SENDS)
def test_every_button_that_sends_sends_once(asked: list[str], send: str) -> None:
    file, key, fields = SENDS[send]
    app = AppTest.from_file(str(ROUTER), default_timeout=60)
    for name, value in fields.items():
        app.session_state[name] = value
    if file != "compare.py":
        app.switch_page(path(file))
    app.run()
    press(app, key)
    if not app.button(key=key).disabled:  # Play is, as long as its turn is under way
        press(app, key)
    assert not app.exception
    first = EXAMPLE[0] if send == "Play" else "Why?"
    assert asked.count(first) == 1


def test_run_again_in_the_history_sends_once(asked: list[str]) -> None:
    requests = (Request.ask(ModelRef.parse("openai:gpt-6-luna"), "Why?"),)
    answers = tuple(Response(model=request.model, text="So.") for request in requests)
    put(
        history.get_store(),
        Run(id="old", created_at=NOW, requests=requests, responses=answers),
        Labels(),
    )
    app = AppTest.from_file(str(ROUTER), default_timeout=60)
    for _ in range(2):
        app.switch_page(path("history.py")).run()
        table = app.dataframe[0]
        oldest = len(table.value) - 1
        app.session_state[table.key or ""] = {
            "selection": {"rows": [oldest], "columns": [], "cells": []}
        }
        press(app.run(), "again_old")
    assert asked == ["Why?"]


def twice(app: AppTest, file: str, key: str) -> None:
    """Press a button, and press it again as it was, as a double click does that comes before the page has changed."""
    for _ in range(2):
        app.switch_page(path(file)).run()
        press(app, key)
        assert not app.exception


def test_a_conversation_is_asked_once_and_a_table_is_one_batch(asked: list[str]) -> None:
    app = AppTest.from_file(str(ROUTER), default_timeout=60)
    app.session_state[names.CHATS_PASTED] = "User: Why?\nAI: So.\nUser: And then?"
    twice(app, "chats.py", "chats_ask")
    assert len(asked) == 1
    app.session_state[names.LAB_PANEL] = "batch"
    twice(app, "api_lab.py", "lab_batch_submit")
    assert len(jobs.all_jobs(history.get_store(), owner=None)) == 1


def test_an_experiment_is_begun_once(asked: list[str]) -> None:
    app = AppTest.from_file(str(ROUTER), default_timeout=60)
    for _ in range(2):
        app.switch_page(path("experiments.py"))
        app.query_params["experiment"] = ""
        press(app.run(), "experiment_run")
        assert not app.exception
    assert len(sheets.listed(history.get_store(), owner=None)) == 1


def test_an_answer_is_retried_once(asked: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    app = AppTest.from_file(str(ROUTER), default_timeout=60)
    app.session_state[names.PROMPT] = "Why?"
    app.session_state[names.LANES] = [0]
    app.session_state[names.lane_model(0)] = "openai:gpt-6-luna~429"
    press(app.run(), "run")
    for _ in range(200):
        if any(button.label == lane.RETRY for button in app.button):
            break
        time.sleep(0.05)
        app.run()
    again = lane._retry

    def two_clicks(*args: Any) -> None:
        again(*args)
        again(*args)

    monkeypatch.setattr(lane, "_retry", two_clicks)
    monkeypatch.setattr(streamlit, "rerun", lambda *what: None)
    app.run()
    next(button for button in app.button if button.label == lane.RETRY).click().run()
    assert asked == ["Why?"] * 2
