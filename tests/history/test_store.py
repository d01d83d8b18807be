"""What is put in comes out the same, is changed, marked and really deleted, in both kinds of database."""

from __future__ import annotations

import socket
import time
from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa

from playground.domain import Request, Response, Run
from playground.history import queries
from playground.history import store as stores
from playground.history.database import reading, sqlite_url, writing
from playground.history.labels import Labels
from playground.history.queries import Filter
from playground.history.schema import files, metadata, pieces, runs
from playground.history.store import Store, begun
from tests.history.runs import CLAUDE, PICTURE, SOL, full_run, small_run

LABELS = Labels(
    kind="ask",
    title="Capitals",
    tags=("geo", "demo"),
    department="research",
    note="n",
    starred=True,
)


def test_a_run_comes_out_as_it_went_in(store: Store) -> None:
    assert store.put(full_run(), LABELS)
    stored = store.get("full-run")
    assert stored is not None
    assert stored.run == full_run()
    assert stored.labels == replace(LABELS, tags=("demo", "geo"))
    assert stored.state == "done"


def test_the_same_run_twice_is_there_once(store: Store) -> None:
    assert store.put(full_run(), LABELS)
    assert not store.put(full_run(), Labels())
    assert queries.find(store, Filter()).total == 1


def test_an_attachment_is_kept_once_however_many_lanes_got_it(store: Store) -> None:
    request = full_run().requests[0]
    run = Run(
        id="r",
        created_at="2026-11-21T12:00:00.000+00:00",
        requests=(request,) * 8,
        responses=(Response(model=SOL),) * 8,
    )
    store.put(run, Labels())
    with reading(store.engine) as connection:
        kept = connection.scalars(sa.select(files.c.data)).all()
    assert [bytes(data) for data in kept] == [PICTURE.data]
    stored = store.get("r")
    assert stored is not None
    assert stored.run == run


def test_unknown_ids_are_none(store: Store) -> None:
    assert store.get("nothing") is None
    assert store.delete(["nothing"]) == 0


def test_labels_change_and_the_search_follows(store: Store) -> None:
    store.put(small_run(1), Labels(title="old name"))
    store.change(
        ["run-1"], title="Giraffe", note="with a long neck", starred=True, tags=["b", "a, c", "b"]
    )
    stored = store.get("run-1")
    assert stored is not None
    assert stored.labels.title == "Giraffe"
    assert stored.labels.tags == ("a c", "b")
    assert stored.labels.starred
    for word, found in (("giraffe", 1), ("neck", 1), ("token", 1), ("old", 0)):
        assert queries.find(store, Filter(search=word)).total == found, word


def test_a_run_deleted_is_gone_from_every_table(store: Store) -> None:
    store.put(full_run(), LABELS)
    store.put(small_run(1), Labels())
    assert store.delete(["full-run"]) == 1
    with reading(store.engine) as connection:
        for table in metadata.sorted_tables:
            if "run_seq" in table.c:
                left = connection.scalars(sa.select(table.c.run_seq).distinct()).all()
                kept = connection.scalar(sa.select(runs.c.seq))
                assert set(left) <= {kept}, table.name
    assert queries.find(store, Filter(search="Hauptstadt")).total == 0
    assert queries.find(store, Filter(search="token")).total == 1


def test_what_was_deleted_is_in_no_file_and_the_file_shrinks(tmp_path: Path) -> None:
    path = tmp_path / "history.sqlite3"
    store = Store(sqlite_url(path))
    noise = " ".join(f"word{i}" for i in range(20_000))
    for number in range(20):
        store.put(
            small_run(number, prompt=f"zebracanary {number} {noise}"), Labels(note="quaggacanary")
        )
    store.put(small_run(99), Labels())
    before = path.stat().st_size
    assert _holds(tmp_path, b"zebracanary")
    store.delete([f"run-{number}" for number in range(20)])
    assert path.stat().st_size < before / 4
    assert not _holds(tmp_path, b"zebracanary")
    assert not _holds(tmp_path, b"quaggacanary")
    store.close()


def _holds(folder: Path, word: bytes) -> bool:
    return any(word in file.read_bytes() for file in folder.rglob("*") if file.is_file())


def test_old_runs_are_deleted_but_not_starred_ones(store: Store) -> None:
    store.put(small_run(1, day="2020-01-01"), Labels())
    store.put(small_run(2, day="2020-01-01"), Labels(starred=True))
    today = time.strftime("%Y-%m-%d", time.gmtime())
    store.put(small_run(3, day=today), Labels())
    assert store.delete_older(30) == 1
    assert sorted(queries.ids(store, Filter())) == ["run-2", "run-3"]


@pytest.mark.parametrize("writer", ["elsewhere:1", f"{socket.gethostname()}:999999999"])
def test_a_run_whose_process_is_gone_is_interrupted_with_its_partial_text(
    store: Store, writer: str
) -> None:
    requests = (Request.ask(SOL, "Tell me a story"), Request.ask(CLAUDE, "Tell me a story"))
    run = Run(id="cut", created_at="2026-11-21T12:00:00.000+00:00", requests=requests, responses=())
    beginning = begun(run, Labels(), owner="", writer=writer)
    beginning.run["heartbeat"] = time.time() - stores.SILENT_SECONDS - 1
    with writing(store.engine) as connection:
        store.begin(beginning, connection)
        rows = [
            {"lane": 0, "piece": 0, "kind": "reasoning", "text": "Let me think."},
            {"lane": 0, "piece": 1, "kind": "text", "text": "Once upon "},
            {"lane": 0, "piece": 2, "kind": "text", "text": "a time"},
        ]
        store.add_pieces("cut", rows, connection)
    assert store.find_interrupted() == 1
    assert store.find_interrupted() == 0
    stored = store.get("cut")
    assert stored is not None
    assert stored.state == "interrupted"
    first, second = stored.run.responses
    assert (first.text, first.reasoning_text) == ("Once upon a time", "Let me think.")
    assert first.failure is not None
    assert first.failure.type == "interrupted"
    assert first.cost is not None
    assert first.cost.lower_bound
    assert second.text == ""
    assert second.cost is None
    assert queries.find(store, Filter(failure="interrupted", search="once upon")).total == 1
    with reading(store.engine) as connection:
        assert connection.scalar(sa.select(sa.func.count()).select_from(pieces)) == 0


def test_a_run_of_a_living_process_is_left_alone(store: Store) -> None:
    run = Run(
        id="r",
        created_at="2026-11-21T12:00:00.000+00:00",
        requests=(Request.ask(SOL, "x"),),
        responses=(),
    )
    with writing(store.engine) as connection:
        store.begin(begun(run, Labels(), owner="", writer=stores.writer_name()), connection)
    assert store.find_interrupted() == 0
    stored = store.get("r")
    assert stored is not None
    assert stored.state == "running"


def test_preferences_are_kept(store: Store) -> None:
    assert store.preference("x") is None
    store.prefer("x", 30)
    store.prefer("x", {"a": 1})
    assert store.preference("x") == {"a": 1}
