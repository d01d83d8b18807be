"""OpenAI Responses: `POST /responses`.

Text is every `output_text` of every message, reasoning every summary (or reasoning) text, each in the order in which it
came and joined by nothing. The finish reason is the response's `status`, or the reason why it is `incomplete`.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping
from typing import Any

from playground.domain import (
    APIS,
    Endpoint,
    File,
    Message,
    Part,
    Reasoning,
    Request,
    Text,
    ToolCall,
    ToolResult,
    Usage,
)
from playground.providers import hosted_tools, openai_sdk
from playground.providers.draft import DONE, Draft
from playground.providers.fitting import first_count, reported
from playground.providers.inside import error_in, real
from playground.providers.items import CALLS, place_of, shaped
from playground.providers.mapping import data_url, dumps, only, parse_arguments
from playground.providers.sdk import post

_SERVER_TOOLS: dict[str, dict[str, Any]] = {
    "web_search": {"type": "web_search"},
    "code_execution": {"type": "code_interpreter", "container": {"type": "auto"}},
}
_WITHOUT_REASONING = ("gpt-3.5", "gpt-4", "chatgpt-", "gpt-audio", "gpt-realtime")


_NOTHING_SAID = {"message": "The response failed."}


def arguments(request: Request) -> dict[str, Any]:
    """What `responses.create` is called with; fields that the SDK has no argument for are in `extra_body`."""
    settings = request.settings
    kept = request.previous_response_id is not None
    reasons = not request.model.model.startswith(_WITHOUT_REASONING)
    body = only(
        model=request.model.model,
        input=[item for message in request.messages for item in _items(message)],
        instructions=request.system,
        previous_response_id=request.previous_response_id,
        store=kept,
        stream=request.stream,
        stream_options={"include_obfuscation": False} if request.stream else None,
        include=["reasoning.encrypted_content"] if reasons and not kept else None,
        max_output_tokens=settings.max_output_tokens,
        temperature=settings.temperature,
        top_p=settings.top_p,
        reasoning=only(
            effort=settings.effort, summary="auto" if settings.reasoning_summary else None
        ),
        text=only(format=_format(settings.response_schema), verbosity=settings.verbosity),
        service_tier=settings.service_tier,
        prompt_cache_options=only(ttl=settings.cache_ttl),
        tools=_tools(request),
        tool_choice=settings.tool_choice,
    )
    return {**body, "extra_body": dict(settings.extra) or None}


def _items(message: Message) -> list[dict[str, Any]]:
    """One turn as input items: its text and files as a message, everything else as an item of its own, in order."""
    items: list[dict[str, Any]] = []
    content: list[dict[str, Any]] = []
    for part in message.parts:
        if isinstance(part, Text | File):
            content.append(_content(part, message.role))
            continue
        _close(message.role, content, items)
        items.extend(_item(part))
    _close(message.role, content, items)
    return items


def _close(role: str, content: list[dict[str, Any]], items: list[dict[str, Any]]) -> None:
    if content:
        lone = content[0].get("text") if len(content) == 1 else None
        items.append({"role": role, "content": lone if lone is not None else list(content)})
        content.clear()


def _content(part: Text | File, role: str) -> dict[str, Any]:
    if isinstance(part, Text):
        return {"type": "input_text" if role == "user" else "output_text", "text": part.text}
    if part.media_type.startswith("image/"):
        return {"type": "input_image", "image_url": data_url(part), "detail": "auto"}
    return {"type": "input_file", "filename": part.name, "file_data": data_url(part)}


def _item(part: Part) -> list[dict[str, Any]]:
    match part:
        case ToolCall():
            return [
                {
                    "type": "function_call",
                    "call_id": part.id,
                    "name": part.name,
                    "arguments": dumps(part.arguments),
                }
            ]
        case ToolResult():
            return [{"type": "function_call_output", "call_id": part.id, "output": part.content}]
        case Reasoning() if part.signature:
            summary = [{"type": "summary_text", "text": part.text}] if part.text else []
            item = {"type": "reasoning", "summary": summary, "encrypted_content": part.signature}
            return [only(id=part.id) | item]
    return []


def _format(schema: Mapping[str, Any] | None) -> dict[str, Any] | None:
    if schema is None:
        return None
    return {"type": "json_schema", "name": "answer", "schema": dict(schema), "strict": True}


def _tools(request: Request) -> list[dict[str, Any]] | None:
    own = [
        {
            "type": "function",
            "name": tool.name,
            "description": tool.description,
            "parameters": dict(tool.parameters),
            "strict": False,
        }
        for tool in request.tools
    ]
    hosted = [_SERVER_TOOLS.get(name, {"type": name}) for name in request.server_tools]
    return [*own, *hosted] or None


async def open(arguments: Mapping[str, Any], endpoint: Endpoint, silence: float) -> Any:
    """Send it through the SDK; the answer is read from the recorder underneath."""
    client = openai_sdk.client(endpoint, silence)
    return await post(client, APIS["responses"].path, arguments)


def read_event(draft: Draft, event: dict[str, Any]) -> None:
    """Take one event of the stream into the draft; unknown types change nothing."""
    if event is DONE:
        draft.done = True
        return
    read = _EVENTS.get(event.get("type") or _type_of(event))
    if read is not None:
        read(draft, event)
    elif error_in(event):
        _error(draft, event)


def _type_of(event: Mapping[str, Any]) -> str:
    """The type of an event that has lost it, by what is in it."""
    if error_in(event):
        return "error"
    response = event.get("response") or event
    if isinstance(response, dict) and (response.get("output") or "response" in event):
        status = response.get("status") or "completed"
        return f"response.{status}" if f"response.{status}" in _EVENTS else "response.created"
    if "item" in event:
        return "response.output_item.done"
    return "response.output_text.delta" if isinstance(event.get("delta"), str) else ""


def _created(draft: Draft, event: dict[str, Any]) -> None:
    _identify(draft, _response(event))


def _response(event: dict[str, Any]) -> dict[str, Any]:
    """The response that an event tells of, or is."""
    return event.get("response") or event


def _text_delta(draft: Draft, event: dict[str, Any]) -> None:
    draft.text(event["delta"])


def _text_done(draft: Draft, event: dict[str, Any]) -> None:
    if not draft.heard:
        draft.scratch.setdefault("texts", []).append(event.get("text") or "")


def _reasoning_delta(draft: Draft, event: dict[str, Any]) -> None:
    draft.reasoning(event["delta"])


def _refusal_delta(draft: Draft, event: dict[str, Any]) -> None:
    draft.refusal(event["delta"])


def _tool_delta(draft: Draft, event: dict[str, Any]) -> None:
    piece = dumps(event["delta"])
    pieces = draft.scratch.setdefault("arguments", {})
    pieces.setdefault(place_of(draft.scratch.get("items", {}), event), []).append(piece)
    draft.tool(piece)


def _tool_done(draft: Draft, event: dict[str, Any]) -> None:
    pieces = draft.scratch.setdefault("arguments", {})
    pieces.setdefault(
        place_of(draft.scratch.get("items", {}), event), [dumps(event.get("arguments") or "")]
    )


def _item_seen(draft: Draft, event: dict[str, Any]) -> None:
    item = event["item"]
    items = draft.scratch.setdefault("items", {})
    index = event.get("output_index")
    if index is None:
        places = draft.scratch.setdefault("places", {})
        index = places.setdefault(item.get("id") or len(items), len(items))
    items[index] = shaped(item)
    if event.get("type", "").endswith(".added") and item.get("name"):
        draft.tool(item["name"])


def _finished(draft: Draft, event: dict[str, Any]) -> None:
    response = _response(event)
    _identify(draft, response)
    _finish(draft, response)
    if real(response.get("error")):
        draft.complain(response["error"])


def _failed(draft: Draft, event: dict[str, Any]) -> None:
    _finished(draft, event)
    draft.complain(_response(event).get("error") or _NOTHING_SAID)


def _error(draft: Draft, event: dict[str, Any]) -> None:
    draft.complain(error_in(event) or event)


_EVENTS: dict[str, Callable[[Draft, dict[str, Any]], None]] = {
    "response.created": _created,
    "response.queued": _created,
    "response.in_progress": _created,
    "response.output_text.delta": _text_delta,
    "response.output_text.done": _text_done,
    "response.refusal.delta": _refusal_delta,
    "response.reasoning_summary_text.delta": _reasoning_delta,
    "response.reasoning_text.delta": _reasoning_delta,
    "response.audio.transcript.delta": _text_delta,
    "response.output_item.added": _item_seen,
    "response.output_item.done": _item_seen,
    "response.function_call_arguments.delta": _tool_delta,
    "response.custom_tool_call_input.delta": _tool_delta,
    "response.function_call_arguments.done": _tool_done,
    "response.completed": _finished,
    "response.done": _finished,
    "response.incomplete": _finished,
    "response.cancelled": _finished,
    "response.failed": _failed,
    "error": _error,
}


def read_body(draft: Draft, body: dict[str, Any]) -> None:
    """Take a whole, unstreamed answer into the draft."""
    own = isinstance(body.get("status"), str) and not real(body.get("error"))
    told = None if own else error_in(body, whole="output" not in body)
    if told is not None:
        draft.complain(told)
    elif "output" not in body and "status" not in body:
        raise KeyError("output")
    _identify(draft, body)
    _finish(draft, body)


def finish(draft: Draft) -> None:
    """Settle what is still open when the stream is over, whole or broken off."""
    if "settled" not in draft.scratch:
        _settle(draft, draft.scratch.get("items", {}))
    if not draft.heard:
        draft.text("".join(draft.scratch.get("texts", ())))
    draft.close()


def _identify(draft: Draft, response: dict[str, Any]) -> None:
    draft.response_id = response.get("id") or draft.response_id
    draft.response_model = response.get("model") or draft.response_model
    draft.service_tier = response.get("service_tier") or draft.service_tier


def _finish(draft: Draft, response: dict[str, Any]) -> None:
    why = (response.get("incomplete_details") or {}).get("reason")
    draft.finish_reason = why or response.get("status")
    output = response.get("output")
    if not output and isinstance(response.get("output_text"), str):
        output = [{"content": response["output_text"]}]
    items = (
        {place: shaped(item) for place, item in enumerate(output)}
        if output
        else draft.scratch.get("items", {})
    )
    ran = {**response, "output": list(items.values())}
    draft.usage = reported(usage, response.get("usage"), ran) or draft.usage
    _settle(draft, items)
    draft.done = True


def _settle(draft: Draft, items: Mapping[Any, dict[str, Any]]) -> None:
    """Read the output items in order; text that no delta brought is taken from them."""
    draft.scratch["settled"] = True
    ordered = [items[index] for index in sorted(items, key=lambda i: -1 if i is None else i)]
    missing = [
        (draft.text, not draft.heard, "output_text", "text"),
        (draft.refusal, not draft.refusal_parts, "refusal", "refusal"),
        (draft.reasoning, not draft.reasoning_parts, "summary_text", "text"),
    ]
    for add, wanted, kind, field in missing:
        if wanted:
            for content in _contents(ordered, kind):
                add(content.get(field) or "")
    if not draft.reasoning_parts:
        for content in _contents(ordered, "reasoning_text"):
            draft.reasoning(content.get("text") or "")
    pieces = draft.scratch.get("arguments", {})
    for index, item in zip(
        sorted(items, key=lambda i: -1 if i is None else i), ordered, strict=True
    ):
        _take_item(draft, item, "".join(pieces.get(index, ())))


def _contents(items: list[dict[str, Any]], kind: str) -> list[dict[str, Any]]:
    return [
        content
        for item in items
        for content in (*(item.get("summary") or ()), *(item.get("content") or ()))
        if isinstance(content, dict) and content.get("type") == kind
    ]


def _take_item(draft: Draft, item: dict[str, Any], streamed: str) -> None:
    kind = item.get("type", "")
    if kind == "message":
        _take_message(draft, item)
    elif kind == "reasoning":
        summary = "".join(c.get("text") or "" for c in item.get("summary") or ())
        draft.turn.append(
            Reasoning(text=summary, signature=item.get("encrypted_content"), id=item.get("id"))
        )
    elif kind in CALLS and not item.get("name"):
        draft.left_out(1)
    elif kind in CALLS:
        raw = item.get("arguments") if kind == "function_call" else item.get("input")
        raw = raw or streamed
        value = parse_arguments(raw) if kind == "function_call" else raw
        call = ToolCall(
            id=item.get("call_id") or item.get("id") or "", name=item["name"], arguments=value
        )
        draft.tool_calls.append(call)
        draft.turn.append(call)
    else:
        draft.server_tools.append(kind)
        if kind == "image_generation_call" and item.get("result"):
            form = item.get("output_format") or "png"
            data = base64.b64decode(item["result"])
            draft.files.append(File(media_type=f"image/{form}", data=data, name=f"image.{form}"))


def _take_message(draft: Draft, item: dict[str, Any]) -> None:
    for content in item.get("content") or ():
        draft.citations.extend(content.get("annotations") or ())
        text = content.get("text") or content.get("refusal")
        if text:
            draft.turn.append(Text(text=text))


def usage(raw: Mapping[str, Any], response: Mapping[str, Any]) -> Usage:
    """OpenAI's counts already include cache in input and reasoning in output; its tools leave output items."""
    read = raw.get("input_tokens_details") or {}
    written = raw.get("output_tokens_details") or {}
    split = read.get("cache_write_tokens_details") or {}
    images = hosted_tools.of_images(response)
    return Usage(
        input_tokens=first_count(raw, "input_tokens", "prompt_tokens"),
        cache_read_input_tokens=read.get("cached_tokens"),
        cache_write_input_tokens=read.get("cache_write_tokens"),
        cache_write_by_ttl=only(**{ttl: split.get(f"ttl_{ttl}_tokens") for ttl in ("30m", "12h")}),
        output_tokens=first_count(raw, "output_tokens", "completion_tokens"),
        reasoning_output_tokens=written.get("reasoning_tokens"),
        server_tool_calls=hosted_tools.of_responses(response),
        also_billed=() if images is None else (images,),
        raw=raw,
    )
