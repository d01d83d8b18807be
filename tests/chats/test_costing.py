"""A conversation as calls: the arithmetic, the cache, and the receipts of the same conversation really played."""

from __future__ import annotations

import io
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from playground import pricing
from playground.chats import sample
from playground.chats.calls import Counted, cached, calls, counted_here
from playground.chats.costing import NO_PRICE, REASONING, USED, Pricing
from playground.chats.importing import chats
from playground.chats.nouns import Chat, Said, Step
from playground.chats.sources import Given
from playground.chats.twins import twin
from playground.domain import Endpoint, ModelRef
from playground.engine import Engine
from playground.lab.conversation import Rules
from playground.pricing import PriceBook
from tests.chats.making import BEGAN, chatgpt, claude, node, only, put, said
from tests.lab.test_conversation import talk

TODAY = date(2026, 11, 26)


def by_words(step: Step) -> int:
    return len(step.text.split())


def words(text: str) -> int:
    return len(text.split())


def counted(chat: Chat) -> list[tuple[int, int, int]]:
    """Input, what of it was sent before, output of each call, in words."""
    return [(call.input, call.history, call.output) for call in calls(chat, by_words, words)]


def test_each_turn_sends_all_before_it_again(tmp_path: Path) -> None:
    chat = only(put(tmp_path, [chatgpt(
        node("a", None, "user", "one two"), node("b", "a", "assistant", "three four five"),
        node("c", "b", "user", "six"), node("d", "c", "assistant", "seven eight"),
    )]))  # fmt: skip
    assert counted(chat) == [(2, 0, 3), (2 + 3 + 1, 2 + 3, 2)]


def test_every_branch_is_a_call_on_its_own_path(tmp_path: Path) -> None:
    chat = only(put(tmp_path, [chatgpt(
        node("a", None, "user", "one"), node("b", "a", "assistant", "x y"), node("c", "a", "assistant", "z"),
        node("d", "c", "user", "two"), node("e", "d", "assistant", "w"),
    )]))  # fmt: skip
    assert sorted(counted(chat)) == [(1, 0, 1), (1, 0, 2), (1 + 1 + 1, 2, 1)]


def test_an_answer_with_thirty_rounds_of_tools_is_thirty_one_calls(tmp_path: Path) -> None:
    rounds = [
        {"type": "tool_use", "name": "f", "input": {}},
        {"type": "tool_result", "content": "r"},
    ] * 30
    chat = only(put(tmp_path, [claude(said("human", "q"), said("assistant", *rounds, "done"))]))
    found = counted(chat)
    assert len(found) == 31
    assert [call[0] for call in found] == [
        1 + 3 * n for n in range(31)
    ]  # `f {}` and `r` each round


def test_reasoning_is_of_the_call_and_never_sent_again(tmp_path: Path) -> None:
    thoughts = {"content_type": "thoughts", "thoughts": [{"content": "hm hm hm"}]}
    chat = only(put(tmp_path, [chatgpt(
        node("a", None, "user", "one"), node("t", "a", "assistant", content=thoughts),
        node("b", "t", "assistant", "two"), node("c", "b", "user", "x"), node("d", "c", "assistant", "y"),
    )]))  # fmt: skip
    first, second = calls(chat, by_words, words)
    assert (first.output, first.thought, second.input) == (1, 3, 3)


def played(*gaps: int) -> Chat:
    """Turns of 100 words each way, so many seconds after each other; the answer takes no time."""
    nodes: list[dict[str, Any]] = []
    at = BEGAN
    for gap in gaps:
        at += gap
        before = nodes[-1]["id"] if nodes else None
        nodes.append(node(f"q{at}", before, "user", "w " * 100, create_time=at))
        nodes.append(node(f"a{at}", f"q{at}", "assistant", "w " * 100, create_time=at))
    from playground.chats import chatgpt as reader

    return reader.read(chatgpt(*nodes))


def test_a_cache_reads_what_was_sent_within_its_time() -> None:
    chat = played(0, 60, 301, 10)
    kept = list(cached(calls(chat, by_words, words), chat, 300, 0))
    assert [one.read for one in kept] == [0, 100, 0, 500]
    assert [one.read + one.written for one in kept] == [100, 300, 500, 700]


def test_a_prefix_below_the_least_is_not_kept() -> None:
    chat = played(0, 1, 1, 1)
    kept = list(cached(calls(chat, by_words, words), chat, 300, 400))
    assert [(one.read, one.written) for one in kept] == [(0, 0), (0, 0), (0, 500), (500, 200)]


QUESTIONS = ("What is a token?", "What is an API key?", "What is a rate limit?")


@pytest.mark.parametrize("model", ["openai:gpt-4.1", "openai/chat:gpt-4.1"])
def test_the_price_is_the_sum_of_the_receipts_of_the_same_talk(
    engine: Engine, where: dict[str, Endpoint], tmp_path: Path, model: str
) -> None:
    ref = ModelRef.parse(model)
    turns = talk(engine, where, Rules(models=(ref,)), QUESTIONS).path()
    nodes: list[dict[str, Any]] = []
    for number, turn in enumerate(turns):
        before = nodes[-1]["id"] if nodes else None
        nodes.append(node(f"q{number}", before, "user", turn.question))
        nodes.append(node(f"a{number}", f"q{number}", "assistant", turn.response(0).text))
    sums = Pricing((ref,), pricing.load(), TODAY)
    sums.add(only(put(tmp_path, [chatgpt(*nodes)])))
    costs = [turn.response(0).cost for turn in turns]
    assert (
        sums.sums[model].low == sums.sums[model].high == sum(cost.total for cost in costs if cost)
    )
    assert len(costs) == 3


def test_a_cache_is_read_in_whole_steps() -> None:
    chat = played(0, 1, 1)
    kept = list(cached(calls(chat, by_words, words), chat, 300, 0, 128))
    assert [one.read for one in kept] == [0, 0, 2 * 128]  # of 100 and of 300


def test_nothing_stands_around_reasoning_that_is_not_sent() -> None:
    steps = (
        Step(id="a", parent=None, who="user", text="Hi"),
        Step(id="b", parent="a", who="assistant", thought="Hm."),
    )
    here = counted_here(ModelRef.parse("openai:gpt-4.1"), Counted())
    assert [here.step(step) for step in steps] == [1 + 4, 0]


def test_reasoning_that_is_not_told_makes_a_range(tmp_path: Path) -> None:
    ref = ModelRef.parse("openai:gpt-6.1-sol")
    book = pricing.load()
    sums = Pricing((ref,), book, TODAY)
    sums.add(
        only(
            put(
                tmp_path,
                [chatgpt(node("a", None, "user", "Hi"), node("b", "a", "assistant", "Hello."))],
            )
        )
    )
    row = book.row("openai", "gpt-6.1-sol", TODAY)
    assert row is not None
    one = sums.sums[str(ref)]
    assert one.high - one.low == REASONING * row.rates["output"] / 1_000_000


def test_each_answer_is_priced_at_the_model_that_wrote_it(tmp_path: Path) -> None:
    chat = only(put(tmp_path, [chatgpt(
        node("a", None, "user", "Hi"), node("b", "a", "assistant", "x", metadata={"model_slug": "gpt-4o"}),
        node("c", "b", "user", "Hi"), node("d", "c", "assistant", "x", metadata={"model_slug": "gpt-4-1-mini"}),
    )]))  # fmt: skip
    book = pricing.load()
    mixed, large, small = (
        Pricing(tuple(map(ModelRef.parse, refs)), book, TODAY)
        for refs in ((), ("openai:gpt-4o",), ("openai:gpt-4.1-mini",))
    )
    for sums in (mixed, large, small):
        sums.add(chat)
    assert (
        small.sums["openai:gpt-4.1-mini"].low
        < mixed.sums[USED].low
        < large.sums["openai:gpt-4o"].low
    )


@pytest.mark.parametrize(
    ("product", "slug", "model", "nearest"),
    [
        ("ChatGPT", "gpt-4o", "openai:gpt-4o", False),
        ("ChatGPT", "gpt-5-2-thinking", "openai:gpt-5.2", True),
        ("ChatGPT", "text-davinci-002-render-sha", "openai:gpt-3.5-turbo", True),
        ("ChatGPT", "auto", "openai:gpt-6.1-sol", True),
        ("Claude", "claude-opus-4-1", "anthropic:claude-opus-4-1", False),
        ("Claude", None, "anthropic:claude-sonnet-5-5", True),
        ("Gemini", None, "gemini:gemini-3.8-flash", True),
    ],
)
def test_the_products_names_are_models_of_its_api(
    product: str, slug: str | None, model: str, nearest: bool
) -> None:
    assert twin(product, slug, pricing.load(), TODAY) == (ModelRef.parse(model), nearest)


def test_the_months_are_the_sum_at_the_models_used() -> None:
    sums = Pricing((ModelRef.parse("gemini:gemini-3.8-flash"),), pricing.load(), TODAY)
    for file in (Given(sample.NAME, io.BytesIO(sample.export())),):
        for chat in chats([file], Said()):
            sums.add(chat)
    assert sum(filter(None, sums.months.values())) == sums.sums[USED].high
    assert {month for month, _ in sums.months} == {"2026-04", "2026-05", "2026-06"}
    assert sum(one.cost or 0 for one in sums.top(100)) == sums.sums[USED].high


def test_what_the_export_counts_is_believed() -> None:
    steps = (
        Step(id="a", parent=None, who="user", text="Hi"),
        Step(id="b", parent="a", who="assistant", text="x", tokens=1_000),
    )
    ref = ModelRef.parse("gemini:gemini-3.8-flash")
    book = pricing.load()
    sums = Pricing((ref,), book, TODAY)
    sums.add(Chat(id="1", product="Google AI Studio", title="", steps=steps))
    one = sums.sums[str(ref)]
    row = book.row("gemini", ref.model, TODAY)
    assert row is not None
    assert one.low == one.high > Decimal(1_000) * row.rates["output"] / 1_000_000


def unknown(name: str, at: int, slug: str | None = None) -> Chat:
    """A question and an answer, of a product that has no API here unless the model is named."""
    when = datetime.fromtimestamp(at, UTC)
    steps = (
        Step(id="a", parent=None, who="user", text="Hi", at=when),
        Step(id="b", parent="a", who="assistant", text="Hello.", model=slug, at=when),
    )
    return Chat(id=name, product="ChatGPT" if slug else "Elsewhere", title=name, steps=steps)


def test_without_a_price_a_sum_is_unknown_and_its_tokens_are_counted() -> None:
    ref = ModelRef.parse("ollama:llama3")
    sums = Pricing((ref,), pricing.load(), TODAY)
    sums.add(unknown("one", 1_780_000_000))
    at_model, used = sums.sums[str(ref)], sums.sums[USED]
    assert (at_model.calls, at_model.priced, at_model.unpriced) == (1, 0, 1)
    assert at_model.input_tokens > 0
    assert at_model.cost == at_model.cached_cost == used.cost == NO_PRICE
    (dear,) = sums.top()
    assert (dear.cost, dear.said) == (None, NO_PRICE)


def test_a_sum_that_leaves_calls_out_is_a_lower_bound() -> None:
    sums = Pricing((), pricing.load(), TODAY)
    for chat in (unknown("one", 1_780_000_000), unknown("two", 1_780_000_000, "gpt-4o")):
        sums.add(chat)
    used = sums.sums[USED]
    assert used.unpriced == 1
    assert used.cost.startswith("≥ $")
    assert [one.title for one in sums.top()] == ["two", "one"]


def test_a_months_cost_at_a_model_without_a_price_is_unknown(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(PriceBook, "row", lambda *of: None)
    sums = Pricing((), pricing.load(), TODAY)
    sums.add(unknown("one", 1_780_000_000, "gpt-none"))
    assert list(sums.months.values()) == [None]
    assert sums.sums[USED].cost == NO_PRICE
