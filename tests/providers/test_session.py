"""Sessions with the demo server through the engine: each turn is a Response like any other, with its receipt and its wire."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from decimal import Decimal
from typing import Any

import httpx2
import pytest
from websockets.asyncio.server import ServerConnection, serve

from playground.demo.process import DemoServer
from playground.domain import Endpoint, Message, ModelRef, Request, Response, Secret, Settings, Text
from playground.domain.nouns import jsonable, noun
from playground.domain.session import timeline
from playground.engine import Engine
from playground.providers import Session
from playground.wire import open_pool

REALTIME, LIVE = "openai/realtime:gpt-realtime-2.1", "gemini/live:gemini-3.8-live"
BOTH = (REALTIME, LIVE)


@pytest.fixture(scope="module")
def demo() -> Iterator[DemoServer]:
    with DemoServer(pace=0, record=True) as server:
        yield server


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    made = Engine()
    yield made
    made.close()


def talk(
    engine: Engine, demo: DemoServer, spelling: str, *questions: str, session: Session | None = None
) -> list[Response]:
    """The answers to these questions in one session."""
    held, messages, found = session or Session(), list[Message](), []
    for question in questions:
        messages.append(Message(role="user", parts=(Text(text=question),)))
        request = Request(model=ModelRef.parse(spelling), messages=tuple(messages), timeout=5)
        run = engine.start([request], demo.endpoints(), caller=held.call)
        assert run.wait(20)
        response = run.lanes[0].response
        assert response is not None
        found.append(response)
        messages.append(Message(role="assistant", parts=response.turn or (Text(text=""),)))
    engine.submit(lambda pool: held.close()).result(10)
    return found


@pytest.mark.parametrize("spelling", BOTH)
def test_two_turns_are_two_responses_over_one_websocket(
    engine: Engine, demo: DemoServer, spelling: str
) -> None:
    first, second = talk(engine, demo, spelling, "What is a token?", "And a prompt?")
    for response in (first, second):
        assert response.ok
        assert response.text
        assert response.simulated
        assert response.streamed
        assert response.usage.input_tokens
        assert response.time_to_first_text is not None
        assert response.timing.duration is not None
        assert 0 < response.time_to_first_text <= response.timing.duration
    assert first.timing.connect is not None
    assert second.timing.connect is None
    kinds = [[(e.direction, e.type) for e in timeline(r.exchange)] for r in (first, second)]
    assert ("sent", "setup" if spelling == LIVE else "session.update") in kinds[0]
    assert ("sent", "setup" if spelling == LIVE else "session.update") not in kinds[1]


@pytest.mark.parametrize("spelling", BOTH)
def test_the_whole_conversation_is_billed_again(
    engine: Engine, demo: DemoServer, spelling: str
) -> None:
    first, second, third = talk(engine, demo, spelling, "What is a token?", "And a prompt?", "Why?")
    given = [response.usage.input_tokens or 0 for response in (first, second, third)]
    made = [response.usage.output_tokens or 0 for response in (first, second, third)]
    assert given[1] >= given[0] + made[0]
    assert given[2] >= given[1] + made[1]


def test_a_turn_costs_what_its_kinds_of_tokens_cost(engine: Engine, demo: DemoServer) -> None:
    (response,) = talk(engine, demo, LIVE, "What is a token?")
    usage, cost = response.usage, response.cost
    assert cost is not None
    given, made = Decimal(usage.input_tokens or 0), Decimal(usage.output_tokens or 0)
    assert cost.total == (given * Decimal("0.75") + made * Decimal("4.5")) / 1_000_000
    assert cost.price.model == "gemini-3.8-live"


@pytest.mark.parametrize("spelling", BOTH)
def test_the_copy_is_what_the_server_saw(engine: Engine, demo: DemoServer, spelling: str) -> None:
    with httpx2.Client(base_url=demo.base_url, trust_env=False, timeout=60) as http:
        http.get("/_log")
        (response,) = talk(engine, demo, spelling, "What is a token?")
        line = next(line for line in http.get("/_log").json() if "wire" in line)
    there = [(way, json.loads(text)) for way, text in line["wire"]]
    ours = [
        ("in" if e.direction == "sent" else "out", json.loads(e.data))
        for e in timeline(response.exchange)
    ]
    assert [m for way, m in ours if way == "in"] == [m for way, m in there if way == "in"]
    assert [m for way, m in ours if way == "out"] == [m for way, m in there if way == "out"]


def test_a_model_that_is_asked_once_has_a_session_of_one_turn(
    engine: Engine, demo: DemoServer
) -> None:
    asked = [Request.ask(ModelRef.parse(s), "What is a token?", timeout=5) for s in BOTH]
    run = engine.start(asked, demo.endpoints())
    assert run.wait(20)
    assert [lane.response.state for lane in run.lanes if lane.response] == ["done", "done"]
    assert run.lanes[0].text() == run.run().responses[0].text


def test_another_conversation_is_told_from_its_beginning(engine: Engine, demo: DemoServer) -> None:
    session = Session()
    talk(engine, demo, REALTIME, "What is a token?", session=session)
    (other,) = talk(engine, demo, REALTIME, "What is a prompt?", session=session)
    sent = [e.type for e in timeline(other.exchange) if e.direction == "sent"]
    assert sent == ["session.update", "conversation.item.create", "response.create"]


@pytest.mark.parametrize(
    ("spelling", "kind", "said"),
    [
        (f"{REALTIME}~429", "rate_limited", "Rate limit reached"),
        ("openai/realtime:nobody", "not_found", "does not exist"),
        ("gemini/live:nobody", "invalid_request", "code 1008"),
        (f"{LIVE}~cut", "server", "code 1011"),
        (f"{REALTIME}~cut", "server", "code 1011"),
    ],
)
def test_what_fails_is_said_in_plain_words(
    engine: Engine, demo: DemoServer, spelling: str, kind: str, said: str
) -> None:
    (response,) = talk(engine, demo, spelling, "What is a token?")
    assert response.failure is not None
    assert response.failure.type == kind
    assert said in response.failure.message
    assert bool(response.text) == spelling.endswith("~cut")


def test_a_server_that_falls_silent_is_a_timeout(engine: Engine, demo: DemoServer) -> None:
    asked = Request.ask(ModelRef.parse(f"{REALTIME}~stall"), "What is a token?", timeout=0.5)
    run = engine.start([asked], demo.endpoints())
    assert run.wait(20)
    failure = run.run().responses[0].failure
    assert failure is not None
    assert failure.type == "timeout"


def test_stop_closes_the_websocket_and_keeps_the_text(engine: Engine, demo: DemoServer) -> None:
    session = Session()
    asked = Request.ask(ModelRef.parse(f"{REALTIME}~stall"), "What is a token?")
    run = engine.start([asked], demo.endpoints(), caller=session.call)
    while not run.lanes[0].text():
        pass
    run.stop()
    assert run.wait(10)
    response = run.lanes[0].response
    assert response is not None
    assert response.state == "stopped"
    assert response.text
    assert response.cost is not None
    assert response.cost.lower_bound
    assert not session.open


def test_no_key_is_in_what_is_kept(engine: Engine, demo: DemoServer) -> None:
    key = Secret("canary-7f3a9c-canary")
    endpoints = {
        name: Endpoint(provider=name, base_url=e.base_url, key=key, simulated=True)
        for name, e in demo.endpoints().items()
    }
    asked = [Request.ask(ModelRef.parse(s), "What is a token?", timeout=5) for s in BOTH]
    run = engine.start(asked, endpoints)
    assert run.wait(20)
    kept: list[dict[str, Any]] = [jsonable(response) for response in run.run().responses]
    assert "canary" not in repr(kept)
    assert [noun(Response, one).model for one in kept] == [r.model for r in asked]


def test_an_engine_that_ends_leaves_no_way_open(demo: DemoServer) -> None:
    ending, session = Engine(), Session()
    request = Request(
        model=ModelRef.parse(REALTIME), messages=(Message(role="user", parts=(Text(text="Hi"),)),)
    )
    try:
        assert ending.start([request], demo.endpoints(), caller=session.call).wait(20)
        assert session.open
    finally:
        ending.close()  # what still listened would be a ResourceWarning, and with it a failed test
    assert not session.open


def test_settings_that_are_refused_fail_the_turn_and_nothing_is_asked_without_them(
    engine: Engine, demo: DemoServer
) -> None:
    """The question went out all the same and was answered by speech, five times as dear, as nobody had asked."""
    both = Settings(extra={"output_modalities": ["text", "audio"]})
    request = Request.ask(ModelRef.parse(REALTIME), "What is a token?", timeout=5, settings=both)
    run = engine.start([request], demo.endpoints())
    assert run.wait(20)
    response = run.run().responses[0]
    assert response.failure is not None
    assert response.failure.type == "invalid_request"
    assert "Invalid modalities" in response.failure.message
    assert [e.type for e in timeline(response.exchange) if e.direction == "sent"] == [
        "session.update"
    ]


@asynccontextmanager
async def realtime(*first: dict[str, Any] | str) -> AsyncIterator[Endpoint]:
    """An OpenAI that sends this when its first conversation begins, and owes that turn's answer until the next turn."""
    connections = list[ServerConnection]()

    async def session(connection: ServerConnection) -> None:
        connections.append(connection)
        waiting, owed = list(first) if len(connections) == 1 else [], list[str]()
        async for raw in connection:
            kind = json.loads(raw)["type"]
            if kind == "session.update":
                await connection.send(json.dumps({"type": "session.updated", "session": {}}))
            elif kind == "conversation.item.create":
                for message in waiting:
                    text = message if isinstance(message, str) else json.dumps(message)
                    await connection.send(text)
            elif waiting:
                waiting.clear()
                owed.append("late")
            else:
                for text in (*owed, "mine"):
                    await connection.send(json.dumps(_said(text)))

    async with serve(session, "127.0.0.1", 0) as server:
        port = next(iter(server.sockets)).getsockname()[1]
        yield Endpoint(
            provider="openai", base_url=f"http://127.0.0.1:{port}", key=Secret("canary-7f3a9c")
        )


def _said(text: str) -> dict[str, Any]:
    content = [{"type": "output_text", "text": text}]
    output = [{"type": "message", "content": content}]
    return {"type": "response.done", "response": {"status": "completed", "output": output}}


async def test_what_comes_late_of_a_failed_turn_is_not_the_next_ones_answer() -> None:
    refused = {"type": "error", "error": {"type": "invalid_request_error", "message": "no"}}
    pool, session = open_pool(), Session()
    request = Request.ask(ModelRef.parse(REALTIME), "What is a token?", timeout=5)
    async with realtime(refused) as endpoint:
        answers = []
        for _ in range(2):
            turn = session.call(request, endpoint, pool=pool)
            await turn.run()
            answers.append(turn.response())
        await session.close()
    await pool.aclose()
    assert answers[0].failure is not None
    assert (answers[1].failure, answers[1].text) == (None, "mine")


async def test_a_message_that_is_nested_too_deeply_breaks_no_copy() -> None:
    """It was a RecursionError out of the response: the engine's lane never ended."""
    deep = "[" * 100_000
    refused = {"type": "error", "error": {"message": "no"}}
    pool, session = open_pool(), Session(once=True)
    async with realtime(deep, refused) as endpoint:
        turn = session.call(
            Request.ask(ModelRef.parse(REALTIME), "Hi", timeout=5), endpoint, pool=pool
        )
        await asyncio.wait_for(turn.run(), 20)
        kept = timeline(turn.response().exchange)
    await pool.aclose()
    assert deep in [event.data for event in kept]
