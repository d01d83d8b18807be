"""What is deleted is really gone: from every table, the search and the file."""

from __future__ import annotations

import time
from pathlib import Path

import sqlalchemy as sa

from playground.history import queries
from playground.history.deleting import delete_older, delete_runs
from playground.history.labels import Labels
from playground.history.queries import Filter
from playground.history.writing import put
from playground.store.database import reading, sqlite_url
from playground.store.schema import metadata, runs
from playground.store.store import Store
from tests.history.runs import full_run, small_run


def test_an_unknown_id_deletes_nothing(store: Store) -> None:
    assert delete_runs(store, ["nothing"]) == 0


def test_a_run_deleted_is_gone_from_every_table(store: Store) -> None:
    put(store, full_run(), Labels())
    put(store, small_run(1), Labels())
    assert delete_runs(store, ["full-run"]) == 1
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
        put(
            store,
            small_run(number, prompt=f"zebracanary {number} {noise}"),
            Labels(note="quaggacanary"),
        )
    put(store, small_run(99), Labels())
    before = path.stat().st_size
    assert _holds(tmp_path, b"zebracanary")
    delete_runs(store, [f"run-{number}" for number in range(20)])
    assert path.stat().st_size < before / 4
    assert not _holds(tmp_path, b"zebracanary")
    assert not _holds(tmp_path, b"quaggacanary")
    store.close()


def _holds(folder: Path, word: bytes) -> bool:
    return any(word in file.read_bytes() for file in folder.rglob("*") if file.is_file())


def test_old_runs_are_deleted_but_not_starred_ones(store: Store) -> None:
    put(store, small_run(1, day="2020-01-01"), Labels())
    put(store, small_run(2, day="2020-01-01"), Labels(starred=True))
    today = time.strftime("%Y-%m-%d", time.gmtime())
    put(store, small_run(3, day=today), Labels())
    assert delete_older(store, 30) == 1
    assert sorted(queries.ids(store, Filter())) == ["run-2", "run-3"]
