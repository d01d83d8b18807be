"""Sessions over a WebSocket: a conversation that the server keeps, and turns that are composed like any answer."""

from __future__ import annotations

import asyncio
import json
import math
import time
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from starlette.websockets import WebSocket, WebSocketDisconnect

from playground.catalog import Model as Row
from playground.demo import compose, faults, models
from playground.demo.ask import Ask, Offer, Part, Refused, Turn
from playground.demo.call import check_key, wait_until
from playground.demo.compose import Reply
from playground.demo.counting import compact
from playground.demo.models import Model
from playground.demo.state import State, now
from playground.domain.session import MODELS

CACHED_STEP = 64
"""Tokens of a session's earlier turns are read from a cache in whole steps of so many."""
AUDIO_PER_TEXT = 5
"""Audio tokens for each token of what is said: invented, near the recordings' 82 for 16."""
SILENCE = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
"""A few samples of silence as base64."""
ROWS = {(model.ref.provider, model.ref.model): model for model in MODELS}


@dataclass(slots=True)
class Talk:
    """One session's conversation."""

    state: State
    model: Model
    asked: str
    fault: str | None
    system: str = ""
    tools: tuple[Offer, ...] = ()
    speaks: bool = False
    """True when it answers by speech, with a transcript."""
    max_output: int | None = None
    turns: list[Turn] = field(default_factory=list)
    before: int = 0
    """Input tokens of the last turn."""

    def compose(self) -> Reply:
        """The next answer, to all that was said so far."""
        ask = Ask(
            model=self.model,
            asked=self.asked,
            fault=self.fault if self.fault in faults.IN_ANSWER else None,
            system=(Part("text", self.system),) if self.system else (),
            turns=tuple(self.turns),
            tools=self.tools,
            max_output=self.max_output,
            stream=True,
        )
        return compose.compose(ask, self.state.cache, self.state.scale)

    def cached(self, reply: Reply) -> int:
        """Tokens of the conversation that were there at the last turn already, in whole steps."""
        found = self.before // CACHED_STEP * CACHED_STEP
        self.before = reply.input_tokens
        return min(found, reply.input_tokens)


def talk(state: State, vendor: str, name: str) -> Talk:
    """A new session with the model of this name; Refused where the vendor has none that holds sessions."""
    plain, fault = faults.split(name.removeprefix("models/"))
    row = ROWS.get((vendor, plain))
    if row is None:
        raise Refused("404", plain)
    made = Row(
        provider=vendor, id=plain, label=row.label, context_window=row.context_window, efforts=()
    )
    feel = models.Feel(0.3, 140, brief=True)
    return Talk(state, Model(plain, made, feel), name, fault)


def offers(functions: Any) -> tuple[Offer, ...]:
    """Functions as the model is offered them."""
    return tuple(
        Offer(
            str(one.get("name")),
            compact(dict(one)),
            str(one.get("description") or ""),
            one.get("parameters") or one.get("parametersJsonSchema") or {},
        )
        for one in functions or ()
        if isinstance(one, Mapping)
    )


class Line:
    """The WebSocket of one session."""

    def __init__(self, state: State, socket: WebSocket, door: str) -> None:
        self.state = state
        self.socket = socket
        self.line = state.seen("GET", socket.url.path)
        self.line["door"] = door
        self.started = time.monotonic()
        self.wire: list[tuple[str, str]] = []
        """(`in` or `out`, text), where bodies are recorded."""
        if state.record:
            self.line["wire"] = self.wire

    async def messages(self) -> AsyncIterator[Any]:
        """What the client sends, until it is gone; what is no JSON is None."""
        try:
            while True:
                got = await self.socket.receive()
                if got["type"] == "websocket.disconnect":
                    return
                raw = got.get("text") or (got.get("bytes") or b"").decode("utf-8", "replace")
                self._note("in", raw)
                try:
                    yield json.loads(raw)
                except ValueError:
                    yield None
        except WebSocketDisconnect:
            return

    async def send(self, message: Mapping[str, Any]) -> None:
        """One message to the client."""
        text = json.dumps(message, ensure_ascii=False, separators=(",", ":"))
        self._note("out", text)
        await self.socket.send_text(text)

    def _note(self, direction: str, text: str) -> None:
        if self.state.record:
            self.wire.append((direction, text))

    async def at(self, moment: float) -> None:
        """Wait until so many seconds after the turn began."""
        if not math.isinf(moment):
            await wait_until(self.started + moment)

    def begin_turn(self) -> None:
        """Seconds count from here."""
        self.started = time.monotonic()
        self.line["turn"] = now()


def key_problem(socket: WebSocket, vendor: str) -> str | None:
    """`no_key`, `401`, or None for a key that is taken."""
    try:
        check_key(socket, vendor)
    except Refused as wrong:
        return wrong.fault
    return None


async def stall() -> None:
    """Say nothing any more."""
    await asyncio.Event().wait()
