"""What a process that asks once writes is what the writer writes, row by row; and the writer takes over where it can't."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from playground import history, settings
from playground.budgets.limits import Limit, add_limit
from playground.domain import Failure, Request, Response, Run, Usage
from playground.engine import Journal, LiveRun
from playground.history import Labels, once
from playground.history.deleting import delete_runs
from playground.history.reading import read_run
from playground.history.writing import put
from playground.store.database import reading, sqlite_url
from playground.store.schema import ledger, metadata
from playground.store.store import Store
from tests.history.runs import SOL, cost, full_run

ROOT = Path(__file__).parents[2]
LABELS = Labels(kind="ask", tags=("b", "a"), department="sales", title="Capitals", note="n")
WHY = ("cancelled", "over_budget", "stream_truncated", "authentication")


def mixed() -> Run:
    """Lanes of every kind that a sum tells apart."""
    failures = [Failure(type=why, meaning="", next_step="") for why in WHY]  # type: ignore[arg-type]
    paid = Response(
        model=SOL, text="Paris", usage=Usage(input_tokens=3, output_tokens=4), cost=cost("0.002")
    )
    return Run(
        id="0" * 32,
        created_at="2026-11-26T10:00:00.000+00:00",
        requests=tuple(Request.ask(SOL, f"Question {n}?") for n in range(len(WHY) + 2)),
        responses=(
            paid,
            replace(paid, cost=None),
            *(Response(model=SOL, failure=failure) for failure in failures),
        ),
        simulated=False,
    )


def play(run: Run, journal: Journal, *, until: int | None = None) -> LiveRun:
    """The run as the engine tells it, with text already there as it begins; the first `until` lanes end."""
    live = LiveRun(
        run.id,
        "someone",
        run.requests,
        simulations=tuple(response.simulated for response in run.responses),
        cancel=lambda *_: None,
        context={"turn": 1},
    )
    live.created_at = run.created_at
    for lane, response in zip(live.lanes, run.responses, strict=True):
        lane.receive("sent", "")
        lane.receive("text", response.text)
    journal.began(live).result(20)
    for lane, response in zip(live.lanes[:until], run.responses, strict=False):
        lane.end(response)
        journal.lane_ended(live, lane)
    return live


def whole() -> dict[str, list[tuple[Any, ...]]]:
    """The file as SQLite holds it: each value with its kind, and each word that the search knows with its places."""
    with closing(sqlite3.connect(settings.data_dir() / "history.sqlite3")) as file:
        file.execute(
            "CREATE VIRTUAL TABLE temp.words USING fts5vocab(main, texts_search, instance)"
        )
        found = {"words": file.execute("SELECT * FROM words ORDER BY term, doc, offset").fetchall()}
        assert [row[:1] for row in file.execute("PRAGMA integrity_check")] == [("ok",)]
        for table in metadata.sorted_tables:
            names = [column.name for column in table.columns if column.name != "heartbeat"]
            columns = ", ".join(f'"{name}", typeof("{name}")' for name in names)
            keys = ", ".join(f'"{column.name}"' for column in table.primary_key)
            asked = f"SELECT {columns} FROM {table.name} ORDER BY {keys}"
            found[table.name] = file.execute(asked).fetchall()
        return found


def under_way(found: dict[str, list[tuple[Any, ...]]]) -> int | None:
    """How many lanes have not ended; None before there is a run."""
    return sum(row.count("running") for row in found["lanes"]) if found["lanes"] else None


def eventually(wanted: Callable[[], bool]) -> None:
    """Wait until it is so; at most 20 seconds."""
    end = time.monotonic() + 20
    while not wanted():
        assert time.monotonic() < end
        time.sleep(0.05)


@pytest.fixture
def light() -> once.Once:
    history.get_store()
    found = once.opened()
    assert found is not None
    return found


@pytest.mark.parametrize("run", [mixed(), full_run()], ids=["mixed", "full"])
@pytest.mark.parametrize("until", [None, 1, 0], ids=["all ended", "one ended", "none ended"])
def test_it_writes_what_the_writer_writes(
    light: once.Once,
    run: Run,
    until: int | None,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    left = range(len(run.responses))[until:] if until is not None else range(0)
    play(run, light.journal(LABELS, (), keep=True), until=until)
    eventually(lambda: under_way(whole()) == len(left))
    mine = whole()
    assert mine["words"]
    assert {lane for _, _, lane, *_ in mine["pieces"]} == set(left)
    monkeypatch.setenv("PLAYGROUND_DATA_DIR", str(tmp_path / "other"))
    play(run, history.keep(LABELS) or pytest.fail("nothing is kept"), until=until)
    eventually(lambda: under_way(whole()) == len(left))
    assert mine == whole()


def test_an_amount_is_noted_as_the_writer_notes_it(
    light: once.Once, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    play(mixed(), light.journal(LABELS, (), keep=False))
    light.finish(20)
    mine = whole()
    assert len(mine["ledger"]) == 1
    assert 2_000_000_000 in mine["ledger"][0]
    assert mine["runs"] == []
    monkeypatch.setenv("PLAYGROUND_DATA_DIR", str(tmp_path / "other"))
    history.get_store()
    play(mixed(), history.charge(LABELS))
    assert history.get_writer().flush(20)
    assert mine == whole()


def test_a_run_that_is_deleted_while_it_is_under_way_is_still_paid(light: once.Once) -> None:
    journal = light.journal(LABELS, (), keep=True)
    run = mixed()
    live = play(run, journal, until=0)
    store = history.get_store()
    delete_runs(store, [run.id])
    for lane, response in zip(live.lanes, run.responses, strict=True):
        lane.end(response)
        journal.lane_ended(live, lane)
    light.finish(20)
    assert read_run(store, run.id) is None
    with reading(store.engine) as connection:
        assert connection.scalar(sa.select(sa.func.sum(ledger.c.amount))) == 2_000_000_000


def test_the_writer_takes_over_what_it_can_not_write(light: once.Once) -> None:
    journal = light.journal(LABELS, (), keep=True)
    history.get_writer().close()
    light.file.rename(light.file.with_suffix(".moved"))
    from playground.history import journal as full

    full.close_writers()
    run = mixed()
    play(run, journal)
    light.finish(20)
    assert history.get_writer().flush(20)
    stored = read_run(history.get_store(), run.id)
    assert stored is not None
    assert [response.text for response in stored.run.responses[:2]] == ["Paris", "Paris"]


def _no_file() -> None:
    pass


def _a_limit() -> None:
    add_limit(history.get_store(), Limit(period="day", amount=Decimal(1)))


def _an_old_one() -> None:
    with history.get_store().engine.begin() as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = '0001'"))


def _no_database() -> None:
    folder = settings.data_dir()
    folder.mkdir(parents=True)
    (folder / "history.sqlite3").write_text("nothing of ours, and long enough to be looked at" * 99)


def _another_address() -> None:
    history.get_store()
    os.environ["PLAYGROUND_DATABASE_URL"] = "postgresql://nobody@localhost/none"


@pytest.mark.parametrize("make", [_no_file, _a_limit, _an_old_one, _no_database, _another_address])
def test_anything_else_is_left_to_the_writer(
    make: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PLAYGROUND_DATABASE_URL", "")
    make()
    assert once.opened() is None


def test_what_is_usual_is_asked_of_the_same_answers(light: once.Once) -> None:
    store = history.get_store()
    assert light.usual(SOL) is None
    for number, length in enumerate((100, 140, 900)):
        paid = Response(
            model=SOL,
            text="x",
            usage=Usage(input_tokens=3, output_tokens=length),
            cost=cost("0.002"),
        )
        run = replace(mixed(), id=f"{number:032}", requests=mixed().requests[:1], responses=(paid,))
        put(store, run, LABELS)
    from playground.history import typical

    assert light.usual(SOL) == typical.output_tokens(store, SOL) == 140


ASK = """
import json, sys
from playground import cli
code = cli.main(lambda *_: None, ["ask", "Why?", "-m", "openai:gpt-6-luna", "--demo", "--json"])
print(json.dumps([code, "sqlalchemy" in sys.modules]), file=sys.stderr)
"""


def test_asking_a_second_time_needs_no_sqlalchemy(tmp_path: Path) -> None:
    env = {**os.environ, "PLAYGROUND_DATA_DIR": str(tmp_path)}
    said, ids = [], []
    for _ in range(2):
        done = subprocess.run(
            [sys.executable, "-c", ASK], cwd=ROOT, env=env, capture_output=True, text=True
        )
        said.append(json.loads(done.stderr.splitlines()[-1]))
        ids.append(json.loads(done.stdout)["run_id"])
    assert said == [[0, True], [0, False]]
    store = Store(sqlite_url(tmp_path / "history.sqlite3"))
    found = [read_run(store, run_id) for run_id in ids]
    assert [stored and stored.state for stored in found] == ["done", "done"]
    store.close()
