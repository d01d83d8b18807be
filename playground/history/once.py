"""The history of a process that asks once and ends: plain SQL on SQLite's own module, for SQLAlchemy takes longer than the answer.

It writes the same rows into the same tables, in an ordinary file as this version makes it and where no limit is set. Whatever
else there is (PostgreSQL, an old file or none, limits, a full disk, a lock that is held) is the writer's, who knows what to do.
"""

from __future__ import annotations

import json
import sqlite3
import threading
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from playground import settings
from playground.domain import ModelRef, Secret
from playground.engine import Lane, LiveRun
from playground.history.kept import Kept, News, charges_of, mark, news, text_of
from playground.history.labels import Labels
from playground.history.rows import Beginning, Ending, charge
from playground.store.file import FILE, HEAD, SQLITE_PRAGMAS
from playground.store.words import spelled
from playground.wire import Redactor

if TYPE_CHECKING:
    from playground.history.journal import Writer

FLUSH_SECONDS = 0.5
"""How often the text that has streamed is written: what a kill can cost."""
HEARTBEAT_SECONDS = 10.0
LOCK_MS = 1_000
"""How long another process's write is waited for, before the writer does the waiting."""

SETTLE = """
UPDATE runs SET
 cost = (SELECT sum(cost) FROM lanes WHERE run_seq = :here),
 failed = (SELECT count(failure) FROM lanes WHERE run_seq = :here),
 unpriced = (SELECT count(*) FROM lanes WHERE run_seq = :here AND state != 'running' AND cost IS NULL
  AND (failure IS NULL OR failure IN ('cancelled', 'over_budget', 'interrupted', 'stream_truncated'))),
 state = CASE WHEN :open THEN state ELSE 'done' END,
 writer = CASE WHEN :open THEN writer END,
 heartbeat = CASE WHEN :open THEN heartbeat END
WHERE seq = :here"""
"""What writing.settle does, here for one run."""
ONCE = "ON CONFLICT DO NOTHING"
"""A row that is there already stays as it is."""
LENGTHS = """
SELECT output_tokens FROM lanes WHERE provider = ? AND model = ? AND state = 'done' AND NOT simulated
 AND output_tokens IS NOT NULL ORDER BY run_seq DESC LIMIT ?"""
"""What typical.output_tokens asks."""


def opened() -> Once | None:
    """The history for this process; None where it takes more than this module knows."""
    file = settings.data_dir() / FILE
    if settings.database_url() or settings.hosted() or not file.is_file():
        return None
    once = Once(file)
    try:
        with closing(once.connect()) as connection:
            (version,) = connection.execute("SELECT version_num FROM alembic_version").fetchone()
            limited = connection.execute("SELECT 1 FROM limits LIMIT 1").fetchone()
    except Exception:  # whatever it is: the writer meets it too, and says it
        return None
    return None if version != HEAD or limited else once


@dataclass(eq=False, slots=True)
class Once:
    """One file, and the threads that write into it."""

    file: Path
    threads: list[threading.Thread] = field(default_factory=list)

    def connect(self) -> sqlite3.Connection:
        """A connection that begins its transactions by hand; sqlite3.Error when there is none."""
        connection = sqlite3.connect(f"{self.file.absolute().as_uri()}?mode=rw", uri=True)
        connection.isolation_level = None
        for pragma in SQLITE_PRAGMAS:
            connection.execute(f"PRAGMA {pragma}")
        connection.execute(f"PRAGMA busy_timeout = {LOCK_MS}")
        return connection

    def journal(self, labels: Labels, secrets: Iterable[Secret | None], *, keep: bool) -> Journal:
        """Who writes a run down, or without `keep` only what it costs."""
        return Journal(self, labels, Redactor(secrets), keep)

    def usual(self, model: ModelRef) -> int | None:
        """Output tokens of this model's usual answer by one's own history; None where that says nothing."""
        from playground.history.usual import LATEST, middle

        try:
            with closing(self.connect()) as connection:
                asked = (model.provider, model.model, LATEST)
                return middle([length for (length,) in connection.execute(LENGTHS, asked)])
        except sqlite3.Error:
            return None

    def finish(self, timeout: float) -> None:
        """Wait until everything is written, or is the writer's to write."""
        end = time.monotonic() + timeout
        for thread in self.threads:
            thread.join(max(0.0, end - time.monotonic()))


@dataclass(eq=False, slots=True)
class Journal:
    """The engine's journal of one run."""

    once: Once
    labels: Labels
    redactor: Redactor
    keep: bool
    _ended: list[Lane] = field(default_factory=list)
    _wake: threading.Event = field(default_factory=threading.Event)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _kept: Kept | None = None
    _writer: Writer | None = None
    """Who writes instead, when this can't."""

    def began(self, run: LiveRun) -> Future[None]:
        lanes = len(run.lanes)
        kept = Kept(
            run, self.labels, self.redactor, left=lanes, deltas=[0] * lanes, pieces=[0] * lanes
        )
        self._kept = kept
        if not self.keep:
            kept.let_go()  # nothing is spent yet
        thread = threading.Thread(target=self._work, args=(kept,), name="history", daemon=True)
        self.once.threads.append(thread)
        thread.start()
        return kept.written

    def lane_ended(self, run: LiveRun, lane: Lane) -> None:
        with self._lock:
            self._ended.append(lane)
            if self._kept is not None:
                self._kept.ended.append(lane.index)
            if self._writer is not None:
                self._hand_over(self._writer, run, lane)
        if run.done or not self.keep:  # as Writer.end
            self._wake.set()

    def _work(self, kept: Kept) -> None:
        try:
            with closing(self.once.connect()) as connection:
                (self._write if self.keep else self._note)(kept, connection)
        except Exception:  # what went wrong meets the writer too, who says it and goes on trying
            self._give_up(kept)

    def _write(self, kept: Kept, connection: sqlite3.Connection) -> None:
        beat = time.monotonic()
        while kept.left:
            self._wake.clear()
            new = news(kept)
            late = time.monotonic() - beat > HEARTBEAT_SECONDS
            if late or not new.nothing:
                with transaction(connection):
                    if late:
                        still_here(kept.live.id, connection)
                        beat = time.monotonic()
                    write(new, connection)
                mark(new)
            if kept.left:
                self._wake.wait(FLUSH_SECONDS)

    def _note(self, kept: Kept, connection: sqlite3.Connection) -> None:
        """What the lanes cost, when all have ended: as it comes, and at the latest at the end of the process."""
        done = 0
        while done < kept.left:
            self._wake.wait()
            self._wake.clear()
            new = self._ended[done:]
            rows = [charge(kept.live, lane, self.labels, self.redactor) for lane in new]
            with transaction(connection):
                put(connection, "ledger", [row for row in rows if row], ONCE)
            done += len(new)

    def _give_up(self, kept: Kept) -> None:
        from playground.history.journal import get_writer

        writer = get_writer()
        with self._lock:
            self._writer = writer
            if self.keep:
                writer.begin(kept.live, self.labels, self.redactor).add_done_callback(
                    lambda _: kept.let_go()
                )
            for lane in self._ended:
                self._hand_over(writer, kept.live, lane)

    def _hand_over(self, writer: Writer, run: LiveRun, lane: Lane) -> None:
        if self.keep:
            writer.end(run, lane)
        elif row := charge(run, lane, self.labels, self.redactor):
            writer.charge(row)


@contextmanager
def transaction(connection: sqlite3.Connection) -> Iterator[None]:
    """All or nothing; SQLite takes its lock at once, so that nothing fails half-way."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
    except BaseException:
        connection.execute("ROLLBACK")
        raise
    connection.execute("COMMIT")


def write(new: News, connection: sqlite3.Connection) -> None:
    """What is new of a run, in the caller's transaction; `kept.write` does the same for many."""
    kept = new.kept
    beginning = kept.made.get(None)
    if isinstance(beginning, Beginning):
        begin(beginning, connection)
    found = connection.execute("SELECT seq FROM runs WHERE id = ?", (kept.live.id,)).fetchone()
    if found is None:  # deleted while it was under way, and still to be paid
        put(connection, "ledger", charges_of(new), ONCE)
        return
    (seq,) = found
    pieces = [
        {"run_seq": seq, **{k: v for k, v in row.items() if k != "until"}} for row in new.pieces
    ]
    put(connection, "pieces", pieces, ONCE)
    for index in new.ends:
        if isinstance(ending := kept.made.get(index), Ending):
            end(seq, ending, connection)
    if new.ends:
        settle(seq, text_of(new), connection)


def begin(beginning: Beginning, connection: sqlite3.Connection) -> None:
    """Write a run down; one that is there already stays as it is."""
    context = beginning.run["context"]
    run = {**beginning.run, "context": None if context is None else json.dumps(context)}
    if not put(connection, "runs", [run], ONCE):
        return
    (seq,) = connection.execute("SELECT seq FROM runs WHERE id = ?", (run["id"],)).fetchone()
    tags = [{"tag": tag} for tag in beginning.tags]
    for table, rows in (
        ("lanes", beginning.lanes),
        ("bodies", beginning.bodies),
        ("files", beginning.files),
        ("run_tags", tags),
    ):
        put(connection, table, [{"run_seq": seq, **row} for row in rows])
    put(connection, "texts", [{"seq": seq, "body": spelled(beginning.text)}])


def end(seq: int, ending: Ending, connection: sqlite3.Connection) -> None:
    """Write a lane's response."""
    place = {"run_seq": seq, "lane": ending.lane}
    figures = ", ".join(f"{name} = :{name}" for name in ending.figures)
    where = "WHERE run_seq = :run_seq AND lane = :lane"
    connection.execute(f"UPDATE lanes SET {figures} {where}", {**ending.figures, **place})  # noqa: S608 - our columns
    connection.execute(
        f"UPDATE bodies SET response = :body {where}",  # noqa: S608
        {"body": ending.body, **place},
    )
    connection.execute(f"DELETE FROM pieces {where}", place)  # noqa: S608
    files = [{"run_seq": seq, "digest": d, "data": data} for d, data in ending.files.items()]
    put(connection, "files", files, ONCE)


def settle(seq: int, text: str | None, connection: sqlite3.Connection) -> None:
    """Sum up a run after lanes of it have ended; `text` is what the search finds, once all have."""
    under_way = "SELECT EXISTS (SELECT 1 FROM lanes WHERE run_seq = ? AND state = 'running')"
    (is_open,) = connection.execute(under_way, (seq,)).fetchone()
    connection.execute(SETTLE, {"here": seq, "open": is_open})
    if text is not None:
        connection.execute("UPDATE texts SET body = ? WHERE seq = ?", (spelled(text), seq))


def still_here(run_id: str, connection: sqlite3.Connection) -> None:
    """Say that this process is alive."""
    connection.execute("UPDATE runs SET heartbeat = ? WHERE id = ?", (time.time(), run_id))


def put(
    connection: sqlite3.Connection,
    table: str,
    rows: Sequence[Mapping[str, Any]],
    conflict: str = "",
) -> int:
    """Rows into a table, each a dict of its columns; how many went in."""
    if not rows:
        return 0
    names = list(rows[0])
    values = ", ".join(f":{name}" for name in names)
    made = connection.executemany(
        f"INSERT INTO {table} ({', '.join(names)}) VALUES ({values}) {conflict}",  # noqa: S608 - our columns
        rows,
    )
    return made.rowcount
