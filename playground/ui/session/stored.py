"""Runs out of the history as a tab looks at them, and what is added to a run after it was started."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import asdict, replace
from typing import Any

from playground import history, settings
from playground.engine import LiveRun, ended_run, get_engine
from playground.ui.live.held import VOTE
from playground.ui.session.keeping import redactor, visitor
from playground.ui.session.state import owner


def stored_run(named: str) -> LiveRun | None:
    """A run out of the history as one that has ended; None when it is not there, can't be read, or is not for this visitor.

    On one's own computer every run is one's own. A visitor names their own by its id, and another one's by the word of a
    link that was shared. Its owner is this visitor where the run is theirs.
    """
    if not settings.keeps_history():
        return None
    from playground.history import sharing
    from playground.history.interrupted import INTERRUPTION
    from playground.history.reading import read_run
    from playground.store.database import HistoryError

    shared = named.startswith(sharing.BEGINS)
    try:
        store = history.get_store()
        run_id = sharing.run_shared(store, named) if shared else named
        stored = read_run(store, run_id) if run_id else None
    except HistoryError:
        return None
    if stored is None or not (shared or visitor() in (None, stored.owner)):
        return None
    run = stored.run
    if stored.state == "running":
        elsewhere = replace(
            INTERRUPTION,
            message="This answer was still under way when the page was opened.",
            meaning="Another browser or program is still receiving this answer.",
            next_step="Reload the page to see more of it.",
        )
        run = replace(
            run,
            responses=tuple(
                response
                if response.exchange or response.failure
                else replace(response, failure=elsewhere)
                for response in run.responses
            ),
        )
    mine = visitor() in (None, stored.owner)
    vote = stored.labels.vote
    context = {**stored.context, VOTE: asdict(vote)} if vote else stored.context
    return ended_run(run, owner() if mine else "", context)


def shared_no_more(named: str) -> bool:
    """Whether this is the word of a shared link that has been withdrawn since."""
    from playground.history import sharing
    from playground.store.database import HistoryError

    if not named.startswith(sharing.BEGINS):
        return False
    try:
        return sharing.run_shared(history.get_store(), named) is None
    except HistoryError:
        return True


def runs_with(name: str, value: str) -> list[LiveRun]:
    """The runs whose context has this text under this name, the oldest first: the visitor's in memory, all in the history."""
    found = {run.id: run for run in get_engine().having(name, value, owner())}
    for run_id in _ids_with(name, value):
        if run_id not in found and (run := stored_run(run_id)):
            found[run_id] = run
    return sorted(found.values(), key=lambda run: run.created_at)


def newest_with(name: str, value: str) -> LiveRun | None:
    """The last of them that the history has."""
    known = _ids_with(name, value)
    return stored_run(known[-1]) if known else None


def _ids_with(name: str, value: str) -> list[str]:
    """Of a visitor's own runs; of all where no visitors come."""
    if not settings.keeps_history():
        return []
    from playground.history.queries import in_context
    from playground.store.database import HistoryError

    try:
        return in_context(history.get_store(), name, value, owner=visitor())
    except HistoryError:
        return []


def note(run: LiveRun, **more: Any) -> None:
    """Add JSON values to what a run belongs to: here at once, and in the history where the run is there and the visitor's."""
    run.context = {**run.context, **more}
    if run.owner != owner() or not settings.keeps_history():
        return
    from playground.history.writing import change
    from playground.store.database import HistoryError
    from playground.store.packing import storable_json

    kept = redactor().value(storable_json(dict(run.context)))
    with suppress(HistoryError):  # said under the bar; the run in memory has it
        change(history.get_store(), [run.id], context=kept)
