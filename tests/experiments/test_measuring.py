"""Measured well: limits slow a run and fail nothing, what comes first or from a cache is known, and figures say what they are worth."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator
from statistics import pstdev
from typing import Any

import pytest
import sqlalchemy as sa

from playground.cli.experiment import shown
from playground.engine import Engine
from playground.experiments import kept, sheets
from playground.experiments.files import html_report
from playground.experiments.jobs import Jobs
from playground.experiments.listing import listed
from playground.experiments.results import Results, causes, results
from playground.experiments.spec import Spec
from playground.experiments.work import prepare
from playground.store.database import writing
from playground.store.schema import experiment_cells
from playground.store.store import Store
from tests.experiments.many import filled, many_spec
from tests.experiments.provider import Provider, Reply

SOL, TERRA = "openai/chat:gpt-6.1-sol", "openai/chat:gpt-6.1-terra"


@pytest.fixture
def provider() -> Iterator[Provider]:
    made = Provider()
    yield made
    made.close()


Measure = Callable[..., Results]


@pytest.fixture
def measure(engine: Engine, file_store: Store, provider: Provider) -> Measure:
    """Run a spec against the provider to its end; what it found."""

    def run(cases: int, models: list[str] | None = None, **more: Any) -> Results:
        spec = Spec.model_validate(
            {
                "prompts": ["question {{n}}"],
                "models": models or [SOL],
                "cases": [{"vars": {"n": n}} for n in range(cases)],
                "exchanges": "none",
                **more,
            }
        )
        made = kept.create(file_store, spec, Jobs(spec).places(), simulated=True)
        assert kept.begin(file_store, made.seq)
        session, ask = prepare(
            engine, file_store, made, {"openai": provider.endpoint()}, budget=None
        )
        assert session.expected == {}
        ended = ask()
        assert ended.state == kept.ENDED
        kept.finish(file_store, made.seq, ended.state, elapsed=ended.elapsed, note="")
        found = kept.find(file_store, made.id)
        assert found
        return results(file_store, found)

    return run


class Bucket:
    """A limit of 600 requests a minute of which 15 may come at once, told in headers and enforced."""

    def __init__(self) -> None:
        self.left, self.at, self.refused = 15.0, time.monotonic(), 0

    def __call__(self, text: str, n: int) -> Reply:
        now = time.monotonic()
        self.left = min(15.0, self.left + (now - self.at) * 10)
        self.at = now
        headers = {
            "x-ratelimit-limit-requests": "600",
            "x-ratelimit-remaining-requests": str(max(0, int(self.left) - 1)),
            "x-ratelimit-reset-requests": f"{(15 - self.left) / 10:.3f}s",
        }
        if self.left < 1:
            self.refused += 1
            return Reply(status=429, headers={**headers, "retry-after": "1"})
        self.left -= 1
        return Reply(headers=headers, delay=0.02)


def test_limits_that_headers_tell_slow_the_run_and_fail_nothing(
    measure: Measure, provider: Provider
) -> None:
    bucket = provider.behave = Bucket()
    begun = time.monotonic()
    found = measure(60, retries=0, concurrency=4)
    assert time.monotonic() - begun > (60 - 15) / 10 - 0.5
    assert (found.requests, found.failures) == (60, 0)
    assert bucket.refused <= 4  # at most those that were under way at once
    assert found.models[0].duration.p50
    assert (
        found.models[0].duration.p50 < 0.2
    )  # no wait is in a latency: three of four calls waited 0.4 s


def test_retry_after_is_obeyed_and_not_all_come_back_at_one_moment(
    measure: Measure, provider: Provider
) -> None:
    provider.behave = lambda text, n: (
        Reply(status=429, headers={"retry-after": "1"}) if n == 1 else Reply()
    )
    found = measure(8, retries=0, concurrency=8)
    assert (found.requests, found.failures) == (8, 0)
    came: dict[str, list[float]] = {}
    for at, text in provider.came:
        came.setdefault(text, []).append(at)
    waits = [later - first for first, later in came.values()]
    assert min(waits) >= 1
    assert max(waits) < 5
    assert pstdev(waits) > 0.03


STORM = {0: Reply(status=529), 1: Reply(status=503), 2: Reply(cut=True), 3: Reply(status=500)}


def test_in_a_storm_each_failure_is_counted_once_and_explained(
    measure: Measure, provider: Provider, file_store: Store
) -> None:
    """Of 20 calls, 4 fail for four reasons whatever is tried; the run ends by itself, the others have their figures."""

    def behave(text: str, n: int) -> Reply:
        number = int(text.split()[-1])
        return STORM.get(number, Reply())

    provider.behave = behave
    found = measure(20, retries=1, concurrency=8)
    (model,) = found.models
    assert (model.n, model.failures, model.duration.n) == (20, 4, 16)
    assert (model.pass_rate.count, model.pass_rate.of) == (16, 20)
    why = {cause.cause: cause.count for cause in causes(file_store, found.experiment)}
    assert sum(why.values()) == 4
    assert set(why) == {"overloaded", "server", "stream truncated"}
    for cause in causes(file_store, found.experiment):
        assert len(cause.example) > 20  # a sentence, not a code
    answered = {text for text, count in provider.asked.items() if count == 1}
    assert {f"question {n}" for n in range(4, 20)} <= answered


def test_a_provider_that_goes_down_in_the_middle_fails_its_own_calls_only(
    measure: Measure, provider: Provider
) -> None:
    def behave(text: str, n: int) -> Reply:
        if provider.total > 10:
            raise ConnectionError
        return Reply()

    provider.behave = behave
    begun = time.monotonic()
    found = measure(30, retries=1, concurrency=2)
    assert time.monotonic() - begun < 40
    assert 0 < found.failures < 30
    assert found.requests == 30


def test_warm_up_is_in_no_figure(measure: Measure, provider: Provider) -> None:
    provider.behave = lambda text, n: Reply(
        delay=0.8 if provider.total <= 2 else 0, text="cold" if provider.total <= 2 else "warm"
    )
    found = measure(
        12, warm_up=2, defaults={"checks": [{"type": "equals", "value": "warm"}]}, concurrency=4
    )
    (model,) = found.models
    assert (model.n, found.warm_up, model.pass_rate.count) == (12, 2, 12)
    assert model.duration.p99
    assert model.duration.p99 < 0.5
    assert model.cost.total == model.cost.per_request * 12  # type: ignore[operator]


def caching(provider: Provider) -> Callable[[str, int], Reply]:
    """A prompt whose first letters came before is read from the cache."""
    seen: Counter[str] = Counter()

    def behave(text: str, n: int) -> Reply:
        begins = text[:8]
        seen[begins] += 1
        return Reply(cached=1_500 if seen[begins] > 1 else 0)

    return behave


def test_cached_prefixes_are_counted_and_said(measure: Measure, provider: Provider) -> None:
    provider.behave = caching(provider)
    found = measure(10, concurrency=1)
    assert found.models[0].cached == 9
    said = " ".join(shown.remarks(found))
    assert "9 of 10 prompts came from a cache in part" in said
    assert "fresh_prefix" in said


def test_on_request_no_prefix_is_twice_the_same_also_not_in_the_next_experiment(
    measure: Measure, provider: Provider
) -> None:
    provider.behave = caching(provider)
    for _ in range(2):
        found = measure(10, repeats=2, concurrency=1, fresh_prefix=True)
        assert found.models[0].cached == 0
    assert len({text[:8] for text in provider.asked}) == 40


def test_a_cost_that_is_only_a_bound_is_no_whole_sum(file_store: Store) -> None:
    """As of an answer that was cut off: it cost at least what had come."""
    made = filled(file_store, many_spec(4), quality=2.0)
    c = experiment_cells.c
    bound = experiment_cells.update().where(c.experiment_seq == made.seq, c.cell == 0)
    with writing(file_store.engine) as connection:
        connection.execute(bound.values(bound=True))
        (model,) = connection.scalars(sa.select(c.model).where(c.cell == 0))
    found = results(file_store, made)
    assert {m.model: m.cost.bounds for m in found.models if m.cost.bounds} == {model: 1}
    cells = {m.model: shown._cells(m)[-3:] for m in found.models}
    assert all(cell.startswith("≥ $") for cell in cells.pop(model))
    assert not any("≥" in cell for several in cells.values() for cell in several)
    assert f"{model}: the cost of 1 calls is an estimate or a bound." in shown.remarks(found)
    assert '<td dir="auto">≥ $' in html_report(file_store, found)
    (line,) = listed(file_store)
    assert (line.bounds, line.whole) == (1, False)
    partly = {p.model: p.whole for p in sheets.partials(file_store, made)}
    assert [name for name, whole in partly.items() if not whole] == [model]


def test_what_a_success_costs_turns_the_order_by_price_around(
    measure: Measure, provider: Provider
) -> None:
    """The cheap model answers one case of ten well, the dear one all."""

    def behave(text: str, n: int) -> Reply:
        cheap = provider.bodies[-1]["model"] == "gpt-6.1-terra"
        return Reply(text="bad" if cheap and not text.endswith("0") else "good")

    provider.behave = behave
    checks = {"checks": [{"type": "equals", "value": "good"}]}
    found = measure(20, models=[SOL, TERRA], repeats=3, defaults=checks)
    sol, terra = (model.cost for model in found.models)
    assert terra.per_request < sol.per_request  # type: ignore[operator]
    assert terra.per_success > sol.per_success  # type: ignore[operator]
    for cost in (sol, terra):
        assert cost.per_success_interval
        assert cost.per_success_interval.low
        low, high = cost.per_success_interval.low, cost.per_success_interval.high
        assert low <= float(cost.per_success or 0)
        assert high is None or high >= float(cost.per_success or 0)
    (turned,) = found.turned
    assert (turned.cheaper, turned.dearer) == (TERRA, SOL)
    assert f"{TERRA} is cheaper a call, but {SOL} a success" in " ".join(shown.remarks(found))


def test_where_nothing_was_found_it_says_how_much_more_it_takes(
    measure: Measure, provider: Provider
) -> None:
    def behave(text: str, n: int) -> Reply:
        return Reply(text="good" if hash((text, n % 3)) % 2 else "bad")

    provider.behave = behave
    checks = {"checks": [{"type": "equals", "value": "good"}]}
    found = measure(8, models=[SOL, TERRA], repeats=3, defaults=checks)
    (c,) = [c for c in found.comparisons if c.metric == "pass_rate"]
    assert c.significant is False
    assert c.more_repeats or c.more_cases
    said = [sentence for sentence in shown.remarks(found) if "needs about" in sentence]
    assert said
    assert "to tell a difference of a tenth" in said[0]
