"""One call of one model: checked, sent through the official SDK, read from the wire, turned into a Response."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import httpcore2
import httpx2
from pydantic_core import from_json

from playground.domain import Endpoint, Failure, FailureType, Request, Response, Usage
from playground.providers.doors import door
from playground.providers.draft import DONE, Draft, OnDelta
from playground.providers.failures import failure_of, label, no_key
from playground.wire import ForbiddenHost, Pool, RawEvent, Recorder, SSEParser, check_endpoint

_LINGER = 10.0
"""Seconds that a stream may stay open after its last word before it is closed from our side."""

_REQUEST_ID = ("x-request-id", "request-id", "x-goog-request-id", "x-oneapi-request-id")

_BROKEN: tuple[tuple[type[Exception], FailureType, str], ...] = (
    (ForbiddenHost, "permission", "{error}"),
    (httpcore2.ConnectTimeout, "timeout", "No connection to {host} in time."),
    (httpcore2.PoolTimeout, "timeout", "No free connection to {host} in time."),
    (httpcore2.TimeoutException, "timeout", "{host} sent nothing for {silence:g} s."),
    (httpcore2.ConnectError, "connection", "{host} could not be reached: {error}"),
    (httpcore2.LocalProtocolError, "invalid_request", "The request could not be sent: {error}"),
    (httpcore2.NetworkError, "connection", "The connection to {host} broke: {error}"),
    (httpcore2.ProtocolError, "connection", "{host} hung up: {error}"),
    (httpx2.DecodingError, "server", "{host} sent a body that does not decompress: {error}"),
)
"""What breaks below the SDK → our type and message; the first row that fits."""


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
        self._hosted = hosted or pool.hosted
        self._door = door(request.model)
        self._draft = Draft(request.model.provider, on_delta)
        self._events: list[RawEvent] = []
        pool.allow(endpoint)
        self._recorder = Recorder(
            pool,
            base_url=endpoint.base_url,
            secrets=(endpoint.key,),
            gate=gate,
            on_sent=lambda: self._draft.emit("sent", ""),
        )
        self._host = httpx2.URL(endpoint.base_url).host or endpoint.base_url

    async def run(self) -> None:
        """Run to the end. Every failure becomes `failure`; only a cancellation passes, the connection closed."""
        try:
            self.failure = self._refused_here()
            if self.failure is None:
                await self._send()
                await self._read()
        except Exception as error:
            self._broken(error)
        finally:
            await self._recorder.aclose()
            self._settle()

    def response(self, failure: Failure | None = None) -> Response:
        """The response as far as it has come; `failure` says why it ends here, when the caller knows better."""
        draft, recorder, mask = self._draft, self._recorder, self._recorder.redactor.text
        return Response(
            model=self.request.model,
            response_model=draft.response_model,
            response_id=draft.response_id,
            request_id=next(
                (recorder.headers[name] for name in _REQUEST_ID if name in recorder.headers), None
            ),
            text=mask("".join(draft.text_parts)),
            reasoning_text=mask("".join(draft.reasoning_parts)),
            refusal=mask("".join(draft.refusal_parts)) or None,
            choices=tuple(mask("".join(draft.choices[i])) for i in sorted(draft.choices)),
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

    def _refused_here(self) -> Failure | None:
        """What can be known to fail before anything is sent."""
        endpoint, provider = self.endpoint, self.request.model.provider
        if not endpoint.key and provider in self._door.NEEDS_KEY and not endpoint.simulated:
            return no_key(provider)
        try:
            check_endpoint(endpoint, hosted=self._hosted)
        except ForbiddenHost as error:
            return failure_of(
                "permission", provider, message=str(error), next_step="Use another base URL."
            )
        return None

    async def _send(self) -> None:
        """Let the SDK send it. What the SDK makes of the answer does not matter once the recorder has one."""
        recorder = self._recorder
        http = httpx2.AsyncClient(transport=recorder, trust_env=False)
        try:
            await self._door.open(
                self._door.arguments(self.request),
                base_url=self.endpoint.base_url,
                key=self.endpoint.key,
                http=http,
                silence=self.request.timeout,
            )
        except Exception:
            if recorder.error is not None or recorder.status is None:
                raise

    async def _read(self) -> None:
        recorder = self._recorder
        if recorder.streaming:
            await self._read_stream()
        elif recorder.status is not None:
            self._read_whole(recorder.status, recorder.body or b"")
        else:
            raise RuntimeError("the SDK sent nothing")

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
        except (TimeoutError, httpcore2.NetworkError, httpcore2.ProtocolError):
            recorder.error = None if draft.done else recorder.error
            if recorder.error is not None and not _cut(recorder.error):
                raise
        for name, data in parser.finish():
            events.append((draft.now, name, data))
            if _is_json(data):
                self._take(data)
        self.failure = draft.failure or (None if draft.done else self._truncated())

    def _take(self, data: bytes) -> None:
        """Read one event; what cannot be read fails the call in plain words but does not stop it."""
        draft = self._draft
        if data == b"[DONE]":
            self._door.read_event(draft, DONE)
            return
        try:
            event = from_json(data)
            for one in event if isinstance(event, list) else (event,):
                self._door.read_event(draft, one)
        except Exception as error:
            draft.failure = draft.failure or self._unreadable(data, error)

    def _read_whole(self, status: int, body: bytes) -> None:
        try:
            value = from_json(body)
        except ValueError:
            value = None
        if not 200 <= status < 300:
            self.failure = self._status_failure(status, body, value)
            return
        draft = self._draft
        draft.now = self._recorder.last_chunk or 0.0
        try:
            for one in value if isinstance(value, list) else (value,):
                self._door.read_body(draft, one)
        except Exception as error:
            draft.failure = draft.failure or self._unreadable(body, error)
        self.failure = draft.failure

    def _status_failure(self, status: int, body: bytes, value: Any) -> Failure:
        headers, provider = self._recorder.headers, self.request.model.provider
        if value is None:
            value = {"error": {"message": self._not_json(status, body)}}
        found = self._door.failure(provider, status, headers, value)
        return self._masked(found)

    def _not_json(self, status: int, body: bytes) -> str:
        target = self._recorder.headers.get("location")
        if 300 <= status < 400 and target:
            return f"{self._host} redirects to {target}; redirects are not followed, so that keys stay where they belong."
        return _excerpt(body) or f"{self._host} answered with status {status} and nothing else."

    def _unreadable(self, data: bytes, error: Exception) -> Failure:
        kind = self._recorder.headers.get("content-type", "an unnamed type")
        what = (
            f"{self._host} sent something that is not JSON ({kind}): {_excerpt(data)}"
            if not _is_json(data)
            else f"The answer could not be read ({type(error).__name__}: {error}): {_excerpt(data)}"
        )
        return self._fail("server", what)

    def _truncated(self) -> Failure:
        return self._fail(
            "stream_truncated", f"{self._host} ended the stream without its last event."
        )

    def _broken(self, error: Exception) -> None:
        """Map what broke below the SDK, or in it, or in our own code."""
        cause = self._recorder.error or error
        if self._recorder.streaming and _cut(cause):
            self.failure = self._truncated()
            return
        for kind, type_, message in _BROKEN:
            if isinstance(cause, kind):
                text = message.format(host=self._host, error=cause, silence=self.request.timeout)
                self.failure = self._fail(type_, text)
                return
        if self._recorder.request is None:
            message = (
                f"The request for {label(self.request.model.provider)} could not be built: {cause}"
            )
            self.failure = self._fail("invalid_request", message, status=None)
        else:
            self.failure = self._fail("server", f"{type(cause).__name__}: {cause}")

    def _fail(self, type_: FailureType, message: str, **more: Any) -> Failure:
        return self._masked(
            failure_of(
                type_,
                self.request.model.provider,
                message=message,
                **{"status": self._recorder.status, **more},
            )
        )

    def _masked(self, failure: Failure) -> Failure:
        from dataclasses import replace

        return replace(failure, message=self._recorder.redactor.text(failure.message))

    def _settle(self) -> None:
        try:
            self._door.finish(self._draft)
        except Exception as error:
            if self.failure is None:
                self.failure = self._fail(
                    "server", f"The answer could not be read ({type(error).__name__}: {error})."
                )


def _cut(error: Exception) -> bool:
    """True for a connection that broke (and did not merely fall silent)."""
    return isinstance(error, httpcore2.NetworkError | httpcore2.ProtocolError)


def _is_json(data: bytes) -> bool:
    try:
        from_json(data)
    except ValueError:
        return data == b"[DONE]"
    return True


def _excerpt(data: bytes) -> str:
    """The first words of a body, on one line."""
    text = " ".join(data[:600].decode("utf-8", "replace").split())
    return text if len(text) <= 200 else f"{text[:200]}…"
