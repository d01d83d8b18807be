"""Runs an experiment from the terminal: here or in processes of its own, stopped by Ctrl+C so that it can be resumed."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import click

from playground import history, settings
from playground.cli import here, keeping
from playground.cli.ask import replayed, simulated
from playground.cli.experiment.progress import Bar
from playground.cli.say import say
from playground.domain import Endpoint, ModelRef
from playground.domain.provider import provider_of
from playground.engine import Engine
from playground.experiments import kept, worker
from playground.experiments.interrupts import interrupting
from playground.experiments.jobs import Jobs
from playground.experiments.kept import Experiment
from playground.experiments.running import Ended, Progress, at_once
from playground.experiments.spec import Spec
from playground.experiments.work import prepare, spent
from playground.store.database import sqlite_url
from playground.store.file import FILE
from playground.store.store import Store

LOOK_SECONDS = 0.5
"""Between two looks at what the processes have done."""


@dataclass(frozen=True, slots=True, kw_only=True)
class How:
    """How it is run, as typed."""

    demo: bool = False
    processes: int = 1
    budget: Decimal | None = None
    """Instead of the spec's."""
    quiet: bool = False
    """No bar of progress."""


@contextmanager
def the_store() -> Iterator[tuple[Store, str | None]]:
    """Where experiments are kept; where the history is switched off, a file that is gone at the end, and its name."""
    if settings.keeps_history():
        yield history.get_store(), None
        return
    with tempfile.TemporaryDirectory() as folder:
        file = str(Path(folder) / FILE)
        store = Store(sqlite_url(Path(file)))
        try:
            yield store, file
        finally:
            store.close()


def conduct(
    store: Store, experiment: Experiment, how: How, *, file: str | None = None
) -> tuple[Experiment, Ended]:
    """Ask its waiting cells, and say how it ended; UsageError where it can't begin."""
    refs = [ModelRef.parse(model.model) for model in experiment.spec.models]
    if not kept.begin(store, experiment.seq):
        raise click.UsageError(f"Experiment {experiment.id} is run by another process just now.")
    ended = Ended(state=kept.STOPPED, elapsed=0.0, note="It broke off.")
    try:
        with endpoints_of(refs, demo=experiment.simulated) as endpoints:
            processes = _processes(experiment, refs, how)
            if processes > 1:
                how = replace(how, processes=processes)
                ended = _in_processes(store, experiment, endpoints, how, file)
            else:
                ended = _here(store, experiment, endpoints, how)
    finally:
        kept.finish(store, experiment.seq, ended.state, elapsed=ended.elapsed, note=ended.note)
    found = kept.find(store, experiment.id)
    assert found is not None  # noqa: S101 - it was just run
    return found, ended


@contextmanager
def endpoints_of(refs: Sequence[ModelRef], *, demo: bool) -> Iterator[Mapping[str, Endpoint]]:
    """Where these models are asked; UsageError names one that can't be."""
    if demo:
        if foreign := next((ref for ref in refs if not provider_of(ref.provider).built_in), None):
            raise click.UsageError(f"--demo does not simulate {foreign}.")
        with simulated() as endpoints:
            yield endpoints
        return
    known = here.known(settings.load().endpoints)
    for ref in refs:
        if ref.provider not in known and not ref.recorded:
            raise click.UsageError(
                f"Nobody knows where {ref.provider!r} is: playground endpoints add."
            )
    asked = [known[ref.provider] for ref in refs if ref.provider in known and not ref.recorded]
    without = [e.provider for e in asked if e.key is None and settings.key_variables(e.provider)]
    if without:
        names = ", ".join(dict.fromkeys(without))
        raise click.UsageError(f"{names}: no key is set. --demo asks simulated models without any.")
    with here.serving(refs, known) as real, replayed(refs, real) as endpoints:
        yield endpoints


def created(store: Store, spec: Spec, *, demo: bool) -> Experiment:
    """A new experiment of this spec; UsageError where a key stands in it, or it has no cells."""
    from playground.wire import Redactor

    text = spec.model_dump_json()
    if Redactor(keeping.secrets()).text(text) != text:
        raise click.UsageError("The spec holds one of your API keys: take it out of there.")
    places = list(Jobs(spec).places())
    if not places:
        raise click.UsageError("The spec has no cells: no case goes with any prompt and model.")
    return kept.create(store, spec, places, simulated=demo)


def _processes(experiment: Experiment, refs: Sequence[ModelRef], how: How) -> int:
    """As many as asked for, but each has a call of every provider to make at once: together they never make more."""
    least = min(at_once(experiment.spec, ref.provider) for ref in refs)
    if how.processes > least:
        say(f"{least} calls at once are shared by {least} processes, not {how.processes}.")
    return min(how.processes, least)


def _here(
    store: Store,
    experiment: Experiment,
    endpoints: Mapping[str, Endpoint],
    how: How,
) -> Ended:
    engine = Engine()
    with Bar(experiment, quiet=how.quiet) as bar:
        session, run = prepare(
            engine,
            store,
            experiment,
            endpoints,
            budget=_budget(experiment, how),
            session=keeping.SESSION,
            secrets=keeping.secrets(),
            progress=bar.show,
        )
        try:
            with interrupting(lambda: _stop(bar, session.stop)):
                return run()
        finally:
            keeping.finish()  # first: what is still being written down tells the engine
            engine.close()


def _stop(bar: Bar, stop: Callable[[], None]) -> None:
    bar.say("Stopping: what is under way is waited for; Ctrl+C again cuts it off.")
    stop()


def _budget(experiment: Experiment, how: How) -> Decimal | None:
    return experiment.spec.budget if how.budget is None else how.budget


def _in_processes(
    store: Store,
    experiment: Experiment,
    endpoints: Mapping[str, Endpoint],
    how: How,
    file: str | None,
) -> Ended:
    """Each asks its share of the cells; what they write into the store is looked at here."""
    begun, before = time.monotonic(), kept.counts(store, experiment.seq)
    cells = before.get(kept.WAITING, 0)
    children: list[subprocess.Popen[str]] = []
    with Bar(experiment, quiet=how.quiet) as bar:
        for part in range(how.processes):
            children.append(_child())
            told = worker.order(
                experiment.id, part, how.processes, dict(endpoints), _budget(experiment, how), file
            )
            _tell(children[-1], told + "\n")

        def stop() -> None:
            _stop(bar, lambda: _interrupt(children))

        with interrupting(stop):
            while any(child.poll() is None for child in children):
                time.sleep(LOOK_SECONDS)
                with contextlib.suppress(Exception):  # a look that fails is the next one's
                    kept.beat(store, experiment.seq)
                    bar.show(_seen(store, experiment, cells, before, begun))
    ended = [_ended(child) for child in children]
    stopped = next((each for each in ended if each.state != kept.ENDED), None)
    elapsed = max(each.elapsed for each in ended)  # from the first call, as in one process
    by_hand = any(each.by_hand for each in ended)
    if stopped is None:
        return Ended(state=kept.ENDED, elapsed=elapsed)
    return replace(stopped, elapsed=elapsed, by_hand=by_hand)


def _child() -> subprocess.Popen[str]:
    """A worker, in a group of its own: Ctrl+C reaches it through us."""
    return subprocess.Popen(
        [sys.executable, "-m", "playground.experiments.worker"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
        start_new_session=True,
    )


def _tell(child: subprocess.Popen[str], line: str) -> None:
    assert child.stdin is not None  # noqa: S101 - it is a pipe
    with contextlib.suppress(BrokenPipeError):  # how it ended says it
        child.stdin.write(line)
        child.stdin.flush()


def _interrupt(children: Sequence[subprocess.Popen[str]]) -> None:
    for child in children:
        if child.poll() is None:
            child.send_signal(signal.SIGINT)


def _ended(child: subprocess.Popen[str]) -> Ended:
    """What a worker said at its end."""
    assert child.stdout is not None  # noqa: S101 - it is a pipe
    said = child.stdout.read()
    child.stdout.close()
    if child.stdin is not None:
        child.stdin.close()
    try:
        values: dict[str, Any] = json.loads(said)
        return Ended(**values)
    except (ValueError, TypeError):
        return Ended(state=kept.STOPPED, elapsed=0.0, note="A process of it broke off.")


def _seen(
    store: Store, experiment: Experiment, cells: int, before: Mapping[str, int], begun: float
) -> Progress:
    """How far the processes are, by what they have written."""
    now = kept.counts(store, experiment.seq)
    done = {state: now.get(state, 0) - before.get(state, 0) for state in (kept.DONE, kept.FAILED)}
    return Progress(
        cells=cells,
        ended=sum(done.values()),
        failed=done[kept.FAILED],
        under_way=now.get(kept.SENT, 0),
        spent=spent(store, experiment),
        elapsed=time.monotonic() - begun,
        held_up={},
        stopping=False,
    )


def settle_uncertain(store: Store, experiment: Experiment, *, again: bool, skip: bool) -> None:
    """Ask what becomes of cells that were under way when their process ended; UsageError where nobody answers."""
    uncertain = 0 if experiment.alive else kept.counts(store, experiment.seq).get(kept.SENT, 0)
    if not uncertain:
        return
    said = (
        f"{uncertain} {'call was' if uncertain == 1 else 'calls were'} under way when the experiment ended:"
        " they may have been answered, and billed."
    )
    if not (again or skip):
        if not sys.stdin.isatty():
            raise click.UsageError(
                f"{said} Ask them once more with --again, or leave them out with --skip-uncertain."
            )
        again = click.confirm(f"{said} Ask them once more?", err=True)
    kept.settle_uncertain(store, experiment.seq, kept.WAITING if again else kept.SKIPPED)
    say(f"{said} They are {'asked once more' if again else 'left out'}.")
