"""A small table as a batch: one prompt a row, submitted, left alone, found again after a restart, collected into the history."""

from __future__ import annotations

import asyncio
import csv
import io
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from playground import created, history, jobs, library, pricing, settings
from playground.budgets import reserved
from playground.created import Notebook
from playground.domain import Cost, Endpoint, Exchange, ModelRef, Request, Run, Settings, clock
from playground.domain.job import Job, Line, Progress
from playground.domain.nouns import digits, jsonable
from playground.engine.receipt import priced
from playground.history import Labels
from playground.providers import ProviderError, batch
from playground.providers.failures import failure_of
from playground.providers.talking import Talk
from playground.store.packing import NOTHING_SECRET
from playground.store.store import Store
from playground.wire import Pool, Redactor

KIND = "batch"
"""What the history calls runs that came out of a batch."""
MOST_ROWS = 1_000
"""Rows of one table here; the providers take 50,000 or 100,000."""
MAX_OUTPUT = 1_024
SAMPLE = """ticket
My invoice shows two charges for October.
The app closes itself when I open the calendar.
How do I add a colleague to our team?
"""
PROMPT = "Name the department (billing, support or sales) for this ticket, one word:\n{{ticket}}"
UNANSWERED = ("timeout", "stream_truncated")
"""Failures after which the batch may be there all the same, and billed: it counts until the job is deleted."""
POLL_DEMO = 1.0
"""Seconds between two looks at the demo."""


class TableError(ValueError):
    """A table or a prompt that makes no batch; the message says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """What one act has made of a job, and what was on the wire."""

    job: Job
    exchanges: tuple[Exchange, ...] = ()
    run: Run | None = None
    """The answers, where they were collected."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """Where jobs are kept, whose they are, and how their provider is reached.

    Nothing is written on the loop: all streams run there, and a thousand requests take their time.
    """

    store: Store
    endpoint: Endpoint
    pool: Pool
    owner: str = ""
    """A digest, as in the history."""
    redactor: Redactor = NOTHING_SECRET

    async def keep(self, job: Job) -> Job:
        """The job, written down."""
        await asyncio.to_thread(
            jobs.keep, self.store, job, owner=self.owner, redactor=self.redactor
        )
        return job

    @property
    def notes(self) -> Notebook:
        """Where what is made at the provider is written down."""
        simulated = self.endpoint.simulated
        return Notebook(self.store, self.endpoint.provider, owner=self.owner, simulated=simulated)


def table(text: str) -> list[dict[str, str]]:
    """The rows of a CSV file with its column names in the first line; TableError says what is wrong."""
    rows = csv.reader(io.StringIO(text.lstrip("\ufeff"), newline=""), strict=True)
    try:
        read = [row for row in rows if any(cell.strip() for cell in row)]
    except csv.Error as error:
        raise TableError(f"This is no CSV: {error}.") from None
    if len(read) < 2:
        raise TableError("The table needs a line of column names and at least one row.")
    names = [name.strip() for name in read[0]]
    if len(set(names)) < len(names) or not all(names):
        raise TableError("Every column needs a name of its own in the first line.")
    if len(read) - 1 > MOST_ROWS:
        raise TableError(f"The table has {len(read) - 1:,} rows: {MOST_ROWS:,} are the most here.")
    for number, row in enumerate(read[1:], 2):
        if len(row) > len(names):
            raise TableError(f"Row {number} has {len(row)} cells, the first line {len(names)}.")
    return [dict(zip(names, [*row, *[""] * len(names)], strict=False)) for row in read[1:]]


def lines(
    model: ModelRef,
    prompt: str,
    rows: Sequence[Mapping[str, str]],
    *,
    system: str = "",
    max_output_tokens: int = MAX_OUTPUT,
) -> list[tuple[str, Request]]:
    """One request a row under a key; TableError where the prompt names a column that is not there."""
    if why := batch.batched(model):
        raise TableError(why)
    named = library.Version(version=0, created_at="", text=prompt, system=system).variables
    if missing := [name for name in named if name not in rows[0]]:
        columns = ", ".join(rows[0])
        raise TableError(f"The table has no column {missing[0]!r}: it has {columns}.")
    if not named:
        raise TableError("The prompt names no column: write one as {{column}}.")
    chosen = Settings(max_output_tokens=max_output_tokens)
    return [
        (
            f"row-{number}",
            Request.ask(
                model,
                library.filled(prompt, row),
                system=library.filled(system, row) or None,
                settings=chosen,
                stream=False,
            ),
        )
        for number, row in enumerate(rows, 1)
    ]


async def submit(
    desk: Desk, model: ModelRef, given: Sequence[tuple[str, Request]], title: str
) -> Done:
    """Write the job down, send it, and write down what the provider said; a failure is a job too."""
    talk = Talk(desk.endpoint, desk.pool)
    job = await desk.keep(
        Job(
            id=secrets.token_hex(16),
            model=model,
            title=title,
            created_at=clock.now(),
            keys=tuple(key for key, _ in given),
            requests=tuple(request for _, request in given),
            progress=Progress(id="", state="submitting"),
            simulated=desk.endpoint.simulated,
        )
    )
    await asyncio.to_thread(reserved.reserve, desk.store, job)
    try:
        progress = await batch.submit(talk, model, given, title, desk.notes)
        job = replace(job, progress=progress, looked_at=clock.now())
    except ProviderError as error:
        if error.failure.type not in UNANSWERED:
            await asyncio.to_thread(reserved.release, desk.store, job)
        failed = Progress(id="", state="failed")
        job = replace(job, progress=failed, failure=error.failure, looked_at=clock.now())
    return Done(job=await desk.keep(job), exchanges=talk.exchanges)


async def look(desk: Desk, job: Job) -> Done:
    """Ask the provider how far it is; what it can't say now stays as it was, and is raised as a ProviderError."""
    if not job.remote_id or job.progress.over:
        return Done(job=job)
    talk = Talk(desk.endpoint, desk.pool)
    progress = await batch.look(talk, job.progress)
    return Done(job=await _moved(desk, job, progress), exchanges=talk.exchanges)


async def cancel(desk: Desk, job: Job) -> Done:
    """Ask the provider to stop; lines that are done stay done, and billed."""
    talk = Talk(desk.endpoint, desk.pool)
    progress = await batch.cancel(talk, job.progress)
    return Done(job=await _moved(desk, job, progress), exchanges=talk.exchanges)


async def _moved(desk: Desk, job: Job, progress: Progress) -> Job:
    for file in progress.results:
        if job.model.provider == "openai":
            about = f"answers of {job.title or job.remote_id}"
            await asyncio.to_thread(desk.notes.found, "file", about, file)
    if progress.state == "failed":
        await asyncio.to_thread(reserved.release, desk.store, job)
    if progress.state == "gone":
        await asyncio.to_thread(created.mark_gone, desk.store, job.model.provider, job.remote_id)
    return await desk.keep(replace(job, progress=progress, looked_at=clock.now()))


async def collect(desk: Desk, job: Job) -> Done:
    """Fetch the answers and put them into the history as a run, each with its receipt at the batch price.

    What they cost counts in the budgets from now on, in the place of what was reserved.
    """
    if not job.progress.over:
        message = f"The batch is not over yet: it is {job.progress.word or job.progress.state}."
        raise ProviderError(failure_of("invalid_request", job.model.provider, message=message))
    talk = Talk(desk.endpoint, desk.pool)
    found = await batch.collect(talk, job)
    run = await asyncio.to_thread(_collected, desk, job, found)
    job = await desk.keep(replace(job, run_id=run.id))
    return Done(job=job, exchanges=talk.exchanges, run=run)


def _collected(desk: Desk, job: Job, found: Sequence[Line]) -> Run:
    """The answers as a run, in the history and in the budgets."""
    book = pricing.load()
    answers = [
        priced(line.response, request, book)
        for line, request in zip(found, job.requests, strict=True)
    ]
    run = Run(
        id=job.run_id or job.id,
        created_at=job.created_at,
        requests=job.requests,
        responses=tuple(answers),
        simulated=job.simulated,
    )
    if settings.keeps_history():
        from playground.history.writing import put

        put(desk.store, run, Labels(kind=KIND, title=job.title or None), owner=desk.owner)
    else:
        reserved.settle(desk.store, job, run)
    return run


async def delete(desk: Desk, job: Job) -> Done:
    """Delete what the job left at its provider, then its row; its run stays in the history."""
    talk = Talk(desk.endpoint, desk.pool)
    if job.remote_id:
        await batch.delete(talk, job.progress)
        left = (job.remote_id, job.progress.input_id, *job.progress.results)
        for id in filter(None, left):
            await asyncio.to_thread(created.mark_gone, desk.store, job.model.provider, id)
    else:
        await asyncio.to_thread(reserved.release, desk.store, job)
    await asyncio.to_thread(jobs.forget, desk.store, job.id)
    return Done(job=job, exchanges=talk.exchanges)


def synchronous(run: Run) -> tuple[Cost | None, ...]:
    """What each answer of a batch would have cost as a single call."""
    book = pricing.load()
    plain = (  # Anthropic's usage names the tier too
        replace(response, service_tier=None, usage=replace(response.usage, raw=None))
        for response in run.responses
    )
    return tuple(
        priced(response, request, book).cost
        for request, response in zip(run.requests, plain, strict=True)
    )


def total(costs: Sequence[Cost | None]) -> Decimal | None:
    """The sum of those that are known; None where none is."""
    known = [cost.total for cost in costs if cost is not None]
    return sum(known, Decimal(0)) if known else None


def document(job: Job, run: Run | None = None) -> dict[str, Any]:
    """A job as JSON values, with its answers and what they cost either way."""
    found: dict[str, Any] = jsonable(replace(job, requests=()))
    found.pop("requests")
    found["progress"].pop("raw")
    if run is None:
        return found
    alone = synchronous(run)
    rows = zip(job.keys, run.responses, alone, strict=True)
    batched_total = total([response.cost for response in run.responses])
    found["cost"] = {"batch": digits(batched_total), "synchronous": digits(total(alone))}
    found["lines"] = [
        {
            "key": key,
            "text": response.text,
            "failure": jsonable(response.failure),
            "finish_reason": response.finish_reason,
            "usage": jsonable(replace(response.usage, raw=None)),
            "cost": jsonable(response.cost),
            "synchronous_cost": digits(single.total if single else None),
        }
        for key, response, single in rows
    ]
    return found


def run_of(job: Job) -> Run | None:
    """The collected answers out of the history; None where there are none."""
    if job.run_id is None or not settings.keeps_history():
        return None
    from playground.history.reading import read_run

    stored = read_run(history.get_store(), job.run_id)
    return stored.run if stored else None
