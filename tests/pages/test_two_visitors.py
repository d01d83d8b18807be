"""Hosted, with a history: what one visitor types no other sees, on any page, in any tab, by any route."""

from __future__ import annotations

import time
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import streamlit as st
from starlette.testclient import TestClient
from streamlit.testing.v1 import AppTest

from playground import history, settings
from playground.budgets.guard import get_guard
from playground.budgets.limits import Limit, add_limit
from playground.domain import Endpoint, ModelRef, Request, Secret
from playground.engine import get_engine
from playground.history import Labels, sharing
from playground.history.labels import owner_digest
from playground.history.queries import Filter, find
from playground.history.writing import put
from playground.ui import names
from playground.ui.chat_vs_api import sections
from playground.ui.costs import workbench as costs
from playground.ui.live import grants
from playground.ui.shell.pages import PAGES, path
from playground.ui.shell.serving import parts
from playground.ui.tokens import workbench as tokens
from tests.history.runs import small_run

ROUTER = Path(__file__).parents[2] / "playground" / "ui" / "shell" / "router.py"
CANARY = "xylophone"
"""In everything that the first visitor types."""
ANN, BOB = "cookie-of-ann", "cookie-of-bob"


class Browser:
    """Whose cookie the pages see."""

    cookie = ANN


@pytest.fixture(autouse=True)
def browser(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Browser:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("PLAYGROUND_HOSTED", "1")
    monkeypatch.setenv("PLAYGROUND_HISTORY", "on")
    browser = Browser()
    monkeypatch.setattr(grants, "owner", lambda: browser.cookie)
    return browser


def opened(file: str, **state: Any) -> AppTest:
    app = AppTest.from_file(str(ROUTER), default_timeout=60)
    for name, value in state.items():
        app.session_state[name] = value
    if file != PAGES[0].file:
        app.switch_page(path(file))
    app.run()
    assert not app.exception
    return app


def everything(node: Any) -> Iterator[str]:
    """All that the browser is sent: every element of the page and of its bar, options included."""
    if hasattr(node, "children"):
        for child in node.children.values():
            yield from everything(child)
    elif hasattr(node, "proto"):
        yield str(node.proto)
        if node.type == "arrow_data_frame":
            yield node.value.to_json()
    if not hasattr(node, "proto") or hasattr(node, "children"):
        yield str(getattr(node, "proto", ""))


def sent(app: AppTest) -> str:
    return "\n".join(everything(app._tree))


def tabs() -> Iterator[tuple[str, dict[str, Any]]]:
    """Every page, and every part of it that opens by itself."""
    yield from ((row.file, {}) for row in PAGES)
    yield from (("chat_vs_api.py", {names.CHAT_VIEW: view}) for view in sections.VIEWS)
    yield from (
        ("history.py", {"history_tab": t}) for t in ("Runs", "Costs", "Votes", "Budgets", "Storage")
    )
    yield from (("tokens.py", {"tokens_tab": t}) for t in tokens.TABS)
    yield from (("costs.py", {"costs_tab": t}) for t in costs.TABS)


def fill_everything() -> None:
    """The first visitor leaves the canary wherever something is kept."""
    labelled = {names.KEEP_DEPARTMENT: f"{CANARY} department", names.KEEP_TAGS: [f"{CANARY} tag"]}
    prompt = f"Why a {CANARY}?"
    fields: dict[str, tuple[str, dict[str, Any]]] = {
        "run": ("compare.py", {names.PROMPT: prompt, names.SYSTEM: f"Be a {CANARY}."}),
        "ladder_go": (
            "chat_vs_api.py",
            {names.CHAT_VIEW: sections.LADDER, names.LADDER_PROMPT: prompt},
        ),
        "paste_go": (
            "chat_vs_api.py",
            {
                names.CHAT_VIEW: sections.PASTE,
                names.PASTE_PROMPT: prompt,
                names.PASTE_TEXT: f"A {CANARY} is wood.",
            },
        ),
        "counts_send": ("tokens.py", {"tokens_tab": "Three counts", names.TOKENS_TEXT: prompt}),
    }
    for button, (file, state) in fields.items():
        app = opened(file, **labelled, **state)
        app.button(key=button).click().run()
        assert not app.exception
    app = opened("prompts.py")
    app.text_input(key="library_new_name_new").set_value(f"{CANARY} prompt")
    app.text_area(key="library_text_new").set_value(f"{prompt} {{{{{CANARY}}}}}")
    next(b for b in app.button if b.label == "Save").click().run()
    assert not app.exception
    for _ in range(300):
        rows = find(history.get_store(), Filter()).rows
        if [row.state for row in rows] == ["done"] * len(fields):
            return
        time.sleep(0.1)
    pytest.fail("the runs were not kept")


def test_what_one_visitor_types_no_other_sees(browser: Browser) -> None:
    fill_everything()
    known = {"history.py", "prompts.py", "costs.py"}
    mine = {
        file for file, state in tabs() if file in known and CANARY in sent(opened(file, **state))
    }
    assert mine == known  # the walk sees what is to be seen
    browser.cookie = BOB
    seen = [(file, state) for file, state in tabs() if CANARY in sent(opened(file, **state))]
    assert seen == []


def test_by_no_route(browser: Browser) -> None:
    request = Request.ask(ModelRef.parse("openai:gpt-6-luna"), f"Why a {CANARY}?")
    nowhere = Endpoint(provider="openai", base_url="http://127.0.0.1:9", key=Secret("k" * 20))
    run = get_engine().start([request], {"openai": nowhere}, owner=ANN)
    granted = grants.grant(run, ANN)
    token = granted.token
    client = TestClient(st.App(**parts()), base_url="http://localhost:8501")
    for cookie, status in ((ANN, 200), (BOB, 404), ("", 404)):
        headers = {"cookie": f"{grants.OWNER_COOKIE}={cookie}"} if cookie else {}
        run.wait(20)
        assert client.get(f"/live/{token}", headers=headers).status_code == status
        stopped = client.post(f"/live/{token}/stop", headers=headers)
        assert stopped.status_code == (204 if status == 200 else 404)
    assert get_engine().find(run.id, BOB) is None
    other = client.get("/", headers={"cookie": f"{grants.OWNER_COOKIE}={BOB}"})
    assert CANARY not in other.text


def test_the_runs_that_can_not_be_written_are_offered_to_their_visitor_only(
    browser: Browser, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("PLAYGROUND_DATA_DIR", str(tmp_path / "file" / "below"))
    app = opened("compare.py", **{names.PROMPT: f"Why a {CANARY}?"})
    app.button(key="run").click().run()
    assert history.get_writer().unsaved(ANN)
    label = "Download the unsaved run"
    assert label in sent(opened("compare.py"))
    browser.cookie = BOB
    theirs = sent(opened("compare.py"))
    assert history.get_writer().unsaved(BOB) == []
    assert label not in theirs
    assert str(tmp_path) not in theirs


def test_a_limit_of_the_host_binds_without_telling_what_others_spent() -> None:
    tagged = f"{CANARY} tag"
    add_limit(history.get_store(), Limit(period="day", amount=Decimal("0.000000001"), tag=tagged))
    request = Request.ask(ModelRef.parse("openai:gpt-6.1-sol"), "Why?")
    real = {"openai": Endpoint(provider="openai", base_url="https://api.openai.com/v1")}
    problem = get_guard().check([request], real, tags=[tagged]).problem
    assert problem is not None
    assert CANARY not in problem
    assert "History › Budgets" not in problem
    assert "whoever hosts this app" in problem


def test_where_the_history_is_kept_is_no_visitor_s_to_know(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    folder = str(settings.data_dir())
    assert folder not in sent(opened("history.py", history_tab="Storage"))
    monkeypatch.delenv("PLAYGROUND_HOSTED")
    assert folder in sent(opened("history.py", history_tab="Storage"))


def linked(named: str) -> str:
    """Compare as it opens by this link."""
    app = AppTest.from_file(str(ROUTER), default_timeout=60)
    app.query_params["run"] = named
    app.run()
    assert not app.exception
    return sent(app)


def test_another_one_s_run_opens_by_a_link_that_was_shared_and_by_no_other(
    browser: Browser,
) -> None:
    store = history.get_store()
    run = small_run(1, day="2026-11-01")
    put(store, run, Labels(), owner=ANN)
    words = run.responses[0].text
    assert words in linked(run.id)
    browser.cookie = BOB
    assert words not in linked(run.id)
    assert sharing.share(store, run.id, owner=owner_digest(BOB)) is None
    token = sharing.share(store, run.id, owner=owner_digest(ANN)) or ""
    assert words in linked(token)
    assert words not in linked(token[:-1])
    assert token not in sent(opened("history.py", history_tab="Storage"))
    browser.cookie = ANN
    storage = opened("history.py", history_tab="Storage")
    assert token in sent(storage)
    storage.button(key=f"withdraw_{token}").click().run()
    browser.cookie = BOB
    assert words not in linked(token)


@pytest.mark.parametrize("typed", [None, "My own words"])
def test_a_withdrawn_link_takes_back_what_it_had_put_into_a_strangers_fields(
    browser: Browser, typed: str | None
) -> None:
    store = history.get_store()
    run = small_run(1, day="2026-11-01")
    put(store, run, Labels(), owner=ANN)
    token = sharing.share(store, run.id, owner=owner_digest(ANN)) or ""
    browser.cookie = BOB
    app = opened("compare.py")
    before = app.text_area(key=names.PROMPT).value
    app.query_params["run"] = token
    app.run()
    asked = run.requests[0].messages[0].text
    assert app.text_area(key=names.PROMPT).value == asked != before
    if typed is not None:
        app.text_area(key=names.PROMPT).set_value(typed).run()
    sharing.withdraw(store, token, owner=owner_digest(ANN))
    app.button(key="run").click().run()
    assert not app.exception
    assert app.text_area(key=names.PROMPT).value == (before if typed is None else typed)
    assert run.responses[0].text not in sent(app)
    assert get_engine().under_way(BOB) == [], (
        "nothing else is sent than what was there at the press"
    )
