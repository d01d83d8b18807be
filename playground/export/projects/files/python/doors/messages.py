"""Anthropic's Messages: how its answer is read, and how the next request is made of it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from answer import Answer, Call, OnText, Usage, given
from errors import Broken

PIECES = {
    "text_delta": ("text", "text"),
    "thinking_delta": ("thinking", "thinking"),
    "signature_delta": ("signature", "signature"),
    "input_json_delta": ("partial_json", "json"),
}
"""Type of a delta → where its piece stands, and what it is a piece of."""


def read(events: Iterable[dict[str, Any]], on_text: OnText) -> Answer:
    """The answer of a stream or of a whole body; Broken where it ends before its end."""
    blocks: dict[int, dict[str, Any]] = {}
    counted: dict[str, Any] = {}
    finish = ""
    for event in events:
        kind = event.get("type")
        if kind == "error":
            raise Broken("The provider gave up in the middle of the answer.")
        if kind == "message":
            return _answer(event["content"], event["stop_reason"], event["usage"])
        if kind == "message_start":
            counted |= event["message"].get("usage") or {}
        elif kind == "content_block_start":
            blocks[event["index"]] = dict(event["content_block"])
        elif kind == "content_block_delta":
            _add(blocks[event["index"]], event["delta"], on_text)
        elif kind == "message_delta":
            finish = event["delta"].get("stop_reason") or finish
            counted |= {n: v for n, v in (event.get("usage") or {}).items() if v is not None}
        elif kind == "message_stop":
            return _answer([blocks[n] for n in sorted(blocks)], finish, counted)
    raise Broken("The stream ended before the answer did.")


def _add(block: dict[str, Any], delta: dict[str, Any], on_text: OnText) -> None:
    where, what = PIECES.get(delta["type"], ("", ""))
    if what:
        block[what] = (block.get(what) or "") + delta[where]
    if what == "text":
        on_text(delta["text"])


def _answer(blocks: list[dict[str, Any]], finish: str, counted: dict[str, Any]) -> Answer:
    for block in blocks:
        if text := block.pop("json", ""):
            block["input"] = given(text)
    text = "".join(block["text"] for block in blocks if block["type"] == "text")
    calls = [Call(b["id"], b["name"], b["input"]) for b in blocks if b["type"] == "tool_use"]
    read = counted.get("cache_read_input_tokens") or 0
    written = counted.get("cache_creation_input_tokens") or 0
    fresh = counted.get("input_tokens")
    usage = Usage(
        None if fresh is None else fresh + read + written,
        read,
        written,
        counted.get("output_tokens"),
    )
    turn = [back for block in blocks for back in _back(block)]
    lone = turn[0]["text"] if len(turn) == 1 and turn[0]["type"] == "text" else None
    said = {"role": "assistant", "content": turn if lone is None else lone}
    return Answer(text, finish, usage, [said], calls)


KEPT = {
    "text": ("type", "text"),
    "thinking": ("type", "thinking", "signature"),
    "redacted_thinking": ("type", "data"),
    "tool_use": ("type", "id", "name", "input"),
}
"""Type of a block → its fields that go back."""


def _back(block: dict[str, Any]) -> list[dict[str, Any]]:
    kept = KEPT.get(block["type"], ())
    empty = block["type"] == "text" and not block["text"]
    unsigned = block["type"] == "thinking" and not block.get("signature")
    whole = {**block, "input": block.get("input") or {}}
    return [] if empty or unsigned or not kept else [{name: whole[name] for name in kept}]


def following(
    body: dict[str, Any],
    answer: Answer,
    results: Iterable[tuple[Call, str]] = (),
    text: str | None = None,
) -> dict[str, Any]:
    """The next request: all before it, what the model said, and the results of its calls or what the user says."""
    told: Any = [
        {"type": "tool_result", "tool_use_id": call.id, "content": output}
        for call, output in results
    ]
    said = {"role": "user", "content": told if text is None else text}
    body = {**body, "messages": [*body["messages"], *answer.turn, said]}
    choice = body.get("tool_choice") or {}
    if choice.get("type") in ("any", "tool"):  # forced for the first answer only
        del body["tool_choice"]
        if choice.get("disable_parallel_tool_use"):
            body["tool_choice"] = {"type": "auto", "disable_parallel_tool_use": True}
    return body


def schema(body: dict[str, Any]) -> dict[str, Any]:
    """The JSON Schema that the answer must hold to."""
    found: dict[str, Any] = body["output_config"]["format"]["schema"]
    return found
