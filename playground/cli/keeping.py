"""Starting runs from the command line: what forbids them, and what was not written, in a sentence for the person."""

from __future__ import annotations

import contextlib
import sys
import threading
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from playground import history, runs, settings
from playground.cli.say import say
from playground.domain import Endpoint, Request, Secret
from playground.history import Labels

if TYPE_CHECKING:
    from playground.engine import Engine, LiveRun

SAVING_SECONDS = 10.0
"""How long a command waits at its end for the history to be written."""
SESSION = "command"
"""One command is one session."""


class Forbidden(Exception):
    """A limit, or a key in the prompt, forbids the run; the message says which, and what to do."""


def prepare(*, keep: bool, demo: bool) -> None:
    """Open the history in the background, while the command does other things that take time."""

    def open_it() -> None:
        with contextlib.suppress(Exception):  # said when the run is to be kept
            history.find_store()

    if not demo or (keep and settings.keeps_history()):  # what is billed is counted either way
        threading.Thread(target=open_it, name="open history", daemon=True).start()


def secrets() -> list[Secret | None]:
    """Every key that this person has set, also where the simulation is asked."""
    return [endpoint.key for endpoint in settings.load().endpoints.values()]


def foretold(
    requests: Sequence[Request], endpoints: Mapping[str, Endpoint]
) -> dict[str, Any] | None:
    """Say what sending these may cost; the same as JSON values. None where nothing is billed."""
    from playground.budgets.forecast import of_billed

    found = of_billed(requests, endpoints)
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
    )
    if isinstance(made, runs.Refusal):
        raise Forbidden(made.reason)
    for warning in made.warnings:
        say(warning)
    return made.run


def finish(*, keep: bool = True) -> None:
    """Wait until everything is written; say what was not."""
    if "playground.history.journal" not in sys.modules:
        return
    writer = history.get_writer()
    if not writer.flush(SAVING_SECONDS):
        reason = writer.problem or "It took too long."
        if keep and settings.keeps_history():
            say(f"This run is not in the history: {reason} To have it in a file, ask with --json.")
        else:
            say(f"What this run cost is not noted, so the budgets count too little: {reason}")
