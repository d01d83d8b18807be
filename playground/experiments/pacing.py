"""Which cell may send next: in their order, so many at once a provider, within the budget, and written down before."""

from __future__ import annotations

import asyncio
import heapq
import time
from collections import defaultdict, deque
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from concurrent.futures import Future
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from playground.domain import Failure, ModelRef, Response
from playground.engine import Lane, LiveRun
from playground.experiments.flow import Flow, Learned
from playground.experiments.verdict import Verdict

OVER_BUDGET = Failure(
    type="over_budget",
    message="The experiment's budget is used up.",
    meaning="Asking this would have passed the budget of the experiment, so it was not asked.",
    next_step="Raise `budget` in the spec, and resume.",
)

ASIDE = -1
"""Stands for the cell of a call that is none, a judge's: it goes before all cells, since an answer waits for it."""


@dataclass(eq=False, slots=True)
class _Waiting:
    """A try that waits for its turn."""

    cell: int
    flow: Flow
    ref: ModelRef
    lane: Lane
    turn: asyncio.Future[None]
    granted: bool = False

    def __lt__(self, other: _Waiting) -> bool:
        return self.cell < other.cell


@dataclass(eq=False, slots=True)
class Pacer:
    """The pace of all runs of one experiment. All but `close` happens on the engine's thread."""

    at_once: Callable[[str], int]
    """Provider → calls under way at once."""
    claim: Callable[[Sequence[int]], Future[None]]
    """Writes down that these cells are about to be sent; done when that is safe on the disk."""
    on_end: Callable[[int, Lane, str | None], None]
    """Told of each cell's end, and of the run that the history keeps it in."""
    budget: Decimal | None = None
    expected: Mapping[ModelRef, Decimal] = field(default_factory=dict)
    """USD that a call may cost, where none has ended yet."""
    judge_price: Decimal | None = None
    """USD that judging an answer may cost; None where no model judges."""
    part: int = 0
    share: int = 1
    """Processes that share the work, this one among them by number."""
    tell: Callable[[Learned], None] = lambda learned: None
    """Told what the others should know of a model's limits."""
    spent: Decimal = Decimal(0)
    closed: Failure | None = None
    """Why no cell may leave any more."""
    flows: dict[ModelRef, Flow] = field(default_factory=dict)
    _waiting: dict[str, list[_Waiting]] = field(default_factory=lambda: defaultdict(list))
    _under_way: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    _aside: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    """Of those under way: judges'."""
    _dearest: dict[ModelRef, Decimal] = field(default_factory=dict)
    _reserved: dict[int, Decimal] = field(default_factory=dict)
    """Cell that has left and is not over → USD that it may cost."""
    _claims: list[_Waiting] = field(default_factory=list)
    _let_go: deque[_Waiting] = field(default_factory=deque)
    """Those that are written down, and leave one after the other."""
    _going: bool = False
    _timers: dict[str, asyncio.TimerHandle] = field(default_factory=dict)
    _loop: asyncio.AbstractEventLoop | None = None
    sent: set[int] = field(default_factory=set)
    """Cells that have left, or were about to."""
    _trying: set[int] = field(default_factory=set)
    """Cells that are away: a try of theirs was let go and has not come back."""
    _unsent: set[int] = field(default_factory=set)
    """Cells whose last try was written down and did not leave."""

    def batch(self, cells: Sequence[int], *, kept: bool) -> Batch:
        """The pace of one run whose lanes are these cells; `kept`: the history has it."""
        return Batch(self, cells, kept)

    def aside(self) -> Aside:
        """The pace of a call that is no cell's."""
        return Aside(self)

    def learn(self, told: Learned) -> None:
        """What another process has heard of a model's limits. From any thread."""
        flow = self.flow(ModelRef.parse(told.model))
        if self._loop is not None:
            self._loop.call_soon_threadsafe(flow.learn, told)
        else:
            flow.learn(told)

    def close(self, why: Failure) -> None:
        """Let nothing leave any more; what is under way goes on. From any thread."""
        self.closed = self.closed or why
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self._refuse_all)

    def flow(self, ref: ModelRef) -> Flow:
        """What is known of a model's pace."""
        if ref not in self.flows:
            self.flows.setdefault(ref, Flow(time.monotonic, self.part, self.share))
        return self.flows[ref]

    @asynccontextmanager
    async def turn(self, cell: int, lane: Lane) -> AsyncIterator[None]:
        """Wait until the cell may leave."""
        loop = self._loop = asyncio.get_running_loop()
        if self.closed is not None and cell != ASIDE:
            lane.stopped_by = self.closed
            raise asyncio.CancelledError
        ref = lane.request.model
        me = _Waiting(cell, self.flow(ref), ref, lane, loop.create_future())
        self._trying.discard(cell)
        heapq.heappush(self._waiting[ref.provider], me)
        try:
            self._pump(ref.provider)
            await me.turn
            self._trying.add(cell)
            yield
        finally:
            self._leave(me)

    def _leave(self, me: _Waiting) -> None:
        provider = me.ref.provider
        if not me.granted:
            me.turn.cancel()
            return  # the heap forgets it when its turn would come
        if me.lane.state == "queued" and me.cell != ASIDE:  # no call was begun
            self._trying.discard(me.cell)
            self._unsent.add(me.cell)
        self._under_way[provider] -= 1
        self._aside[provider] -= me.cell == ASIDE
        me.flow.under_way -= 1  # who is next leaves when it is heard what this one's headers say

    def _price(self, ref: ModelRef) -> Decimal:
        """USD that a call may cost, with its judges."""
        call = self._dearest.get(ref, self.expected.get(ref, Decimal(0)))
        return call + (self.judge_price or 0)

    def paid(self, cost: Decimal) -> None:
        """USD that asking a judge has cost. From any thread."""
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self._paid, cost)
        else:
            self._paid(cost)

    def _paid(self, cost: Decimal) -> None:
        self.spent += cost

    def judged(self, cell: int, verdict: Verdict | None) -> None:
        """An answer has been judged. From any thread."""
        if self._loop is not None and self.judge_price is not None:
            cost = (verdict and verdict.cost) or Decimal(0)
            self._loop.call_soon_threadsafe(self._judged, cell, cost)

    def _judged(self, cell: int, cost: Decimal) -> None:
        self.judge_price = max(self.judge_price or Decimal(0), cost)
        if self._reserved.pop(cell, None) is not None:
            self._pump_all()

    def _pump_all(self) -> None:
        if self.budget is not None:
            for provider in list(self._waiting):
                self._pump(provider)

    def _pump(self, provider: str) -> None:
        """Give turns while there are any to give."""
        while self._under_way[provider] < self.at_once(provider):
            found = self._next(provider)
            if found is None:
                return
            if found.flow.given_up:
                self._refuse(found, _not_asked(found.flow))
            elif self._too_dear(found):
                heapq.heappush(self._waiting[provider], found)
                if not self._reserved:  # else what is under way may turn out cheaper
                    self.closed = OVER_BUDGET
                    self._refuse_all()
                return
            else:
                self._grant(found)

    def _next(self, provider: str) -> _Waiting | None:
        """The first that may leave now; where all must wait, the pump runs again when the first of them may."""
        heap, held, found = self._waiting[provider], [], None
        now = time.monotonic()
        while heap:
            first = heapq.heappop(heap)
            if first.turn.done():
                continue
            if first.flow.not_before <= now and not self._stands_back(first, heap):
                found = first
                break
            held.append(first)
        for each in held:
            heapq.heappush(heap, each)
        later = [each.flow.not_before for each in held if each.flow.not_before > now]
        if found is None and later:
            self._later(provider, min(later) - now)
        return found

    def _stands_back(self, judge: _Waiting, others: Sequence[_Waiting]) -> bool:
        """Judges leave one turn to cells that wait: a judge that hangs would keep all of them."""
        provider = judge.ref.provider
        if judge.cell != ASIDE or self._aside[provider] < max(1, self.at_once(provider) - 1):
            return False
        return any(each.cell != ASIDE and not each.turn.done() for each in others)

    def _later(self, provider: str, seconds: float) -> None:
        if timer := self._timers.pop(provider, None):
            timer.cancel()
        loop = asyncio.get_running_loop()
        self._timers[provider] = loop.call_later(seconds, self._pump, provider)

    def _too_dear(self, found: _Waiting) -> bool:
        if self.budget is None or found.cell == ASIDE or found.cell in self._reserved:
            return False  # what it may cost has been put aside
        under_way = sum(self._reserved.values(), Decimal(0))
        return self.spent + under_way + self._price(found.ref) > self.budget

    def _grant(self, found: _Waiting) -> None:
        found.granted = True
        self._under_way[found.ref.provider] += 1
        found.flow.granted()
        if found.cell == ASIDE:
            self._aside[found.ref.provider] += 1
            self._let_go.append(found)
            self._go_on()
            return
        self._unsent.discard(found.cell)
        self._reserved.setdefault(found.cell, self._price(found.ref))
        self.sent.add(found.cell)
        self._claims.append(found)
        if len(self._claims) == 1:
            asyncio.get_running_loop().call_soon(self._claim)

    def _claim(self) -> None:
        """Write down all that got their turn in this turn of the loop, then let them go."""
        some, self._claims = self._claims, []
        loop = asyncio.get_running_loop()
        done = self.claim([each.cell for each in some])
        done.add_done_callback(lambda _: loop.call_soon_threadsafe(self._go, some, done))

    def _go(self, some: Sequence[_Waiting], done: Future[None]) -> None:
        for each in some:
            if each.turn.done():
                continue
            if error := done.exception():
                self.sent.discard(each.cell)
                self._refuse(each, unwritten(error))
            elif self.closed is not None:
                self._refuse(each, self.closed)
            else:
                self._let_go.append(each)
        if error := done.exception():
            self.closed = unwritten(error)
            self._refuse_all()
        self._go_on()

    def _go_on(self) -> None:
        if not self._going:
            self._go_next()

    def _go_next(self) -> None:
        """One in a turn of the loop: to build ten requests keeps it for 10 ms, and so late would others' ends be stamped."""
        self._going = False
        while self._let_go and not self._going:
            each = self._let_go.popleft()
            if each.turn.done():
                continue
            if self.closed is not None and each.cell != ASIDE:
                self._refuse(each, self.closed)
                continue
            each.turn.set_result(None)
            self._going = True
            asyncio.get_running_loop().call_soon(self._go_next)

    def _refuse(self, waiting: _Waiting, why: Failure) -> None:
        waiting.lane.stopped_by = why
        waiting.turn.cancel()

    def _refuse_all(self) -> None:
        why = self.closed
        for heap in self._waiting.values():
            aside = [each for each in heap if each.cell == ASIDE]
            for each in heap:
                if why is not None and each.cell != ASIDE and not each.turn.done():
                    self._refuse(each, why)
            heap[:] = aside  # answers that are there are judged

    def again(
        self, cell: int, lane: Lane, response: Response, left: int
    ) -> tuple[float | None, int]:
        """After each try."""
        flow = self.flow(lane.request.model)
        before = flow.standing
        flow.heard(response)
        if flow.standing != before:
            self.tell(flow.learned(str(lane.request.model)))
        self._pump(lane.request.model.provider)
        if self.closed is not None and cell != ASIDE:
            return None, left
        wait, left = flow.wait_again(response, lane.attempt, left)
        if wait is not None:
            self._trying.discard(cell)
        return wait, left

    def in_doubt(self, cell: int, response: Response) -> bool:
        """Whether a cell that was cut off may have been answered, and billed: its last try was on the wire."""
        return cell in self._trying and response.timing.started_at is not None

    def unsent(self, cell: int) -> bool:
        """Whether a cell's last try was written down as sent, and never left."""
        return cell in self._unsent

    def ended(self, cell: int, lane: Lane, run_id: str | None) -> None:
        """A cell is over."""
        response, ref = lane.response, lane.request.model
        assert response is not None  # noqa: S101 - the engine has just set it
        self.flow(ref).ended(response)
        self._reserved.pop(cell, None)
        if response.cost is not None:
            cost = response.cost.total
            self.spent += cost
            if cost > self._dearest.get(ref, self.expected.get(ref, Decimal(0))):
                self._dearest[ref] = cost
        if self.judge_price is not None and response.failure is None:
            self._reserved[cell] = self.judge_price
        self.on_end(cell, lane, run_id)
        self._pump(ref.provider)
        self._pump_all()

    def ended_aside(self, lane: Lane) -> None:
        """A call that is no cell's is over."""
        assert lane.response is not None  # noqa: S101 - the engine has just set it
        self.flow(lane.request.model).ended(lane.response)
        self._pump(lane.request.model.provider)


def _not_asked(flow: Flow) -> Failure:
    assert flow.last is not None  # noqa: S101 - a flow that is given up has failed
    failure = flow.last.failure
    assert failure is not None  # noqa: S101
    return replace(
        failure,
        message=f"Not asked: {flow.failed} calls before it failed one after the other. {failure.message}",
    )


def unwritten(error: BaseException) -> Failure:
    """Why nothing is sent while nothing can be written down."""
    return Failure(
        type="interrupted",
        message=str(error),
        meaning="It could not be written down before it was sent, so it was not sent.",
        next_step="Mend that, and resume the experiment.",
    )


@dataclass(frozen=True, slots=True)
class Batch:
    """The pace of one run: lane by lane a cell."""

    pacer: Pacer
    cells: Sequence[int]
    kept: bool

    def turn(self, lane: Lane) -> Any:
        return self.pacer.turn(self.cells[lane.index], lane)

    def again(self, lane: Lane, response: Response, left: int) -> tuple[float | None, int]:
        return self.pacer.again(self.cells[lane.index], lane, response, left)

    def ended(self, run: LiveRun, lane: Lane) -> None:
        self.pacer.ended(self.cells[lane.index], lane, run.id if self.kept else None)


@dataclass(frozen=True, slots=True)
class Aside:
    """The pace of a run of one lane that is no cell."""

    pacer: Pacer

    def turn(self, lane: Lane) -> Any:
        return self.pacer.turn(ASIDE, lane)

    def again(self, lane: Lane, response: Response, left: int) -> tuple[float | None, int]:
        return self.pacer.again(ASIDE, lane, response, left)

    def ended(self, run: LiveRun, lane: Lane) -> None:
        self.pacer.ended_aside(lane)
