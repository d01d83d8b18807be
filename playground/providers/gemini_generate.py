"""Gemini generateContent: `POST /models/{model}:generateContent` and `:streamGenerateContent`.

Text is every `text` part of the first candidate that is not marked `thought`, reasoning every one that is, joined by
nothing. The finish reason is the candidate's `finishReason`, or the `blockReason` of a prompt that was not answered at
all; only the latter is a failure (`refused`), a candidate that ends in SAFETY is an answer cut short. Every chunk
carries running totals of usage: the last ones count. A `functionCall` part is one call, or the first of several parts
that make one together: all but the last say `willContinue`.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Any

from playground.domain import (
    Endpoint,
    File,
    Message,
    Part,
    Reasoning,
    Request,
    Settings,
    Text,
    ToolCall,
    ToolResult,
    Usage,
)
from playground.providers import gemini_sdk
from playground.providers.draft import DONE, Draft
from playground.providers.failures import failure_of
from playground.providers.fitting import reported, together
from playground.providers.hosted_tools import only_with, queries
from playground.providers.inside import error_in
from playground.providers.mapping import camel, modality_counts, only, parse_arguments
from playground.providers.partial_arguments import Arguments

_SERVER_TOOLS: dict[str, dict[str, Any]] = {
    "web_search": {"google_search": {}},
    "code_execution": {"code_execution": {}},
}
_TOOL_CHOICE = {"auto": "AUTO", "required": "ANY", "none": "NONE"}
_MEDIA = ("inlineData", "inline_data")
_PLAIN = frozenset({"text", "thought", "thoughtSignature", "functionCall", "partMetadata", *_MEDIA})


def arguments(request: Request) -> dict[str, Any]:
    """What `generate_content[_stream]` is called with; `stream` says which."""
    settings = request.settings
    choice = settings.tool_choice
    config = only(
        system_instruction=request.system,
        max_output_tokens=settings.max_output_tokens,
        temperature=settings.temperature,
        top_p=settings.top_p,
        top_k=settings.top_k,
        stop_sequences=list(settings.stop) or None,
        seed=settings.seed,
        thinking_config=_thinking(settings),
        response_mime_type="application/json" if settings.response_schema else None,
        response_json_schema=settings.response_schema and dict(settings.response_schema),
        service_tier=settings.service_tier,
        tools=_tools(request),
        tool_config={"function_calling_config": {"mode": _TOOL_CHOICE[choice]}} if choice else None,
        store=False,
        automatic_function_calling={"disable": True},
        automatic_continuation=False,
        http_options=only(extra_body=dict(settings.extra) or None),
    )
    return {
        "stream": request.stream,
        "model": request.model.model,
        "contents": [_content(message) for message in request.messages],
        "config": config,
    }


def _thinking(settings: Settings) -> dict[str, Any] | None:
    """A number is a token budget (2.x models), a word a thinking level; `none` is a budget of nothing."""
    effort = "0" if settings.effort == "none" else settings.effort
    budget = int(effort) if effort and effort.lstrip("-").isdigit() else None
    return only(
        thinking_budget=budget,
        thinking_level=effort.upper() if effort and budget is None else None,
        include_thoughts=settings.reasoning_summary or None,
    )


def _content(message: Message) -> dict[str, Any]:
    role = "user" if message.role == "user" else "model"
    return {"role": role, "parts": [p for part in message.parts for p in _part(part)]}


def _part(part: Part) -> list[dict[str, Any]]:
    match part:
        case Text():
            return [{"text": part.text, **_signature(part.signature)}]
        case File():
            return [{"inline_data": {"mime_type": part.media_type, "data": part.data}}]
        case Reasoning() if part.signature:
            return [{"text": part.text, "thought": True, **_signature(part.signature)}]
        case ToolCall():
            given = part.arguments if isinstance(part.arguments, dict) else {}
            call = only(id=part.id or None, name=part.name) | {"args": given}
            return [{"function_call": call, **_signature(part.signature)}]
        case ToolResult():
            key = "error" if part.is_error else "result"
            reply = only(id=part.id or None, name=part.name) | {"response": {key: part.content}}
            return [{"function_response": reply}]
    return []


def _signature(signature: str | None) -> dict[str, Any]:
    return {"thought_signature": base64.b64decode(signature)} if signature else {}


def _tools(request: Request) -> list[dict[str, Any]] | None:
    own = [
        {
            "name": tool.name,
            "description": tool.description,
            "parameters_json_schema": dict(tool.parameters),
        }
        for tool in request.tools
    ]
    hosted = [_SERVER_TOOLS.get(name, {name: {}}) for name in request.server_tools]
    return [*([{"function_declarations": own}] if own else []), *hosted] or None


async def open(arguments: Mapping[str, Any], endpoint: Endpoint, silence: float) -> Any:
    """Send it through the SDK; the answer is read from the recorder underneath."""
    rest = dict(arguments)
    stream = rest.pop("stream")
    client = gemini_sdk.client(endpoint, silence)
    if not stream:
        return await client.aio.models.generate_content(**rest)
    async for _ in await client.aio.models.generate_content_stream(**rest):
        pass
    return client


def read_event(draft: Draft, event: dict[str, Any]) -> None:
    """Take one chunk of the stream into the draft."""
    if event is DONE:
        draft.done = True
        return
    candidates = event.get("candidates")
    if "error" in event or not candidates:
        _look_for_error(draft, event)
    if "usage_metadata" in event:
        event = camel(event)
        candidates = event.get("candidates")
    for candidate in candidates or ():
        _take_candidate(draft, candidate)
    counted = event.get("usageMetadata")
    if counted:
        known, draft.counted = draft.counted, counted  # running totals
        if known and 0 in counted.values():
            both = together(known, counted)
            draft.counted = {name: both[name] for name in counted}
    if draft.response_id is None or draft.done:
        _identify(draft, event)
    if "promptFeedback" in event:
        _take_feedback(draft, event["promptFeedback"] or {})


def _take_candidate(draft: Draft, candidate: dict[str, Any]) -> None:
    if "finish_reason" in candidate:
        candidate = camel(candidate)
    index = candidate.get("index")
    content = candidate.get("content")
    parts = content.get("parts") if type(content) is dict else content
    for part in (parts if type(parts) is list else [parts]) if parts else ():
        if type(part) is str:
            part = {"text": part}
        text = part.get("text")
        if index:
            if text and "thought" not in part:
                draft.choice(index, text)
        elif text is None:
            _take_part(draft, part)
        elif part.get("thought"):
            draft.reasoning(text)
            _said(draft, Reasoning, text, part)
        else:
            draft.text(text)
            _said(draft, Text, text, part)
    if not index:
        _take_ending(draft, candidate)


def _take_ending(draft: Draft, candidate: dict[str, Any]) -> None:
    reason = candidate.get("finishReason")
    if reason:
        draft.finish_reason = reason
        draft.done = True
    if "groundingMetadata" in candidate:
        draft.scratch["grounding"] = candidate["groundingMetadata"]
    if "citationMetadata" in candidate:
        draft.citations.extend(candidate["citationMetadata"].get("citationSources") or ())


def _take_part(draft: Draft, part: dict[str, Any]) -> None:
    _close_run(draft)
    part = camel(part) if any("_" in name for name in part) else part
    call, media = part.get("functionCall"), part.get("inlineData")
    if call is not None:
        _take_call(draft, call, part.get("thoughtSignature"))
    elif media is not None:
        kind = media.get("mimeType") or "application/octet-stream"
        file = File(media_type=kind, data=base64.b64decode(media.get("data") or ""), name="answer")
        if not part.get("thought"):
            draft.files.append(file)
    else:
        draft.server_tools.extend(name for name in part if name not in _PLAIN)


def _take_call(draft: Draft, call: dict[str, Any], signature: str | None) -> None:
    """One part of a call: a name begins the next one, and the part that does not continue ends it."""
    under_way = draft.scratch.get("call")
    if call.get("name"):
        _close_call(draft)
        under_way = draft.scratch["call"] = {"name": call["name"], "arguments": Arguments()}
        draft.tool(call["name"])
    if under_way is None:
        draft.left_out(int(bool(call.get("args") or call.get("partialArgs"))))
        return
    under_way["id"] = call.get("id") or under_way.get("id")
    under_way["signature"] = signature or under_way.get("signature")
    given = parse_arguments(call.get("args"))
    try:
        under_way["arguments"].add(given, call.get("partialArgs") or ())
    finally:
        if not call.get("willContinue"):
            _close_call(draft)


def _close_call(draft: Draft) -> None:
    under_way = draft.scratch.pop("call", None)
    if under_way is not None:
        made = ToolCall(
            id=under_way["id"] or "",
            name=under_way["name"],
            arguments=under_way["arguments"].value,
            signature=under_way["signature"],
        )
        draft.tool_calls.append(made)
        draft.turn.append(made)


def _said(
    draft: Draft, kind: type[Text] | type[Reasoning], text: str, part: Mapping[str, Any]
) -> None:
    """Keep a piece for the next turn: runs of the same kind become one part, with the signature that closes them."""
    run = draft.scratch.get("run")
    if run is None or run[0] is not kind:
        _close_run(draft)
        run = draft.scratch["run"] = [kind, [], None]
    run[1].append(text)
    if "thoughtSignature" in part:
        run[2] = part["thoughtSignature"]


def _close_run(draft: Draft) -> None:
    kind, pieces, signature = draft.scratch.pop("run", None) or (Text, (), None)
    text = "".join(pieces)
    if kind is Reasoning and (text or signature):
        draft.turn.append(Reasoning(text=text, signature=signature))
    elif text or signature:
        draft.turn.append(Text(text=text, signature=signature))


def _take_feedback(draft: Draft, feedback: dict[str, Any]) -> None:
    reason = feedback.get("blockReason")
    if not reason:
        return
    draft.done = True
    draft.finish_reason = draft.finish_reason or reason
    message = feedback.get("blockReasonMessage") or f"The prompt was blocked: {reason}."
    if not draft.text_parts and draft.failure is None:
        draft.failure = failure_of(
            "refused", draft.provider, status=200, code=reason, message=message
        )


def _look_for_error(draft: Draft, event: dict[str, Any], *, whole: bool = False) -> None:
    told = error_in(event, whole=whole)
    if told is not None:
        draft.complain(told)


def read_body(draft: Draft, body: dict[str, Any]) -> None:
    """Take a whole, unstreamed answer into the draft."""
    draft.response_id = None
    if "candidates" not in body:
        _look_for_error(draft, body, whole="promptFeedback" not in body)
    read_event(draft, body)
    draft.done = True


def finish(draft: Draft) -> None:
    """Settle what is still open when the stream is over, whole or broken off."""
    draft.close()
    grounding = draft.scratch.pop("grounding", None) or {}
    draft.usage = reported(usage, draft.counted, grounding)
    draft.citations.extend(grounding.get("groundingChunks") or ())
    if draft.choices:
        draft.choices[0] = draft.text_parts
    _close_call(draft)
    _close_run(draft)


def _identify(draft: Draft, event: dict[str, Any]) -> None:
    draft.response_id = event.get("responseId") or draft.response_id
    draft.response_model = event.get("modelVersion") or draft.response_model
    counted = event.get("usageMetadata") or {}
    draft.service_tier = counted.get("serviceTier") or draft.service_tier


def usage(raw: Mapping[str, Any], grounding: Mapping[str, Any]) -> Usage:
    """Gemini counts thoughts and its own tools' prompts apart; ours are inside output and input."""
    given, fed = raw.get("promptTokenCount"), raw.get("toolUsePromptTokenCount")
    made, thought = raw.get("candidatesTokenCount"), raw.get("thoughtsTokenCount")
    calls = {
        "web_search": queries(grounding.get("webSearchQueries") or ()),
        "image_search": queries(grounding.get("imageSearchQueries") or ()),
        "google_maps": int(bool(only_with("maps", grounding.get("groundingChunks")))),
    }
    return Usage(
        input_tokens=None if given is None else given + (fed or 0),
        cache_read_input_tokens=raw.get("cachedContentTokenCount"),
        output_tokens=None if made is None and thought is None else (made or 0) + (thought or 0),
        reasoning_output_tokens=thought,
        tool_use_input_tokens=fed,
        input_tokens_by_modality=modality_counts(raw.get("promptTokensDetails"), "tokenCount"),
        output_tokens_by_modality=modality_counts(raw.get("candidatesTokensDetails"), "tokenCount"),
        cache_read_tokens_by_modality=modality_counts(raw.get("cacheTokensDetails"), "tokenCount"),
        server_tool_calls={name: count for name, count in calls.items() if count},
        raw=raw,
    )
