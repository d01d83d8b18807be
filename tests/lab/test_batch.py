"""Batches at the simulated providers: submitted, found again by another process, collected, cancelled, deleted."""

from __future__ import annotations

import threading
from collections.abc import AsyncIterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from playground import created, jobs, pricing
from playground.budgets import reserved
from playground.budgets.guard import Guard
from playground.budgets.ledger import spent
from playground.budgets.limits import Limit, add_limit
from playground.demo.process import DemoServer
from playground.domain import Endpoint, ModelRef, Secret, clock
from playground.domain.job import Job
from playground.history import writing
from playground.history.reading import read_run
from playground.lab import batch
from playground.providers import ProviderError
from playground.providers.failures import failure_of
from playground.store.database import sqlite_url
from playground.store.store import Store
from playground.wire import Pool

MODELS = [
    "openai:gpt-6.1-sol",
    "openai/chat:gpt-6.1-sol",
    "anthropic:claude-sonnet-5-5",
    "gemini:gemini-3.8-flash",
]
ROWS = batch.table(batch.SAMPLE)


@pytest.fixture
async def desks(
    where: dict[str, Endpoint], pool: Pool, tmp_path: Path
) -> AsyncIterator[dict[str, batch.Desk]]:
    store = Store(sqlite_url(tmp_path / "jobs.sqlite3"))
    yield {
        name: batch.Desk(store=store, endpoint=endpoint, pool=pool)
        for name, endpoint in where.items()
    }
    store.close()


async def submitted(desks: dict[str, batch.Desk], spelling: str) -> tuple[batch.Desk, Job]:
    ref = ModelRef.parse(spelling)
    desk = desks[ref.provider]
    given = batch.lines(ref, batch.PROMPT, ROWS)
    done = await batch.submit(desk, ref, given, "tickets")
    assert done.job.failure is None
    return desk, done.job


async def over(desk: batch.Desk, job: Job) -> Job:
    for _ in range(4):
        job = (await batch.look(desk, job)).job
    return job


@pytest.mark.parametrize("spelling", MODELS)
async def test_a_batch_is_found_again_after_a_restart_and_costs_half(
    desks: dict[str, batch.Desk], spelling: str
) -> None:
    desk, job = await submitted(desks, spelling)
    assert job.progress.state in ("waiting", "running")
    desk.store.close()
    restarted = Store(desk.store.url)
    desk = batch.Desk(store=restarted, endpoint=desk.endpoint, pool=desk.pool)
    found = jobs.find(restarted, job.id, owner="")
    assert found == job
    job = await over(desk, found)
    assert job.progress.state == "done"
    done = await batch.collect(desk, job)
    assert done.run is not None
    assert [r.failure for r in done.run.responses] == [None] * len(ROWS)
    assert all(r.text and r.usage.input_tokens and r.simulated for r in done.run.responses)
    for response, alone in zip(done.run.responses, batch.synchronous(done.run), strict=True):
        assert response.cost is not None
        assert alone is not None
        assert response.cost.total * 2 == alone.total
        assert any("batch" in (line.note or "") for line in response.cost.lines)
    again = jobs.find(restarted, job.id, owner="")
    assert again is not None
    assert again.run_id == done.run.id
    stored = read_run(restarted, done.run.id)
    assert stored is not None
    assert stored.labels.kind == batch.KIND
    assert [r.text for r in stored.run.responses] == [r.text for r in done.run.responses]
    document = batch.document(done.job, done.run)
    assert Decimal(document["cost"]["batch"]) * 2 == Decimal(document["cost"]["synchronous"])
    restarted.close()


@pytest.mark.parametrize("spelling", MODELS)
async def test_what_a_batch_leaves_at_its_provider_is_written_down_and_goes_with_it(
    desks: dict[str, batch.Desk], spelling: str
) -> None:
    desk, job = await submitted(desks, spelling)
    job = await over(desk, job)
    here = created.all_created(desk.store, owner="")
    kinds = {"openai": ["file", "batch", "file"]}.get(job.model.provider, ["batch"])
    assert [one.kind for one in here] == kinds
    assert all(one.remote_id and one.simulated for one in here)
    await batch.delete(desk, job)
    assert jobs.find(desk.store, job.id, owner="") is None
    assert created.all_created(desk.store, owner="") == []


@pytest.mark.parametrize("spelling", MODELS)
async def test_a_cancelled_batch_ends_and_its_lines_say_so(
    desks: dict[str, batch.Desk], spelling: str
) -> None:
    desk, job = await submitted(desks, spelling)
    job = (await batch.cancel(desk, job)).job
    assert job.progress.state in ("stopping", "stopped")
    job = await over(desk, job)
    assert job.progress.state == "stopped"
    done = await batch.collect(desk, job)
    assert done.run is not None
    assert all(r.failure is not None for r in done.run.responses)
    assert all(r.cost is None for r in done.run.responses)


def billed(desk: batch.Desk) -> batch.Desk:
    """The same as an account that pays: only its address is the simulation's."""
    endpoint = replace(desk.endpoint, simulated=False, key=Secret("demo-key-1"))
    return replace(desk, endpoint=endpoint)


def counted(desk: batch.Desk) -> Decimal:
    return spent(desk.store, since="2000-01-01")


@pytest.mark.parametrize("keeps", [True, False])
@pytest.mark.parametrize("spelling", MODELS)
async def test_a_batch_counts_in_the_budgets_from_its_submission_and_is_settled_when_collected(
    desks: dict[str, batch.Desk], spelling: str, keeps: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("playground.settings.keeps_history", lambda: keeps)
    paying = {name: billed(desk) for name, desk in desks.items()}
    desk, job = await submitted(paying, spelling)
    lines = [reserved.most(request) for request in job.requests]
    most = sum(line for line in lines if line is not None)
    row = pricing.load().row(job.model.provider, job.model.model, clock.today())
    assert row is not None
    assert most > len(ROWS) * batch.MAX_OUTPUT * row.rates["output"] / 2 / 1_000_000
    assert counted(desk) == reserved.held(desk.store, job) == most
    job = await over(desk, job)
    assert counted(desk) == most
    done = await batch.collect(desk, job)
    assert done.run is not None
    assert 0 < counted(desk) < most
    assert counted(desk) == batch.total([r.cost for r in done.run.responses])
    assert reserved.held(desk.store, done.job) is None
    await batch.collect(desk, done.job)
    assert counted(desk) == batch.total([r.cost for r in done.run.responses])


async def test_a_batch_that_was_not_taken_or_is_simulated_reserves_nothing(
    desks: dict[str, batch.Desk],
) -> None:
    _, job = await submitted(desks, "openai:gpt-6.1-sol")
    assert reserved.held(desks["openai"].store, job) is None
    desk = billed(desks["openai"])
    refused = replace(desk, endpoint=replace(desk.endpoint, key=Secret("wrong-key")))
    given = batch.lines(job.model, batch.PROMPT, ROWS)
    done = await batch.submit(refused, job.model, given, "t")
    assert done.job.failure is not None
    assert counted(desk) == 0


async def test_a_batch_without_an_answer_counts_until_its_job_is_deleted(
    desks: dict[str, batch.Desk], monkeypatch: pytest.MonkeyPatch
) -> None:
    async def silent(*args: Any) -> None:
        raise ProviderError(failure_of("timeout", "openai"))

    monkeypatch.setattr("playground.providers.batch.submit", silent)
    desk, ref = billed(desks["openai"]), ModelRef.parse(MODELS[0])
    done = await batch.submit(desk, ref, batch.lines(ref, batch.PROMPT, ROWS), "t")
    assert done.job.progress.state == "failed"
    assert counted(desk) > 0
    await batch.delete(desk, done.job)
    assert counted(desk) == 0


async def test_a_limit_of_a_day_counts_what_is_reserved(
    desks: dict[str, batch.Desk], monkeypatch: pytest.MonkeyPatch
) -> None:
    desk, job = await submitted({n: billed(d) for n, d in desks.items()}, "openai:gpt-6.1-sol")
    held = reserved.held(desk.store, job)
    assert held is not None
    monkeypatch.setattr("playground.history.find_store", lambda: desk.store)
    add_limit(desk.store, Limit(period="month", amount=held))
    guard = Guard()
    assert [used for _, used in guard.used()] == [held]
    problem = guard.check(job.requests[:1], {"openai": desk.endpoint}).problem
    assert problem is not None
    assert "a month" in problem


async def test_a_batch_that_is_not_over_has_no_answers(desks: dict[str, batch.Desk]) -> None:
    desk, job = await submitted(desks, "openai:gpt-6.1-sol")
    with pytest.raises(ProviderError, match="not over yet"):
        await batch.collect(desk, job)


async def test_a_batch_that_its_provider_no_longer_has_is_gone(
    desks: dict[str, batch.Desk],
) -> None:
    with DemoServer(pace=0) as other:
        elsewhere = {
            name: batch.Desk(store=desks[name].store, endpoint=endpoint, pool=desks[name].pool)
            for name, endpoint in other.endpoints().items()
        }
        _, job = await submitted(elsewhere, "anthropic:claude-sonnet-5-5")
    job = (await batch.look(desks["anthropic"], job)).job
    assert job.progress.state == "gone"
    assert created.all_created(desks["anthropic"].store, owner="") == []


async def test_a_key_in_what_is_sent_is_masked_in_the_row_and_a_refusal_is_a_job(
    desks: dict[str, batch.Desk], where: dict[str, Endpoint]
) -> None:
    ref = ModelRef.parse("openai:gpt-6.1-sol~500")
    nowhere = batch.Desk(
        store=desks["openai"].store,
        endpoint=Endpoint(provider="openai", base_url="https://api.openai.com/v1"),
        pool=desks["openai"].pool,
    )
    done = await batch.submit(nowhere, ref, batch.lines(ref, batch.PROMPT, ROWS), "t")
    assert done.job.progress.state == "failed"
    assert done.job.failure is not None
    assert done.job.failure.type == "authentication"
    kept = jobs.find(nowhere.store, done.job.id, owner="")
    assert kept is not None
    assert kept.failure == done.job.failure


def test_the_rows_of_a_table_fill_the_prompt() -> None:
    ref = ModelRef.parse("openai:gpt-6.1-sol")
    rows = batch.table('\ufeffname,city\n"Ann, B.",Oslo\n\nCid\n')
    made = batch.lines(ref, "{{name}} in {{city}}", rows)
    assert [(key, r.messages[0].text) for key, r in made] == [
        ("row-1", "Ann, B. in Oslo"),
        ("row-2", "Cid in "),
    ]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("name\n", "at least one row"),
        ("a,a\n1,2\n", "name of its own"),
        ("a\n1,2\n", "Row 2 has 2 cells"),
        ('a\n"1\n', "no CSV"),
    ],
)
def test_a_table_that_is_none_says_why(text: str, why: str) -> None:
    with pytest.raises(batch.TableError, match=why):
        batch.table(text)


def test_a_prompt_must_name_columns_that_are_there() -> None:
    ref = ModelRef.parse("openai:gpt-6.1-sol")
    with pytest.raises(batch.TableError, match="no column 'mail'"):
        batch.lines(ref, "{{mail}}", ROWS)
    with pytest.raises(batch.TableError, match="names no column"):
        batch.lines(ref, "Hi", ROWS)
    with pytest.raises(batch.TableError, match="interactions"):
        batch.lines(ModelRef.parse("gemini/interactions:gemini-3.8-flash"), "{{ticket}}", ROWS)


async def test_nothing_is_written_on_the_loop_where_all_streams_run(
    desks: dict[str, batch.Desk], monkeypatch: pytest.MonkeyPatch
) -> None:
    wrote: dict[str, bool] = {}

    def told(module: Any, name: str) -> None:
        own = getattr(module, name)

        def write(*args: Any, **more: Any) -> Any:
            wrote[name] = wrote.get(name, False) or threading.current_thread() is loops
            return own(*args, **more)

        monkeypatch.setattr(module, name, write)

    loops = threading.current_thread()
    told(jobs, "keep")
    told(jobs, "forget")
    told(created, "mark_gone")
    told(writing, "put")
    desk, job = await submitted(desks, MODELS[0])
    job = (await batch.collect(desk, await over(desk, job))).job
    await batch.delete(desk, job)
    assert wrote == dict.fromkeys(("keep", "forget", "mark_gone", "put"), False)
