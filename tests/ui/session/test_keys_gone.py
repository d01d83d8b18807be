"""No object of the process holds a key once what it paid for has ended, or the session that had it: the heap is searched."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Protocol
from uuid import uuid4

import pytest

from playground import runs
from playground.demo.process import DemoServer
from playground.domain import Endpoint, ModelRef, Secret
from playground.engine import get_engine
from playground.lab import chain, memory, realtime
from playground.lab.hops import Loop, Sending, remember
from playground.ui.session import leaving
from playground.ui.session.state import Session, open_sessions
from tests.browser.heap import chains, holders

OWNER = "cookie-of-ann"
SOL = ModelRef.parse("openai:gpt-6.1-sol")
HANGS = ModelRef.parse("openai:gpt-6.1-sol~stall")


class Work(Protocol):
    """What was begun and goes on by itself."""

    def wait(self, timeout: float | None = None) -> bool: ...


Begin = Callable[[Sending, ModelRef], list[Work]]


def talked(sending: Sending, model: ModelRef) -> list[Work]:
    return [*memory.begin(memory.Rules(model=model, turns=4, every=2), sending).carriers]


def chained(sending: Sending, model: ModelRef) -> list[Work]:
    return [*chain.begin(chain.mixes(model, model)[:1], sending).chains]


def looped(sending: Sending, model: ModelRef) -> list[Work]:
    return [
        remember(
            Loop(memory.request("everything", memory.Rules(model=model), (), "Hi"), (), sending)
        )
    ]


def spoke(sending: Sending, model: ModelRef) -> list[Work]:
    """A realtime session; its own model, which never stalls."""
    ref = next(m.ref for m in realtime.models(sending.endpoints) if m.ref.provider == "openai")
    request = realtime.asked(ref, "Hi", (), speech=False)
    session = realtime.HELD.get(OWNER)
    begun = runs.start(
        sending.engine, [request], sending.endpoints, owner=OWNER, caller=session.call
    )
    assert isinstance(begun, runs.Started)
    return [begun.run]


def sending(simulation: DemoServer, key: str) -> Sending:
    """With a key of this tab's, for a server that is taken for the real API."""
    secret = Secret(key)
    endpoint = Endpoint(provider="openai", base_url=simulation.base_urls()["openai"], key=secret)
    return Sending(
        engine=get_engine(),
        endpoints={"openai": endpoint},
        owner=OWNER,
        secrets=(secret,),
        group=uuid4().hex,
    )


BEGIN: tuple[Begin, ...] = (talked, chained, looped, spoke)


def held(canary: str) -> dict[str, int]:
    """Who holds a key with this in it; looked for by a copy, as the search takes no notice of its own needle."""
    return holders("".join([*canary]))


def let_go(canary: str) -> None:
    """It is gone, in a while: receipts are written down behind a run."""
    end = time.monotonic() + 60
    while found := held(canary):
        if time.monotonic() > end:
            pytest.fail(f"{found}: {chains(canary)}")
        time.sleep(0.5)


def begun(simulation: DemoServer, canary: str, model: ModelRef) -> list[Work]:
    """One of each, each with a key of its own; a realtime session speaks, whatever the model."""
    return [
        work
        for begin in BEGIN
        for work in begin(sending(simulation, f"{canary}-{begin.__name__}"), model)
    ]


def test_when_they_have_ended_their_keys_are_gone(simulation: DemoServer) -> None:
    canary = f"sk-canary-{uuid4().hex}"
    assert all(work.wait(120) for work in begun(simulation, canary, SOL))
    realtime.leave(OWNER)  # the WebSocket, which stays open behind a turn
    let_go(canary)


def test_when_their_session_has_ended_their_keys_are_gone(simulation: DemoServer) -> None:
    canary = f"sk-canary-{uuid4().hex}"
    session = open_sessions["tab"] = Session(owner=OWNER)
    session.keys["openai"] = Secret(f"{canary}-typed")
    works = begun(simulation, canary, HANGS)
    assert held(canary), "the search finds what is there"
    leaving.end("tab", session)
    assert all(work.wait(30) for work in works)
    let_go(canary)
