"""Gemini Live over a WebSocket: messages and order as recorded from the service; a tool call and its answer are one turn."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from starlette.responses import Response
from starlette.websockets import WebSocket

from playground.demo import gemini_generate
from playground.demo.ask import Part, Refused, Turn
from playground.demo.calling import call_text
from playground.demo.compose import Reply
from playground.demo.counting import compact
from playground.demo.door import dumps
from playground.demo.faults import BY_STATUS, Wrong, failure
from playground.demo.gemini_generate import camel
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

INVALID, FAILED = 1007, 1011
"""Close codes: an argument that is none; the server's own failure."""
DOOR = gemini_generate.DOOR.name


class Closed(Exception):
    """The server closes the session: code, reason."""


class Live:
    """One session."""

    def __init__(self, line: Line) -> None:
        self.line = line
        self.talk: Talk | None = None
        self.hops: list[Reply] = []
        """Answers of the turn that is not over: its usage comes with its last message."""

    async def run(self) -> None:
        """Answer what the client sends until it is gone; Closed for what is no message."""
        async for message in self.line.messages():
            if not isinstance(message, Mapping):
                raise Closed(INVALID, "Request contains an invalid argument.")
            told = camel(dict(message))
            kind = next((name for name in MESSAGES if name in told), None)
            if kind is None or (self.talk is None) != (kind == "setup"):
                raise Closed(INVALID, "Request contains an invalid argument.")
            await MESSAGES[kind](self, told[kind])

    async def setup(self, told: Mapping[str, Any]) -> None:
        """The first message."""
        config = told.get("generationConfig") or {}
        try:
            said = talk(self.line.state, "gemini", str(told.get("model") or ""))
        except Refused as wrong:
            raise Closed(
                1008,
                f"models/{wrong.message} is not found for API version v1beta, or is not supported for bidiGenerateContent.",
            ) from None
        if said.fault in BY_STATUS:
            body = failure("gemini", said.fault, Wrong(said.model.id, DOOR)).body
            raise Closed(FAILED, str(body["error"]["message"])[:120])
        modalities = config.get("responseModalities") or ["AUDIO"]
        said.speaks = modalities != ["TEXT"]
        said.max_output = config.get("maxOutputTokens")
        parts = (told.get("systemInstruction") or {}).get("parts") or ()
        said.system = "".join(str(part.get("text") or "") for part in parts)
        said.tools = offers(
            one
            for tool in told.get("tools") or ()
            for one in tool.get("functionDeclarations") or ()
        )
        self.talk = said
        await self.line.send({"setupComplete": {}})

    async def client_content(self, told: Mapping[str, Any]) -> None:
        """Turns of the conversation; the model answers when the last one is complete."""
        assert self.talk is not None  # noqa: S101 - setup came first
        for turn in told.get("turns") or ():
            parts = tuple(_part(p) for p in turn.get("parts") or ())
            role = "assistant" if turn.get("role") == "model" else "user"
            told_back = any(part.kind == "tool_result" for part in parts)
            self.talk.turns.append(Turn("tool" if told_back else role, parts))
        if told.get("turnComplete"):
            await self.answer()

    async def realtime_input(self, told: Mapping[str, Any]) -> None:
        """Text as it is typed is a turn of its own; sound is not understood here."""
        assert self.talk is not None  # noqa: S101 - setup came first
        if text := told.get("text"):
            self.talk.turns.append(Turn("user", (Part("text", str(text)),)))
            await self.answer()

    async def tool_response(self, told: Mapping[str, Any]) -> None:
        """The results that the model waits for."""
        assert self.talk is not None  # noqa: S101 - setup came first
        results = tuple(
            Part("tool_result", dumps(one.get("response")).decode(), id=str(one.get("id")))
            for one in told.get("functionResponses") or ()
        )
        self.talk.turns.append(Turn("tool", results))
        await self.answer()

    async def answer(self) -> None:
        """What the model says, or a call of a function: then the turn goes on with its result."""
        assert self.talk is not None  # noqa: S101 - setup came first
        self.line.begin_turn()
        reply = self.talk.compose()
        self.hops.append(reply)
        await self.line.at(reply.schedule.opened)
        if reply.choices[0].text and not reply.calls:
            await self.say(reply)
        self.talk.turns.append(reply.turn(lambda call: f"function-call-{call.id[:12]}"))
        if reply.calls:
            calls = [
                {"name": c.name, "args": c.parsed, "id": f"function-call-{c.id[:12]}"}
                for c in reply.calls
            ]
            await self.line.at(reply.schedule.ended)
            await self.line.send({"toolCall": {"functionCalls": calls}})
            return
        await self.line.at(reply.schedule.ended)
        await self.line.send({"serverContent": {"generationComplete": True}})
        usage = _usage(self.hops, self.talk)
        self.hops = []
        await self.line.send({"serverContent": {"turnComplete": True}, "usageMetadata": usage})

    async def say(self, reply: Reply) -> None:
        """The answer piece by piece, written or spoken with its transcript."""
        assert self.talk is not None  # noqa: S101 - setup came first
        for number, (at, piece) in enumerate(reply.schedule.texts[0]):
            await self.line.at(at)
            if self.talk.speaks:
                sound = {"inlineData": {"mimeType": "audio/pcm;rate=24000", "data": SILENCE}}
                await self._content(outputTranscription={"text": piece})
                await self._content(modelTurn={"parts": [sound]})
            else:
                await self._content(modelTurn={"parts": [{"text": piece}]})
            if self.talk.fault == "cut" and number == 2:
                raise Closed(FAILED, "Internal error encountered.")
            if self.talk.fault == "stall" and number == 2:
                await stall()

    async def _content(self, **fields: Any) -> None:
        await self.line.send({"serverContent": fields})


def _part(given: Mapping[str, Any]) -> Part:
    """A part of a turn that the client tells."""
    if call := given.get("functionCall"):
        text = call_text(str(call.get("name")), compact(call.get("args") or {}))
        return Part("tool_call", text, id=str(call.get("id")))
    if result := given.get("functionResponse"):
        return Part("tool_result", dumps(result.get("response")).decode(), id=str(result.get("id")))
    return Part("text", str(given.get("text") or ""))


MESSAGES = {
    "setup": Live.setup,
    "clientContent": Live.client_content,
    "realtimeInput": Live.realtime_input,
    "toolResponse": Live.tool_response,
}
"""Fields of the client's messages → what is done."""


def _usage(hops: list[Reply], said: Talk) -> dict[str, Any]:
    """The turn's own count: what its last hop was given, all that its hops wrote."""
    given = hops[-1].input_tokens
    text = sum(reply.output_tokens for reply in hops)
    spoken = hops[-1].choices[0].tokens * AUDIO_PER_TEXT if said.speaks else 0
    kind = "AUDIO" if said.speaks else "TEXT"
    made = spoken if said.speaks else text
    return {
        "promptTokenCount": given,
        "responseTokenCount": made,
        "totalTokenCount": given + made,
        "promptTokensDetails": [{"modality": "TEXT", "tokenCount": given}],
        "responseTokensDetails": [{"modality": kind, "tokenCount": made}],
    }


async def serve(state: State, socket: WebSocket) -> None:
    """Hold one session."""
    if problem := key_problem(socket, "gemini"):
        made = failure("gemini", problem, Wrong("", DOOR))
        body = Response(dumps(made.body), made.status, made.headers, "application/json")
        await socket.send_denial_response(body)
        return
    line = Line(state, socket, "gemini_live")
    await socket.accept()
    line.line["status"] = 101
    try:
        await Live(line).run()
    except Closed as closed:
        code, reason = closed.args
        await socket.close(code, reason)
