"""Gemini Live: messages without a type, each with one field or two; a turn is over when the server says so."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Any

from playground.domain import Endpoint, Message, Request, Text, ToolCall, ToolResult, Usage
from playground.domain.base_url import without_version
from playground.providers.fitting import first_count, reported
from playground.providers.heard import Heard, add
from playground.providers.mapping import modality_counts, only
from playground.providers.sdk import NO_KEY, relayed, silence_log

_VERSION = "v1beta"
"""Where Google documents Live; the base URL may name another."""
ALWAYS_TLS = True
"""The SDK makes wss:// of every address, an http:// one as well."""


def connect(
    request: Request, endpoint: Endpoint, options: Mapping[str, Any], tls: Any
) -> AbstractAsyncContextManager[Any]:
    """The SDK's connection; the configuration is its first message, and it waits for the answer to that."""
    client = _client(endpoint, {**options, "ssl": tls})
    opened: AbstractAsyncContextManager[Any] = client.aio.live.connect(
        model=request.model.model, config=configuration(request)
    )
    return opened


def _client(endpoint: Endpoint, options: Mapping[str, Any]) -> Any:
    """A genai.Client for one session: `options` say how its WebSocket is opened, `ssl` what it trusts."""
    from google import genai
    from google.genai import types

    silence_log("google_genai")
    silence_log("websockets")
    base_url, version = without_version(endpoint.base_url, _VERSION)
    return genai.Client(
        vertexai=False,
        api_key=endpoint.key.reveal() if endpoint.key else NO_KEY,
        http_options=types.HttpOptions(
            base_url=base_url,
            api_version=version,
            httpx_async_client=relayed(),
            async_client_args=dict(options),
        ),
    )


async def configure(connection: Any, request: Request) -> None:
    """Nothing is left to say: it was said when the connection was made."""


def configuration(request: Request) -> dict[str, Any]:
    """The session's settings, of its first request."""
    tools = [
        {
            "name": tool.name,
            "description": tool.description,
            "parameters_json_schema": dict(tool.parameters),
        }
        for tool in request.tools
    ]
    return {
        "response_modalities": ["TEXT"],
        **only(
            system_instruction=request.system,
            tools=[{"function_declarations": tools}] if tools else None,
            max_output_tokens=request.settings.max_output_tokens,
        ),
        **request.settings.extra,
    }


async def send(connection: Any, messages: Sequence[Message], request: Request) -> None:
    """Put messages into the conversation, or results of tools, and let the model go on."""
    results = [p for p in messages[-1].parts if isinstance(p, ToolResult)]
    if results and len(messages) == 1:
        await connection.send_tool_response(function_responses=[_result(p) for p in results])
        return
    turns = [
        {
            "role": "user" if message.role == "user" else "model",
            "parts": [part for p in message.parts if (part := _part(p))],
        }
        for message in messages
    ]
    await connection.send_client_content(turns=turns, turn_complete=True)


def _part(part: Any) -> dict[str, Any] | None:
    """A part of the conversation, where a session that was closed is told it again."""
    if isinstance(part, Text):
        return {"text": part.text}
    if isinstance(part, ToolCall):
        call = {"id": part.id, "name": part.name, "args": part.arguments}
        return {"function_call": call}
    return {"function_response": _result(part)} if isinstance(part, ToolResult) else None


def _result(part: ToolResult) -> dict[str, Any]:
    return {"id": part.id, "name": part.name, "response": {"output": part.content}}


async def pump(connection: Any) -> None:
    """Receive until the connection is over; what comes is read by whoever records it."""
    while True:
        async for _ in connection.receive():
            pass


def read(heard: Heard, message: Mapping[str, Any]) -> None:
    """Take one message of the server; all that a message says of a turn counts before its end."""
    if "setupComplete" in message:
        heard.configured = True
        heard.session_id = (message["setupComplete"] or {}).get("sessionId") or heard.session_id
    if "error" in message:
        heard.errors.append(message["error"] or {})
        heard.draft.complain(message)
    if handle := (message.get("sessionResumptionUpdate") or {}).get("newHandle"):
        heard.handles.append(handle)
    if "goAway" in message:
        heard.time_left = str((message["goAway"] or {}).get("timeLeft") or "")
    if "toolCall" in message:
        _calls(heard, message["toolCall"] or {})
    if "usageMetadata" in message:
        raw = message["usageMetadata"] or {}
        heard.draft.usage = reported(usage, raw)
    if "serverContent" in message:
        _content(heard, message["serverContent"] or {})


def _calls(heard: Heard, told: Mapping[str, Any]) -> None:
    """The model waits for the results, and goes on in the same turn."""
    for call in told.get("functionCalls") or ():
        heard.draft.tool_calls.append(
            ToolCall(
                id=str(call.get("id") or ""),
                name=str(call.get("name") or ""),
                arguments=call.get("args") or {},
            )
        )
    _keep(heard)
    heard.draft.scratch["waits"] = True


def _keep(heard: Heard) -> None:
    """What the model has said in this turn, as the next one's conversation has it."""
    draft = heard.draft
    draft.turn = [Text(text=piece)] if (piece := "".join(draft.text_parts)) else []
    draft.turn += draft.tool_calls


def _content(heard: Heard, content: Mapping[str, Any]) -> None:
    draft = heard.draft
    for part in (content.get("modelTurn") or {}).get("parts") or ():
        if part.get("inlineData"):
            draft.scratch["audio"] += 1
        elif part.get("thought"):
            draft.reasoning(part.get("text") or "")
        elif said := part.get("text"):
            add(draft, "written", said)
            draft.text(said)
    if spoken := (content.get("outputTranscription") or {}).get("text"):
        add(draft, "transcript", spoken)
        draft.text(spoken)
    if asked := (content.get("inputTranscription") or {}).get("text"):
        add(draft, "input_transcript", asked)
    if content.get("interrupted"):
        draft.scratch["interrupted"] = True
        draft.notes.append("The answer was interrupted: it is not whole.")
    if content.get("turnComplete"):
        draft.finish_reason = str(content.get("turnCompleteReason") or "turnComplete")
        draft.response_model = heard.model
        _keep(heard)
        heard.end()


def usage(raw: Mapping[str, Any]) -> Usage:
    """The answer's tokens are `responseTokenCount`, from Vertex `candidatesTokenCount`; thoughts are counted apart."""
    given, fed = raw.get("promptTokenCount"), raw.get("toolUsePromptTokenCount")
    made = first_count(raw, "responseTokenCount", "candidatesTokenCount")
    thought = raw.get("thoughtsTokenCount")
    details = raw.get("responseTokensDetails") or raw.get("candidatesTokensDetails")
    return Usage(
        input_tokens=None if given is None else given + (fed or 0),
        cache_read_input_tokens=raw.get("cachedContentTokenCount"),
        output_tokens=None if made is None and thought is None else (made or 0) + (thought or 0),
        reasoning_output_tokens=thought,
        tool_use_input_tokens=fed,
        input_tokens_by_modality=modality_counts(raw.get("promptTokensDetails"), "tokenCount"),
        output_tokens_by_modality=modality_counts(details, "tokenCount"),
        cache_read_tokens_by_modality=modality_counts(raw.get("cacheTokensDetails"), "tokenCount"),
        raw=raw,
    )
