"""The one way to start a run: what it refuses, with which words, and what it leaves behind."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Iterator
from decimal import Decimal

import pytest

from playground import history, runs
from playground.budgets.guard import get_guard
from playground.budgets.limits import Limit, add_limit
from playground.demo.process import DemoServer
from playground.domain import Endpoint, Request, Secret
from playground.engine import Engine
from playground.history import Labels, queries
from playground.history.queries import Filter
from playground.history.reading import read_run
from playground.runs import Refusal, Started
from tests.history.runs import CLAUDE, SOL

KEY = "sk-a-key-for-tests"
QUESTION = Request.ask(SOL, "What is a token?")


@pytest.fixture
def simulated(simulation: DemoServer) -> dict[str, Endpoint]:
    return dict(simulation.endpoints())


@pytest.fixture
def real(simulated: dict[str, Endpoint]) -> dict[str, Endpoint]:
    """The simulation as if it were the real APIs."""
    return {
        name: Endpoint(provider=name, base_url=endpoint.base_url, key=Secret(KEY))
        for name, endpoint in simulated.items()
    }


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    made = Engine()
    yield made
    made.close()


def started(made: Started | Refusal) -> Started:
    assert isinstance(made, Started)
    assert made.run.wait(60)
    assert history.get_writer().flush(10)
    return made


@pytest.mark.parametrize("keep", [True, False])
def test_a_key_in_the_request_is_refused_before_anything_leaves(
    engine: Engine, real: dict[str, Endpoint], simulated: dict[str, Endpoint], keep: bool
) -> None:
    holding = [QUESTION, Request.ask(SOL, f"Is {KEY} safe?")]
    refused = Refusal("holds_key", runs.HOLDS_KEY)
    assert runs.start(engine, holding, real, keep=keep) == refused
    assert runs.start(engine, holding, simulated, keep=keep, secrets=[Secret(KEY)]) == refused
    assert runs.holds_key(holding, [None, Secret(KEY)]) == refused
    assert runs.holds_key([QUESTION], [None, Secret(KEY)]) is None
    assert queries.find(history.get_store(), Filter()).total == 0


def test_the_simulations_own_key_is_no_secret(
    engine: Engine, simulated: dict[str, Endpoint]
) -> None:
    key = simulated["openai"].key
    assert key is not None
    started(runs.start(engine, [Request.ask(SOL, f"What is {key.reveal()}?")], simulated))


def test_a_budget_refuses_real_lanes_and_lets_simulated_ones_pass(
    engine: Engine, real: dict[str, Endpoint], simulated: dict[str, Endpoint]
) -> None:
    add_limit(history.get_store(), Limit(period="run", amount=Decimal("0.000000001")))
    made = runs.start(engine, [QUESTION], real)
    assert isinstance(made, Refusal)
    assert made.kind == "over_budget"
    assert "Raise the limit" in made.reason
    mixed = {**simulated, "anthropic": real["anthropic"]}
    started(
        runs.start(engine, [QUESTION], mixed)
    )  # whose other endpoints are real is asked nothing
    assert isinstance(runs.start(engine, [QUESTION, Request.ask(CLAUDE, "Hi")], mixed), Refusal)


def test_a_budget_that_is_nearly_used_warns(engine: Engine, real: dict[str, Endpoint]) -> None:
    low = get_guard().check([QUESTION], real).low
    add_limit(history.get_store(), Limit(period="run", amount=low / Decimal("0.9")))
    made = runs.start(engine, [QUESTION], real)
    assert isinstance(made, Started)
    assert any("90% of" in warning for warning in made.warnings)
    assert made.run.wait(60)


def test_a_run_carries_its_labels_owner_and_context(
    engine: Engine, real: dict[str, Endpoint]
) -> None:
    made = started(
        runs.start(
            engine,
            [QUESTION],
            real,
            owner="cookie",
            labels=Labels(kind="chat", tags=("t",), department="d"),
            context={"conversation": "c"},
        )
    )
    assert made.run.context == {"conversation": "c"}
    assert engine.find(made.run.id, "cookie") is made.run
    stored = read_run(history.get_store(), made.run.id)
    assert stored is not None
    assert stored.context == {"conversation": "c"}
    assert (stored.labels.kind, stored.labels.tags, stored.labels.department) == (
        "chat",
        ("t",),
        "d",
    )


def test_a_run_that_has_ended_is_held_by_nobody(
    engine: Engine, simulated: dict[str, Endpoint]
) -> None:
    run = started(runs.start(engine, [QUESTION], simulated, keep=False)).run
    ended = weakref.ref(run)
    engine.forget(run)
    del run
    started(runs.start(engine, [QUESTION], simulated, keep=False))
    gc.collect()
    assert ended() is None
