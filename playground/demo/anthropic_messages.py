"""Anthropic's Messages: POST /v1/messages and /v1/messages/count_tokens."""

from __future__ import annotations

from typing import Any

from playground.demo.anthropic_blocks import (
    citations,
    compaction,
    container,
    edits,
    iterations,
    on_demand,
    summary_tokens,
    used_blocks,
)
from playground.demo.ask import Ask, Kind, Offer, Part, Refused, Turn
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
    positive,
    texts,
)

FINISH = {"stop": "end_turn", "length": "max_tokens", "tool": "tool_use"}
FILES: dict[Any, Kind] = {"image": "image", "document": "document"}
REFUSED = {
    "type": "refusal",
    "category": "general_harms",
    "explanation": "Simulated refusal: the model was named with ~refuse.",
}


def read(body: Body, model_in_url: str, streamed: bool) -> Ask:
    """The request; Refused where Anthropic would refuse it."""
    model, asked, fault = choose("anthropic", body.get("model"))
    thinking = body.get("thinking") or {}
    config = body.get("output_config") or {}
    form = config.get("format") or body.get("output_format") or {}
    always = model.reasons_unasked
    on = thinking.get("type") in ("adaptive", "enabled") or (always and not thinking)
    level = effort(config.get("effort"), "output_config.effort")
    return Ask(
        model=model,
        asked=asked,
        fault=fault,
        system=_parts(body.get("system")),
        turns=_turns(body.get("messages")),
        tools=(
            *(_offer(t) for t in body.get("tools") or ()),
            *(_server(s) for s in body.get("mcp_servers") or ()),
        ),
        max_output=positive(body.get("max_tokens"), "max_tokens"),
        stop=texts(body.get("stop_sequences")),
        schema=form.get("schema") if form.get("type") == "json_schema" else None,
        effort=(level or (None if always else "medium")) if on else "none",
        reasoning_limit=thinking.get("budget_tokens"),
        show_reasoning=bool(thinking) and thinking.get("display") != "omitted",
        tool_choice=_tool_choice(body.get("tool_choice") or {}),
        parallel=not (body.get("tool_choice") or {}).get("disable_parallel_tool_use"),
        stream=bool(body.get("stream")),
        cache_all=_ttl(body),
        body=body,
    )


def _turns(messages: Any) -> tuple[Turn, ...]:
    if not messages:
        raise Refused("invalid", "messages: at least one message is required")
    return tuple(Turn(str(m.get("role")), _parts(m.get("content"))) for m in messages)


def _parts(content: Any) -> tuple[Part, ...]:
    if not content:
        return ()
    if isinstance(content, str):
        return (Part("text", content),)
    return tuple(_part(block) for block in content)


def _part(block: dict[str, Any]) -> Part:
    kind, ttl = block.get("type"), _ttl(block)
    if kind in FILES:
        source = block.get("source") or {}
        return file_part(FILES[kind], source.get("data") or source.get("url"), ttl)
    if kind == "tool_use":
        call = call_text(block.get("name", ""), compact(block.get("input")))
        return Part("tool_call", call, cache=ttl, id=str(block.get("id")))
    if kind == "tool_result":
        content = block.get("content")
        told = content if isinstance(content, str) else "".join(p.text for p in _parts(content))
        failed = bool(block.get("is_error"))
        return Part("tool_result", told, cache=ttl, id=str(block.get("tool_use_id")), failed=failed)
    if kind in ("thinking", "redacted_thinking"):
        return Part("reasoning", cache=ttl)
    text = block.get("content" if kind == "compaction" else "text")
    return Part("text", text if isinstance(text, str) else compact(block), cache=ttl)


def _ttl(block: Body) -> str | None:
    control = block.get("cache_control")
    return str(control.get("ttl") or "5m") if control else None


def _offer(tool: dict[str, Any]) -> Offer:
    schema = tool.get("input_schema")
    if schema is None:
        return Offer(str(tool.get("name") or tool.get("type")), compact(tool), hosted=True)
    kept = {k: tool[k] for k in ("name", "description", "input_schema") if tool.get(k)}
    return Offer(tool["name"], compact(kept), tool.get("description") or "", schema, _ttl(tool))


def _server(server: dict[str, Any]) -> Offer:
    """An MCP server: its tools are the model's; the server's address is not counted, the simulation knows no tools of it."""
    on = (server.get("tool_configuration") or {}).get("enabled") is not False
    name = "mcp" if on else "mcp_off"
    return Offer(name, compact(server), hosted=True, label=str(server.get("name") or ""))


def _tool_choice(given: dict[str, Any]) -> str | None:
    kind = given.get("type")
    if kind == "tool":
        return str(given.get("name"))
    return {"any": "required", "none": "none"}.get(str(kind))


def call_id(call: Call) -> str:
    """The id of a tool call."""
    return f"toolu_01{call.id[:22]}"


def response_id(reply: Reply) -> str:
    """The id of the message."""
    return f"msg_01{reply.id[:22]}"


def stream(reply: Reply) -> tuple[list[Frame], int]:
    """The events in time, and which of them is the first of the answer."""
    schedule = reply.schedule
    if block := on_demand(reply):
        return _summed_up(reply, block)
    begun = {**_head(reply), "content": [], "stop_reason": None, "usage": usage(reply, 1)}
    started = event("message_start", {"type": "message_start", "message": begun})
    frames: list[Frame] = [(schedule.opened, started)]
    ping = event("ping", {"type": "ping"})
    index = 0
    if reply.reasoning_tokens:
        block = {"type": "thinking", "thinking": "", "signature": ""}
        frames += [(schedule.opened, _start(index, block)), (schedule.opened, ping)]
        frames += _deltas(index, "thinking_delta", "thinking", schedule.reasoning)
        signed = ((schedule.reasoned, signature(reply)),)
        frames += _deltas(index, "signature_delta", "signature", signed)
        frames.append((schedule.reasoned, _stop(index)))
        index += 1
    if summary := compaction(reply):
        frames += _compacted(schedule.reasoned, index, summary)
        index += 1
    for block in used_blocks(reply.used):
        frames += _used_frames(schedule.reasoned, index, block)
        index += 1
    first = len(frames)
    cited = citations(reply)
    if reply.choices[0].text:
        empty: dict[str, Any] = {"type": "text", "text": "", **({"citations": []} if cited else {})}
        frames.append((schedule.reasoned, _start(index, empty)))
        frames += [(schedule.reasoned, _cites(index, one)) for one in cited]
        if not reply.reasoning_tokens:
            frames.append((schedule.reasoned, ping))
        first = len(frames)
        frames += _deltas(index, "text_delta", "text", schedule.texts[0])
        frames.append((schedule.ended, _stop(index)))
        index += 1
    for call, beats in zip(reply.calls, schedule.calls, strict=True):
        block = _call_block(call, {})
        frames.append((beats[0][0], _start(index, block)))
        frames += _deltas(index, "input_json_delta", "partial_json", ((beats[0][0], ""), *beats))
        frames.append((beats[-1][0], _stop(index)))
        index += 1
    return frames + _end(reply), first


def _summed_up(reply: Reply, block: dict[str, Any]) -> tuple[list[Frame], int]:
    """A summary comes whole, in the event that begins its block."""
    begun = {**_head(reply), "content": [], "stop_reason": None, "usage": _summed_usage(reply)}
    at = reply.schedule.ended
    started = event("message_start", {"type": "message_start", "message": begun})
    frames: list[Frame] = [(reply.schedule.opened, started), (at, _start(0, block)), (at, _stop(0))]
    return frames + _end(reply), 1


def _summed_usage(reply: Reply) -> dict[str, Any]:
    """Everything is in the pass of the compaction; nothing is answered."""
    counted = usage(reply, summary_tokens(reply))
    names = (
        "cache_read_input_tokens",
        "cache_creation_input_tokens",
        "input_tokens",
        "output_tokens",
    )
    step = {"type": "compaction", "cache_creation": counted["cache_creation"]}
    step |= {name: counted[name] for name in names}
    nothing = {"ephemeral_5m_input_tokens": 0, "ephemeral_1h_input_tokens": 0}
    return {**counted, **dict.fromkeys(names, 0), "cache_creation": nothing, "iterations": [step]}


def _used_frames(at: float, index: int, block: dict[str, Any]) -> list[Frame]:
    """A use of a tool has its input in deltas; a result comes whole."""
    if "input" not in block:
        return [(at, _start(index, block)), (at, _stop(index))]
    given = ((at, ""), (at, compact(block["input"])))
    deltas = _deltas(index, "input_json_delta", "partial_json", given)
    return [(at, _start(index, {**block, "input": {}})), *deltas, (at, _stop(index))]


def _compacted(at: float, index: int, summary: str) -> list[Frame]:
    begun = _start(index, {"type": "compaction", "content": None})
    deltas = _deltas(index, "compaction_delta", "content", ((at, summary),))
    return [(at, begun), *deltas, (at, _stop(index))]


def _cites(index: int, citation: dict[str, Any]) -> bytes:
    delta = {"type": "citations_delta", "citation": citation}
    body = {"type": "content_block_delta", "index": index, "delta": delta}
    return event("content_block_delta", body)


def _end(reply: Reply) -> list[Frame]:
    delta = {"type": "message_delta", "delta": {**_finish(reply), **container(reply)}}
    delta |= {"usage": _delta_usage(reply), **edits(reply)}
    at = reply.schedule.ended
    return [
        (at, event("message_delta", delta)),
        (at, event("message_stop", {"type": "message_stop"})),
    ]


def _start(index: int, block: dict[str, Any]) -> bytes:
    body = {"type": "content_block_start", "index": index, "content_block": block}
    return event("content_block_start", body)


def _stop(index: int) -> bytes:
    return event("content_block_stop", {"type": "content_block_stop", "index": index})


def _deltas(index: int, kind: str, field: str, beats: tuple[tuple[float, str], ...]) -> list[Frame]:
    delta = {"type": kind, field: "\x00"}
    body = {"type": "content_block_delta", "index": index, "delta": delta}
    head, tail = event("content_block_delta", body).split(b'"\\u0000"')
    return [(at, head + dumps(text) + tail) for at, text in beats]


def signature(reply: Reply) -> str:
    """The opaque proof of the thoughts that goes back with them."""
    return f"EqQBsimulated{reply.id}"


def whole(reply: Reply) -> dict[str, Any]:
    """The finished message."""
    if block := on_demand(reply):
        return {**_head(reply), "content": [block], **_finish(reply), "usage": _summed_usage(reply)}
    content: list[dict[str, Any]] = []
    if reply.reasoning_tokens:
        thought = {"type": "thinking", "thinking": reply.reasoning, "signature": signature(reply)}
        content.append(thought)
    if summary := compaction(reply):
        content.append({"type": "compaction", "content": summary})
    content += used_blocks(reply.used)
    if reply.choices[0].text:
        cited = citations(reply)
        text = {"type": "text", "text": reply.choices[0].text}
        content.append({**text, "citations": cited} if cited else text)
    for call in reply.calls:
        content.append(_call_block(call, call.parsed))
    counted = _final_usage(reply)
    ended = {**_finish(reply), **container(reply), **edits(reply)}
    return {**_head(reply), "content": content, **ended, "usage": counted}


def _call_block(call: Call, given: Any) -> dict[str, Any]:
    named = {"type": "tool_use", "id": call_id(call), "name": call.name, "input": given}
    return {**named, "caller": {"type": "direct"}}


def usage(reply: Reply, output: int) -> dict[str, Any]:
    """Cache reads and writes are outside `input_tokens`; thinking is inside `output_tokens`."""
    writes = reply.cached.writes
    return {
        "input_tokens": reply.input_tokens - reply.cached.read - reply.cached.written,
        "cache_creation_input_tokens": reply.cached.written,
        "cache_read_input_tokens": reply.cached.read,
        "cache_creation": {
            "ephemeral_5m_input_tokens": writes.get("5m", 0),
            "ephemeral_1h_input_tokens": writes.get("1h", 0),
        },
        "output_tokens": output,
        "service_tier": "standard",
        "inference_geo": "global",
    }


def _delta_usage(reply: Reply) -> dict[str, Any]:
    counted = _final_usage(reply)
    for told_at_start in ("cache_creation", "service_tier", "inference_geo"):
        counted.pop(told_at_start)
    return counted


def _final_usage(reply: Reply) -> dict[str, Any]:
    if on_demand(reply):
        return _summed_usage(reply)
    counted = usage(reply, reply.output_tokens)
    counted["input_tokens"] += reply.fed_tokens
    counted["output_tokens_details"] = {"thinking_tokens": reply.reasoning_tokens}
    if reply.used:
        counted["server_tool_use"] = {
            "web_search_requests": reply.searches,
            "web_fetch_requests": 0,
        }
    if compaction(reply):
        counted["iterations"] = iterations(counted, reply)
    return counted


def _finish(reply: Reply) -> dict[str, Any]:
    finish = "compaction" if on_demand(reply) else reply.finish
    return {
        "stop_reason": FINISH.get(finish, finish),
        "stop_sequence": reply.choices[0].stopped_by,
        "stop_details": REFUSED if finish == "refusal" else None,
    }


def _head(reply: Reply) -> dict[str, Any]:
    return {
        "model": reply.ask.model.id,
        "id": response_id(reply),
        "type": "message",
        "role": "assistant",
        "stop_sequence": None,
        "stop_details": None,
        **({"diagnostics": reply.diagnostics} if reply.ask.body.get("diagnostics") else {}),
    }


DOOR = Door("anthropic_messages", "anthropic", read, stream, whole, response_id, call_id)
