"""Votes on answers whose models were hidden: kept with their run, counted by model, exported, deleted with it."""

from __future__ import annotations

from dataclasses import replace

from playground.domain import ModelRef, Request, Run
from playground.export.document import dumps
from playground.history import Labels, Vote
from playground.history.deleting import delete_runs
from playground.history.documents import import_text, stored_document
from playground.history.labels import owner_digest
from playground.history.reading import read_run
from playground.history.votes import Tally, tally
from playground.history.writing import put, vote
from playground.store.store import Store
from tests.history.runs import CLAUDE, SOL, small_run

AT = "2026-11-26T12:00:00.000+00:00"


def of(number: int, *models: ModelRef, simulated: bool = False) -> Run:
    """A run with one answered lane a model."""
    one = small_run(number, simulated=simulated)
    (response,) = one.responses
    return replace(
        one,
        requests=tuple(Request.ask(model, "Hello") for model in models),
        responses=tuple(replace(response, model=model) for model in models),
    )


def voted(store: Store, run: Run, given: Vote, owner: str = "") -> None:
    put(store, run, Labels(), owner=owner)
    assert vote(store, run.id, given)


def test_a_model_is_counted_once_a_vote_however_many_lanes_it_had(store: Store) -> None:
    voted(store, of(1, SOL, CLAUDE), Vote(choice="best", lane=1, voted_at=AT))
    voted(store, of(2, SOL, SOL, CLAUDE), Vote(choice="best", lane=1, voted_at=AT))
    voted(store, of(3, SOL, CLAUDE), Vote(choice="tie", voted_at=AT))
    voted(store, of(4, SOL), Vote(choice="none", voted_at=AT))
    put(store, of(5, SOL), Labels())
    claude, sol = tally(store, owner=None)
    assert claude == Tally(
        model=str(CLAUDE), simulated=False, won=1, tied=1, none=0, votes=1 + 1 + 1
    )
    assert sol == Tally(model=str(SOL), simulated=False, won=1, tied=1, none=1, votes=1 + 1 + 1 + 1)


def test_simulated_answers_are_counted_apart_and_every_owner_alone(store: Store) -> None:
    best = Vote(choice="best", lane=0, voted_at=AT)
    voted(store, of(1, SOL), best, owner="a")
    voted(store, of(2, SOL, simulated=True), best, owner="a")
    voted(store, of(3, CLAUDE), best, owner="b")
    of_a = tally(store, owner=owner_digest("a"))
    assert [(one.model, one.simulated, one.won) for one in of_a] == [
        (str(SOL), False, 1),
        (str(SOL), True, 1),
    ]
    assert len(tally(store, owner=None)) == 3


def test_the_first_vote_stays_and_there_is_none_on_a_run_that_is_not_here(store: Store) -> None:
    put(store, of(1, SOL, CLAUDE), Labels())
    first = Vote(choice="best", lane=0, voted_at=AT)
    assert vote(store, "run-1", first)
    assert vote(store, "run-1", Vote(choice="none", voted_at=AT))
    stored = read_run(store, "run-1")
    assert stored is not None
    assert stored.labels.vote == first
    assert vote(store, "no such run", first) is False


def test_a_vote_is_exported_brought_back_and_gone_with_its_run(store: Store) -> None:
    given = Vote(choice="best", lane=1, voted_at=AT)
    voted(store, of(1, SOL, CLAUDE), given)
    stored = read_run(store, "run-1")
    assert stored is not None
    document = stored_document(stored)
    assert document["labels"]["vote"] == {"choice": "best", "lane": 1, "voted_at": AT}
    delete_runs(store, ["run-1"])
    assert tally(store, owner=None) == []
    assert import_text(store, dumps(document)) == (1, 0)
    again = read_run(store, "run-1")
    assert again is not None
    assert again.labels.vote == given


def test_what_is_no_vote_in_a_document_is_left_out(store: Store) -> None:
    put(store, of(1, SOL), Labels())
    stored = read_run(store, "run-1")
    assert stored is not None
    document = stored_document(stored) | {"run_id": "run-2"}
    document["labels"]["vote"] = {"choice": "the blue one", "lane": "x"}
    assert import_text(store, dumps(document)) == (1, 0)
    assert tally(store, owner=None) == []
