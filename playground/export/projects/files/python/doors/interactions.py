"""Google's Interactions: how its answer is read, and how the next request is made of it."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from answer import Answer, Call, OnText, Usage, given
from errors import Broken

FAILED = ("failed", "cancelled", "budget_exceeded")


def read(events: Iterable[dict[str, Any]], on_text: OnText) -> Answer:
    """The answer of a stream or of a whole body; Broken where it ends before its end."""
    steps: dict[int, dict[str, Any]] = {}
    for event in events:
        kind = event.get("event_type")
        if kind == "error":
            raise Broken("The provider gave up in the middle of the answer.")
        if kind == "step.start":
            _begin(steps, event, on_text)
        elif kind == "step.delta":
            _add(steps[event["index"]], event["delta"], on_text)
        elif kind == "interaction.completed":
            return _answer([steps[n] for n in sorted(steps)], event["interaction"])
        elif kind is None and "steps" in event:
            for number, step in enumerate(event["steps"]):
                _begin(steps, {"index": number, "step": step}, on_text)
            return _answer([steps[n] for n in sorted(steps)], event)
    raise Broken("The stream ended before the answer did.")


def _begin(steps: dict[int, dict[str, Any]], event: dict[str, Any], on_text: OnText) -> None:
    step = dict(event["step"])
    steps[event["index"]] = {**step, "said": "", "given": ""}
    for part in [*(step.get("content") or ()), *(step.get("summary") or ())]:
        _add(steps[event["index"]], part, on_text)


def _add(step: dict[str, Any], delta: dict[str, Any], on_text: OnText) -> None:
    kind = delta.get("type")
    if kind == "text":
        step["said"] += delta.get("text") or ""
        if step["type"] == "model_output":
            on_text(delta.get("text") or "")
    elif kind == "thought_summary":
        step["said"] += (delta.get("content") or {}).get("text") or ""
    elif kind == "thought_signature":
        step["signature"] = (step.get("signature") or "") + (delta.get("signature") or "")
    elif kind == "arguments_delta":
        given = delta.get("arguments") or ""
        step["given"] += given if isinstance(given, str) else json.dumps(given)


def _answer(steps: list[dict[str, Any]], interaction: dict[str, Any]) -> Answer:
    if interaction.get("status") in FAILED:
        raise Broken("The provider gave up in the middle of the answer.")
    for step in steps:
        step["arguments"] = given(step["given"]) if step["given"] else step.get("arguments") or {}
    text = "".join(step["said"] for step in steps if step["type"] == "model_output")
    calls = [
        Call(step["id"], step["name"], step["arguments"])
        for step in steps
        if step["type"] == "function_call"
    ]
    counted = interaction.get("usage") or {}
    sent, made = counted.get("total_input_tokens"), counted.get("total_output_tokens")
    usage = Usage(
        None if sent is None else sent + (counted.get("total_tool_use_tokens") or 0),
        counted.get("total_cached_tokens") or 0,
        0,
        None if made is None else made + (counted.get("total_thought_tokens") or 0),
    )
    turn = [back for step in steps for back in _back(step)]
    return Answer(text, interaction.get("status") or "", usage, turn, calls)


def _back(step: dict[str, Any]) -> list[dict[str, Any]]:
    """A step as it goes back."""
    signed = {"signature": step["signature"]} if step.get("signature") else {}
    if step["type"] == "model_output" and step["said"]:
        return [{"type": "model_output", "content": [{"type": "text", "text": step["said"]}]}]
    if step["type"] == "function_call":
        called = {"id": step["id"], "name": step["name"], "arguments": step["arguments"] or {}}
        return [{"type": "function_call", **called, **signed}]
    if step["type"] == "thought" and signed:
        summary = [{"type": "text", "text": step["said"]}] if step["said"] else None
        return [{"type": "thought", **signed, **({"summary": summary} if summary else {})}]
    return []


def following(
    body: dict[str, Any],
    answer: Answer,
    results: Iterable[tuple[Call, str]] = (),
    text: str | None = None,
) -> dict[str, Any]:
    """The next request: all before it, what the model said, and the results of its calls or what the user says."""
    told: list[Any] = [
        {"type": "function_result", "call_id": call.id, "name": call.name, "result": output}
        for call, output in results
    ]
    if text is not None:
        told.append({"type": "user_input", "content": [{"type": "text", "text": text}]})
    body = {**body, "input": [*body["input"], *answer.turn, *told]}
    generation = dict(body.get("generation_config") or {})
    if generation.get("tool_choice") not in (None, "auto", "none"):
        del generation["tool_choice"]  # forced for the first answer only, or it would never end
        body["generation_config"] = generation
        if not generation:
            del body["generation_config"]
    return body


def schema(body: dict[str, Any]) -> dict[str, Any]:
    """The JSON Schema that the answer must hold to."""
    found: dict[str, Any] = body["response_format"]["schema"]
    return found
