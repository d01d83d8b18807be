"""A session: a WebSocket that stays open over many turns. Each turn is asked and answered like a call.

It stands beside `Call` and gives the same Response; `Session.call` has the arguments of `Call`, so the engine runs a turn
as it runs a call. A session is of one event loop, and lives as long as somebody holds it.
"""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from playground.domain import (
    Endpoint,
    Failure,
    FailureType,
    Message,
    Request,
    Response,
    Text,
    Timing,
)
from playground.providers import outcome, verdict
from playground.providers.call import Call
from playground.providers.doors import SESSION_DOORS
from playground.providers.draft import Draft, Kind, OnDelta
from playground.providers.failures import failure_of
from playground.providers.fitting import fitted
from playground.providers.heard import Heard
from playground.providers.mapping import read_json
from playground.providers.masking import masked
from playground.wire import Pool, SocketRecorder
from playground.wire.limits import MAX_SECONDS, Endless

_CLOSING = 5.0
"""Seconds that closing may take."""


class Session:
    """A conversation that a provider keeps while the WebSocket is open. Nothing is opened before the first turn."""

    def __init__(self, *, once: bool = False) -> None:
        self.id = secrets.token_hex(16)
        self.once = once
        """True where it is closed after its first turn."""
        self.heard = Heard("")
        self.recorder: SocketRecorder | None = None
        self.connection: Any = None
        self.known: list[Message] = []
        """The conversation as the provider has it."""
        self.news = asyncio.Event()
        """Set whenever something came, or the connection is over."""
        self.broken: Exception | None = None
        """What ended the connection."""
        self._ended = False
        """True once nothing more comes, though closing may still take its time."""
        self.used = time.monotonic()
        self._door: Any = None
        self._task: asyncio.Task[None] | None = None
        self._ready = asyncio.Event()

    def call(
        self,
        request: Request,
        endpoint: Endpoint,
        *,
        pool: Pool,
        on_delta: OnDelta | None = None,
        gate: Callable[[], Awaitable[None]] | None = None,
        hosted: bool = False,
        queued_at: float | None = None,
    ) -> Turn:
        """The next turn; run it once, like a Call."""
        return Turn(self, request, endpoint, pool, on_delta, gate, queued_at)

    @property
    def open(self) -> bool:
        """True while the WebSocket is there."""
        under_way = self._task is not None and not self._task.done() and not self._ended
        return under_way and self._ready.is_set()

    async def connect(self, request: Request, endpoint: Endpoint, pool: Pool) -> None:
        """Open the WebSocket and configure the session, unless it is open; raises what went wrong."""
        if self.open:
            return
        await self.close()
        self.heard, self.known, self.broken = Heard(request.model.provider), [], None
        self._ended = False
        self.heard.model = request.model.model
        self._door = SESSION_DOORS[request.model.api]
        self._ready, self.news = asyncio.Event(), asyncio.Event()
        pool.allow(endpoint)
        self.recorder = SocketRecorder(
            pool,
            base_url=endpoint.base_url,
            secrets=(endpoint.key,),
            on_message=self._take,
        )
        self._task = asyncio.create_task(self._live(self.recorder, request, endpoint))
        while not (self._ready.is_set() or self._ended or self._task.done()):
            await self.more(request.timeout)
        if self.broken is not None:
            raise self.broken

    async def send(self, messages: list[Message], request: Request) -> None:
        """Send what the provider does not know yet."""
        await self._door.send(self.connection, messages, request)

    async def more(self, patience: float) -> None:
        """Wait for news; TimeoutError after so many seconds without any."""
        async with asyncio.timeout(patience):
            await self.news.wait()
        self.news.clear()

    async def close(self) -> None:
        """Close the WebSocket, if it is open."""
        task, self._task = self._task, None
        if task is not None and not task.done():
            task.cancel()
            await asyncio.wait({task}, timeout=_CLOSING)

    async def _live(self, recorder: SocketRecorder, request: Request, endpoint: Endpoint) -> None:
        """Lay the way, hold the connection open and receive, until either side ends it; then the way is gone too."""
        try:
            options = await recorder.open()
            tls = recorder.trusting(always_tls=self._door.ALWAYS_TLS)
            async with self._door.connect(request, endpoint, options, tls) as self.connection:
                try:
                    await self._door.configure(self.connection, request)
                    await self._door.pump(self.connection)
                except Exception as error:
                    self._over_by(error)
                finally:  # closing waits for the other side, and nobody waits for that
                    self._ended = True
                    self.news.set()
        except Exception as error:
            self._over_by(error)
        finally:
            await recorder.aclose()
            self.connection, self._ended = None, True
            self.news.set()

    def _over_by(self, error: Exception) -> None:
        if self.broken is None:
            self.broken = error
            if self.recorder is not None:
                self.recorder.failed(error)

    def _take(self, now: float, sent: bool, data: bytes) -> None:
        """Called by the recorder for every message."""
        if sent:
            return
        heard = self.heard
        heard.draft.now = now
        heard.draft.scratch.setdefault("first", now)
        heard.draft.scratch["last"] = now
        try:
            message = read_json(data)
            if isinstance(message, Mapping):
                self._door.read(heard, message)
        except Exception as error:  # of any shape: the session goes on
            heard.draft.notes.append(f"A message could not be read ({type(error).__name__}).")
        if heard.configured or heard.errors:
            self._ready.set()
        self.news.set()


class Turn:
    """One question in a session and its answer. Run it once; ask for its response at any time."""

    def __init__(
        self,
        session: Session,
        request: Request,
        endpoint: Endpoint,
        pool: Pool,
        on_delta: OnDelta | None,
        gate: Callable[[], Awaitable[None]] | None,
        queued_at: float | None,
    ) -> None:
        self.request = request
        self.endpoint = endpoint
        self.failure: Failure | None = None
        self._session, self._pool, self._gate = session, pool, gate
        self._on_delta = on_delta
        self._draft = Draft(request.model.provider)
        self._queued_at = time.perf_counter() if queued_at is None else queued_at
        self._zero: float | None = None
        self._started_at: str | None = None
        self._from = 0
        self._until: int | None = None
        self._first = False
        self._closed: float | None = None

    @property
    def large(self) -> bool:
        """A turn is never so large that its response is made elsewhere."""
        return False

    async def run(self) -> None:
        """Run to the end of the turn; every failure becomes `failure`. Cancelled, it closes the whole session."""
        session = self._session
        session.used = time.monotonic()
        try:
            self.failure = outcome.refused_here(self.endpoint, hosted=self._pool.hosted)
            if self.failure is None:
                await self._ask()
        except asyncio.CancelledError:
            await session.close()
            raise
        except Exception as error:
            self.failure = self._broken(error)
            await session.close()
        finally:
            self._settle()
            if session.once:
                await session.close()

    async def _ask(self) -> None:
        session, request = self._session, self.request
        if not _continues(session.known, request.messages):
            await session.close()  # another conversation: the provider is told all of it
        self._first = not session.open
        await session.connect(request, self.endpoint, self._pool)
        assert session.recorder is not None  # noqa: S101 - it is connected
        if self._first and (refused := session.heard.draft.failure):
            self.failure = (
                refused  # of the settings: without them another question would be answered
            )
            await session.close()
            return
        new = list(request.messages[len(session.known) :])
        if self._gate is not None:
            await self._gate()
        self._from = 0 if self._first else len(session.recorder.messages)
        turns = len(session.heard.turns)
        self._draft = session.heard.begin(self._tell)
        self._started_at = datetime.now(UTC).isoformat(timespec="milliseconds")
        self._draft.emit("sent", "")
        self._zero = time.perf_counter()
        try:
            async with asyncio.timeout(MAX_SECONDS) as limit:
                await session.send(new, request)
                while not (len(session.heard.turns) > turns or self._over()):
                    await session.more(request.timeout)
        except TimeoutError:
            if not limit.expired():
                raise
            host = session.recorder.host
            raise Endless(f"{host} did not end its answer in {MAX_SECONDS:,.0f} s") from None
        self.failure = self._draft.failure
        if self.failure is not None and not self._draft.done:
            await session.close()  # what still comes of this turn would be taken for the next one's

    def _over(self) -> bool:
        """Whether nothing more comes of this turn: the model waits for a result, has failed, or the line is cut."""
        session, scratch = self._session, self._draft.scratch
        if not session.open:
            raise session.broken or ConnectionError("the session is closed")
        return bool(scratch.get("waits")) or self._draft.failure is not None

    def _tell(self, kind: Kind, piece: str) -> None:
        recorder = self._session.recorder
        if self._on_delta is not None and recorder is not None:
            self._on_delta(kind, recorder.redactor.text(piece))

    def _broken(self, error: Exception) -> Failure:
        """What broke the connection, or kept it from being made."""
        recorder, provider = self._session.recorder, self.request.model.provider
        if recorder is None or isinstance(error, TimeoutError):
            said = f"{recorder.host if recorder else 'The server'} sent nothing for {self.request.timeout:g} s."
            return failure_of("timeout", provider, message=said)
        status = recorder.status
        if status is not None and status >= 200:
            failure = outcome.of_status(recorder, provider)
        elif isinstance(error, Endless):
            failure = outcome.endless(recorder, provider, str(error))
        elif status == 101 and outcome.cut(recorder.error or error):
            said = f"{recorder.host} broke the session off: {recorder.error or error}"
            failure = failure_of("stream_truncated", provider, message=said, status=101)
        elif status == 101 and recorder.error is None:
            why = recorder.close_reason or "without a reason"
            code = recorder.close_code
            said = f"{recorder.host} closed the session (code {code}): {why}"
            if isinstance(error, TypeError | ValueError | LookupError | AttributeError):
                said = f"{recorder.host} sent a message that its SDK can't read ({error})."
            elif code is None:
                said = f"{recorder.host} hung up without closing the session."
            kind = _CLOSED.get(code or 0, "stream_truncated")
            failure = failure_of(kind, provider, message=said, status=101)
        else:
            failure = outcome.broken(recorder, provider, error, silence=self.request.timeout)
        return outcome.told(recorder, self.endpoint, failure)

    def _settle(self) -> None:
        session, draft = self._session, self._draft
        session.used = time.monotonic()
        recorder = session.recorder
        self._closed = time.perf_counter()
        if recorder is not None:
            self._until = len(recorder.messages)
            if self.failure is not None:
                self.failure = outcome.masked(recorder, self.failure)
        if not draft.done:
            draft.close()
        verdict.tidy(draft)
        if self.failure is None:
            said = Message(role="assistant", parts=tuple(draft.turn) or (Text(text=""),))
            session.known = [*self.request.messages, said]
        session.heard.on_delta = None

    def end(self, failure: Failure | None = None) -> Response:
        """The same as `response`: nothing here is large."""
        return self.response(failure)

    def response(self, failure: Failure | None = None) -> Response:
        """The response as far as it has come; `failure` says why it ends here, when the caller knows better."""
        draft, recorder = self._draft, self._session.recorder
        zero = self._zero or self._queued_at
        messages = recorder.messages[self._from : self._until] if recorder else []
        response = replace(
            draft.response(self.request.model),
            request_id=recorder.headers.get("x-request-id") if recorder else None,
            timing=self._timing(zero),
            failure=failure or self.failure,
            exchange=recorder.exchange(messages, zero=zero) if recorder else None,
            simulated=self.endpoint.simulated,
        )
        return masked(fitted(response), recorder.redactor) if recorder else response

    def _timing(self, zero: float) -> Timing:
        draft, recorder = self._draft, self._session.recorder

        def offset(at: float | None) -> float | None:
            return None if at is None or self._zero is None else at - zero

        return Timing(
            started_at=self._started_at,
            queued=None if self._zero is None else zero - self._queued_at,
            connect=recorder.connect if recorder and self._first else None,
            proxy=recorder.proxy.name if recorder and recorder.proxy else None,
            first_chunk=offset(draft.scratch.get("first")),
            last_chunk=offset(draft.scratch.get("last")),
            closed=offset(self._closed),
            **{name: offset(at) for name, at in draft.times().items()},
        )


_CLOSED: dict[int, FailureType] = {
    1007: "invalid_request",
    1008: "invalid_request",
    1011: "server",
    1012: "overloaded",
    1013: "overloaded",
    3000: "authentication",
}
"""Close codes of a WebSocket (RFC 6455, IANA) → what failed."""


def _continues(known: list[Message], messages: tuple[Message, ...]) -> bool:
    """Whether the messages are the conversation as the provider has it, and more."""
    held = [(m.role, m.text) for m in known]
    return len(messages) > len(held) and [(m.role, m.text) for m in messages[: len(held)]] == held


def called(request: Request, endpoint: Endpoint, **how: Any) -> Call | Turn:
    """What asks this model once: a call, or a session of one turn where its door goes both ways."""
    if request.model.api in SESSION_DOORS:
        return Session(once=True).call(request, endpoint, **how)
    return Call(request, endpoint, **how)
