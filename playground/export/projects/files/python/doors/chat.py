"""Chat Completions, OpenAI's and all compatible ones: how the answer is read, and how the next request is made of it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from answer import Answer, Call, OnText, Usage, given
from errors import Broken


def read(events: Iterable[dict[str, Any]], on_text: OnText) -> Answer:
    """The answer of a stream or of a whole body; Broken where it ends before its end."""
    pieces: list[str] = []
    calls: dict[int, dict[str, str]] = {}
    counted: dict[str, Any] = {}
    finish = ""
    for event in events:
        if event.get("error"):
            raise Broken("The provider gave up in the middle of the answer.")
        counted = event.get("usage") or counted
        for choice in event.get("choices") or ():
            said = choice.get("delta") or choice.get("message") or {}
            if piece := said.get("content") or said.get("refusal"):
                pieces.append(piece)
                on_text(piece)
            for number, call in enumerate(said.get("tool_calls") or ()):
                _add(calls.setdefault(call.get("index", number), {}), call)
            finish = choice.get("finish_reason") or finish
    if not finish:
        raise Broken("The stream ended before the answer did.")
    return _answer("".join(pieces), [calls[n] for n in sorted(calls)], finish, counted)


def _add(call: dict[str, str], piece: dict[str, Any]) -> None:
    """The name comes with the first piece, the arguments in many."""
    function = piece.get("function") or {}
    call["id"] = piece.get("id") or call.get("id", "")
    call["name"] = function.get("name") or call.get("name", "")
    call["arguments"] = call.get("arguments", "") + (function.get("arguments") or "")


def _answer(text: str, calls: list[dict[str, str]], finish: str, counted: dict[str, Any]) -> Answer:
    turn: dict[str, Any] = {"role": "assistant", "content": text or None}
    if calls:
        turn["tool_calls"] = [
            {
                "id": call["id"],
                "type": "function",
                "function": {"name": call["name"], "arguments": call["arguments"]},
            }
            for call in calls
        ]
    kept = counted.get("prompt_tokens_details") or {}
    cached, written = kept.get("cached_tokens") or 0, kept.get("cache_write_tokens") or 0
    usage = Usage(counted.get("prompt_tokens"), cached, written, counted.get("completion_tokens"))
    made = [Call(c["id"], c["name"], given(c["arguments"])) for c in calls]
    return Answer(text, finish, usage, [turn], made)


def following(
    body: dict[str, Any],
    answer: Answer,
    results: Iterable[tuple[Call, str]] = (),
    text: str | None = None,
) -> dict[str, Any]:
    """The next request: all before it, what the model said, and the results of its calls or what the user says."""
    told = [
        {"role": "tool", "tool_call_id": call.id, "content": output} for call, output in results
    ]
    if text is not None:
        told.append({"role": "user", "content": text})
    body = {**body, "messages": [*body["messages"], *answer.turn, *told]}
    if body.get("tool_choice") not in ("auto", "none"):
        body.pop("tool_choice", None)  # forced for the first answer only, or it would never end
    return body


def schema(body: dict[str, Any]) -> dict[str, Any]:
    """The JSON Schema that the answer must hold to."""
    found: dict[str, Any] = body["response_format"]["json_schema"]["schema"]
    return found
