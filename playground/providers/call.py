"""One call of one model: checked, sent through the official SDK, read from the wire, turned into a Response."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

import httpcore2

from playground.domain import APIS, Endpoint, Failure, RawEvent, Request, Response
from playground.providers import outcome, verdict
from playground.providers.doors import door
from playground.providers.draft import DONE, Draft, Kind, OnDelta
from playground.providers.fitting import fitted
from playground.providers.mapping import read_json
from playground.providers.masking import masked
from playground.providers.sdk import over
from playground.wire import Pool, Recorder, SSEParser
from playground.wire.freeing import let_go
from playground.wire.limits import MAX_EVENTS, MAX_SECONDS, MAX_TEXT, Endless

_LINGER = 10.0
"""Seconds that a stream may stay open after its last word before it is closed from our side."""

_LOOK, _WEIGH = 64 * 1024, 2**20
"""Bytes of a stream after which its events are masked and counted, and after which its text is weighed."""
_LARGE = 2**20
"""Bytes sent or received."""
_ENDS = frozenset({b"[done]", b"done", b"[end]"})
"""`[DONE]` as some servers write it: padded, quoted, without brackets."""
_KEEP_ALIVES = frozenset(
    {b"", b"ping", b"pong", b"null", b"keepalive", b"keep-alive", b"heartbeat"}
)
"""Data that says nothing but that the server is still there."""

_WRAPPED = re.compile(rb"(?:event:\s*(\S+)\s+|data:\s*)+")
"""What stands once more before the data where a gateway wraps a whole event as data: sse-starlette does with what is one."""

_REQUEST_ID = ("x-request-id", "request-id", "x-goog-request-id", "x-oneapi-request-id")


class Call:
    """One request to one endpoint. Run it once; ask for its response at any time.

    `queued_at` (perf_counter) is when it began to wait for its turn, if that was before it was made.
    """

    def __init__(
        self,
        request: Request,
        endpoint: Endpoint,
        *,
        pool: Pool,
        on_delta: OnDelta | None = None,
        gate: Callable[[], Awaitable[None]] | None = None,
        hosted: bool = False,
        queued_at: float | None = None,
    ) -> None:
        if hosted and not pool.hosted:
            raise ValueError("in hosted mode the pool must be opened with hosted=True")
        self.request = request
        self.endpoint = endpoint
        self.failure: Failure | None = None
        self._provider = request.model.provider
        self._door = door(request.model)
        self._read_event = self._door.read_event
        self._kind = APIS[request.model.api].event_type
        self._on_delta = on_delta
        self._draft = Draft(self._provider, self._tell if on_delta else None)
        self._events: list[RawEvent] = []
        self._ended: Response | None = None
        self._weigh_at = MAX_TEXT
        self._strange: bytes | None = None
        """The first event that was neither JSON nor anything that says nothing."""
        self._hosted = pool.hosted
        pool.allow(endpoint)
        self._recorder = Recorder(
            pool,
            base_url=endpoint.base_url,
            secrets=(endpoint.key,),
            gate=gate,
            on_sent=lambda: self._draft.emit("sent", ""),
            queued_at=queued_at,
            body=request.body,
        )
        self._mask = self._recorder.redactor.text

    async def run(self) -> None:
        """Run to the end. Every failure becomes `failure`; only a cancellation passes, the connection closed."""
        try:
            self.failure = outcome.refused_here(self.endpoint, hosted=self._hosted)
            if self.failure is None:
                await self._send()
                await self._read()
        except Exception as error:
            self.failure = outcome.broken(
                self._recorder, self._provider, error, silence=self.request.timeout
            )
        finally:
            await self._recorder.aclose()
            self._settle()
            if self.failure is not None:
                self.failure = outcome.told(self._recorder, self.endpoint, self.failure)

    def response(self, failure: Failure | None = None) -> Response:
        """The response as far as it has come; `failure` says why it ends here, when the caller knows better."""
        if self._ended is not None:
            return self._ended
        draft, recorder = self._draft, self._recorder
        response = replace(
            draft.response(self.request.model),
            request_id=next(
                (recorder.headers[name] for name in _REQUEST_ID if name in recorder.headers), None
            ),
            timing=recorder.timing(**draft.times() if recorder.streaming else {}),
            failure=failure or self.failure,
            exchange=recorder.exchange(self._events),
            streamed=self.request.stream if recorder.status is None else recorder.streaming,
            simulated=self.endpoint.simulated,
        )
        return masked(fitted(response), recorder.redactor)

    def end(self, failure: Failure | None = None) -> Response:
        """The response that stands from now on, in place of what it was made of, which is let go of: for a thread of its own.

        Before the answer's cost is counted: beside that it would be the peak of what the process holds.
        """
        self._ended = response = self.response(failure)
        self._recorder.let_go()
        let_go(self._events)
        for parts in self._draft.written():
            let_go(parts)
        return response

    @property
    def large(self) -> bool:
        """True when making the response takes long enough to be done elsewhere than on the event loop."""
        return max(self._recorder.bytes_received, self._recorder.bytes_sent) > _LARGE

    def _tell(self, kind: Kind, piece: str) -> None:
        """Pass a piece on as it will stand in the response, keys masked."""
        if self._on_delta is not None and len(piece) <= MAX_TEXT:
            self._on_delta(kind, self._mask(piece))

    async def _send(self) -> None:
        """Let the SDK send it. What the SDK makes of the answer does not matter once the recorder has one."""
        recorder = self._recorder
        try:
            with over(recorder):
                await self._door.open(
                    self._door.arguments(self.request), self.endpoint, self.request.timeout
                )
        except Exception:
            if recorder.error is not None or recorder.status is None:
                raise

    async def _read(self) -> None:
        recorder = self._recorder
        if recorder.streaming:
            await self._read_stream()
        elif recorder.status is None:
            raise RuntimeError("the SDK sent nothing")
        elif 200 <= recorder.status < 300:
            self._read_body(recorder.body or b"")
        else:
            self.failure = outcome.of_status(recorder, self._provider)

    async def _read_stream(self) -> None:
        parser = SSEParser()
        ending: Failure | None = None
        try:
            broken = await self._read_chunks(parser)
            for name, data in parser.finish():
                if outcome.is_json(data):
                    self._events.append((self._draft.now, name, data))
                    self._take(name, data)
            if broken is not None and not self._draft.done:
                ending = self._broken_off(broken)
        except Endless as error:
            ending = outcome.endless(self._recorder, self._provider, str(error))
        self.failure = self._masked(self._draft.failure) or ending or self._unfinished()

    async def _read_chunks(self, parser: SSEParser) -> Exception | None:
        """Read until the stream is over; what broke it off, or kept it from ending, is returned."""
        draft, recorder, events = self._draft, self._recorder, self._events
        clock, look_at = asyncio.get_running_loop().time, _LOOK
        try:
            async with asyncio.timeout(MAX_SECONDS) as limit:
                async for chunk in recorder.chunks():
                    draft.now = now = recorder.last_chunk or 0.0
                    for name, data in parser.feed(chunk):
                        events.append((now, name, data))
                        self._take(name, data)
                    if draft.done:
                        limit.reschedule(clock() + _LINGER)
                    if recorder.bytes_received >= look_at:
                        look_at = recorder.bytes_received + _LOOK
                        self._look()
        except (
            TimeoutError,
            httpcore2.TimeoutException,
            httpcore2.NetworkError,
            httpcore2.ProtocolError,
        ) as error:
            return error
        return None

    def _look(self) -> None:
        """Mask what has come of a long stream while it comes, not at its end; Endless when there is too much of it."""
        draft, recorder = self._draft, self._recorder
        if len(self._events) > MAX_EVENTS:
            raise Endless(f"{recorder.host} sent more than {MAX_EVENTS:,} events")
        recorder.settle(self._events)
        if recorder.bytes_received >= self._weigh_at:
            self._weigh_at = recorder.bytes_received + _WEIGH
            if draft.size() > MAX_TEXT:
                raise Endless(f"the answer is longer than {MAX_TEXT:,} characters")

    def _broken_off(self, error: Exception) -> Failure:
        if type(error) is TimeoutError:
            raise Endless(f"{self._recorder.host} did not end its answer in {MAX_SECONDS:,.0f} s")
        if not outcome.cut(error):
            raise error
        return outcome.truncated(self._recorder, self._provider)

    def _unfinished(self) -> Failure | None:
        """Why a stream that is over is no whole answer; what was strange in a whole one is a note."""
        recorder, draft, strange = self._recorder, self._draft, self._strange
        if strange is not None and not (draft.done or draft.size()):
            return outcome.unreadable(recorder, self._provider, strange)
        if not draft.done:
            return outcome.truncated(recorder, self._provider)
        if strange is not None:
            draft.notes.append(
                f"Among the events stood one that is none: {outcome.excerpt(strange)}"
            )
        return None

    def _take(self, name: str | None, data: bytes) -> None:
        """Read one event; one that cannot be read fails the call in plain words, and the next are read all the same."""
        draft = self._draft
        try:
            event = read_json(data)
            if type(event) is dict:
                if name is not None and self._kind not in event:
                    event = self._named(name, event)
                self._read_event(draft, event)
            elif type(event) is list:
                for one in event:
                    self._read_event(draft, one)
        except Endless:
            raise
        except ValueError:
            self._take_words(name, data)
        except Exception:
            self._fail(outcome.unreadable(self._recorder, self._provider, data))

    def _take_words(self, name: str | None, data: bytes) -> None:
        """Read an event that is no JSON: a keep-alive, an end in other clothes, an error in words, or half an event."""
        word = data.strip().strip(b"\"'").lower()
        if wrapped := _WRAPPED.match(data):
            inner = wrapped[1] and wrapped[1].decode("utf-8", "replace")
            self._take(inner or name, data[wrapped.end() :])
        elif word in _ENDS:
            self._read_event(self._draft, DONE)
        elif name == "error":
            self._draft.complain(outcome.excerpt(data))
        elif data.lstrip().startswith((b"{", b"[")):
            self._fail(outcome.unreadable(self._recorder, self._provider, data))
        elif word not in _KEEP_ALIVES and self._strange is None:
            self._strange = data

    def _named(self, name: str, event: dict[str, Any]) -> dict[str, Any]:
        """The event with what only its `event:` line says: its type, or that it is an error."""
        if self._kind:
            return {**event, self._kind: name}
        return {"error": event} if name == "error" and not event.get("error") else event

    def _fail(self, failure: Failure) -> None:
        if self._draft.failure is None:
            self._draft.failure = failure

    def _read_body(self, body: bytes) -> None:
        draft = self._draft
        draft.now = self._recorder.last_chunk or 0.0
        try:
            value = read_json(body)
            if value == []:
                raise ValueError("a list without an answer")
            for one in value if isinstance(value, list) else (value,):
                self._door.read_body(draft, one)
            if len(body) > MAX_TEXT and draft.size() > MAX_TEXT:
                raise Endless(f"the answer is longer than {MAX_TEXT:,} characters")
        except Endless as error:
            self._fail(outcome.endless(self._recorder, self._provider, str(error)))
        except Exception:
            self._fail(outcome.unreadable(self._recorder, self._provider, body))
        self.failure = self._masked(draft.failure)

    def _masked(self, failure: Failure | None) -> Failure | None:
        return None if failure is None else outcome.masked(self._recorder, failure)

    def _settle(self) -> None:
        """Close what is still open in the draft; a slip of ours there is a failure of the call, not of the program."""
        try:
            self._door.finish(self._draft)
            verdict.tidy(self._draft)
            if self._draft.done and self.failure is None:
                self.failure = self._masked(verdict.failed(self._draft))
        except Exception as error:
            if self.failure is None:
                message = f"The answer could not be read: {error}"
                self.failure = outcome.fail(self._recorder, self._provider, "server", message)
