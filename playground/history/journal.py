"""Writes runs down while they happen: on a thread of its own, so that neither a slow disk nor a broken one is ever felt."""

from __future__ import annotations

import atexit
import functools
import logging
import threading
import time
from collections import OrderedDict, deque
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any

from sqlalchemy.engine import URL

from playground import settings
from playground.domain import Run
from playground.engine import Lane, LiveRun
from playground.history.charges import note
from playground.history.kept import Kept, News, mark, news, write
from playground.history.labels import Labels
from playground.history.rows import charge
from playground.history.writing import still_here
from playground.store import database
from playground.store.database import HistoryError, exists, writing
from playground.store.packing import NOTHING_SECRET
from playground.store.store import Store
from playground.wire import Redactor

LOG = logging.getLogger("playground")

FLUSH_SECONDS = 0.5
"""How often the text that has streamed is written, and with it the lanes that have ended: what a kill can cost."""
GROUP_SECONDS = 0.02
"""Between two transactions: where many runs begin and end, several share one. A run that comes alone waits for none."""
HEARTBEAT_SECONDS = 10.0
RETRY_SECONDS = 1.0
"""Between two tries while the history can't be written."""
AGAIN_SECONDS = 5.0
"""How long a failure to open the history holds for everyone but the writer's thread."""
KEPT_UNSAVED = 1_000
"""Runs kept in memory while the history can't be written; the oldest is dropped first, and that is said."""


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
        self._charges: deque[dict[str, Any]] = deque()
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

    def begin(
        self, live: LiveRun, labels: Labels, redactor: Redactor = NOTHING_SECRET
    ) -> Future[None]:
        """Write a run down; done when it is written, or at once when that is not possible just now."""
        lanes = len(live.lanes)
        kept = Kept(live, labels, redactor, left=lanes, deltas=[0] * lanes, pieces=[0] * lanes)
        with self._lock:
            self._idle.clear()
            self._kept[live.id] = kept
            self._drop_oldest()
        if self.problem is not None:
            kept.let_go()
        self._wake.set()
        return kept.written

    def end(self, live: LiveRun, lane: Lane) -> None:
        """Note that a lane has ended; the thread does the rest, at once after a run's last one.

        Before that with the text that streams: each transaction keeps lanes that are being timed from the processor for
        some milliseconds, and where many end one after the other there was one every 20 ms (benchmarks/in_use.py).
        """
        with self._lock:
            kept = self._kept.get(live.id)
            if kept is not None:
                kept.ended.append(lane.index)
        if live.done:
            self._wake.set()

    def charge(self, row: dict[str, Any]) -> None:
        """Note what a lane cost whose run is not kept; the thread does the rest."""
        with self._lock:
            self._idle.clear()
            self._charges.append(row)
        self._wake.set()

    def store(self, *, again: bool = False) -> Store:
        """The open database; HistoryError when it can't be opened.

        A page does not wait for what has just failed: only the writer's thread, with `again`, keeps trying.
        """
        opened = self._open(again=again, make=True)
        assert opened is not None  # noqa: S101 - it was to be made
        return opened

    def found(self, *, again: bool = False) -> Store | None:
        """The same; None where the history is switched off and there is no database, which is then not made."""
        return self._open(again=again, make=settings.keeps_history())

    def _open(self, *, again: bool, make: bool) -> Store | None:
        if self._store is not None:
            return self._store
        recent = time.monotonic() - self._failed_at < AGAIN_SECONDS
        if self._failure is not None and not again and (recent or self._opening.locked()):
            raise self._failure
        with self._opening:
            try:
                where = self._where()
                if make or exists(where):
                    self._store = self._store or Store(where)
            except HistoryError as error:
                self._failure, self._failed_at = error, time.monotonic()
                raise
            self._failure = None
            return self._store

    def unsaved(self, owner: str | None = None) -> list[Run]:
        """Runs, or one owner's, that are in memory only because the history can't be written."""
        with self._lock:
            waiting = [*self._refused, *(self._kept.values() if self.problem else ())]
        return [kept.live.run() for kept in waiting if owner in (None, kept.live.owner)]

    @property
    def warning(self) -> str | None:
        """What people should know: why runs are in memory only; None when all are kept."""
        if self.problem is None and not self._refused:
            return None
        lost = f" {self.dropped} of them found no room there and are gone." if self.dropped else ""
        return (self.problem or "Some runs could not be written down.") + f" {database.KEPT}{lost}"

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

    def _work(self) -> None:
        wrote = 0.0
        while not self._closing:
            under_way = bool(self._kept or self._charges)
            self._wake.wait(FLUSH_SECONDS if under_way else None)
            time.sleep(max(0.0, wrote + GROUP_SECONDS - time.monotonic()))
            self._wake.clear()
            try:
                self._write()
                self.problem, wrote = None, time.monotonic()
            except HistoryError as error:
                if str(error) != self.problem:
                    LOG.warning("%s", error)
                self.problem = str(error)
                self._let_go()
                time.sleep(0 if self._closing else RETRY_SECONDS)

    def _write(self) -> None:
        """Everything new; a run that the database refuses for what is in it is set apart, so that it holds up no other."""
        with self._lock:
            waiting, charges = list(self._kept.values()), list(self._charges)
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
        self._write_charges(charges)
        self._rest()

    def _write_charges(self, charges: list[dict[str, Any]]) -> None:
        """Amounts of runs that are not kept; where there is no database there is no limit either, and none is made."""
        if not charges:
            return
        store = self.found(again=True)
        try:
            if store is not None:
                with writing(store.engine) as connection:
                    note(store, charges, connection)
        except HistoryError as error:
            if not error.of_data:
                raise
            LOG.exception("Amounts could not be written: the budgets count too little.")
        for _ in charges:
            self._charges.popleft()

    def _rest(self) -> None:
        with self._lock:
            if not self._kept and not self._charges:
                self._idle.set()

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
                kept.let_go()

    def _write_all(self, waiting: list[Kept]) -> None:
        """What is new of these runs, in one transaction."""
        now = time.monotonic()
        found = [new for new in map(news, waiting) if not new.nothing]
        beats = [kept.live.id for kept in waiting] if now - self._beat > HEARTBEAT_SECONDS else []
        if not found and not beats:
            return
        store = self.store(again=True)
        with writing(store.engine) as connection:
            write(store, found, connection)
            if beats:
                still_here(beats, connection)
        for new in found:
            self._written(new)
        if beats:
            self._beat = now

    def _written(self, new: News) -> None:
        kept = new.kept
        mark(new)
        if kept.left == 0:
            with self._lock:
                self._kept.pop(kept.live.id, None)

    def _let_go(self) -> None:
        """Nobody waits for a history that can't be written."""
        with self._lock:
            for kept in self._kept.values():
                kept.let_go()

    def _drop_oldest(self) -> None:
        for run_id, kept in list(self._kept.items())[: max(0, len(self._kept) - KEPT_UNSAVED)]:
            if kept.live.done:
                del self._kept[run_id]
                self.dropped += 1


_registry = threading.Lock()


@dataclass(frozen=True, slots=True)
class Keeper:
    """The engine's journal for one run: the writer, and the labels that the run gets."""

    writer: Writer
    labels: Labels
    redactor: Redactor = NOTHING_SECRET

    def began(self, run: LiveRun) -> Future[None]:
        return self.writer.begin(run, self.labels, self.redactor)

    def lane_ended(self, run: LiveRun, lane: Lane) -> None:
        self.writer.end(run, lane)


@dataclass(frozen=True, slots=True)
class Charger:
    """The engine's journal for a run that is not kept: what its lanes cost is noted, and nothing else."""

    writer: Writer
    labels: Labels
    redactor: Redactor = NOTHING_SECRET

    def began(self, run: LiveRun) -> Future[None]:
        """Nothing is spent yet."""
        done: Future[None] = Future()
        done.set_result(None)
        return done

    def lane_ended(self, run: LiveRun, lane: Lane) -> None:
        if row := charge(run, lane, self.labels, self.redactor):
            self.writer.charge(row)


_writers: dict[str, Writer] = {}


def get_writer() -> Writer:
    """This process's writer for the database that the settings name, started at first use."""
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
