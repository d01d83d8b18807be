"""What a visitor of a hosted app may use: each limit refuses in a sentence that names it, and none holds in local mode."""

from __future__ import annotations

import re
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from playground import runs, visitors
from playground.domain import File, Message, ModelRef, Request, Text
from playground.engine import Engine
from playground.visitors import LIMITS

HOSTED = {"PLAYGROUND_HOSTED": "1"}
LUNA = ModelRef.parse("openai:gpt-6-luna")
OPERATING = Path(__file__).parents[1] / "docs" / "operating.md"


@pytest.fixture(autouse=True)
def hosted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PLAYGROUND_HOSTED", "1")


class Nobody:
    """An engine that must not be asked; or one that starts runs which never end."""

    def __init__(self) -> None:
        self.started: list[Any] = []

    def start(self, *_: Any, **__: Any) -> Any:
        self.started.append(SimpleNamespace(done=False))
        return self.started[-1]


def start(engine: Any, *requests: Request, session: str = "a") -> runs.Started | runs.Refusal:
    return runs.start(engine, requests, {}, session=session, keep=False)


def refused(*requests: Request) -> str:
    engine = Nobody()
    made = start(engine, *requests)
    assert isinstance(made, runs.Refusal)
    assert engine.started == []
    assert made.kind == "over_limit"
    return made.reason


@pytest.mark.parametrize("name", LIMITS)
def test_each_limit_names_itself_and_is_set_by_its_variable(name: visitors.Name) -> None:
    row = LIMITS[name]
    asked = (row.most + 1) * row.unit
    assert visitors.too_much(name, row.most * row.unit, HOSTED) is None
    assert f"{row.most:,}" in (visitors.too_much(name, asked, HOSTED) or "")
    lower = {**HOSTED, row.variable: "3"}
    assert re.search(r"\b3\b", visitors.too_much(name, 3 * row.unit + 1, lower) or "")
    assert visitors.most(name, {**HOSTED, row.variable: "many"}) == row.most
    assert visitors.too_much(name, 10**12, {}) is None, "nobody is limited on their own computer"


def test_every_limit_stands_where_operating_is_described() -> None:
    text = OPERATING.read_text("utf-8")
    assert [row.variable for row in LIMITS.values() if row.variable not in text] == []


def test_more_lanes_a_longer_prompt_and_larger_files_are_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    small = Request.ask(LUNA, "Why?")
    assert "9 lanes, and 8 are the most" in refused(*[small] * 9)
    assert "400,000 are the most" in refused(Request.ask(LUNA, "a" * 400_001))
    assert "400,000 are the most" in refused(Request.ask(LUNA, "a", system="a" * 400_000))
    image = File(media_type="image/png", data=b"1" * 20_000_001, name="a.png")
    message = Message(role="user", parts=(Text(text="See"), image))
    assert "21 MB, and 20 MB are the most" in refused(Request(model=LUNA, messages=(message,)))
    monkeypatch.setenv("PLAYGROUND_MAX_LANES", "1")
    assert "2 lanes, and 1 are the most" in refused(small, small)


def test_a_batch_is_held_to_the_same_but_for_its_lanes() -> None:
    small = Request.ask(LUNA, "Why?")
    assert runs.refused([small] * 9, {}) is None
    told = runs.refused([Request.ask(LUNA, "a" * 400_001)], {})
    assert told is not None
    assert told.kind == "over_limit"


def test_so_many_runs_at_once_a_session_and_an_address(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(visitors, "_taken", [])
    monkeypatch.setenv("PLAYGROUND_MAX_RUNS_PER_ADDRESS", "6")
    engine: Any = Nobody()
    asked = Request.ask(LUNA, "Why?")
    for session, address in (("a", "203.0.113.1"), ("b", "203.0.113.1"), ("c", "203.0.113.2")):
        visitors.came(session, address)
    assert all(isinstance(start(engine, asked), runs.Started) for _ in range(4))
    fifth = start(engine, asked)
    assert isinstance(fifth, runs.Refusal)
    assert "4 runs of yours" in fifth.reason
    assert all(isinstance(start(engine, asked, session="b"), runs.Started) for _ in range(2))
    seventh = start(engine, asked, session="b")
    assert isinstance(seventh, runs.Refusal)
    assert "6 runs from your network address" in seventh.reason
    assert isinstance(start(engine, asked, session="c"), runs.Started)
    engine.started[0].done = True
    assert isinstance(start(engine, asked), runs.Started), "one has ended"
    assert isinstance(start(engine, asked), runs.Refusal)


def test_what_was_not_started_takes_no_room(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(visitors, "_taken", [])
    with visitors.place("a"):
        pass
    assert visitors._taken == []
    monkeypatch.delenv("PLAYGROUND_HOSTED")
    engine: Any = Nobody()
    for _ in range(40):
        assert isinstance(start(engine, Request.ask(LUNA, "Why?")), runs.Started)


def test_the_real_engine_is_one_that_can_be_counted() -> None:
    engine = Engine()
    try:
        made = start(
            engine, Request.ask(LUNA, "Why?"), session="real"
        )  # nobody answers: it has no endpoint
        assert isinstance(made, runs.Started)
        assert made.run.wait(20)
        with visitors.place("real") as room:
            assert isinstance(room, visitors.Place)
    finally:
        engine.close()
