"""Writes runs down while they happen: on a thread of its own, so that neither a slow disk nor a broken one is ever felt."""

from __future__ import annotations

import atexit
import functools
import logging
import threading
import time
from collections import OrderedDict, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy.engine import URL, Connection

from playground.domain import Run
from playground.engine import Lane, LiveRun
from playground.engine.live import SHOWN
from playground.history.interrupted import writer_name
from playground.history.labels import Labels
from playground.history.rows import Beginning, Ending, begun, ended, searched
from playground.history.writing import add_pieces, begin, end, settle, still_here
from playground.store import database
from playground.store.database import HistoryError, writing
from playground.store.packing import NOTHING_SECRET, storable
from playground.store.store import Store
from playground.wire import Redactor

LOG = logging.getLogger("playground")

FLUSH_SECONDS = 0.5
"""How often the text that has streamed is written: what a kill can cost."""
HEARTBEAT_SECONDS = 10.0
BEGIN_PATIENCE = 3.0
"""Seconds that a run waits for being written down before its first request leaves."""
RETRY_SECONDS = 1.0
"""Between two tries while the history can't be written."""
AGAIN_SECONDS = 5.0
"""How long a failure to open the history holds for everyone but the writer's thread."""
KEPT_UNSAVED = 1_000
"""Runs kept in memory while the history can't be written; the oldest is dropped first, and that is said."""


@dataclass(eq=False, slots=True)
class Kept:
    """One run under way and how much of it is in the database."""

    live: LiveRun
    labels: Labels
    redactor: Redactor = NOTHING_SECRET
    """Masks this person's keys, should they stand in a prompt or an answer."""
    began: bool = False
    """It is in the database."""
    written: threading.Event = field(default_factory=threading.Event)
    ended: deque[int] = field(default_factory=deque)
    """Lanes that have ended and are not yet in the database."""
    left: int = 0
    """Lanes that are not yet in the database."""
    deltas: list[int] = field(default_factory=list)
    """Deltas of each lane that are in the database."""
    pieces: list[int] = field(default_factory=list)
    made: dict[int | None, Beginning | Ending] = field(default_factory=dict)
    """Rows that are made and not yet written: None = the beginning, otherwise a lane's end."""


class Writer:
    """The one writer of a process: takes runs from any thread, never raises, never loses one silently."""

    def __init__(self, where: Callable[[], URL] = database.url) -> None:
        self._where = where
        self._lock = threading.Lock()
        self._wake = threading.Event()
        self._idle = threading.Event()
        self._idle.set()
        self._kept: OrderedDict[str, Kept] = OrderedDict()
        self._refused: deque[Kept] = deque(maxlen=KEPT_UNSAVED)
        self._store: Store | None = None
        self._opening = threading.Lock()
        self._failure: HistoryError | None = None
        self._failed_at = 0.0
        self._closing = False
        self._beat = 0.0
        self.problem: str | None = None
        """Why the history can't be written just now; None when all is well."""
        self.dropped = 0
        """Unsaved runs that memory had no room for."""
        self._thread = threading.Thread(target=self._work, name="history", daemon=True)
        self._thread.start()

    # Any thread ----------------------------------------------------------------------------------

    def begin(self, live: LiveRun, labels: Labels, redactor: Redactor = NOTHING_SECRET) -> None:
        """Write a run down; returns once it is written, or after a short while when that is not possible."""
        lanes = len(live.lanes)
        kept = Kept(live, labels, redactor, left=lanes, deltas=[0] * lanes, pieces=[0] * lanes)
        with self._lock:
            self._idle.clear()
            self._kept[live.id] = kept
            self._drop_oldest()
        broken = self.problem is not None
        self._wake.set()
        if not broken:
            kept.written.wait(BEGIN_PATIENCE)

    def end(self, live: LiveRun, lane: Lane) -> None:
        """Note that a lane has ended; the thread does the rest."""
        with self._lock:
            kept = self._kept.get(live.id)
            if kept is not None:
                kept.ended.append(lane.index)
        self._wake.set()

    def store(self, *, again: bool = False) -> Store:
        """The open database; HistoryError when it can't be opened.

        A page does not wait for what has just failed: only the writer's thread, with `again`, keeps trying.
        """
        if self._store is not None:
            return self._store
        recent = time.monotonic() - self._failed_at < AGAIN_SECONDS
        if self._failure is not None and not again and (recent or self._opening.locked()):
            raise self._failure
        with self._opening:
            try:
                self._store = self._store or Store(self._where())
            except HistoryError as error:
                self._failure, self._failed_at = error, time.monotonic()
                raise
            self._failure = None
            return self._store

    def unsaved(self) -> list[Run]:
        """Runs that are in memory only because the history can't be written."""
        with self._lock:
            waiting = [*self._refused, *(self._kept.values() if self.problem else ())]
        return [kept.live.run() for kept in waiting]

    @property
    def warning(self) -> str | None:
        """What people should know: why runs are in memory only; None when all are kept."""
        if self.problem is None and not self._refused:
            return None
        lost = f" {self.dropped} of them found no room there and are gone." if self.dropped else ""
        return (self.problem or "Some runs could not be written down.") + f" {database.KEPT}{lost}"

    def labels_of(self, run_id: str) -> Labels | None:
        """The labels of a run that is not all written yet."""
        kept = self._kept.get(run_id)
        return kept.labels if kept else None

    def flush(self, timeout: float | None = None) -> bool:
        """Wait until everything is written; False when `timeout` seconds passed first or the history is broken."""
        self._wake.set()
        end = None if timeout is None else time.monotonic() + timeout
        while not self._idle.wait(0.05):
            if self.problem is not None or (end is not None and time.monotonic() > end):
                return False
        return True

    def close(self, timeout: float = 5.0) -> bool:
        """Write what is left and end the thread; False when something could not be written."""
        saved = self.flush(timeout)
        self._closing = True
        self._wake.set()
        self._thread.join(timeout)
        if self._store is not None:
            self._store.close()
        return saved

    # The writer's thread -------------------------------------------------------------------------

    def _work(self) -> None:
        while not self._closing:
            under_way = bool(self._kept)
            self._wake.wait(FLUSH_SECONDS if under_way else None)
            self._wake.clear()
            try:
                self._write()
                self.problem = None
            except HistoryError as error:
                if str(error) != self.problem:
                    LOG.warning("%s", error)
                self.problem = str(error)
                self._let_go()
                time.sleep(0 if self._closing else RETRY_SECONDS)

    def _write(self) -> None:
        """Everything new; a run that the database refuses for what is in it is set apart, so that it holds up no other."""
        with self._lock:
            waiting = list(self._kept.values())
            if not waiting:
                self._idle.set()
                return
        try:
            self._write_all(waiting)
        except HistoryError as error:
            if not error.of_data:
                raise
            for kept in waiting:
                self._write_alone(kept)
        except Exception:
            LOG.exception("Runs could not be made into rows.")
            for kept in waiting:
                self._write_alone(kept)

    def _write_alone(self, kept: Kept) -> None:
        try:
            self._write_all([kept])
        except Exception as error:
            if isinstance(error, HistoryError) and not error.of_data:
                raise
            LOG.exception("A run could not be written; it stays in memory.")
            with self._lock:
                self._kept.pop(kept.live.id, None)
                self._refused.append(kept)
                kept.written.set()

    def _write_all(self, waiting: list[Kept]) -> None:
        """What is new of these runs, in one transaction."""
        now = time.monotonic()
        ends = {id(kept): list(kept.ended) for kept in waiting}
        for kept in waiting:
            self._make_rows(kept, ends[id(kept)])
        partial = {id(kept): _new_pieces(kept, ends[id(kept)]) for kept in waiting}
        beats = [kept.live.id for kept in waiting] if now - self._beat > HEARTBEAT_SECONDS else []
        if self._nothing_new(waiting, ends, partial, beats):
            return
        store = self.store(again=True)
        with writing(store.engine) as connection:
            for kept in waiting:
                _write_one(store, kept, ends[id(kept)], partial[id(kept)], connection)
            if beats:
                still_here(beats, connection)
        for kept in waiting:
            self._written(kept, ends[id(kept)], partial[id(kept)])
        if beats:
            self._beat = now

    @staticmethod
    def _nothing_new(waiting: list[Kept], ends: Any, partial: Any, beats: list[str]) -> bool:
        began = all(kept.began for kept in waiting)
        return began and not beats and not any(ends.values()) and not any(partial.values())

    def _make_rows(self, kept: Kept, ends: list[int]) -> None:
        """Turn nouns into rows before any lock is taken; what can't be turned is said and left out."""
        if not kept.began and None not in kept.made:
            run = kept.live.run()
            kept.made[None] = begun(
                run,
                kept.labels,
                owner=kept.live.owner,
                writer=writer_name(),
                simulations=kept.live.simulations,
                redactor=kept.redactor,
                context=kept.live.context,
            )
        for index in ends:
            lane = kept.live.lanes[index]
            if index not in kept.made and lane.response is not None:
                kept.made[index] = ended(
                    kept.live.id, index, lane.response, lane.request, kept.redactor
                )

    def _written(self, kept: Kept, ends: list[int], rows: list[dict[str, Any]]) -> None:
        kept.began = True
        kept.made.pop(None, None)
        for row in rows:
            kept.deltas[row["lane"]] = row.pop("until", kept.deltas[row["lane"]])
            kept.pieces[row["lane"]] = row["piece"] + 1
        for index in ends:
            kept.made.pop(index, None)
            kept.ended.remove(index)
            kept.left -= 1
        kept.written.set()
        if kept.left == 0:
            with self._lock:
                self._kept.pop(kept.live.id, None)
                if not self._kept:
                    self._idle.set()

    def _let_go(self) -> None:
        """Nobody waits for a history that can't be written."""
        with self._lock:
            for kept in self._kept.values():
                kept.written.set()

    def _drop_oldest(self) -> None:
        for run_id, kept in list(self._kept.items())[: max(0, len(self._kept) - KEPT_UNSAVED)]:
            if kept.live.done:
                del self._kept[run_id]
                self.dropped += 1


def _new_pieces(kept: Kept, ends: list[int]) -> list[dict[str, Any]]:
    """What has streamed since the last time, of lanes still under way."""
    rows = []
    for lane in kept.live.lanes:
        if lane.response is not None or lane.index in ends:
            continue
        known = kept.deltas[lane.index]
        fresh = lane.deltas[known:]
        texts: dict[str, list[str]] = {}
        for kind, text in fresh:
            if SHOWN.get(kind):
                texts.setdefault(kind, []).append(text)
        for number, (kind, parts) in enumerate(texts.items()):
            piece = kept.pieces[lane.index] + number
            text = storable(kept.redactor.text("".join(parts)))
            rows.append(
                {
                    "lane": lane.index,
                    "piece": piece,
                    "kind": kind,
                    "text": text,
                    "until": known + len(fresh),
                }
            )
    return rows


def _write_one(
    store: Store, kept: Kept, ends: list[int], rows: list[dict[str, Any]], connection: Connection
) -> None:
    run_id = kept.live.id
    beginning = kept.made.get(None)
    if isinstance(beginning, Beginning):
        begin(store, beginning, connection)
    add_pieces(
        store, run_id, [{k: v for k, v in row.items() if k != "until"} for row in rows], connection
    )
    seq = None
    for index in ends:
        ending = kept.made.get(index)
        if isinstance(ending, Ending):
            seq = end(store, ending, connection)
    if seq is not None:
        last = kept.left == len(ends)
        text = kept.redactor.text(searched(kept.live.run(), kept.labels)) if last else None
        settle(seq, connection, text)


_registry = threading.Lock()


@dataclass(frozen=True, slots=True)
class Keeper:
    """The engine's journal for one run: the writer, and the labels that the run gets."""

    writer: Writer
    labels: Labels
    redactor: Redactor = NOTHING_SECRET

    def began(self, run: LiveRun) -> None:
        self.writer.begin(run, self.labels, self.redactor)

    def lane_ended(self, run: LiveRun, lane: Lane) -> None:
        self.writer.end(run, lane)


_writers: dict[str, Writer] = {}


def get_writer() -> Writer:
    """This process's writer for the database that the settings name, started at first use."""
    from playground import settings

    where = settings.database_url() or str(settings.data_dir())
    with _registry:
        if where not in _writers:
            _writers[where] = Writer(_frozen())
        return _writers[where]


@atexit.register
def close_writers() -> None:
    """Write what is left and let go of every database; the next use opens it again."""
    with _registry:
        found = list(_writers.values())
        _writers.clear()
    for writer in found:
        writer.close(2.0)


def _frozen() -> Callable[[], URL]:
    """The address as it is now: a writer never moves to another database."""
    try:
        found = database.url()
    except HistoryError:
        return database.url
    return functools.partial(_same, found)


def _same(found: URL) -> URL:
    return found
