"""generateContent and Interactions: what no recorded exchange shows."""

from __future__ import annotations

import json
from typing import Any

import pytest

from playground.domain import Reasoning, Text
from playground.wire import Pool
from tests.loopback import sse, stream
from tests.providers.calling import Serve, calls, respond, streamed, unstreamed

GENERATE, INTERACTIONS = "gemini:m", "gemini/interactions:m"


def said(*parts: dict[str, Any], finish: str | None = None, **more: Any) -> dict[str, Any]:
    candidate: dict[str, Any] = {"content": {"role": "model", "parts": list(parts)}, **more}
    if finish:
        candidate["finishReason"] = finish
    return {"candidates": [candidate], "modelVersion": "m-1", "responseId": "r"}


async def test_a_blocked_prompt_is_refused(serve: Serve, pool: Pool) -> None:
    event = {"promptFeedback": {"blockReason": "PROHIBITED_CONTENT"}, "modelVersion": "m-1"}
    for response in (
        await streamed(serve, pool, GENERATE, event),
        await unstreamed(serve, pool, GENERATE, event),
    ):
        assert response.failure is not None
        assert (response.failure.type, response.failure.code) == ("refused", "PROHIBITED_CONTENT")
        assert response.finish_reason == "PROHIBITED_CONTENT"


@pytest.mark.parametrize("reason", ["SAFETY", "RECITATION", "MALFORMED_FUNCTION_CALL", "A_NEW_ONE"])
async def test_an_answer_cut_short_for_safety_is_an_answer(
    serve: Serve, pool: Pool, reason: str
) -> None:
    event = {"candidates": [{"finishReason": reason, "index": 0}]}
    response = await streamed(serve, pool, GENERATE, said({"text": "He"}), event)
    assert (response.text, response.finish_reason, response.failure) == ("He", reason, None)


@pytest.mark.parametrize("spelled", ["bare", "data", "list"])
async def test_an_error_in_mid_stream(serve: Serve, pool: Pool, spelled: str) -> None:
    error = {"error": {"code": 503, "message": "The model is overloaded.", "status": "UNAVAILABLE"}}
    text = json.dumps([error] if spelled == "list" else error, indent=2)
    event = sse(error) if spelled == "data" else text.replace("\n", "\r\n").encode()
    first = sse(said({"text": "He"})).replace(b"\n", b"\r\n")
    response = await respond(serve, pool, GENERATE, stream([first, event]))
    assert response.failure is not None
    assert (response.failure.type, response.failure.status) == ("overloaded", 200)
    assert (response.failure.code, response.text) == ("UNAVAILABLE", "He")


async def test_a_stream_without_a_finish_reason_is_truncated(serve: Serve, pool: Pool) -> None:
    response = await streamed(serve, pool, GENERATE, said({"text": "He"}))
    assert response.failure is not None
    assert (response.failure.type, response.text) == ("stream_truncated", "He")


async def test_only_the_last_usage_counts_and_tool_prompts_are_input(
    serve: Serve, pool: Pool
) -> None:
    def usage(**counts: int) -> dict[str, Any]:
        return {"usageMetadata": counts}

    response = await streamed(
        serve,
        pool,
        GENERATE,
        {**said({"text": "a"}), **usage(promptTokenCount=8, candidatesTokenCount=9)},
        {
            **said({"text": "b"}, finish="STOP"),
            **usage(
                promptTokenCount=427,
                candidatesTokenCount=5,
                thoughtsTokenCount=30,
                toolUsePromptTokenCount=60,
                cachedContentTokenCount=100,
            ),
        },
    )
    found = response.usage
    assert (found.input_tokens, found.tool_use_input_tokens) == (427 + 60, 60)
    assert (found.output_tokens, found.reasoning_output_tokens) == (5 + 30, 30)
    assert (found.cache_read_input_tokens, found.cache_write_input_tokens) == (100, None)


async def test_several_candidates(serve: Serve, pool: Pool) -> None:
    body = said({"text": "a"}, finish="STOP", index=0)
    body["candidates"] += said({"text": "x"}, finish="MAX_TOKENS", index=1)["candidates"]
    response = await unstreamed(serve, pool, GENERATE, body)
    assert (response.text, response.choices, response.finish_reason) == ("a", ("a", "x"), "STOP")


async def test_images_are_files_and_not_text(serve: Serve, pool: Pool) -> None:
    image = {"inlineData": {"mimeType": "image/png", "data": "UE5H"}}
    response = await streamed(serve, pool, GENERATE, said(image, finish="STOP"))
    assert [(f.media_type, f.data) for f in response.files] == [("image/png", b"PNG")]
    assert response.server_tools == ()


async def test_grounding_gives_citations_and_a_count_of_searches(serve: Serve, pool: Pool) -> None:
    grounding = {
        "webSearchQueries": ["a", "b"],
        "groundingChunks": [{"web": {"uri": "u", "title": "t"}}],
    }
    event = said({"text": "a"}, finish="STOP", groundingMetadata=grounding)
    response = await streamed(
        serve, pool, GENERATE, {**event, "usageMetadata": {"promptTokenCount": 1}}
    )
    assert response.citations == ({"web": {"uri": "u", "title": "t"}},)
    assert response.usage.server_tool_calls == {"web_search": 2}


def called(go_on: bool = False, **more: Any) -> dict[str, Any]:
    return said({"functionCall": {**more, **({"willContinue": True} if go_on else {})}})


def put(path: str, go_on: bool = False, **value: Any) -> dict[str, Any]:
    return {"jsonPath": path, **value, **({"willContinue": True} if go_on else {})}


async def test_arguments_in_pieces_are_one_call(serve: Serve, pool: Pool) -> None:
    response = await streamed(
        serve,
        pool,
        GENERATE,
        called(go_on=True, name="book", id="c1"),
        called(go_on=True, partialArgs=[put("$.city", go_on=True, stringValue="San ")]),
        called(go_on=True, partialArgs=[put("$.city", stringValue="José")]),
        called(
            go_on=True,
            partialArgs=[
                put("$.guests[0].name", stringValue="Ada"),
                put("$.guests[0].age", numberValue=36),
                put("$.guests[1]['full name']", stringValue="Alan"),
                put("$.paid", boolValue=False),
                put("$.note", nullValue="NULL_VALUE"),
            ],
        ),
        called(),
        called(name="ping", args={"n": 1}),
        said(finish="STOP"),
    )
    assert [(c.id, c.name, c.arguments) for c in response.tool_calls] == [
        (
            "c1",
            "book",
            {
                "city": "San José",
                "guests": [{"name": "Ada", "age": 36}, {"full name": "Alan"}],
                "paid": False,
                "note": None,
            },
        ),
        ("", "ping", {"n": 1}),
    ]
    assert [part.kind for part in response.turn] == ["tool_call", "tool_call"]


async def test_a_call_that_breaks_off_keeps_what_it_had(serve: Serve, pool: Pool) -> None:
    response = await streamed(
        serve,
        pool,
        GENERATE,
        called(go_on=True, name="book"),
        called(go_on=True, partialArgs=[put("$.city", go_on=True, stringValue="Bos")]),
    )
    assert response.failure is not None
    assert response.failure.type == "stream_truncated"
    assert [(c.name, c.arguments) for c in response.tool_calls] == [("book", {"city": "Bos"})]


async def test_a_call_without_a_name_is_none(serve: Serve, pool: Pool) -> None:
    response = await streamed(serve, pool, GENERATE, called(), said({"text": "a"}, finish="STOP"))
    assert (response.text, response.tool_calls) == ("a", ())


@pytest.mark.parametrize("path", ["", "$", "city", "$.a[", "$[0]", "$.a[99999999]", "$.b.c"])
async def test_a_path_that_is_none_fails_and_spoils_nothing_else(
    serve: Serve, pool: Pool, path: str
) -> None:
    piece = put(path, stringValue="x")
    response = await streamed(
        serve,
        pool,
        GENERATE,
        called(name="book", args={"b": 1}, partialArgs=[piece]),
        said({"text": "after"}, finish="STOP"),
    )
    assert response.failure is not None
    assert (response.failure.type, response.text) == ("server", "after")
    assert [c.name for c in response.tool_calls] == ["book"]


async def test_the_turn_keeps_the_signatures(serve: Serve, pool: Pool) -> None:
    response = await streamed(
        serve,
        pool,
        GENERATE,
        said({"text": "h", "thought": True}),
        said({"text": "m", "thought": True}),
        said({"text": "y"}),
        said({"text": "es"}),
        said({"text": "", "thoughtSignature": "c2ln"}, finish="STOP"),
    )
    assert response.turn == (Reasoning(text="hm"), Text(text="yes", signature="c2ln"))


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (
            {
                "code": 400,
                "message": "API key not valid. Please pass a valid API key.",
                "status": "INVALID_ARGUMENT",
                "details": [
                    {
                        "@type": "type.googleapis.com/google.rpc.ErrorInfo",
                        "reason": "API_KEY_INVALID",
                    }
                ],
            },
            ("authentication", "INVALID_ARGUMENT", None),
        ),
        (
            {
                "code": 429,
                "message": "You exceeded your current quota.",
                "status": "RESOURCE_EXHAUSTED",
                "details": [
                    {"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": "34.5s"}
                ],
            },
            ("rate_limited", "RESOURCE_EXHAUSTED", 34.5),
        ),
        (
            {
                "code": 400,
                "message": "The input token count (2000000) exceeds the maximum number of tokens allowed (1048576).",
                "status": "INVALID_ARGUMENT",
            },
            ("context_length", "INVALID_ARGUMENT", None),
        ),
        (
            {"code": 503, "message": "x", "status": "UNAVAILABLE"},
            ("overloaded", "UNAVAILABLE", None),
        ),
        ({"code": 404, "message": "x", "status": "NOT_FOUND"}, ("not_found", "NOT_FOUND", None)),
    ],
)
@pytest.mark.parametrize("door", [GENERATE, INTERACTIONS])
async def test_error_answers(
    serve: Serve, pool: Pool, door: str, body: dict[str, Any], expected: tuple[Any, ...]
) -> None:
    from tests.loopback import answer

    response = await respond(serve, pool, door, answer({"error": body}, status=body["code"]))
    assert response.failure is not None
    found = response.failure
    assert (found.type, found.code, found.retry_after) == expected
    assert (found.status, found.message) == (body["code"], body["message"])


def step(index: int, kind: str, *deltas: dict[str, Any], **fields: Any) -> list[dict[str, Any]]:
    return [
        {"event_type": "step.start", "index": index, "step": {"type": kind, **fields}},
        *({"event_type": "step.delta", "index": index, "delta": d} for d in deltas),
        {"event_type": "step.stop", "index": index},
    ]


def completed(status: str = "completed", **more: Any) -> dict[str, Any]:
    interaction = {"id": "i1", "model": "m-1", "status": status, **more}
    return {"event_type": "interaction.completed", "interaction": interaction}


async def test_thought_summaries_are_reasoning(serve: Serve, pool: Pool) -> None:
    summary = {"type": "thought_summary", "content": {"type": "text", "text": "hm"}}
    signature = {"type": "thought_signature", "signature": "c2ln"}
    response = await streamed(
        serve,
        pool,
        INTERACTIONS,
        *step(0, "thought", summary, signature),
        *step(1, "model_output", {"type": "text", "text": "yes"}),
        completed(),
    )
    assert (response.reasoning_text, response.text) == ("hm", "yes")
    assert response.turn == (Reasoning(text="hm", signature="c2ln"), Text(text="yes"))


async def test_arguments_in_pieces(serve: Serve, pool: Pool) -> None:
    pieces = [{"type": "arguments_delta", "arguments": piece} for piece in ('{"a"', ":1}")]
    response = await streamed(
        serve,
        pool,
        INTERACTIONS,
        *step(0, "function_call", *pieces, id="c", name="f", arguments={}),
        completed("requires_action"),
    )
    assert calls(response) == [("c", "f", {"a": 1})]
    assert (response.finish_reason, response.failure) == ("requires_action", None)


@pytest.mark.parametrize("status", ["incomplete", "requires_action", "a_new_one"])
async def test_a_status_that_is_no_failure(serve: Serve, pool: Pool, status: str) -> None:
    said = step(0, "model_output", {"type": "text", "text": "He"})
    response = await streamed(serve, pool, INTERACTIONS, *said, completed(status))
    assert (response.finish_reason, response.failure) == (status, None)


async def test_an_interaction_that_failed_says_why(serve: Serve, pool: Pool) -> None:
    errors = [{"code": "INTERNAL", "message": "It broke."}]
    event = completed("failed", errors=errors)
    for response in (
        await streamed(serve, pool, INTERACTIONS, event),
        await unstreamed(serve, pool, INTERACTIONS, event["interaction"]),
    ):
        assert response.failure is not None
        assert (response.failure.type, response.failure.message) == ("server", "It broke.")
        assert response.finish_reason == "failed"


async def test_an_error_event(serve: Serve, pool: Pool) -> None:
    error = {"event_type": "error", "error": {"code": "UNAVAILABLE", "message": "Later."}}
    response = await streamed(
        serve, pool, INTERACTIONS, *step(0, "model_output", {"type": "text", "text": "He"}), error
    )
    assert response.failure is not None
    assert (response.failure.type, response.text) == ("overloaded", "He")


async def test_an_image_in_pieces(serve: Serve, pool: Pool) -> None:
    pieces = [{"type": "image", "mime_type": "image/png", "data": d} for d in ("UE5H", "UERG")]
    response = await streamed(
        serve, pool, INTERACTIONS, *step(0, "model_output", *pieces), completed()
    )
    assert [(f.media_type, f.data) for f in response.files] == [("image/png", b"PNGPDF")]
