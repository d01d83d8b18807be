"""A session's time line: what went over a WebSocket in both directions, turn by turn, as each turn's exchange keeps it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from playground.domain.exchange import Exchange
from playground.domain.model import ModelRef


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionModel:
    """A model that holds sessions."""

    ref: ModelRef
    label: str
    context_window: int | None
    """Tokens; None = not known."""
    speech_only: bool | None
    """True where it answers by speech only, None where that is not known; its transcript is text then."""
    retires: date | None = None
    source: str
    as_of: date


_GENAI = "https://github.com/pydantic/genai-prices"
_OPENAI = "https://developers.openai.com/api/docs/guides/realtime"
_SOON = date(2027, 1, 20)
_READ = date(2026, 11, 26)
MODELS = tuple(
    SessionModel(
        ref=ModelRef(provider, api, name), label=label, context_window=window,
        speech_only=speech, retires=retires, source=source, as_of=_READ,
    )
    for provider, api, name, label, window, speech, retires, source in (
        ("openai", "realtime", "gpt-realtime-2.1", "GPT Realtime 2.1", 128_000, False, None, _OPENAI),
        ("openai", "realtime", "gpt-realtime-2.1-mini", "GPT Realtime 2.1 mini", None, False, None, _OPENAI),
        ("openai", "realtime", "gpt-realtime", "GPT Realtime", 32_000, False, _SOON, _OPENAI),
        ("openai", "realtime", "gpt-realtime-mini", "GPT Realtime mini", None, False, _SOON, _OPENAI),
        ("gemini", "live", "gemini-3.8-live", "Gemini 3.8 Live", 131_072, None, None, _GENAI),
        ("gemini", "live", "gemini-3.1-flash-live-preview", "Gemini 3.1 Flash Live", None, None, None, _GENAI),
    )
)  # fmt: skip
"""The models that hold sessions, each provider's first one is offered first."""

Direction = Literal["sent", "received"]
SENT = "sent"
"""In the request body of a turn's exchange stand its messages under this name: `[{"offset": …, "message": {…}}, …]`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionEvent:
    """One message of a session."""

    offset: float
    """Seconds from the moment at which the turn's first message went on the wire; below zero for what came before it."""
    direction: Direction
    type: str
    """OpenAI's `type`; Gemini's field or fields: `serverContent+usageMetadata`."""
    data: str
    """The JSON as it was on the wire, keys masked."""


def timeline(exchange: Exchange | None) -> tuple[SessionEvent, ...]:
    """A turn's messages in both directions, in the order of their times; empty for what was no session."""
    body = exchange.request_body if exchange else None
    if exchange is None or not isinstance(body, Mapping) or SENT not in body:
        return ()
    found = [
        SessionEvent(
            offset=one["offset"],
            direction="sent",
            type=kind_of(one["message"]),
            data=json.dumps(one["message"], ensure_ascii=False),
        )
        for one in body[SENT]
    ]
    found += [
        SessionEvent(
            offset=event.offset, direction="received", type=event.name or "", data=event.data
        )
        for event in exchange.events
    ]
    return tuple(sorted(found, key=lambda event: event.offset))


def kind_of(message: Any) -> str:
    """What a message of a session is: its `type`, or else the names of its fields."""
    if not isinstance(message, Mapping):
        return type(message).__name__
    return str(message.get("type") or "+".join(message))
