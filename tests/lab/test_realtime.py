"""A session's turns: what of each was billed before, what it cost, and which sessions stay open."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from uuid import uuid4

import pytest

from playground.demo.process import DemoServer
from playground.domain import Request, Run
from playground.engine import Engine, LiveRun, ended_run
from playground.lab import realtime
from playground.lab.realtime import QUESTIONS, Held
from playground.providers import Session


@pytest.fixture(scope="module")
def demo() -> Iterator[DemoServer]:
    with DemoServer(pace=0) as server:
        yield server


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    made = Engine()
    yield made
    made.close()


def held(engine: Engine, demo: DemoServer, provider: str, *, speech: bool = False) -> list[LiveRun]:
    """The sample as one session with the provider's first model."""
    model = next(m for m in realtime.models(demo.endpoints()) if m.ref.provider == provider)
    session, runs = Session(), list[LiveRun]()
    for question in QUESTIONS:
        request = realtime.asked(model.ref, question, runs, speech=speech)
        runs.append(engine.start([request], demo.endpoints(), caller=session.call))
        assert runs[-1].wait(20)
    engine.submit(lambda pool: realtime.close([session], pool)).result(10)
    assert not session.open
    return runs


@pytest.mark.parametrize("provider", ["openai", "gemini"])
def test_each_turn_is_billed_for_all_that_was_said_before(
    engine: Engine, demo: DemoServer, provider: str
) -> None:
    turns = realtime.turns(held(engine, demo, provider))
    assert [turn.number for turn in turns] == [1, 2, 3]
    assert turns[0].again == 0
    for before, after in itertools.pairwise(turns):
        usage = before.response.usage
        assert after.again == (usage.input_tokens or 0) + (usage.output_tokens or 0)
        assert (after.new or 0) + after.again == after.response.usage.input_tokens
        assert (after.new or 0) > 0
    costs = [turn.response.cost.total for turn in turns if turn.response.cost]
    assert realtime.total(turns) == sum(costs)


def ask(
    engine: Engine, demo: DemoServer, session: Session, runs: list[LiveRun], request: Request
) -> None:
    runs.append(engine.start([request], demo.endpoints(), caller=session.call))
    assert runs[-1].wait(20)


@pytest.mark.parametrize("provider", ["openai", "gemini"])
@pytest.mark.parametrize("cut", [False, True])
def test_functions_run_here_and_their_results_go_back_in_the_session(
    engine: Engine, demo: DemoServer, provider: str, cut: bool
) -> None:
    model = next(m for m in realtime.models(demo.endpoints()) if m.ref.provider == provider)
    session, runs = Session(), list[LiveRun]()
    first = realtime.asked(model.ref, realtime.CALLING, runs, speech=False, functions=True)
    ask(engine, demo, session, runs, first)
    assert realtime.waits(runs)
    if cut:  # the next WebSocket is told the call and its result
        engine.submit(lambda pool: realtime.close([session], pool)).result(10)
    ask(engine, demo, session, runs, realtime.going_on(runs[-1]))
    assert not realtime.waits(runs)
    called, answered = realtime.turns(runs)
    assert [ran.call.name for ran in called.ran] == ["current_time", "find_customer"]
    assert '"plan": "Team"' in called.ran[1].result.content
    assert not any(ran.result.is_error for ran in called.ran)
    assert answered.question == "results of current_time, find_customer"
    assert answered.response.text
    assert answered.response.usage.input_tokens
    assert called.later is (provider == "gemini")
    costs = [t.response.cost.total for t in (called, answered) if t.response.cost]
    assert len(costs) == (1 if provider == "gemini" else 2)
    assert realtime.total([called, answered]) == sum(costs)
    sent = [event.type for event in answered.events if event.direction == "sent"]
    results = {"openai": "conversation.item.create", "gemini": "tool_response"}[provider]
    assert (results in sent) is not (cut and provider == "gemini"), sent
    ask(
        engine,
        demo,
        session,
        runs,
        realtime.asked(model.ref, "What is a token?", runs, speech=False, functions=True),
    )
    assert realtime.turns(runs)[-1].response.ok
    assert (realtime.turns(runs)[-1].again or 0) > (answered.response.usage.input_tokens or 0)
    engine.submit(lambda pool: realtime.close([session], pool)).result(10)


def test_a_model_that_calls_on_and_on_is_not_answered_for_ever(
    engine: Engine, demo: DemoServer
) -> None:
    ref = realtime.models(demo.endpoints())[0].ref
    session, runs = Session(), list[LiveRun]()
    first = realtime.asked(ref, realtime.CALLING, runs, speech=False, functions=True)
    ask(engine, demo, session, runs, first)
    called = runs[0].run().responses[0]
    again = realtime.going_on(runs[0])
    for _ in range(realtime.MOST_ROUNDS):
        assert realtime.waits(runs)
        run = Run(
            id=uuid4().hex,
            created_at=runs[0].created_at,
            requests=(again,),
            responses=(called,),
            simulated=True,
        )
        runs.append(ended_run(run, ""))
    assert not realtime.waits(runs)
    engine.submit(lambda pool: realtime.close([session], pool)).result(10)


@pytest.mark.parametrize("provider", ["openai", "gemini"])
def test_speech_costs_more_than_text(engine: Engine, demo: DemoServer, provider: str) -> None:
    text, speech = (
        realtime.total(realtime.turns(held(engine, demo, provider, speech=way)))
        for way in (False, True)
    )
    assert text is not None
    assert speech is not None
    assert speech > 2 * text


def test_a_session_is_its_owners_and_goes_when_nobody_uses_it() -> None:
    sessions = Held()
    mine = sessions.get("me")
    assert sessions.get("me", mine.id) is mine
    assert sessions.get("you", mine.id) is not mine
    assert not sessions.is_open("me", mine.id)
    assert sessions.idle() == []
    mine.used -= realtime.IDLE + 1
    assert sessions.idle() == [mine]
    assert sessions.drop("me", mine.id) is None


def test_no_more_sessions_are_held_than_that() -> None:
    sessions = Held()
    made = [sessions.get("me") for _ in range(realtime.MOST_OPEN + 2)]
    assert sessions.idle() == made[:2]
