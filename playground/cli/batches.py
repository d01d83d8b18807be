"""What `playground batch …` does."""

from __future__ import annotations

import os
import time
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import click

from playground import figures as fmt
from playground import history, jobs, runs, settings
from playground.budgets import reserved
from playground.cli import attach, keeping
from playground.cli.ask import nowhere, simulated
from playground.cli.options import model_ref
from playground.cli.say import say
from playground.cli.show import safe
from playground.domain import Endpoint, ModelRef, Request, Run
from playground.domain.job import Job
from playground.engine import Engine
from playground.experiments.as_batches import groups
from playground.experiments.cells import CellError
from playground.experiments.reading import read
from playground.export import dumps
from playground.lab import batch
from playground.lab.batch import Desk, Done
from playground.providers import ProviderError
from playground.store.database import HistoryError
from playground.store.store import Store
from playground.wire import Pool, Redactor

Work = Callable[[Desk], Awaitable[Done]]
OWNER = ""
ENDINGS = (".yaml", ".yml", ".json")
"""By these an experiment is told from a table."""
PACE = "PLAYGROUND_DEMO_PACE"
"""How slow the simulation is; 0 = not at all."""


def submit(
    table: str,
    prompt: str,
    system: str,
    models: tuple[str, ...],
    title: str,
    max_output_tokens: int,
    demo: bool,
    as_json: bool,
) -> int:
    """Exit code 0 when the provider took it (on the demo: when it is collected), else 1."""
    if table.lower().endswith(ENDINGS):
        if prompt or system:
            raise click.UsageError("An experiment has prompts of its own: leave --prompt out.")
        return _of_spec(table, models, title, demo, as_json)
    if not prompt or len(models) != 1:
        raise click.UsageError("A table needs --prompt and one --model.")
    text = attach.prompt_text("-") if table == "-" else attach.text(table)
    return _of_table(text, prompt, system, models[0], title, max_output_tokens, demo, as_json)


def sample(model: str, *, as_json: bool) -> int:
    """The panel's sample on the demo."""
    how = (batch.SAMPLE, batch.PROMPT, "", model, "tickets", batch.MAX_OUTPUT)
    return _of_table(*how, demo=True, as_json=as_json)


def _of_table(
    table: str,
    prompt: str,
    system: str,
    model: str,
    title: str,
    max_output_tokens: int,
    demo: bool,
    as_json: bool,
) -> int:
    ref = model_ref(model)
    try:
        rows = batch.table(table)
        given = batch.lines(ref, prompt, rows, system=system, max_output_tokens=max_output_tokens)
    except ValueError as error:
        raise click.UsageError(str(error)) from None
    with _endpoints(demo) as endpoints, _opened() as (store, engine):
        done = _send(ref, given, title or "table", store, engine, endpoints, demo=demo)
        if isinstance(done, int):
            return done
        _print(done, as_json)
        return 0 if done.job.failure is None else 1


def _of_spec(path: str, models: tuple[str, ...], title: str, demo: bool, as_json: bool) -> int:
    sent: list[Done] = []
    with _endpoints(demo) as endpoints, _opened() as (store, engine):
        found = read(Path(path), store=store)
        if found.spec is None:
            raise click.UsageError("\n".join(map(str, found.mistakes)))
        try:
            batches = groups(found.spec, models)
        except CellError as error:
            raise click.UsageError(str(error)) from None
        named = title or found.spec.name or Path(path).stem
        for ref, given in batches:
            done = _send(ref, given, named, store, engine, endpoints, demo=demo)
            if isinstance(done, int):
                return done
            sent.append(done)
    if as_json:
        print(dumps({"jobs": [batch.document(done.job, done.run) for done in sent]}), flush=True)
    for done in [] if as_json else sent:
        _print(done, as_json=False)
    return 0 if all(done.job.failure is None for done in sent) else 1


def _send(
    ref: ModelRef,
    given: Sequence[tuple[str, Request]],
    title: str,
    store: Store,
    engine: Engine,
    endpoints: Mapping[str, Endpoint],
    *,
    demo: bool,
) -> Done | int:
    """Submit the lines, on the demo until they are answered; the exit code where that is forbidden."""
    if ref.provider not in endpoints:
        raise nowhere(ref.provider, endpoints, demo=demo)
    refusal = runs.refused([r for _, r in given], endpoints, secrets=keeping.secrets())
    if refusal:
        say(refusal.reason)
        return 1
    act = partial(_at, engine, store, endpoints[ref.provider])
    done = act(lambda desk: batch.submit(desk, ref, given, title))
    if done.job.failure:
        say(done.job.failure.told)
    elif demo:
        say("The demo's batches end with the demo: this takes some seconds instead of hours.")
        while not done.job.progress.over:
            time.sleep(batch.POLL_DEMO * float(os.environ.get(PACE) or 1))
            done = act(partial(_look, job=done.job))
        done = act(partial(_collect, job=done.job))
    return done


async def _look(desk: Desk, job: Job) -> Done:
    return await batch.look(desk, job)


async def _collect(desk: Desk, job: Job) -> Done:
    return await batch.collect(desk, job)


def list_jobs(no_look: bool, as_json: bool) -> int:
    """Exit code 0, or 1 when a provider could not be asked."""
    code = 0
    with _endpoints(False) as endpoints, _opened() as (store, engine):
        found = jobs.all_jobs(store, owner=None)
        for number, job in enumerate(found):
            if no_look or job.progress.over or not job.remote_id:
                continue
            whole = jobs.find(store, job.id, owner=None) or job
            endpoint = endpoints.get(job.model.provider)
            if endpoint is None:
                continue
            try:
                work = partial(_look, job=whole)
                found[number] = _at(engine, store, endpoint, work).job
            except ProviderError as error:
                say(f"{job.id[:8]}: {error.failure.told}")
                code = 1
    if as_json:
        print(dumps({"jobs": [batch.document(job) for job in found]}), flush=True)
        return code
    for job in found:
        print(_line(job) + _reserved(store, job))
    if not found:
        say("There is no batch. Submit one: playground batch submit FILE --prompt TEXT -m MODEL.")
    return code


def _reserved(store: Store, job: Job) -> str:
    held = reserved.held(store, job)
    return f"  ({fmt.money(held)} at most, reserved in the budgets)" if held else ""


def collect(id: str, as_json: bool) -> int:
    """Exit code 0 when every line has an answer, else 1."""
    return _of_one(id, as_json, _look_and_collect)


async def _look_and_collect(desk: Desk, job: Job) -> Done:
    looked = await batch.look(desk, job)
    return await batch.collect(desk, looked.job)


def cancel(id: str, as_json: bool) -> int:
    """Exit code 0 when the provider took the order."""
    return _of_one(id, as_json, batch.cancel)


def delete(id: str, as_json: bool) -> int:
    """Exit code 0 when nothing of it is left."""
    return _of_one(id, as_json, batch.delete)


def _of_one(id: str, as_json: bool, act: Callable[[Desk, Job], Awaitable[Done]]) -> int:
    with _endpoints(False) as endpoints, _opened() as (store, engine):
        job = jobs.find(store, id, owner=None)
        if job is None:
            raise click.UsageError(f"No one batch begins with {id!r}: see playground batch list.")
        endpoint = endpoints.get(job.model.provider)
        if endpoint is None:
            raise nowhere(job.model.provider, endpoints)
        found = job
        try:
            done = _at(engine, store, endpoint, lambda desk: act(desk, found))
        except ProviderError as error:
            say(error.failure.told)
            return 1
    _print(done, as_json)
    return 0 if done.run is None or all(r.ok for r in done.run.responses) else 1


def _at(engine: Engine, store: Store, endpoint: Endpoint, work: Work) -> Done:
    """Do it on the engine's loop, at this endpoint."""

    async def there(pool: Pool) -> Done:
        redactor = Redactor(keeping.secrets())
        desk = Desk(store=store, endpoint=endpoint, pool=pool, owner=OWNER, redactor=redactor)
        return await work(desk)

    return engine.submit(there).result()


@contextmanager
def _endpoints(demo: bool) -> Iterator[Mapping[str, Endpoint]]:
    loaded = settings.load()
    for problem in loaded.problems:
        say(problem)
    if demo:
        with simulated() as endpoints:
            yield endpoints
    else:
        yield loaded.endpoints


@contextmanager
def _opened() -> Iterator[tuple[Store, Engine]]:
    try:
        store = history.get_store()
    except HistoryError as error:
        raise click.UsageError(str(error)) from None
    engine = Engine()
    try:
        yield store, engine
    finally:
        engine.close()
        keeping.finish()


def _print(done: Done, as_json: bool) -> None:
    if as_json:
        print(dumps(batch.document(done.job, done.run)), flush=True)
        return
    print(_line(done.job))
    if done.run is None:
        return
    for key, response in zip(done.job.keys, done.run.responses, strict=True):
        said = response.text if response.ok else f"({response.ending})"
        print(f"{key}\t{safe(' '.join(said.split()))}")
    print(_either_way(done.run))


def _either_way(run: Run) -> str:
    """What the answers cost as a batch and as single calls; `≥` where one of them has no price."""
    answered = [place for place, response in enumerate(run.responses) if response.ok]
    batched, alone = [response.cost for response in run.responses], batch.synchronous(run)
    sums = [[costs[place] for place in answered] for costs in (batched, alone)]
    told = [fmt.total(batch.total(costs), whole=all(costs)) for costs in sums]
    return f"{told[0]} as a batch, {told[1]} as single calls."


def _line(job: Job) -> str:
    tally = job.progress.tally
    done = "" if tally.done is None else f", {tally.done:,} done"
    where = " (simulated)" if job.simulated else ""
    word = job.progress.word or job.progress.state
    return safe(
        f"{job.id[:8]}  {word:12} {len(job.keys):,} lines{done}  {job.model}{where}  {job.title}"
    )
