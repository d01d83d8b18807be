"""Why the cache missed from one turn to the next: on the simulation, with what a provider keeps, and the bill of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from uuid import uuid4

import pytest

from playground import pricing
from playground.domain import Endpoint, ModelRef, clock
from playground.engine import Engine, ended_run
from playground.lab import conversation as lab
from playground.lab import conversation_cache
from playground.lab.conversation import Conversation, Rules, Turn

QUESTIONS = ("What is a token?", "What is an API key?")
RULE = "Write dates as 2026-11-26, name the time zone, and set thousands apart. "


def long_system() -> str:
    """About 7,000 tokens that no other test has sent."""
    return f"{uuid4().hex}\n{RULE * 350}"


def rules(*models: str, **more: object) -> Rules:
    return Rules(models=tuple(ModelRef.parse(model) for model in models), **more)  # type: ignore[arg-type]


def talk(
    engine: Engine, where: dict[str, Endpoint], each: Sequence[Rules], questions: Sequence[str]
) -> Conversation:
    """The questions asked one after the other, each by its own rules."""
    made = Conversation(id="test", rules=each[0])
    for question, rule in zip(questions, each, strict=True):
        path = made.path()
        asked = [lab.request(rule, lane, path, question) for lane in range(len(rule.models))]
        run = engine.start(asked, where)
        assert run.wait(20)
        made.add(Turn(question=question, live=run, parent=made.head))
    return made


@pytest.mark.parametrize(
    "model",
    [
        "openai:gpt-6.1-sol",
        "openai/chat:gpt-6-luna",
        "anthropic:claude-sonnet-5-5",
        "gemini:gemini-3.8-flash",
    ],
)
def test_a_conversation_that_only_goes_on_reads_all_that_it_resends(
    model: str, engine: Engine, where: dict[str, Endpoint]
) -> None:
    asked = rules(model, system=long_system(), cache=True)
    path = talk(engine, where, [asked, asked], QUESTIONS).path()
    assert conversation_cache.told(path[:1], 0) is None
    told = conversation_cache.told(path, 0)
    assert told is not None
    assert told.read
    assert (told.reasons, told.again_tokens) == ((), None)


def test_without_cache_control_claude_caches_nothing_and_the_dollars_are_told(
    engine: Engine, where: dict[str, Endpoint]
) -> None:
    asked = rules("anthropic:claude-sonnet-5-5", system=long_system())
    path = talk(engine, where, [asked, asked], QUESTIONS).path()
    told = conversation_cache.told(path, 0)
    assert told is not None
    assert [reason.kind for reason in told.reasons] == ["not_asked"]
    row = pricing.load().row("anthropic", "claude-sonnet-5-5", clock.today())
    assert row is not None
    resent = path[0].response(0).usage.input_tokens
    assert resent
    saved = row.rates["input"] - row.rates["cache_read"]
    assert (told.again_tokens, told.again_cost) == (resent, resent * saved / 1_000_000)


def test_a_changed_system_prompt_is_found_with_its_first_byte_in_each_lane(
    engine: Engine, where: dict[str, Endpoint]
) -> None:
    models = ("openai:gpt-6.1-sol", "gemini:gemini-3.8-flash")
    before = rules(*models, system=f"Be short. {long_system()}")
    now = replace(before, system=f"Be brief. {before.system}")
    path = talk(engine, where, [before, now], QUESTIONS).path()
    for lane in range(2):
        told = conversation_cache.told(path, lane)
        assert told is not None
        assert [reason.kind for reason in told.reasons] == ["system"]
        assert told.difference is not None
        assert (told.difference.part, told.difference.byte) == ("system", len("Be "))
        assert bool(told.again_cost) is (told.read is not None)


def test_a_short_conversation_is_below_the_minimum(
    engine: Engine, where: dict[str, Endpoint]
) -> None:
    asked = rules("openai:gpt-6.1-sol")
    told = conversation_cache.told(talk(engine, where, [asked, asked], QUESTIONS).path(), 0)
    assert told is not None
    assert [(reason.kind, reason.certain) for reason in told.reasons] == [("minimum", True)]


@pytest.mark.parametrize("model", ["openai:gpt-6.1-sol", "gemini/interactions:gemini-3.8-flash"])
def test_what_the_provider_keeps_counts_as_sent_again(
    model: str, engine: Engine, where: dict[str, Endpoint]
) -> None:
    asked = rules(model, system=long_system(), kept=True)
    path = talk(engine, where, [asked] * 3, (*QUESTIONS, "What is a rate limit?")).path()
    assert path[2].request(0).previous_response_id
    assert len(path[2].request(0).messages) == 1
    whole = conversation_cache.whole(path, 0)
    assert [message.role for message in whole.messages] == ["user", "assistant"] * 2 + ["user"]
    told = conversation_cache.told(path, 0)
    assert told is not None
    assert told.difference is None
    assert told.reasons == ()


def test_a_wait_beyond_the_time_to_live_is_told_with_the_minutes(
    engine: Engine, where: dict[str, Endpoint]
) -> None:
    asked = rules("anthropic:claude-sonnet-5-5", system=long_system(), cache=True)
    path = talk(engine, where, [asked, asked], QUESTIONS).path()
    first, second = path
    run = second.live.run()
    later = replace(
        run.responses[0],
        usage=replace(run.responses[0].usage, cache_read_input_tokens=0),
        timing=replace(run.responses[0].timing, started_at="2099-01-01T00:00:00+00:00"),
    )
    waited = ended_run(replace(run, responses=(later,)), "")
    told = conversation_cache.told([first, replace(second, live=waited)], 0)
    assert told is not None
    assert [(reason.kind, reason.certain) for reason in told.reasons] == [("idle", True)]
    assert "the cache lives 5m" in told.reasons[0].said


def test_a_turn_is_compared_with_the_last_one_that_was_answered(
    engine: Engine, where: dict[str, Endpoint]
) -> None:
    asked = rules("openai:gpt-6.1-sol", system=long_system())
    broken = {**where, "openai": replace(where["openai"], base_url="http://127.0.0.1:9/v1")}
    made = talk(engine, where, [asked], QUESTIONS[:1])
    failed = engine.start([lab.request(asked, 0, made.path(), "Hello")], broken)
    assert failed.wait(20)
    made.add(Turn(question="Hello", live=failed, parent=made.head))
    assert conversation_cache.told(made.path(), 0) is None
    again = engine.start([lab.request(asked, 0, made.path(), QUESTIONS[1])], where)
    assert again.wait(20)
    made.add(Turn(question=QUESTIONS[1], live=again, parent=made.head))
    told = conversation_cache.told(made.path(), 0)
    assert told is not None
    assert told.reasons == ()
    assert told.read
