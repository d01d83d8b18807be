"""Cases made from runs in the history: what was asked is a variable, and so is what came."""

from __future__ import annotations

from playground.domain import Request
from playground.experiments.spec import Case, History
from playground.history.labels import Stored
from playground.history.queries import Filter, find
from playground.history.reading import each
from playground.store.store import Store

OWN = ("tag", "department", "provider", "model", "since", "until", "starred")
"""Fields of History that are fields of the history's filter."""


class HistoryMissing(ValueError):
    """There is no history to take cases from."""


def cases_of(wanted: History, store: Store | None, owner: str) -> list[Case]:
    """A case for each prompt of these runs, the newest first, each prompt once."""
    if store is None:
        raise HistoryMissing("There is no history here: nothing was ever kept.")
    fields = {name: getattr(wanted, name) for name in OWN}
    rows = find(
        store, Filter(search=wanted.history, owner=owner or None, **fields), count=wanted.limit
    ).rows
    found: dict[str, Case] = {}
    for stored in each(store, [row.id for row in rows]):
        for request, answer in _lanes(stored):
            if asked := _asked(request):
                found.setdefault(asked, _case(wanted, stored, asked, answer))
    return list(found.values())


def _lanes(stored: Stored) -> list[tuple[Request, str]]:
    run = stored.run
    both = zip(run.requests, run.responses, strict=True)
    return sorted(
        ((request, response.text if response.ok else "") for request, response in both),
        key=lambda lane: not lane[1],
    )


def _asked(request: Request) -> str:
    """The text of the user's last message."""
    return next((m.text for m in reversed(request.messages) if m.role == "user" and m.text), "")


def _case(wanted: History, stored: Stored, asked: str, answer: str) -> Case:
    return Case(
        description=stored.labels.title or "",
        vars={wanted.var: asked, wanted.answer_var: answer},
        checks=wanted.checks,
        metadata={"run": stored.run.id},
    )
