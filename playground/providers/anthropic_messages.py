"""Anthropic Messages: `POST /v1/messages`.

Text is every `text` block joined by nothing, reasoning every `thinking` block. The finish reason is `stop_reason`. The
usage that counts is the last: `message_delta` replaces what `message_start` said, field by field.
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
    Settings,
    Text,
    ToolCall,
    ToolResult,
    Usage,
)
from playground.providers import anthropic_sdk
from playground.providers.blocks import block_of, pieces_of
from playground.providers.draft import Draft
from playground.providers.fitting import reported
from playground.providers.hosted_tools import also_ran
from playground.providers.inside import error_in
from playground.providers.mapping import dumps, only, output_limit, parse_arguments
from playground.providers.sdk import post

DEFAULT_MAX_TOKENS = 4096
"""Sent when no limit was chosen and the catalog knows none for the model: this API does not answer without one."""

_SERVER_TOOLS: dict[str, dict[str, Any]] = {
    "web_search": {"type": "web_search_20250305", "name": "web_search"},
    "code_execution": {"type": "code_execution_20250825", "name": "code_execution"},
}
_TOOL_CHOICE = {"auto": {"type": "auto"}, "required": {"type": "any"}, "none": {"type": "none"}}
_REDACTED = "redacted_thinking"
"""Kept in `Reasoning.id` for thinking that came encrypted whole."""
_COMPACTED = "compaction"
"""Kept in `Reasoning.id` for the signed summary that takes the place of the turns before it; what asks for one, too."""
_COMPACTION = {"anthropic-beta": "compact-2026-09-04"}
"""On-demand compaction: https://platform.claude.com/docs/en/build-with-claude/compaction-on-demand, read 2026-11-27."""


def arguments(request: Request) -> dict[str, Any]:
    """What `messages.create` is called with; fields that the SDK has no argument for are in `extra_body`."""
    settings = request.settings
    fast = settings.service_tier == "fast"
    choice = settings.tool_choice
    body = only(
        model=request.model.model,
        max_tokens=settings.max_output_tokens or output_limit(request.model, DEFAULT_MAX_TOKENS),
        messages=[_message(message) for message in request.messages],
        system=request.system,
        stream=request.stream,
        stop_sequences=list(settings.stop) or None,
        thinking=_thinking(settings),
        output_config=only(effort=_effort(settings), format=_format(settings.response_schema)),
        service_tier=None if fast else settings.service_tier,
        speed="fast" if fast else None,
        cache_control=_cache(settings.cache_ttl),
        tools=_tools(request),
        tool_choice=_TOOL_CHOICE[choice] if choice else None,
    )
    extra = only(temperature=settings.temperature, top_p=settings.top_p, top_k=settings.top_k)
    made = {**body, "extra_body": {**extra, **settings.extra} or None}
    return {**made, "extra_headers": _COMPACTION} if _compacts(request) else made


def _compacts(request: Request) -> bool:
    """Whether a summary is asked for or sent back: only its beta's header opens that."""
    parts = (part for message in request.messages for part in message.parts)
    sent = any(isinstance(part, Reasoning) and part.id == _COMPACTED for part in parts)
    return sent or _COMPACTED in request.settings.extra


def _thinking(settings: Settings) -> dict[str, Any] | None:
    """`none` turns thinking off, a number is a token budget (older models), any other effort lets the model decide."""
    display = {"display": "summarized"} if settings.reasoning_summary else {}
    if settings.effort == "none":
        return {"type": "disabled"}
    if settings.effort and settings.effort.isdigit():
        return {"type": "enabled", "budget_tokens": int(settings.effort), **display}
    return {"type": "adaptive", **display} if settings.effort or display else None


def _effort(settings: Settings) -> str | None:
    effort = settings.effort
    return None if effort in (None, "none") or str(effort).isdigit() else effort


def _format(schema: Mapping[str, Any] | None) -> dict[str, Any] | None:
    return None if schema is None else {"type": "json_schema", "schema": dict(schema)}


def _cache(ttl: str | None) -> dict[str, Any] | None:
    return None if ttl is None else {"type": "ephemeral", "ttl": ttl}


def _message(message: Message) -> dict[str, Any]:
    results = [part for part in message.parts if isinstance(part, ToolResult)]
    others = [part for part in message.parts if not isinstance(part, ToolResult)]
    content = [block for part in (*results, *others) for block in _block(part)]
    if len(content) == 1 and content[0]["type"] == "text":
        return {"role": message.role, "content": content[0]["text"]}
    return {"role": message.role, "content": content}


def _block(part: Part) -> list[dict[str, Any]]:
    match part:
        case Text():
            return [{"type": "text", "text": part.text}] if part.text else []
        case File():
            kind = "image" if part.media_type.startswith("image/") else "document"
            data = base64.b64encode(part.data).decode()
            source = {"type": "base64", "media_type": part.media_type, "data": data}
            return [{"type": kind, "source": source}]
        case Reasoning() if part.signature and part.id == _REDACTED:
            return [{"type": _REDACTED, "data": part.signature}]
        case Reasoning() if part.signature and part.id == _COMPACTED:
            return [{"type": _COMPACTED, "content": part.text, "signature": part.signature}]
        case Reasoning() if part.signature:
            return [{"type": "thinking", "thinking": part.text, "signature": part.signature}]
        case ToolCall():
            given = part.arguments if isinstance(part.arguments, dict) else {}
            return [{"type": "tool_use", "id": part.id, "name": part.name, "input": given}]
        case ToolResult():
            failed = {"is_error": True} if part.is_error else {}
            result = {"type": "tool_result", "tool_use_id": part.id, "content": part.content}
            return [{**result, **failed}]
    return []


def _tools(request: Request) -> list[dict[str, Any]] | None:
    own = [
        {
            "name": tool.name,
            "description": tool.description,
            "input_schema": dict(tool.parameters),
        }
        for tool in request.tools
    ]
    hosted = [
        _SERVER_TOOLS.get(name, {"type": name, "name": name}) for name in request.server_tools
    ]
    return [*own, *hosted] or None


async def open(arguments: Mapping[str, Any], endpoint: Endpoint, silence: float) -> Any:
    """Send it through the SDK; the answer is read from the recorder underneath."""
    client = anthropic_sdk.client(endpoint, silence)
    return await post(client, APIS["messages"].path, arguments)


def read_event(draft: Draft, event: dict[str, Any]) -> None:
    """Take one event of the stream into the draft; unknown types change nothing."""
    read = _EVENTS.get(event.get("type") or _type_of(event))
    if read is not None:
        read(draft, event)
    elif error_in(event):
        _error(draft, event)


def _type_of(event: Mapping[str, Any]) -> str:
    """The type of an event that has lost it, by what is in it."""
    delta = event.get("delta")
    if error_in(event):
        return "error"
    if isinstance(delta, dict) and "stop_reason" in delta:
        return "message_delta"
    return next((kind for field, kind in _FIELDS.items() if event.get(field)), "")


def _message_start(draft: Draft, event: dict[str, Any]) -> None:
    message = event.get("message") or event
    _identify(draft, message)
    _count(draft, message.get("usage"))
    content = message.get("content") or ()
    for index, block in enumerate([content] if isinstance(content, str | dict) else content):
        _block_start(draft, {"index": index, "content_block": block})
        if isinstance(block, dict):
            draft.citations.extend(block.get("citations") or ())
    _stop(draft, message)


def _whole_message(draft: Draft, event: dict[str, Any]) -> None:
    """A whole message: the body, or one event that has all, or once more what came in pieces."""
    if draft.scratch.get("blocks"):
        event = {**event, "content": None}
    _message_start(draft, {"message": event})
    draft.done = True


def _block_start(draft: Draft, event: dict[str, Any]) -> None:
    given = event["content_block"]
    given = {"text": given} if isinstance(given, str) else given
    blocks = _blocks(draft)
    kind = given.get("type") or _name_of(given, _BLOCKS) or "text"
    block = {
        **given,
        "type": kind,
        "index": event.get("index", len(blocks)),
        "pieces": pieces_of(kind),
    }
    blocks.append(block)
    draft.scratch["block"] = block
    if kind in ("text", "thinking"):
        _say(draft, block, given.get(kind) or "")
    elif kind == "tool_use":
        draft.tool(given.get("name") or "")


def _blocks(draft: Draft) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = draft.scratch.setdefault("blocks", [])
    return found


def _block_delta(draft: Draft, event: dict[str, Any]) -> None:
    delta = event["delta"]
    if type(delta) is str:
        delta = {"text": delta}
    row = _DELTAS.get(delta.get("type") or _name_of(delta, _LOST))
    if row is None:
        return
    field, kind, take = row
    if (piece := delta.get(field)) is not None:
        block = draft.scratch.get("block")
        if block is None or block["index"] != event.get("index") or block["type"] != kind:
            block = block_of(_blocks(draft), event.get("index"), kind)
            draft.scratch["block"] = block
        take(draft, block, piece)


def _say(draft: Draft, block: dict[str, Any], piece: str) -> None:
    """A piece of text or of thinking."""
    block["pieces"].append(piece)
    (draft.text if block["type"] == "text" else draft.reasoning)(piece)


def _sign(draft: Draft, block: dict[str, Any], piece: str) -> None:
    block["signature"] = (block.get("signature") or "") + piece


def _argue(draft: Draft, block: dict[str, Any], piece: Any) -> None:
    """A piece of a tool call's input, or all of it as the object that it is."""
    piece = dumps(piece)
    block["pieces"].append(piece)
    if block["type"] == "tool_use":
        draft.tool(piece)


def _cite(draft: Draft, block: dict[str, Any], citation: Any) -> None:
    draft.citations.append(citation)


def _name_of(fields: Mapping[str, Any], names: Mapping[str, str]) -> str:
    """The type of what has lost it, by a field that only it has."""
    return next((name for field, name in names.items() if field in fields), "")


def _message_delta(draft: Draft, event: dict[str, Any]) -> None:
    delta = event.get("delta") or {}
    _stop(draft, delta if "stop_reason" in delta else event)
    _count(draft, event.get("usage") or delta.get("usage"))


def _message_stop(draft: Draft, event: dict[str, Any]) -> None:
    _count(draft, event.get("usage"))
    draft.done = True


def _error(draft: Draft, event: dict[str, Any]) -> None:
    draft.complain(error_in(event) or event)


_EVENTS: dict[str, Callable[[Draft, dict[str, Any]], None]] = {
    "message_start": _message_start,
    "content_block_start": _block_start,
    "content_block_delta": _block_delta,
    "message_delta": _message_delta,
    "message_stop": _message_stop,
    "message": _whole_message,
    "error": _error,
    "[DONE]": _message_stop,
}
_DELTAS: dict[str, tuple[str, str, Callable[[Draft, dict[str, Any], Any], None]]] = {
    "text_delta": ("text", "text", _say),
    "thinking_delta": ("thinking", "thinking", _say),
    "signature_delta": ("signature", "thinking", _sign),
    "input_json_delta": ("partial_json", "tool_use", _argue),
    "citations_delta": ("citation", "text", _cite),
}
"""Type of delta → its field, the type of block that it belongs to, what becomes of it."""
_FIELDS = {
    "message": "message_start",
    "content_block": "content_block_start",
    "delta": "content_block_delta",
    "content": "message",
    "stop_reason": "message_delta",
    "usage": "message_delta",
    "[DONE]": "[DONE]",
}
_LOST = {field: kind for kind, (field, _, _) in _DELTAS.items()}
_BLOCKS = {"text": "text", "thinking": "thinking", "input": "tool_use", "data": _REDACTED}
"""Field → the type of the event, the delta or the block that has it, for where no type is said."""


def read_body(draft: Draft, body: dict[str, Any]) -> None:
    """Take a whole, unstreamed answer into the draft."""
    if error_in(body, whole="content" not in body) or body.get("type") == "error":
        _error(draft, error_in(body, whole=True) or body)
    elif "content" not in body:
        raise KeyError("content")
    _whole_message(draft, body)
    finish(draft)


def finish(draft: Draft) -> None:
    """Settle what is still open when the stream is over, whole or broken off."""
    draft.close()
    blocks = draft.scratch.pop("blocks", [])
    for block in blocks:
        _settle(draft, block)
    draft.left_out(sum(b["type"] == "tool_use" and not b.get("name") for b in blocks))
    counted = draft.counted
    if counted:
        # A stream that broke off has only message_start's output count: where it stood before the first word.
        counted = (
            counted if draft.done or draft.finish_reason else {**counted, "output_tokens": None}
        )
        ran = sum(kind.endswith("code_execution_tool_result") for kind in draft.server_tools)
        draft.usage = also_ran(reported(usage, counted), code_execution=ran)


def _settle(draft: Draft, block: dict[str, Any]) -> None:
    kind, gathered = block["type"], "".join(block["pieces"])
    if kind == "text":
        if gathered:
            draft.turn.append(Text(text=gathered))
    elif kind == "thinking":
        draft.turn.append(Reasoning(text=gathered, signature=block.get("signature") or None))
    elif kind == _REDACTED:
        draft.turn.append(Reasoning(text="", signature=block.get("data"), id=_REDACTED))
    elif kind == _COMPACTED and block.get("signature"):
        summary, signature = block.get("content") or "", block["signature"]
        draft.turn.append(Reasoning(text=summary, signature=signature, id=_COMPACTED))
    elif kind != "tool_use":
        draft.server_tools.append(kind)
    elif block.get("name"):
        value = parse_arguments(gathered or block.get("input"))
        call = ToolCall(id=block.get("id") or "", name=block["name"], arguments=value)
        draft.tool_calls.append(call)
        draft.turn.append(call)


def _identify(draft: Draft, message: dict[str, Any]) -> None:
    draft.response_id = message.get("id") or draft.response_id
    draft.response_model = message.get("model") or draft.response_model


def _stop(draft: Draft, said: dict[str, Any]) -> None:
    if said.get("stop_reason"):
        draft.finish_reason = said["stop_reason"]
        draft.done = True
    details = said.get("stop_details") or {}
    if details.get("type") == "refusal" and details.get("explanation"):
        draft.refusal(details["explanation"])


def _count(draft: Draft, counted: Mapping[str, Any] | None) -> None:
    """Later counts replace earlier ones; a field that is not repeated stays."""
    draft.count(counted)
    if isinstance(draft.counted, Mapping):
        draft.service_tier = draft.counted.get("service_tier")


def usage(raw: Mapping[str, Any]) -> Usage:
    """Anthropic's `input_tokens` leaves the cache out, ours includes it; iterations that are not messages are billed beside."""
    told = {name: value for name, value in raw.items() if value is not None and value != {}}
    given = told.get("input_tokens")
    read, written = told.get("cache_read_input_tokens"), told.get("cache_creation_input_tokens")
    details = told.get("output_tokens_details", {})
    calls = told.get("server_tool_use", {})
    beside = tuple(
        (step.get("model"), usage(step))
        for step in told.get("iterations", ())
        if step.get("type") != "message"
    )
    return Usage(
        input_tokens=None if given is None else given + (read or 0) + (written or 0),
        cache_read_input_tokens=read,
        cache_write_input_tokens=written,
        cache_write_by_ttl=_by_ttl(told.get("cache_creation", {}), written),
        output_tokens=told.get("output_tokens"),
        reasoning_output_tokens=details.get("thinking_tokens"),
        server_tool_calls={
            name.removesuffix("_requests"): count
            for name, count in calls.items()
            if isinstance(count, int)
        },
        also_billed=beside,
        raw=raw,
    )


def _by_ttl(split: Mapping[str, Any], written: int | None) -> dict[str, int]:
    """The split by time to live, unless it no longer adds up: streams update the total but not the split."""
    found = {ttl: split.get(f"ephemeral_{ttl}_input_tokens") or 0 for ttl in ("5m", "1h")}
    return found if written and sum(found.values()) == written else {}
