"""What `playground lab models --pack` does."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import click
from rich.table import Table

from playground import history, settings
from playground.cli import here, keeping
from playground.cli.ask import simulated
from playground.cli.lab import asking
from playground.cli.options import model_ref
from playground.cli.say import say
from playground.cli.show import console, safe
from playground.domain import Endpoint, Run
from playground.engine import Engine
from playground.experiments import prompt_cases, reading
from playground.experiments.cells import CellError
from playground.figures.differing import similarity
from playground.history import Labels
from playground.lab import ending_prompts, migration, migration_report
from playground.lab.ending_prompts import Case
from playground.lab.migration import Move, Moved

PATIENCE = 60.0
"""Seconds that the counts may take."""


def pack(
    *, to: str | None, checks: Sequence[str], demo: bool, as_json: bool, markdown: bool
) -> int:
    """Ask everything twice, print the pack, and return the exit code: 0 all answered, 1 any failed, 130 stopped."""
    other = model_ref(to) if to else None
    cases = _held(_cases(), checks)
    if not cases:
        say("No saved prompt is used with a model that ends within 60 days: this is the sample.")
        cases = ending_prompts.sample()
    plan = migration.moves(cases, other)[: migration.MOST]
    _left_out(cases, plan)
    with _where(plan, demo=demo) as endpoints:
        done = _run([move for move in plan if move.after], endpoints)
    if isinstance(done, int):
        return done
    if as_json:
        from playground.export import dumps

        print(dumps(migration_report.document(done)), flush=True)
    elif markdown:
        print(migration_report.markdown(done), flush=True)
    else:
        _print(done)
    return 0 if all(row.now.ok and row.after.ok for row in done) else 1


def _cases() -> list[Case]:
    """The saved prompts whose model ends; none where nothing is kept on this computer."""
    store = history.find_store() if settings.keeps_history() else None
    return ending_prompts.cases(store, owner="")


def _held(cases: Sequence[Case], files: Sequence[str]) -> list[Case]:
    """The prompts with the cases and checks of these experiments; UsageError where a file has mistakes."""
    store = history.find_store() if settings.keeps_history() else None
    specs = []
    for file in files:
        found = reading.read(Path(file), store=store)
        if found.spec is None:
            raise click.UsageError("\n".join(map(str, found.mistakes)))
        specs.append(found.spec)
    try:
        return ending_prompts.held_to(
            cases,
            lambda case: prompt_cases.of_prompt(specs, case.name, case.request),
        )
    except CellError as error:
        raise click.UsageError(str(error)) from None


def _left_out(cases: Sequence[Case], plan: Sequence[Move]) -> None:
    if len(cases) > len(plan):
        say(f"{len(cases)} prompts end: the first {len(plan)} are asked.")
    for move in plan:
        if move.after is None:
            ref = move.case.request.model
            say(safe(f"{move.case.name}: no successor of {ref} is known, so it is not asked."))


@contextmanager
def _where(plan: Sequence[Move], *, demo: bool) -> Iterator[Mapping[str, Endpoint]]:
    if demo:
        with simulated() as endpoints:
            yield endpoints
        return
    loaded = settings.load()
    refs = [request.model for move in plan for request in move.requests]
    missing = sorted(
        {
            ref.provider
            for ref in refs
            if ref.provider not in loaded.endpoints or not loaded.endpoints[ref.provider].key
        }
    )
    if missing:
        raise click.UsageError(
            f"No key for {', '.join(missing)}: set it, or see the pack with --demo."
        )
    with here.serving(refs, loaded.endpoints) as endpoints:
        yield endpoints


def _run(plan: Sequence[Move], endpoints: Mapping[str, Endpoint]) -> list[Moved] | int:
    """Count and ask; the exit code where it was stopped or may not be sent."""
    requests = migration.together(plan)
    if not requests:
        return []
    keeping.foretold(requests, endpoints)
    engine = Engine()
    try:
        say(f"Counting the tokens of {len(plan)} prompts for both models …")
        counting = engine.submit(lambda pool: migration.counted(plan, endpoints, pool))
        counts = asking.within(PATIENCE, counting)
        say(f"Asking: {len(requests)} calls …")
        live = keeping.start(
            engine,
            requests,
            endpoints,
            labels=Labels(kind="lab"),
            context=migration.context(plan, counts),
        )
        try:
            keeping.until_ended(live)
        except KeyboardInterrupt:
            live.stop()
            return asking.STOPPED
        run: Run = live.run()
        return migration.moved(live.context, run.requests, run.responses, prompt_cases.judged)
    except keeping.Forbidden as error:
        say(str(error))
        return 1
    finally:
        engine.close()
        keeping.finish()


def _print(rows: Sequence[Moved]) -> None:
    for rate in migration.rates(rows):
        print(safe(migration_report.rate(rate)))
    for row in rows:
        simulated = " (simulated)" if row.now.simulated else ""
        print(safe(f"# {migration_report.title(row)}{simulated}"))
        print(safe(migration_report.about(row)))
        table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False, header_style="bold")
        table.add_column("", no_wrap=True)
        for model in (row.now.model, row.after.model):
            table.add_column(str(model), overflow="fold")
        for line in migration_report.figures(row):
            table.add_row(*map(safe, line))
        console().print(table)
        for one in row.settings:
            said = f"; the provider: {one.answered}" if one.answered else ""
            print(safe(f"{one.setting} = {one.value}: {one.action}: {one.why}{said}"))
        for limit in row.limits:
            print(
                safe(
                    f"{limit.what}: {migration_report.told(limit.now)} → {migration_report.told(limit.after)}"
                )
            )
        print(f"{similarity(*migration_report.texts(row)):.0%} of the words in common\n")
