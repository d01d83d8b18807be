"""One POST from its key to its last event: checks, composes, writes on schedule, and notes what it saw."""

from __future__ import annotations

import asyncio
import hashlib
import json
import time
from dataclasses import replace
from math import isinf
from typing import Any

from starlette.requests import ClientDisconnect, HTTPConnection, Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from playground.demo import (
    breaking,
    compose,
    embeddings,
    exhausted,
    faults,
    filed,
    filtering,
    gemini_generate,
    headers,
    models,
    plan,
    recorded,
    refusals,
    stored,
)
from playground.demo.ask import Ask, Refused
from playground.demo.breaking import CUT, Frame
from playground.demo.caching import Cached
from playground.demo.compose import Reply
from playground.demo.door import Door, dumps
from playground.demo.faults import MAX_BODY, Wrong
from playground.demo.limits import Limits, Over
from playground.demo.recorded import Recording
from playground.demo.state import State, now

WRONG_KEYS = ("wrong", "invalid")
LINE = "line"
"""The action of a line of a batch."""
UNFINISHED = "unfinished"
MALFORMED = (AttributeError, TypeError, KeyError, ValueError, IndexError, OverflowError)
"""What reading a body raises where a value has the wrong shape."""
PROMPT_SHOWN = 200
"""Characters of a recorded prompt that an error message holds."""
MAX_DRAINED = 4 * MAX_BODY
SAME_MOMENT = 0.0005
"""Frames due within half a millisecond of each other leave in one write."""
CONTENT_TYPES = {
    "openai": ("application/json", "text/event-stream; charset=utf-8"),
    "anthropic": ("application/json", "text/event-stream; charset=utf-8"),
    "gemini": ("application/json; charset=UTF-8", "text/event-stream"),
    "compatible": ("application/json", "text/event-stream"),
}
"""Whole answer, streamed answer."""


class Call:
    """One POST to one door."""

    def __init__(self, state: State, door: Door, request: Request) -> None:
        self.state = state
        self.door = door
        self.request = request
        self.id = headers.request_id(door.form)
        self.model = ""
        self.over: Over | None = None
        self.prefix_tokens = 0
        """Tokens that come from an explicit cache."""
        self.line = state.seen(request.method, request.url.path)
        self.line["door"] = door.name
        self.started = time.monotonic()

    async def answer(self, model: str, action: str) -> Response:
        """The response to a send (`send`, `stream`) or a count (`count`)."""
        try:
            check_key(self.request, self.door.vendor)
            body = await self._body()
            if recording := recorded.named(model or str(body.get("model") or "")):
                return self._replayed(recording, body, action)
            ask = self._ask(body, model, action)
            if action == "count":
                return self.answered(await asyncio.to_thread(self._count, ask))
            return await self._send(ask, body)
        except Refused as wrong:
            return self.failed(wrong.fault, wrong.message, wrong.param, wrong.code)
        except ClientDisconnect:
            return Response(status_code=499)
        except MALFORMED as error:
            self.line["error"] = type(error).__name__
            return self.failed("invalid", f"Invalid request body ({type(error).__name__}).")
        except Exception as error:  # a simulated provider answers in its own form, whatever arrives
            self.line["error"] = type(error).__name__
            return self.failed("500")

    async def embedded(self) -> Response:
        """The response with embeddings of texts."""
        try:
            check_key(self.request, self.door.vendor)
            body = await self._body()
            self.model = self.line["model"] = str(body.get("model") or "")
            return self.answered(await asyncio.to_thread(embeddings.answer, body))
        except Refused as wrong:
            return self.failed(wrong.fault, wrong.message, wrong.param, wrong.code)
        except ClientDisconnect:
            return Response(status_code=499)

    def _replayed(self, recording: Recording, body: dict[str, Any], action: str) -> Response:
        """An answer of the real service, as it was recorded, to the question that it was given to."""
        self.model = self.line["model"] = recording.model.model
        if action == "count":
            return self.failed("invalid", "This is a recorded answer: its tokens are in its usage.")
        streamed = action == "stream" or body.get("stream") is True
        if streamed != recording.streamed:
            how = "streamed" if recording.streamed else "whole"
            return self.failed("invalid", f"This answer was recorded {how}: ask for it that way.")
        if not recording.asked_in(body):
            short = recording.prompt[:PROMPT_SHOWN]
            return self.failed("invalid", f"This answer was given to another prompt: {short!r}.")
        tokens = recorded.output_tokens(recording.body)
        frames = recording.frames(tokens, self.state.scale)
        head = {**recording.headers, recorded.HEADER: recording.recorded}
        return Scheduled(self, frames, 0, head)

    async def _send(self, ask: Ask, body: dict[str, Any]) -> Response:
        reply = await asyncio.to_thread(compose.compose, ask, self.state.cache, self.state.scale)
        if self.prefix_tokens:
            reply = replace(reply, cached=Cached(min(self.prefix_tokens, reply.input_tokens)))
        told = self.state.diagnoses.diagnose(reply, self.door.response_id(reply))
        reply = replace(reply, diagnostics=told)
        self._limits().add(reply.input_tokens - reply.cached.read, reply.output_tokens)
        if body.get("store") is not False:
            turns = (*ask.turns, reply.turn(self.door.call_id))
            self.state.conversations.keep(self.door.response_id(reply), turns)
        self.state.stored.keep(self.door, reply)
        self._bill(reply)
        self.line["usage"] = {"input": reply.input_tokens, "output": reply.output_tokens}
        if body.get("background") and not ask.stream and self.door.name == "openai_responses":
            return self.answered(stored.waiting(self.door.whole(reply)))
        return self._streamed(reply) if ask.stream else self._whole(reply)

    def _ask(self, body: dict[str, Any], model: str, action: str) -> Ask:
        named = model or body.get("model")
        self.model = str(named or "")
        self.line["model"] = self.model
        form = gemini_generate.camel(body) if self.door.name == "gemini_generate" else body
        if self.door.vendor == "gemini" and form.get("cachedContent"):
            form = body = self._with_prefix(form)
        if plan.pays(sent_key(self.request)):
            plan.check(self.door.name, body, action)
            plan.spent(sent_key(self.request))
        refusals.shape(self.door.name, form, action, self.request.headers)
        ask = self.door.read(body, model, action == "stream")
        self.line["stream"] = ask.stream
        if action == LINE and ask.fault in faults.IN_STREAM:
            raise Refused(UNFINISHED if ask.fault == "stall" else "500")
        if ask.fault in faults.BY_STATUS and (ask.fault != "429" or self._limited(body)):
            raise Refused(ask.fault)
        filtering.check(ask)
        ask = replace(ask, search=self.state.shelves.search)
        previous = body.get("previous_response_id") or body.get("previous_interaction_id")
        ask = self.state.conversations.continued(ask, previous)
        refusals.check(self.door.name, ask)
        if action not in ("count", LINE):
            self._admit(ask)
        return ask

    def _with_prefix(self, form: dict[str, Any]) -> dict[str, Any]:
        """Gemini: the body with the explicit cache that it names put in front; Refused when that is gone."""
        found = self.state.prefixes.find(str(form["cachedContent"]))
        if found is None:
            raise Refused("no_cache", "CachedContent not found (or permission denied)")
        if twice := [n for n in ("systemInstruction", "tools", "toolConfig") if form.get(n)]:
            said = "CachedContent can not be used with GenerateContent request setting system_instruction, tools or tool_config."
            raise Refused(
                "invalid", f"{said} Proposed fix: move those values to CachedContent ({twice[0]})."
            )
        self.prefix_tokens = found.tokens
        rest = {n: v for n, v in form.items() if n != "cachedContent"}
        contents = [*found.body.get("contents", ()), *rest.get("contents", ())]
        return {**rest, **found.body, "contents": contents}

    def batched(self, body: dict[str, Any], model: str) -> tuple[int | None, dict[str, Any]]:
        """One line of a batch: status and body; status None for one that the model never answers. Limits don't count."""
        try:
            ask = self._ask(body, model, LINE)
            reply = compose.compose(ask, self.state.cache, 0)
            self._bill(reply, batch=True)
            return 200, self.door.whole(reply)
        except Refused as wrong:
            if wrong.fault == UNFINISHED:
                return None, {}
            failure = self.failure(wrong.fault, wrong.message, wrong.param, wrong.code)
        except MALFORMED as error:
            failure = self.failure("invalid", f"Invalid request body ({type(error).__name__}).")
        return failure.status, failure.body

    def _bill(self, reply: Reply, *, batch: bool = False) -> None:
        key, fed = sent_key(self.request), self.door.name != "openai_chat"
        self.state.billed.add(self.door.vendor, reply, key, batch=batch, fed=fed)

    def _admit(self, ask: Ask) -> None:
        """Count the request against its model's limits; Refused where it is over them."""
        limits = self._limits()
        counted = limits.row is not None and limits.row.refuses
        self.over = limits.admit(sum(compose.count(ask).values()) if counted else 0)
        if self.over is not None:
            raise Refused("429")

    def _limits(self) -> Limits:
        model, suffix = faults.split(self.model)
        return self.state.limits(self.door.vendor, model.removeprefix("models/"), suffix)

    def _limited(self, body: dict[str, Any]) -> bool:
        same = hashlib.blake2b(dumps(body), digest_size=8).hexdigest()
        return self.state.rate_limited((self.request.url.path, same))

    async def _body(self) -> dict[str, Any]:
        raw = await read_body(self.request)
        self.state.keep(self.line, raw)
        try:
            body = json.loads(raw)
        except ValueError:
            raise Refused("invalid", "We could not parse the JSON body of your request.") from None
        if not isinstance(body, dict):
            raise Refused("invalid", "The body must be a JSON object.")
        named = any(name in raw for name in filed.NAMES)
        return dict(filed.inlined(body, self.state.files)) if named else body

    def tokens(self, body: dict[str, Any], model: str) -> int:
        """The input tokens of a body; Refused for a model that is none."""
        return sum(compose.count(self._ask(body, model, LINE)).values())

    def _count(self, ask: Ask) -> dict[str, Any]:
        sums = compose.count(ask)
        tokens = sum(sums.values())
        if self.door.vendor == "gemini":
            details = gemini_generate.modalities(sums)
            return {"totalTokens": tokens, "promptTokensDetails": details}
        if self.door.vendor == "anthropic":
            return {"input_tokens": tokens}
        return {"object": "response.input_tokens", "input_tokens": tokens}

    def answered(self, value: Any) -> Response:
        """A response of status 200 that comes at once."""
        self.line["status"] = 200
        return Response(dumps(value), 200, self._headers(0.02), CONTENT_TYPES[self.door.form][0])

    def _headers(self, seconds: float, empty: str = "") -> dict[str, str]:
        return headers.of(self.door.form, self.id, self._limits(), seconds, empty)

    def failed(
        self, fault: str, message: str = "", param: str | None = None, code: str | None = None
    ) -> Response:
        """The vendor's own error."""
        failure = self.failure(fault, message, param, code)
        self.line["status"] = failure.status
        over = self.over or exhausted.by_fault(self._limits().row)
        extra = {**self._headers(0.03, over.kind if fault == "429" else ""), **failure.headers}
        if failure.status == 413:
            extra["connection"] = "close"
        kind = CONTENT_TYPES[self.door.form][0]
        return Response(dumps(failure.body), failure.status, extra, kind)

    def failure(
        self, fault: str, message: str = "", param: str | None = None, code: str | None = None
    ) -> faults.Failure:
        """What the vendor's own error says."""
        name = faults.split(self.model)[0].removeprefix("models/")
        limit = _window(self.door.vendor, name)
        if fault == "context" and not message:
            message = f"{limit + 1}"
        over = self.over or exhausted.by_fault(self._limits().row)
        wrong = Wrong(name, self.door.name, message, param, code, limit, self.id, over)
        return faults.failure(self.door.form, fault, wrong)

    def _streamed(self, reply: Reply) -> Response:
        frames, first = self.door.stream(reply)
        fault = reply.ask.fault
        frames = breaking.broken(frames, first, fault, self.door.form, self.door.name)
        extra = self._headers(reply.schedule.opened)
        extra["cache-control"] = "no-cache"
        kind = CONTENT_TYPES[self.door.form][1]
        return Scheduled(self, frames, first, {**extra, "content-type": kind})

    def _whole(self, reply: Reply) -> Response:
        fault = reply.ask.fault
        if fault == "error":
            return self.failed("500")
        body = dumps(self.door.whole(reply))
        at = float("inf") if fault == "stall" else reply.schedule.ended
        extra = self._headers(reply.schedule.ended)
        extra["content-type"] = CONTENT_TYPES[self.door.form][0]
        half = body[: len(body) // 2]
        sent = half if fault in ("cut", "garbage") else body
        extra["content-length"] = f"{len(body) if fault == 'cut' else len(sent)}"
        frames: list[Frame] = [(at, sent)]
        if fault == "cut":
            frames.append((at, CUT))
        return Scheduled(self, frames, 0, extra)


def _window(vendor: str, name: str) -> int:
    """Most tokens of input that the model takes; 0 where that is not known."""
    try:
        model = models.find(vendor, name)
    except models.Gone:
        return 0
    return models.window(model) or 0 if model else 0


class Scheduled(Response):
    """A response whose pieces leave on schedule; it stops as soon as the client is gone."""

    def __init__(self, call: Call, frames: list[Frame], first: int, head: dict[str, str]) -> None:
        self.status_code = 200
        self.background = None
        self._call = call
        self._frames = frames
        self._first = first
        self._head = [(k.encode(), v.encode()) for k, v in head.items()]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        writer = asyncio.create_task(self._write(send))
        watcher = asyncio.create_task(gone(receive))
        try:
            await asyncio.wait({writer, watcher}, return_when=asyncio.FIRST_COMPLETED)
            if not writer.done():
                self._call.line["gone"] = now()
        finally:
            watcher.cancel()
            writer.cancel()
            await asyncio.gather(watcher, writer, return_exceptions=True)

    async def _write(self, send: Send) -> None:
        line, frames, started = self._call.line, self._frames, self._call.started
        line["status"] = 200
        await wait_until(started + frames[0][0])
        line["hdr"] = now()
        await send({"type": "http.response.start", "status": 200, "headers": self._head})
        number, total = 0, len(frames)
        while number < total:
            await wait_until(started + frames[number][0])
            due = time.monotonic() - started + SAME_MOMENT
            after = number + 1
            while after < total and frames[after][0] <= due:
                after += 1
            batch = [data for _, data in frames[number:after]]
            if CUT in batch:
                await self._body(send, b"".join(batch[: batch.index(CUT)]), True)
                line["cut"] = now()
                return
            if "first" not in line and after > self._first:
                line["first"] = now()
            await self._body(send, b"".join(batch), after < total)
            line["writes"] = line.get("writes", 0) + 1
            number = after
        line["last"] = now()

    async def _body(self, send: Send, data: bytes, more: bool) -> None:
        await send({"type": "http.response.body", "body": data, "more_body": more})


async def wait_until(moment: float) -> None:
    """Sleep until a moment of the monotonic clock; for ever if it is infinite."""
    if isinf(moment):
        await asyncio.Event().wait()
    left = moment - time.monotonic()
    if left > 0:
        await asyncio.sleep(left)


async def gone(receive: Receive) -> None:
    """Return when the client has closed the connection."""
    while (await receive())["type"] != "http.disconnect":
        pass


async def read_body(request: Request) -> bytes:
    """The body; Refused when it is larger than 32 MB.

    What is too large is still read, up to four times as much, and thrown away: a client that is cut off while it
    sends may never see the answer.
    """
    announced = int(request.headers.get("content-length") or 0)
    if announced > MAX_DRAINED:
        raise Refused("413")
    parts, size = [], 0
    async for part in request.stream():
        size += len(part)
        if size > MAX_DRAINED:
            break
        if size <= MAX_BODY:
            parts.append(part)
    if size > MAX_BODY:
        raise Refused("413")
    return b"".join(parts)


def check_key(request: HTTPConnection, vendor: str) -> None:
    """Refused when there is no key, or one with `wrong` or `invalid` in it; a compatible server needs none."""
    if vendor == "compatible":
        return
    key = sent_key(request)
    if not key:
        raise Refused("no_key")
    if any(word in key.lower() for word in WRONG_KEYS):
        raise Refused("401")


def sent_key(request: HTTPConnection) -> str:
    """The key that came with the request, wherever it stands; empty where none did."""
    sent = request.headers
    key = sent.get("authorization", "").removeprefix("Bearer").strip()
    key = key or sent.get("x-api-key") or sent.get("x-goog-api-key") or ""
    return key or request.query_params.get("key", "")
