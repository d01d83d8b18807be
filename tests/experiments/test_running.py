"""An experiment on the simulation: every cell once, in order, as slowly as its limits say, and nothing is lost."""

from __future__ import annotations

import threading
import time
from collections import Counter
from decimal import Decimal
from typing import Any

import pytest

from playground import history
from playground.domain import Endpoint
from playground.domain.secret import Secret
from playground.experiments import kept
from playground.experiments.kept import Experiment
from playground.history import queries
from playground.history.queries import Filter
from playground.history.reading import read_run
from playground.store.packing import usd
from playground.store.store import Store
from tests.experiments.conftest import RunIt, jobs_of, spec_of

SOL, CLAUDE, FLASH = "openai:gpt-6.1-sol", "anthropic:claude-sonnet-5-5", "gemini:gemini-3.8-flash"
CASES = ("What is a token?", "What is a prompt?", "Why is the sky blue?")


def cells(store: Store, experiment: Experiment, *columns: str) -> list[Any]:
    return kept.table(store, experiment.seq, "cell", "model", "state", *columns)


def test_of_two_who_begin_at_once_one_has_it(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """Else both ask all of it, and all of it is billed twice."""
    spec = spec_of((SOL,), CASES)
    made = kept.create(store, spec, [job.place for job in jobs_of(spec)], simulated=True)
    began: list[bool] = []
    other = threading.Thread(target=lambda: began.append(kept.begin(store, made.seq)))
    change = kept._change

    def while_another_looks(*args: Any, **values: Any) -> None:
        monkeypatch.setattr(kept, "_change", change)
        other.start()
        other.join(0.3)  # it has to wait, however long
        change(*args, **values)

    monkeypatch.setattr(kept, "_change", while_another_looks)
    began.append(kept.begin(store, made.seq))
    other.join()
    assert sorted(began) == [False, True]


def test_every_cell_has_its_figures_and_its_verdict(run_it: RunIt, store: Store) -> None:
    spec = spec_of((SOL, CLAUDE, FLASH), CASES, repeats=2, warm_up=1)
    experiment, ended = run_it(spec, store=store)
    assert (ended.state, ended.note, experiment.state) == (kept.ENDED, "", kept.ENDED)
    assert experiment.cells == 3 + 3 * 3 * 2
    found = cells(
        store,
        experiment,
        "time_to_first_text",
        "duration",
        "output_tokens",
        "cost",
        "passed",
        "tries",
        "response_model",
        "warm_up",
        "run_id",
        "text",
    )
    assert {row.state for row in found} == {kept.DONE}
    for row in found:
        assert 0 < row.time_to_first_text <= row.duration
        assert row.output_tokens
        assert row.cost
        assert row.passed
        assert row.tries == 1
        assert row.model.endswith(row.response_model)
        assert row.run_id is None
        assert row.text
    assert sum(row.warm_up for row in found) == 3
    assert kept.counts(store, experiment.seq) == {kept.DONE: 21}


def test_warm_up_has_ended_before_anything_is_measured(run_it: RunIt, file_store: Store) -> None:
    experiment, _ = run_it(spec_of((SOL, FLASH), CASES, warm_up=2, concurrency=16))
    found = cells(file_store, experiment, "started_at", "warm_up", "duration")
    warm = max(row.started_at for row in found if row.warm_up)
    assert all(row.started_at > warm for row in found if not row.warm_up)


@pytest.mark.parametrize(("exchanges", "kept"), [("none", 0), ("all", 3), ("sampled", 3)])
def test_a_cell_opens_its_run_where_exchanges_are_kept(
    run_it: RunIt, file_store: Store, exchanges: str, kept: int
) -> None:
    experiment, _ = run_it(spec_of((SOL, CLAUDE), CASES, exchanges=exchanges))
    assert history.get_writer().flush(10)
    found = cells(file_store, experiment, "run_id", "lane", "text")
    ids = {row.run_id for row in found if row.run_id}
    assert len(ids) == kept == queries.find(history.get_store(), Filter()).total
    for row in found:
        if row.run_id:
            stored = read_run(history.get_store(), row.run_id)
            assert stored
            assert stored.labels.kind == "experiment"
            assert stored.context["experiment"] == experiment.id
            assert stored.context["cells"][row.lane] == row.cell
            response = stored.run.responses[row.lane]
            assert response.exchange
            assert response.text.startswith(row.text)


def test_very_many_are_sampled(
    run_it: RunIt, file_store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("playground.experiments.running.SAMPLED", 5)
    experiment, _ = run_it(spec_of((SOL,), CASES, repeats=10, exchanges="sampled"))
    found = [row.run_id for row in cells(file_store, experiment, "run_id")]
    assert len({run_id for run_id in found if run_id}) == 5
    assert [number for number, run_id in enumerate(found) if run_id] == [0, 6, 12, 18, 24]


def test_cells_leave_in_their_order_and_so_many_at_once(run_it: RunIt, file_store: Store) -> None:
    seen = []
    experiment, _ = run_it(
        spec_of((SOL, CLAUDE), CASES, repeats=6, concurrency={"openai": 1, "anthropic": 3}),
        progress=lambda made: seen.append(made.under_way),
    )
    assert max(seen) <= 4
    openai = [row for row in cells(file_store, experiment, "started_at") if row.model == SOL]
    assert [row.started_at for row in openai] == sorted(row.started_at for row in openai)


def test_a_budget_stops_before_more_and_raised_it_goes_on(run_it: RunIt, file_store: Store) -> None:
    spec = spec_of((SOL,), CASES, repeats=8, concurrency=2)
    whole, _ = run_it(spec)
    costs = [usd(row.cost) or Decimal(0) for row in cells(file_store, whole, "cost")]
    budget = sum(costs, Decimal(0)) / 2
    experiment, ended = run_it(spec.model_copy(update={"budget": budget}))
    assert ended.state == kept.STOPPED
    assert "budget" in ended.note
    found = cells(file_store, experiment, "cost", "tries")
    spent = sum((usd(row.cost) or Decimal(0) for row in found), Decimal(0))
    assert budget - 2 * max(costs) < spent <= budget
    states = Counter(row.state for row in found)
    assert set(states) == {kept.DONE, kept.WAITING}
    assert all(row.tries == 0 for row in found if row.state == kept.WAITING)
    _, ended = run_it(spec, again=experiment)
    assert ended.state == kept.ENDED
    assert {row.tries for row in cells(file_store, experiment, "tries")} == {1}


def test_a_key_in_a_case_is_sent_to_nobody(run_it: RunIt, file_store: Store) -> None:
    key = Secret("sk-a-key-for-tests")
    experiment, ended = run_it(spec_of((SOL,), [key.reveal()]), secrets=[key])
    assert ended.state == kept.STOPPED
    assert "API keys" in ended.note
    assert kept.counts(file_store, experiment.seq) == {kept.WAITING: 1}


STORM = (
    ("~429", kept.DONE, None),
    ("~529", kept.FAILED, "overloaded"),
    ("~503", kept.FAILED, "overloaded"),
    ("~500", kept.FAILED, "server"),
    ("~cut", kept.FAILED, "stream_truncated"),
    ("~garbage", kept.FAILED, "server"),
    ("~quota", kept.FAILED, "quota_exceeded"),
    ("~401", kept.FAILED, "authentication"),
)


@pytest.mark.parametrize(("fault", "state", "failure"), STORM)
def test_in_a_storm_the_others_finish_and_each_failure_is_counted_once_and_explained(
    run_it: RunIt, file_store: Store, fault: str, state: str, failure: str | None
) -> None:
    spec = spec_of((SOL + fault, FLASH, CLAUDE), CASES, repeats=2, retries=1)
    experiment, ended = run_it(spec)
    assert ended.state == kept.ENDED
    found = cells(file_store, experiment, "failure", "message", "tries", "duration", "passed")
    assert len(found) == 18
    for row in found:
        stormy = row.model == SOL + fault
        assert row.state == (state if stormy else kept.DONE)
        assert row.failure == (failure if stormy else None)
        assert bool(row.message) == bool(row.failure)
        assert bool(row.duration) == (row.failure is None)
        assert row.passed == (row.failure is None)


def test_a_wait_that_a_limit_asks_for_is_in_no_latency(run_it: RunIt, file_store: Store) -> None:
    """The simulation's `~429` refuses for two seconds, then answers within a few milliseconds."""
    begun = time.monotonic()
    experiment, _ = run_it(spec_of((SOL + "~429",), CASES))
    assert time.monotonic() - begun > 2
    for row in cells(file_store, experiment, "duration", "tries"):
        assert row.tries == 2
        assert row.duration < 1


def test_a_provider_that_is_down_holds_nobody_up(
    run_it: RunIt, file_store: Store, endpoints: dict[str, Endpoint]
) -> None:
    down = Endpoint(provider="openai", base_url="http://127.0.0.1:9/v1", simulated=True)
    spec = spec_of((SOL, FLASH), CASES, repeats=10, retries=2)
    begun = time.monotonic()
    experiment, ended = run_it(spec, endpoints={**endpoints, "openai": down})
    assert ended.state == kept.ENDED
    assert time.monotonic() - begun < 30
    found = Counter(
        (row.model, row.state, row.failure) for row in cells(file_store, experiment, "failure")
    )
    assert found == {(SOL, kept.FAILED, "connection"): 30, (FLASH, kept.DONE, None): 30}


def test_a_check_of_ours_that_breaks_is_that_cells_error(run_it: RunIt, file_store: Store) -> None:
    def judge(cell: int, response: object) -> Any:
        raise ZeroDivisionError

    experiment, ended = run_it(spec_of((SOL,), CASES), judge=judge)
    assert ended.state == kept.ENDED
    for row in cells(file_store, experiment, "passed", "error"):
        assert (row.state, row.passed) == (kept.DONE, False)
        assert row.error == "A check of ours failed (ZeroDivisionError)."


def test_two_processes_never_run_one_experiment(store: Store) -> None:
    experiment = kept.create(store, spec_of((SOL,), CASES), [], simulated=True)
    assert kept.begin(store, experiment.seq)
    assert not kept.begin(store, experiment.seq)
    kept.finish(store, experiment.seq, kept.STOPPED, elapsed=1.5, note="")
    assert kept.begin(store, experiment.seq)
    kept.finish(store, experiment.seq, kept.ENDED, elapsed=2, note="")
    found = kept.find(store, experiment.id[:4])
    assert found
    assert (found.elapsed, found.state, found.alive) == (3.5, kept.ENDED, False)
    assert kept.find(store, experiment.id, owner="someone else") is None
