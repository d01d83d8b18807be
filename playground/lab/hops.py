"""Drives a tool loop: asks, runs the tools that the answer asks for, asks again, until it is answered or the rounds end.

Each hop is a run of its own, so it streams, is budgeted, priced, kept and found like any other; the runs of one loop
hold its id in their context, the first hop first. One thread a loop waits for its runs; the engine never waits for it.
"""

from __future__ import annotations

import threading
import time
import uuid
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from typing import Any

from playground import runs
from playground.domain import Endpoint, Failure, Request, Response, Secret, ToolCall
from playground.domain.hops import End, Hop, Hops, Ran, following
from playground.engine import Engine, LiveRun
from playground.engine.live import response_of
from playground.history import Labels
from playground.lab.functions import Function, perform

HOPS, NUMBER, GROUP = "hops", "hop", "loops"
"""Under these names a hop's run holds the loop's id, its place in the loop from 0, and what loops begun together share."""
MOST_ROUNDS = 20
AT_ONCE = 8
"""Tools of one answer that run at the same time."""
KEPT = 200
"""Loops kept in memory, the oldest dropped first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sending:
    """How each hop's run is started: the arguments of `runs.start` that stay the same."""

    engine: Engine
    endpoints: Mapping[str, Endpoint]
    owner: str = ""
    session: str = ""
    labels: Labels = field(default_factory=lambda: Labels(kind="tools"))
    keep: bool = True
    secrets: tuple[Secret | None, ...] = ()
    group: str = ""
    """What the loops that are begun together share, so that they are found together."""

    def send(
        self, requests: Sequence[Request], context: Mapping[str, Any]
    ) -> LiveRun | runs.Refusal:
        """Start a run, or say why not."""
        made = runs.start(
            self.engine,
            requests,
            self.endpoints,
            owner=self.owner,
            session=self.session,
            labels=self.labels,
            keep=self.keep,
            secrets=self.secrets,
            context=context,
        )
        return made.run if isinstance(made, runs.Started) else made


class Loop:
    """One loop under way. Any thread may read it; `stop` closes the connection that is open."""

    def __init__(
        self,
        request: Request,
        functions: Sequence[Function],
        sending: Sending,
        *,
        rounds: int = 6,
        free: Mapping[str, Any] | None = None,
    ) -> None:
        """Begin at once. `rounds` is how often tools may run; `free` is `extra` after a forced first hop."""
        self.id = uuid.uuid4().hex
        self.first = request
        self.rounds = min(rounds, MOST_ROUNDS)
        self.functions = tuple(functions)
        self._sending, self._free = sending, free
        self._done: list[Hop] = []
        self._live: LiveRun | None = None
        self._ended: End | None = None
        self._problem = ""
        self._stopping = threading.Event()
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._drive, name="hops", daemon=True)
        self._thread.start()

    @property
    def done(self) -> bool:
        return self._over.is_set()

    @property
    def owner(self) -> str:
        return self._sending.owner

    @property
    def group(self) -> str:
        return self._sending.group or self.id

    @property
    def hops(self) -> Hops:
        """The loop so far; the hop under way is in it with what has come."""
        hops, live = list(self._done), self._live
        if live is not None and all(hop.run_id != live.id for hop in hops):
            hops.append(_hop(live))
        return Hops(
            id=self.id,
            model=self.first.model,
            hops=tuple(hops),
            ended=self._ended,
            problem=self._problem,
        )

    def stop(self) -> None:
        """End it: what has come is kept."""
        self._stopping.set()
        if self._live is not None:
            self._live.stop()

    def wait(self, timeout: float | None = None) -> bool:
        """Block until it has ended; False when `timeout` seconds passed first."""
        return self._over.wait(timeout)

    def _drive(self) -> None:
        try:
            self._ended = self._loop()
        except Exception as error:  # a bug in a tool's plumbing must end the loop, not hang it
            self._problem, self._ended = f"The loop broke off ({type(error).__name__}).", "failed"
        finally:
            self._sending = replace(self._sending, endpoints={}, secrets=())  # keys are not kept
            self._over.set()

    def _loop(self) -> End:
        request = self.first
        for number in range(self.rounds + 1):
            if self._stopping.is_set():
                return "stopped"
            response = self._ask(request, number)
            if response is None:
                return "failed"
            if response.failure is not None:
                return _broken(response.failure)
            if not response.tool_calls:
                return "answered"
            if number == self.rounds:
                return "limit"
            ran = self._run(response.tool_calls)
            self._done[-1] = _hop(self._live, ran)
            request = following(request, response, [r.result for r in ran], free=self._free)
        return "limit"

    def _ask(self, request: Request, number: int) -> Response | None:
        """One hop's answer; None when it may not be sent."""
        live = self._sending.send([request], self._place(number))
        if isinstance(live, runs.Refusal):
            self._problem = live.reason
            return None
        self._live = live
        if self._stopping.is_set():
            live.stop()
        live.wait()
        self._done.append(_hop(live))
        return response_of(live.lanes[0])

    def _place(self, number: int) -> dict[str, Any]:
        """What the run of a hop holds, so that the loop is found again in the history."""
        return {HOPS: self.id, NUMBER: number, GROUP: self.group}

    def _run(self, calls: Sequence[ToolCall]) -> tuple[Ran, ...]:
        """Every call of one answer, side by side, in the order of the calls."""
        with ThreadPoolExecutor(min(AT_ONCE, len(calls)), "tool") as pool:
            return tuple(pool.map(self._perform, calls))

    def _perform(self, call: ToolCall) -> Ran:
        began = time.perf_counter()
        result = perform(self.functions, call)
        return Ran(call=call, result=result, duration=time.perf_counter() - began)


def _broken(failure: Failure) -> End:
    return "stopped" if failure.stopped else "failed"


def _hop(live: LiveRun | None, ran: tuple[Ran, ...] = ()) -> Hop:
    assert live is not None  # noqa: S101 - only called with a run
    lane = live.lanes[0]
    return Hop(run_id=live.id, request=lane.request, response=response_of(lane), ran=ran)


_lock = threading.Lock()
_loops: OrderedDict[str, Loop] = OrderedDict()


def remember(loop: Loop) -> Loop:
    """Keep it findable by its id while the process lives."""
    with _lock:
        _loops[loop.id] = loop
        while len(_loops) > KEPT:
            _loops.popitem(last=False)
    return loop


def find(loop_id: str, owner: str = "") -> Loop | None:
    """The loop with this id if it belongs to this owner."""
    loop = _loops.get(loop_id)
    return loop if loop is not None and loop.owner == owner else None


def of_group(group: str, owner: str = "") -> list[Loop]:
    """The loops in memory that were begun together, in their order, if they belong to this owner."""
    with _lock:
        known = list(_loops.values())
    return [loop for loop in known if loop.group == group and loop.owner == owner]


def leave(owner: str) -> None:
    """Nobody is there any more who could look at this owner's loops: stop them, and let go of them."""
    with _lock:
        gone = [_loops.pop(id) for id, loop in list(_loops.items()) if loop.owner == owner]
    for loop in gone:
        loop.stop()


def groups_of(lives: Sequence[LiveRun]) -> list[Hops]:
    """Every loop among these runs, in the order of their first hops."""
    by_loop: dict[str, list[LiveRun]] = {}
    for live in lives:
        if HOPS in live.context:
            by_loop.setdefault(str(live.context[HOPS]), []).append(live)
    return [found for runs_ in by_loop.values() if (found := from_runs(runs_))]


def from_runs(lives: Sequence[LiveRun]) -> Hops | None:
    """A loop out of its runs, as the history has them; None when they are no loop's.

    What the tools gave stands in the next hop's request; how long they took is not kept.
    """
    ordered = sorted((r for r in lives if HOPS in r.context), key=lambda r: r.context[NUMBER])
    if not ordered:
        return None
    hops = []
    for live, after in zip(ordered, [*ordered[1:], None], strict=True):
        hops.append(_hop(live, _told(live, after)))
    last = hops[-1].response
    unbroken: End = "limit" if last.tool_calls else "answered"
    ended = _broken(last.failure) if last.failure else unbroken
    return Hops(id=str(ordered[0].context[HOPS]), model=last.model, hops=tuple(hops), ended=ended)


def _told(live: LiveRun, after: LiveRun | None) -> tuple[Ran, ...]:
    if after is None:
        return ()
    calls = response_of(live.lanes[0]).tool_calls
    results = [p for p in after.lanes[0].request.messages[-1].parts if p.kind == "tool_result"]
    return tuple(
        Ran(call=call, result=result, duration=None)
        for call, result in zip(calls, results, strict=False)
    )
