"""Gemini Interactions: `POST /interactions`.

Text is every `text` content of every `model_output` step, reasoning every thought summary, joined by nothing. The
finish reason is the interaction's `status`. Steps that are neither are what the provider's own tools left.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterable, Mapping
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
from playground.providers.draft import Draft
from playground.providers.fitting import reported
from playground.providers.hosted_tools import also_ran, queries
from playground.providers.inside import error_in, real
from playground.providers.mapping import dumps, modality_counts, only, parse_arguments

_SERVER_TOOLS: dict[str, dict[str, Any]] = {
    "web_search": {"type": "google_search"},
    "code_execution": {"type": "code_execution"},
}
_TOOL_CHOICE = {"auto": "auto", "required": "any", "none": "none"}
_BESIDE = ("extra_body", "automatic_continuation")
"""Arguments of the call that are no fields of its body."""
_FAILED = frozenset({"failed", "cancelled", "budget_exceeded"})


def arguments(request: Request) -> dict[str, Any]:
    """What `interactions.create` is called with; fields that the SDK has no argument for are in `extra_body`."""
    settings = request.settings
    kept = request.previous_response_id is not None
    body = only(
        model=request.model.model,
        input=[step for message in request.messages for step in _steps(message)],
        system_instruction=request.system,
        previous_interaction_id=request.previous_response_id,
        store=kept,
        stream=request.stream,
        generation_config=_generation(settings),
        response_format=_format(settings.response_schema),
        service_tier=settings.service_tier,
        tools=_tools(request),
    )
    return {
        **body,
        "extra_body": dict(settings.extra) or None,
        "automatic_continuation": False,
    }


def _generation(settings: Settings) -> dict[str, Any]:
    choice = settings.tool_choice
    return only(
        max_output_tokens=settings.max_output_tokens,
        temperature=settings.temperature,
        top_p=settings.top_p,
        stop_sequences=list(settings.stop) or None,
        seed=settings.seed,
        thinking_level=settings.effort,
        thinking_summaries="auto" if settings.reasoning_summary else None,
        tool_choice=_TOOL_CHOICE[choice] if choice else None,
    )


def _format(schema: Mapping[str, Any] | None) -> dict[str, Any] | None:
    if schema is None:
        return None
    return {"type": "text", "mime_type": "application/json", "schema": dict(schema)}


def _steps(message: Message) -> list[dict[str, Any]]:
    """One turn as steps: runs of text and files share one, everything else is a step of its own."""
    steps: list[dict[str, Any]] = []
    kind = "user_input" if message.role == "user" else "model_output"
    for part in message.parts:
        if isinstance(part, Text | File):
            if not steps or steps[-1]["type"] != kind:
                steps.append({"type": kind, "content": []})
            steps[-1]["content"].append(_content(part))
        else:
            steps.extend(_step(part))
    return steps


def _content(part: Text | File) -> dict[str, Any]:
    if isinstance(part, Text):
        return {"type": "text", "text": part.text}
    kind = "image" if part.media_type.startswith("image/") else "document"
    data = base64.b64encode(part.data).decode()
    return {"type": kind, "mime_type": part.media_type, "data": data}


def _step(part: Part) -> list[dict[str, Any]]:
    match part:
        case Reasoning() if part.signature:
            summary = [{"type": "text", "text": part.text}] if part.text else None
            return [{"type": "thought", "signature": part.signature, **only(summary=summary)}]
        case ToolCall():
            given = part.arguments if isinstance(part.arguments, dict) else {}
            call = {"type": "function_call", "id": part.id, "name": part.name, "arguments": given}
            return [{**call, **only(signature=part.signature)}]
        case ToolResult():
            failed = {"is_error": True} if part.is_error else {}
            result = {"type": "function_result", "call_id": part.id, "name": part.name}
            return [{**result, "result": part.content, **failed}]
    return []


def _tools(request: Request) -> list[dict[str, Any]] | None:
    own = [
        {
            "type": "function",
            "name": tool.name,
            "description": tool.description,
            "parameters": dict(tool.parameters),
        }
        for tool in request.tools
    ]
    hosted = [_SERVER_TOOLS.get(name, {"type": name}) for name in request.server_tools]
    return [*own, *hosted] or None


async def open(arguments: Mapping[str, Any], endpoint: Endpoint, silence: float) -> Any:
    """Send it through the SDK; the answer is read from the recorder underneath.

    The SDK makes keyword arguments into the same object, but builds a model of pydantic's for it at each call: 6 ms.
    """
    from google.genai._gaos.models import CreateInteractionRequest

    client = gemini_sdk.client(endpoint, silence)
    beside = {name: value for name, value in arguments.items() if name in _BESIDE}
    body = {name: value for name, value in arguments.items() if name not in _BESIDE}
    request = CreateInteractionRequest.model_validate({"body": body})
    return await client.aio.interactions.create(request=request, **beside, timeout=silence), client


def read_event(draft: Draft, event: dict[str, Any]) -> None:
    """Take one event of the stream into the draft; unknown types change nothing."""
    read = _EVENTS.get(event.get("event_type") or _type_of(event))
    if read is not None:
        read(draft, event)
    elif error_in(event):
        _error(draft, event)


def _type_of(event: Mapping[str, Any]) -> str:
    """The type of an event that has lost it, by what is in it."""
    if error_in(event):
        return "error"
    told = event.get("interaction") or {}
    if event.get("steps") or told.get("steps") or told.get("usage"):
        return "interaction.completed"
    return next((kind for field, kind in _FIELDS.items() if event.get(field)), "")


def _created(draft: Draft, event: dict[str, Any]) -> None:
    _identify(draft, event.get("interaction") or {})


def _status(draft: Draft, event: dict[str, Any]) -> None:
    draft.response_id = event.get("interaction_id") or draft.response_id


def _step_start(draft: Draft, event: dict[str, Any]) -> None:
    step, steps = event["step"], draft.scratch.setdefault("steps", {})
    index = event.get("index", len(steps))
    steps[index] = {**step, "pieces": []}
    if step.get("type") == "function_call":
        draft.tool(step.get("name") or "")
    for content in _texts(step.get("content")):
        _text_delta(draft, index, content)
    for content in _texts(step.get("summary")):
        _summary_delta(draft, index, {"content": content})


def _step_delta(draft: Draft, event: dict[str, Any]) -> None:
    delta = event["delta"]
    delta = {"type": "text", "text": delta} if isinstance(delta, str) else delta
    read = _DELTAS.get(
        delta.get("type") or next((k for k in ("text", "arguments") if k in delta), "")
    )
    if read is not None:
        read(draft, event.get("index"), delta)


def _step_of(draft: Draft, index: Any, kind: str = "model_output") -> dict[str, Any]:
    """The step of an index, made where none was begun; the latest where there is no index, or no call at that of a call's piece."""
    steps: dict[Any, dict[str, Any]] = draft.scratch.setdefault("steps", {})
    found = steps.get(next(reversed(steps), None) if index is None else index)
    if kind == "function_call" and (found is None or found.get("type") in _SPOKEN):
        found = next((s for s in reversed(steps.values()) if s.get("type") == kind), None)
    if found is None:
        found = steps[index] = {"type": kind, "pieces": []}
    return found


def _text_delta(draft: Draft, index: Any, delta: dict[str, Any]) -> None:
    _step_of(draft, index)["pieces"].append(delta.get("text") or "")
    draft.text(delta.get("text") or "")


def _summary_delta(draft: Draft, index: Any, delta: dict[str, Any]) -> None:
    text = (delta.get("content") or {}).get("text") or ""
    _step_of(draft, index)["pieces"].append(text)
    draft.reasoning(text)


def _signature_delta(draft: Draft, index: Any, delta: dict[str, Any]) -> None:
    step = _step_of(draft, index)
    step["signature"] = (step.get("signature") or "") + (delta.get("signature") or "")


def _arguments_delta(draft: Draft, index: Any, delta: dict[str, Any]) -> None:
    piece = dumps(delta.get("arguments") or "")
    _step_of(draft, index, "function_call")["pieces"].append(piece)
    draft.tool(piece)


def _annotation_delta(draft: Draft, index: Any, delta: dict[str, Any]) -> None:
    draft.citations.extend(delta.get("annotations") or ())


def _media_delta(draft: Draft, index: Any, delta: dict[str, Any]) -> None:
    media = _step_of(draft, index).setdefault("media", [])
    if not media or (delta.get("mime_type") and media[-1][0] != delta["mime_type"]):
        media.append([delta.get("mime_type") or f"{delta['type']}/*", b""])
    media[-1][1] += base64.b64decode(delta.get("data") or "")


def _completed(draft: Draft, event: dict[str, Any]) -> None:
    interaction = event.get("interaction") or event
    if not draft.scratch.get("steps"):
        for index, step in enumerate(interaction.get("steps") or ()):
            _step_start(draft, {"index": index, "step": step})
    _finish(draft, interaction)


def _done(draft: Draft, event: dict[str, Any]) -> None:
    draft.done = True


def _error(draft: Draft, event: dict[str, Any]) -> None:
    draft.complain(error_in(event) or event)


_EVENTS: dict[str, Callable[[Draft, dict[str, Any]], None]] = {
    "interaction.created": _created,
    "interaction.status_update": _status,
    "interaction.completed": _completed,
    "step.start": _step_start,
    "step.delta": _step_delta,
    "error": _error,
    "[DONE]": _done,
}
_SPOKEN = frozenset({"model_output", "thought"})
_FIELDS = {
    "step": "step.start",
    "delta": "step.delta",
    "interaction": "interaction.created",
    "[DONE]": "[DONE]",
}
"""Field → the type of the event that has it, for where no type is said."""
_DELTAS: dict[str, Callable[[Draft, Any, dict[str, Any]], None]] = {
    "text": _text_delta,
    "thought_summary": _summary_delta,
    "thought_signature": _signature_delta,
    "arguments_delta": _arguments_delta,
    "text_annotation_delta": _annotation_delta,
    "image": _media_delta,
    "audio": _media_delta,
    "video": _media_delta,
    "document": _media_delta,
}


def read_body(draft: Draft, body: dict[str, Any]) -> None:
    """Take a whole, unstreamed answer into the draft."""
    told = real(body.get("error")) or not isinstance(body.get("status"), str)
    if told and error_in(body, whole="steps" not in body):
        _error(draft, error_in(body, whole=True) or body)
    for index, step in enumerate(body.get("steps") or ()):
        _step_start(draft, {"index": index, "step": step})
        for content in step.get("content") or ():
            draft.citations.extend(content.get("annotations") or ())
            if content.get("data"):
                _media_delta(draft, index, content)
    _finish(draft, body)


def finish(draft: Draft) -> None:
    """Settle what is still open when the stream is over, whole or broken off."""
    draft.close()
    steps = draft.scratch.pop("steps", {})
    for index in sorted(steps, key=lambda index: -1 if index is None else index):
        _settle(draft, steps[index])
    draft.usage = also_ran(draft.usage, **_searched(steps.values()))


def _settle(draft: Draft, step: dict[str, Any]) -> None:
    kind, gathered = step.get("type", ""), "".join(step["pieces"])
    for media_type, data in step.get("media", ()):
        draft.files.append(File(media_type=media_type, data=data, name="answer"))
    if kind == "model_output":
        if gathered:
            draft.turn.append(Text(text=gathered))
    elif kind == "thought":
        draft.turn.append(Reasoning(text=gathered, signature=step.get("signature") or None))
    elif kind == "function_call":
        value = parse_arguments(gathered or step.get("arguments"))
        if not step.get("name"):
            draft.left_out(1)
            return
        call = ToolCall(
            id=step.get("id") or "",
            name=step.get("name") or "",
            arguments=value,
            signature=step.get("signature") or None,
        )
        draft.tool_calls.append(call)
        draft.turn.append(call)
    elif kind != "user_input":
        draft.server_tools.append(kind)


def _searched(steps: Iterable[Mapping[str, Any]]) -> dict[str, int]:
    """What the steps say that Google's own tools did, for where usage does not."""
    asked: dict[str, list[Any]] = {}
    for step in steps:
        if (name := _GROUNDING.get(step.get("type", ""))) is None:
            continue
        told = parse_arguments("".join(step["pieces"])) or step.get("arguments")
        told = told.get("queries") if isinstance(told, Mapping) else None
        asked.setdefault(name, []).extend(told if isinstance(told, list) else [str(step.get("id"))])
    return {name: queries(texts) for name, texts in asked.items()}


_GROUNDING = {"google_search_call": "web_search", "google_maps_call": "google_maps"}


def _texts(contents: Any) -> list[dict[str, Any]]:
    return [c for c in contents or () if isinstance(c, dict) and c.get("type") == "text"]


def _identify(draft: Draft, interaction: dict[str, Any]) -> None:
    draft.response_id = interaction.get("id") or draft.response_id
    draft.response_model = interaction.get("model") or draft.response_model
    draft.service_tier = interaction.get("service_tier") or draft.service_tier


def _finish(draft: Draft, interaction: dict[str, Any]) -> None:
    _identify(draft, interaction)
    draft.finish_reason = interaction.get("status") or draft.finish_reason
    draft.usage = reported(usage, interaction.get("usage")) or draft.usage
    draft.done = True
    errors = interaction.get("errors") or ()
    if draft.finish_reason in _FAILED and draft.failure is None:
        told = (
            errors[0] if errors else {"message": f"The interaction ended as {draft.finish_reason}."}
        )
        _error(draft, {"error": told})


def usage(raw: Mapping[str, Any]) -> Usage:
    """Interactions count thoughts and the tools' prompts apart; ours are inside output and input."""
    given, fed = raw.get("total_input_tokens"), raw.get("total_tool_use_tokens")
    made, thought = raw.get("total_output_tokens"), raw.get("total_thought_tokens")
    calls = {
        _CALLS.get(count.get("type"), count.get("type")): count.get("count")
        for count in raw.get("grounding_tool_count") or ()
        if count.get("type") and count.get("count") is not None
    }
    return Usage(
        input_tokens=None if given is None else given + (fed or 0),
        cache_read_input_tokens=raw.get("total_cached_tokens"),
        output_tokens=None if made is None and thought is None else (made or 0) + (thought or 0),
        reasoning_output_tokens=thought,
        tool_use_input_tokens=fed,
        input_tokens_by_modality=modality_counts(raw.get("input_tokens_by_modality"), "tokens"),
        output_tokens_by_modality=modality_counts(raw.get("output_tokens_by_modality"), "tokens"),
        cache_read_tokens_by_modality=modality_counts(
            raw.get("cached_tokens_by_modality"), "tokens"
        ),
        server_tool_calls=calls,
        raw=raw,
    )


_CALLS = {"google_search": "web_search"}
