"""One daemon thread, one event loop, one connection pool for the whole process."""

from __future__ import annotations

import asyncio
import contextlib
import functools
import random
import secrets
import sys
import threading
import time
import weakref
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from playground import pricing, settings
from playground.domain import (
    RETRYABLE,
    Attempt,
    Endpoint,
    Failure,
    Request,
    Response,
)
from playground.domain.endpoint import endpoint_of
from playground.domain.provider import unknown
from playground.domain.single import Single
from playground.engine.clock import Gate, LagMeter, Stopwatch
from playground.engine.journal import LOG, PATIENCE, Journal, tell_began, tell_ended
from playground.engine.live import Lane, LiveRun
from playground.engine.pace import Pace
from playground.engine.receipt import priced
from playground.engine.turns import Turns
from playground.providers import Call, Turn, called
from playground.wire import Pool, open_pool
from playground.wire.freeing import PIECE

T = TypeVar("T")

KEPT_RUNS = 500
"""Ended runs kept in memory, the oldest dropped first; runs under way are never dropped."""
KEPT_BYTES = 56 * 2**20
"""Bytes received and sent that all kept runs may hold together, 64 MB with what they take in memory (1.1 ×); what is above
is dropped in the same order."""
AT_ONCE, AT_ONCE_EACH = 256, 128
"""Requests under way, in all and to one address; the others wait for their turn, and no clock runs for them."""
WATCHED = 30.0
"""Seconds for which browsers may still be fetching the last words of a lane that has ended."""
LAUNCHED = 32
"""Lanes that are launched in one turn of the loop."""
SWITCH_INTERVAL = 0.0005
"""Seconds that another thread may keep the engine's waiting."""
LONGEST_WAIT = 60.0
"""Seconds: a provider that asks for more before a retry is not retried."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Job:
    """What the engine's thread needs to run one lane."""

    run: LiveRun
    lane: Lane
    endpoint: Endpoint | None
    retries: int
    journal: Journal | None
    book: pricing.PriceBook
    """The prices as they were when the run began."""
    caller: Callable[..., Call | Turn]
    """Makes what asks a model: a call, or the next turn of a session."""
    written: asyncio.Event
    """Set when the run is written down, or can't be."""
    pace: Pace | None


class Engine:
    """Starts runs, finds them again, stops them. Every public method may be called from any thread."""

    def __init__(self, *, hosted: bool = False) -> None:
        self._hosted = hosted
        self._runs: OrderedDict[str, LiveRun] = OrderedDict()
        self._held = 0
        """Bytes that the ended lanes of `_runs` hold."""
        self._lock = threading.Lock()
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._serve, name="engine", daemon=True)
        self._thread.start()
        self._ready.wait()

    def start(
        self,
        requests: Sequence[Request],
        endpoints: Mapping[str, Endpoint],
        *,
        owner: str = "",
        retries: int = 0,
        journal: Journal | None = None,
        context: Mapping[str, Any] | None = None,
        caller: Callable[..., Call | Turn] = called,
        pace: Pace | None = None,
    ) -> LiveRun:
        """Send all requests and return at once; a provider without an endpoint fails in its lane.

        `caller` has the arguments of `Call`: a session's `call` asks its next turn. `pace` says when each lane of a batch
        may send, and whether it is tried again; nobody watches its words come, so they are not kept one by one.

        The journal, if any, has written the run down before its first request leaves. Of very many requests some wait
        for others to end.
        """
        book = pricing.load()  # here and not on the engine's thread, where it would spoil a latency
        used = [endpoint_of(request.model, endpoints) for request in requests]
        for address in {endpoint.base_url for endpoint in used if endpoint is not None}:
            self._pool.expect(address)
        run = LiveRun(
            secrets.token_hex(16),  # no - and no _: for command lines and component keys
            owner,
            tuple(requests),
            simulations=tuple(endpoint is not None and endpoint.simulated for endpoint in used),
            cancel=self._cancel,
            context=context,
        )
        with self._lock:
            self._runs[run.id] = run
            self._forget_old()
        written = asyncio.Event()
        jobs = [
            _Job(
                run=run,
                lane=lane,
                endpoint=endpoint,
                retries=retries,
                journal=journal,
                book=book,
                caller=caller,
                written=written,
                pace=pace,
            )
            for lane, endpoint in zip(run.lanes, used, strict=True)
        ]
        begun = tell_began(journal, run)
        if begun is None:
            written.set()
        else:
            begun.add_done_callback(lambda _: self._loop.call_soon_threadsafe(written.set))
        self._loop.call_soon_threadsafe(self._launch, jobs)
        return run

    def find(self, run_id: str, owner: str = "") -> LiveRun | None:
        """The run with this id if it belongs to this owner."""
        run = self._runs.get(run_id)
        return run if run is not None and secrets.compare_digest(run.owner, owner) else None

    def forget(self, run: LiveRun) -> None:
        """Let go of an ended run at once; one that is under way stays."""
        with self._lock:
            if run.done and self._runs.pop(run.id, None) is not None:
                self._held -= run.bytes

    def having(self, name: str, value: str, owner: str = "") -> list[LiveRun]:
        """This owner's runs in memory whose context has this text under this name, the oldest first."""
        with self._lock:
            known = list(self._runs.values())
        return [
            run
            for run in known
            if run.context.get(name) == value and secrets.compare_digest(run.owner, owner)
        ]

    def under_way(self, owner: str) -> list[LiveRun]:
        """This owner's runs that have not ended."""
        with self._lock:
            known = list(self._runs.values())
        return [run for run in known if not run.done and secrets.compare_digest(run.owner, owner)]

    def submit(self, work: Callable[[Pool], Awaitable[T]]) -> Future[T]:
        """Run other work (list models, count tokens) on the engine's loop with its connection pool."""

        async def task() -> T:
            return await work(self._pool)

        return asyncio.run_coroutine_threadsafe(task(), self._loop)

    def close(self, why: Failure | None = None) -> None:
        """Stop every lane, with `why` as its failure, close the connections, end the thread."""
        if not self._thread.is_alive():
            return
        with self._lock:
            open_lanes = [
                lane for run in self._runs.values() for lane in run.lanes if not lane.ended
            ]
        for lane in open_lanes:
            lane.stopped_by = lane.stopped_by or why
        asyncio.run_coroutine_threadsafe(self._wind_down(), self._loop).result(10)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)

    def _serve(self) -> None:
        # While a page is drawn, its thread holds the interpreter for 5 ms at a time by default: that is how late a
        # token's time stamp would be.
        sys.setswitchinterval(SWITCH_INTERVAL)
        self._loop = _new_loop()
        asyncio.set_event_loop(self._loop)
        self._meter = LagMeter(self._loop)
        self._gate = Gate()
        self._pool = open_pool(hosted=self._hosted)
        self._turns = Turns(AT_ONCE, AT_ONCE_EACH)
        self._finishing = asyncio.Lock()
        self._ready.set()
        try:
            self._loop.run_forever()
        finally:
            self._loop.close()

    def _launch(self, jobs: Sequence[_Job]) -> None:
        for job in jobs[:LAUNCHED]:
            index, task = job.lane.index, self._loop.create_task(self._run_lane(job))
            job.run.tasks[index] = task
            if index in job.run.stopped_early:
                self._loop.call_soon(task.cancel)
        if len(jobs) > LAUNCHED:
            self._loop.call_soon(self._launch, jobs[LAUNCHED:])

    def _cancel(self, run: LiveRun, index: int | None) -> None:
        def cancel() -> None:
            for lane in run.lanes if index is None else (run.lanes[index],):
                if lane.index in run.tasks:
                    # One turn later: a task cancelled before its first step would end without a response.
                    self._loop.call_soon(cut, lane.index)
                elif not lane.ended:
                    run.stopped_early.add(lane.index)

        def cut(index: int) -> None:
            if task := run.tasks.get(
                index
            ):  # else it has its response: cut off now it would never end
                task.cancel()

        self._loop.call_soon_threadsafe(cancel)

    async def _run_lane(self, job: _Job) -> None:
        lane = job.lane
        try:
            response = await self._ask(job)
        finally:
            job.run.tasks.pop(lane.index, None)
        price = functools.partial(priced, response, lane.request, job.book)
        # A broken-off stream is priced by counting its tokens: not here, where others are being timed.
        lane.end(price() if response.failure is None else await asyncio.to_thread(price))
        tell_ended(job.journal, job.run, lane)
        with self._lock:
            self._held += lane.bytes
            self._forget_old()
        if job.pace is None:
            self._loop.call_later(WATCHED, self._compact, weakref.ref(lane))
        else:
            lane.compact()
            job.pace.ended(job.run, lane)
        job.run.lane_ended()

    def _compact(self, known: weakref.ref[Lane]) -> None:
        """On the loop what is little, else in a thread; nothing where the run was forgotten meanwhile."""
        lane = known()
        if lane is None:
            return
        if len(lane.deltas) > PIECE:
            self._loop.run_in_executor(None, lane.compact)
        else:
            lane.compact()

    async def _ask(self, job: _Job) -> Response:
        """Try until it answers, fails for good, or is stopped. Never raises."""
        attempts: list[Attempt] = []
        lane, left = job.lane, job.retries
        if job.endpoint is None:
            return Response(model=lane.request.model, failure=_unknown_provider(lane.request))
        while True:
            try:
                response = replace(await self._try(job, job.endpoint), attempts=tuple(attempts))
                if _on_a_closed_connection(response):
                    wait: float | None = 0.0
                elif job.pace is not None:
                    wait, left = job.pace.again(lane, response, left)
                else:
                    wait, left = wait_before_retry(response, left), left - 1
                if wait is None:
                    return response
                lane.state = "queued"
                attempts.append(_attempt(response, wait))
                lane.attempt += 1
                await asyncio.sleep(wait)
            except asyncio.CancelledError:
                stopped = lane.partial() if lane.partial else Response(model=lane.request.model)
                failure = lane.stopped_by or STOPPED
                return replace(stopped, failure=failure, attempts=tuple(attempts))
            except Exception as error:  # of ours: the lane ends all the same, and says so
                LOG.exception("A lane broke off.")
                slip = replace(SLIP, message=f"{SLIP.message} ({type(error).__name__}).")
                return Response(model=lane.request.model, failure=slip, attempts=tuple(attempts))

    async def _try(self, job: _Job, endpoint: Endpoint) -> Response:
        """One request, when its turn has come; stopped while it is under way, it has what it has so far."""
        lane, queued_at = job.lane, time.perf_counter()
        paced = job.pace.turn(lane) if job.pace else contextlib.nullcontext()
        async with paced, self._turns.of(endpoint.base_url) as busy:
            with self._meter as meter:
                call = job.caller(
                    lane.request,
                    endpoint,
                    pool=self._pool,
                    on_delta=lane.receive,
                    gate=functools.partial(self._may_leave, job.written),
                    queued_at=queued_at,
                )
                lane.partial = call.response
                lane.state = "connecting"
                watch, failure = Stopwatch(meter), None
                try:
                    await call.run()
                except asyncio.CancelledError:
                    failure = lane.stopped_by or STOPPED
                trust = watch.trust(busy())
        return replace(await self._response(call, failure), trust=trust)

    async def _may_leave(self, written: asyncio.Event) -> None:
        """Awaited with the connection open: the run is written down, and the loop has nothing else to do."""
        if not written.is_set():
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(PATIENCE):
                    await written.wait()
        await self._gate()

    async def _wind_down(self) -> None:
        me = asyncio.current_task()
        tasks = [task for task in asyncio.all_tasks() if task is not me]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self._pool.aclose()

    def _forget_old(self) -> None:
        """Drop the oldest ended runs while there are too many, or they hold too much; the newest always stays."""
        newest = next(reversed(self._runs))
        while len(self._runs) > KEPT_RUNS or self._held > KEPT_BYTES:
            ended = (i for i, run in self._runs.items() if run.done and i != newest)
            run_id = next(ended, None)
            if run_id is None:
                return
            self._held -= self._runs.pop(run_id).bytes

    async def _response(self, call: Call | Turn, failure: Failure | None) -> Response:
        """The call's response, which no second Stop can undo."""
        making = self._loop.create_task(self._make(call, failure))
        while True:
            try:
                return await asyncio.shield(making)
            except asyncio.CancelledError:
                if making.cancelled():
                    raise

    async def _make(self, call: Call | Turn, failure: Failure | None) -> Response:
        """One a turn of the loop: where many end at once, each one's last bytes are stamped before others are put together.

        In a thread where there is so much of it that others would wait.
        """
        async with self._finishing:
            await asyncio.sleep(0)
            if not call.large:
                return call.response(failure)
        return await asyncio.to_thread(call.end, failure)


SLIP = Failure(
    type="server",
    message="The answer could not be put together",
    meaning="Something went wrong in the playground itself, not at the provider; its log says what.",
    next_step="Run again. The provider may bill what it had produced by then.",
)


STOPPED = Failure(
    type="cancelled",
    message="Stopped.",
    meaning="You stopped this lane; the connection was closed and the text so far is kept.",
    next_step="Run again when you like. The provider may bill what it had produced by then.",
)


SHUT_DOWN = Failure(
    type="cancelled",
    message="The app was stopped.",
    meaning="The app was stopped or restarted while this lane was under way; the text so far is kept.",
    next_step="Run again. The provider may bill what it had produced by then.",
)


def _unknown_provider(request: Request) -> Failure:
    name = request.model.provider
    return Failure(
        type="not_found",
        message=unknown(name),
        meaning=f"The playground does not know where {name!r} is.",
        next_step=f"Add an endpoint named {name!r} with its base URL, or correct the model's spelling.",
    )


def _attempt(response: Response, wait: float) -> Attempt:
    assert response.failure is not None  # noqa: S101 - only failed responses are retried
    return Attempt(failure=response.failure, duration=response.timing.duration, waited=wait)


def _on_a_closed_connection(response: Response) -> bool:
    """True when a connection kept from an earlier request was closed before a byte of the answer came.

    Servers close what they kept open as they like, llama.cpp's after each stream, and cannot say so in time (RFC 9112,
    9.5). The request is sent again at once, as browsers do; each such connection is gone then, so a new one is next.
    """
    failure, exchange, timing = response.failure, response.exchange, response.timing
    sent_on_a_kept_one = timing.started_at is not None and timing.connect is None
    silent = exchange is not None and exchange.status is None
    return sent_on_a_kept_one and silent and failure is not None and failure.type == "connection"


def wait_before_retry(response: Response, left: int) -> float | None:
    """Seconds to wait, or None when the response stands: it succeeded, has text, or may not be repeated."""
    failure = response.failure
    if failure is None or left <= 0 or failure.type not in RETRYABLE or response.text:
        return None
    if failure.retry_after is not None:
        return failure.retry_after if failure.retry_after <= LONGEST_WAIT else None
    return random.uniform(0.5, 1.5)  # noqa: S311 - jitter, not a secret


def _new_loop() -> Any:
    try:
        import uvloop
    except ImportError:  # Windows
        return asyncio.new_event_loop()
    return uvloop.new_event_loop()


@Single
def get_engine() -> Engine:
    """The process's one engine, started at first use."""
    engine = Engine(hosted=settings.hosted())
    engine._pool.expect("https:")  # whatever it is asked, on the loop too
    return engine
