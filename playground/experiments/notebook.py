"""Writes cells down while they are asked, on a thread of its own: each before it leaves, and what came of it."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import Future
from typing import Any

from playground.experiments import kept
from playground.store.database import HistoryError, writing
from playground.store.store import Store

LOG = logging.getLogger("playground")

GROUP_SECONDS = 0.1
"""How long a result waits for others; what is to be sent waits for none."""


class Notebook:
    """One experiment's rows while it runs. Takes from any thread, never raises."""

    def __init__(self, store: Store, seq: int) -> None:
        self._store, self._seq = store, seq
        self._lock = threading.Lock()
        self._wake = threading.Event()
        self._urgent = threading.Event()
        self._claims: list[tuple[Sequence[int], Future[None]]] = []
        self._results: dict[int, dict[str, Any]] = {}
        self._closing = False
        self.problem: str | None = None
        """Why it can't be written just now; None when all is well."""
        self._thread = threading.Thread(target=self._write, name="experiment", daemon=True)
        self._thread.start()

    def claim(self, cells: Sequence[int]) -> Future[None]:
        """Write down that these are about to be sent; done when they may be, failed when that can't be written."""
        done: Future[None] = Future()
        with self._lock:
            self._claims.append((cells, done))
        self._urgent.set()
        self._wake.set()
        return done

    def put(self, cell: int, row: Mapping[str, Any]) -> None:
        """What came of a cell: over what is known of it already."""
        with self._lock:
            self._results[cell] = {**self._results.get(cell, {}), **row}
        self._wake.set()

    def close(self) -> str | None:
        """Write what is left; why something could not be written, None when all is."""
        self._closing = True
        self._urgent.set()
        self._wake.set()
        self._thread.join()
        return self.problem

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
            newer = {cell: results.get(cell, {}) | row for cell, row in self._results.items()}
            self._results = results | newer
        time.sleep(GROUP_SECONDS)
        self._wake.set()
