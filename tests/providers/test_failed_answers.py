"""A failed answer is never a good one, whatever its status; and no good one is failed for a word that says nothing."""

from __future__ import annotations

from typing import Any

import pytest

from playground import pricing
from playground.domain import ModelRef, Request, Usage
from playground.engine.receipt import priced
from playground.providers.inside import error_in, real
from playground.wire import Pool
from tests.loopback import answer, sse, stream, whole
from tests.providers.calling import Serve, respond, streamed, unstreamed

CLAUDE, CHAT, RESPONSES, GEMINI = "anthropic:m", "srv:m", "openai:m", "gemini:m"
INTERACTIONS = "gemini/interactions:m"
DOORS = (CLAUDE, CHAT, RESPONSES, GEMINI, INTERACTIONS)
HE: dict[str, dict[str, Any]] = {
    CLAUDE: {
        "type": "content_block_delta",
        "index": 0,
        "delta": {"type": "text_delta", "text": "he"},
    },
    CHAT: {"choices": [{"index": 0, "delta": {"content": "he"}}]},
    RESPONSES: {"type": "response.output_text.delta", "delta": "he"},
    GEMINI: {"candidates": [{"content": {"parts": [{"text": "he"}]}}]},
    INTERACTIONS: {"event_type": "step.delta", "index": 0, "delta": {"type": "text", "text": "he"}},
}


def ended(door: str, word: str) -> dict[str, Any]:
    """The event with which an answer through this door ends for the reason."""
    events: dict[str, dict[str, Any]] = {
        CLAUDE: {"type": "message_delta", "delta": {"stop_reason": word}},
        CHAT: {"choices": [{"index": 0, "delta": {}, "finish_reason": word}]},
        RESPONSES: {"type": "response.completed", "response": {"status": word}},
        GEMINI: {"candidates": [{"finishReason": word}]},
        INTERACTIONS: {"event_type": "interaction.completed", "interaction": {"status": word}},
    }
    return events[door]


@pytest.mark.parametrize(
    "word", ["error", "ERROR", "failed", "network_error", "abort", "cancelled"]
)
@pytest.mark.parametrize("door", DOORS)
async def test_an_end_that_is_an_error(serve: Serve, pool: Pool, door: str, word: str) -> None:
    response = await streamed(serve, pool, door, HE[door], ended(door, word), "[DONE]")
    assert response.failure is not None
    assert response.text == "he"
    assert response.state == "failed"
    assert word.lower() in response.failure.message.lower()


async def test_an_end_for_want_of_resources_is_overload(serve: Serve, pool: Pool) -> None:
    word = "insufficient_system_resource"
    response = await streamed(serve, pool, CHAT, HE[CHAT], ended(CHAT, word))
    assert response.failure is not None
    assert response.failure.type == "overloaded"


ERROR = {"code": 502, "message": "upstream idle timeout"}


async def test_an_error_inside_a_choice(serve: Serve, pool: Pool) -> None:
    for more in ({"finish_reason": "error"}, {"finish_reason": "stop"}, {"finish_reason": None}):
        event = {"choices": [{"index": 0, "delta": {"content": ""}, "error": ERROR, **more}]}
        body = {"choices": [{"message": {"content": "he"}, "error": ERROR, **more}]}
        for response in (
            await streamed(serve, pool, CHAT, HE[CHAT], event, "[DONE]"),
            await unstreamed(serve, pool, CHAT, body),
        ):
            assert response.failure is not None
            assert (response.failure.message, response.text) == ("upstream idle timeout", "he")


TOLD: dict[str, dict[str, Any]] = {
    "error": {"error": {"message": "No luck", "code": 429}},
    "error in words": {"error": "No luck"},
    "a list": {"error": [{"message": "No luck"}]},
    "status_code": {"status_code": 429, "message": "No luck"},
    "statusCode": {"statusCode": 429, "message": "No luck"},
    "code": {"code": 429, "msg": "No luck"},
    "code as text": {"code": "429", "msg": "No luck"},
    "status": {"status": 429, "detail": "No luck"},
    "status in words": {"status": "error", "message": "No luck"},
    "null beside it": {"error": None, "status_code": 500, "message": "No luck"},
    "no choices": {"choices": [], "status_code": 500, "message": "No luck"},
    "null choices": {"choices": None, "code": 500, "message": "No luck"},
    "DashScope": {"code": "InvalidApiKey", "message": "No luck", "request_id": "r"},
    "Cloudflare": {"success": False, "errors": [{"code": 10000, "message": "No luck"}]},
    "Zhipu": {"code": 1113, "msg": "No luck", "success": False},
    "vLLM": {"object": "error", "message": "No luck", "type": "BadRequestError", "code": 400},
    "Anthropic": {"type": "error", "error": {"type": "overloaded_error", "message": "No luck"}},
    "MiniMax": {"choices": None, "base_resp": {"status_code": 1004, "status_msg": "No luck"}},
}


@pytest.mark.parametrize("told", TOLD.values(), ids=TOLD)
@pytest.mark.parametrize("door", DOORS)
async def test_an_error_inside_a_200(
    serve: Serve, pool: Pool, door: str, told: dict[str, Any]
) -> None:
    for response in (
        await unstreamed(serve, pool, door, told),
        await respond(serve, pool, door, answer(told)),
        await streamed(serve, pool, door, told),
        await streamed(serve, pool, door, HE[door], told, "[DONE]"),
    ):
        assert response.failure is not None
        assert response.failure.type != "stream_truncated"
        assert response.failure.status == 200
    assert response.text == "he"


MINIMAX = {1004: "authentication", 1002: "rate_limited", 1008: "quota_exceeded", 1027: "refused"}


async def test_what_minimax_means(serve: Serve, pool: Pool) -> None:
    for code, meant in MINIMAX.items():
        status = {"base_resp": {"status_code": code, "status_msg": "No luck"}}
        for response in (
            await unstreamed(serve, pool, CHAT, {"choices": None, **status}),
            await streamed(serve, pool, CHAT, HE[CHAT], {**ended(CHAT, "stop"), **status}),
        ):
            assert response.failure is not None
            assert (response.failure.type, response.failure.message) == (meant, "No luck")
            assert response.failure.code == str(code)


EMPTY: dict[str, tuple[str, Any]] = {
    "no choices": (CHAT, {"choices": [], "usage": {"prompt_tokens": 9, "completion_tokens": 0}}),
    "no choices but counts": (CHAT, {"choices": [], "usage": {"completion_tokens": 5}}),
    "null choices": (CHAT, {"choices": None}),
    "an empty message": (
        CHAT,
        {"choices": [{"message": {"content": ""}, "finish_reason": "stop"}]},
    ),
    "a null message": (CHAT, {"choices": [{"message": None, "finish_reason": "stop"}]}),
    "nothing counted": (
        CHAT,
        {
            "choices": [{"message": {"content": None}, "finish_reason": "stop"}],
            "usage": {"prompt_tokens": 9, "completion_tokens": 0},
        },
    ),
    "only a nameless call": (
        CHAT,
        {"choices": [{"message": {"tool_calls": [{"id": "c"}]}, "finish_reason": "tool_calls"}]},
    ),
    "no content": (CLAUDE, {"content": [], "stop_reason": "end_turn"}),
    "no candidates": (GEMINI, {"candidates": [], "usageMetadata": {"promptTokenCount": 9}}),
    "a candidate of nothing": (GEMINI, {"candidates": [{"finishReason": "STOP"}]}),
    "no output": (RESPONSES, {"status": "completed", "output": []}),
    "no steps": (INTERACTIONS, {"status": "completed", "steps": []}),
}


@pytest.mark.parametrize(("door", "body"), EMPTY.values(), ids=EMPTY)
async def test_an_empty_success_is_none(serve: Serve, pool: Pool, door: str, body: Any) -> None:
    response = await unstreamed(serve, pool, door, body)
    assert response.failure is not None
    assert response.failure.type == "server"
    assert "empty" in response.failure.message


@pytest.mark.parametrize("body", [b"", b" \r\n", b"[]", b"[[]]", b"null", b'"hello"', b"7", b"{}"])
@pytest.mark.parametrize("stream", [True, False])
@pytest.mark.parametrize("door", DOORS)
async def test_a_body_of_nothing_is_none(
    serve: Serve, pool: Pool, door: str, stream: bool, body: bytes
) -> None:
    response = await respond(serve, pool, door, whole(200, body), stream=stream)
    assert response.failure is not None
    assert response.failure.type == "server"
    assert not response.failure.message.endswith(": ")


async def test_a_stream_of_nothing_is_none(serve: Serve, pool: Pool) -> None:
    for events in (["[DONE]"], [{"choices": []}, "[DONE]"], [ended(CHAT, "stop"), "[DONE]"]):
        response = await streamed(serve, pool, CHAT, *events)
        assert response.failure is not None
        assert "empty" in response.failure.message


GOOD: dict[str, tuple[str, Any]] = {
    "a count without text": (
        CHAT,
        {
            "choices": [{"message": {"content": ""}, "finish_reason": "stop"}],
            "usage": {"prompt_tokens": 9, "completion_tokens": 1},
        },
    ),
    "only reasoning": (
        CHAT,
        {"choices": [{"message": {"reasoning_content": "hm"}, "finish_reason": "length"}]},
    ),
    "only a refusal": (
        CHAT,
        {"choices": [{"message": {"refusal": "No"}, "finish_reason": "stop"}]},
    ),
    "only a call": (
        CHAT,
        {
            "choices": [
                {
                    "message": {"function_call": {"name": "f", "arguments": "{}"}},
                    "finish_reason": "stop",
                }
            ]
        },
    ),
    "filtered before the first word": (
        CHAT,
        {"choices": [{"message": {"content": ""}, "finish_reason": "content_filter"}]},
    ),
    "an end of turn that counts": (
        CLAUDE,
        {
            "content": [],
            "stop_reason": "end_turn",
            "usage": {"input_tokens": 9, "output_tokens": 3},
        },
    ),
    "only thoughts": (
        GEMINI,
        {
            "candidates": [{"finishReason": "MAX_TOKENS"}],
            "usageMetadata": {"promptTokenCount": 9, "thoughtsTokenCount": 20},
        },
    ),
    "in the making": (RESPONSES, {"status": "queued", "output": []}),
    "an error of nothing": (
        CHAT,
        {
            "choices": [{"message": {"content": "hello"}, "finish_reason": "stop", "error": None}],
            "error": {"code": None, "message": ""},
            "status_code": 200,
            "code": 0,
            "message": "success",
        },
    ),
    "a null error": (
        RESPONSES,
        {"status": "completed", "error": None, "output": [{"type": "message", "content": "hello"}]},
    ),
    "MiniMax": (
        CHAT,
        {
            "choices": [{"message": {"content": "hello"}, "finish_reason": "stop"}],
            "base_resp": {"status_code": 0, "status_msg": ""},
        },
    ),
}


@pytest.mark.parametrize(("door", "body"), GOOD.values(), ids=GOOD)
async def test_a_good_answer_is_not_failed(serve: Serve, pool: Pool, door: str, body: Any) -> None:
    response = await unstreamed(serve, pool, door, body)
    assert response.failure is None


@pytest.mark.parametrize(
    "error",
    [
        *(None, False, 0, "", " ", "null", "none", "OK", "success", {}, [], [None], [{}]),
        *(
            {"message": None},
            {"code": 0},
            {"code": 200, "message": "success"},
            {"code": None, "type": ""},
        ),
    ],
)
def test_an_error_that_is_none(error: Any) -> None:
    assert not real(error)
    assert error_in({"error": error, "choices": []}) is None


@pytest.mark.parametrize(
    "error",
    ["No", True, 7, {"message": "No"}, {"code": 401}, ["No"], [{"message": "No"}], {"odd": "No"}],
)
def test_an_error_that_is_one(error: Any) -> None:
    assert real(error)


ZEROS: dict[str, tuple[dict[str, Any], tuple[int | None, int | None]]] = {
    "zeros": ({"prompt_tokens": 0, "completion_tokens": 0, "total_tokens": 0}, (None, None)),
    "zeros of details": (
        {
            "prompt_tokens": 0,
            "completion_tokens": 0,
            "prompt_tokens_details": {"cached_tokens": 0},
            "completion_tokens_details": {"reasoning_tokens": 0},
        },
        (None, None),
    ),
    "no output": ({"prompt_tokens": 9, "completion_tokens": 0}, (9, None)),
    "no input": ({"prompt_tokens": 0, "completion_tokens": 4}, (None, 4)),
    "a charge of nothing": ({"prompt_tokens": 0, "completion_tokens": 0, "cost": 0}, (None, None)),
}


@pytest.mark.parametrize(("counted", "read"), ZEROS.values(), ids=ZEROS)
async def test_zeros_beside_an_answer_are_not_reported(
    serve: Serve, pool: Pool, counted: dict[str, Any], read: tuple[int | None, int | None]
) -> None:
    body = {
        "choices": [{"message": {"content": "hello"}, "finish_reason": "stop"}],
        "usage": counted,
    }
    events = [HE[CHAT], ended(CHAT, "stop"), {"choices": [], "usage": counted}]
    for response in (
        await unstreamed(serve, pool, CHAT, body),
        await streamed(serve, pool, CHAT, *events),
    ):
        usage = response.usage
        assert (usage.input_tokens, usage.output_tokens) == read
        assert (usage.raw, response.failure) == (counted, None)
        (note,) = response.notes
        assert "can't be" in note
        assert note in response.remarks


ZERO_OF: dict[str, dict[str, Any]] = {
    CLAUDE: {
        "content": [{"type": "text", "text": "hello"}],
        "stop_reason": "end_turn",
        "usage": {"input_tokens": 0, "output_tokens": 0},
    },
    RESPONSES: {
        "status": "completed",
        "output": [{"type": "message", "content": "hello"}],
        "usage": {"input_tokens": 0, "output_tokens": 0},
    },
    GEMINI: {
        "candidates": [{"content": {"parts": [{"text": "hello"}]}, "finishReason": "STOP"}],
        "usageMetadata": {"promptTokenCount": 0, "candidatesTokenCount": 0},
    },
    INTERACTIONS: {
        "status": "completed",
        "steps": [{"type": "model_output", "content": [{"type": "text", "text": "hello"}]}],
        "usage": {"total_input_tokens": 0, "total_output_tokens": 0},
    },
}


@pytest.mark.parametrize(("door", "body"), ZERO_OF.items(), ids=ZERO_OF)
async def test_zeros_through_every_door(serve: Serve, pool: Pool, door: str, body: Any) -> None:
    response = await unstreamed(serve, pool, door, body)
    assert response.text == "hello"
    assert response.usage == Usage(raw=response.usage.raw)
    assert len(response.notes) == 1


async def test_zeros_have_no_cost(serve: Serve, pool: Pool) -> None:
    spelling = "openai/chat:gpt-5.4"
    asked = Request.ask(ModelRef.parse(spelling), "Hi")
    for counted in (
        {"prompt_tokens": 0, "completion_tokens": 0},
        {"prompt_tokens": 0, "completion_tokens": 0, "cost": 0},
    ):
        events = [HE[CHAT], ended(CHAT, "stop"), {"choices": [], "usage": counted}]
        response = await respond(serve, pool, spelling, stream([sse(*events)]))
        assert priced(response, asked, pricing.load()).cost is None
    counted = {"prompt_tokens": 9, "completion_tokens": 0}
    events = [HE[CHAT], ended(CHAT, "stop"), {"choices": [], "usage": counted}]
    response = await respond(serve, pool, spelling, stream([sse(*events)]))
    cost = priced(response, asked, pricing.load()).cost
    assert cost is not None
    assert cost.lower_bound
