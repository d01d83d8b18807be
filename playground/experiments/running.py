"""Runs an experiment's cells: in their order, as batches of the engine, each written down before it leaves."""

from __future__ import annotations

import contextlib
import math
import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import groupby, islice
from typing import Any

from playground import runs, settings
from playground.domain import Endpoint, Failure, ModelRef, Request, Response, Secret
from playground.engine import Engine, Lane, LiveRun
from playground.experiments import kept
from playground.experiments.flow import Flow, Learned
from playground.experiments.judging import Judge, Judging, Rounds
from playground.experiments.kept import Experiment, Place, Unjudged
from playground.experiments.notebook import Notebook
from playground.experiments.pacing import Aside, Pacer
from playground.experiments.spec import Spec
from playground.history import Labels
from playground.store.database import HistoryError
from playground.store.store import Store

WINDOW = 256
"""Cells that are handed to the engine at once: memory holds two such windows, however many cells there are."""
PIECE = 32
"""Of them, those that are handed over without a pause: more at once would be late stamps for calls under way."""
PAUSE = 0.0005
"""Seconds between two cells that are made while calls are under way: 256 in a row hold the interpreter for 20 ms."""
SAMPLED = 200
"""Groups of cells (one case, one repeat, all models) of which the exchanges are kept where they are sampled."""
TICK = 0.1
HEARTBEAT_SECONDS = 10.0
DEFAULT_AT_ONCE = 8

PAUSED = Failure(
    type="cancelled",
    message="Stopped.",
    meaning="The experiment was stopped before this was asked.",
    next_step="Resume it when you like.",
)
LEFT_ALONE = (
    "{:,} answers have no verdict yet: answers of the same cases, with which they are compared, are missing."
    " Resume it, and say what becomes of uncertain calls."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """A cell with what is to be asked."""

    place: Place
    request: Request | None
    """None where there is an answer already, which is only judged."""
    recorded: Response | None = None
    """That answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far it is, for whoever looks."""

    cells: int
    """To be asked in this session."""
    ended: int
    failed: int
    under_way: int
    spent: Decimal
    """USD in this session."""
    elapsed: float
    held_up: Mapping[ModelRef, float]
    """Model → seconds for which its rate limits hold it up from now."""
    stopping: bool

    @property
    def left(self) -> float | None:
        """Seconds that it will probably take; None before anything has ended. What is under way is half done."""
        done = self.ended + self.under_way / 2
        return self.elapsed / done * (self.cells - done) if self.ended else None

    @property
    def to_spend(self) -> Decimal | None:
        """USD that it will probably cost from now on."""
        return self.spent / self.ended * (self.cells - self.ended) if self.ended else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """How a session of an experiment ended."""

    state: str
    """`done`, or `stopped`: it can be resumed."""
    elapsed: float
    note: str = ""
    """Why it stands still."""
    by_hand: bool = False
    """Somebody stopped it."""


@dataclass(eq=False, slots=True)
class Session:
    """One process's work on one experiment, from its start or where it stood still to its end."""

    engine: Engine
    store: Store
    experiment: Experiment
    endpoints: Mapping[str, Endpoint]
    judge: Judge
    owner: str = ""
    session: str = ""
    secrets: Sequence[Secret | None] = ()
    slow_judge: bool = False
    part: int = 0
    share: int = 1
    """Processes that share the work: of what is allowed at once, and of the budget, this one (by number) takes its part."""
    budget: Decimal | None = None
    """USD that all sessions together may cost."""
    expected: Mapping[ModelRef, Decimal] = field(default_factory=dict)
    judge_price: Decimal = Decimal(0)
    """USD that judging one answer may cost, where none has been judged yet."""
    spent: Decimal = Decimal(0)
    """USD that earlier sessions have cost, their judges too."""
    rounds: Rounds = field(default_factory=Rounds)
    unjudged: Sequence[Unjudged] = ()
    """Answers that earlier sessions have left without a verdict."""
    cut_judges: Callable[[], None] = lambda: None
    """Cuts off judging models that are being asked."""
    progress: Callable[[Progress], None] | None = None
    tell: Callable[[Learned], None] = lambda learned: None
    """Told what the others that share the work should know of a model's limits."""
    _started: int = 0
    _most: int = 0
    """Cells that may be open when the next are handed over."""
    _ended: int = 0
    _done: int = 0
    """Of those that ended: with a result."""
    _failed: int = 0
    _groups: int = 0
    _cells: int = 0
    _begun: float = 0.0
    _beat: float = 0.0
    _stops: int = 0
    _flows: dict[ModelRef, Flow] = field(default_factory=dict)
    _live: list[LiveRun] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _change: threading.Event = field(default_factory=threading.Event)
    _notebook: Notebook | None = None
    _judging: Judging | None = None
    _pacer: Pacer | None = None

    @property
    def spec(self) -> Spec:
        return self.experiment.spec

    def run(self, jobs: Iterable[Job], cells: int) -> Ended:
        """Ask these cells (so many of them wait) until all have ended, the budget is used up, or it is stopped."""
        self._notebook = Notebook(self.store, self.experiment.seq)
        self._cells, self._begun = cells, time.monotonic()
        self._pacer = Pacer(
            at_once=self._at_once,
            claim=self._notebook.claim,
            on_end=self._on_end,
            budget=None if self.budget is None else (self.budget - self.spent) / self.share,
            expected=self.expected,
            judge_price=self.judge_price if self.slow_judge else None,
            part=self.part,
            share=self.share,
            tell=self.tell,
            flows=self._flows,
        )
        self._judging = Judging(
            self._notebook,
            self.judge,
            slow=self.slow_judge,
            rounds=self.rounds,
            over=self._pacer.judged,
        )
        if self._stops:  # it was told to stop before there was anything to close
            self._pacer.close(PAUSED)
        note = ""
        try:
            self._judging.resume(self.unjudged)
            note = self._ask_all(jobs) or ""
        finally:
            unjudged = self._judging.close()
            problem = self._notebook.close()
            elapsed = time.monotonic() - self._begun
        whole = self._done == cells and not unjudged
        closed = "" if whole or self._pacer.closed is None else self._pacer.closed.told
        why = note or problem or closed or (LEFT_ALONE.format(unjudged) if unjudged else "")
        return Ended(
            state=kept.STOPPED if why else kept.ENDED,
            elapsed=elapsed,
            note=why,
            by_hand=bool(self._stops and closed),
        )

    def stop(self) -> None:
        """Let nothing leave any more and what is under way end; called again: cut that off too. From any thread."""
        self._stops += 1
        if self._pacer is not None:
            self._pacer.close(PAUSED)
        if self._stops > 1:
            if self._judging is not None:
                self._judging.give_up()
            self.cut_judges()
            for run in list(self._live):
                run.stop()
        self._change.set()

    def learn(self, told: Learned | None) -> None:
        """What another of them has heard, if anything. From any thread."""
        if told is None:
            return
        if self._pacer is not None:
            self._pacer.learn(told)
        else:  # others began sooner
            flow = Flow(time.monotonic, self.part, self.share)
            self._flows.setdefault(ModelRef.parse(told.model), flow).learn(told)

    def aside(self) -> Aside:
        """The pace of a call that is no cell's: a judge's keeps to the same limits."""
        assert self._pacer is not None  # noqa: S101 - `run` has made it
        return self._pacer.aside()

    def paid(self, cost: Decimal) -> None:
        """USD that asking a judge has cost. From any thread."""
        if self._pacer is not None:
            self._pacer.paid(cost)

    def _at_once(self, provider: str) -> int:
        most = at_once(self.spec, provider)
        return max(1, most // self.share + (self.part < most % self.share))

    def _ask_all(self, jobs: Iterable[Job]) -> str | None:
        """Why it ended early; None when all was asked."""
        pacer = self._pacer
        assert pacer is not None  # noqa: S101 - `run` has made it
        for warm_up, some in groupby(jobs, key=lambda job: job.place.warm_up):
            while window := self._made(some):
                for job in window:
                    if job.request is None and job.recorded is not None:
                        self._take(job.place.cell, job.recorded)
                if refusal := self._start([job for job in window if job.request is not None]):
                    self._wait(0)
                    return refusal
                self._wait(WINDOW // 2)
                if pacer.closed is not None:
                    self._wait(0)
                    return None
            if warm_up:
                self._wait(0)
        self._wait(0)
        return None

    def _made(self, jobs: Iterable[Job]) -> list[Job]:
        """The next cells."""
        window = []
        for job in islice(jobs, WINDOW):
            window.append(job)
            self._pause()
        return window

    def _pause(self) -> None:
        if self._started > self._ended:
            time.sleep(PAUSE)

    def _take(self, cell: int, recorded: Response) -> None:
        """An answer that is there already, or a prompt that can't be asked."""
        assert self._judging is not None  # noqa: S101
        self._started += 1
        self._judging.end(cell, recorded, kept.result(recorded, None, 0))
        self._count(done=True, failed=recorded.failure is not None)

    def _start(self, window: Sequence[Job]) -> str | None:
        """Hand cells to the engine: those whose exchange is kept as a run a group, the others as one; why it may not be sent."""
        others: list[Job] = []
        for _, group in groupby(window, key=lambda job: _group(job.place)):
            together = list(group)
            if self._sampled():
                if refusal := self._start_run(together, keep=True):
                    return refusal
            else:
                others += together
        for start in range(0, len(others), PIECE):
            if refusal := self._start_run(others[start : start + PIECE], keep=False):
                return refusal
            self._pause()
        return None

    def _sampled(self) -> bool:
        """Whether the next group's exchanges are kept."""
        number, self._groups = self._groups, self._groups + 1
        if self.spec.exchanges != "sampled":
            return self.spec.exchanges == "all"
        groups = self.experiment.cells / len(self.spec.models) / self.share
        return number % max(1, math.ceil(groups / SAMPLED)) == 0

    def _start_run(self, jobs: Sequence[Job], *, keep: bool) -> str | None:
        assert self._pacer is not None  # noqa: S101
        cells = [job.place.cell for job in jobs]
        requests = [job.request for job in jobs if job.request is not None]
        self._started += len(jobs)
        made = runs.start(
            self.engine,
            requests,
            self.endpoints,
            owner=self.owner,
            session=self.session,
            labels=Labels(kind="experiment", title=self.experiment.name),
            keep=keep,
            secrets=self.secrets,
            retries=self.spec.retries,
            context=context_of(self.experiment, cells),
            pace=self._pacer.batch(cells, kept=keep and settings.keeps_history()),
        )
        if isinstance(made, runs.Refusal):
            self._started -= len(jobs)
            return made.reason
        self._live.append(made.run)
        return None

    def _on_end(self, cell: int, lane: Lane, run_id: str | None) -> None:
        """On the engine's thread: it only hands over."""
        response, notebook, pacer = lane.response, self._notebook, self._pacer
        assert response is not None and notebook is not None and pacer is not None  # noqa: S101, PT018
        assert self._judging is not None  # noqa: S101
        failure = response.failure
        why = lane.stopped_by if failure is lane.stopped_by else None
        done = failure is None or not (failure.stopped or _ours(why))
        if done:
            self._judging.end(cell, response, kept.result(response, run_id, lane.index))
        elif cell in pacer.sent and not pacer.in_doubt(cell, response):
            notebook.put(cell, kept.UNSENT if pacer.unsent(cell) else kept.BACK)
        self._count(done=done, failed=done and failure is not None)

    def _count(self, *, done: bool, failed: bool) -> None:
        with self._lock:
            self._ended += 1
            self._done += done
            self._failed += failed
        if self._started - self._ended <= self._most:
            self._change.set()  # not at each end: a thread that wakes holds up the engine's

    def _wait(self, most: int) -> None:
        """Until no more than so many cells are open."""
        self._most = most
        while self._started - self._ended > most:
            self._change.wait(TICK)
            self._change.clear()
            self._tick()
        self._tick()

    def _tick(self) -> None:
        for run in [run for run in self._live if run.wait(0)]:
            self.engine.forget(run)
            self._live.remove(run)
        if (pacer := self._pacer) is not None and pacer.closed is not None:
            self._wake_sleepers(pacer.closed)
        now = time.monotonic()
        if now - self._beat > HEARTBEAT_SECONDS:
            self._beat = now
            with contextlib.suppress(HistoryError):  # the notebook meets it too, and says it
                kept.beat(self.store, self.experiment.seq)
        if self.progress is not None:
            self.progress(self._progress(now))

    def _wake_sleepers(self, why: Failure) -> None:
        """Calls that were refused and wait, for minutes perhaps, to be tried again: nothing leaves any more."""
        for run in self._live:
            for lane in run.lanes:
                if lane.attempt > 1 and lane.state == "queued":
                    run.stop(lane.index, why=why)

    def _progress(self, now: float) -> Progress:
        pacer = self._pacer
        assert pacer is not None  # noqa: S101
        flows = list(pacer.flows.items())
        return Progress(
            cells=self._cells,
            ended=self._ended,
            failed=self._failed,
            under_way=sum(flow.under_way for _, flow in flows),
            spent=pacer.spent,
            elapsed=now - self._begun,
            held_up={ref: f.not_before - now for ref, f in flows if f.not_before > now},
            stopping=pacer.closed is not None,
        )


def at_once(spec: Spec, provider: str) -> int:
    """Calls that may be under way at once to this provider."""
    allowed = spec.concurrency
    return max(1, allowed if isinstance(allowed, int) else allowed.get(provider, DEFAULT_AT_ONCE))


def context_of(experiment: Experiment, cells: Sequence[int]) -> dict[str, Any]:
    """What a run says of where it belongs: its experiment, and lane by lane its cell."""
    return {"experiment": experiment.id, "cell": cells[0], "cells": list(cells)}


def _group(place: Place) -> tuple[int, int, int, bool]:
    return place.prompt, place.case, place.repeat, place.warm_up


def _ours(why: Failure | None) -> bool:
    """Whether the session itself kept a cell from leaving."""
    return why is not None and why.type in ("interrupted", "over_budget", "cancelled")


def expected(jobs: Iterable[Job]) -> dict[ModelRef, Decimal]:
    """USD that a usual call of each model costs, by the first of these; models without a price are left out."""
    from playground.budgets.forecast import forecast

    found: dict[ModelRef, Decimal] = {}
    for job in jobs:
        if job.request is not None and job.request.model not in found:
            found[job.request.model] = forecast([job.request], lambda ref: None).likely
    return {ref: likely for ref, likely in found.items() if likely}
