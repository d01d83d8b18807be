"""Conversations: what each turn resends, the projection against real calls, branches, and a window that gets full."""

from __future__ import annotations

import itertools
import uuid
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from functools import partial

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from playground import pricing
from playground.domain import Endpoint, ModelRef, clock
from playground.engine import Engine
from playground.lab import conversation as lab
from playground.lab import conversation_growth as growth
from playground.lab.conversation import Conversation, Rules, Turn
from playground.lab.ladder import count_one

QUESTIONS = (
    "What is a token?",
    "What is an API key?",
    "What is prompt caching and when does it pay off?",
    "What is a rate limit?",
    "How much does reasoning cost?",
)
"""Questions that the simulation has texts for: its answers to them do not depend on what came before."""
MODELS = (
    "openai:gpt-6.1-sol",
    "openai/chat:gpt-6-luna",
    "anthropic:claude-sonnet-5-5",
    "gemini:gemini-3.8-flash",
    "gemini/interactions:gemini-3.8-flash",
)


def refs(*spellings: str) -> tuple[ModelRef, ...]:
    return tuple(ModelRef.parse(spelling) for spelling in spellings)


def talk(
    engine: Engine, where: dict[str, Endpoint], rules: Rules, questions: Sequence[str]
) -> Conversation:
    """The questions asked one after the other."""
    conversation = Conversation(id="test", rules=rules)
    for question in questions:
        ask(engine, where, conversation, question)
    return conversation


def ask(
    engine: Engine, where: dict[str, Endpoint], conversation: Conversation, question: str
) -> Turn:
    path = conversation.path()
    lanes = range(len(conversation.rules.models))
    requests = [lab.request(conversation.rules, lane, path, question) for lane in lanes]
    run = engine.start(requests, where)
    assert run.wait(20)
    assert all(lane.response and lane.response.ok for lane in run.lanes)
    return conversation.add(Turn(question=question, live=run, parent=conversation.head))


def turns_of(conversation: Conversation, lane: int = 0) -> tuple[growth.Turn, ...]:
    return growth.measured([turn.response(lane) for turn in conversation.path()])


def grown(engine: Engine, where: dict[str, Endpoint], conversation: Conversation) -> growth.Growth:
    """What was measured, with the step to the next round counted by the provider."""
    path = conversation.path()
    again = lab.request(replace(conversation.rules, kept=False), 0, path, path[0].question)
    counted = engine.submit(partial(count_one, again, where[again.model.provider])).result(20)
    assert not counted.estimate
    turns = turns_of(conversation)
    return growth.Growth(turns=turns, wrap=counted.tokens - turns[-1].input_tokens)


LIVE = settings(
    max_examples=10,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
ROUNDS = st.lists(st.sampled_from(QUESTIONS), min_size=1, max_size=3)


@LIVE
@given(
    questions=ROUNDS,
    more=st.integers(1, 4),
    model=st.sampled_from(MODELS),
    system=st.one_of(st.none(), st.text("abc xyz.", min_size=1, max_size=200).filter(str.strip)),
)
def test_the_projection_is_the_sum_of_the_real_calls(
    engine: Engine,
    where: dict[str, Endpoint],
    questions: list[str],
    more: int,
    model: str,
    system: str | None,
) -> None:
    rules = Rules(models=refs(model), system=system)
    conversation = talk(engine, where, rules, questions)
    until = len(questions) + more
    projected = grown(engine, where, conversation).project(until)
    for i in range(len(questions), until):
        ask(engine, where, conversation, questions[i % len(questions)])
    real = turns_of(conversation)
    assert [t.input_tokens for t in projected] == [t.input_tokens for t in real]
    assert [t.output_tokens for t in projected] == [t.output_tokens for t in real]
    assert sum(t.input_tokens for t in projected) == sum(t.input_tokens for t in real)


def test_the_projection_with_caching_is_the_bill_of_a_model_that_caches_what_it_is_told_to(
    engine: Engine, where: dict[str, Endpoint]
) -> None:
    fresh = f"{uuid.uuid4()} " + "Answer in the manner of a patient teacher. " * 150
    rules = Rules(models=refs("anthropic:claude-sonnet-5-5"), system=fresh, cache=True)
    conversation = talk(engine, where, rules, QUESTIONS[:2])
    projected = growth.cached(
        growth.uncached(grown(engine, where, conversation).project(5)),
        growth.minimum_prefix(rules.models[0]),
    )
    for question in (*QUESTIONS[:2], QUESTIONS[0]):
        ask(engine, where, conversation, question)
    real = [turn.response(0) for turn in conversation.path()]
    assert [t.cache_read for t in projected] == [r.usage.cache_read_input_tokens for r in real]
    receipts = growth.costs(projected, rules.models[0], pricing.load(), clock.today())
    assert receipts is not None
    assert growth.total(receipts) == sum((r.cost.total for r in real if r.cost), Decimal(0))


def test_a_hidden_prompt_costs_its_tokens_in_every_turn(
    engine: Engine, where: dict[str, Endpoint]
) -> None:
    bare = turns_of(talk(engine, where, Rules(models=refs(MODELS[0])), QUESTIONS[:3]))
    hidden = Rules(models=refs(MODELS[0]), system="Be brief and kind.")
    real = turns_of(talk(engine, where, hidden, QUESTIONS[:3]))
    more = real[0].input_tokens - bare[0].input_tokens
    # The simulation acknowledges a system prompt in its answers, so only the first turns are the same but for it.
    assert growth.with_hidden(bare, more)[0].input_tokens == real[0].input_tokens
    assert real[2].input_tokens >= bare[2].input_tokens + more


@pytest.mark.parametrize("model", ["openai:gpt-6.1-sol", "gemini/interactions:gemini-3.8-flash"])
def test_what_the_provider_keeps_is_not_sent_but_billed_all_the_same(
    engine: Engine, where: dict[str, Endpoint], model: str
) -> None:
    resent = talk(engine, where, Rules(models=refs(model)), QUESTIONS[:3])
    kept = talk(engine, where, Rules(models=refs(model), kept=True), QUESTIONS[:3])
    last = kept.path()[-1].request(0)
    assert last.previous_response_id == kept.path()[-2].response(0).response_id
    assert len(last.messages) == 1
    assert len(resent.path()[-1].request(0).messages) == 5
    assert [t.input_tokens for t in turns_of(kept)] == [t.input_tokens for t in turns_of(resent)]


def test_nothing_is_stored_unless_asked_for(engine: Engine, where: dict[str, Endpoint]) -> None:
    for kept in (False, True):
        rules = Rules(models=refs("openai:gpt-6.1-sol"), kept=kept)
        exchange = talk(engine, where, rules, QUESTIONS[:1]).path()[0].response(0).exchange
        assert exchange is not None
        assert exchange.request_body["store"] is kept


def test_a_shared_history_is_the_first_models_answers(
    engine: Engine, where: dict[str, Endpoint]
) -> None:
    models = refs("openai:gpt-6.1-sol", "anthropic:claude-sonnet-5-5")
    for shared in (False, True):
        conversation = talk(engine, where, Rules(models=models, shared=shared), QUESTIONS[:2])
        first, second = conversation.path()
        told = second.request(1).messages[1].text
        assert told == first.response(0 if shared else 1).text


def test_an_edit_is_a_branch_and_the_old_one_stays(
    engine: Engine, where: dict[str, Endpoint]
) -> None:
    conversation = talk(engine, where, Rules(models=refs(MODELS[0])), QUESTIONS[:3])
    second = conversation.path()[1]
    conversation.head = second.parent
    edited = ask(engine, where, conversation, "What is streaming?")
    assert [turn.question for turn in conversation.path()] == [QUESTIONS[0], "What is streaming?"]
    assert conversation.siblings(edited) == [second, edited]
    conversation.show(second.id)
    assert [turn.question for turn in conversation.path()] == list(QUESTIONS[:3])


def test_when_the_window_is_small_the_oldest_turns_can_be_dropped(
    engine: Engine, where: dict[str, Endpoint]
) -> None:
    rules = Rules(models=refs(MODELS[0]), window=500, policy="drop the oldest")
    conversation = talk(engine, where, replace(rules, window=None), QUESTIONS[:4])
    path = conversation.path()
    assert not lab.fits(rules, 0, path, "And now?")
    wanted, gone = lab.shortened(rules, 0, path, "And now?")
    assert gone == 8 - (len(wanted.messages) - 1)
    assert wanted.messages[-1].text == "And now?"
    assert wanted.messages[0].role == "user"


def test_after_a_summary_only_the_summary_is_sent(
    engine: Engine, where: dict[str, Endpoint]
) -> None:
    rules = Rules(models=refs(MODELS[0]), system="Be kind.")
    conversation = talk(engine, where, rules, QUESTIONS[:3])
    request = lab.request(rules, 0, conversation.path(), lab.SUMMARISE)
    run = engine.start([request], where)
    assert run.wait(20)
    turn = conversation.add(
        Turn(question=lab.SUMMARISE, live=run, parent=conversation.head, summary=True)
    )
    after = lab.request(rules, 0, conversation.path(), "And now?")
    assert [message.text for message in after.messages] == ["And now?"]
    assert after.system == f"Be kind.\n\n{lab.SUMMARY}\n{turn.response(0).text}"


def test_a_turn_without_an_answer_is_not_sent_again(
    engine: Engine, where: dict[str, Endpoint]
) -> None:
    rules = Rules(models=refs("openai:gpt-6.1-sol~429"))
    conversation = Conversation(id="t", rules=rules)
    run = engine.start([lab.request(rules, 0, [], "Hello")], where)
    assert run.wait(20)
    conversation.add(Turn(question="Hello", live=run, parent=None))
    assert len(lab.request(rules, 0, conversation.path(), "Again").messages) == 1


@given(st.integers(1, 2000), st.integers(1, 4000), st.integers(1, 60), st.integers(0, 9000))
def test_a_scripted_conversation_is_the_formula(q: int, a: int, n: int, s: int) -> None:
    turns = growth.scripted(q, a, n, s)
    assert sum(t.input_tokens for t in turns) == n * s + q * n * (n + 1) // 2 + a * n * (n - 1) // 2


@given(st.integers(1, 900), st.integers(1, 900), st.integers(1, 40), st.integers(0, 5000))
def test_with_caching_every_token_is_either_read_or_paid_for_once(
    q: int, a: int, n: int, minimum: int
) -> None:
    turns = growth.cached(growth.scripted(q, a, n), minimum)
    for before, here in itertools.pairwise(turns):
        assert here.cache_read in (0, before.input_tokens)
        assert here.cache_read == 0 or here.cache_read >= minimum
        assert here.cache_read + here.cache_write in (0, here.input_tokens)


@given(
    st.lists(st.tuples(st.integers(1, 500), st.integers(1, 500)), min_size=1, max_size=6),
    st.integers(1, 30),
)
def test_a_projection_repeats_the_measured_round(rounds: list[tuple[int, int]], until: int) -> None:
    turns, sent = [], 0
    for number, (grows, out) in enumerate(rounds, 1):
        sent += grows
        turns.append(
            growth.Turn(number=number, input_tokens=sent, output_tokens=out, measured=True)
        )
    projected = growth.Growth(turns=tuple(turns), wrap=7).project(until)
    assert len(projected) == until
    assert projected[: len(turns)] == tuple(turns[:until])
    for before, here in itertools.pairwise(projected):
        if not here.measured:
            place = (here.number - 1) % len(rounds)
            step = 7 if place == 0 else rounds[place][0]
            assert here.input_tokens == before.input_tokens + step
