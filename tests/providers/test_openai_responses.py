"""Responses: what no recorded exchange shows."""

from __future__ import annotations

from typing import Any

from playground.domain import Reasoning, Text
from playground.wire import Pool
from tests.providers.calling import Serve, calls, streamed, unstreamed

DOOR = "openai:m"


def ended(status: str = "completed", **more: Any) -> dict[str, Any]:
    response = {"id": "resp_1", "model": "m-1", "status": status, "output": [], **more}
    return {"type": f"response.{status}", "response": response}


def delta(kind: str, text: str, index: int = 0) -> dict[str, Any]:
    return {"type": f"response.{kind}.delta", "delta": text, "output_index": index}


def message(*contents: dict[str, Any]) -> dict[str, Any]:
    return {"type": "message", "role": "assistant", "content": list(contents)}


async def test_a_refusal_is_apart_from_the_text(serve: Serve, pool: Pool) -> None:
    response = await streamed(
        serve, pool, DOOR, delta("refusal", "I "), delta("refusal", "can't"), ended()
    )
    assert (response.text, response.refusal, response.failure) == ("", "I can't", None)
    assert response.timing.first_text is not None


async def test_a_refusal_in_a_whole_answer(serve: Serve, pool: Pool) -> None:
    output = [message({"type": "refusal", "refusal": "No."})]
    response = await unstreamed(serve, pool, DOOR, ended(output=output)["response"])
    assert (response.text, response.refusal) == ("", "No.")


async def test_text_that_no_delta_brought_is_taken_from_the_end(serve: Serve, pool: Pool) -> None:
    output = [message({"type": "output_text", "text": "Hello", "annotations": [{"url": "u"}]})]
    response = await streamed(serve, pool, DOOR, ended(output=output))
    assert response.text == "Hello"
    assert response.citations == ({"url": "u"},)


async def test_raw_reasoning_of_open_models_is_reasoning_too(serve: Serve, pool: Pool) -> None:
    response = await streamed(
        serve, pool, DOOR, delta("reasoning_text", "hm"), delta("output_text", "yes"), ended()
    )
    assert (response.reasoning_text, response.text) == ("hm", "yes")
    item = {
        "type": "reasoning",
        "summary": [],
        "content": [{"type": "reasoning_text", "text": "hm"}],
    }
    whole = await unstreamed(serve, pool, DOOR, ended(output=[item])["response"])
    assert whole.reasoning_text == "hm"


async def test_parallel_calls_whose_pieces_interleave(serve: Serve, pool: Pool) -> None:
    def item(index: int) -> dict[str, Any]:
        return {"type": "function_call", "call_id": f"c{index}", "name": f"f{index}"}

    response = await streamed(
        serve,
        pool,
        DOOR,
        *(
            {"type": "response.output_item.added", "output_index": i, "item": item(i)}
            for i in (1, 0)
        ),
        delta("function_call_arguments", '{"a"', 0),
        delta("function_call_arguments", '{"b"', 1),
        delta("function_call_arguments", ":1}", 0),
        delta("function_call_arguments", ":2}", 1),
        ended(),
    )
    assert calls(response) == [("c0", "f0", {"a": 1}), ("c1", "f1", {"b": 2})]


async def test_a_custom_tools_input_is_text_and_stays_text(serve: Serve, pool: Pool) -> None:
    item = {"type": "custom_tool_call", "call_id": "c", "name": "run", "input": "print(1)"}
    response = await unstreamed(serve, pool, DOOR, ended(output=[item])["response"])
    assert calls(response) == [("c", "run", "print(1)")]


async def test_arguments_that_are_not_json_stay_as_they_were(serve: Serve, pool: Pool) -> None:
    item = {"type": "function_call", "call_id": "c", "name": "f", "arguments": '{"a": '}
    response = await unstreamed(serve, pool, DOOR, ended("incomplete", output=[item])["response"])
    assert calls(response) == [("c", "f", '{"a": ')]


async def test_why_an_answer_is_incomplete(serve: Serve, pool: Pool) -> None:
    for reason in ("max_output_tokens", "content_filter", "steered"):
        event = ended("incomplete", incomplete_details={"reason": reason})
        response = await streamed(serve, pool, DOOR, delta("output_text", "a"), event)
        assert (response.finish_reason, response.failure) == (reason, None)


async def test_a_failure_inside_the_stream(serve: Serve, pool: Pool) -> None:
    error = {"code": "server_error", "message": "It broke."}
    response = await streamed(
        serve, pool, DOOR, delta("output_text", "He"), ended("failed", error=error)
    )
    assert response.failure is not None
    assert (response.failure.type, response.failure.status) == ("server", 200)
    assert (response.failure.code, response.failure.message) == ("server_error", "It broke.")
    assert (response.text, response.finish_reason) == ("He", "failed")


async def test_the_first_error_of_a_stream_is_the_one_told(serve: Serve, pool: Pool) -> None:
    first = {"type": "error", "code": "rate_limit_exceeded", "message": "Slow down.", "param": None}
    response = await streamed(serve, pool, DOOR, first, ended("failed", error=None))
    assert response.failure is not None
    assert (response.failure.type, response.failure.message) == ("rate_limited", "Slow down.")
    nested = {"type": "error", "error": {"type": "insufficient_quota", "message": "No credit."}}
    response = await streamed(serve, pool, DOOR, nested)
    assert response.failure is not None
    assert response.failure.type == "quota_exceeded"


async def test_usage_with_cache_writes_by_time_to_live_and_searches(
    serve: Serve, pool: Pool
) -> None:
    raw = {
        "input_tokens": 100,
        "input_tokens_details": {
            "cached_tokens": 10,
            "cache_write_tokens": 50,
            "cache_write_tokens_details": {"ttl_30m_tokens": 20, "ttl_12h_tokens": 30},
        },
        "output_tokens": 7,
        "output_tokens_details": {"reasoning_tokens": 3},
    }
    event = ended(
        usage=raw, tool_usage={"web_search": {"num_requests": 2}}, service_tier="priority"
    )
    response = await streamed(serve, pool, DOOR, event)
    usage = response.usage
    assert (usage.input_tokens, usage.output_tokens) == (100, 7)
    assert (usage.cache_read_input_tokens, usage.cache_write_input_tokens) == (10, 20 + 30)
    assert usage.cache_write_by_ttl == {"30m": 20, "12h": 30}
    assert usage.server_tool_calls == {"web_search": 2}
    assert response.service_tier == "priority"


async def test_an_image_that_the_model_made_is_a_file(serve: Serve, pool: Pool) -> None:
    item = {"type": "image_generation_call", "result": "UE5H", "output_format": "webp"}
    response = await unstreamed(serve, pool, DOOR, ended(output=[item])["response"])
    assert [(f.media_type, f.data) for f in response.files] == [("image/webp", b"PNG")]
    assert response.server_tools == ("image_generation_call",)


async def test_the_turn_can_be_sent_back(serve: Serve, pool: Pool) -> None:
    thought = {
        "type": "reasoning",
        "id": "rs_1",
        "summary": [{"type": "summary_text", "text": "hm"}],
        "encrypted_content": "gAAA",
    }
    said = message({"type": "output_text", "text": "yes"})
    response = await unstreamed(serve, pool, DOOR, ended(output=[thought, said])["response"])
    assert response.turn == (
        Reasoning(text="hm", signature="gAAA", id="rs_1"),
        Text(text="yes"),
    )


async def test_events_that_nobody_knows_yet_change_nothing(serve: Serve, pool: Pool) -> None:
    response = await streamed(
        serve, pool, DOOR, {"type": "response.new.thing"}, delta("output_text", "a"), ended()
    )
    assert (response.text, response.failure) == ("a", None)
