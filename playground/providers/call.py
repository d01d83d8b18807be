"""One call of one model: checked, sent through the official SDK, read from the wire, turned into a Response."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import httpcore2

from playground.domain import Endpoint, Failure, Request, Response, Usage
from playground.providers import outcome
from playground.providers.doors import door
from playground.providers.draft import DONE, Draft, Kind, OnDelta
from playground.providers.fitting import fitted
from playground.providers.mapping import read_json
from playground.providers.masking import masked
from playground.providers.sdk import over
from playground.wire import Pool, RawEvent, Recorder, SSEParser

_LINGER = 10.0
"""Seconds that a stream may stay open after its last word before it is closed from our side."""

_REQUEST_ID = ("x-request-id", "request-id", "x-goog-request-id", "x-oneapi-request-id")


class Call:
    """One request to one endpoint. Run it once; ask for its response at any time."""

    def __init__(
        self,
        request: Request,
        endpoint: Endpoint,
        *,
        pool: Pool,
        on_delta: OnDelta | None = None,
        gate: Callable[[], Awaitable[None]] | None = None,
        hosted: bool = False,
    ) -> None:
        if hosted and not pool.hosted:
            raise ValueError("in hosted mode the pool must be opened with hosted=True")
        self.request = request
        self.endpoint = endpoint
        self.failure: Failure | None = None
        self._provider = request.model.provider
        self._door = door(request.model)
        self._read_event = self._door.read_event
        self._on_delta = on_delta
        self._draft = Draft(self._provider, self._tell if on_delta else None)
        self._events: list[RawEvent] = []
        self._hosted = pool.hosted
        pool.allow(endpoint)
        self._recorder = Recorder(
            pool,
            base_url=endpoint.base_url,
            secrets=(endpoint.key,),
            gate=gate,
            on_sent=lambda: self._draft.emit("sent", ""),
        )

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

    def response(self, failure: Failure | None = None) -> Response:
        """The response as far as it has come; `failure` says why it ends here, when the caller knows better."""
        draft, recorder = self._draft, self._recorder
        response = Response(
            model=self.request.model,
            response_model=draft.response_model,
            response_id=draft.response_id,
            request_id=next(
                (recorder.headers[name] for name in _REQUEST_ID if name in recorder.headers), None
            ),
            text="".join(draft.text_parts),
            reasoning_text="".join(draft.reasoning_parts),
            refusal="".join(draft.refusal_parts) or None,
            choices=tuple("".join(draft.choices[i]) for i in sorted(draft.choices)),
            tool_calls=tuple(draft.tool_calls),
            server_tools=tuple(draft.server_tools),
            files=tuple(draft.files),
            citations=tuple(draft.citations),
            finish_reason=draft.finish_reason,
            service_tier=draft.service_tier,
            usage=draft.usage or Usage(),
            timing=recorder.timing(
                first_reasoning=draft.first_reasoning,
                first_text=draft.first_text,
                last_text=draft.last_text,
            ),
            failure=failure or self.failure,
            exchange=recorder.exchange(self._events),
            streamed=self.request.stream,
            simulated=self.endpoint.simulated,
            turn=tuple(draft.turn),
        )
        return masked(fitted(response), recorder.redactor)

    def _tell(self, kind: Kind, piece: str) -> None:
        """Pass a piece on as it will stand in the response, keys masked."""
        if self._on_delta is not None:
            self._on_delta(kind, self._recorder.redactor.text(piece))

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
            self.failure = outcome.of_status(recorder, self._provider, self._door)

    async def _read_stream(self) -> None:
        draft, recorder, events = self._draft, self._recorder, self._events
        parser = SSEParser()
        clock = asyncio.get_running_loop().time
        try:
            async with asyncio.timeout(None) as limit:
                async for chunk in recorder.chunks():
                    draft.now = now = recorder.last_chunk or 0.0
                    for name, data in parser.feed(chunk):
                        events.append((now, name, data))
                        self._take(data)
                    if draft.done:
                        limit.reschedule(clock() + _LINGER)
        except (
            TimeoutError,
            httpcore2.TimeoutException,
            httpcore2.NetworkError,
            httpcore2.ProtocolError,
        ) as error:
            if not draft.done and not outcome.cut(error):
                raise
        for name, data in parser.finish():
            if outcome.is_json(data):
                events.append((draft.now, name, data))
                self._take(data)
        ending = None if draft.done else outcome.truncated(recorder, self._provider)
        self.failure = self._masked(draft.failure) or ending

    def _take(self, data: bytes) -> None:
        """Read one event; one that cannot be read fails the call in plain words, and the next are read all the same."""
        draft = self._draft
        if data == b"[DONE]":
            self._read_event(draft, DONE)
            return
        try:
            event = read_json(data)
            if type(event) is dict:
                self._read_event(draft, event)
            else:
                for one in event:
                    self._read_event(draft, one)
        except Exception as error:
            if draft.failure is None:
                draft.failure = outcome.unreadable(self._recorder, self._provider, data, error)

    def _read_body(self, body: bytes) -> None:
        draft = self._draft
        draft.now = self._recorder.last_chunk or 0.0
        try:
            value = read_json(body)
            for one in value if isinstance(value, list) else (value,):
                self._door.read_body(draft, one)
        except Exception as error:
            if draft.failure is None:
                draft.failure = outcome.unreadable(self._recorder, self._provider, body, error)
        self.failure = self._masked(draft.failure)

    def _masked(self, failure: Failure | None) -> Failure | None:
        return None if failure is None else outcome.masked(self._recorder, failure)

    def _settle(self) -> None:
        """Close what is still open in the draft; a slip of ours there is a failure of the call, not of the program."""
        try:
            self._door.finish(self._draft)
        except Exception as error:
            if self.failure is None:
                message = f"The answer could not be read ({type(error).__name__}: {error})."
                self.failure = outcome.fail(self._recorder, self._provider, "server", message)
