"""What one process learns of a provider's rate limits holds for all that share the experiment."""

from __future__ import annotations

import threading
import time
from pathlib import Path

import pytest

from playground.cli.experiment.workers import Processes
from playground.domain import Endpoint, Failure, ModelRef, Response, Secret
from playground.engine import Engine
from playground.experiments import kept
from playground.experiments.flow import Flow, Learned, learned_in
from playground.experiments.jobs import Jobs
from playground.experiments.relay import Relay
from playground.experiments.work import prepare
from playground.experiments.worker import Order, warm
from playground.store.database import sqlite_url
from playground.store.store import Store
from tests.experiments.conftest import spec_of
from tests.experiments.provider import Provider, Reply

MODEL = "here:m"
"""On a server that the command runs itself, whose address and key workers are told."""


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


def refused(retry_after: float | None) -> Response:
    failure = Failure(
        type="rate_limited", message="", meaning="", next_step="", retry_after=retry_after
    )
    return Response(model=ModelRef.parse(MODEL), failure=failure)


def test_all_wait_for_what_one_was_told_and_come_back_one_after_the_other() -> None:
    clock = Clock()
    flows = [Flow(clock, part, 3) for part in range(3)]
    flows[0].heard(refused(7.0))
    told = learned_in(flows[0].learned(MODEL).line())
    assert told == Learned(model=MODEL, hold=7.0, gap=0.05, refill=0.0)
    for other in flows[1:]:
        other.learn(told)
    assert [flow.not_before for flow in flows] == pytest.approx([107.0, 107.05, 107.1])
    clock.now = 107.2
    for flow in flows:
        flow.granted()
    assert [flow.not_before for flow in flows] == pytest.approx([107.2 + 3 * 0.05] * 3)


def test_its_own_pace_is_nothing_to_tell_others() -> None:
    flow = Flow(Clock(), 0, 2)
    flow.heard(refused(None))
    before = flow.standing
    flow.granted()
    assert flow.standing == before


def test_a_worker_tells_what_it_learns_and_hears_what_others_learn(tmp_path: Path) -> None:
    """It asks at a gap that it can't have come to by its own refusals: each makes the gap half as long again."""
    heard: list[Learned] = []
    jumped = threading.Event()
    provider = Provider(
        lambda text, n: (
            Reply() if jumped.is_set() else Reply(status=429, headers={"retry-after": "0"})
        )
    )
    file = tmp_path / "h.sqlite3"
    store = Store(sqlite_url(file))
    spec = spec_of([MODEL], ["one", "two", "three", "four"], concurrency=2)
    made = kept.create(store, spec, Jobs(spec).places(), simulated=False)
    with Processes(2) as workers:

        def hear(line: str) -> None:
            learned = learned_in(line)
            assert learned
            heard.append(learned)
            if len(heard) == 1:
                told = Learned(model=MODEL, hold=0.0, gap=1.0, refill=0.0)
                workers.relay.tell(0, told.line())
            if learned.gap >= 1.0:
                jumped.set()

        workers.relay.join(0, hear)
        (worker,) = workers.take(1)
        key = Secret("key-of-our-server")
        own = Endpoint(provider="here", base_url=provider.base_url, key=key, own=True)
        worker.tell(
            Order(
                experiment=made, part=1, of=2, endpoints={"here": own}, budget=None, file=str(file)
            )
        )
        ended = worker.ended()
    provider.close()
    assert ended
    assert ended["state"] == kept.ENDED
    assert provider.keys == {"Bearer key-of-our-server"}
    assert heard[0].gap == 0.05
    assert jumped.is_set()
    counts = kept.counts(store, made.seq)
    store.close()
    assert counts == {kept.WAITING: 2, kept.DONE: 2}  # the other half is the other's


def test_who_joins_later_is_told_what_others_had_learned() -> None:
    relay, heard = Relay(), list[str]()
    relay.join(1, heard.append)
    relay.tell(1, "hold")
    relay.join(2, lambda line: heard.append(f"2: {line}"))
    relay.tell(2, "gap")
    assert heard == ["2: hold", "gap"]


def test_what_was_learned_before_a_session_ran_holds_for_it(
    engine: Engine, file_store: Store
) -> None:
    """A process that starts slowly hears of limits before it asks anything."""
    provider = Provider(lambda text, n: Reply())
    spec = spec_of([MODEL], ["one", "two"], concurrency=2)
    made = kept.create(file_store, spec, Jobs(spec).places(), simulated=False)
    key = Secret("key-of-our-server")
    own = {"here": Endpoint(provider="here", base_url=provider.base_url, key=key, own=True)}
    session, run = prepare(engine, file_store, made, own, budget=None)
    warm(["openai/chat:m"])  # else reading in the SDK takes as long
    free = time.monotonic() + 1.5
    session.learn(Learned(model=MODEL, hold=1.5, gap=0.0, refill=0.0))
    ended = run()
    provider.close()
    assert ended.state == kept.ENDED
    assert len(provider.came) == 2
    assert min(at for at, _ in provider.came) >= free
