"""OpenAI Realtime: events with a type, both ways; one `response` a turn."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Any

from playground.domain import Endpoint, Message, Request, Text, ToolCall, ToolResult, Usage
from playground.providers import openai_sdk
from playground.providers.fitting import first_count, reported
from playground.providers.heard import Heard, add
from playground.providers.mapping import only, parse_arguments
from playground.providers.sdk import silence_log

ALWAYS_TLS = False
"""An http:// base URL becomes ws://."""


def connect(
    request: Request, endpoint: Endpoint, options: Mapping[str, Any], tls: Any
) -> AbstractAsyncContextManager[Any]:
    """The SDK's connection; it is never made anew by itself."""
    silence_log("websockets")
    secure = {"ssl": tls} if endpoint.base_url.lower().startswith("https:") else {}
    client = openai_sdk.client(endpoint, request.timeout)
    opened: AbstractAsyncContextManager[Any] = client.realtime.connect(
        model=request.model.model, websocket_connection_options={**options, **secure}
    )
    return opened


async def configure(connection: Any, request: Request) -> None:
    """Say how the model is to answer: by text unless the request asks for more."""
    await connection.send({"type": "session.update", "session": configuration(request)})


def configuration(request: Request) -> dict[str, Any]:
    """The session's settings, of its first request."""
    tools = [
        {
            "type": "function",
            "name": tool.name,
            "description": tool.description,
            "parameters": dict(tool.parameters),
        }
        for tool in request.tools
    ]
    return {
        "type": "realtime",
        "output_modalities": ["text"],
        **only(
            instructions=request.system,
            tools=tools or None,
            max_output_tokens=request.settings.max_output_tokens,
        ),
        **request.settings.extra,
    }


async def send(connection: Any, messages: Sequence[Message], request: Request) -> None:
    """Put messages into the conversation and ask for a response."""
    for message in messages:
        for item in _items(message):
            await connection.send({"type": "conversation.item.create", "item": item})
    await connection.send({"type": "response.create"})


def _items(message: Message) -> list[dict[str, Any]]:
    kind = "input_text" if message.role == "user" else "output_text"
    content = [{"type": kind, "text": p.text} for p in message.parts if isinstance(p, Text)]
    said = [{"type": "message", "role": message.role, "content": content}] if content else []
    calls = [
        {
            "type": "function_call",
            "call_id": p.id,
            "name": p.name,
            "arguments": json.dumps(p.arguments, ensure_ascii=False),
        }
        for p in message.parts
        if isinstance(p, ToolCall)
    ]
    results = [
        {"type": "function_call_output", "call_id": p.id, "output": p.content}
        for p in message.parts
        if isinstance(p, ToolResult)
    ]
    return [*said, *calls, *results]


async def pump(connection: Any) -> None:
    """Receive until the connection is over; what comes is read by whoever records it."""
    while True:
        await connection.recv_bytes()


def read(heard: Heard, event: Mapping[str, Any]) -> None:
    """Take one message of the server."""
    kind = str(event.get("type"))
    if kind in _DELTAS:
        _DELTAS[kind](heard, event)
    elif kind in _EVENTS:
        _EVENTS[kind](heard, event)


def _text(heard: Heard, event: Mapping[str, Any]) -> None:
    piece = event.get("delta") or ""
    add(heard.draft, "written", piece)
    heard.draft.text(piece)


def _transcript(heard: Heard, event: Mapping[str, Any]) -> None:
    piece = event.get("delta") or ""
    add(heard.draft, "transcript", piece)
    heard.draft.text(piece)


def _audio(heard: Heard, event: Mapping[str, Any]) -> None:
    heard.draft.scratch["audio"] += 1


def _arguments(heard: Heard, event: Mapping[str, Any]) -> None:
    heard.draft.tool(event.get("delta") or "")


def _heard_user(heard: Heard, event: Mapping[str, Any]) -> None:
    heard.draft.scratch["input_transcript"] = str(event.get("transcript") or "")


def _session(heard: Heard, event: Mapping[str, Any]) -> None:
    session = event.get("session") or {}
    heard.session_id = session.get("id") or heard.session_id
    heard.model = session.get("model") or heard.model
    heard.configured = heard.configured or event.get("type") == "session.updated"


def _created(heard: Heard, event: Mapping[str, Any]) -> None:
    heard.draft.response_id = (event.get("response") or {}).get("id")


def _limits(heard: Heard, event: Mapping[str, Any]) -> None:
    heard.rate_limits.append(list(event.get("rate_limits") or ()))


def _error(heard: Heard, event: Mapping[str, Any]) -> None:
    """The session stays open; the turn that is under way has failed."""
    heard.errors.append(event.get("error") or {})
    heard.draft.complain(event)


def _done(heard: Heard, event: Mapping[str, Any]) -> None:
    response, draft = event.get("response") or {}, heard.draft
    details = response.get("status_details") or {}
    draft.response_id = response.get("id") or draft.response_id
    draft.response_model = heard.model
    draft.finish_reason = details.get("reason") or response.get("status")
    draft.scratch["status"] = response.get("status")
    draft.scratch["interrupted"] = response.get("status") == "cancelled"
    said = []
    for item in response.get("output") or ():
        if item.get("type") == "function_call":
            draft.tool_calls.append(
                ToolCall(
                    id=str(item.get("call_id") or ""),
                    name=str(item.get("name") or ""),
                    arguments=parse_arguments(item.get("arguments")),
                )
            )
        for part in item.get("content") or ():
            said.append(part.get("text") or part.get("transcript") or "")
    if not draft.heard:
        draft.text("".join(said))
    if details.get("error"):
        draft.complain({"error": details["error"]})
    raw = response.get("usage")
    draft.usage = reported(usage, raw) if raw else None
    draft.turn = [*(Text(text=piece) for piece in said if piece), *draft.tool_calls]
    heard.end()


_DELTAS = {
    "response.output_text.delta": _text,
    "response.text.delta": _text,  # before general availability, and at Azure
    "response.output_audio_transcript.delta": _transcript,
    "response.audio_transcript.delta": _transcript,
    "response.output_audio.delta": _audio,
    "response.audio.delta": _audio,
    "response.function_call_arguments.delta": _arguments,
}
_EVENTS = {
    "session.created": _session,
    "session.updated": _session,
    "conversation.item.input_audio_transcription.completed": _heard_user,
    "response.created": _created,
    "rate_limits.updated": _limits,
    "error": _error,
    "response.done": _done,
}
"""Types of the server's events that say something → who reads them; the others repeat what these say."""


def usage(raw: Mapping[str, Any]) -> Usage:
    """OpenAI's counts include what is cached; text, audio and images are told apart."""
    given = raw.get("input_token_details") or {}
    made = raw.get("output_token_details") or {}
    return Usage(
        input_tokens=first_count(raw, "input_tokens"),
        cache_read_input_tokens=given.get("cached_tokens"),
        output_tokens=first_count(raw, "output_tokens"),
        reasoning_output_tokens=made.get("reasoning_tokens"),
        input_tokens_by_modality=_modalities(given),
        output_tokens_by_modality=_modalities(made),
        cache_read_tokens_by_modality=_modalities(given.get("cached_tokens_details") or {}),
        raw=raw,
    )


def _modalities(details: Mapping[str, Any]) -> dict[str, int]:
    return {
        name: count
        for name in ("text", "audio", "image")
        if isinstance(count := details.get(f"{name}_tokens"), int)
    }
