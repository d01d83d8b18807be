"""The wire inspector shows what the server saw and sent, byte for byte, and costs the call nothing."""

from __future__ import annotations

import json
import secrets
import statistics
import time
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
from openai import AsyncOpenAI

from playground.demo.process import DemoServer, heard_url
from playground.domain import Endpoint, Events, Exchange, ModelRef, Request, Response, Timing
from playground.domain.exchange import FORMATS, format_of
from playground.domain.nouns import jsonable, noun
from playground.engine import Engine
from playground.lab.wire import (
    difference,
    edited,
    events_document,
    pretty,
    server_time,
    steps,
)
from playground.providers import Call
from playground.providers.pieces_of import pieces_of
from playground.wire import MASK, Pool, SSEParser
from playground.wire.redact import SECRET_HEADERS

MODELS = (
    "openai:gpt-6.1-sol",
    "openai/chat:gpt-6.1-sol",
    "anthropic:claude-sonnet-5-5",
    "gemini:gemini-3.8-flash",
    "gemini/interactions:gemini-3.8-flash",
)
PROMPT = "Grüße 🙂: what is a token, and why <b>so</b>?"


def asked(engine: Engine, where: Mapping[str, Endpoint], request: Request) -> Response:
    run = engine.start([request], where)
    assert run.wait(60)
    response = run.lanes[0].response
    assert response is not None
    return response


def heard(
    simulation: DemoServer, engine: Engine, request: Request
) -> tuple[Response, dict[str, object]]:
    """The response and what the server noted of the call."""
    token = secrets.token_urlsafe(16)
    where = {
        name: replace(endpoint, base_url=heard_url(endpoint.base_url, token))
        for name, endpoint in simulation.endpoints().items()
    }
    response = asked(engine, where, request)
    (told,) = simulation.heard(token)
    return response, told


@pytest.mark.parametrize("spelled", MODELS)
@pytest.mark.parametrize("stream", [True, False], ids=["streamed", "whole"])
def test_what_is_shown_is_what_the_server_saw_and_sent(
    simulation: DemoServer, engine: Engine, spelled: str, stream: bool
) -> None:
    request = Request.ask(ModelRef.parse(spelled), PROMPT, stream=stream)
    response, told = heard(simulation, engine, request)
    exchange = response.exchange
    assert exchange is not None
    assert exchange.sent_text == told["body"]
    assert (exchange.method, exchange.status) == (told["method"], told["status"])
    assert exchange.url.endswith(str(told["target"]))
    assert exchange.request_headers == dict(told["headers"])  # type: ignore[call-overload]
    came = dict(told["response_headers"])  # type: ignore[call-overload]
    masked = {name: MASK if name in SECRET_HEADERS else value for name, value in came.items()}
    assert {n: v for n, v in exchange.response_headers.items() if n in came} == masked
    body = str(told["response_body"])
    if not stream:
        assert exchange.response_body == body
        return
    parser = SSEParser()
    sent = [*parser.feed(body.encode()), *parser.finish()]
    shown = events_document(response)["events"]
    assert [(name or None, data.encode()) for _, name, data, *_ in shown] == [
        (name, data) for name, data in sent
    ]


@pytest.mark.parametrize("spelled", MODELS)
def test_each_event_brings_its_words_and_all_of_them_are_the_answer(
    engine: Engine, where: Mapping[str, Endpoint], spelled: str
) -> None:
    response = asked(engine, where, Request.ask(ModelRef.parse(spelled), PROMPT))
    pieces = pieces_of(response)
    assert "".join(p.text for p in pieces if p.kind == "text") == response.text
    assert "".join(p.text for p in pieces if p.kind == "reasoning") == response.reasoning_text
    offsets = [at for at, *_ in events_document(response)["events"]]
    assert offsets == sorted(offsets)


@pytest.mark.parametrize("spelled", MODELS)
def test_a_changed_body_is_sent_letter_by_letter(
    simulation: DemoServer, engine: Engine, spelled: str
) -> None:
    first = asked(engine, simulation.endpoints(), Request.ask(ModelRef.parse(spelled), PROMPT))
    assert first.exchange is not None
    body = pretty(first.exchange).replace("Grüße", "Ahoi") + "\n "
    again, told = heard(simulation, engine, edited(Request.ask(first.model, PROMPT), body))
    assert again.ok, again.failure
    assert told["body"] == body
    assert again.exchange is not None
    assert again.exchange.sent_text == body
    assert again.exchange.request_headers["content-length"] == str(len(body.encode()))
    changed = dict(difference(first.exchange, again.exchange))["request body"]
    assert [line[0] for line in changed if not line.startswith((" ", "@"))] == ["-", "+"]


def test_a_body_that_is_no_json_is_sent_and_refused_by_the_api(
    simulation: DemoServer, engine: Engine
) -> None:
    request = edited(Request.ask(ModelRef.parse(MODELS[0]), PROMPT), '{"model": ')
    response, told = heard(simulation, engine, request)
    assert told["body"] == '{"model": '
    assert response.failure is not None
    assert response.failure.status == 400


def test_the_model_and_the_stream_are_what_the_body_says() -> None:
    request = Request.ask(ModelRef.parse("openai:gpt-6.1-sol"), PROMPT)
    made = edited(request, '{"model": "gpt-6.2-luna", "stream": false}')
    assert (made.model.model, made.stream) == ("gpt-6.2-luna", False)
    google = Request.ask(ModelRef.parse("gemini:gemini-3.8-flash"), PROMPT)
    made = edited(google, '{"contents": []}')
    assert (made.model, made.stream) == (google.model, True)


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"openai-processing-ms": "812"}, 0.812),
        ({"server-timing": "gfet4t7; dur=1203"}, 1.203),
        ({"server-timing": "cache;desc=hit"}, None),
        ({}, None),
    ],
)
def test_the_servers_own_time_is_read_where_a_header_tells_it(
    headers: dict[str, str], seconds: float | None
) -> None:
    found = server_time(headers)
    assert (found and found.seconds) == seconds


def test_the_waterfall_ends_each_step_at_what_it_is_called() -> None:
    timing = Timing(
        connect=0.02,
        tls=0.03,
        request_sent=0.001,
        headers=0.2,
        first_chunk=0.21,
        first_reasoning=0.3,
        first_text=0.9,
        last_chunk=1.5,
    )
    found = steps(timing)
    assert [(step.name, step.end) for step in found] == [
        ("connect", pytest.approx(-0.03)),
        ("TLS", 0.0),
        ("sent", 0.001),
        ("headers", 0.2),
        ("first event", 0.21),
        ("first reasoning", 0.3),
        ("first text", 0.9),
        ("end", 1.5),
    ]
    assert [other.start for other in found[1:]] == pytest.approx([one.end for one in found[:-1]])


def test_an_exchange_of_before_does_not_claim_to_know_its_letters() -> None:
    old = jsonable(
        Exchange(method="POST", url="http://x", request_headers={}, request_body={"a": 1})
    )
    del old["request_format"], old["request_text"]
    read = noun(Exchange, old)
    assert read.sent_text is None
    assert pretty(read) == '{\n  "a": 1\n}'


def test_every_format_gives_back_what_it_wrote() -> None:
    value = {"a": "é🙂", "b": [1, 2.5, None, True], "c": {}}
    for name, how in FORMATS.items():
        assert format_of(value, json.dumps(value, **how)) == name
    assert format_of(value, json.dumps(value, indent=1)) is None


def test_keeping_the_letters_takes_no_time_of_the_call_and_under_three_percent_of_its_work(
    engine: Engine, where: Mapping[str, Endpoint]
) -> None:
    """All that is done for the inspector during a run is finding how the body was written, after the answer's end."""
    request = Request.ask(ModelRef.parse(MODELS[0]), PROMPT * 20)
    asked(engine, where, request)
    calls = 20
    began = time.process_time()
    responses = [asked(engine, where, request) for _ in range(calls)]
    whole = (time.process_time() - began) / calls
    body = responses[0].exchange
    assert body is not None
    text = body.sent_text or ""
    rounds = 200
    began = time.process_time()
    for _ in range(rounds):
        format_of(body.request_body, text)
    added = (time.process_time() - began) / rounds
    assert added < 0.03 * whole


@pytest.mark.parametrize("spelled", ["openai/chat:gpt-6.1-sol", "openai:gpt-6.1-sol"])
async def test_an_answer_comes_at_most_three_percent_later_than_through_the_bare_sdk(
    spelled: str, pool: Pool
) -> None:
    """The same answer by turns: through the SDK alone, and recorded, timed and read as it is in the app."""
    ref = ModelRef.parse(spelled)
    request = Request.ask(ref, PROMPT)
    with DemoServer(pace=0.2) as server:
        endpoint = server.endpoints()["openai"]
        client = AsyncOpenAI(base_url=endpoint.base_url, api_key="demo", max_retries=0)

        async def alone() -> float:
            began = time.perf_counter()
            if ref.api == "chat":
                stream: Any = await client.chat.completions.create(
                    model=ref.model, messages=[{"role": "user", "content": PROMPT}], stream=True
                )
            else:
                stream = await client.responses.create(model=ref.model, input=PROMPT, stream=True)
            async for _ in stream:
                pass
            return time.perf_counter() - began

        async def recorded() -> float:
            began = time.perf_counter()
            call = Call(request, endpoint, pool=pool)
            await call.run()
            response = call.response()
            assert response.exchange is not None
            assert len(response.exchange.events) > 20
            return time.perf_counter() - began

        await alone()
        await recorded()
        pairs = [(await alone(), await recorded()) for _ in range(7)]
        await client.close()
    bare, ours = (statistics.median(times) for times in zip(*pairs, strict=True))
    assert bare > 0.3
    assert ours <= 1.03 * bare, (bare, ours)


def test_twenty_thousand_events_are_prepared_within_two_seconds_of_work() -> None:
    delta = '{"choices":[{"index":0,"delta":{"content":"word %d "}}]}'
    raw = [(i / 1000, None, (delta % i).encode()) for i in range(20_000)]
    exchange = Exchange(
        method="POST",
        url="http://x",
        request_headers={},
        request_body={},
        status=200,
        events=Events(raw, zero=0.0),
    )
    response = Response(model=ModelRef.parse("openai/chat:gpt-6.1-sol"), exchange=exchange)
    began = time.process_time()
    made = events_document(response)
    assert time.process_time() - began < 2.0
    assert len(made["events"]) == 20_000
    assert made["events"][-1][4] == "word 19999 "
