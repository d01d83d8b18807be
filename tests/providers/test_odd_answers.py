"""Whatever a provider sends in place of what it should, there is a Response that can be priced, shown, stored and exported."""

from __future__ import annotations

import functools
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from playground import pricing
from playground.domain import Endpoint, ModelRef, Request, Response, Run
from playground.engine.receipt import priced
from playground.export import from_json, to_json
from playground.export.document import Labelled
from playground.export.formats import FORMATS
from playground.providers import Call
from playground.providers.fitting import reported
from playground.providers.openai_chat import usage
from playground.store.packing import pack_response, unpack_response
from tests.loopback import sse
from tests.providers.calling import KEY, endpoint

CHAT_USAGE = {
    "prompt_tokens": 9,
    "completion_tokens": 4,
    "total_tokens": 13,
    "prompt_tokens_details": {"cached_tokens": 2},
    "completion_tokens_details": {"reasoning_tokens": 1},
}
MESSAGE = {"id": "m1", "model": "claude", "type": "message", "role": "assistant", "content": []}
OUTPUT = [
    {"type": "reasoning", "id": "r1", "summary": [{"type": "summary_text", "text": "Hm"}]},
    {"type": "message", "content": [{"type": "output_text", "text": "Hello", "annotations": []}]},
    {"type": "function_call", "id": "f1", "call_id": "c1", "name": "look", "arguments": "{}"},
]
RESPONSE = {
    "id": "resp_1",
    "model": "gpt",
    "status": "completed",
    "service_tier": "default",
    "output": OUTPUT,
    "usage": {
        "input_tokens": 9,
        "output_tokens": 4,
        "input_tokens_details": {"cached_tokens": 2},
        "output_tokens_details": {"reasoning_tokens": 1},
    },
}
GEMINI = {
    "responseId": "g1",
    "modelVersion": "gemini",
    "candidates": [
        {
            "index": 0,
            "finishReason": "STOP",
            "content": {
                "parts": [
                    {"text": "Hm", "thought": True},
                    {"text": "Hello", "thoughtSignature": "c2ln"},
                    {"functionCall": {"id": "c1", "name": "look", "args": {"q": 1}}},
                ]
            },
            "groundingMetadata": {"webSearchQueries": ["q"], "groundingChunks": [{"web": {}}]},
        }
    ],
    "usageMetadata": {
        "promptTokenCount": 9,
        "candidatesTokenCount": 3,
        "thoughtsTokenCount": 1,
        "promptTokensDetails": [{"modality": "TEXT", "tokenCount": 9}],
    },
}
INTERACTION = {
    "id": "i1",
    "model": "gemini",
    "status": "completed",
    "steps": [
        {"type": "thought", "signature": "c2ln", "summary": [{"type": "text", "text": "Hm"}]},
        {"type": "model_output", "content": [{"type": "text", "text": "Hello"}]},
        {"type": "function_call", "id": "c1", "name": "look", "arguments": {"q": 1}},
    ],
    "usage": {"total_input_tokens": 9, "total_output_tokens": 3, "total_thought_tokens": 1},
}
CHAT_CALL = {"index": 0, "id": "c1", "function": {"name": "look", "arguments": "{}"}}
STREAMS: dict[str, list[dict[str, Any]]] = {
    "openai": [
        {"type": "response.created", "response": {**RESPONSE, "output": [], "usage": None}},
        {"type": "response.output_text.delta", "delta": "Hello"},
        {"type": "response.output_item.done", "output_index": 0, "item": OUTPUT[2]},
        {"type": "response.completed", "response": RESPONSE},
    ],
    "openai/chat": [
        {"id": "x", "model": "gpt", "choices": [{"index": 0, "delta": {"content": "Hello"}}]},
        {"id": "x", "choices": [{"index": 1, "delta": {"content": "Hi", "refusal": "No"}}]},
        {"id": "x", "choices": [{"index": 0, "delta": {"tool_calls": [CHAT_CALL]}}]},
        {"id": "x", "choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]},
        {"id": "x", "choices": [], "usage": CHAT_USAGE},
    ],
    "anthropic": [
        {"type": "message_start", "message": {**MESSAGE, "usage": {"input_tokens": 9}}},
        {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}},
        {
            "type": "content_block_delta",
            "index": 0,
            "delta": {"type": "text_delta", "text": "Hello"},
        },
        {"type": "content_block_stop", "index": 0},
        {
            "type": "message_delta",
            "delta": {"stop_reason": "end_turn"},
            "usage": {"output_tokens": 4, "cache_creation": {"ephemeral_5m_input_tokens": 1}},
        },
        {"type": "message_stop"},
    ],
    "gemini": [GEMINI],
    "gemini/interactions": [
        {"event_type": "interaction.created", "interaction": {"id": "i1"}},
        {"event_type": "step.start", "index": 0, "step": {"type": "model_output"}},
        {"event_type": "step.delta", "index": 0, "delta": {"type": "text", "text": "Hello"}},
        {"event_type": "step.stop", "index": 0},
        {"event_type": "interaction.completed", "interaction": INTERACTION},
    ],
}
BODIES: dict[str, dict[str, Any]] = {
    "openai": RESPONSE,
    "openai/chat": {
        "id": "x",
        "model": "gpt",
        "choices": [
            {
                "index": 0,
                "finish_reason": "stop",
                "message": {"content": "Hello", "tool_calls": [CHAT_CALL], "annotations": []},
            }
        ],
        "usage": CHAT_USAGE,
    },
    "anthropic": {
        **MESSAGE,
        "content": [
            {"type": "thinking", "thinking": "Hm", "signature": "c2ln"},
            {"type": "text", "text": "Hello", "citations": [{"url": "u"}]},
            {"type": "tool_use", "id": "c1", "name": "look", "input": {"q": 1}},
        ],
        "stop_reason": "end_turn",
        "usage": {"input_tokens": 9, "output_tokens": 4, "server_tool_use": {"web_search": 1}},
    },
    "gemini": GEMINI,
    "gemini/interactions": INTERACTION,
}
MODELS = {
    "openai": "gpt-6.1-sol",
    "openai/chat": "gpt-6.1-sol",
    "anthropic": "claude-sonnet-5-5",
    "gemini": "gemini-3.5-flash",
    "gemini/interactions": "gemini-3.5-flash",
}
JUNK: st.SearchStrategy[Any] = st.sampled_from(
    [
        None,
        {},
        [],
        "",
        0,
        -1,
        1.5,
        12.0,
        True,
        "junk",
        "12",
        10**40,
        "\ud83d",
        [None],
        {"a": 1},
        [[]],
    ]
)


@dataclass
class Answering:
    """A pool whose server answers with these bytes."""

    body: bytes
    content_type: str
    hosted: bool = False
    status: int = 200

    def __post_init__(self) -> None:
        self.headers = [(b"content-type", self.content_type.encode())]
        self.extensions: dict[str, Any] = {}
        self.stream = self

    def allow(self, _: Any) -> None: ...

    def proxy_to(self, _: Any) -> None: ...

    async def send(self, *_: Any) -> Answering:
        return self

    async def __aiter__(self) -> AsyncIterator[bytes]:
        yield self.body

    async def aclose(self) -> None: ...


def places(value: Any, here: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Where something stands inside, from the outside in."""
    if not isinstance(value, dict | list):
        return []
    inner = value.items() if isinstance(value, dict) else enumerate(value)
    return [p for k, v in inner for p in [(*here, k), *places(v, (*here, k))]]


@st.composite
def spoilt(draw: st.DrawFn, answer: Any) -> Any:
    """The answer with something else, or nothing, in one to three places."""
    made = json.loads(json.dumps(answer))
    for _ in range(draw(st.integers(1, 3))):
        found = places(made)
        if not found:
            break
        *way, last = draw(st.sampled_from(found))
        inside = made
        for step in way:
            inside = inside[step]
        if isinstance(inside, dict) and draw(st.booleans()):
            del inside[last]
        else:
            inside[last] = draw(JUNK.map(lambda junk: json.loads(json.dumps(junk))))
    return made


LIVE = settings(max_examples=min(60, settings().max_examples))
"""Every example is a call through an SDK, and every export of its answer."""


@functools.cache
def nowhere(spelling: str) -> Endpoint:
    """The endpoint of every example: an SDK's client is made once for it."""
    return endpoint(spelling, "http://127.0.0.1:9/v1")


async def answered(door: str, body: bytes, *, stream: bool) -> Response:
    spelling = f"{door}:{MODELS[door]}"
    pool: Any = Answering(body, "text/event-stream" if stream else "application/json")
    asked = Request.ask(ModelRef.parse(spelling), "Hi", stream=stream)
    call = Call(asked, nowhere(spelling), pool=pool)
    await call.run()
    response = priced(call.response(), asked, pricing.load())
    leaves_the_app(asked, response)
    return response


def leaves_the_app(asked: Request, response: Response) -> None:
    run = Run(
        id="a" * 32,
        created_at="2026-11-21T00:00:00.000+00:00",
        requests=(asked,),
        responses=(response,),
        simulated=False,
    )
    assert from_json(to_json(run)) == [run]
    assert unpack_response(pack_response(response, {}), {}) == response
    for format_ in FORMATS.values():
        format_.write([Labelled(run)]).encode()
    assert response.usage.problems() is not None
    assert response.output_tokens_per_second is None or response.output_tokens_per_second > 0
    assert KEY.reveal() not in repr(response)


@pytest.mark.parametrize("door", STREAMS)
@given(data=st.data())
@LIVE
async def test_an_odd_stream_is_a_response(door: str, data: st.DataObject) -> None:
    events = data.draw(spoilt(STREAMS[door]))
    await answered(door, sse(*map(json.dumps, events)), stream=True)


@pytest.mark.parametrize("door", BODIES)
@given(data=st.data())
@LIVE
async def test_an_odd_body_is_a_response(door: str, data: st.DataObject) -> None:
    body = data.draw(spoilt(BODIES[door]))
    await answered(door, json.dumps(body).encode(), stream=False)


@pytest.mark.parametrize("door", STREAMS)
async def test_the_answers_are_read_when_nothing_is_odd(door: str) -> None:
    events = sse(*STREAMS[door])
    for body, stream in ((events, True), (json.dumps(BODIES[door]).encode(), False)):
        response = await answered(door, body, stream=stream)
        assert response.text == "Hello"
        assert response.usage.input_tokens == 9
        assert response.usage.output_tokens == 4


async def test_half_an_emoji_costs_no_answer() -> None:
    events = [
        *STREAMS["openai/chat"][:1],
        {"id": "x", "choices": [{"index": 0, "delta": {"content": " \ud83d"}}]},
        *STREAMS["openai/chat"][3:],
    ]
    response = await answered("openai/chat", sse(*events), stream=True)
    assert (response.failure, response.text) == (None, "Hello �")


@pytest.mark.parametrize("stream", [True, False])
async def test_bytes_that_are_no_utf8_cost_no_answer(stream: bool) -> None:
    body = {"id": "x", "choices": [{"index": 0, "message": {"content": "HelloX"}}]}
    events = [
        *STREAMS["openai/chat"][:1],
        {"id": "x", "choices": [{"index": 0, "delta": {"content": "X"}}]},
        *STREAMS["openai/chat"][3:],
    ]
    sent = sse(*events) if stream else json.dumps(body).encode()
    for odd, shown in (
        (b"\xff", "\ufffd"),
        (b"\xe4\xb8", "\ufffd"),
        (b"Gr\xf6\xdfe", "Gr\ufffd\ufffde"),
    ):
        response = await answered("openai/chat", sent.replace(b"X", odd), stream=stream)
        assert (response.failure, response.text) == (None, f"Hello{shown}")


async def test_what_else_stands_where_text_belongs_fails_the_call_and_keeps_the_rest() -> None:
    events = [*STREAMS["openai/chat"], {"choices": [{"delta": {"content": {"value": "x"}}}]}]
    response = await answered("openai/chat", sse(*events), stream=True)
    assert response.failure is not None
    assert "could not be read" in response.failure.message
    assert (response.text, response.usage.output_tokens) == ("Hello", 4)


async def test_numbers_where_text_belongs_become_text() -> None:
    body = {**BODIES["openai/chat"], "id": 17, "service_tier": ["odd"]}
    response = await answered("openai/chat", json.dumps(body).encode(), stream=False)
    assert (response.response_id, response.service_tier, response.failure) == ("17", None, None)


@pytest.mark.parametrize(
    ("count", "read"),
    [
        *[(12, 12), (12.0, 12), ("12", 12), (-1, None), (1.5, None), (10**40, None)],
        *[("9" * 40, None), ("9" * 5000, None)],
    ],
    ids=lambda value: str(value)[:12],
)
async def test_only_whole_numbers_are_counts(count: Any, read: int | None) -> None:
    body = {**BODIES["openai/chat"], "usage": {"prompt_tokens": count}}
    response = await answered("openai/chat", json.dumps(body).encode(), stream=False)
    assert response.usage.input_tokens == read
    assert response.usage.raw == {"prompt_tokens": count}
    assert response.failure is None


async def test_a_count_that_has_a_name_has_the_same_limit() -> None:
    calls = {"web_search_requests": 10**40, "web_fetch_requests": 2}
    body = {**BODIES["anthropic"], "usage": {"input_tokens": 9, "server_tool_use": calls}}
    response = await answered("anthropic", json.dumps(body).encode(), stream=False)
    assert response.usage.server_tool_calls == {"web_fetch": 2}


@pytest.mark.parametrize("raw", [["odd"], "odd", 7, {"prompt_tokens_details": "odd"}])
def test_a_usage_that_is_none_is_kept_as_it_came(raw: Any) -> None:
    found = reported(usage, raw)
    assert found is not None
    assert found.input_tokens is None
    assert found.raw in (raw, {"usage": raw})
