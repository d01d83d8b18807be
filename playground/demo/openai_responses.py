"""OpenAI's Responses: POST /v1/responses and /v1/responses/input_tokens."""

from __future__ import annotations

from typing import Any

from playground.demo import mcp, openai_tools
from playground.demo.ask import Ask, Offer, Part, Turn
from playground.demo.breaking import Frame
from playground.demo.caching import INHERITED
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
    json_schema,
    positive,
)
from playground.demo.used import Used

ROLES = {"developer": "system", "system": "system", "assistant": "assistant"}


def read(body: Body, model_in_url: str, streamed: bool) -> Ask:
    """The request; Refused where OpenAI would refuse it."""
    model, asked, fault = choose("openai", body.get("model"))
    reasoning = body.get("reasoning") or {}
    form = (body.get("text") or {}).get("format") or {}
    instructions = body.get("instructions")
    return Ask(
        model=model,
        asked=asked,
        fault=fault,
        system=(Part("text", str(instructions)),) if instructions else (),
        turns=_turns(body.get("input")),
        tools=tuple(_offer(t) for t in body.get("tools") or ()),
        max_output=positive(body.get("max_output_tokens"), "max_output_tokens"),
        schema=json_schema(form, form.get("schema")),
        effort=effort(reasoning.get("effort"), "reasoning.effort"),
        show_reasoning=bool(reasoning.get("summary") or reasoning.get("generate_summary")),
        tool_choice=_tool_choice(body.get("tool_choice")),
        parallel=body.get("parallel_tool_calls") is not False,
        stream=bool(body.get("stream")),
        body=body,
    )


def _turns(given: Any) -> tuple[Turn, ...]:
    if given is None:
        return ()
    if isinstance(given, str):
        return (Turn("user", (Part("text", given),)),)
    return tuple(_item(item) for item in given)


def _item(item: dict[str, Any]) -> Turn:
    kind = item.get("type") or "message"
    if kind == "message":
        return Turn(ROLES.get(item.get("role", ""), "user"), _content(item.get("content")))
    if kind == "function_call":
        text = call_text(item.get("name", ""), item.get("arguments", ""))
        return Turn("assistant", (Part("tool_call", text, id=str(item.get("call_id"))),))
    if kind == "function_call_output":
        output = item.get("output")
        text = output if isinstance(output, str) else compact(output)
        return Turn("tool", (Part("tool_result", text, id=str(item.get("call_id"))),))
    if kind in ("reasoning", "item_reference"):
        return Turn("assistant", (Part("reasoning"),))
    if kind in (mcp.LISTED, mcp.ASKED):
        return Turn("assistant", (Part("mcp", compact(item), id=str(item.get("id"))),))
    role = "tool" if kind.endswith(("_output", "_response")) else "assistant"
    return Turn(role, (Part("text", compact(item)),))


def _content(content: Any) -> tuple[Part, ...]:
    if isinstance(content, str):
        return (Part("text", content),)
    return tuple(_part(part) for part in content or ())


def _part(part: dict[str, Any]) -> Part:
    kind = part.get("type")
    if kind == "input_image":
        return file_part("image", part.get("image_url"))
    if kind == "input_file":
        return file_part("document", part.get("file_data") or part.get("file_url"))
    if kind == "input_audio":
        return file_part("audio", (part.get("input_audio") or {}).get("data"))
    text = str(part.get("text") or part.get("refusal") or "")
    mark = part.get("prompt_cache_breakpoint")
    return Part("text", text, cache=(mark.get("ttl") or INHERITED) if mark else None)


def _offer(tool: dict[str, Any]) -> Offer:
    if tool.get("type") != "function":
        label = str(tool.get("server_label") or "")
        return Offer(str(tool.get("type")), compact(tool), hosted=True, label=label)
    kept = {k: tool[k] for k in ("name", "description", "parameters") if tool.get(k)}
    return Offer(
        tool.get("name", ""),
        compact(kept),
        tool.get("description") or "",
        tool.get("parameters") or {},
    )


def _tool_choice(given: Any) -> str | None:
    if isinstance(given, dict):
        return given.get("name") or "required"
    return given if given in ("required", "none") else None


def call_id(call: Call) -> str:
    """The id of a tool call."""
    return f"call_{call.id}"


def response_id(reply: Reply) -> str:
    """The id of the response, which `previous_response_id` takes."""
    return f"resp_0{reply.id[:49]}"


def stream(reply: Reply) -> tuple[list[Frame], int]:
    """The events in time, and which of them is the first of the answer."""
    writer = _Writer(reply)
    writer.open()
    before, after = openai_tools.in_order(reply.used)
    for used in before:
        writer.use(used, reply.schedule.opened)
    writer.reasoning()
    for used in after:
        writer.use(used, reply.schedule.reasoned)
    first = len(writer.frames)
    for number, call in enumerate(reply.calls):
        writer.call(call, number)
    if not reply.calls:
        first = writer.message()
    writer.close()
    return writer.frames, first


class _Writer:
    """Collects the events of one response with their running number."""

    def __init__(self, reply: Reply) -> None:
        self.reply = reply
        options = reply.ask.body.get("stream_options") or {}
        self.hides = options.get("include_obfuscation") is not False
        self.frames: list[Frame] = []
        self.done: list[dict[str, Any]] = []

    def send(self, at: float, kind: str, **fields: Any) -> None:
        number = len(self.frames)
        self.frames.append((at, event(kind, {"type": kind, **fields, "sequence_number": number})))

    def open(self) -> None:
        started = {**_echo(self.reply), "status": "in_progress", "output": [], "usage": None}
        started["service_tier"] = self.reply.ask.body.get("service_tier") or "auto"
        at = self.reply.schedule.opened
        self.send(at, "response.created", response=started)
        self.send(at, "response.in_progress", response=started)

    def reasoning(self) -> None:
        reply, schedule = self.reply, self.reply.schedule
        if not reply.reasoning_tokens:
            return
        item = _reasoning_item(reply)
        empty, index = {**item, "summary": []}, len(self.done)
        self.send(schedule.opened, "response.output_item.added", item=empty, output_index=index)
        place = {"item_id": item["id"], "output_index": index, "summary_index": 0}
        if item["summary"]:
            part = {"type": "summary_text", "text": ""}
            self.send(schedule.opened, "response.reasoning_summary_part.added", part=part, **place)
            self.deltas("response.reasoning_summary_text.delta", schedule.reasoning, place)
            whole = item["summary"][0]
            at = schedule.reasoned
            self.send(at, "response.reasoning_summary_text.done", text=whole["text"], **place)
            self.send(at, "response.reasoning_summary_part.done", part=whole, **place)
        self.send(schedule.reasoned, "response.output_item.done", item=item, output_index=index)
        self.done.append(item)

    def deltas(
        self, kind: str, beats: tuple[tuple[float, str], ...], place: dict[str, Any]
    ) -> None:
        head = b"event: " + kind.encode() + b'\ndata: {"type":"' + kind.encode() + b'","delta":'
        tail = b"," + dumps(place)[1:-1] + b',"sequence_number":'
        for at, text in beats:
            number = len(self.frames)
            hidden = b""
            if self.hides:
                hidden = b',"obfuscation":' + dumps(openai_tools.obfuscation(text, number))
            frame = head + dumps(text) + tail + b"%d%s}\n\n" % (number, hidden)
            self.frames.append((at, frame))

    def use(self, used: Used, at: float) -> None:
        for item, begun, events in openai_tools.shown(used, _include(self.reply)):
            index = len(self.done)
            start = {**item, "status": "in_progress", **begun}
            if "status" not in item:
                start.pop("status")
            start = {name: value for name, value in start.items() if name != "action" or value}
            self.send(at, "response.output_item.added", item=start, output_index=index)
            for kind, fields in events:
                place = {"item_id": item["id"], "output_index": index, **fields}
                hidden = kind.endswith(("_code.delta", "command.delta", "arguments.delta"))
                if hidden and self.hides:
                    place["obfuscation"] = openai_tools.obfuscation(used.wanted)
                told = {name: value for name, value in place.items() if value is not None}
                self.send(at, f"response.{kind}", **told)
            self.send(at, "response.output_item.done", item=item, output_index=index)
            self.done.append(item)

    def message(self) -> int:
        reply, schedule = self.reply, self.reply.schedule
        item = _message_item(reply)
        if item is None:
            return len(self.frames)
        index, part = len(self.done), item["content"][0]
        field = "refusal" if part["type"] == "refusal" else "text"
        kind = "refusal" if field == "refusal" else "output_text"
        at = schedule.reasoned
        begun = {**item, "status": "in_progress", "content": []}
        self.send(at, "response.output_item.added", item=begun, output_index=index)
        place = {"item_id": item["id"], "output_index": index, "content_index": 0}
        empty = {**part, field: ""} | ({"annotations": []} if field == "text" else {})
        self.send(at, "response.content_part.added", part=empty, **place)
        first = len(self.frames)
        more: dict[str, Any] = {} if field == "refusal" else {"logprobs": []}
        self.deltas(f"response.{kind}.delta", schedule.texts[0], {**place, **more})
        end = schedule.ended
        for number, cited in enumerate(part.get("annotations", ())):
            where = {**place, "annotation_index": number}
            self.send(end, "response.output_text.annotation.added", annotation=cited, **where)
        self.send(end, f"response.{kind}.done", **{field: part[field]}, **place, **more)
        self.send(end, "response.content_part.done", part=part, **place)
        self.send(end, "response.output_item.done", item=item, output_index=index)
        self.done.append(item)
        return first

    def call(self, call: Call, number: int) -> None:
        beats = self.reply.schedule.calls[number]
        item = _call_item(call)
        index = len(self.done)
        begun = {**item, "status": "in_progress", "arguments": ""}
        at = beats[0][0]
        self.send(at, "response.output_item.added", item=begun, output_index=index)
        place = {"item_id": item["id"], "output_index": index}
        kind = "response.function_call_arguments"
        self.deltas(f"{kind}.delta", beats, place)
        end = beats[-1][0]
        self.send(end, f"{kind}.done", arguments=call.arguments, name=call.name, **place)
        self.send(end, "response.output_item.done", item=item, output_index=index)
        self.done.append(item)

    def close(self) -> None:
        response = whole(self.reply)
        self.send(self.reply.schedule.ended, f"response.{response['status']}", response=response)


def whole(reply: Reply) -> dict[str, Any]:
    """The finished response."""
    cut_off = reply.finish == "length"
    message = None if reply.calls else _message_item(reply)
    before, after = (
        [shown.item for used in part for shown in openai_tools.shown(used, _include(reply))]
        for part in openai_tools.in_order(reply.used)
    )
    output = before + ([_reasoning_item(reply)] if reply.reasoning_tokens else []) + after
    output += [message] if message else []
    output += [_call_item(call) for call in reply.calls]
    return {
        **_echo(reply),
        "status": "incomplete" if cut_off else "completed",
        "completed_at": None if cut_off else reply.created + round(reply.schedule.ended),
        "incomplete_details": {"reason": "max_output_tokens"} if cut_off else None,
        "output": output,
        "service_tier": _tier(reply),
        "usage": usage(reply),
        **({"prompt_cache_diagnostics": reply.diagnostics} if reply.diagnostics else {}),
        "tool_usage": openai_tools.usage(reply.used),
    }


def usage(reply: Reply) -> dict[str, Any]:
    """Cached and written tokens are inside input, reasoning is inside output."""
    details: dict[str, Any] = {
        "cached_tokens": reply.cached.read,
        "cache_write_tokens": reply.cached.written,
    }
    if reply.cached.writes:
        details["cache_write_tokens_details"] = {
            f"ttl_{ttl}_tokens": reply.cached.writes.get(ttl, 0) for ttl in ("30m", "12h")
        }
    return {
        "input_tokens": reply.input_tokens + reply.fed_tokens,
        "input_tokens_details": details,
        "output_tokens": reply.output_tokens,
        "output_tokens_details": {"reasoning_tokens": reply.reasoning_tokens},
        "total_tokens": reply.input_tokens + reply.fed_tokens + reply.output_tokens,
    }


def _tier(reply: Reply) -> str:
    tier = reply.ask.body.get("service_tier") or "auto"
    return "default" if tier == "auto" else str(tier)


def _echo(reply: Reply) -> dict[str, Any]:
    ask, body = reply.ask, reply.ask.body
    return {
        "id": response_id(reply),
        "object": "response",
        "created_at": reply.created,
        "background": bool(body.get("background")),
        "billing": {"payer": "developer"},
        "completed_at": None,
        "error": None,
        "frequency_penalty": 0.0,
        "incomplete_details": None,
        "instructions": body.get("instructions"),
        "max_output_tokens": body.get("max_output_tokens"),
        "max_tool_calls": None,
        "model": ask.model.id,
        "moderation": None,
        "parallel_tool_calls": ask.parallel,
        "presence_penalty": 0.0,
        "previous_response_id": body.get("previous_response_id"),
        "prompt_cache_key": body.get("prompt_cache_key"),
        **_caching(reply),
        "reasoning": {
            "context": "current_turn",
            "effort": (ask.effort or ask.model.effort) if ask.model.row.efforts else None,
            "mode": "standard",
            "summary": (body.get("reasoning") or {}).get("summary"),
        },
        "safety_identifier": None,
        "store": body.get("store") is not False,
        "temperature": body.get("temperature", 1.0),
        "text": {"format": {"type": "text"}, "verbosity": "medium", **(body.get("text") or {})},
        "tool_choice": body.get("tool_choice") or "auto",
        "tools": [openai_tools.echoed(tool) for tool in body.get("tools") or ()],
        "top_logprobs": 0,
        "top_p": body.get("top_p", 0.98),
        "truncation": "disabled",
        "user": None,
        "metadata": body.get("metadata") or {},
    }


def _caching(reply: Reply) -> dict[str, Any]:
    """How the prompt is cached: models that take a time to live say which one holds."""
    row, given = reply.ask.model.row, reply.ask.body.get("prompt_cache_options") or {}
    if not row.cache_ttls:
        kept = reply.ask.body.get("prompt_cache_retention")
        return {"prompt_cache_retention": kept or ("in_memory" if row.efforts else None)}
    options = {"mode": "implicit", "ttl": row.cache_ttls[0]}
    return {"prompt_cache_options": options | given, "prompt_cache_retention": "24h"}


def _reasoning_item(reply: Reply) -> dict[str, Any]:
    summary = [{"type": "summary_text", "text": reply.reasoning}] if reply.reasoning else []
    item: dict[str, Any] = {"id": f"rs_1{reply.id[:49]}", "type": "reasoning"}
    item |= {"summary": summary, "content": []}
    if "reasoning.encrypted_content" in (reply.ask.body.get("include") or ()):
        item["encrypted_content"] = f"gAAAAAsimulated{reply.id}"
    return item


def _message_item(reply: Reply) -> dict[str, Any] | None:
    choice = reply.choices[0]
    if not choice.text:
        return None
    cited = openai_tools.cited(reply.used, len(choice.text))
    part: dict[str, Any] = {"type": "output_text", "annotations": cited, "logprobs": []}
    part["text"] = choice.text
    if choice.finish == "refusal":
        part = {"type": "refusal", "refusal": choice.text}
    return {
        "id": f"msg_2{reply.id[:49]}",
        "type": "message",
        "status": "incomplete" if choice.finish == "length" else "completed",
        "content": [part],
        "phase": "final_answer",
        "role": "assistant",
    }


def _include(reply: Reply) -> tuple[str, ...]:
    return tuple(reply.ask.body.get("include") or ())


def _call_item(call: Call) -> dict[str, Any]:
    return {
        "id": f"fc_{call.id}",
        "type": "function_call",
        "status": "completed",
        "arguments": call.arguments,
        "call_id": call_id(call),
        "name": call.name,
    }


DOOR = Door("openai_responses", "openai", read, stream, whole, response_id, call_id)
