"""Chat Completions: what no recorded exchange shows, above all the ways of compatible servers."""

from __future__ import annotations

from typing import Any

import pytest

from playground.wire import Pool
from tests.loopback import answer
from tests.providers.calling import Serve, calls, respond, streamed, unstreamed

OPENAI, COMPATIBLE = "openai/chat:m", "ollama:m"


def chunk(delta: dict[str, Any], finish: str | None = None, index: int = 0) -> dict[str, Any]:
    choice = {"index": index, "delta": delta, "finish_reason": finish}
    return {"id": "c1", "model": "m-1", "choices": [choice]}


def whole(message: dict[str, Any], finish: str = "stop", **more: Any) -> dict[str, Any]:
    choice = {"index": 0, "message": message, "finish_reason": finish}
    return {"id": "c1", "model": "m-1", "choices": [choice], **more}


STOP = chunk({}, "stop")


@pytest.mark.parametrize("field", ["reasoning_content", "reasoning"])
async def test_reasoning_of_compatible_servers(serve: Serve, pool: Pool, field: str) -> None:
    events = [chunk({"role": "assistant", "content": None, field: "hm"}), chunk({"content": "yes"})]
    response = await streamed(serve, pool, COMPATIBLE, *events, STOP, "[DONE]")
    assert (response.reasoning_text, response.text) == ("hm", "yes")
    response = await unstreamed(serve, pool, COMPATIBLE, whole({"content": "yes", field: "hm"}))
    assert (response.reasoning_text, response.text) == ("hm", "yes")


async def test_content_in_typed_parts_as_mistral_sends_it(serve: Serve, pool: Pool) -> None:
    thinking = {"type": "thinking", "thinking": [{"type": "text", "text": "hm"}]}
    parts = [thinking, {"type": "text", "text": "yes"}]
    response = await streamed(serve, pool, "mistral:m", chunk({"content": parts}), STOP)
    assert (response.reasoning_text, response.text) == ("hm", "yes")


async def test_a_refusal_is_apart_from_the_text(serve: Serve, pool: Pool) -> None:
    response = await streamed(
        serve, pool, OPENAI, chunk({"refusal": "I "}), chunk({"refusal": "can't"}), STOP, "[DONE]"
    )
    assert (response.text, response.refusal) == ("", "I can't")


async def test_the_transcript_of_spoken_audio_is_the_text(serve: Serve, pool: Pool) -> None:
    message = {"content": None, "audio": {"id": "a", "data": "AA", "transcript": "Hello"}}
    assert (await unstreamed(serve, pool, OPENAI, whole(message))).text == "Hello"
    pieces = [chunk({"audio": {"transcript": piece}}) for piece in ("Hel", "lo")]
    assert (await streamed(serve, pool, OPENAI, *pieces, STOP)).text == "Hello"


async def test_choices_that_interleave(serve: Serve, pool: Pool) -> None:
    events = [
        chunk({"content": "a"}, index=0),
        chunk({"content": "x"}, index=1),
        chunk({"content": "b"}, index=0),
        chunk({}, "length", index=1),
        chunk({"content": "y"}, index=1),
        chunk({}, "stop", index=0),
    ]
    response = await streamed(serve, pool, OPENAI, *events, "[DONE]")
    assert (response.text, response.choices) == ("ab", ("ab", "xy"))
    assert response.finish_reason == "stop"


def call(index: int | None, id: str | None, name: str | None, arguments: str) -> dict[str, Any]:
    given = {"name": name, "arguments": arguments} if name else {"arguments": arguments}
    fields = {"index": index, "id": id, "type": "function", "function": given}
    return {k: v for k, v in fields.items() if v is not None}


async def test_tool_calls_in_pieces_that_interleave(serve: Serve, pool: Pool) -> None:
    events = [
        chunk({"tool_calls": [call(0, "c0", "f", ""), call(1, "c1", "g", '{"b"')]}),
        chunk({"tool_calls": [call(0, None, None, '{"a":1}')]}),
        chunk({"tool_calls": [call(1, None, None, ":2}")]}),
        chunk({}, "tool_calls"),
    ]
    response = await streamed(serve, pool, OPENAI, *events, "[DONE]")
    assert calls(response) == [("c0", "f", {"a": 1}), ("c1", "g", {"b": 2})]


async def test_servers_that_number_every_call_nought(serve: Serve, pool: Pool) -> None:
    events = [
        chunk({"tool_calls": [call(0, "c0", "f", '{"a":1}')]}),
        chunk({"tool_calls": [call(0, "c1", "g", '{"b"')]}),
        chunk({"tool_calls": [call(0, None, None, ":2}")]}),
        chunk({}, "tool_calls"),
    ]
    response = await streamed(serve, pool, COMPATIBLE, *events)
    assert calls(response) == [("c0", "f", {"a": 1}), ("c1", "g", {"b": 2})]


async def test_servers_that_do_not_number_calls(serve: Serve, pool: Pool) -> None:
    both = [call(None, "c0", "f", "{}"), call(None, "c1", "g", '{"b":2}')]
    response = await streamed(serve, pool, COMPATIBLE, chunk({"tool_calls": both}, "tool_calls"))
    assert calls(response) == [("c0", "f", {}), ("c1", "g", {"b": 2})]
    response = await unstreamed(
        serve, pool, COMPATIBLE, whole({"content": "", "tool_calls": both}, "tool_calls")
    )
    assert calls(response) == [("c0", "f", {}), ("c1", "g", {"b": 2})]


async def test_the_old_function_call_is_a_tool_call_without_an_id(serve: Serve, pool: Pool) -> None:
    events = [
        chunk({"function_call": {"name": "f", "arguments": ""}}),
        chunk({"function_call": {"arguments": '{"a":1}'}}),
        chunk({}, "function_call"),
    ]
    response = await streamed(serve, pool, OPENAI, *events, "[DONE]")
    assert calls(response) == [("", "f", {"a": 1})]
    assert response.finish_reason == "function_call"


async def test_a_custom_tools_input_is_text(serve: Serve, pool: Pool) -> None:
    custom = {"id": "c", "type": "custom", "custom": {"name": "run", "input": "print(1)"}}
    response = await unstreamed(serve, pool, OPENAI, whole({"tool_calls": [custom]}))
    assert calls(response) == [("c", "run", "print(1)")]


async def test_an_error_inside_the_stream(serve: Serve, pool: Pool) -> None:
    error = {"error": {"message": "Provider returned error", "code": 502}}
    response = await streamed(serve, pool, COMPATIBLE, chunk({"content": "He"}), error)
    assert response.failure is not None
    assert (response.failure.type, response.failure.code) == ("server", "502")
    assert response.text == "He"


async def test_an_error_in_a_whole_answer_with_status_200(serve: Serve, pool: Pool) -> None:
    body = {"error": {"message": "No endpoints found", "code": 404}}
    response = await unstreamed(serve, pool, COMPATIBLE, body)
    assert response.failure is not None
    assert response.failure.message == "No endpoints found"


async def test_a_stream_without_done_is_whole_once_it_has_a_finish_reason(
    serve: Serve, pool: Pool
) -> None:
    response = await streamed(serve, pool, COMPATIBLE, chunk({"content": "a"}), STOP)
    assert response.failure is None


async def test_a_server_that_answers_whole_although_a_stream_was_asked_for(
    serve: Serve, pool: Pool
) -> None:
    from tests.loopback import answer
    from tests.providers.calling import respond

    response = await respond(serve, pool, COMPATIBLE, answer(whole({"content": "a"})))
    assert (response.text, response.failure) == ("a", None)


USAGES: list[tuple[dict[str, Any], tuple[int | None, ...]]] = [
    ({"prompt_tokens": 3, "completion_tokens": 5, "total_tokens": 8}, (3, None, 5, None)),
    (
        {
            "prompt_tokens": 30,
            "completion_tokens": 5,
            "prompt_cache_hit_tokens": 20,
            "prompt_cache_miss_tokens": 10,
            "completion_tokens_details": {"reasoning_tokens": 2},
        },
        (30, 20, 5, 2),
    ),
    (
        {
            "prompt_tokens": 30,
            "completion_tokens": 5,
            "total_tokens": 30 + 5 + 7,
            "completion_tokens_details": {"reasoning_tokens": 7},
        },
        (30, None, 5 + 7, 7),
    ),
    (
        {
            "prompt_tokens": 30,
            "completion_tokens": 9,
            "total_tokens": 39,
            "completion_tokens_details": {"reasoning_tokens": 7},
            "prompt_tokens_details": None,
        },
        (30, None, 9, 7),
    ),
]


@pytest.mark.parametrize(("raw", "expected"), USAGES, ids=["plain", "deepseek", "xai", "openai"])
async def test_usage_of_compatible_servers(
    serve: Serve, pool: Pool, raw: dict[str, Any], expected: tuple[int | None, ...]
) -> None:
    last = {"id": "c1", "model": "m-1", "choices": [], "usage": raw}
    for response in (
        await streamed(serve, pool, COMPATIBLE, STOP, last, "[DONE]"),
        await unstreamed(serve, pool, COMPATIBLE, whole({"content": "a"}, usage=raw)),
    ):
        usage = response.usage
        assert (
            usage.input_tokens,
            usage.cache_read_input_tokens,
            usage.output_tokens,
            usage.reasoning_output_tokens,
        ) == expected
        assert usage.raw == raw


async def test_groq_reports_usage_in_a_place_of_its_own(serve: Serve, pool: Pool) -> None:
    raw = {"prompt_tokens": 3, "completion_tokens": 5}
    last = {**chunk({}, "stop"), "x_groq": {"id": "r", "usage": raw}}
    response = await streamed(serve, pool, "groq:m", chunk({"content": "a"}), last, "[DONE]")
    assert (response.usage.input_tokens, response.usage.output_tokens) == (3, 5)


async def test_a_whole_answer_to_a_request_for_a_stream_has_no_first_text(
    serve: Serve, pool: Pool
) -> None:
    body = {
        "choices": [{"message": {"content": "word " * 50}, "finish_reason": "stop"}],
        "usage": {"prompt_tokens": 1, "completion_tokens": 50},
    }
    response = await respond(serve, pool, "openai/chat:m", answer(body), stream=True)
    assert response.text
    assert not response.streamed
    assert response.time_to_first_text is None
    assert response.output_tokens_per_second is None
