"""What `playground experiment run` does: read, run, say what came of it, and begin again where that is asked."""

from __future__ import annotations

import re
import time
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import click

from playground.cli.experiment import conduct, shown
from playground.cli.experiment.workers import Workers
from playground.cli.say import say
from playground.cli.show import safe
from playground.experiments import files, kept, watching
from playground.experiments.documents import document
from playground.experiments.kept import Experiment
from playground.experiments.reading import read
from playground.experiments.results import Results, causes, results
from playground.experiments.spec import Spec
from playground.export import dumps
from playground.store.store import Store

SPAN = re.compile(r"(\d+)\s*(s|m|h|d)")
SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86_400}


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """The options of the command, as typed."""

    file: str | None = None
    resume: str | None = None
    again: bool = False
    skip_uncertain: bool = False
    demo: bool = False
    as_json: bool = False
    junit: str | None = None
    html: str | None = None
    budget: float | None = None
    every: str | None = None
    watch: bool = False


def run(options: Options, workers: Workers) -> int:
    """Run once, or at each beat of `--every` until Ctrl+C."""
    span = _span(options.every) if options.every else None
    if span is not None and options.resume is not None:
        raise click.UsageError("--every begins a new experiment each time: leave --resume out.")
    with conduct.the_store() as (store, file):
        if span is None:
            return _once(options, workers, store, file)
        spec = _spec(options, store)
        while True:
            begun = time.monotonic()
            made = conduct.created(store, spec, demo=options.demo)
            code = _run(options, workers, store, file, made)
            if code == conduct.INTERRUPTED:
                return code
            try:
                time.sleep(max(0.0, begun + span - time.monotonic()))
            except KeyboardInterrupt:
                return conduct.INTERRUPTED


def _once(options: Options, workers: Workers, store: Store, file: str | None) -> int:
    if options.resume is None:
        made = conduct.created(store, _spec(options, store), demo=options.demo)
    else:
        made = _resumed(options, store)
    return _run(options, workers, store, file, made)


def _spec(options: Options, store: Store) -> Spec:
    """The spec in the file, with everything that it names inside; UsageError with every mistake."""
    if options.file is None:
        raise click.UsageError(
            "Name the experiment's FILE, or one that stood still with --resume ID."
        )
    found = read(Path(options.file), store=store)
    if found.spec is None:
        raise click.UsageError("\n".join(map(str, found.mistakes)))
    return found.spec


def _resumed(options: Options, store: Store) -> Experiment:
    """The experiment to go on with; UsageError where there is none, or the file says something else now."""
    found = kept.find(store, options.resume or "")
    if found is None:
        raise click.UsageError(
            f"No experiment has the id {options.resume!r}: playground experiment list."
        )
    if options.demo and not found.simulated:
        raise click.UsageError(f"Experiment {found.id} asked real models: go on without --demo.")
    if options.file is not None and kept.digest_of(_spec(options, store)) != found.digest:
        raise click.UsageError(
            f"{options.file} has changed since experiment {found.id} began. Leave the file out to go on with what"
            " was pinned then, or begin a new one without --resume."
        )
    conduct.settle_uncertain(store, found, again=options.again, skip=options.skip_uncertain)
    return found


def _run(
    options: Options, workers: Workers, store: Store, file: str | None, experiment: Experiment
) -> int:
    how = conduct.How(
        demo=options.demo,
        workers=workers,
        budget=None if options.budget is None else Decimal(str(options.budget)),
    )
    experiment, ended = conduct.conduct(store, experiment, how, file=file)
    found = results(store, experiment)
    changed = _watched(options, store, experiment)
    written = _write(options, store, found)
    _say(options, store, found, changed)
    code = conduct.exit_code(found, ended)
    return code or int(bool(changed and changed.alarm) or not written)


def _watched(options: Options, store: Store, experiment: Experiment) -> watching.Change | None:
    """What has changed since the first run of the same spec; None where that is not asked, or this is the first."""
    if not (options.watch or options.every):
        return None
    return watching.since_first(store, experiment)


def _write(options: Options, store: Store, found: Results) -> bool:
    """Write the reports that are asked for; whether all are there, as a pipeline takes none for success."""
    whole = True
    for name, made in ((options.junit, files.junit), (options.html, files.html_report)):
        if name:
            try:
                Path(name).write_text(made(store, found), encoding="utf-8")
            except OSError as error:
                say(f"{name} can't be written: {error.strerror}.")
                whole = False
    return whole


def _say(options: Options, store: Store, found: Results, changed: watching.Change | None) -> None:
    if options.as_json:
        more: dict[str, Any] = {}
        if options.watch or options.every:
            more = {"watch": None if changed is None else changed.document()}
        print(dumps(document(found) | more), flush=True)
        return
    shown.show(found, causes(store, found.experiment))
    if changed is not None:
        for sentence in changed.sentences():
            print(safe(sentence), flush=True)


def _span(text: str) -> float:
    """Seconds of `30m`, `6h`, `1d`; UsageError for anything else."""
    found = SPAN.fullmatch(text.strip().lower())
    if found is None or int(found[1]) == 0:
        raise click.UsageError(f"--every {text!r} is no span: write 30m, 6h or 1d.")
    return float(int(found[1]) * SECONDS[found[2]])
