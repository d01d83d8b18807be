"""Chat Completions: `POST /chat/completions`, OpenAI's own and that of every compatible server.

Text is `content` (or the transcript of spoken audio) of the first choice; reasoning is what compatible servers send as
`reasoning_content` (DeepSeek, vLLM), `reasoning` (OpenRouter, Groq) or typed content parts (Mistral). The finish reason
is the first choice's own. A stream is over at `[DONE]` or once the first choice has a finish reason: some compatible
servers never send `[DONE]`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from itertools import pairwise
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
from playground.providers.inside import error_in
from playground.providers.mapping import data_url, dumps, only
from playground.providers.pieces import THOUGHTS, Pieces, thought
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
    choices = event.get("choices")
    if not choices or "error" in event:
        _look_for_error(draft, event)
    if draft.response_id is None:
        _identify(draft, event)
    for choice in choices or ():
        index = choice.get("index") or 0
        if index:
            index = int(index)
        delta = choice.get("delta")
        reason = choice.get("finish_reason")
        if delta:
            if reason and not draft.done:
                _take_last(draft, index, delta)
            else:
                _take(draft, index, delta)
        elif len(choice) > 1:
            _take_whole(draft, index, choice)
            draft.done = draft.done or event.get("object") == "chat.completion"
        if reason and index == 0:
            draft.finish_reason = reason
            draft.done = True
            if "base_resp" in event:
                _look_for_error(draft, event)
        if "usage" in choice:
            draft.count(choice["usage"])
        if "error" in choice:
            _look_for_error(draft, {"error": choice["error"]})
    counted = event.get("usage") or ("x_groq" in event and event["x_groq"].get("usage"))
    if counted:
        draft.count(counted)
        _identify(draft, event)
        _computed(draft, event)


def _take_last(draft: Draft, index: int, delta: Any) -> None:
    """Take the delta that ends a choice; some servers repeat the whole text in it."""
    said = draft.text_parts if index == 0 else draft.choices.get(index, [])
    if isinstance(delta, dict) and len(said) > 1 and delta.get("content") == "".join(said):
        delta = {**delta, "content": None}
    _take(draft, index, delta)


def _take_whole(draft: Draft, index: int, choice: dict[str, Any]) -> None:
    """Take a choice that has a message, or plain text, where a delta belongs: all of the answer, or all so far."""
    message = choice.get("message") or choice.get("text")
    if not message:
        return
    message = dict(message) if isinstance(message, dict) else {"content": message}
    said, thoughts = (draft.text_parts, draft.reasoning_parts) if index == 0 else ([], [])
    said = draft.choices.get(index, said)
    if isinstance(message.get("content"), str):
        new = _beyond(draft, ("text", index), said, message["content"])
        message["content"] = new
    if thoughts and (known := thought(message)):
        new = _beyond(draft, "thought", thoughts, known)
        message = {k: v for k, v in message.items() if k not in THOUGHTS} | {"reasoning": new}
    _take(draft, index, message)


def _beyond(draft: Draft, what: Any, parts: list[str], piece: str) -> str:
    """What a piece adds to the parts where it repeats them all; the piece itself where it does not."""
    length = draft.scratch.get(what, 0)
    if len(piece) >= length:
        said = "".join(parts)
        if parts is draft.text_parts:
            said = draft.sent_text or said
        piece = piece.removeprefix(said)
    draft.scratch[what] = length + len(piece)
    return piece


def _take(draft: Draft, index: int, delta: Any) -> None:
    """Take one delta (or, unstreamed, one message) of one choice."""
    if type(delta) is not dict:
        delta = {"content": delta}
    content = delta.get("content")
    if len(delta) == 1 and index == 0 and type(content) is str:
        draft.text(content)
        return
    if index == 0 and len(delta) > 1 and not THOUGHTS.isdisjoint(delta):
        draft.reasoning(thought(delta))
    if content:
        if type(content) is not str:
            _parts(draft, index, content)
        elif index == 0:
            draft.text(content)
        else:
            _text(draft, index, content)
        if len(delta) == 1:
            return
    elif len(delta) == 1 and index == 0 and not THOUGHTS.isdisjoint(delta):
        draft.reasoning(thought(delta))
    if delta.get("refusal") and index == 0:
        draft.refusal(delta["refusal"])
    audio = delta.get("audio")
    if audio and audio.get("transcript") and not content:
        _text(draft, index, audio["transcript"])
    calls = delta.get("tool_calls")
    for call in (calls if type(calls) is list else [calls]) if calls else ():
        draft.tool(_pieces(draft, index).take(call))
    if delta.get("function_call"):
        old = {"index": "function_call", "function": delta["function_call"]}
        draft.tool(_pieces(draft, index).take(old))
    if delta.get("annotations"):
        draft.citations.extend(delta["annotations"])


def _pieces(draft: Draft, index: int) -> Pieces:
    found: Pieces = draft.scratch.setdefault(index, Pieces())
    return found


def _text(draft: Draft, index: int, piece: str) -> None:
    if index == 0:
        draft.text(piece)
    else:
        draft.choice(index, piece)


def _parts(draft: Draft, index: int, parts: Any) -> None:
    """Content as a list of typed parts, as Mistral sends it, or as one of them."""
    if isinstance(parts, dict) and "text" not in parts:
        raise TypeError("an object instead of text")
    for part in parts if isinstance(parts, list) else [parts]:
        if isinstance(part, str):
            _text(draft, index, part)
        elif part.get("type") == "thinking":
            thought = part.get("thinking") or ""
            pieces = [thought] if isinstance(thought, str) else [t.get("text", "") for t in thought]
            draft.reasoning("".join(pieces))
        else:
            _text(draft, index, part.get("text") or "")


def _look_for_error(draft: Draft, event: Mapping[str, Any], *, whole: bool = False) -> None:
    told = error_in(event, whole=whole)
    if told is not None:
        draft.complain(told)


def read_body(draft: Draft, body: dict[str, Any]) -> None:
    """Take a whole, unstreamed answer into the draft."""
    _look_for_error(draft, body, whole=True)
    _identify(draft, body)
    choices = body["choices"] if draft.failure is None else body.get("choices")
    for position, choice in enumerate(choices or ()):
        index = int(choice.get("index", position) or 0)
        _take_whole(draft, index, {"message": choice.get("delta"), **choice})
        if index == 0:
            draft.finish_reason = choice.get("finish_reason")
        draft.count(choice.get("usage"))
        _look_for_error(draft, {"error": choice.get("error")})
    draft.count(body.get("usage"))
    _computed(draft, body)
    draft.done = True
    finish(draft)


def finish(draft: Draft) -> None:
    """Settle what is still open when the stream is over, whole or broken off."""
    if draft.scratch.get("settled"):
        return
    draft.scratch["settled"] = True
    draft.close()
    _adopt(draft)
    pieces = draft.scratch.get(0, Pieces())
    draft.tool_calls.extend(pieces.made())
    draft.left_out(pieces.nameless)
    searched = "url_citation" in [c.get("type") for c in only_with("type", draft.citations)]
    draft.usage = also_ran(reported(usage, draft.counted), web_search=int(searched))
    if draft.usage and "computed" in draft.scratch:
        draft.usage = replace(draft.usage, compute_seconds=draft.scratch["computed"])
    if draft.choices:
        draft.choices[0] = draft.text_parts
    thought, said = "".join(draft.reasoning_parts), "".join(draft.text_parts)
    if thought:
        draft.turn.append(Reasoning(text=thought))
    if said:
        draft.turn.append(Text(text=said))
    draft.turn.extend(draft.tool_calls)


def _adopt(draft: Draft) -> None:
    """Take the only choice for the first one where a server numbers it otherwise, and text that repeats itself once."""
    if len(draft.choices) == 1 and not draft.heard and 0 not in draft.choices:
        (parts,) = draft.choices.values()
        draft.choices.clear()
        draft.text("".join(parts))
        draft.close()
    parts = draft.text_parts
    if len(parts) > 2 and all(b.startswith(a) and b != a for a, b in pairwise(parts)):
        parts[:] = parts[-1:]


def _computed(draft: Draft, event: Mapping[str, Any]) -> None:
    """Take the time that llama.cpp says it computed, in ms: for the prompt and for the answer."""
    told = event.get("timings")
    if isinstance(told, dict):
        parts = [told.get(name) for name in ("prompt_ms", "predicted_ms")]
        known = [ms for ms in parts if isinstance(ms, int | float) and ms >= 0]
        if known:
            draft.scratch["computed"] = sum(known) / 1000


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
    ("prompt_tokens", "input_tokens", "promptTokens", "inputTokens"),
    ("completion_tokens", "output_tokens", "completionTokens", "outputTokens"),
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
