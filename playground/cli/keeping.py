"""Starting runs from the command line: kept in the history, within the budgets."""

from __future__ import annotations

import contextlib
import sys
import threading
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from playground import history, settings
from playground.cli.say import say
from playground.domain import Endpoint, Request
from playground.history import Labels

if TYPE_CHECKING:
    from playground.engine import Engine, LiveRun

SAVING_SECONDS = 10.0
"""How long a command waits at its end for the history to be written."""


class Forbidden(Exception):
    """A limit, or a key in the prompt, forbids the run; the message says which, and what to do."""


def prepare() -> None:
    """Open the history in the background, while the command does other things that take time."""

    def open_it() -> None:
        with contextlib.suppress(Exception):  # said when the run is to be kept
            history.get_store()

    if settings.keeps_history():
        threading.Thread(target=open_it, name="open history", daemon=True).start()


def start(
    engine: Engine,
    requests: Sequence[Request],
    endpoints: Mapping[str, Endpoint],
    *,
    labels: Labels,
    keep: bool = True,
    retries: int = 0,
) -> LiveRun:
    """Start a run, keep it where that is wanted; Forbidden when it may not be sent."""
    from playground.wire import Redactor

    keys = [endpoint.key for endpoint in endpoints.values()]
    if any(history.holds_secret(request, Redactor(keys)) for request in requests):
        raise Forbidden(history.HOLDS_KEY)
    if not settings.keeps_history():
        return engine.start(requests, endpoints, retries=retries)
    real = any(not endpoint.simulated for endpoint in endpoints.values())
    if real:  # simulated runs cost nothing: no need to look up what was spent
        _check(requests, endpoints, labels)
    journal = history.keep(labels, keys) if keep else None
    run = engine.start(requests, endpoints, retries=retries, journal=journal)
    if real:
        from playground.budgets.guard import get_guard

        get_guard().watch(run, endpoints, session=SESSION, tags=labels.tags)
    return run


SESSION = "command"
"""One command is one session."""


def _check(requests: Sequence[Request], endpoints: Mapping[str, Endpoint], labels: Labels) -> None:
    from playground.budgets.guard import get_guard

    verdict = get_guard().check(requests, endpoints, session=SESSION, tags=labels.tags)
    if verdict.problem:
        raise Forbidden(verdict.problem)
    for warning in verdict.warnings:
        say(warning)


def finish() -> None:
    """Wait until everything is written; say what was not."""
    if "playground.history.journal" not in sys.modules:
        return
    writer = history.get_writer()
    if not writer.flush(SAVING_SECONDS):
        reason = writer.problem or "It took too long."
        say(f"This run is not in the history: {reason} To have it in a file, ask with --json.")
