"""Gemini's Interactions: POST /v1/interactions and /v1beta/interactions."""

from __future__ import annotations

import json
import time
from typing import Any

from playground.demo.ask import Ask, Offer, Part, Refused, Turn
from playground.demo.breaking import Frame
from playground.demo.calling import Call, call_text
from playground.demo.compose import Reply
from playground.demo.counting import compact
from playground.demo.door import (
    Body,
    Door,
    choose,
    dumps,
    effort,
    event,
    file_part,
    kind_of,
    positive,
    texts,
)
from playground.demo.gemini_generate import signature
from playground.demo.used import Used

STATUS = {"length": "incomplete", "tool": "requires_action"}
FILES = ("image", "document", "audio", "video")


def read(body: Body, model_in_url: str, streamed: bool) -> Ask:
    """The request; Refused where Gemini would refuse it."""
    model, asked, fault = choose("gemini", body.get("model"))
    config = body.get("generation_config") or {}
    return Ask(
        model=model,
        asked=asked,
        fault=fault,
        system=_system(body.get("system_instruction")),
        turns=_turns(body.get("input")),
        tools=tuple(_offer(t) for t in body.get("tools") or ()),
        max_output=positive(config.get("max_output_tokens"), "max_output_tokens"),
        stop=texts(config.get("stop_sequences")),
        schema=_schema(body.get("response_format")),
        effort=effort(config.get("thinking_level"), "thinking_level"),
        show_reasoning=config.get("thinking_summaries") == "auto",
        tool_choice=_tool_choice(config.get("tool_choice")),
        stream=bool(body.get("stream")) or streamed,
        body=body,
    )


def _system(given: Any) -> tuple[Part, ...]:
    if isinstance(given, dict):
        return _contents(given.get("parts") or [given])
    return (Part("text", given),) if given else ()


def _turns(given: Any) -> tuple[Turn, ...]:
    if not given:
        raise Refused("invalid", "input is required")
    if isinstance(given, str):
        return (Turn("user", (Part("text", given),)),)
    steps = [given] if isinstance(given, dict) else given
    if all(step.get("type") in ("text", *FILES) for step in steps):
        return (Turn("user", _contents(steps)),)
    return tuple(_step(step) for step in steps)


def _step(step: dict[str, Any]) -> Turn:
    kind = step.get("type")
    if kind == "function_call":
        call = call_text(step.get("name", ""), compact(step.get("arguments") or {}))
        return Turn("assistant", (Part("tool_call", call, id=str(step.get("id"))),))
    if kind == "function_result":
        told = step.get("result")
        text = told if isinstance(told, str) else compact(told)
        return Turn("user", (Part("tool_result", text, id=str(step.get("call_id"))),))
    if kind == "thought":
        return Turn("assistant", (Part("reasoning"),))
    model = kind == "model_output" or step.get("role") == "model"
    role = "assistant" if model else "user"
    content = step.get("content")
    if content is None:
        return Turn(role, (Part("text", str(step.get("text") or compact(step))),))
    return Turn(role, _contents([content] if isinstance(content, dict) else content))


def _contents(contents: Any) -> tuple[Part, ...]:
    if isinstance(contents, str):
        return (Part("text", contents),)
    return tuple(_content(c) for c in contents)


def _content(content: dict[str, Any]) -> Part:
    if content.get("type") in FILES:
        kind = kind_of(content.get("mime_type") or content["type"])
        return file_part(kind, content.get("data") or content.get("uri"))
    return Part("text", str(content.get("text") or ""))


def _offer(tool: dict[str, Any]) -> Offer:
    if tool.get("type") != "function":
        label = str(tool.get("name") or "")
        return Offer(str(tool.get("type")), compact(tool), hosted=True, label=label)
    schema = tool.get("parameters") or {}
    kept = {"name": tool.get("name"), "description": tool.get("description"), "parameters": schema}
    return Offer(tool.get("name", ""), compact(kept), tool.get("description") or "", schema)


def _schema(form: Any) -> dict[str, Any] | None:
    if isinstance(form, list):
        form = form[0] if form else None
    if not form:
        return None
    if "schema" in form or form.get("mime_type") == "application/json":
        return form.get("schema") or {}
    return form if "properties" in form else None


def _tool_choice(given: Any) -> str | None:
    if isinstance(given, dict):
        names = (given.get("allowed_tools") or {}).get("tools") or []
        return str(names[0]) if len(names) == 1 else "required"
    return {"any": "required", "none": "none"}.get(str(given))


def call_id(call: Call) -> str:
    """The id of a tool call."""
    return call.id[:8]


def response_id(reply: Reply) -> str:
    """The id of the interaction, which `previous_interaction_id` takes."""
    return f"v1_Sim{reply.id}"


def stream(reply: Reply) -> tuple[list[Frame], int]:
    """The events in time, and which of them is the first of the answer."""
    schedule, at = reply.schedule, reply.schedule.opened
    frames: list[Frame] = [(at, frame) for frame in _opening(reply)]
    index = 0
    if reply.reasoning_tokens:
        frames += _thought(reply)
        index += 1
    for step in _used_steps(reply):
        frames += _used_frames(schedule.reasoned, index, step)
        index += 1
    first = len(frames)
    if reply.choices[0].text:
        frames.append((schedule.reasoned, _start(index, {"type": "model_output"})))
        first = len(frames)
        frames += _deltas(index, schedule.texts[0], {"text": "\x00", "type": "text"})
        if cited := _citations(reply):
            told = {"annotations": cited, "type": "text_annotation_delta"}
            body = {"index": index, "delta": told, "event_type": "step.delta"}
            frames.append((schedule.ended, event("step.delta", body)))
        frames.append((schedule.ended, _stop(index)))
        index += 1
    for call, beats in zip(reply.calls, schedule.calls, strict=True):
        step = {**_call_step(call), "signature": "", "arguments": {}}
        frames.append((beats[0][0], _start(index, step)))
        frames += _deltas(index, beats, {"arguments": "\x00", "type": "arguments_delta"})
        frames.append((beats[-1][0], _stop(index)))
        index += 1
    done = {"interaction": {k: v for k, v in whole(reply).items() if k != "steps"}}
    last = event("interaction.completed", {**done, "event_type": "interaction.completed"})
    ended = schedule.ended
    return [*frames, (ended, last), (ended, b"event: done\ndata: [DONE]\n\n")], first


def _opening(reply: Reply) -> list[bytes]:
    begun = {
        "id": response_id(reply),
        "status": "in_progress",
        "object": "interaction",
        "model": reply.ask.model.id,
    }
    created = {"interaction": begun, "event_type": "interaction.created"}
    status = {
        "interaction_id": response_id(reply),
        "status": "in_progress",
        "event_type": "interaction.status_update",
    }
    return [
        event("interaction.created", created),
        event("interaction.status_update", status),
    ]


def _thought(reply: Reply) -> list[Frame]:
    schedule = reply.schedule
    frames = [(schedule.opened, _start(0, {"type": "thought"}))]
    summary = {"content": {"text": "\x00", "type": "text"}, "type": "thought_summary"}
    frames += _deltas(0, schedule.reasoning, summary)
    signed = ((schedule.reasoned, signature(reply)),)
    frames += _deltas(0, signed, {"signature": "\x00", "type": "thought_signature"})
    return [*frames, (schedule.reasoned, _stop(0))]


def _start(index: int, step: dict[str, Any]) -> bytes:
    return event("step.start", {"index": index, "step": step, "event_type": "step.start"})


def _stop(index: int) -> bytes:
    return event("step.stop", {"index": index, "event_type": "step.stop"})


def _deltas(index: int, beats: tuple[tuple[float, str], ...], delta: dict[str, Any]) -> list[Frame]:
    body = {"index": index, "delta": delta, "event_type": "step.delta"}
    head, tail = event("step.delta", body).split(b'"\\u0000"')
    return [(at, head + dumps(text) + tail) for at, text in beats]


def _used_frames(at: float, index: int, step: dict[str, Any]) -> list[Frame]:
    """The step begins with its ids; what it holds comes in one delta."""
    begun = {name: value for name, value in step.items() if name in ("id", "call_id", "type")}
    begun["signature"] = ""
    delta = {name: value for name, value in step.items() if name not in ("id", "call_id")}
    told = event("step.delta", {"index": index, "delta": delta, "event_type": "step.delta"})
    return [(at, _start(index, begun)), (at, told), (at, _stop(index))]


def whole(reply: Reply) -> dict[str, Any]:
    """The finished interaction."""
    steps: list[dict[str, Any]] = []
    if reply.reasoning_tokens:
        thought: dict[str, Any] = {"signature": signature(reply), "type": "thought"}
        if reply.reasoning:
            thought["summary"] = [{"text": reply.reasoning, "type": "text"}]
        steps.append(thought)
    steps += _used_steps(reply)
    if reply.choices[0].text:
        content: list[dict[str, Any]] = [{"text": reply.choices[0].text, "type": "text"}]
        if cited := _citations(reply):
            content[0]["annotations"] = cited
        steps.append({"content": content, "type": "model_output"})
    steps += [_call_step(call) for call in reply.calls]
    stamp = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(reply.created))
    return {
        "id": response_id(reply),
        "status": STATUS.get(reply.finish, "completed"),
        "usage": usage(reply),
        "created": stamp,
        "updated": stamp,
        "service_tier": reply.ask.body.get("service_tier") or "standard",
        "steps": steps,
        "object": "interaction",
        "model": reply.ask.model.id,
    }


def _citations(reply: Reply) -> list[dict[str, Any]]:
    """What the text rests on: the pages that were found."""
    place = {"start_index": 0, "end_index": len(reply.choices[0].text.encode())}
    pages = [(used, page) for used in reply.used for page in used.pages]
    return [
        {"type": "file_citation", **place, "file_name": page.title, "source": page.text}
        if used.tool == "file_search"
        else {"type": "url_citation", **place, "url": page.url, "title": page.title}
        for used, page in pages
    ]


def _used_steps(reply: Reply) -> list[dict[str, Any]]:
    return [step for used in reply.used for step in _used(used)]


def _used(used: Used) -> tuple[dict[str, Any], dict[str, Any]]:
    id = used.id[:8]
    if used.tool == "file_search":
        return {"id": id, "type": "file_search_call"}, {"call_id": id, "type": "file_search_result"}
    if used.tool == "mcp":
        named = {"name": used.name, "server_name": used.server}
        return (
            {
                "id": id,
                "type": "mcp_server_tool_call",
                **named,
                "arguments": json.loads(used.wanted),
            },
            {"call_id": id, "type": "mcp_server_tool_result", **named, "result": used.output},
        )
    arguments: dict[str, Any] = {"queries": [used.wanted]}
    name, result = "google_search", [{"search_suggestions": page.title} for page in used.pages]
    sort = {"search_type": "web_search"} if used.pages else {}
    if used.tool == "code_execution":
        name, arguments = "code_execution", {"language": "python", "code": used.wanted}
    return (
        {"id": id, "type": f"{name}_call", "arguments": arguments, **sort},
        {
            "call_id": id,
            "type": f"{name}_result",
            "result": result if used.pages else used.output,
            "is_error": False,
        },
    )


def _call_step(call: Call) -> dict[str, Any]:
    return {
        "id": call_id(call),
        "type": "function_call",
        "name": call.name,
        "arguments": call.parsed,
    }


def usage(reply: Reply) -> dict[str, Any]:
    """Thoughts are outside the output's tokens, cached tokens inside the input's."""
    sums = reply.modalities
    counted: dict[str, Any] = {
        "total_tokens": reply.input_tokens + reply.fed_tokens + reply.output_tokens,
        "total_input_tokens": reply.input_tokens,
        "input_tokens_by_modality": [
            {"modality": kind, "tokens": n} for kind, n in sums.items() if n
        ],
        "total_cached_tokens": reply.cached.read,
        "total_output_tokens": reply.visible_tokens,
        "total_tool_use_tokens": reply.fed_tokens,
        "total_thought_tokens": reply.reasoning_tokens,
    }
    if reply.fed_tokens:
        counted["tool_use_tokens_by_modality"] = [{"modality": "text", "tokens": reply.fed_tokens}]
    if reply.searches:
        counted["grounding_tool_count"] = [{"type": "google_search", "count": reply.searches}]
    return counted


DOOR = Door("gemini_interactions", "gemini", read, stream, whole, response_id, call_id)
