"""OpenAI's Responses: how its answer is read, and how the next request is made of it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from answer import Answer, Call, OnText, Usage, given
from errors import Broken

ENDED = ("response.completed", "response.incomplete")


def read(events: Iterable[dict[str, Any]], on_text: OnText) -> Answer:
    """The answer of a stream or of a whole body; Broken where it ends before its end."""
    for event in events:
        if event.get("type") == "response.output_text.delta":
            on_text(event["delta"])
        elif event.get("type") in ENDED:
            return _answer(event["response"])
        elif event.get("type") in ("response.failed", "error"):
            raise Broken("The provider gave up in the middle of the answer.")
        elif event.get("object") == "response":
            return _answer(event)
    raise Broken("The stream ended before the answer did.")


def _answer(response: dict[str, Any]) -> Answer:
    items = response["output"]
    text = "".join(_text(item) for item in items if item["type"] == "message")
    calls = [
        Call(item["call_id"], item["name"], given(item["arguments"]))
        for item in items
        if item["type"] == "function_call"
    ]
    counted = response.get("usage") or {}
    kept = counted.get("input_tokens_details") or {}
    cached, written = kept.get("cached_tokens") or 0, kept.get("cache_write_tokens") or 0
    usage = Usage(counted.get("input_tokens"), cached, written, counted.get("output_tokens"))
    reason = (response.get("incomplete_details") or {}).get("reason")
    turn = [back for item in items for back in _back(item)]
    return Answer(text, reason or response["status"], usage, turn, calls)


def _text(item: dict[str, Any]) -> str:
    return "".join(part.get("text") or part.get("refusal") or "" for part in item["content"])


def _back(item: dict[str, Any]) -> list[dict[str, Any]]:
    """An item as it goes back: reasoning with its encrypted content, calls, text."""
    if item["type"] == "message":
        return [{"role": "assistant", "content": _text(item)}]
    if item["type"] == "function_call":
        kept = ("type", "call_id", "name", "arguments")
        return [{name: item[name] for name in kept}]
    if item["type"] == "reasoning" and item.get("encrypted_content"):
        kept = ("type", "id", "summary", "encrypted_content")
        return [{name: item[name] for name in kept if name in item}]
    return []


def following(
    body: dict[str, Any],
    answer: Answer,
    results: Iterable[tuple[Call, str]] = (),
    text: str | None = None,
) -> dict[str, Any]:
    """The next request: all before it, what the model said, and the results of its calls or what the user says."""
    told: list[Any] = [
        {"type": "function_call_output", "call_id": call.id, "output": output}
        for call, output in results
    ]
    if text is not None:
        told.append({"role": "user", "content": text})
    body = {**body, "input": [*body["input"], *answer.turn, *told]}
    if body.get("tool_choice") not in ("auto", "none"):
        body.pop("tool_choice", None)  # forced for the first answer only, or it would never end
    return body


def schema(body: dict[str, Any]) -> dict[str, Any]:
    """The JSON Schema that the answer must hold to."""
    found: dict[str, Any] = body["text"]["format"]["schema"]
    return found
