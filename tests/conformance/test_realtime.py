"""Every recorded session, its messages read one by one, gives the turns that were recorded as expected."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from playground.domain import Message, ToolResult
from playground.domain.session import kind_of
from playground.providers import gemini_live, openai_realtime
from playground.providers.doors import SESSION_DOORS
from playground.providers.draft import Draft
from playground.providers.heard import Heard
from tests.conformance.lab import load, sequences

DOOR = {"openai": "realtime", "azure-openai": "realtime", "gemini": "live"}


def heard(sequence: dict[str, Any]) -> Heard:
    """What our reader makes of what the server sent."""
    door = SESSION_DOORS[DOOR[sequence["provider"]]]
    found = Heard("gemini" if sequence["provider"] == "gemini" else "openai")
    for step in sequence["steps"]:
        if step["dir"] == "in" and "data" in step:
            door.read(found, step["data"])
    return found


def types(sequence: dict[str, Any], direction: str) -> dict[str, int]:
    steps = [s for s in sequence["steps"] if s["dir"] == direction and "data" in s]
    return dict(Counter(kind_of(step["data"]) for step in steps))


def openai_turn(draft: Draft) -> dict[str, Any]:
    calls = [(call.id, call.name, call.arguments) for call in draft.tool_calls]
    return {
        "id": draft.response_id,
        "status": draft.scratch["status"],
        "text": "".join(draft.text_parts),
        "calls": calls,
        "usage": draft.usage.raw if draft.usage else None,
    }


def expected_openai_turn(turn: dict[str, Any]) -> dict[str, Any]:
    output = turn["output"]
    return {
        "id": turn["id"],
        "status": turn["status"],
        "text": "".join(item.get("text") or "" for item in output),
        "calls": [
            (item["call_id"], item["name"], json.loads(item["arguments"]))
            for item in output
            if item["type"] == "function_call"
        ],
        "usage": turn["usage"],
    }


def gemini_turn(draft: Draft) -> dict[str, Any]:
    return {
        "text": draft.scratch["written"],
        "thought": "".join(draft.reasoning_parts),
        "output_transcription": draft.scratch["transcript"],
        "input_transcription": draft.scratch["input_transcript"],
        "tool_calls": [{"id": c.id, "name": c.name, "args": c.arguments} for c in draft.tool_calls],
        "audio_chunks": draft.scratch["audio"],
        "usage": draft.usage.raw if draft.usage else None,
        "interrupted": draft.scratch["interrupted"],
    }


TURN: dict[str, tuple[Callable[[Draft], Any], Callable[[Any], Any]]] = {
    "openai": (openai_turn, expected_openai_turn),
    "azure-openai": (openai_turn, expected_openai_turn),
    "gemini": (gemini_turn, dict),
}


@pytest.mark.parametrize("path", sequences("realtime"), ids=lambda path: path.stem)
def test_as_recorded(path: Path) -> None:
    sequence = load(path)
    expected, found = sequence["expected"], heard(sequence)
    ours, theirs = TURN[sequence["provider"]]
    assert types(sequence, "out") == expected["sent_types"]
    assert types(sequence, "in") == expected["received_types"]
    assert [ours(turn) for turn in found.turns] == [theirs(turn) for turn in expected["turns"]]
    assert found.rate_limits == expected.get("rate_limits", [])
    assert found.errors == expected.get("errors", [])
    assert (found.time_left is not None) == expected.get("go_away", False)
    assert len(found.handles) == expected.get("resumption_handles", 0)
    if total := expected.get("usage_total"):
        usages = [turn.usage for turn in found.turns if turn.usage]
        assert sum(usage.input_tokens or 0 for usage in usages) == total["input_tokens"]
        assert sum(usage.output_tokens or 0 for usage in usages) == total["output_tokens"]


@pytest.mark.parametrize("path", sequences("realtime"), ids=lambda path: path.stem)
def test_counts_by_kind_add_up_to_what_was_billed(path: Path) -> None:
    for turn in heard(load(path)).turns:
        usage = turn.usage
        assert usage is not None
        assert usage.problems() == []
        made = sum(usage.output_tokens_by_modality.values())
        if made:
            assert made + (usage.raw or {}).get("thoughtsTokenCount", 0) == usage.output_tokens


def test_a_message_of_no_known_type_says_nothing() -> None:
    for api, message in (("realtime", {"type": "response.new.thing"}), ("live", {"newThing": {}})):
        found = Heard("openai")
        SESSION_DOORS[api].read(found, message)
        assert found.turns == []
        assert found.errors == []


def test_an_error_fails_the_turn_and_leaves_the_session_open() -> None:
    found = Heard("openai")
    error = {"type": "invalid_request_error", "code": "invalid_value", "message": "No such voice."}
    SESSION_DOORS["realtime"].read(found, {"type": "error", "error": error})
    assert found.draft.failure is not None
    assert found.draft.failure.message == "No such voice."
    assert found.errors == [error]


def test_results_of_functions_go_back_as_recorded() -> None:
    openai, gemini = 0, 0
    for path in sequences("realtime"):
        for step in load(path)["steps"]:
            data = step.get("data") if step["dir"] == "out" else None
            item = (data or {}).get("item") or {}
            if item.get("type") == "function_call_output":
                told = ToolResult(id=item["call_id"], name="", content=item["output"])
                wanted = {name: item[name] for name in ("type", "call_id", "output")}
                assert openai_realtime._items(Message(role="user", parts=(told,))) == [wanted]
                openai += 1
            for sent in ((data or {}).get("tool_response") or {}).get("functionResponses") or ():
                output = sent["response"]["output"]
                told = ToolResult(id=sent["id"], name=sent["name"], content=output)
                assert gemini_live._result(told) == sent
                gemini += 1
    assert sequences("realtime") == [] or (openai and gemini)
