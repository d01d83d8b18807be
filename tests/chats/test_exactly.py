"""A conversation counted by its provider: its price is the sum of the receipts of the same conversation really played."""

from __future__ import annotations

import html
from collections.abc import Callable, Sequence
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from playground import pricing
from playground.chats.costing import Pricing, Sum
from playground.chats.exactly import MOST_STEPS, Exactly, count_exactly
from playground.chats.nouns import Chat, NotCounted, Step
from playground.domain import Endpoint, Message, ModelRef, Request, Response, Settings, Text, clock
from playground.engine import Engine
from playground.providers import ProviderError
from tests.chats.making import BEGAN, chatgpt, claude, node, only, put, said

QUESTIONS = ("What is a token?", "What is an API key?", "What is a rate limit?", "Thank you.")
RULE = "Be kind."
LONG = "w and x " * 1_500
"""Longer than what any model wants for a cache."""
Talk = Sequence[tuple[str, str]]


def of_chatgpt(talk: Talk) -> Any:
    rule = {"content_type": "user_editable_context", "user_profile": RULE, "user_instructions": ""}
    nodes = [node("rule", None, "user", content=rule)]
    for number, (question, answer) in enumerate(talk):
        at = BEGAN + number
        nodes.append(node(f"q{number}", nodes[-1]["id"], "user", question, create_time=at))
        nodes.append(node(f"a{number}", f"q{number}", "assistant", answer, create_time=at))
    return [chatgpt(*nodes)]


def of_claude(talk: Talk) -> Any:
    rule = {"type": "injected_prompt_block", "prompt": RULE}
    messages = []
    for number, (question, answer) in enumerate(talk):
        messages += [
            said("human", *([] if number else [rule]), question),
            said("assistant", answer),
        ]
    return [claude(*messages)]


def of_gemini(talk: Talk) -> Any:
    """Its log tells no system prompt, and answers as HTML."""
    link = [{"name": "x", "url": "https://gemini.google.com/app/abc123def"}]
    return [
        {
            "header": "Gemini Apps", "title": f"Prompted {question}", "products": ["Gemini Apps"], "details": link,
            "time": f"2026-09-01T10:00:{number:02d}Z", "safeHtmlItem": [{"html": f"<p>{html.escape(answer)}</p>"}],
        }
        for number, (question, answer) in enumerate(talk)
    ]  # fmt: skip


def play(
    engine: Engine,
    where: dict[str, Endpoint],
    ref: ModelRef,
    questions: Sequence[str],
    *,
    system: str | None = None,
    settings: Settings | None = None,
) -> list[Response]:
    """The questions asked one after the other, everything before sent again."""
    messages: list[Message] = []
    answers = []
    for question in questions:
        messages.append(Message(role="user", parts=(Text(text=question),)))
        asked = Request(
            model=ref, messages=tuple(messages), system=system, settings=settings or Settings()
        )
        run = engine.start([asked], where)
        assert run.wait(20)
        response = run.run().responses[0]
        assert response.ok, response.failure
        answers.append(response)
        messages.append(Message(role="assistant", parts=(Text(text=response.text),)))
    return answers


def counted(engine: Engine, where: dict[str, Endpoint], chat: Chat, ref: ModelRef) -> Exactly:
    work = engine.submit(lambda pool: count_exactly(chat, ref, where[ref.provider], pool=pool))
    return work.result(60)


def priced(chat: Chat, found: Exactly) -> Sum:
    sums = Pricing(
        (found.ref,),
        pricing.load(),
        clock.today(),
        counting=lambda _, ref, texts: found.counting(ref, texts),
    )
    sums.add(chat)
    return sums.sums[str(found.ref)]


def talk(questions: Sequence[str], answers: Sequence[Response]) -> Talk:
    return [(q, r.text) for q, r in zip(questions, answers, strict=True)]


def billed(answers: Sequence[Response]) -> Decimal:
    costs = [response.cost.total for response in answers if response.cost]
    assert len(costs) == len(answers)
    return sum(costs, Decimal())


def thought(ref: ModelRef, answers: Sequence[Response]) -> Decimal:
    """USD of the reasoning, which no export holds."""
    row = pricing.load().row(ref.provider, ref.model, clock.today())
    assert row is not None
    tokens = sum(response.usage.reasoning_output_tokens or 0 for response in answers)
    return tokens * row.rates["output"] / 1_000_000


@pytest.mark.parametrize(
    ("export", "model", "settings", "reasons"),
    [
        (of_chatgpt, "openai:gpt-4.1", Settings(), False),
        (of_chatgpt, "openai:gpt-6.1-sol", Settings(), True),
        (of_claude, "anthropic:claude-opus-4-7", Settings(), False),
        (of_claude, "anthropic:claude-sonnet-5-5", Settings(), True),
        (of_gemini, "gemini:gemini-3.8-flash", Settings(stop=("\n",)), True),
    ],
)
def test_the_price_of_a_products_export_is_the_sum_of_the_receipts(
    engine: Engine,
    where: dict[str, Endpoint],
    tmp_path: Path,
    export: Callable[[Talk], Any],
    model: str,
    settings: Settings,
    reasons: bool,
) -> None:
    """Turn by turn: each call's input is what that turn's receipt was for; a model that reasons is billed for that, too."""
    ref = ModelRef.parse(model)
    system = None if export is of_gemini else RULE
    answers = play(engine, where, ref, QUESTIONS, system=system, settings=settings)
    chat = only(put(tmp_path, export(talk(QUESTIONS, answers))))
    found = counted(engine, where, chat, ref)
    assert (found.whole, found.simulated) == (answers[-1].usage.input_tokens, True)
    assert found.summed == found.whole
    inputs = [response.usage.input_tokens or 0 for response in answers]
    one = priced(chat, found)
    assert (one.calls, one.input_tokens) == (len(QUESTIONS), sum(inputs))
    assert one.output_tokens == sum(response.visible_output_tokens or 0 for response in answers)
    extra = thought(ref, answers)
    assert one.low + extra == billed(answers)
    assert (extra > 0) == reasons
    assert one.low <= billed(answers) <= one.high


@pytest.mark.parametrize(
    ("export", "model", "settings", "off"),
    [
        (of_chatgpt, "openai:gpt-4.1", Settings(), 0),
        (of_claude, "anthropic:claude-opus-4-7", Settings(cache_ttl="5m"), 0),
        # what of the newest message is kept already is not known to anybody but the cache
        (of_chatgpt, "openai:gpt-6.1-sol", Settings(), 0.01),
        (of_gemini, "gemini:gemini-3.8-flash", Settings(stop=("\n",)), 0.01),
    ],
)
def test_with_a_cache_it_is_what_the_cached_turns_were_billed(
    engine: Engine,
    where: dict[str, Endpoint],
    tmp_path: Path,
    export: Callable[[Talk], Any],
    model: str,
    settings: Settings,
    off: float,
) -> None:
    ref = ModelRef.parse(model)
    questions = (f"{model} {LONG}{QUESTIONS[0]}", *QUESTIONS[1:])
    system = None if export is of_gemini else RULE
    answers = play(engine, where, ref, questions, system=system, settings=settings)
    assert (answers[-1].usage.cache_read_input_tokens or 0) > 1_000
    one_by_one = put(tmp_path, export(talk(questions, answers)))
    chat = only(one_by_one)
    one = priced(chat, counted(engine, where, chat, ref))
    bill = billed(answers) - thought(ref, answers)
    assert float(one.cached_low) == pytest.approx(float(bill), rel=off or 1e-12)
    assert one.cached_low < one.low


def test_what_can_not_be_sent_as_it_stands_is_counted_by_its_parts(
    engine: Engine, where: dict[str, Endpoint]
) -> None:
    steps = (
        Step(id="a", parent=None, who="user", text="Hi", images=((1_000, 1_000),), attached=50),
        Step(id="b", parent="a", who="assistant", thought="Hm."),
        Step(id="c", parent="b", who="assistant", text="Hello.", goes_on=True),
        Step(id="d", parent="c", who="user", text="Bye"),
    )
    chat = Chat(id="1", product="Claude", title="", steps=steps)
    ref = ModelRef.parse("anthropic:claude-sonnet-5-5")
    found = counted(engine, where, chat, ref)
    plain = counted(
        engine, where, replace(chat, steps=(replace(steps[0], images=(), attached=0),)), ref
    )
    assert found.steps["a"] == plain.steps["a"] + 36 * 36 + 50  # 28 × 28 pixels a token
    assert found.steps["b"] == 0
    assert found.whole is None


def test_a_conversation_without_end_is_not_counted(
    engine: Engine, where: dict[str, Endpoint]
) -> None:
    steps = tuple(
        Step(id=str(n), parent=str(n - 1) if n else None, who="user", text="x")
        for n in range(MOST_STEPS + 1)
    )
    with pytest.raises(NotCounted, match="601 steps"):
        counted(
            engine,
            where,
            Chat(id="1", product="Claude", title="", steps=steps),
            ModelRef.parse("anthropic:m"),
        )


def test_a_provider_that_does_not_count_says_so(engine: Engine, where: dict[str, Endpoint]) -> None:
    chat = Chat(
        id="1", product="Claude", title="", steps=(Step(id="a", parent=None, who="user", text="x"),)
    )
    with pytest.raises(ProviderError):
        counted(engine, where, chat, ModelRef.parse("anthropic:nothing-like-it"))
