"""When a tab is gone for good: its keys are forgotten, what it pays for is stopped; a tab that comes back has lost nothing."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from streamlit import runtime

from playground import garbage
from playground.demo.process import DemoServer
from playground.domain import Endpoint, ModelRef, Request, Secret
from playground.engine import LiveRun, clock, get_engine
from playground.experiments import background
from playground.lab import realtime
from playground.lab.hops import Loop, Sending, of_group, remember
from playground.ui.session import leaving
from playground.ui.session.state import Session, open_sessions

SOL = ModelRef.parse("openai:gpt-6.1-sol")
KEY = Secret("sk-canary-9a1c")
OWNER = "cookie-of-ann"


@pytest.fixture(scope="module")
def slow() -> Iterator[Mapping[str, Endpoint]]:
    """A simulation that answers at the pace of a real model, taken for the real API: its answers are paid for."""
    with DemoServer(pace=1) as server:
        url = server.base_urls()["openai"]
        yield {
            "openai": Endpoint(provider="openai", base_url=url, key=KEY),
            "anthropic": server.endpoints()["anthropic"],
        }


class Server:
    """Streamlit's runtime, as far as it is asked."""

    def __init__(self) -> None:
        self.there: set[str] = set()
        self.closed: list[str] = []

    def is_active_session(self, id: str) -> bool:
        return id in self.there

    def close_session(self, id: str) -> None:
        self.closed.append(id)


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    made = Server()
    monkeypatch.setattr(runtime, "exists", lambda: True)
    monkeypatch.setattr(runtime, "get_instance", lambda: made)
    open_sessions.clear()
    yield made
    open_sessions.clear()


def tab(server: Server, name: str, owner: str = OWNER) -> Session:
    made = open_sessions[name] = Session(owner=owner)
    made.keys["openai"] = KEY
    server.there.add(name)
    return made


def asked(slow: Mapping[str, Endpoint], owner: str = OWNER, model: ModelRef = SOL) -> LiveRun:
    prompt = "Write a long story. " * 40
    return get_engine().start([Request.ask(model, prompt)], slow, owner=owner)


def wait_until(there: Any) -> None:
    for _ in range(200):
        if there():
            return
        time.sleep(0.05)
    pytest.fail("it did not come")


def test_its_keys_are_forgotten_and_its_paid_runs_stopped_after_the_grace(
    server: Server, slow: Mapping[str, Endpoint], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(leaving.GRACE, "0.2")
    session = tab(server, "one")
    paid, free = asked(slow), asked(slow, model=ModelRef.parse("anthropic:claude-sonnet-5-5"))
    others = asked(slow, owner="cookie-of-bob")
    leaving.look()
    server.there.clear()
    leaving.look()
    assert session.keys, "it may come back"
    assert server.closed == []
    time.sleep(0.25)
    leaving.look()
    assert server.closed == ["one"]
    assert session.keys == {}
    assert open_sessions == {}
    assert garbage._wanted
    assert paid.wait(10)
    response = paid.lanes[0].response
    assert response is not None
    assert response.failure == leaving.LEFT
    assert not others.done
    for run in (free, others):
        run.stop()
        assert run.wait(10)
    assert free.lanes[0].response is not None
    assert free.lanes[0].response.failure != leaving.LEFT, "the simulation costs nothing"


def test_a_tab_that_comes_back_and_one_that_was_loaded_again_have_lost_nothing(
    server: Server, slow: Mapping[str, Endpoint], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(leaving.GRACE, "0")
    session = tab(server, "one")
    server.there.clear()
    leaving.look()
    server.there.add("one")
    leaving.look()
    assert session.keys
    assert session.away is None
    run = asked(slow)
    tab(server, "loaded again")
    server.there.discard("one")
    leaving.look()
    leaving.look()
    assert server.closed == ["one"]
    time.sleep(0.2)
    assert not run.done, "the same browser has another tab, which sees the run by its address"
    run.stop()
    assert run.wait(10)


def test_loops_and_realtime_sessions_are_let_go_of(
    server: Server, slow: Mapping[str, Endpoint]
) -> None:
    sending = Sending(engine=get_engine(), endpoints=slow, owner=OWNER, secrets=(KEY,), group="g")
    loop = remember(Loop(Request.ask(SOL, "Hi"), (), sending))
    realtime.HELD.get(OWNER)
    session = tab(server, "one")
    leaving.end("one", session)
    assert loop.wait(20)
    wait_until(lambda: not of_group("g", OWNER) and not realtime.HELD.leave(OWNER))
    assert loop._sending.endpoints == {}
    assert loop._sending.secrets == ()


def test_experiments_are_stopped_where_strangers_come_and_go_on_at_home(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = tab(server, "one")
    work = background.Work("e", 0.0, visitor=session.id)
    monkeypatch.setattr(background, "_works", {"e": work})
    leaving._stop(OWNER, session.id)
    assert work.stops == 0
    monkeypatch.setenv("PLAYGROUND_HOSTED", "1")
    leaving._stop(OWNER, session.id)
    assert work.stops == 2


def test_the_grace_ends_before_streamlit_forgets_the_session(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert leaving.grace() == leaving.GRACE_SECONDS
    monkeypatch.setenv(leaving.GRACE, "1000000")
    assert leaving.grace() < 120
    for told in ("soon", "-1", ""):
        monkeypatch.setenv(leaving.GRACE, told)
        assert leaving.grace() == leaving.GRACE_SECONDS


def test_a_tab_that_was_open_when_the_engine_settled_is_collected_as_well(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What is there when the SDKs are warm is taken out of all collections: a ring in it stayed for ever."""
    thawed: list[str] = []
    monkeypatch.setattr(clock, "settled_at", 100.0)
    monkeypatch.setattr(garbage, "_thaw", False)
    monkeypatch.setattr(garbage, "_wanted", False)
    garbage.wanted(200.0)
    assert not garbage._thaw
    garbage.wanted(50.0)
    assert garbage._thaw
    monkeypatch.setattr(garbage, "LOOK_SECONDS", 0.01)
    monkeypatch.setattr(garbage.gc, "unfreeze", lambda: thawed.append("all"))
    with garbage.when_idle(busy=lambda: False):
        wait_until(lambda: not garbage._wanted and thawed)
    assert thawed == ["all"]
    assert not garbage._thaw
