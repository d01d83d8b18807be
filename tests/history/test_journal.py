"""A run is written while it happens; a history that can't be written is said, and nothing is lost."""

from __future__ import annotations

import functools
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import URL, make_url

from playground import history
from playground.demo.process import DemoServer
from playground.domain import Request, Response, Run
from playground.engine import Engine, LiveRun
from playground.history import queries
from playground.history.documents import stored_document
from playground.history.journal import FLUSH_SECONDS, GROUP_SECONDS, Keeper, Writer
from playground.history.labels import Labels, owner_digest
from playground.history.queries import Filter
from playground.history.reading import read_run
from playground.store import database
from playground.store.database import HistoryError, reading, sqlite_url
from playground.store.file import SQLITE_PRAGMAS
from playground.store.schema import runs
from playground.store.store import Store
from tests.history.runs import CLAUDE, SOL, small_run

ROOT = Path(__file__).parents[2]


@pytest.fixture
def writer(where: URL) -> Iterator[Writer]:
    made = Writer(lambda: where)
    yield made
    made.close(1)


def live(number: int = 1, lanes: int = 1, *, context: Mapping[str, Any] | None = None) -> LiveRun:
    requests = tuple(Request.ask((SOL, CLAUDE)[i % 2], f"question {number}") for i in range(lanes))
    return LiveRun(
        f"live-{number}",
        "cookie",
        requests,
        simulations=(False,) * lanes,
        cancel=lambda *_: None,
        context=context,
    )


def test_what_a_run_belongs_to_is_kept_beside_it_and_finds_it_again(writer: Writer) -> None:
    odd = "half an emoji \ud83d and a \x00"
    for number, (conversation, cookie) in enumerate([("a", ""), ("b", ""), ("a", ""), ("a", "x")]):
        run = live(number, context={"conversation": conversation, "turn": number, "said": [odd]})
        run.owner = cookie
        Keeper(writer, Labels()).began(run).result(10)
    Keeper(writer, Labels()).began(live(9)).result(10)
    store = writer.store()
    mine = owner_digest("")
    assert queries.in_context(store, "conversation", "a", owner=mine) == ["live-0", "live-2"]
    assert queries.in_context(store, "conversation", "a") == ["live-0", "live-2", "live-3"]
    assert queries.in_context(store, "ladder", "a") == []
    stored = read_run(store, "live-2")
    assert stored is not None
    assert stored.context == {
        "conversation": "a",
        "turn": 2,
        "said": ["half an emoji ? and a \ufffd"],
    }
    bare = read_run(store, "live-9")
    assert bare is not None
    assert bare.context == {}
    assert "conversation" not in str(stored_document(stored))


def end(keeper: Keeper, run: LiveRun, lane: int = 0) -> None:
    run.lanes[lane].end(Response(model=run.lanes[lane].request.model, text=f"answer of {run.id}"))
    keeper.lane_ended(run, run.lanes[lane])
    run.lane_ended()


def until(true: Callable[[], Any]) -> None:
    for _ in range(500):
        if true():
            return
        time.sleep(0.02)
    pytest.fail("it did not come to be within 10 s")


def test_a_run_is_written_before_its_first_request_leaves_and_each_response_when_it_ends(
    writer: Writer,
) -> None:
    run, keeper = live(lanes=2), Keeper(writer, Labels(title="t"))
    keeper.began(run).result(10)
    first = read_run(writer.store(), run.id)
    assert first is not None
    assert (first.state, first.labels.title) == ("running", "t")
    assert first.run.requests == run.run().requests
    end(keeper, run, 1)
    until(lambda: (s := read_run(writer.store(), run.id)) and s.run.responses[1].text)
    half = read_run(writer.store(), run.id)
    assert half is not None
    assert half.state == "running"
    end(keeper, run, 0)
    assert writer.flush(10)
    whole = read_run(writer.store(), run.id)
    assert whole is not None
    assert whole.state == "done"
    assert whole.run == run.run()
    assert queries.find(writer.store(), Filter(search="answer question")).total == 1


def test_many_runs_that_come_one_by_one_share_transactions(writer: Writer) -> None:
    keeper = Keeper(writer, Labels())
    keeper.began(live(0)).result(10)
    commits: list[Any] = []
    sa.event.listen(writer.store().engine, "commit", commits.append)
    begun = time.monotonic()
    written = []
    for number in range(1, 61):
        written.append(keeper.began(live(number)))
        time.sleep(0.002)
    for one in written:
        one.result(10)
    assert len(commits) <= (time.monotonic() - begun) / GROUP_SECONDS + 1
    assert len(queries.ids(writer.store(), Filter())) == 61


def test_lanes_that_end_while_others_stream_share_transactions(
    writer: Writer,
) -> None:
    run, keeper = live(lanes=9), Keeper(writer, Labels())
    keeper.began(run).result(10)
    commits: list[Any] = []
    sa.event.listen(writer.store().engine, "commit", commits.append)
    begun = time.monotonic()
    for lane in range(8):
        end(keeper, run, lane)
        time.sleep(1.5 * GROUP_SECONDS)
    assert len(commits) <= (time.monotonic() - begun) / FLUSH_SECONDS + 1
    end(keeper, run, 8)
    until(lambda: (s := read_run(writer.store(), run.id)) and s.state == "done")


def test_partial_texts_are_written_while_they_stream_and_go_when_the_lane_ends(
    writer: Writer,
) -> None:
    run, keeper = live(), Keeper(writer, Labels())
    keeper.began(run).result(10)
    expected = ""
    for word in ("one ", "two ", "three"):
        run.lanes[0].receive("text", word)
        expected += word
        until(functools.partial(_streamed, writer, run.id, expected))
    end(keeper, run)
    assert writer.flush(10)
    stored = read_run(writer.store(), run.id)
    assert stored is not None
    assert stored.run.responses[0].text == f"answer of {run.id}"


def _streamed(writer: Writer, run_id: str, expected: str) -> bool:
    stored = read_run(writer.store(), run_id)
    return stored is not None and stored.run.responses[0].text == expected


def test_the_cookie_that_names_an_owner_is_not_stored(where: URL, writer: Writer) -> None:
    run, keeper = live(), Keeper(writer, Labels())
    keeper.began(run).result(10)
    with reading(writer.store().engine) as connection:
        assert "cookie" not in str(connection.execute(sa.select(runs)).all())


def test_an_engine_keeps_its_runs(simulation: DemoServer) -> None:
    engine = Engine()
    endpoints = simulation.endpoints()
    requests = [Request.ask(ref, "What is a token?") for ref in (SOL, CLAUDE)]
    run = engine.start(requests, endpoints, owner="me", journal=history.keep())
    until(lambda: run.lanes[0].started_at)
    stored = read_run(history.get_store(), run.id)
    assert stored is not None
    assert stored.run.requests == tuple(requests)
    assert run.wait(60)
    kept_out = engine.start(requests[:1], endpoints, journal=None)
    assert kept_out.wait(60)
    engine.close()
    assert history.get_writer().flush(10)
    stored = read_run(history.get_store(), run.id)
    assert stored is not None
    assert stored.run == run.run()
    assert queries.ids(history.get_store(), Filter()) == [run.id]


def test_storing_can_be_switched_off_altogether(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PLAYGROUND_HISTORY", "off")
    assert history.keep() is None


def test_what_visitors_type_is_not_stored_unless_the_host_says_so(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("PLAYGROUND_HOSTED", "1")
    assert history.keep() is None
    monkeypatch.setenv("PLAYGROUND_HISTORY", "on")
    assert history.keep() is not None


def survives(writer: Writer, words: str) -> LiveRun:
    """A run goes on beside a broken history, is kept in memory, and the warning says what is wrong."""
    run, keeper = live(7), Keeper(writer, Labels())
    keeper.began(run).result(10)
    until(lambda: writer.problem)
    end(keeper, run)
    assert run.done
    assert writer.warning is not None
    assert words in writer.warning
    assert database.KEPT in writer.warning
    assert writer.unsaved() == [run.run()]
    assert keeper.began(live(8)).done()
    return run


def recovers(writer: Writer, run: LiveRun) -> None:
    """As soon as the history works again, everything is in it."""
    second = Keeper(writer, Labels())
    eight = next(kept.live for kept in writer._kept.values() if kept.live.id == "live-8")
    end(second, eight)
    until(lambda: writer.problem is None)
    assert writer.flush(10)
    stored = read_run(writer.store(), run.id)
    assert stored is not None
    assert stored.run == run.run()
    assert writer.unsaved() == []
    assert writer.warning is None


def test_a_full_disk(tmp_path: Path) -> None:
    writer = Writer(lambda: sqlite_url(tmp_path / "h.sqlite3"))
    Keeper(writer, Labels()).began(live(1)).result(10)
    with writer.store().engine.connect() as connection:
        driver: Any = connection.connection.driver_connection
        driver.execute("PRAGMA max_page_count = 1")
    run, keeper = live(7), Keeper(writer, Labels())
    big = small_run(1, text=" ".join(str(i * 7919) for i in range(200_000)))
    keeper.began(run).result(10)
    run.lanes[0].end(big.responses[0])
    keeper.lane_ended(run, run.lanes[0])
    until(lambda: writer.problem)
    assert "full" in str(writer.problem)
    assert run.run() in writer.unsaved()
    driver.execute("PRAGMA max_page_count = 1000000")
    until(lambda: writer.problem is None)
    until(lambda: (s := read_run(writer.store(), run.id)) and s.state == "done")
    writer.close(1)


def test_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    writer = Writer(lambda: sqlite_url(tmp_path / "file" / "h.sqlite3"))
    run = survives(writer, "folder")
    (tmp_path / "file").unlink()
    recovers(writer, run)
    writer.close(1)


def test_a_locked_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "h.sqlite3"
    Store(sqlite_url(path)).close()
    monkeypatch.setattr(database, "SQLITE_PRAGMAS", ("busy_timeout = 300", *SQLITE_PRAGMAS[1:]))
    writer = Writer(lambda: sqlite_url(path))
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    run = survives(writer, "locked")
    other.execute("ROLLBACK")
    other.close()
    recovers(writer, run)
    writer.close(1)


def test_a_file_that_is_no_database(tmp_path: Path) -> None:
    path = tmp_path / "h.sqlite3"
    path.write_bytes(b"something else entirely " * 100)
    writer = Writer(lambda: sqlite_url(path))
    run = survives(writer, "damaged")
    path.unlink()
    recovers(writer, run)
    writer.close(1)


READ_ONLY = """
import os, sys
import alembic.command
from playground import pricing, tokens
from tests.history.test_journal import live, survives
from playground.history.journal import Writer
from playground.store.database import sqlite_url
from concurrent.futures import Future
from pathlib import Path
if os.geteuid() == 0:
    os.setegid(65534); os.seteuid(65534)
survives(Writer(lambda: sqlite_url(Path(sys.argv[1]))), "PLAYGROUND_DATA_DIR")
print("survived")
os._exit(0)
"""


@pytest.mark.parametrize("there", [True, False])
def test_a_read_only_folder(there: bool) -> None:
    folder = Path(tempfile.mkdtemp(prefix="playground-read-only-"))
    path = folder / "h.sqlite3"
    if there:
        Store(sqlite_url(path)).close()
        path.chmod(0o444)
    folder.chmod(0o555)
    command = [sys.executable, "-c", READ_ONLY, str(path)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    folder.chmod(0o755)
    shutil.rmtree(folder)
    assert "survived" in done.stdout, done.stderr


def test_an_unreachable_postgresql() -> None:
    writer = Writer(lambda: make_url("postgresql+psycopg://user:pw-canary@127.0.0.1:9/history"))
    survives(writer, "PostgreSQL can't be reached")
    assert "canary" not in str(writer.warning)
    writer.close(0.1)


def test_a_page_does_not_wait_for_a_history_that_has_just_failed() -> None:
    tries: list[float] = []

    def unreachable() -> URL:
        tries.append(time.monotonic())
        raise HistoryError("PostgreSQL can't be reached")

    writer = Writer(unreachable)
    for _ in range(3):
        with pytest.raises(HistoryError, match="can't be reached"):
            writer.store()
    assert len(tries) == 1
    writer.close(0.1)


def test_a_postgresql_that_goes_away_and_comes_back(where: URL) -> None:
    if where.get_backend_name() != "postgresql":
        pytest.skip("only PostgreSQL can go away")
    writer = Writer(lambda: where)
    Keeper(writer, Labels()).began(live(1)).result(10)
    admin = sa.create_engine(where.set(database="postgres"), isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(sa.text(f"ALTER DATABASE {where.database} ALLOW_CONNECTIONS false"))
        connection.execute(
            sa.text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = :name"),
            {"name": where.database},
        )
        run, keeper = live(7), Keeper(writer, Labels())
        keeper.began(run).result(10)
        end(keeper, run)
        until(lambda: writer.problem)
        assert run.run() in writer.unsaved()
        connection.execute(sa.text(f"ALTER DATABASE {where.database} ALLOW_CONNECTIONS true"))
    admin.dispose()
    until(lambda: writer.problem is None)
    until(lambda: (s := read_run(writer.store(), run.id)) and s.state == "done")
    writer.close(1)


def test_a_run_that_the_database_refuses_holds_up_no_other(
    writer: Writer, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = live(1)
    object.__setattr__(first.lanes[0].request.messages[0].parts[0], "text", object())
    keeper = Keeper(writer, Labels())
    keeper.began(first).result(10)
    second = live(2)
    keeper.began(second).result(10)
    end(keeper, second)
    until(lambda: (s := read_run(writer.store(), second.id)) and s.state == "done")
    assert [run.id for run in writer.unsaved()] == [first.id]
    assert writer.warning is not None


def test_a_journal_that_fails_can_not_fail_a_run(simulation: DemoServer) -> None:
    class Broken:
        def began(self, run: LiveRun) -> Future[None]:
            raise OSError("no")

        def lane_ended(self, run: LiveRun, lane: Any) -> None:
            raise OSError("no")

    engine = Engine()
    run = engine.start([Request.ask(SOL, "hello")], simulation.endpoints(), journal=Broken())
    assert run.wait(60)
    engine.close()
    assert isinstance(run.run(), Run)
    assert run.run().responses[0].ok
