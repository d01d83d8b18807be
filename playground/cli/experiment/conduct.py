"""Runs an experiment from the terminal: here or in processes of its own, stopped by Ctrl+C so that it can be resumed."""

from __future__ import annotations

import contextlib
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path
from urllib.parse import urlsplit

import click

from playground import garbage, history, settings
from playground.cli import here, keeping
from playground.cli.ask import replayed, simulated
from playground.cli.experiment.progress import Bar
from playground.cli.experiment.workers import Worker, Workers
from playground.cli.say import say
from playground.domain import Endpoint, ModelRef
from playground.domain.endpoint import LOOPBACK
from playground.domain.provider import provider_of
from playground.engine import Engine
from playground.experiments import kept
from playground.experiments.flow import learned_in
from playground.experiments.interrupts import interrupting
from playground.experiments.jobs import Jobs
from playground.experiments.kept import Experiment
from playground.experiments.relay import Relay
from playground.experiments.results import Results
from playground.experiments.running import Ended, Progress, at_once
from playground.experiments.spec import Spec
from playground.experiments.work import prepare, spent
from playground.experiments.worker import Order, warm
from playground.store.database import HistoryError, sqlite_url
from playground.store.file import FILE
from playground.store.store import Store

INTERRUPTED = 130
END_SECONDS, LOOK_SECONDS = 0.02, 1.0
"""Between two looks at whether the processes have ended, and at what they have done."""


@dataclass(frozen=True, slots=True, kw_only=True)
class How:
    """How it is run, as typed."""

    demo: bool = False
    workers: Workers
    """The processes that share the work."""
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
            processes = _processes(experiment, how)
            ended = _asked(store, experiment, endpoints, how, processes, file)
    finally:
        kept.finish(store, experiment.seq, ended.state, elapsed=ended.elapsed, note=ended.note)
    found = kept.find(store, experiment.id)
    assert found is not None  # noqa: S101 - it was just run
    return found, ended


def exit_code(found: Results, ended: Ended) -> int:
    """0 where all was asked and the threshold is reached; without one, where no call failed."""
    if ended.by_hand:
        return INTERRUPTED
    threshold = found.experiment.spec.pass_rate
    if ended.state != kept.ENDED:
        return 1
    if threshold is None:
        return 1 if found.failures else 0
    return 0 if found.pass_rate is not None and found.pass_rate >= threshold else 1


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


def _processes(experiment: Experiment, how: How) -> int:
    """As many as asked for, but each has a call of every provider to make at once: together they never make more."""
    asked = {ref.provider for ref in Jobs(experiment.spec).asked}
    least, count = min(at_once(experiment.spec, name) for name in asked), how.workers.count
    if count > least:
        say(f"{least} calls at once are shared by {least} processes, not {count}.")
    return min(count, least)


def _asked(
    store: Store,
    experiment: Experiment,
    endpoints: Mapping[str, Endpoint],
    how: How,
    processes: int,
    file: str | None,
) -> Ended:
    """Workers ask their shares of the cells, this process the first where it takes part; what they write is looked at here."""
    order = Order(
        experiment=experiment,
        part=0,
        of=processes,
        endpoints=endpoints,
        budget=experiment.spec.budget if how.budget is None else how.budget,
        file=file,
    )
    relay = how.workers.relay
    mine = 0 if relay is None else 1
    workers = how.workers.take(processes - mine, _only_here(store, order))
    for part, each in enumerate(workers, mine):
        each.tell(replace(order, part=part))
    with Bar(experiment, quiet=how.quiet) as bar:
        look = _Look(store, experiment, bar)
        with _share(store, order, look if workers else bar.show, relay) as (stop_mine, run):

            def stop() -> None:
                bar.say("Stopping: what is under way is waited for; Ctrl+C again cuts it off.")
                stop_mine()
                for each in workers:
                    each.interrupt()

            with interrupting(stop):
                ended = run()
                while any(each.under_way for each in workers):
                    time.sleep(END_SECONDS)
                    look()
    ended += map(_ended, workers)
    stopped = next((each for each in ended if each.state != kept.ENDED), ended[0])
    elapsed, by_hand = max(each.elapsed for each in ended), any(each.by_hand for each in ended)
    return replace(stopped, elapsed=elapsed, by_hand=by_hand)


@contextmanager
def _share(
    store: Store, order: Order, progress: Callable[[Progress], None], relay: Relay | None
) -> Iterator[tuple[Callable[[], None], Callable[[], list[Ended]]]]:
    """This process's share, if it has one: what stops it, and what asks it."""
    if relay is None:
        yield lambda: None, list
        return
    engine = Engine()
    try:
        session, run = prepare(
            engine,
            store,
            order.experiment,
            order.endpoints,
            budget=order.budget,
            session=keeping.SESSION,
            secrets=keeping.secrets(),
            of=order.of,
            progress=progress,
            tell=lambda learned: relay.tell(order.part, learned.line()),
        )
        relay.join(order.part, lambda line: session.learn(learned_in(line)))

        def asked() -> list[Ended]:
            warm(model.model for model in order.experiment.spec.models)
            with garbage.measuring():
                return [run()]

        yield session.stop, asked
    finally:
        keeping.finish()  # first: what is still being written down tells the engine
        engine.close()


def _only_here(store: Store, order: Order) -> str:
    """What a worker on another computer could not reach, in a sentence; empty where there is nothing."""
    if store.url.get_backend_name() == "sqlite":
        return "Results go into a file of this computer: workers of all machines need a PostgreSQL (PLAYGROUND_DATABASE_URL)."
    if (store.url.host or LOOPBACK[0]) in LOOPBACK:
        return (
            f"The PostgreSQL at {store.url.host or 'a socket'} is reached from this computer only."
        )
    asked = (each for _, each in order.told(abroad=True))
    near = [e.provider for e in asked if urlsplit(e.base_url).hostname in LOOPBACK]
    return f"{near[0]} is served on this computer, for itself only." if near else ""


class _Look:
    """How far all processes are, shown now and then."""

    def __init__(self, store: Store, experiment: Experiment, bar: Bar) -> None:
        self._store, self._experiment, self._bar = store, experiment, bar
        self._begun = self._last = time.monotonic()
        self._before = kept.counts(store, experiment.seq)

    def __call__(self, made: Progress | None = None) -> None:
        """Look, if it is time to; `made` is how far this process is."""
        if time.monotonic() - self._last < LOOK_SECONDS:
            return
        with contextlib.suppress(HistoryError):  # a look that fails is the next one's
            if made is None:  # else its session says that we are alive
                kept.beat(self._store, self._experiment.seq)
            self._bar.show(self._seen(stopping=bool(made and made.stopping)))
        self._last = time.monotonic()

    def _seen(self, *, stopping: bool) -> Progress:
        """By what they have written."""
        now = kept.counts(self._store, self._experiment.seq)
        done, failed = (now.get(s, 0) - self._before.get(s, 0) for s in (kept.DONE, kept.FAILED))
        return Progress(
            cells=self._before.get(kept.WAITING, 0),
            ended=done + failed,
            failed=failed,
            under_way=now.get(kept.SENT, 0),
            spent=spent(self._store, self._experiment),
            elapsed=time.monotonic() - self._begun,
            held_up={},
            stopping=stopping,
        )


def _ended(each: Worker) -> Ended:
    said = each.ended()
    if said is None:
        return Ended(state=kept.STOPPED, elapsed=0.0, note="A process of it broke off.")
    return Ended(**said)


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
