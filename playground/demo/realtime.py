"""OpenAI Realtime over a WebSocket: events and order as recorded from the service."""

from __future__ import annotations

import secrets
import time
from collections.abc import Mapping
from typing import Any

from starlette.responses import Response
from starlette.websockets import WebSocket

from playground.demo import openai_responses
from playground.demo.ask import Part, Refused, Turn
from playground.demo.calling import call_text
from playground.demo.compose import Reply
from playground.demo.door import dumps
from playground.demo.faults import BY_STATUS, Wrong, failure
from playground.demo.sessions import (
    AUDIO_PER_TEXT,
    SILENCE,
    Line,
    Talk,
    key_problem,
    offers,
    stall,
    talk,
)
from playground.demo.state import State

INSTRUCTIONS = "You are a helpful, witty, and friendly AI."
LIMIT = 15_000_000
MINUTES = 60
DOOR = openai_responses.DOOR.name


class Realtime:
    """One session."""

    def __init__(self, line: Line, said: Talk) -> None:
        self.line = line
        self.talk = said
        self.id = _id("sess")
        self.conversation = _id("conv")
        self.last: str | None = None
        """The id of the conversation's last item."""
        self.config: dict[str, Any] = {
            "type": "realtime",
            "object": "realtime.session",
            "id": self.id,
            "model": said.model.id,
            "output_modalities": ["audio"],
            "instructions": INSTRUCTIONS,
            "tools": [],
            "tool_choice": "auto",
            "max_output_tokens": "inf",
            "tracing": None,
            "truncation": "auto",
            "prompt": None,
            "expires_at": int(time.time()) + 60 * MINUTES,
            "audio": {"output": {"format": {"type": "audio/pcm", "rate": 24000}, "voice": "alloy"}},
            "include": None,
        }

    async def run(self) -> None:
        """Answer what the client sends until it is gone."""
        self.talk.system = INSTRUCTIONS
        self.talk.speaks = True
        await self.send("session.created", session=self.config)
        async for event in self.line.messages():
            kind = event.get("type") if isinstance(event, Mapping) else None
            if kind not in EVENTS:
                await self.complain(
                    event,
                    "invalid_value" if kind else "missing_required_parameter",
                    f"Invalid value: '{kind}'." if kind else "Missing required parameter: 'type'.",
                    "type",
                )
                continue
            await EVENTS[kind](self, event)

    async def send(self, kind: str, **fields: Any) -> None:
        await self.line.send({"type": kind, "event_id": _id("event"), **fields})

    async def complain(self, event: Any, code: str, message: str, param: str | None = None) -> None:
        """An error; the session stays open."""
        given = event.get("event_id") if isinstance(event, Mapping) else None
        error = {
            "type": "invalid_request_error",
            "code": code,
            "message": message,
            "param": param,
            "event_id": given,
        }
        await self.send("error", error=error)

    async def update(self, event: Mapping[str, Any]) -> None:
        """`session.update`."""
        session = event.get("session") or {}
        if session.get("type", "realtime") != "realtime":
            await self.complain(event, "invalid_value", "Invalid value.", "session.type")
            return
        modalities = session.get("output_modalities")
        if modalities not in (None, ["text"], ["audio"]):
            said = f"Invalid modalities: {modalities}. Supported combinations are: ['text'] and ['audio']."
            await self.complain(event, "invalid_value", said, "session.output_modalities")
            return
        self.config |= {name: value for name, value in session.items() if name != "type"}
        self.talk.system = str(self.config["instructions"] or "")
        self.talk.speaks = self.config["output_modalities"] == ["audio"]
        self.talk.tools = offers(self.config["tools"])
        most = self.config["max_output_tokens"]
        self.talk.max_output = most if isinstance(most, int) else None
        await self.send("session.updated", session=self.config)

    async def create_item(self, event: Mapping[str, Any]) -> None:
        """`conversation.item.create`."""
        item = dict(event.get("item") or {})
        item = {"id": item.pop("id", None) or _id("item"), **item}
        kind = item.get("type")
        if kind == "message":
            parts = tuple(
                Part("text", str(one.get("text") or one.get("transcript") or ""))
                for one in item.get("content") or ()
            )
            self.talk.turns.append(Turn(str(item.get("role") or "user"), parts))
            item = {**item, "status": "completed"}
        elif kind == "function_call":
            call = Part("tool_call", _call_text(item), id=str(item.get("call_id")))
            self.talk.turns.append(Turn("assistant", (call,)))
        elif kind == "function_call_output":
            result = Part("tool_result", str(item.get("output")), id=str(item.get("call_id")))
            self.talk.turns.append(Turn("tool", (result,)))
        else:
            await self.complain(event, "invalid_value", f"Invalid value: '{kind}'.", "item.type")
            return
        await self.added(item)
        await self.finished(item)

    async def added(self, item: Mapping[str, Any]) -> None:
        await self.send("conversation.item.added", previous_item_id=self.last, item=item)

    async def finished(self, item: Mapping[str, Any]) -> None:
        await self.send("conversation.item.done", previous_item_id=self.last, item=item)
        self.last = str(item["id"])

    async def create_response(self, event: Mapping[str, Any]) -> None:
        """`response.create`."""
        self.line.begin_turn()
        reply = self.talk.compose()
        cached = self.talk.cached(reply)
        response: dict[str, Any] = {
            "object": "realtime.response",
            "id": _id("resp"),
            "status": "in_progress",
            "status_details": None,
            "output": [],
            "conversation_id": self.conversation,
            "output_modalities": self.config["output_modalities"],
            "max_output_tokens": self.config["max_output_tokens"],
            "audio": self.config["audio"],
            "usage": None,
            "metadata": (event.get("response") or {}).get("metadata"),
        }
        await self.send("response.created", response=response)
        await self.limits(reply)
        output = [await self.say(reply, response["id"])] if reply.choices[0].text else []
        for number in range(len(reply.calls)):
            output.append(await self.call(reply, number, response["id"], len(output)))
        self.talk.turns.append(reply.turn(lambda call: f"call_{call.id[:16]}"))
        status, details = "completed", None
        if reply.finish == "length":
            status, details = (
                "incomplete",
                {"type": "incomplete", "reason": "max_output_tokens"},
            )
        done = {"status": status, "status_details": details, "output": output}
        await self.line.at(reply.schedule.ended)
        usage = _usage(reply, cached, self.talk.speaks)
        await self.send("response.done", response={**response, **done, "usage": usage})

    async def limits(self, reply: Reply) -> None:
        left = LIMIT - reply.input_tokens - reply.output_tokens
        row = {"name": "tokens", "limit": LIMIT, "remaining": left, "reset_seconds": 0.002}
        await self.send("rate_limits.updated", rate_limits=[row])

    async def say(self, reply: Reply, response_id: str) -> dict[str, Any]:
        """The message of an answer, written or spoken."""
        speaks, text = self.talk.speaks, reply.choices[0].text
        item: dict[str, Any] = {
            "id": _id("item"),
            "type": "message",
            "status": "in_progress",
            "role": "assistant",
            "content": [],
        }
        place = {"response_id": response_id, "item_id": item["id"], "output_index": 0}
        place["content_index"] = 0
        field, kind = ("transcript", "audio") if speaks else ("text", "text")
        event = "response.output_audio_transcript" if speaks else "response.output_text"
        head = {"response_id": response_id, "output_index": 0}
        await self.line.at(reply.schedule.opened)
        await self.send("response.output_item.added", **head, item=item)
        await self.added(item)
        await self.send("response.content_part.added", **place, part={"type": kind, field: ""})
        for number, (at, piece) in enumerate(reply.schedule.texts[0]):
            await self.line.at(at)
            padding = secrets.token_urlsafe(9)
            more = {} if speaks else {"obfuscation": padding}
            await self.send(f"{event}.delta", **place, delta=piece, **more)
            if speaks:
                await self.send("response.output_audio.delta", **place, delta=SILENCE)
            if self.talk.fault == "cut" and number == 2:
                await self.line.socket.close(1011)
                raise Gone
            if self.talk.fault == "stall" and number == 2:
                await stall()
        if speaks:
            await self.send("response.output_audio.done", **place)
        await self.send(f"{event}.done", **place, **{field: text})
        await self.send("response.content_part.done", **place, part={"type": kind, field: text})
        content = [{"type": f"output_{kind}", field: text}]
        item = {**item, "status": "completed", "content": content}
        await self.finished(item)
        await self.send("response.output_item.done", **head, item=item)
        return item

    async def call(self, reply: Reply, number: int, response_id: str, index: int) -> dict[str, Any]:
        """A call of a function."""
        call = reply.calls[number]
        named = {"name": call.name, "call_id": f"call_{call.id[:16]}"}
        item: dict[str, Any] = {
            "id": _id("item"),
            "type": "function_call",
            "status": "in_progress",
            **named,
            "arguments": "",
        }
        head = {"response_id": response_id, "output_index": index}
        place = {**head, "item_id": item["id"], "call_id": named["call_id"]}
        await self.send("response.output_item.added", **head, item=item)
        await self.added(item)
        for at, piece in reply.schedule.calls[number]:
            await self.line.at(at)
            await self.send("response.function_call_arguments.delta", **place, delta=piece)
        kind = "response.function_call_arguments.done"
        await self.send(kind, **place, name=call.name, arguments=call.arguments)
        item = {**item, "status": "completed", "arguments": call.arguments}
        await self.finished(item)
        await self.send("response.output_item.done", **head, item=item)
        return item


def _call_text(item: Mapping[str, Any]) -> str:
    return call_text(str(item.get("name")), str(item.get("arguments")))


class Gone(Exception):
    """The session was cut."""


EVENTS = {
    "session.update": Realtime.update,
    "conversation.item.create": Realtime.create_item,
    "response.create": Realtime.create_response,
}
"""Types of the client's events → what is done."""


def _usage(reply: Reply, cached: int, speaks: bool) -> dict[str, Any]:
    text = reply.output_tokens
    audio = reply.choices[0].tokens * AUDIO_PER_TEXT if speaks else 0
    none = {"audio_tokens": 0, "image_tokens": 0}
    return {
        "total_tokens": reply.input_tokens + text + audio,
        "input_tokens": reply.input_tokens,
        "output_tokens": text + audio,
        "input_token_details": {
            "text_tokens": reply.input_tokens,
            **none,
            "cached_tokens": cached,
            "cached_tokens_details": {"text_tokens": cached, **none},
        },
        "output_token_details": {"text_tokens": text, "audio_tokens": audio},
    }


def _id(prefix: str) -> str:
    return f"{prefix}_{secrets.token_urlsafe(16)[:21]}"


async def serve(state: State, socket: WebSocket) -> None:
    """Hold one session."""
    line = Line(state, socket, "openai_realtime")
    name = socket.query_params.get("model", "")
    problem = key_problem(socket, "openai")
    if problem:
        await _refuse(socket, problem, name)
        return
    try:
        session = Realtime(line, talk(state, "openai", name))
    except Refused as wrong:
        await _refuse(socket, wrong.fault, wrong.message)
        return
    if session.talk.fault in BY_STATUS:
        await _refuse(socket, session.talk.fault, name)
        return
    await socket.accept()
    line.line["status"] = 101
    try:
        await session.run()
    except Gone:
        return


async def _refuse(socket: WebSocket, fault: str, name: str) -> None:
    """Answer the handshake with the vendor's own error."""
    made = failure("openai", fault, Wrong(name, DOOR, name))
    body = Response(dumps(made.body), made.status, made.headers, "application/json")
    await socket.send_denial_response(body)
