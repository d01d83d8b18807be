"""Which run a tab looks at: what the address names first, then its own; out of the history once; and what fills the fields."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from playground import history
from playground.demo.process import DemoServer
from playground.domain import Endpoint, ModelRef, Request
from playground.engine import LiveRun, get_engine
from playground.history import Labels
from playground.history.writing import put
from playground.ui.live import grants
from playground.ui.session import stored
from tests.history.runs import small_run

SOL = ModelRef.parse("openai:gpt-6.1-sol")


@pytest.fixture(scope="module")
def where() -> Iterator[dict[str, Endpoint]]:
    with DemoServer(pace=0) as server:
        yield dict(server.endpoints())


@pytest.fixture(autouse=True)
def cookie(monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setattr(grants, "owner", lambda: "this browser")
    return "this browser"


def live(where: dict[str, Endpoint], owner: str, **context: Any) -> LiveRun:
    run = get_engine().start([Request.ask(SOL, "Hi")], where, owner=owner, context=context)
    assert run.wait(20)
    return run


def page() -> None:
    """A page with one place; what filled its fields is listed, and it can be told to look away."""
    import streamlit as st

    from playground.ui.session.looking import Place, look_away, looked_at

    filled: list[str] = st.session_state.setdefault("filled", [])
    group: str = st.session_state.setdefault("group", "")
    place = Place("run", lambda run: filled.append(run.id), group)
    if st.button("Away", key="away"):
        look_away(place)
    run = looked_at(place)
    st.text(run.id if run else "none")


def tab(**query: str) -> AppTest:
    app = AppTest.from_function(page, default_timeout=30)
    for name, value in query.items():
        app.query_params[name] = value
    return app.run()


def shown(app: AppTest) -> str:
    assert not app.exception
    return str(app.text[0].value)


def test_a_run_that_the_address_names_is_found_and_fills_the_fields_once(
    where: dict[str, Endpoint], cookie: str
) -> None:
    run = live(where, cookie)
    app = tab(run=run.id)
    assert shown(app.run()) == run.id
    assert app.session_state["filled"] == [run.id]


def test_without_an_address_a_tab_goes_on_looking_at_its_own(
    where: dict[str, Endpoint], cookie: str
) -> None:
    run = live(where, cookie)
    app = tab(run=run.id)
    app.query_params.clear()
    assert shown(app.run()) == run.id
    app.button(key="away").click().run()
    assert shown(app.run()) == "none"


def test_the_address_comes_before_the_tabs_own(where: dict[str, Endpoint], cookie: str) -> None:
    first, second = live(where, cookie), live(where, cookie)
    app = tab(run=first.id)
    app.query_params["run"] = second.id
    assert shown(app.run()) == second.id
    app.query_params["run"] = first.id
    assert shown(app.run()) == first.id
    assert app.session_state["filled"] == [first.id, second.id, first.id]


def test_a_run_in_memory_is_its_owners_only(where: dict[str, Endpoint]) -> None:
    assert shown(tab(run=live(where, "another browser").id)) == "none"


def test_a_run_of_the_history_is_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    put(history.get_store(), small_run(1, day="2026-11-01"), Labels())
    app = tab(run="run-1")
    monkeypatch.setattr(stored, "stored_run", pytest.fail)
    assert shown(app.run()) == "run-1"


def test_of_a_group_the_newest_run_is_meant(where: dict[str, Endpoint], cookie: str) -> None:
    live(where, cookie, conversation="talk")
    newest = live(where, cookie, conversation="talk")
    live(where, "another browser", conversation="talk")
    live(where, cookie, conversation="another")
    app = AppTest.from_function(page, default_timeout=30)
    app.session_state["group"] = "conversation"
    app.query_params["run"] = "talk"
    assert shown(app.run()) == newest.id
    app.query_params["run"] = "no such talk"
    assert shown(app.run()) == "none"
