"""Money can't run away: limits stop a run before it leaves, or while it streams, and warn before that."""

from __future__ import annotations

import time
from collections.abc import Iterator
from decimal import Decimal

import pytest

from playground import history
from playground.budgets.forecast import estimate
from playground.budgets.guard import Guard, Watched, at_least
from playground.budgets.limits import (
    PERIODS,
    Limit,
    Period,
    add_limit,
    all_limits,
    remove_limit,
)
from playground.demo.process import DemoServer
from playground.domain import Endpoint, ModelRef, Request, Secret, Settings
from playground.engine import Engine, Lane
from playground.history import Labels
from playground.history.reading import read_run
from playground.history.writing import put
from playground.store.store import Store
from tests.history.runs import CLAUDE, SOL, small_run

REAL = {
    name: Endpoint(provider=name, base_url="http://127.0.0.1:9", key=Secret("k"))
    for name in ("openai", "anthropic", "ollama")
}
SIMULATED = {"openai": Endpoint(provider="openai", base_url="http://127.0.0.1:9", simulated=True)}
QUESTION = Request.ask(SOL, "What is a token? " * 50, settings=Settings(max_output_tokens=100))


@pytest.fixture
def kept() -> Store:
    return history.get_store()


@pytest.fixture
def guard() -> Guard:
    return Guard()


def span(request: Request = QUESTION) -> tuple[Decimal, Decimal]:
    found = estimate(request)
    assert found is not None
    assert found[1] is not None
    return found[0], found[1]


def today() -> str:
    return time.strftime("%Y-%m-%d", time.gmtime())


def test_an_estimate_goes_from_the_input_alone_to_all_the_output_that_is_allowed(
    guard: Guard,
) -> None:
    low, high = span()
    verdict = guard.check([QUESTION, QUESTION], REAL)
    assert (verdict.low, verdict.high) == (2 * low, 2 * high)
    assert 0 < low < high
    assert verdict.problem is None


def test_simulated_lanes_cost_nothing(guard: Guard, kept: Store) -> None:
    add_limit(kept, Limit(period="run", amount=Decimal("0.000000001")))
    verdict = guard.check([QUESTION], SIMULATED)
    assert verdict.low == 0
    assert verdict.problem is None


@pytest.mark.parametrize("period", PERIODS)
def test_a_run_that_would_pass_a_limit_is_stopped_before_it_leaves(
    guard: Guard, kept: Store, period: Period
) -> None:
    add_limit(kept, Limit(period=period, amount=span()[0] * Decimal("0.9")))
    problem = guard.check([QUESTION], REAL).problem
    assert problem is not None
    assert f"a {period}" in problem
    assert "Raise the limit" in problem


@pytest.mark.parametrize(("period", "first"), [("day", today()), ("month", f"{today()[:7]}-01")])
def test_what_was_spent_before_counts(
    guard: Guard, kept: Store, period: Period, first: str
) -> None:
    put(kept, small_run(1, day=first, total="0.5"), Labels())
    put(kept, small_run(2, day="2020-01-01", total="9"), Labels())
    put(kept, small_run(3, day=first, total="9", simulated=True), Labels())
    low, _ = span()
    add_limit(kept, Limit(period=period, amount=Decimal("0.5") + low))
    assert guard.check([QUESTION], REAL).problem is None
    assert guard.check([QUESTION, QUESTION], REAL).problem is not None
    assert guard.used() == [(all_limits(kept)[0], Decimal("0.5"))]


def test_a_limit_may_be_for_one_provider_or_one_tag(guard: Guard, kept: Store) -> None:
    put(kept, small_run(1, day=today(), total="1", model=CLAUDE), Labels(tags=("a",)))
    add_limit(kept, Limit(period="day", amount=Decimal("0.9"), provider="anthropic"))
    assert guard.check([QUESTION], REAL).problem is None
    assert guard.check([Request.ask(CLAUDE, "x")], REAL).problem is not None
    remove_limit(kept, all_limits(kept)[0].id)
    add_limit(kept, Limit(period="day", amount=Decimal("0.9"), tag="a"))
    assert guard.check([Request.ask(CLAUDE, "x")], REAL).problem is None
    assert guard.check([QUESTION], REAL, tags=("a", "b")).problem is not None


def test_a_limit_may_be_for_one_department_or_project(guard: Guard, kept: Store) -> None:
    """At the boundary: what was spent and the input alone come to the limit exactly, and to one picodollar more."""
    low, _ = span()
    put(kept, small_run(1, day=today(), total="1"), Labels(department="Docs"))
    put(kept, small_run(2, day=today(), total="9"), Labels(department="Sales"))
    put(kept, small_run(3, day=today(), total="9"), Labels(tags=("Docs",)))
    add_limit(kept, Limit(period="day", amount=1 + low, department="Docs"))
    (limit,) = all_limits(kept)
    assert limit.name == "$1.00 a day (UTC) for Docs"
    assert guard.used() == [(limit, Decimal(1))]
    assert guard.check([QUESTION], REAL, department="Docs").problem is None
    remove_limit(kept, limit.id)
    add_limit(kept, Limit(period="day", amount=1 + low - Decimal("1e-12"), department="Docs"))
    problem = guard.check([QUESTION], REAL, department="Docs").problem
    assert problem is not None
    assert "for Docs" in problem
    for others in ("Sales", "docs", ""):
        assert guard.check([QUESTION], REAL, department=others, tags=("Docs",)).problem is None


def test_a_limit_may_be_for_a_provider_in_a_department(guard: Guard, kept: Store) -> None:
    add_limit(
        kept,
        Limit(period="run", amount=Decimal("1e-12"), provider="openai", tag="a", department="Docs"),
    )
    assert guard.check([QUESTION], REAL, tags=("a",), department="Docs").problem is not None
    assert guard.check([QUESTION], REAL, tags=("b",), department="Docs").problem is None
    assert guard.check([QUESTION], REAL, tags=("a",), department="Sales").problem is None
    claude = Request.ask(CLAUDE, "x")
    assert guard.check([claude], REAL, tags=("a",), department="Docs").problem is None


def test_from_80_percent_on_there_is_a_warning(guard: Guard, kept: Store) -> None:
    low, _ = span()
    add_limit(kept, Limit(period="run", amount=low / Decimal("0.79")))
    assert not any("will be used" in warning for warning in guard.check([QUESTION], REAL).warnings)
    remove_limit(kept, all_limits(kept)[0].id)
    add_limit(kept, Limit(period="run", amount=low / Decimal("0.81")))
    assert any("81% of" in warning for warning in guard.check([QUESTION], REAL).warnings)


def test_long_answers_that_may_pass_a_limit_are_warned_of(guard: Guard, kept: Store) -> None:
    low, high = span()
    add_limit(kept, Limit(period="run", amount=max(2 * low, (low + high) / 2)))
    assert any("Long answers may pass" in w for w in guard.check([QUESTION], REAL).warnings)


def test_a_model_without_a_price_is_said(guard: Guard, kept: Store) -> None:
    add_limit(kept, Limit(period="run", amount=Decimal(1)))
    unknown = Request.ask(ModelRef.parse("ollama:llama3:8b"), "x")
    assert any("has no price" in warning for warning in guard.check([unknown], REAL).warnings)


@pytest.mark.parametrize("amount", ["0", "-1", "NaN"])
def test_a_limit_must_be_above_zero(kept: Store, amount: str) -> None:
    with pytest.raises(ValueError, match="above"):
        add_limit(kept, Limit(period="day", amount=Decimal(amount)))


def test_a_broken_history_is_said_and_forbids_nothing(
    guard: Guard, kept: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_limit(kept, Limit(period="session", amount=Decimal(1)))
    guard.check([QUESTION], REAL)
    monkeypatch.setenv("PLAYGROUND_DATABASE_URL", "postgresql://u@127.0.0.1:9/x")
    verdict = guard.check([QUESTION], REAL)
    assert verdict.problem is None
    assert any("can't be read" in warning for warning in verdict.warnings)


HALF = ModelRef.parse("openai:gpt-6.1-sol~stall")
"""Says a third of its answer and is then under way until it is stopped."""


@pytest.fixture(scope="module")
def endpoints(simulation: DemoServer) -> dict[str, Endpoint]:
    """The simulation as if it were the real API, so that what it says costs something."""
    urls = simulation.base_urls()
    return {name: Endpoint(provider=name, base_url=urls[name], key=Secret("k")) for name in urls}


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    made = Engine()
    yield made
    made.close()


def test_a_run_that_passes_a_limit_while_it_streams_is_stopped_and_says_so(
    guard: Guard, kept: Store, engine: Engine, endpoints: dict[str, Endpoint]
) -> None:
    request = Request.ask(HALF, "What is a token?")
    low, _ = span(request)
    add_limit(kept, Limit(period="run", amount=low + 20 * Decimal(10) / 1_000_000))
    assert guard.check([request], endpoints).problem is None
    run = engine.start([request], endpoints, journal=history.keep())
    guard.watch(run, endpoints)
    assert run.wait(60)
    response = run.run().responses[0]
    assert response.failure is not None
    assert response.failure.type == "over_budget"
    assert "Raise the limit" in response.failure.next_step
    assert run.lanes[0].state == "stopped"
    assert response.text
    assert response.cost is not None
    assert response.cost.lower_bound
    history.get_writer().flush(10)
    stored = read_run(kept, run.id)
    assert stored is not None
    assert stored.run.responses[0].failure == response.failure


def test_a_look_that_fails_is_not_the_guards_last_one(
    guard: Guard,
    kept: Store,
    engine: Engine,
    endpoints: dict[str, Endpoint],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    looks: list[Lane] = []

    def fails_at_first(watched: Watched, lane: Lane) -> Decimal:
        looks.append(lane)
        if len(looks) == 1:
            raise ValueError("a slip of ours")
        return at_least(watched, lane)

    monkeypatch.setattr("playground.budgets.guard.at_least", fails_at_first)
    request = Request.ask(HALF, "What is a token?")
    add_limit(kept, Limit(period="run", amount=span(request)[0] + 20 * Decimal(10) / 1_000_000))
    assert guard.check([request], endpoints).problem is None
    run = engine.start([request], endpoints)
    guard.watch(run, endpoints)
    assert run.wait(60)
    failure = run.run().responses[0].failure
    assert failure is not None
    assert failure.type == "over_budget"


def test_only_the_lanes_that_the_limit_is_for_are_stopped(
    guard: Guard, kept: Store, engine: Engine, endpoints: dict[str, Endpoint]
) -> None:
    requests = [Request.ask(ref, "What is a token?") for ref in (HALF, CLAUDE)]
    low, _ = span(requests[0])
    add_limit(kept, Limit(period="session", amount=low + Decimal("0.0002"), provider="openai"))
    guard.check(requests, endpoints, session="s")
    run = engine.start(requests, endpoints, journal=history.keep())
    guard.watch(run, endpoints, session="s")
    assert run.wait(60)
    stopped, fine = run.run().responses
    assert stopped.failure is not None
    assert stopped.failure.type == "over_budget"
    assert fine.failure is None


def test_a_session_and_a_stream_know_which_department_pays(
    guard: Guard, kept: Store, engine: Engine, endpoints: dict[str, Endpoint]
) -> None:
    request = Request.ask(HALF, "What is a token?")
    low, _ = span(request)
    add_limit(kept, Limit(period="session", amount=low + Decimal("0.0002"), department="Docs"))
    guard.check([request], endpoints, session="s", department="Docs")
    run = engine.start([request], endpoints, journal=history.keep(Labels(department="Docs")))
    guard.watch(run, endpoints, session="s", department="Docs")
    assert run.wait(60)
    (stopped,) = run.run().responses
    assert stopped.failure is not None
    assert stopped.failure.type == "over_budget"
    assert stopped.cost is not None
    history.get_writer().flush(10)
    for _ in range(2):
        assert [used for _, used in guard.used("s")] == [stopped.cost.total]
    assert guard.check([request], endpoints, session="s", department="Docs").problem is not None
    assert guard.check([request], endpoints, session="s", department="Sales").problem is None


def test_a_session_remembers_what_it_has_spent_and_another_session_starts_at_zero(
    guard: Guard, kept: Store, engine: Engine, endpoints: dict[str, Endpoint]
) -> None:
    request = Request.ask(SOL, "What is a token?")
    add_limit(kept, Limit(period="session", amount=Decimal(10)))
    guard.check([request], endpoints, session="a")
    run = engine.start([request], endpoints, journal=history.keep())
    guard.watch(run, endpoints, session="a")
    assert run.wait(60)
    answer = run.run().responses[0]
    assert answer.cost is not None
    history.get_writer().flush(10)
    for _ in range(2):
        assert [used for _, used in guard.used("a")] == [answer.cost.total]
    assert [used for _, used in guard.used("b")] == [0]
