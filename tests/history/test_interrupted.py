"""A run whose process is gone is marked, with what had come of it; one that is under way is left alone."""

from __future__ import annotations

import socket
import threading
import time
from typing import Any

import pytest
import sqlalchemy as sa

from playground.domain import Request, Run
from playground.history import queries
from playground.history.interrupted import SILENT_SECONDS, find_interrupted
from playground.history.labels import Labels
from playground.history.queries import Filter
from playground.history.reading import read_run
from playground.history.rows import begun, writer_name
from playground.history.upkeep import tidy
from playground.history.writing import add_pieces, begin
from playground.store.database import reading, writing
from playground.store.schema import bodies, pieces, runs
from playground.store.store import Store
from tests.history.runs import CLAUDE, SOL


@pytest.mark.parametrize("writer", ["elsewhere:1", f"{socket.gethostname()}:999999999"])
def test_a_run_whose_process_is_gone_is_interrupted_with_its_partial_text(
    store: Store, writer: str
) -> None:
    requests = (Request.ask(SOL, "Tell me a story"), Request.ask(CLAUDE, "Tell me a story"))
    run = Run(id="cut", created_at="2026-11-21T12:00:00.000+00:00", requests=requests, responses=())
    beginning = begun(run, Labels(), owner="", writer=writer)
    beginning.run["heartbeat"] = time.time() - SILENT_SECONDS - 1
    with writing(store.engine) as connection:
        begin(store, [beginning], connection)
        rows = [
            {"lane": 0, "piece": 0, "kind": "reasoning", "text": "Let me think."},
            {"lane": 0, "piece": 1, "kind": "text", "text": "Once upon "},
            {"lane": 0, "piece": 2, "kind": "text", "text": "a time"},
        ]
        add_pieces(store, {"cut": rows}, connection)
    assert find_interrupted(store) == 1
    assert find_interrupted(store) == 0
    stored = read_run(store, "cut")
    assert stored is not None
    assert stored.state == "interrupted"
    first, second = stored.run.responses
    assert (first.text, first.reasoning_text) == ("Once upon a time", "Let me think.")
    assert first.failure is not None
    assert first.failure.type == "interrupted"
    assert first.cost is not None
    assert first.cost.lower_bound
    assert second.text == ""
    assert second.cost is None
    assert queries.find(store, Filter(failure="interrupted", search="once upon")).total == 1
    with reading(store.engine) as connection:
        assert connection.scalar(sa.select(sa.func.count()).select_from(pieces)) == 0


def test_a_run_of_a_living_process_is_left_alone(store: Store) -> None:
    run = Run(
        id="r",
        created_at="2026-11-21T12:00:00.000+00:00",
        requests=(Request.ask(SOL, "x"),),
        responses=(),
    )
    with writing(store.engine) as connection:
        begin(store, [begun(run, Labels(), owner="", writer=writer_name())], connection)
    assert find_interrupted(store) == 0
    stored = read_run(store, "r")
    assert stored is not None
    assert stored.state == "running"


def test_a_run_that_can_not_be_read_keeps_neither_the_others_nor_the_next_day(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("hurt", "whole"):
        run = Run(
            id=name,
            created_at="2026-11-21T12:00:00.000+00:00",
            requests=(Request.ask(SOL, "x"),),
            responses=(),
        )
        with writing(store.engine) as connection:
            begin(store, [begun(run, Labels(), owner="", writer="elsewhere:1")], connection)
            connection.execute(runs.update().values(heartbeat=0.0))
            if name == "hurt":
                connection.execute(bodies.update().values(request=b"no zlib"))
    assert find_interrupted(store) == 1
    stored = read_run(store, "whole")
    assert stored is not None
    assert stored.state == "interrupted"

    waiting: list[Any] = []

    class Timer(threading.Timer):
        def start(self) -> None:
            waiting.append(self)

    class Broken:
        def store(self) -> Store:
            raise RuntimeError("something else")

    monkeypatch.setattr(threading, "Timer", Timer)
    with pytest.raises(RuntimeError):
        tidy(Broken())  # type: ignore[arg-type]
    assert len(waiting) == 1
