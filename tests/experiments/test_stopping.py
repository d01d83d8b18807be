"""Stopped, once or twice, at any moment: it ends at once, nothing is lost, and what is in doubt is called so."""

from __future__ import annotations

import json
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest

from playground.domain import Endpoint, ModelRef, Secret
from playground.engine import Engine
from playground.experiments import kept, worker
from playground.experiments.jobs import Jobs
from playground.experiments.kept import Experiment
from playground.experiments.running import Ended, Session
from playground.experiments.spec import Spec
from playground.experiments.work import prepare
from playground.experiments.worker import Order
from playground.store.database import writing
from playground.store.store import Store
from tests.experiments.conftest import answered, jobs_of, spec_of
from tests.experiments.provider import Provider, Reply

MODEL = "openai/chat:m"


@pytest.fixture
def provider() -> Iterator[Provider]:
    made = Provider()
    yield made
    made.close()


class Running:
    """An experiment under way on a thread of its own."""

    def __init__(self, engine: Engine, store: Store, spec: Spec, provider: Provider) -> None:
        jobs = jobs_of(spec)
        self.store = store
        self.made: Experiment = kept.create(store, spec, [j.place for j in jobs], simulated=True)
        assert kept.begin(store, self.made.seq)
        endpoints = {"openai": provider.endpoint()}
        self.session = Session(engine, store, self.made, endpoints, answered, budget=spec.budget)
        self.ended: Ended | None = None

        def run() -> None:
            self.ended = self.session.run(iter(jobs), len(jobs))

        self.thread = threading.Thread(target=run, daemon=True)
        self.thread.start()

    def wait(self, seconds: float = 20.0) -> Ended:
        self.thread.join(seconds)
        assert self.ended is not None, "it hangs"
        return self.ended

    def rows(self, *columns: str) -> list[Any]:
        return kept.table(self.store, self.made.seq, "cell", "state", "tries", *columns)


Start = Callable[..., Running]


@pytest.fixture
def start(engine: Engine, file_store: Store, provider: Provider) -> Start:
    def begin(cases: int, **more: Any) -> Running:
        texts = [f"question {number}" for number in range(cases)]
        return Running(engine, file_store, spec_of((MODEL,), texts, **more), provider)

    return begin


def test_stopped_twice_it_ends_at_once_with_calls_that_waited_for_their_turn(
    start: Start, provider: Provider
) -> None:
    provider.behave = lambda text, n: Reply(delay=30)
    running = start(200, concurrency=2)
    provider.wait_for(2)
    running.session.stop()
    running.session.stop()
    ended = running.wait()
    assert (ended.state, ended.by_hand) == (kept.STOPPED, True)
    found = Counter((row.state, row.tries) for row in running.rows())
    assert found == {(kept.SENT, 1): 2, (kept.WAITING, 0): 198}


def test_stopped_once_what_is_under_way_ends_and_has_its_result(
    start: Start, provider: Provider
) -> None:
    provider.behave = lambda text, n: Reply(delay=0.5)
    running = start(50, concurrency=3)
    provider.wait_for(3)
    running.session.stop()
    ended = running.wait()
    assert (ended.state, ended.by_hand) == (kept.STOPPED, True)
    found = Counter((row.state, row.tries) for row in running.rows())
    assert found == {(kept.DONE, 1): provider.total, (kept.WAITING, 0): 50 - provider.total}


def test_a_call_that_waits_to_be_tried_again_is_not_waited_for_and_not_in_doubt(
    start: Start, provider: Provider
) -> None:
    provider.behave = lambda text, n: Reply(status=429, headers={"retry-after": "60"})
    running = start(3, concurrency=3, retries=2)
    provider.wait_for(1)
    time.sleep(0.3)
    begun = time.monotonic()
    running.session.stop()
    running.wait()
    assert time.monotonic() - begun < 10
    assert {row.state for row in running.rows()} == {kept.WAITING}


def test_stopped_when_all_has_ended_already_it_is_done(start: Start) -> None:
    running = start(2)
    until = time.monotonic() + 20
    while running.session._ended < 2 and time.monotonic() < until:
        time.sleep(0.001)
    running.session.stop()
    ended = running.wait()
    assert (ended.state, ended.by_hand) == (kept.ENDED, False)


def test_a_budget_is_nobodys_hand(start: Start) -> None:
    ended = start(5, budget=0).wait()
    assert (ended.state, ended.by_hand) == (kept.ENDED, False)  # nobody knows what `m` costs


def test_a_cell_that_was_noted_and_did_not_leave_waits_again(store: Store) -> None:
    spec = spec_of((MODEL,), ["a", "b"])
    made = kept.create(store, spec, [j.place for j in jobs_of(spec)], simulated=True)
    with writing(store.engine) as connection:
        kept.write(connection, made.seq, {0: kept.UNSENT}, [0, 1])
    found = [(r.state, r.tries) for r in kept.table(store, made.seq, "state", "tries")]
    assert found == [(kept.WAITING, 0), (kept.SENT, 1)]


def test_processes_share_the_cells_in_the_same_way_however_late_they_look(
    engine: Engine, file_store: Store
) -> None:
    spec = spec_of((MODEL, "openai/chat:n"), [f"case {n}" for n in range(9)], repeats=2)
    jobs = Jobs(spec)
    made = kept.create(file_store, spec, jobs.places(), simulated=True)
    shares = []
    for part in range(3):
        session, _ = prepare(engine, file_store, made, {}, budget=None, part=part, of=3)
        ours = Jobs(spec).in_part(part, 3)
        mine = [p.cell for p in kept.places(file_store, made.seq, kept.WAITING) if ours(p.cell)]
        shares.append(mine)
        assert session.share == 3
        with writing(file_store.engine) as connection:  # it has begun before the next one looks
            kept.write(connection, made.seq, {}, mine[:3])
    assert sorted(cell for share in shares for cell in share) == list(range(36))


def test_an_experiment_goes_on_in_the_order_in_which_it_was_written_down(
    engine: Engine, endpoints: dict[str, Endpoint], file_store: Store
) -> None:
    names = ("openai/chat:gpt-5.1", "gemini:gemini-3.8-flash")
    spec = spec_of(names, [f"case {n}" for n in range(3)], warm_up=1)
    other = sorted(Jobs(spec).places(), key=lambda p: (not p.warm_up, p.model, -p.case))
    places = [replace(place, cell=cell) for cell, place in enumerate(other)]
    made = kept.create(file_store, spec, places, simulated=True)
    _, run = prepare(engine, file_store, made, endpoints, budget=None)
    assert run().state == kept.ENDED
    columns = ("cell", "model", "case", "response_model")
    for row in kept.table(file_store, made.seq, *columns):
        assert (row.model, row.case) == (places[row.cell].model, places[row.cell].case)
        assert row.response_model == ModelRef.parse(row.model).model


def test_a_process_is_told_of_what_we_serve_and_of_no_key_that_it_can_read_itself(
    file_store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    def there(name: str, key: str, *, simulated: bool = False, own: bool = False) -> Endpoint:
        return Endpoint(
            provider=name,
            base_url="http://127.0.0.1:9/v1",
            key=Secret(key),
            simulated=simulated,
            own=own,
        )

    served = {
        "openai": there("openai", "demo-key", simulated=True),
        "here": there("here", "key-of-our-server", own=True),
    }
    real = there("gemini", "sk-real")
    spec = spec_of(("here:m", "gemini:g"), ["{{ env.GREETING }}"])
    order = Order(
        experiment=kept.create(file_store, spec, Jobs(spec).places(), simulated=False),
        part=1,
        of=2,
        endpoints={**served, "gemini": real},
        budget=None,
        file=None,
    )
    told = json.loads(order.line())
    assert "sk-real" not in order.line()
    assert {name: worker.endpoint(e) for name, e in told["endpoints"].items()} == served
    assert told["environment"] is None
    monkeypatch.setenv("GREETING", "Good morning")
    abroad = json.loads(
        order.line(abroad=True)
    )  # one that has none of this: all that is asked, and nothing else
    found = {name: worker.endpoint(e) for name, e in abroad["endpoints"].items()}
    assert found == {"here": served["here"], "gemini": real}
    assert abroad["environment"]["GREETING"] == "Good morning"
    assert {n for n in abroad["environment"] if not n.startswith("PLAYGROUND_")} == {"GREETING"}


def test_each_process_warms_up_for_itself() -> None:
    spec = spec_of((MODEL, "openai/chat:n"), ["one case"], repeats=6, warm_up=3)
    jobs = Jobs(spec)
    for part in range(3):
        ours = jobs.in_part(part, 3)
        warm = [place.model for place in jobs.places() if place.warm_up and ours(place.cell)]
        assert warm == jobs.names


def test_answers_that_are_compared_are_one_processs(file_store: Store) -> None:
    document = {
        "prompts": ["one {{q}}", "two {{q}}", "three {{q}}"],
        "models": [MODEL, "openai/chat:n"],
        "cases": [{"vars": {"q": n}} for n in range(5)],
        "repeats": 2,
        "defaults": {"checks": [{"type": "contains", "value": "a"}, {"type": "max-score"}]},
    }
    jobs = Jobs(Spec.model_validate(document))
    places = list(jobs.places())
    for part in range(3):
        ours = jobs.in_part(part, 3)
        mine = Counter((p.case, p.repeat) for p in places if ours(p.cell))
        assert mine
        assert set(mine.values()) == {6}
