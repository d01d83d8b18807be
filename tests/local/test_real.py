"""A real model behind a real server that nobody here wrote: what the simulation only plays, it does."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx2
import jsonschema
import psutil
import pytest

from playground.demo.process import DemoServer
from playground.domain import (
    Endpoint,
    Message,
    ModelRef,
    Request,
    Response,
    Settings,
    Tool,
    ToolResult,
)
from playground.engine import Engine
from playground.local.server import LocalServer, threads
from playground.wire.pool import open_pool

MODEL = ModelRef.parse("here:smollm2-135m-instruct")
SONNET = ModelRef.parse("anthropic:claude-sonnet-5-5")
EXACT = Settings(temperature=0, max_output_tokens=60)
WEATHER = Tool(
    name="weather",
    description="The weather in a city",
    parameters={
        "type": "object",
        "properties": {"city": {"type": "string"}},
        "required": ["city"],
    },
)
SCHEMA = {
    "type": "object",
    "properties": {
        "city": {"type": "string", "maxLength": 20},
        "country": {"enum": ["France", "Norway", "Japan"]},
        "founded": {"type": "integer"},
    },
    "required": ["city", "country", "founded"],
    "additionalProperties": False,
}

Endpoints = Mapping[str, Endpoint]


def asked(engine: Engine, endpoints: Endpoints, *requests: Request) -> tuple[Response, ...]:
    run = engine.start(requests, endpoints)
    assert run.wait(120)
    return run.run().responses


def test_compare_has_it_beside_others(
    engine: Engine, endpoints: Endpoints, simulation: DemoServer
) -> None:
    where = {**simulation.endpoints(), **endpoints}
    requests = [Request.ask(ref, "Say hello.", settings=EXACT) for ref in (MODEL, SONNET, MODEL)]
    first, other, again = asked(engine, where, *requests)
    for response in (first, again):
        assert response.failure is None
        assert (
            response.text == first.text != ""
        )  # temperature 0, and it has no other source of chance
        assert not response.simulated
        assert response.response_model == MODEL.model
        assert 0 < (response.time_to_first_text or 0) <= (response.timing.duration or 0)
        assert 0 < (response.usage.compute_seconds or 0) < 60
    assert other.simulated
    assert other.usage.compute_seconds is None


def test_it_costs_nothing_and_says_why(engine: Engine, endpoints: Endpoints) -> None:
    (response,) = asked(engine, endpoints, Request.ask(MODEL, "Say hello.", settings=EXACT))
    assert response.cost is not None
    assert response.cost.total == Decimal(0)
    assert "costs no money" in response.cost.notes[0]


def test_tokens_are_its_own_and_a_prompt_seen_before_is_cached(
    engine: Engine, endpoints: Endpoints
) -> None:
    text = "Mountains are old. " * 120
    requests = [Request.ask(MODEL, text + end, settings=EXACT) for end in ("Why?", "How?")]
    (first,) = asked(engine, endpoints, requests[0])
    (second,) = asked(engine, endpoints, requests[1])
    fresh, cached = first.usage, second.usage
    assert fresh.input_tokens == cached.input_tokens
    assert fresh.input_tokens is not None
    assert 480 < fresh.input_tokens < 720  # 4 to 5 tokens a sentence
    assert (fresh.cache_read_input_tokens or 0) < 60
    assert (cached.cache_read_input_tokens or 0) > 0.9 * fresh.input_tokens
    assert (second.time_to_first_text or 9) < (first.time_to_first_text or 0)


def test_a_longer_prompt_takes_longer_to_its_first_text(
    engine: Engine, endpoints: Endpoints
) -> None:
    short, long = (
        asked(engine, endpoints, Request.ask(MODEL, text, settings=EXACT))[0].time_to_first_text
        for text in ("Rivers?", "Rivers run to the sea, and they are long. " * 60)
    )
    assert short is not None
    assert long is not None
    assert long > 2 * short


@pytest.mark.parametrize("stream", [True, False])
def test_a_tool_is_called_and_its_result_is_read(
    engine: Engine, endpoints: Endpoints, stream: bool
) -> None:
    request = Request.ask(
        MODEL, "What is the weather in Paris?", tools=(WEATHER,), settings=EXACT, stream=stream
    )
    (response,) = asked(engine, endpoints, request)
    assert response.finish_reason == "tool_calls"
    (call,) = response.tool_calls
    assert (call.name, call.arguments) == ("weather", {"city": "Paris"})
    result = ToolResult(id=call.id, name=call.name, content="18 degrees and rain")
    turns = (
        *request.messages,
        Message(role="assistant", parts=response.turn),
        Message(role="user", parts=(result,)),
    )
    after = Request(model=MODEL, messages=turns, tools=(WEATHER,), settings=EXACT, stream=stream)
    (answer,) = asked(engine, endpoints, after)
    assert answer.failure is None
    assert "18" in answer.text


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_schema_holds_whatever_it_draws(engine: Engine, endpoints: Endpoints, seed: int) -> None:
    settings = Settings(response_schema=SCHEMA, seed=seed, temperature=1.5, max_output_tokens=200)
    request = Request.ask(MODEL, "Name a city.", settings=settings)
    (response,) = asked(engine, endpoints, request)
    assert response.failure is None
    jsonschema.validate(json.loads(response.text), SCHEMA)


def test_logprobs_come_with_the_answer(engine: Engine, endpoints: Endpoints) -> None:
    extra = {"logprobs": True, "top_logprobs": 3}
    settings = Settings(temperature=0, max_output_tokens=5, extra=extra)
    request = Request.ask(MODEL, "Say hello.", settings=settings, stream=False)
    (response,) = asked(engine, endpoints, request)
    assert response.exchange is not None
    body: dict[str, Any] = json.loads(response.exchange.response_body or "")
    found = body["choices"][0]["logprobs"]["content"]
    assert len(found) == 5
    for token in found:
        assert token["logprob"] <= 0
        assert len(token["top_logprobs"]) == 3


def test_a_prompt_past_its_window_is_told_as_such(engine: Engine, endpoints: Endpoints) -> None:
    request = Request.ask(MODEL, "word " * 9_000, settings=EXACT)
    (response,) = asked(engine, endpoints, request)
    assert response.failure is not None
    assert response.failure.type == "context_length"
    assert "exceeds the available context size" in response.failure.message


def test_nobody_without_its_key_is_answered(server: LocalServer) -> None:
    base = server.endpoint().base_url
    with httpx2.Client(trust_env=False, headers={"origin": "http://evil.example"}) as page:
        answer = page.post(f"{base}/chat/completions", json={"messages": []})
    assert answer.status_code == 401
    assert answer.headers["access-control-allow-origin"] == "null"


def test_it_listens_on_loopback_only_and_leaves_half_of_the_cores(server: LocalServer) -> None:
    process = psutil.Process(server.pid)
    listening = [c.laddr.ip for c in process.net_connections("inet") if c.status == "LISTEN"]
    assert listening == ["127.0.0.1"]
    assert 1 <= threads() <= max(1, (os.cpu_count() or 1) // 2)


def test_it_is_called_directly_where_a_proxy_is_set(
    server: LocalServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    endpoint = server.endpoint()
    pool = open_pool()
    assert pool.proxy_to(endpoint.base_url) is not None
    pool.allow(endpoint)
    assert pool.proxy_to(endpoint.base_url) is None


def test_it_starts_and_answers_within_seconds_and_ends_when_told(
    set_up: Path, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PLAYGROUND_LOCAL_DIR", str(set_up))
    begun = time.monotonic()
    server = LocalServer()
    endpoint = server.endpoint()
    (response,) = asked(engine, {"here": endpoint}, Request.ask(MODEL, "Hi", settings=EXACT))
    assert response.failure is None
    assert time.monotonic() - begun < 30  # 5 where nothing else runs; here all other tests do
    pid = server.pid
    assert pid is not None
    server.stop()
    assert not psutil.pid_exists(pid)
    assert not server.running
