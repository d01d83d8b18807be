"""Messages: what no recorded exchange shows."""

from __future__ import annotations

from typing import Any

import pytest

from playground.domain import Reasoning, Text, ToolCall, Usage
from playground.wire import Pool
from tests.providers.calling import Serve, calls, streamed, unstreamed

DOOR = "anthropic:m"


def start(**usage: Any) -> dict[str, Any]:
    message = {"id": "msg_1", "model": "m-1", "content": [], "usage": usage}
    return {"type": "message_start", "message": message}


def block(index: int, kind: str, *deltas: dict[str, Any], **fields: Any) -> list[dict[str, Any]]:
    opened = {"type": kind, **fields}
    return [
        {"type": "content_block_start", "index": index, "content_block": opened},
        *({"type": "content_block_delta", "index": index, "delta": d} for d in deltas),
        {"type": "content_block_stop", "index": index},
    ]


def text(index: int, *pieces: str) -> list[dict[str, Any]]:
    return block(index, "text", *({"type": "text_delta", "text": p} for p in pieces), text="")


def end(reason: str = "end_turn", stop: dict[str, Any] | None = None, **usage: Any) -> list[Any]:
    said = {"type": "message_delta", "delta": {"stop_reason": reason, **(stop or {})}}
    return [{**said, "usage": usage}, {"type": "message_stop"}]


async def test_thinking_signed_and_redacted_goes_into_the_turn(serve: Serve, pool: Pool) -> None:
    response = await streamed(
        serve,
        pool,
        DOOR,
        start(),
        *block(
            0,
            "thinking",
            {"type": "thinking_delta", "thinking": "hm"},
            {"type": "signature_delta", "signature": "sig"},
            thinking="",
            signature="",
        ),
        *block(1, "redacted_thinking", data="opaque"),
        {"type": "ping"},
        *text(2, "y", "es"),
        *end(),
    )
    assert (response.reasoning_text, response.text) == ("hm", "yes")
    assert response.turn == (
        Reasoning(text="hm", signature="sig"),
        Reasoning(text="", signature="opaque", id="redacted_thinking"),
        Text(text="yes"),
    )


async def test_tool_input_in_pieces_whole_empty_and_cut(serve: Serve, pool: Pool) -> None:
    def tool(index: int, *pieces: str, **input: Any) -> list[dict[str, Any]]:
        deltas = ({"type": "input_json_delta", "partial_json": piece} for piece in pieces)
        return block(index, "tool_use", *deltas, id=f"t{index}", name="f", input=input)

    response = await streamed(
        serve,
        pool,
        DOOR,
        start(),
        *tool(0, "", '{"a"', ":1}"),
        *tool(1, b=2),
        *tool(2, ""),
        *tool(3, '{"c": "x'),
        *end("max_tokens"),
    )
    assert calls(response) == [
        ("t0", "f", {"a": 1}),
        ("t1", "f", {"b": 2}),
        ("t2", "f", {}),
        ("t3", "f", '{"c": "x'),
    ]
    assert response.turn[0] == ToolCall(id="t0", name="f", arguments={"a": 1})


@pytest.mark.parametrize(
    "reason", ["pause_turn", "stop_sequence", "model_context_window_exceeded", "a_new_one"]
)
async def test_the_stop_reason_is_the_providers_own_word(
    serve: Serve, pool: Pool, reason: str
) -> None:
    response = await streamed(serve, pool, DOOR, start(), *text(0, "a"), *end(reason))
    assert (response.finish_reason, response.failure) == (reason, None)


async def test_a_refusal_is_an_answer_and_says_why_when_it_can(serve: Serve, pool: Pool) -> None:
    why = {"stop_details": {"type": "refusal", "category": "bio", "explanation": "Too risky."}}
    response = await streamed(serve, pool, DOOR, start(), *end("refusal", why))
    assert (response.finish_reason, response.refusal) == ("refusal", "Too risky.")
    assert response.failure is None


async def test_an_error_in_mid_stream_keeps_the_text(serve: Serve, pool: Pool) -> None:
    error = {"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}}
    response = await streamed(serve, pool, DOOR, start(), *text(0, "He"), error)
    assert response.failure is not None
    assert (response.failure.type, response.failure.status) == ("overloaded", 200)
    assert response.text == "He"


async def test_a_stream_without_message_stop_is_truncated(serve: Serve, pool: Pool) -> None:
    response = await streamed(serve, pool, DOOR, start(input_tokens=5), *text(0, "He"))
    assert response.failure is not None
    assert response.failure.type == "stream_truncated"
    assert (response.text, response.usage.input_tokens) == ("He", 5)


async def test_later_counts_replace_earlier_ones(serve: Serve, pool: Pool) -> None:
    first = start(
        input_tokens=2479,
        cache_read_input_tokens=100,
        cache_creation_input_tokens=30,
        cache_creation={"ephemeral_5m_input_tokens": 10, "ephemeral_1h_input_tokens": 20},
        output_tokens=1,
        service_tier="standard",
    )
    response = await streamed(
        serve,
        pool,
        DOOR,
        first,
        *end(input_tokens=404_500, output_tokens=9, server_tool_use={"web_search_requests": 3}),
    )
    usage = response.usage
    assert usage.input_tokens == 404_500 + 100 + 30
    assert usage.output_tokens == 9
    assert usage.cache_write_by_ttl == {"5m": 10, "1h": 20}
    assert usage.server_tool_calls == {"web_search": 3}
    assert response.service_tier == "standard"


async def test_a_split_by_time_to_live_that_no_longer_adds_up_is_unknown(
    serve: Serve, pool: Pool
) -> None:
    first = start(
        input_tokens=1,
        cache_creation_input_tokens=10,
        cache_creation={"ephemeral_5m_input_tokens": 10, "ephemeral_1h_input_tokens": 0},
    )
    response = await streamed(
        serve, pool, DOOR, first, *end(cache_creation_input_tokens=25, output_tokens=1)
    )
    assert response.usage.cache_write_input_tokens == 25
    assert response.usage.cache_write_by_ttl == {}
    assert response.usage.problems() == []


async def test_work_of_other_iterations_is_billed_beside(serve: Serve, pool: Pool) -> None:
    message = {"type": "message", "input_tokens": 600, "output_tokens": 20}
    compaction = {"type": "compaction", "input_tokens": 60_000, "output_tokens": 500}
    advisor = {"type": "advisor_message", "model": "m-2", "input_tokens": 7, "output_tokens": 3}
    body = {
        "id": "msg_1",
        "type": "message",
        "model": "m-1",
        "content": [],
        "stop_reason": "end_turn",
        "usage": {
            "input_tokens": 600,
            "output_tokens": 20,
            "iterations": [compaction, message, advisor],
        },
    }
    usage = (await unstreamed(serve, pool, DOOR, body)).usage
    assert (usage.input_tokens, usage.output_tokens) == (600, 20)
    assert usage.also_billed == (
        (None, Usage(input_tokens=60_000, output_tokens=500, raw=compaction)),
        ("m-2", Usage(input_tokens=7, output_tokens=3, raw=advisor)),
    )


async def test_citations_are_kept(serve: Serve, pool: Pool) -> None:
    cite = {"type": "web_search_result_location", "url": "u"}
    deltas: list[dict[str, Any]] = [
        {"type": "text_delta", "text": "a"},
        {"type": "citations_delta", "citation": cite},
    ]
    response = await streamed(
        serve, pool, DOOR, start(), *block(0, "text", *deltas, text="", citations=[]), *end()
    )
    assert response.citations == (cite,)
