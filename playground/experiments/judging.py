"""Judges answers while others are asked, on threads of its own; those of a case together where they are compared."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from queue import SimpleQueue
from typing import Any

from playground.domain import Response
from playground.experiments import kept
from playground.experiments.kept import Unjudged
from playground.experiments.notebook import Notebook
from playground.experiments.verdict import Verdict

LOG = logging.getLogger("playground")

JUDGES = 8
"""Answers that are judged at once where models judge."""
Judge = Callable[[int, Response], Verdict | None]
"""Cell and response → verdict; None where nothing is checked."""


def nobody(cell: int) -> tuple[int, ...]:
    return ()


def as_they_are(
    cells: Sequence[int], responses: Sequence[Response], verdicts: Sequence[Verdict]
) -> Sequence[Verdict]:
    return verdicts


@dataclass(frozen=True, slots=True, kw_only=True)
class Rounds:
    """What compares the answers of a case with each other."""

    members: Callable[[int], tuple[int, ...]] = nobody
    """Cell → the cells of its round, itself among them; empty where nothing compares them."""
    compare: Callable[[Sequence[int], Sequence[Response], Sequence[Verdict]], Sequence[Verdict]] = (
        as_they_are
    )
    """The verdicts of a whole round with what the comparison says of each."""


class Judging:
    """The answers of one experiment on their way to their verdicts. Takes from any thread, never raises."""

    def __init__(
        self,
        notebook: Notebook,
        judge: Judge,
        *,
        slow: bool = False,
        rounds: Rounds | None = None,
        over: Callable[[int, Verdict | None], None] = lambda cell, verdict: None,
    ) -> None:
        self._notebook, self._judge, self._over = notebook, judge, over
        self._slow, self._rounds = slow, rounds or Rounds()
        self._lock = threading.Lock()
        self._open: dict[tuple[int, ...], dict[int, Unjudged]] = {}
        """Rounds in which an answer is missing."""
        self._todo: SimpleQueue[tuple[Unjudged, Mapping[str, Any]] | None] = SimpleQueue()
        self._given_up = False
        self._held: set[int] = set()
        """Cells that are written down without their verdict."""
        self._threads = [
            threading.Thread(target=self._work, name=f"checks {number}", daemon=True)
            for number in range(JUDGES if slow else 1)
        ]
        for thread in self._threads:
            thread.start()

    def end(self, cell: int, response: Response, row: Mapping[str, Any]) -> None:
        """What came of a cell: judged, then written; written at once where its verdict takes long."""
        made = Unjudged(cell=cell, response=response)
        if self._slow or self._rounds.members(cell):
            self._hold(made, row)
            row = {}
        self._todo.put((made, row))

    def resume(self, some: Iterable[Unjudged]) -> None:
        """Go on with answers that an earlier session has left without a verdict."""
        for each in some:
            self._held.add(each.cell)
            self._todo.put((each, {}))

    def give_up(self) -> None:
        """Leave what takes long to the next session."""
        self._given_up = True

    def close(self) -> int:
        """Judge what is left; how many answers still have no verdict."""
        for _ in self._threads:
            self._todo.put(None)
        for thread in self._threads:
            thread.join()
        return len(self._held)

    def _hold(self, made: Unjudged, row: Mapping[str, Any]) -> None:
        with self._lock:
            self._held.add(made.cell)
        self._notebook.put(made.cell, {**row, "pending": made})

    def _work(self) -> None:
        while (item := self._todo.get()) is not None:
            self._take(*item)

    def _take(self, made: Unjudged, row: Mapping[str, Any]) -> None:
        cell, held = made.cell, made.cell in self._held
        if held and self._given_up:
            return
        verdict = made.verdict or self._judged(cell, made.response)
        if held and self._given_up:  # its judge was cut off: that is no verdict
            return
        self._over(cell, verdict)
        if verdict is not None and (members := self._rounds.members(cell)):
            self._join(members, Unjudged(cell=cell, response=made.response, verdict=verdict))
        else:
            self._end(cell, verdict, row)

    def _end(self, cell: int, verdict: Verdict | None, row: Mapping[str, Any]) -> None:
        with self._lock:
            held = cell in self._held
            self._held.discard(cell)
        said = {} if verdict is None else kept.judged(verdict)
        self._notebook.put(cell, {**row, **said, **({"pending": None} if held else {})})

    def _judged(self, cell: int, response: Response) -> Verdict | None:
        try:
            return self._judge(cell, response)
        except Exception as error:  # a slip of ours in a check is that cell's, not the experiment's
            LOG.exception("A check failed.")
            return _slip(error)

    def _join(self, members: tuple[int, ...], made: Unjudged) -> None:
        """Into its round; the last one has all of it compared."""
        self._notebook.put(made.cell, {"pending": made})
        with self._lock:
            here = self._open.setdefault(members, {})
            here[made.cell] = made
            if len(here) < len(members):
                return
            del self._open[members]
        there = [here[cell] for cell in members]
        verdicts = [each.verdict for each in there if each.verdict is not None]
        try:
            verdicts = list(
                self._rounds.compare(members, [each.response for each in there], verdicts)
            )
        except Exception as error:
            LOG.exception("A comparison failed.")
            verdicts = [_slip(error)] * len(there)
        if self._given_up:
            return
        for each, verdict in zip(there, verdicts, strict=True):
            self._end(each.cell, verdict, {})


def _slip(error: Exception) -> Verdict:
    what = f"A check of ours failed ({type(error).__name__})."
    return Verdict(passed=False, score=0.0, error=what)
