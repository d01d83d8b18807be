"""OpenAI's Chat Completions, and the same as a compatible server speaks it: POST /v1/chat/completions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import Any

from playground.demo import moderation, openai_tools
from playground.demo.ask import Ask, Kind, Offer, Part, Refused, Turn
from playground.demo.breaking import Frame
from playground.demo.calling import Call, call_text
from playground.demo.charge import charge
from playground.demo.compose import Reply
from playground.demo.counting import compact
from playground.demo.door import (
    Body,
    Door,
    choose,
    data,
    dumps,
    effort,
    file_part,
    json_schema,
    positive,
    texts,
)

ROLES = {"developer": "system", "system": "system", "assistant": "assistant", "tool": "tool"}
FINISH = {"stop_sequence": "stop", "refusal": "stop", "tool": "tool_calls"}
MOST_CHOICES = 8


def read(vendor: str, body: Body, model_in_url: str, streamed: bool) -> Ask:
    """The request; Refused where OpenAI would refuse it."""
    model, asked, fault = choose(vendor, body.get("model"))
    body = {name: value for name, value in body.items() if name not in IGNORED.get(vendor, ())}
    form = body.get("response_format") or {}
    most = body.get("max_completion_tokens")
    return Ask(
        model=model,
        asked=asked,
        fault=fault,
        turns=_turns(body.get("messages")),
        tools=tuple(_offer(t) for t in body.get("tools") or ()),
        max_output=positive(
            body.get("max_tokens") if most is None else most, "max_completion_tokens"
        ),
        stop=texts(body.get("stop")),
        schema=json_schema(form, (form.get("json_schema") or {}).get("schema")),
        effort=effort(body.get("reasoning_effort"), "reasoning_effort"),
        show_reasoning=vendor == "compatible",
        tool_choice=_tool_choice(body.get("tool_choice")),
        parallel=body.get("parallel_tool_calls") is not False,
        choices=min(max(int(body.get("n") or 1), 1), MOST_CHOICES),
        stream=bool(body.get("stream")),
        body=body,
    )


IGNORED: Mapping[str, frozenset[str]] = {
    "anthropic": frozenset(
        {
            *(
                "response_format",
                "reasoning_effort",
                "logprobs",
                "metadata",
                "seed",
                "user",
                "store",
            ),
            *("presence_penalty", "frequency_penalty", "service_tier", "logit_bias"),
        }
    )
}
"""Vendor → what its compatible endpoint takes and makes nothing of."""


def _turns(messages: Any) -> tuple[Turn, ...]:
    if not messages:
        raise Refused("invalid", "Missing required parameter: 'messages'.", "messages")
    return tuple(_turn(message) for message in messages)


def _turn(message: dict[str, Any]) -> Turn:
    role = ROLES.get(message.get("role", ""), "user")
    kind: Kind = "tool_result" if role == "tool" else "text"
    parts = _content(message.get("content"), kind)
    if role == "tool":
        parts = tuple(replace(p, id=str(message.get("tool_call_id") or "")) for p in parts)
    called = [
        Part(
            "tool_call",
            call_text(c["function"]["name"], c["function"]["arguments"]),
            id=str(c.get("id") or ""),
        )
        for c in message.get("tool_calls") or ()
        if c.get("function")
    ]
    return Turn(role, (*parts, *called))


def _content(content: Any, kind: Kind) -> tuple[Part, ...]:
    if content is None:
        return ()
    if isinstance(content, str):
        return (Part(kind, content),)
    return tuple(_part(part, kind) for part in content)


def _part(part: dict[str, Any], kind: Kind) -> Part:
    form = part.get("type")
    if form == "image_url":
        return file_part("image", (part.get("image_url") or {}).get("url"))
    if form == "file":
        return file_part("document", (part.get("file") or {}).get("file_data"))
    if form == "input_audio":
        return file_part("audio", (part.get("input_audio") or {}).get("data"))
    return Part(kind, str(part.get("text") or part.get("refusal") or ""))


def _offer(tool: dict[str, Any]) -> Offer:
    function = tool.get("function")
    if not function:
        return Offer(str(tool.get("type")), compact(tool), hosted=True)
    kept = {k: function[k] for k in ("name", "description", "parameters") if function.get(k)}
    return Offer(
        function.get("name", ""),
        compact(kept),
        function.get("description") or "",
        function.get("parameters") or {},
    )


def _tool_choice(given: Any) -> str | None:
    if isinstance(given, dict):
        return (given.get("function") or {}).get("name") or "required"
    return given if given in ("required", "none") else None


def call_id(call: Call) -> str:
    """The id of a tool call."""
    return f"call_{call.id}"


def response_id(reply: Reply) -> str:
    """The id of the completion."""
    return f"chatcmpl-{reply.id[:29]}"


def stream(reply: Reply) -> tuple[list[Frame], int]:
    """The chunks in time, and which of them is the first of the answer."""
    schedule = reply.schedule
    opening: dict[str, Any] = {"role": "assistant", "content": "", "refusal": None}
    if reply.calls:
        opening["content"] = None
    if reply.ask.model.vendor != "openai":
        opening = {"role": "assistant", "content": ""}
    numbers = range(len(reply.choices))
    frames = [(schedule.opened, _chunk(reply, i, opening)) for i in numbers]
    frames += _deltas(reply, 0, schedule.reasoning, "reasoning_content")
    first = len(frames)
    rows = [
        frame
        for i in numbers
        for frame in _deltas(reply, i, schedule.texts[i], _field(reply.choices[i].finish))
    ]
    frames += sorted(rows, key=lambda frame: frame[0])
    frames += _calls(reply)
    for i in numbers:
        frames.append((schedule.ended, _chunk(reply, i, {}, _finish(reply.choices[i].finish))))
    frames += [(schedule.ended, data(chunk)) for chunk in _moderated(reply)]
    if (reply.ask.body.get("stream_options") or {}).get("include_usage"):
        last = {**_head(reply, "chat.completion.chunk"), "choices": [], "usage": usage(reply)}
        frames.append((schedule.ended, data(last)))
    frames.append((schedule.ended, b"data: [DONE]\n\n"))
    return frames, first


def _chunk(reply: Reply, index: int, delta: dict[str, Any], finish: str | None = None) -> bytes:
    choice = {"index": index, "delta": delta, "logprobs": None, "finish_reason": finish}
    chunk = {**_head(reply, "chat.completion.chunk"), "choices": [choice]}
    if (reply.ask.body.get("stream_options") or {}).get("include_usage"):
        chunk["usage"] = None
    if _hides(reply):
        chunk["obfuscation"] = openai_tools.obfuscation(finish or "", index)
    return data(chunk)


def _hides(reply: Reply) -> bool:
    options = reply.ask.body.get("stream_options") or {}
    return reply.ask.model.vendor == "openai" and options.get("include_obfuscation") is not False


def _moderated(reply: Reply) -> list[dict[str, Any]]:
    """The chunk that tells what moderation found, where it was asked for."""
    asked = reply.ask.body.get("moderation")
    if not asked:
        return []
    found = moderation.results(asked)
    head = _head(reply, "chat.completion.chunk")
    return [{**head, "choices": [], "moderation": {"input": found, "output": found}}]


def _deltas(
    reply: Reply, index: int, beats: tuple[tuple[float, str], ...], field: str
) -> list[Frame]:
    head, tail = _chunk(reply, index, {field: "\x00"}).split(b'"\\u0000"')
    return [(at, head + dumps(text) + tail) for at, text in beats]


def _calls(reply: Reply) -> list[Frame]:
    frames = []
    for number, (call, beats) in enumerate(zip(reply.calls, reply.schedule.calls, strict=True)):
        function = {"name": call.name, "arguments": ""}
        begun = {"index": number, "id": call_id(call), "type": "function", "function": function}
        frames.append((beats[0][0], _chunk(reply, 0, {"tool_calls": [begun]})))
        for at, text in beats:
            piece = {"index": number, "function": {"arguments": text}}
            frames.append((at, _chunk(reply, 0, {"tool_calls": [piece]})))
    return frames


def whole(reply: Reply) -> dict[str, Any]:
    """The finished completion."""
    return {
        **_head(reply, "chat.completion"),
        "choices": [_choice(reply, i) for i in range(len(reply.choices))],
        "usage": usage(reply),
        **{k: v for chunk in _moderated(reply) for k, v in chunk.items() if k == "moderation"},
    }


def _choice(reply: Reply, index: int) -> dict[str, Any]:
    choice = reply.choices[index]
    message: dict[str, Any] = {"role": "assistant", "content": None, "refusal": None}
    message[_field(choice.finish)] = choice.text
    if choice.finish == "tool":
        message["content"] = None
        message["tool_calls"] = [
            {
                "id": call_id(call),
                "type": "function",
                "function": {"name": call.name, "arguments": call.arguments},
            }
            for call in reply.calls
        ]
    if reply.ask.model.vendor != "openai":
        message.pop("refusal")
        if reply.reasoning:
            message["reasoning_content"] = reply.reasoning
    else:
        message["annotations"] = []
    finish = _finish(choice.finish)
    return {"index": index, "message": message, "logprobs": None, "finish_reason": finish}


def usage(reply: Reply) -> dict[str, Any]:
    """Cached tokens are inside the prompt's, reasoning inside the completion's; a compatible server splits nothing."""
    counted: dict[str, Any] = {
        "prompt_tokens": reply.input_tokens,
        "completion_tokens": reply.output_tokens,
        "total_tokens": reply.input_tokens + reply.output_tokens,
    }
    if reply.ask.model.vendor != "openai":
        usd = charge(reply.ask.model.id, reply.input_tokens, reply.output_tokens)
        return counted if usd is None else {**counted, "cost": float(usd)}
    counted["prompt_tokens_details"] = {
        "cached_tokens": reply.cached.read,
        "cache_write_tokens": reply.cached.written,
        "audio_tokens": 0,
    }
    counted["completion_tokens_details"] = {
        "reasoning_tokens": reply.reasoning_tokens,
        "audio_tokens": 0,
        "accepted_prediction_tokens": 0,
        "rejected_prediction_tokens": 0,
    }
    if "audio" in reply.ask.model.row.id:
        counted["prompt_tokens_details"] |= {"text_tokens": reply.input_tokens, "image_tokens": 0}
        counted["completion_tokens_details"] |= {"text_tokens": reply.output_tokens}
    return counted


def _field(finish: str) -> str:
    return "refusal" if finish == "refusal" else "content"


def _finish(finish: str) -> str:
    return FINISH.get(finish, finish)


def _head(reply: Reply, kind: str) -> dict[str, Any]:
    head: dict[str, Any] = {
        "id": response_id(reply),
        "object": kind,
        "created": reply.created,
        "model": reply.ask.model.id,
    }
    if reply.ask.model.vendor == "openai":
        tier = reply.ask.body.get("service_tier") or "auto"
        head["service_tier"] = "default" if tier == "auto" else tier
        head["system_fingerprint"] = None if reply.ask.model.row.efforts else "fp_simulated"
    else:
        head["system_fingerprint"] = "fp_ollama" if reply.ask.model.vendor == "compatible" else None
    return head


DOOR = Door("openai_chat", "openai", partial(read, "openai"), stream, whole, response_id, call_id)
COMPATIBLE = Door(
    "compatible_chat",
    "compatible",
    partial(read, "compatible"),
    stream,
    whole,
    response_id,
    call_id,
)
CLAUDE, GOOGLE = (
    Door(
        f"{vendor}_chat",
        vendor,
        partial(read, vendor),
        stream,
        whole,
        response_id,
        call_id,
        like="compatible",
    )
    for vendor in ("anthropic", "gemini")
)
"""The OpenAI-compatible endpoints of Claude and Gemini."""
