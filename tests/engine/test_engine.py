"""Lanes run side by side, never disturb each other, and can be found again and stopped."""

from __future__ import annotations

import asyncio
import gc
import json
import threading
import time
import urllib.request
import weakref
from collections.abc import Awaitable, Callable
from decimal import Decimal

import pytest

from playground.demo.process import DemoServer
from playground.domain import Endpoint, Failure, ModelRef, Request, Response, Secret, Settings
from playground.engine import Engine, LiveRun
from playground.engine import engine as engine_module
from playground.engine.live import Lane
from playground.engine.turns import Turns
from playground.providers import Call
from tests.loopback import Handler, Loopback, Seen, head

PROMPT = "What is a token?"
WHOLE = b'{"choices":[{"message":{"role":"assistant","content":"whole"}}]}'
HALF = "openai:gpt-6.1-sol~stall"
"""Answers with a third of the text and then says nothing more: a stream that is under way for as long as a test looks."""


def ask(spelling: str, **more: object) -> Request:
    return Request.ask(ModelRef.parse(spelling), PROMPT, **more)


def until_text(lane: Lane) -> None:
    for _ in range(1000):
        if lane.text():
            return
        time.sleep(0.01)
    pytest.fail(f"no text came: {lane.state}")


def test_a_run_that_is_forgotten_is_held_by_nobody(engine: Engine, demo: DemoServer) -> None:
    run = engine.start([ask("openai:gpt-6-luna")], demo.endpoints())
    assert run.wait(60)
    lane = weakref.ref(run.lanes[0])
    engine.forget(run)
    del run
    for _ in range(100):
        gc.collect()
        if lane() is None:
            return
        time.sleep(0.05)
    pytest.fail("it is held")


def test_every_lane_answers_with_usage_times_and_cost(engine: Engine, demo: DemoServer) -> None:
    models = ["openai:gpt-6-luna", "anthropic:claude-haiku-5-5", "gemini:gemini-3.5-flash-lite"]
    run = engine.start([ask(model) for model in models], demo.endpoints())
    assert run.wait(60)
    for lane, response in zip(run.lanes, run.run().responses, strict=True):
        assert response.failure is None
        assert lane.state == "done"
        assert lane.text() == response.text != ""
        assert response.simulated
        assert response.usage.input_tokens is not None
        timing = response.timing
        assert timing.first_text is not None
        assert timing.duration is not None
        assert 0 < timing.first_text <= timing.duration
        assert response.cost is not None
        assert response.cost.total == sum((line.amount for line in response.cost.lines), Decimal(0))
        assert response.trust.concurrent >= 1


def test_an_answer_that_came_whole_has_no_first_text_at_any_door(
    engine: Engine, demo: DemoServer
) -> None:
    models = [
        "openai:gpt-6-luna",
        "openai/chat:gpt-6-luna",
        "anthropic:claude-haiku-5-5",
        "gemini:gemini-3.5-flash-lite",
        "gemini/interactions:gemini-3.5-flash-lite",
    ]
    run = engine.start([ask(model, stream=False) for model in models], demo.endpoints())
    assert run.wait(60)
    for lane, response in zip(run.lanes, run.run().responses, strict=True):
        assert response.failure is None
        assert response.text
        assert not response.streamed
        assert lane.time_to_first_text is None
        assert (response.timing.first_text, response.time_to_first_text) == (None, None)
        assert response.output_tokens_per_second is None
        assert response.timing.duration is not None


def test_a_failing_lane_leaves_the_others_alone(engine: Engine, demo: DemoServer) -> None:
    run = engine.start(
        [ask("openai:gpt-6-luna~429"), ask("nowhere:model"), ask("openai:gpt-6-luna")],
        demo.endpoints(),
    )
    assert run.wait(60)
    limited, unknown, fine = run.run().responses
    assert limited.failure is not None
    assert limited.failure.type == "rate_limited"
    assert limited.cost is None
    assert unknown.failure is not None
    assert "nowhere" in unknown.failure.next_step
    assert fine.failure is None
    assert [lane.state for lane in run.lanes] == ["failed", "failed", "done"]


def test_the_same_model_may_run_twice(engine: Engine, demo: DemoServer) -> None:
    run = engine.start([ask("openai:gpt-6-luna")] * 2, demo.endpoints())
    assert run.wait(60)
    assert run.lanes[0].text() == run.lanes[1].text() != ""


def test_stop_closes_the_connection_and_keeps_the_text(demo: DemoServer, engine: Engine) -> None:
    run = engine.start([ask(HALF), ask("openai:gpt-6-luna")], demo.endpoints())
    until_text(run.lanes[0])
    run.stop(0)
    assert run.wait(60)
    stopped, other = run.run().responses
    assert stopped.failure is not None
    assert stopped.failure.type == "cancelled"
    assert stopped.text != ""
    assert stopped.usage.output_tokens is None
    assert stopped.cost is not None
    assert stopped.cost.lower_bound
    assert stopped.cost.estimate
    assert run.lanes[0].state == "stopped"
    assert other.failure is None


def test_the_server_sees_the_connection_close(demo: DemoServer, engine: Engine) -> None:
    urllib.request.urlopen(f"{demo.base_url}/_log").read()
    run = engine.start([ask(HALF)], demo.endpoints())
    until_text(run.lanes[0])
    asked = time.monotonic_ns()
    run.stop()
    assert run.wait(5)
    for _ in range(1000):
        entries = json.loads(urllib.request.urlopen(f"{demo.base_url}/_log").read())
        gone = [entry for entry in entries if entry.get("gone", 0) > asked]  # not an earlier test's
        if gone:
            break
        time.sleep(0.02)
    assert len(gone) == 1, "the request must reach the server once, and end when it is stopped"
    assert gone[0]["gone"] - asked < 2e9  # generous: the real floor, 0.2 s, is a benchmark's


def test_stopping_twice_and_after_the_end_changes_nothing(demo: DemoServer, engine: Engine) -> None:
    run = engine.start([ask(HALF)], demo.endpoints())
    run.stop()
    run.stop()
    assert run.wait(10)
    before = run.run()
    run.stop()
    assert run.run() == before


def test_a_run_id_can_stand_anywhere(engine: Engine) -> None:
    run = engine.start([ask("nowhere:model")], {})
    assert len(bytes.fromhex(run.id)) == 16


def test_a_run_serves_its_owner_only(engine: Engine, demo: DemoServer) -> None:
    run = engine.start([ask("openai:gpt-6-luna")], demo.endpoints(), owner="anna")
    assert engine.find(run.id, "anna") is run
    assert engine.find(run.id, "bert") is None
    assert engine.find(run.id) is None
    assert engine.find("no-such-run", "anna") is None
    run.wait(60)


def test_retries_are_counted_and_not_timed(engine: Engine, demo: DemoServer) -> None:
    run = engine.start([ask("openai:gpt-6-luna~503")], demo.endpoints(), retries=1)
    assert run.wait(60)
    (response,) = run.run().responses
    assert response.failure is not None
    assert len(response.attempts) == 1
    assert response.attempts[0].failure.type == response.failure.type
    assert response.timing.duration is not None
    assert response.timing.duration < response.attempts[0].waited


@pytest.mark.parametrize("leave", ["closed", "reset"])
async def test_a_kept_connection_that_was_closed_meanwhile_is_replaced(
    engine: Engine, serve: Callable[[Handler], Awaitable[Loopback]], leave: str
) -> None:
    served: set[asyncio.StreamWriter] = set()

    async def answer_once(seen: Seen, writer: asyncio.StreamWriter) -> None:
        if writer not in served:
            served.add(writer)
            writer.write(
                head(
                    headers={"content-type": "application/json", "content-length": str(len(WHOLE))}
                )
            )
            writer.write(WHOLE)
        elif leave == "closed":
            writer.close()
        else:
            writer.transport.abort()

    server = await serve(answer_once)
    where = {"local": Endpoint(provider="local", base_url=server.url, key=Secret("k"))}
    responses: list[Response] = []
    for _ in range(2):
        run = engine.start([ask("local:any", stream=False)], where)
        assert await asyncio.to_thread(run.wait, 60)
        responses += run.run().responses
    assert [r.text for r in responses] == ["whole", "whole"]
    assert [len(r.attempts) for r in responses] == [0, 1]
    (attempt,) = responses[1].attempts
    assert (attempt.failure.type, attempt.waited) == ("connection", 0)
    assert len(server.requests) == 3


async def test_a_new_connection_that_was_closed_is_not_asked_twice(
    engine: Engine, serve: Callable[[Handler], Awaitable[Loopback]]
) -> None:
    async def leave(seen: Seen, writer: asyncio.StreamWriter) -> None:
        writer.close()

    server = await serve(leave)
    where = {"local": Endpoint(provider="local", base_url=server.url, key=Secret("k"))}
    run = engine.start([ask("local:any")], where)
    assert await asyncio.to_thread(run.wait, 60)
    (response,) = run.run().responses
    assert response.failure is not None
    assert "hung up before it sent anything" in response.failure.message
    assert (response.attempts, len(server.requests)) == ((), 1)


def test_no_retry_where_it_cannot_help(engine: Engine, demo: DemoServer) -> None:
    run = engine.start([ask("openai:gpt-6-luna~401")], demo.endpoints(), retries=3)
    assert run.wait(60)
    assert run.run().responses[0].attempts == ()


def test_a_cut_stream_costs_at_least_what_was_seen(engine: Engine, demo: DemoServer) -> None:
    run = engine.start([ask("openai:gpt-6.1-sol~cut")], demo.endpoints())
    assert run.wait(60)
    (response,) = run.run().responses
    assert response.failure is not None
    assert response.failure.type == "stream_truncated"
    assert response.text != ""
    assert response.cost is not None
    assert response.cost.lower_bound


def test_a_missing_key_fails_before_anything_is_sent(engine: Engine) -> None:
    endpoint = Endpoint(provider="openai", base_url="http://127.0.0.1:9/v1")
    run = engine.start([ask("openai:gpt-6-luna")], {"openai": endpoint})
    assert run.wait(10)
    (response,) = run.run().responses
    assert response.failure is not None
    assert response.failure.type == "authentication"
    assert "OPENAI_API_KEY" in response.failure.next_step
    assert response.exchange is None


def test_an_unreachable_server_is_a_plain_failure(engine: Engine) -> None:
    endpoint = Endpoint(
        provider="local", base_url="http://127.0.0.1:9/v1", key=Secret("canary-key")
    )
    run = engine.start([ask("local:any")], {"local": endpoint})
    assert run.wait(10)
    (response,) = run.run().responses
    assert response.failure is not None
    assert response.failure.type == "connection"
    assert "canary-key" not in repr(response)


def test_other_work_shares_the_loop(engine: Engine) -> None:
    async def work(pool: object) -> bool:
        return pool is not None

    assert engine.submit(work).result(5)


def test_a_run_under_way_can_be_read(engine: Engine, demo: DemoServer) -> None:
    run: LiveRun = engine.start([ask(HALF)], demo.endpoints())
    until_text(run.lanes[0])
    so_far = run.run().responses[0]
    assert so_far.text != ""
    run.stop()
    run.wait(60)
    assert run.run().responses[0].text.startswith(so_far.text)


def test_runs_are_kept_by_their_bytes_the_newest_always(
    engine: Engine, demo: DemoServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    runs = [engine.start([ask("openai:gpt-6-luna")], demo.endpoints()) for _ in range(3)]
    assert all(run.wait(60) for run in runs)
    least = min(run.bytes for run in runs)
    assert least > len(runs[0].lanes[0].text())
    monkeypatch.setattr("playground.engine.engine.KEPT_BYTES", least)
    last = engine.start([ask("nowhere:model")], {})
    assert last.wait(60)
    assert [engine.find(run.id) for run in runs] == [None, None, runs[2]]
    assert engine.find(last.id) is last
    monkeypatch.setattr("playground.engine.engine.KEPT_BYTES", 0)
    large = engine.start([ask("openai:gpt-6-luna")], demo.endpoints())
    assert large.wait(60)
    assert engine.find(runs[2].id) is None
    assert engine.find(large.id) is large


@pytest.mark.parametrize("large", [False, True])
def test_a_large_answer_is_made_in_a_thread_and_stopped_as_any(
    engine: Engine, demo: DemoServer, monkeypatch: pytest.MonkeyPatch, large: bool
) -> None:
    threads: list[str] = []
    made = Call.response

    def response(call: Call, *given: Failure | None) -> Response:
        threads.append(threading.current_thread().name)
        return made(call, *given)

    monkeypatch.setattr(Call, "response", response)
    monkeypatch.setattr("playground.providers.call._LARGE", 0 if large else 2**20)
    run = engine.start([ask("openai:gpt-6-luna")], demo.endpoints())
    assert run.wait(60)
    cut = engine.start([ask(HALF)], demo.endpoints())
    until_text(cut.lanes[0])
    cut.stop()
    cut.stop()
    assert cut.wait(60)
    assert [lane.state for lane in (*run.lanes, *cut.lanes)] == ["done", "stopped"]
    for lane in (*run.lanes, *cut.lanes):  # what it was made of is let go of, not what it is
        assert lane.response is not None
        assert lane.response.exchange is not None
        assert len(lane.response.exchange.events) > 1
    assert all(("engine" in name) is not large for name in threads)


def test_more_lanes_than_may_be_under_way_wait_for_their_turn_and_no_clock_runs_for_them(
    demo: DemoServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine_module, "AT_ONCE_EACH", 4)
    engine = Engine()
    run = engine.start([ask("openai:gpt-6-luna")] * 60, demo.endpoints())
    assert run.wait(60)
    engine.close()
    responses = run.run().responses
    assert [r.failure for r in responses] == [None] * 60
    assert max(r.trust.concurrent for r in responses if r.trust) == 4
    waits = sorted(r.timing.queued or 0.0 for r in responses)
    totals = sorted(r.timing.duration or 0.0 for r in responses)
    assert waits[-1] > 5 * totals[30]
    assert totals[-2] < waits[-1]


def test_stop_reaches_lanes_whose_turn_has_not_come(
    demo: DemoServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine_module, "AT_ONCE_EACH", 2)
    monkeypatch.setattr(engine_module, "LAUNCHED", 1)
    engine = Engine()
    run = engine.start([ask("openai:gpt-6-luna")] * 200, demo.endpoints())
    run.stop()
    assert run.wait(30)
    engine.close()
    assert {r.failure.type for r in run.run().responses if r.failure} == {"cancelled"}
    assert sum(r.failure is None for r in run.run().responses) < 4


async def test_turns_are_given_by_address_and_in_all() -> None:
    turns = Turns(3, 2)
    order: list[tuple[str, int]] = []

    async def one(name: str, address: str) -> None:
        async with turns.of(address) as busy:
            order.append((name, busy()))
            await asyncio.sleep(0.01)

    await asyncio.gather(one("a", "x"), one("b", "x"), one("c", "x"), one("d", "y"), one("e", "y"))
    assert order[:3] == [("a", 1), ("b", 2), ("d", 3)]
    assert {name for name, _ in order[3:]} == {"c", "e"}


def test_an_ended_lane_keeps_its_text_whole_and_not_word_by_word(
    engine: Engine, demo: DemoServer
) -> None:
    run = engine.start(
        [ask("openai:gpt-6-luna", settings=Settings(effort="high"))], demo.endpoints()
    )
    assert run.wait(60)
    lane = run.lanes[0]
    words, shown, thought = len(lane.deltas), lane.text(), lane.text("reasoning")
    read = lane.deltas
    lane.compact()
    assert len(read) == words  # whoever reads it goes on reading
    assert words > 10 > len(lane.deltas)
    assert (lane.text(), lane.text("reasoning")) == (shown, thought)


def test_a_slip_of_ours_ends_its_lane(engine: Engine, demo: DemoServer) -> None:
    """The lane never ended: its page looked at it for ever, and its budget stayed held."""

    class Slips(Call):
        def response(self, failure: Failure | None = None) -> Response:
            raise KeyError("ours")

    run = engine.start([ask("openai:gpt-6-luna")], demo.endpoints(), caller=Slips)
    assert run.wait(20)
    response = run.lanes[0].response
    assert response is not None
    assert response.failure is not None
    assert response.failure.type == "server"
    assert "KeyError" in response.failure.message
