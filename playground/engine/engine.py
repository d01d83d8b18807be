"""One daemon thread, one event loop, one connection pool for the whole process."""

from __future__ import annotations

import asyncio
import functools
import random
import secrets
import sys
import threading
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
from playground.domain.provider import unknown
from playground.engine.clock import Gate, LagMeter, Stopwatch
from playground.engine.journal import Journal, tell_began, tell_ended
from playground.engine.live import Lane, LiveRun
from playground.engine.receipt import priced
from playground.providers import Call
from playground.wire import Pool, open_pool

T = TypeVar("T")

KEPT_RUNS = 500
"""Ended runs kept in memory, the oldest dropped first; runs under way are never dropped."""
KEPT_BYTES = 256 * 2**20
"""Bytes received and sent that all kept runs may hold together; what is above is dropped in the same order."""
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


class Engine:
    """Starts runs, finds them again, stops them. Every public method may be called from any thread."""

    def __init__(self, *, hosted: bool = False) -> None:
        self._hosted = hosted
        self._runs: OrderedDict[str, LiveRun] = OrderedDict()
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
    ) -> LiveRun:
        """Send all requests at once and return at once; a provider without an endpoint fails in its lane.

        The journal, if any, has written the run down before its first request leaves.
        """
        pricing.load()  # here and not on the engine's thread, where it would spoil a latency
        used = [endpoints.get(request.model.provider) for request in requests]
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
        jobs = [
            _Job(run=run, lane=lane, endpoint=endpoint, retries=retries, journal=journal)
            for lane, endpoint in zip(run.lanes, used, strict=True)
        ]
        tell_began(journal, run)
        self._loop.call_soon_threadsafe(self._launch, jobs)
        return run

    def find(self, run_id: str, owner: str = "") -> LiveRun | None:
        """The run with this id if it belongs to this owner."""
        run = self._runs.get(run_id)
        return run if run is not None and secrets.compare_digest(run.owner, owner) else None

    def having(self, name: str, value: str, owner: str = "") -> list[LiveRun]:
        """This owner's runs in memory whose context has this text under this name, the oldest first."""
        with self._lock:
            known = list(self._runs.values())
        return [
            run
            for run in known
            if run.context.get(name) == value and secrets.compare_digest(run.owner, owner)
        ]

    def submit(self, work: Callable[[Pool], Awaitable[T]]) -> Future[T]:
        """Run other work (list models, count tokens) on the engine's loop with its connection pool."""

        async def task() -> T:
            return await work(self._pool)

        return asyncio.run_coroutine_threadsafe(task(), self._loop)

    def close(self) -> None:
        """Stop every lane, close the connections, end the thread."""
        if not self._thread.is_alive():
            return
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
        self._under_way = 0
        self._ready.set()
        try:
            self._loop.run_forever()
        finally:
            self._loop.close()

    def _launch(self, jobs: Sequence[_Job]) -> None:
        for job in jobs:
            task = self._loop.create_task(self._run_lane(job))
            job.run.tasks[job.lane.index] = task

    def _cancel(self, run: LiveRun, index: int | None) -> None:
        def cancel() -> None:
            for i, task in list(run.tasks.items()):
                if index is None or i == index:
                    # One turn later: a task cancelled before its first step would end without a response.
                    self._loop.call_soon(task.cancel)

        self._loop.call_soon_threadsafe(cancel)

    async def _run_lane(self, job: _Job) -> None:
        lane = job.lane
        self._under_way += 1
        with self._meter as meter:
            watch = Stopwatch(meter)
            try:
                response = await self._ask(job)
            finally:
                busiest = self._under_way
                self._under_way -= 1
                job.run.tasks.pop(lane.index, None)
        response = replace(response, trust=watch.trust(busiest))
        price = functools.partial(priced, response, lane.request, pricing.load())
        # A broken-off stream is priced by counting its tokens: not here, where others are being timed.
        lane.end(price() if response.failure is None else await asyncio.to_thread(price))
        tell_ended(job.journal, job.run, lane)
        job.run.lane_ended()
        with self._lock:
            self._forget_old()

    async def _ask(self, job: _Job) -> Response:
        """Try until it answers, fails for good, or is stopped. Never raises."""
        attempts: list[Attempt] = []
        lane = job.lane
        if job.endpoint is None:
            return Response(model=lane.request.model, failure=_unknown_provider(lane.request))
        while True:
            call = Call(
                lane.request,
                job.endpoint,
                pool=self._pool,
                on_delta=lane.receive,
                gate=self._gate,
            )
            lane.partial = call.response
            lane.state = "connecting"
            try:
                await call.run()
                response = replace(await _response(call), attempts=tuple(attempts))
                wait = _wait_before_retry(response, job.retries - len(attempts))
                if wait is None:
                    return response
                lane.state = "queued"
                attempts.append(_attempt(response, wait))
                lane.attempt += 1
                await asyncio.sleep(wait)
            except asyncio.CancelledError:
                stopped = await _response(call, lane.stopped_by or STOPPED)
                return replace(stopped, attempts=tuple(attempts))

    async def _wind_down(self) -> None:
        me = asyncio.current_task()
        tasks = [task for task in asyncio.all_tasks() if task is not me]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self._pool.aclose()

    def _forget_old(self) -> None:
        """Drop the oldest ended runs while there are too many, or they hold too much; the newest always stays."""
        held = sum(run.bytes for run in self._runs.values())
        for run_id, run in list(self._runs.items())[:-1]:
            if len(self._runs) <= KEPT_RUNS and held <= KEPT_BYTES:
                return
            if run.done:
                held -= run.bytes
                del self._runs[run_id]


async def _response(call: Call, failure: Failure | None = None) -> Response:
    """The call's response: made on the loop, or in a thread where there is so much of it that others would wait."""
    if not call.large:
        return call.response(failure)
    making = asyncio.get_running_loop().run_in_executor(None, call.response, failure)
    while True:
        try:
            return await asyncio.shield(making)
        except asyncio.CancelledError:  # stopped once more, but it is over already
            if making.cancelled():
                raise


STOPPED = Failure(
    type="cancelled",
    message="Stopped.",
    meaning="You stopped this lane; the connection was closed and the text so far is kept.",
    next_step="Run again when you like. The provider may bill what it had produced by then.",
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


def _wait_before_retry(response: Response, left: int) -> float | None:
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


@functools.cache
def get_engine() -> Engine:
    """The process's one engine, started at first use."""
    return Engine(hosted=settings.hosted())
