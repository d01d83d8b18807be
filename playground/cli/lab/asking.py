"""What commands of the lab share that send something: one run of some requests, on the demo or for real."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, TypeVar

import click

from playground import settings
from playground.cli import here
from playground.cli.ask import chosen, simulated
from playground.cli.say import say
from playground.domain import Endpoint, ModelRef, Request, Run

STOPPED = 130
T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What every such command has among its options."""

    models: tuple[str, ...]
    demo: bool
    as_json: bool


def asking_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the options -m, --demo and --json."""
    for option in (
        click.option("--json", "as_json", is_flag=True, help="Print one JSON document."),
        click.option("--demo", is_flag=True, help="Ask the simulated providers: no keys, no cost."),
        click.option(
            "-m",
            "--model",
            "models",
            multiple=True,
            metavar="PROVIDER:MODEL",
            help="A model to ask; may be given again.",
        ),
    ):
        command = option(command)
    return command


@contextmanager
def asked(options: Options) -> Iterator[tuple[list[ModelRef], Mapping[str, Endpoint]]]:
    """The models to ask and where: the demo's, or the real ones; UsageError where they can't be asked."""
    loaded = settings.load()
    for problem in loaded.problems:
        say(problem)
    refs = chosen(options, here.known(loaded.endpoints))
    if options.demo:
        with simulated() as endpoints:
            yield refs, endpoints
        return
    with here.serving(refs, loaded.endpoints) as endpoints:
        yield refs, endpoints


def run(
    requests: Sequence[Request], endpoints: Mapping[str, Endpoint], *, retries: int = 0
) -> Run | int:
    """Send these as one run and wait for it; the exit code where a budget forbids it, or Ctrl+C ended it."""
    from playground.cli import keeping
    from playground.engine import Engine
    from playground.history import Labels

    keeping.foretold(requests, endpoints)
    engine = Engine()
    try:
        live = keeping.start(
            engine, requests, endpoints, labels=Labels(kind="lab"), retries=retries
        )
        try:
            keeping.until_ended(live)
        except KeyboardInterrupt:
            live.stop()
            return STOPPED
        return live.run()
    except keeping.Forbidden as error:
        say(str(error))
        return 1
    finally:
        engine.close()
        keeping.finish()


def within(seconds: float, work: Future[T]) -> T:
    """What comes of it; ClickException where that takes longer."""
    try:
        return work.result(seconds)
    except TimeoutError:
        work.cancel()
        raise click.ClickException(
            f"A provider has not answered within {seconds:g} seconds: try again, or ask fewer models."
        ) from None


def exit_code(run: Run) -> int:
    """0 where every lane answered, else 1."""
    return 0 if all(response.ok for response in run.responses) else 1
