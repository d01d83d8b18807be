"""Starting runs from the command line: what forbids them, and what was not written, in a sentence for the person."""

from __future__ import annotations

import contextlib
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol

from playground import history, runs, settings
from playground.cli.say import say
from playground.domain import Endpoint, Request, Secret
from playground.history import Labels

if TYPE_CHECKING:
    from playground.engine import Engine, LiveRun
    from playground.history.once import Once

SAVING_SECONDS = 10.0
"""How long a command waits at its end for the history to be written."""
PIECE = 0.2
SESSION = "command"
"""One command is one session."""


class Waited(Protocol):
    """A run, a loop of calls, a chain of jobs."""

    def wait(self, timeout: float) -> bool: ...


class Forbidden(Exception):
    """A limit, or a key in the prompt, forbids the run; the message says which, and what to do."""


def prepare_once(*, keep: bool, demo: bool) -> Once | None:
    """The history of a command that asks once; where that is not to be had, it is opened in the background."""
    if not _wanted(keep=keep, demo=demo):
        return None
    from playground.history import once

    found = once.opened()
    if found is None:
        prepare(keep=keep, demo=demo)
    return found


def _wanted(*, keep: bool, demo: bool) -> bool:
    """What is billed is counted whether it is kept or not."""
    return not demo or (keep and settings.keeps_history())


def prepare(*, keep: bool, demo: bool) -> None:
    """Open the history in the background, while the command does other things that take time."""

    def open_it() -> None:
        with contextlib.suppress(Exception):  # said when the run is to be kept
            history.find_store()

    if _wanted(keep=keep, demo=demo):
        threading.Thread(target=open_it, name="open history", daemon=True).start()


def secrets() -> list[Secret | None]:
    """Every key that this person has set, also where the simulation is asked."""
    return [endpoint.key for endpoint in settings.load().endpoints.values()]


def foretold(
    requests: Sequence[Request], endpoints: Mapping[str, Endpoint], once: Once | None = None
) -> dict[str, Any] | None:
    """Say what sending these may cost; the same as JSON values. None where nothing is billed."""
    from playground.budgets.forecast import of_billed

    found = of_billed(requests, endpoints, once.usual if once else None)
    if found is None:
        return None
    say(str(found))
    return found.document()


def start(
    engine: Engine,
    requests: Sequence[Request],
    endpoints: Mapping[str, Endpoint],
    *,
    labels: Labels,
    keep: bool = True,
    retries: int = 0,
    once: Once | None = None,
    caller: Callable[..., Any] | None = None,
    context: Mapping[str, Any] | None = None,
) -> LiveRun:
    """Start a run and say what its budgets warn of; Forbidden when it may not be sent."""
    made = runs.start(
        engine,
        requests,
        endpoints,
        session=SESSION,
        labels=labels,
        keep=keep,
        secrets=secrets(),
        retries=retries,
        once=once,
        caller=caller,
        context=context,
    )
    if isinstance(made, runs.Refusal):
        raise Forbidden(made.reason)
    for warning in made.warnings:
        say(warning)
    return made.run


def until_ended(run: Waited) -> None:
    """Wait for it; in short pieces, as Windows hears Ctrl+C only between them."""
    while not run.wait(PIECE):
        pass


def finish(*, keep: bool = True, once: Once | None = None) -> None:
    """Wait until everything is written; say what was not."""
    if once is not None:
        once.finish(SAVING_SECONDS)
    if "playground.history.journal" not in sys.modules:
        return
    writer = history.get_writer()
    if not writer.flush(SAVING_SECONDS):
        reason = writer.problem or "It took too long."
        if keep and settings.keeps_history():
            say(f"This run is not in the history: {reason} To have it in a file, ask with --json.")
        else:
            say(f"What this run cost is not noted, so the budgets count too little: {reason}")
