"""Chat Completions: `POST /chat/completions`, OpenAI's own and that of every compatible server.

Text is `content` (or the transcript of spoken audio) of the first choice; reasoning is what compatible servers send as
`reasoning_content` (DeepSeek, vLLM), `reasoning` (OpenRouter, Groq) or typed content parts (Mistral). The finish reason
is the first choice's own. A stream is over at `[DONE]` or once the first choice has a finish reason: some compatible
servers never send `[DONE]`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from playground.domain import (
    APIS,
    Endpoint,
    File,
    Message,
    Reasoning,
    Request,
    Text,
    ToolCall,
    ToolResult,
    Usage,
)
from playground.providers import openai_sdk
from playground.providers.draft import DONE, Draft
from playground.providers.fitting import first_count, reported
from playground.providers.hosted_tools import also_ran, only_with
from playground.providers.mapping import data_url, dumps, only, parse_arguments
from playground.providers.sdk import post

_OPENAI = "openai"
_NO_STREAM_OPTIONS = frozenset({"mistral"})
"""Servers that refuse `stream_options` and report usage without being asked."""
_WANTS_REASONING_BACK = frozenset({"deepseek"})
"""Servers that refuse a tool call's turn when its `reasoning_content` does not come back with it."""


def arguments(request: Request) -> dict[str, Any]:
    """What `chat.completions.create` is called with; fields that the SDK has no argument for are in `extra_body`."""
    settings, provider = request.settings, request.model.provider
    own = provider == _OPENAI
    limit = "max_completion_tokens" if own else "max_tokens"
    body = only(
        model=request.model.model,
        messages=_messages(request),
        stream=request.stream,
        stream_options=_stream_options(request),
        store=False if own else None,
        **{limit: settings.max_output_tokens},
        temperature=settings.temperature,
        top_p=settings.top_p,
        stop=list(settings.stop) or None,
        seed=settings.seed,
        reasoning_effort=settings.effort,
        verbosity=settings.verbosity,
        service_tier=settings.service_tier,
        prompt_cache_options=only(ttl=settings.cache_ttl) if own else None,
        response_format=_format(settings.response_schema),
        tools=_tools(request),
        tool_choice=settings.tool_choice,
    )
    if "web_search" in request.server_tools:
        body["web_search_options"] = {}
    return {**body, "extra_body": dict(settings.extra) or None}


def _stream_options(request: Request) -> dict[str, Any] | None:
    if not request.stream or request.model.provider in _NO_STREAM_OPTIONS:
        return None
    quiet = {"include_obfuscation": False} if request.model.provider == _OPENAI else {}
    return {"include_usage": True, **quiet}


def _messages(request: Request) -> list[dict[str, Any]]:
    system = [{"role": "system", "content": request.system}] if request.system else []
    turns = [m for message in request.messages for m in _turns(message, request.model.provider)]
    return [*system, *turns]


def _turns(message: Message, provider: str) -> list[dict[str, Any]]:
    """One turn as messages: tool results first, each in its own, then what was said."""
    results = [
        {"role": "tool", "tool_call_id": part.id, "content": part.content}
        for part in message.parts
        if isinstance(part, ToolResult)
    ]
    if message.role == "assistant":
        return [*results, _assistant(message, provider)]
    content = [_content(part) for part in message.parts if isinstance(part, Text | File)]
    if not content:
        return results
    lone = content[0].get("text") if len(content) == 1 else None
    return [*results, {"role": "user", "content": content if lone is None else lone}]


def _assistant(message: Message, provider: str) -> dict[str, Any]:
    calls = [
        {
            "id": part.id,
            "type": "function",
            "function": {"name": part.name, "arguments": dumps(part.arguments)},
        }
        for part in message.parts
        if isinstance(part, ToolCall)
    ]
    thought = "".join(p.text for p in message.parts if isinstance(p, Reasoning))
    back = thought if calls and provider in _WANTS_REASONING_BACK else None
    said = {"role": "assistant", "content": message.text or None}
    return said | only(tool_calls=calls or None, reasoning_content=back or None)


def _content(part: Text | File) -> dict[str, Any]:
    if isinstance(part, Text):
        return {"type": "text", "text": part.text}
    if part.media_type.startswith("image/"):
        return {"type": "image_url", "image_url": {"url": data_url(part)}}
    return {"type": "file", "file": {"filename": part.name, "file_data": data_url(part)}}


def _format(schema: Mapping[str, Any] | None) -> dict[str, Any] | None:
    if schema is None:
        return None
    inner = {"name": "answer", "schema": dict(schema), "strict": True}
    return {"type": "json_schema", "json_schema": inner}


def _tools(request: Request) -> list[dict[str, Any]] | None:
    own = [
        {
            "type": "function",
            "function": {
                "name": tool.name,
                "description": tool.description,
                "parameters": dict(tool.parameters),
            },
        }
        for tool in request.tools
    ]
    return own or None


async def open(arguments: Mapping[str, Any], endpoint: Endpoint, silence: float) -> Any:
    """Send it through the SDK; the answer is read from the recorder underneath."""
    client = openai_sdk.client(endpoint, silence)
    return await post(client, APIS["chat"].path, arguments)


def read_event(draft: Draft, event: dict[str, Any]) -> None:
    """Take one chunk of the stream into the draft."""
    if event is DONE:
        draft.done = True
        return
    if event.get("error"):
        draft.complain(event)
    if draft.response_id is None:
        _identify(draft, event)
    for choice in event.get("choices") or ():
        index = choice.get("index") or 0
        delta = choice.get("delta")
        if delta:
            _take(draft, index, delta)
        reason = choice.get("finish_reason")
        if reason and index == 0:
            draft.finish_reason = reason
            draft.done = True
        if "usage" in choice:
            draft.count(choice["usage"])
    counted = event.get("usage") or ("x_groq" in event and event["x_groq"].get("usage"))
    if counted:
        draft.count(counted)
        _identify(draft, event)


def _take(draft: Draft, index: int, delta: dict[str, Any]) -> None:
    """Take one delta (or, unstreamed, one message) of one choice."""
    content = delta.get("content")
    if content:
        if type(content) is list:
            _parts(draft, index, content)
        elif index == 0:
            draft.text(content)
        else:
            _text(draft, index, content)
        if len(delta) == 1:
            return
    thought = delta.get("reasoning_content") or delta.get("reasoning")
    if thought and index == 0:
        draft.reasoning(thought if isinstance(thought, str) else str(thought.get("content", "")))
    if delta.get("refusal") and index == 0:
        draft.refusal(delta["refusal"])
    audio = delta.get("audio")
    if audio and audio.get("transcript") and not content:
        _text(draft, index, audio["transcript"])
    for call in delta.get("tool_calls") or ():
        _take_call(draft, index, call)
    if delta.get("function_call"):
        _take_call(draft, index, {"index": "function_call", "function": delta["function_call"]})
    if delta.get("annotations"):
        draft.citations.extend(delta["annotations"])


def _text(draft: Draft, index: int, piece: str) -> None:
    if index == 0:
        draft.text(piece)
    else:
        draft.choice(index, piece)


def _parts(draft: Draft, index: int, parts: list[Any]) -> None:
    """Content as a list of typed parts, as Mistral sends it."""
    for part in parts:
        if isinstance(part, str):
            _text(draft, index, part)
        elif part.get("type") == "thinking":
            thought = part.get("thinking") or ""
            pieces = [thought] if isinstance(thought, str) else [t.get("text", "") for t in thought]
            draft.reasoning("".join(pieces))
        else:
            _text(draft, index, part.get("text") or "")


def _take_call(draft: Draft, choice: int, call: dict[str, Any]) -> None:
    """Gather a tool call's pieces."""
    known = _place(draft.scratch.setdefault(choice, {}), call)
    function = call.get("function") or call.get("custom") or {}
    known["custom"] = known["custom"] or "custom" in call
    known["id"] = call.get("id") or known["id"]
    known["name"] = known["name"] or function.get("name") or ""
    piece = function.get("arguments") or function.get("input") or ""
    piece = piece if isinstance(piece, str) else dumps(piece)
    known["pieces"].append(piece)
    draft.tool((function.get("name") or "") + piece)


def _place(calls: dict[Any, list[dict[str, Any]]], call: dict[str, Any]) -> dict[str, Any]:
    """Where a piece belongs. Servers that number no call, or every call 0, are told apart by the calls' ids."""
    index, id = call.get("index"), call.get("id")
    if index is None:
        index = len(calls) if id or not calls else len(calls) - 1
    here = calls.setdefault(index, [])
    if not here or (id and here[-1]["id"] and id != here[-1]["id"]):
        here.append({"id": id, "name": "", "pieces": [], "custom": False})
    return here[-1]


def read_body(draft: Draft, body: dict[str, Any]) -> None:
    """Take a whole, unstreamed answer into the draft."""
    if body.get("error"):
        draft.complain(body)
        return
    _identify(draft, body)
    for position, choice in enumerate(body["choices"] or ()):
        index = choice.get("index", position) or 0
        _take(draft, index, choice.get("message") or {})
        if index == 0:
            draft.finish_reason = choice.get("finish_reason")
        draft.count(choice.get("usage"))
    draft.count(body.get("usage"))
    draft.done = True
    finish(draft)


def finish(draft: Draft) -> None:
    """Settle what is still open when the stream is over, whole or broken off."""
    if draft.scratch.get("settled"):
        return
    draft.scratch["settled"] = True
    for call in (call for here in draft.scratch.get(0, {}).values() for call in here):
        raw = "".join(call["pieces"])
        if not (call["name"] or raw):
            continue  # a server that sends every field it has, empty
        value = raw if call["custom"] else parse_arguments(raw)
        draft.tool_calls.append(ToolCall(id=call["id"] or "", name=call["name"], arguments=value))
    searched = "url_citation" in [c.get("type") for c in only_with("type", draft.citations)]
    draft.usage = also_ran(reported(usage, draft.counted), web_search=int(searched))
    if draft.choices:
        draft.choices[0] = draft.text_parts
    thought, said = "".join(draft.reasoning_parts), "".join(draft.text_parts)
    if thought:
        draft.turn.append(Reasoning(text=thought))
    if said:
        draft.turn.append(Text(text=said))
    draft.turn.extend(draft.tool_calls)


def _identify(draft: Draft, event: dict[str, Any]) -> None:
    draft.response_id = event.get("id") or draft.response_id
    draft.response_model = event.get("model") or draft.response_model
    draft.service_tier = event.get("service_tier") or draft.service_tier


def usage(raw: Mapping[str, Any]) -> Usage:
    """OpenAI's counts include cache in input and reasoning in output; xAI's leave reasoning out of output, its total tells.

    Servers in between have names of their own, or Anthropic's, whose input leaves the cache out.
    """
    read = raw.get("prompt_tokens_details") or {}
    written = raw.get("completion_tokens_details") or {}
    split = read.get("cache_write_tokens_details") or {}
    given, made, thought, cached, kept = (first_count(raw, *names) for names in _NAMES)
    if thought and given is not None and made is not None:
        made += thought if raw.get("total_tokens") == given + made + thought else 0
    if (
        given is not None
        and (cached or 0) + (kept or 0) > given
        and not _ANTHROPICS.isdisjoint(raw)
    ):
        given += (cached or 0) + (kept or 0)
    return Usage(
        input_tokens=given,
        cache_read_input_tokens=cached,
        cache_write_input_tokens=kept,
        cache_write_by_ttl=only(**{ttl: split.get(f"ttl_{ttl}_tokens") for ttl in ("30m", "12h")}),
        output_tokens=made,
        reasoning_output_tokens=thought,
        input_tokens_by_modality=_modalities(read),
        output_tokens_by_modality=_modalities(written),
        raw=raw,
    )


_ANTHROPICS = frozenset({"cache_read_input_tokens", "cache_creation_input_tokens"})
_NAMES = (
    ("prompt_tokens", "input_tokens"),
    ("completion_tokens", "output_tokens"),
    (
        "completion_tokens_details.reasoning_tokens",
        "output_tokens_details.reasoning_tokens",
        "reasoning_tokens",
    ),
    (
        "prompt_tokens_details.cached_tokens",
        "prompt_cache_hit_tokens",  # DeepSeek
        "cached_tokens",  # Moonshot, Together
        "input_tokens_details.cached_tokens",
        "cache_read_input_tokens",  # LiteLLM and others that pass Claude on
        "prompt_tokens_details.cache_read_tokens",
        "num_cached_tokens",
        "cache_read_tokens",
        "cached_prompt_tokens",
    ),
    (
        "prompt_tokens_details.cache_write_tokens",
        "prompt_tokens_details.cache_creation_tokens",  # LiteLLM
        "prompt_tokens_details.cached_creation_tokens",  # New API
        "cache_creation_input_tokens",
        "cache_write_tokens",
    ),
)
"""Where input, output, reasoning, cache reads and cache writes may stand; the first count that is not 0."""


def _modalities(details: Mapping[str, Any]) -> dict[str, int]:
    return only(**{kind: details.get(f"{kind}_tokens") for kind in ("text", "image", "audio")})
