"""Writes cells down while they are asked, on threads of its own: each before it leaves, and what came of it."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from queue import SimpleQueue
from typing import Any

from playground.domain import Response
from playground.experiments import kept
from playground.experiments.verdict import Verdict
from playground.store.database import HistoryError, writing
from playground.store.store import Store

LOG = logging.getLogger("playground")

GROUP_SECONDS = 0.1
"""How long a result waits for others; what is to be sent waits for none."""
Judge = Callable[[int, Response], Verdict | None]
"""Cell and response → verdict; None where nothing is checked."""


class Notebook:
    """One experiment's rows while it runs. Takes from any thread, never raises."""

    def __init__(self, store: Store, seq: int, judge: Judge, *, slow: bool = False) -> None:
        self._store, self._seq, self._judge = store, seq, judge
        self._slow = slow
        """A verdict takes long (a model judges): the answer is written down before it."""
        self._lock = threading.Lock()
        self._wake = threading.Event()
        self._urgent = threading.Event()
        self._claims: list[tuple[Sequence[int], Future[None]]] = []
        self._results: dict[int, dict[str, Any]] = {}
        self._ended: SimpleQueue[tuple[int, Response | None, dict[str, Any]] | None] = SimpleQueue()
        self._closing = False
        self.problem: str | None = None
        """Why it can't be written just now; None when all is well."""
        self._threads = [
            threading.Thread(target=work, name=name, daemon=True)
            for work, name in ((self._grade, "checks"), (self._write, "experiment"))
        ]
        for thread in self._threads:
            thread.start()

    def claim(self, cells: Sequence[int]) -> Future[None]:
        """Write down that these are about to be sent; done when they may be, failed when that can't be written."""
        done: Future[None] = Future()
        with self._lock:
            self._claims.append((cells, done))
        self._urgent.set()
        self._wake.set()
        return done

    def end(self, cell: int, response: Response | None, row: dict[str, Any]) -> None:
        """What came of a cell: judged, then written; without a response only the row is."""
        self._ended.put((cell, response, row))

    def close(self) -> str | None:
        """Judge and write what is left; why something could not be written, None when all is."""
        self._ended.put(None)
        self._threads[0].join()
        self._closing = True
        self._urgent.set()
        self._wake.set()
        self._threads[1].join()
        return self.problem

    def _grade(self) -> None:
        while (ended := self._ended.get()) is not None:
            cell, response, row = ended
            if self._slow:
                self._put(cell, row)
            verdict = self._judged(cell, response) if response is not None else None
            self._put(cell, row | (kept.judged(verdict) if verdict else {}))

    def _judged(self, cell: int, response: Response) -> Verdict | None:
        try:
            return self._judge(cell, response)
        except Exception as error:  # a slip of ours in a check is that cell's, not the experiment's
            LOG.exception("A check failed.")
            what = f"A check of ours failed ({type(error).__name__})."
            return Verdict(passed=False, score=0.0, error=what)

    def _put(self, cell: int, row: dict[str, Any]) -> None:
        with self._lock:
            self._results[cell] = self._results.get(cell, {}) | row
        self._wake.set()

    def _write(self) -> None:
        while not (self._closing and not self._results and not self._claims):
            self._wake.wait()
            self._urgent.wait(GROUP_SECONDS)
            self._wake.clear()
            self._urgent.clear()
            with self._lock:
                results, self._results = self._results, {}
                claims, self._claims = self._claims, []
            try:
                self._write_all(results, [cell for cells, _ in claims for cell in cells])
                self.problem = None
            except HistoryError as error:
                self._failed(error, results, claims)
            else:
                for _, done in claims:
                    done.set_result(None)

    def _write_all(self, results: dict[int, dict[str, Any]], claims: list[int]) -> None:
        if results or claims:
            with writing(self._store.engine) as connection:
                kept.write(connection, self._seq, results, claims)

    def _failed(
        self,
        error: HistoryError,
        results: dict[int, dict[str, Any]],
        claims: list[tuple[Sequence[int], Future[None]]],
    ) -> None:
        """Nothing more is sent; results are tried again until the end."""
        if str(error) != self.problem:
            LOG.warning("%s", error)
        self.problem = str(error)
        for _, done in claims:
            done.set_exception(error)
        if self._closing:
            return
        with self._lock:
            self._results = results | self._results
        time.sleep(GROUP_SECONDS)
        self._wake.set()
