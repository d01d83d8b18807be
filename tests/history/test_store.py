"""What is put in comes out the same, and is changed, in both kinds of database."""

from __future__ import annotations

from dataclasses import replace

import sqlalchemy as sa

from playground.domain import Response, Run
from playground.history import queries
from playground.history.labels import Labels
from playground.history.queries import Filter
from playground.history.reading import read_run
from playground.history.writing import change, put
from playground.store.database import reading
from playground.store.schema import files
from playground.store.store import Store
from tests.history.runs import PICTURE, SOL, full_run, small_run

LABELS = Labels(
    kind="ask",
    title="Capitals",
    tags=("geo", "demo"),
    department="research",
    note="n",
    starred=True,
)


def test_a_run_comes_out_as_it_went_in(store: Store) -> None:
    assert put(store, full_run(), LABELS)
    stored = read_run(store, "full-run")
    assert stored is not None
    assert stored.run == full_run()
    assert stored.labels == replace(LABELS, tags=("demo", "geo"))
    assert stored.state == "done"


def test_the_same_run_twice_is_there_once(store: Store) -> None:
    assert put(store, full_run(), LABELS)
    assert not put(store, full_run(), Labels())
    assert queries.find(store, Filter()).total == 1


def test_an_attachment_is_kept_once_however_many_lanes_got_it(store: Store) -> None:
    request = full_run().requests[0]
    run = Run(
        id="r",
        created_at="2026-11-21T12:00:00.000+00:00",
        requests=(request,) * 8,
        responses=(Response(model=SOL),) * 8,
    )
    put(store, run, Labels())
    with reading(store.engine) as connection:
        kept = connection.scalars(sa.select(files.c.data)).all()
    assert [bytes(data) for data in kept] == [PICTURE.data]
    stored = read_run(store, "r")
    assert stored is not None
    assert stored.run == run


def test_unknown_ids_are_none(store: Store) -> None:
    assert read_run(store, "nothing") is None


def test_labels_change_and_the_search_follows(store: Store) -> None:
    put(store, small_run(1), Labels(title="old name"))
    change(
        store,
        ["run-1"],
        title="Giraffe",
        note="with a long neck",
        starred=True,
        tags=["b", "a, c", "b"],
    )
    stored = read_run(store, "run-1")
    assert stored is not None
    assert stored.labels.title == "Giraffe"
    assert stored.labels.tags == ("a c", "b")
    assert stored.labels.starred
    for word, found in (("giraffe", 1), ("neck", 1), ("token", 1), ("old", 0)):
        assert queries.find(store, Filter(search=word)).total == found, word


def test_preferences_are_kept(store: Store) -> None:
    assert store.preference("x") is None
    store.prefer("x", 30)
    store.prefer("x", {"a": 1})
    assert store.preference("x") == {"a": 1}
