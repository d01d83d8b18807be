"""Google's generateContent: how its answer is read, and how the next request is made of it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from answer import Answer, Call, OnText, Usage
from errors import Broken


def read(events: Iterable[dict[str, Any]], on_text: OnText) -> Answer:
    """The answer of a stream or of a whole body; Broken where it ends before its end."""
    parts: list[dict[str, Any]] = []
    counted: dict[str, Any] = {}
    finish = ""
    for event in events:
        if event.get("error"):
            raise Broken("The provider gave up in the middle of the answer.")
        counted = event.get("usageMetadata") or counted
        finish = (event.get("promptFeedback") or {}).get("blockReason") or finish
        for candidate in event.get("candidates") or ():
            finish = candidate.get("finishReason") or finish
            for part in (candidate.get("content") or {}).get("parts") or ():
                _add(parts, part, on_text)
    if not finish:
        raise Broken("The stream ended before the answer did.")
    return _answer(parts, finish, counted)


def _add(parts: list[dict[str, Any]], part: dict[str, Any], on_text: OnText) -> None:
    """Pieces of text become one part, with the signature that closes them."""
    before = parts[-1] if parts else {}
    if part.get("text") and not part.get("thought"):
        on_text(part["text"])
    if "text" in part and "text" in before and part.get("thought") == before.get("thought"):
        before["text"] += part["text"]
        before |= {n: v for n, v in part.items() if n == "thoughtSignature"}
    else:
        parts.append(dict(part))


def _answer(parts: list[dict[str, Any]], finish: str, counted: dict[str, Any]) -> Answer:
    text = "".join(p["text"] for p in parts if p.get("text") and not p.get("thought"))
    called = [part["functionCall"] for part in parts if part.get("functionCall")]
    calls = [Call(c.get("id") or "", c["name"], c.get("args") or {}) for c in called]
    given, made = counted.get("promptTokenCount"), counted.get("candidatesTokenCount")
    thought = counted.get("thoughtsTokenCount")
    usage = Usage(
        None if given is None else given + (counted.get("toolUsePromptTokenCount") or 0),
        counted.get("cachedContentTokenCount") or 0,
        0,
        None if made is None and thought is None else (made or 0) + (thought or 0),
    )
    turn = [part for part in parts if _goes_back(part)]
    return Answer(text, finish, usage, [{"role": "model", "parts": turn}], calls)


def _goes_back(part: dict[str, Any]) -> bool:
    """Thoughts only with their signature, empty text only with one too."""
    if part.get("thoughtSignature") or part.get("functionCall"):
        return True
    return bool(part.get("text")) and not part.get("thought")


def following(
    body: dict[str, Any],
    answer: Answer,
    results: Iterable[tuple[Call, str]] = (),
    text: str | None = None,
) -> dict[str, Any]:
    """The next request: all before it, what the model said, and the results of its calls or what the user says."""
    told: list[Any] = [{"functionResponse": _response(call, out)} for call, out in results]
    if text is not None:
        told.append({"text": text})
    said = {"role": "user", "parts": told}
    body = {**body, "contents": [*body["contents"], *answer.turn, said]}
    calling = (body.get("toolConfig") or {}).get("functionCallingConfig") or {}
    if calling.get("mode") == "ANY":
        body.pop("toolConfig")  # forced for the first answer only, or it would never end
    return body


def _response(call: Call, output: str) -> dict[str, Any]:
    named = {"id": call.id} if call.id else {}
    return {**named, "name": call.name, "response": {"result": output}}


def schema(body: dict[str, Any]) -> dict[str, Any]:
    """The JSON Schema that the answer must hold to."""
    found: dict[str, Any] = body["generationConfig"]["responseJsonSchema"]
    return found
