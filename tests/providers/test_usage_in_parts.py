"""Usage is read wherever it stands, under whatever name and in however many parts; a later zero erases nothing."""

from __future__ import annotations

from typing import Any

import pytest

from playground.domain import Usage
from playground.providers.fitting import first_count, together
from playground.providers.openai_chat import usage
from playground.wire import Pool
from tests.loopback import answer, sse, stream
from tests.providers.calling import Serve, respond, streamed, unstreamed

SRV = "srv:m"
HELLO = {"id": "c", "choices": [{"index": 0, "delta": {"content": "Hello"}}]}
STOP: dict[str, Any] = {"id": "c", "choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]}
COUNTED = {"prompt_tokens": 10, "completion_tokens": 5, "total_tokens": 15}


def bare(**counted: Any) -> dict[str, Any]:
    """A chunk that has nothing but usage."""
    return {"id": "c", "choices": [], "usage": counted}


def in_choice(counted: Any) -> dict[str, Any]:
    """The last chunk, with usage inside its choice as Moonshot sends it."""
    return {"id": "c", "choices": [{**STOP["choices"][0], "usage": counted}]}


STREAMS: dict[str, list[dict[str, Any]]] = {
    "at the end": [STOP, bare(**COUNTED)],
    "in the choice": [in_choice(COUNTED)],
    "in the last chunk": [{**STOP, "usage": COUNTED}],
    "in the choice, then null": [in_choice(COUNTED), {**bare(), "usage": None}],
    "under x_groq": [{**STOP, "x_groq": {"usage": COUNTED}}],
    "in two chunks": [bare(prompt_tokens=10), STOP, bare(completion_tokens=5)],
    "in three chunks": [
        bare(prompt_tokens=10),
        bare(completion_tokens=2),
        STOP,
        bare(completion_tokens=5),
    ],
    "running totals": [bare(prompt_tokens=10, completion_tokens=n) for n in range(5)]
    + [STOP, bare(**COUNTED)],
    "zeros first": [bare(prompt_tokens=0, completion_tokens=0), STOP, bare(**COUNTED)],
    "zeros last": [bare(**COUNTED), STOP, bare(prompt_tokens=0, completion_tokens=0)],
    "nulls last": [bare(**COUNTED), STOP, bare(prompt_tokens=None, completion_tokens=None)],
    "choice zeros, then whole": [in_choice({"prompt_tokens": 0}), bare(**COUNTED)],
    "whole, then choice zeros": [bare(**COUNTED), in_choice({"completion_tokens": 0})],
    "input there, output here": [
        bare(prompt_tokens=10, completion_tokens=0),
        in_choice({"completion_tokens": 5}),
    ],
    "before the first word": [bare(prompt_tokens=10), bare(completion_tokens=5), STOP],
    "as Anthropic names them": [STOP, bare(input_tokens=10, output_tokens=5)],
    "in camel case": [STOP, bare(promptTokens=10, completionTokens=5)],
    "both names, one of them empty": [STOP, bare(input_tokens=0, output_tokens=0, **COUNTED)],
}


@pytest.mark.parametrize("chunks", STREAMS.values(), ids=STREAMS)
async def test_the_counts_of_a_stream(serve: Serve, pool: Pool, chunks: list[Any]) -> None:
    response = await streamed(serve, pool, SRV, HELLO, *chunks, "[DONE]")
    assert response.failure is None
    assert (response.usage.input_tokens, response.usage.output_tokens) == (10, 5)


async def test_the_counts_of_a_whole_answer(serve: Serve, pool: Pool) -> None:
    choice = {"index": 0, "message": {"content": "Hello"}, "finish_reason": "stop"}
    for body in (
        {"choices": [choice], "usage": COUNTED},
        {"choices": [{**choice, "usage": COUNTED}]},
        {"choices": [{**choice, "usage": COUNTED}], "usage": {"prompt_tokens": 0}},
        {"choices": [choice], "usage": COUNTED, "x_groq": {"id": "r"}},
    ):
        response = await unstreamed(serve, pool, SRV, body)
        assert (response.usage.input_tokens, response.usage.output_tokens) == (10, 5)


CACHED: dict[str, tuple[dict[str, Any], int | None, int | None]] = {
    "OpenAI": ({"prompt_tokens_details": {"cached_tokens": 7}}, 7, None),
    "DeepSeek": ({"prompt_cache_hit_tokens": 7, "prompt_cache_miss_tokens": 3}, 7, None),
    "Moonshot": ({"cached_tokens": 7}, 7, None),
    "Moonshot beside an empty detail": (
        {"cached_tokens": 7, "prompt_tokens_details": {"cached_tokens": 0}},
        7,
        None,
    ),
    "Responses": ({"input_tokens_details": {"cached_tokens": 7}}, 7, None),
    "LiteLLM": (
        {
            "cache_read_input_tokens": 7,
            "cache_creation_input_tokens": 2,
            "prompt_tokens_details": {"cached_tokens": 7, "cache_creation_tokens": 2},
        },
        7,
        2,
    ),
    "OpenRouter": ({"prompt_tokens_details": {"cached_tokens": 0, "cache_write_tokens": 2}}, 0, 2),
    "New API": ({"prompt_tokens_details": {"cached_creation_tokens": 2}}, None, 2),
    "none": ({"prompt_tokens_details": None}, None, None),
    "zero": ({"cached_tokens": 0}, 0, None),
}


@pytest.mark.parametrize(("more", "read", "written"), CACHED.values(), ids=CACHED)
def test_cached_tokens_by_any_name(
    more: dict[str, Any], read: int | None, written: int | None
) -> None:
    found = usage({**COUNTED, **more})
    assert (found.cache_read_input_tokens, found.cache_write_input_tokens) == (read, written)
    assert (found.input_tokens, found.problems()) == (10, [])


def test_input_that_leaves_the_cache_out_as_anthropics_does() -> None:
    raw = {**COUNTED, "cache_read_input_tokens": 90, "cache_creation_input_tokens": 4}
    assert usage(raw).input_tokens == 10 + 90 + 4


def test_reasoning_by_any_name() -> None:
    for more in (
        {"completion_tokens_details": {"reasoning_tokens": 3}},
        {"output_tokens_details": {"reasoning_tokens": 3}},
        {"reasoning_tokens": 3},
    ):
        found = usage({**COUNTED, **more})
        assert (found.reasoning_output_tokens, found.output_tokens) == (3, 5)


async def test_anthropics_later_zero_erases_nothing(serve: Serve, pool: Pool) -> None:
    start = {
        "type": "message_start",
        "message": {"usage": {"input_tokens": 10, "output_tokens": 1}},
    }
    block = {
        "type": "content_block_start",
        "index": 0,
        "content_block": {"type": "text", "text": "Hi"},
    }
    end = {"type": "message_delta", "delta": {"stop_reason": "end_turn"}}
    stop = {"type": "message_stop"}
    for last in ({"input_tokens": 0, "output_tokens": 5}, {"output_tokens": 5}):
        response = await streamed(
            serve, pool, "anthropic:m", start, block, {**end, "usage": last}, stop
        )
        assert (response.usage.input_tokens, response.usage.output_tokens) == (10, 5)


async def test_geminis_later_zero_erases_nothing_but_its_last_totals_count(
    serve: Serve, pool: Pool
) -> None:
    text = {"candidates": [{"content": {"parts": [{"text": "Hi"}]}}]}
    whole = {"promptTokenCount": 10, "candidatesTokenCount": 4, "thoughtsTokenCount": 1}
    end = {"candidates": [{"finishReason": "STOP"}]}
    zeros = {"promptTokenCount": 0, "candidatesTokenCount": 0}
    for last, made in ((zeros, 4), ({**zeros, "thoughtsTokenCount": 0}, 5), (None, 5)):
        chunks = [{**text, "usageMetadata": whole}, {**end, "usageMetadata": last}]
        response = await respond(serve, pool, "gemini:m", stream([sse(*chunks)]))
        assert (response.usage.input_tokens, response.usage.output_tokens) == (10, made)


def test_two_reports_are_one() -> None:
    assert together(None, {"a": 1}) == {"a": 1}
    assert together({"a": 1, "d": {"x": 2, "y": 3}}, {"a": 0, "b": 2, "d": {"x": 0, "y": 4}}) == {
        "a": 1,
        "b": 2,
        "d": {"x": 2, "y": 4},
    }
    assert together({"a": 0}, {"a": 0}) == {"a": 0}
    assert together({"a": 1}, "odd") == {"a": 1}
    assert together("odd", {"a": 1}) == {"a": 1}


def test_the_first_count_that_is_one() -> None:
    raw = {"a": 0, "b": {"c": 5}, "d": None, "e": "odd"}
    assert first_count(raw, "a", "b.c") == 5
    assert first_count(raw, "a", "d") == 0
    assert first_count(raw, "d", "x.y", "e.f") is None


async def test_usage_that_is_none_is_kept_as_it_came(serve: Serve, pool: Pool) -> None:
    body = {"choices": [{"message": {"content": "Hi"}, "finish_reason": "stop"}], "usage": ["odd"]}
    response = await respond(serve, pool, SRV, answer(body), stream=False)
    assert response.usage == Usage(raw={"usage": ["odd"]})
