"""What is said before sending: the input alone, a usual answer, the most; and what is not in it."""

from __future__ import annotations

import struct
from dataclasses import replace
from decimal import Decimal

import pytest

from playground import history, pricing
from playground.budgets.forecast import estimate, forecast, limit
from playground.domain import File, Message, ModelRef, Request, Response, Settings, Text, Usage
from playground.engine.receipt import COUNTED, at_least
from playground.history import Labels, typical
from playground.history.writing import put
from playground.store.store import Store
from tests.history.runs import SOL, small_run

QUESTION = Request.ask(ModelRef.parse("openai:gpt-6.1-sol"), "How many planets are there?")
RATE = Decimal(10) / 1_000_000
"""USD for one output token of QUESTION's model."""


def with_(**settings: object) -> Request:
    return replace(QUESTION, settings=Settings(**settings))  # type: ignore[arg-type]


def ends(request: Request) -> tuple[Decimal, Decimal]:
    found = estimate(request)
    assert found is not None
    assert found[1] is not None
    return found[0], found[1]


def test_the_likely_cost_lies_between_the_input_and_the_most() -> None:
    found = forecast([QUESTION], usual=lambda _: 120)
    low, high = ends(QUESTION)
    assert (found.low, found.high) == (low, high)
    assert low < found.likely < high
    longer = forecast([QUESTION], usual=lambda _: 121)
    assert longer.likely - found.likely == RATE
    assert found.assumed == 0
    assert "your own past answers" in str(found)


def test_without_a_history_the_catalogs_typical_length_counts() -> None:
    found = forecast([QUESTION], usual=lambda _: None)
    assert found.likely == forecast([QUESTION], usual=lambda _: 500).likely
    assert found.assumed == 1
    assert "typical answers" in str(found)


def test_a_usual_answer_is_no_longer_than_the_request_allows() -> None:
    found = forecast([with_(max_output_tokens=50)], usual=lambda _: 4_000)
    assert found.likely == found.high


def test_a_lane_without_a_price_makes_the_sum_at_least_and_never_nothing() -> None:
    nameless = replace(QUESTION, model=ModelRef.parse("ollama:llama3:8b"))
    found = forecast([QUESTION, nameless], usual=lambda _: 100)
    assert found.low == ends(QUESTION)[0]
    assert "at least" in str(found)
    assert "ollama:llama3:8b (no price)" in str(found)
    alone = str(forecast([nameless]))
    assert "$0.00" not in alone
    assert "ollama:llama3:8b" in alone


def test_the_tier_counts() -> None:
    plain, flex, fast = (
        ends(QUESTION),
        ends(with_(service_tier="flex")),
        ends(with_(service_tier="priority")),
    )
    assert [end * 2 for end in flex] == list(plain)
    assert [end / 2 for end in fast] == list(plain)


def test_a_cache_write_that_is_asked_for_counts() -> None:
    asked = Request.ask(ModelRef.parse("anthropic:claude-sonnet-5-5"), "word " * 3_000)
    hour = replace(asked, settings=Settings(cache_ttl="1h"))
    low, high = ends(asked)
    assert ends(hour) == (low, high + low)  # written for an hour, input costs twice its rate


def test_the_models_own_limit_is_the_most() -> None:
    assert limit(with_(max_output_tokens=50), 10) == 50
    assert limit(with_(max_output_tokens=10**9), 10) == 128_000
    assert limit(replace(QUESTION, model=ModelRef.parse("ollama:x")), 10) is None


def test_attachments_that_cannot_be_counted_are_said() -> None:
    picture = File(media_type="image/png", data=b"\x89PNG\r\n\x1a\n")
    message = Message(role="user", parts=(Text(text="What is this?"), picture))
    found = forecast([replace(QUESTION, messages=(message,))], usual=lambda _: 10)
    assert found.files == 1
    assert "at least" in str(found)
    assert "Attachments are not counted." in str(found)


@pytest.fixture
def kept() -> Store:
    return history.get_store()


def answered(number: int, tokens: int, *, simulated: bool = False) -> None:
    run = small_run(number, simulated=simulated)
    usage = Usage(input_tokens=10, output_tokens=tokens)
    put(
        history.get_store(),
        replace(run, responses=(replace(run.responses[0], usage=usage),)),
        Labels(),
    )


def test_ones_own_history_says_what_is_usual(kept: Store) -> None:
    answered(1, 100)
    answered(2, 9_000)
    assert typical.output_tokens(kept, SOL) is None  # too few to say
    answered(3, 140)
    answered(4, 1, simulated=True)
    assert typical.output_tokens(kept, SOL) == 140
    asked = replace(QUESTION, model=SOL)
    assert forecast([asked]).likely == forecast([asked], usual=lambda _: 140).likely
    assert forecast([asked]).assumed == 0


def attached(model: str, size: tuple[int, int]) -> Request:
    head = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + struct.pack(">II", *size)
    picture = File(media_type="image/png", data=head)
    message = Message(role="user", parts=(Text(text="What is this?"), picture))
    return Request(model=ModelRef.parse(model), messages=(message,))


@pytest.mark.parametrize(
    ("model", "tokens"),
    [
        ("openai:gpt-6.1-sol", 1024),
        ("anthropic:claude-sonnet-5-5", 1369),
        ("gemini:gemini-3.8-flash", 1120),
    ],
)
def test_attachments_are_in_every_sum(model: str, tokens: int) -> None:
    with_picture = attached(model, (1024, 1024))
    without = replace(
        with_picture,
        messages=(Message(role="user", parts=with_picture.messages[0].parts[:1]),),
    )
    here, there = forecast([with_picture], lambda _: 9), forecast([without], lambda _: 9)
    assert here.files == 0
    assert "at least" not in str(here)
    one = (here.low - there.low) / tokens
    assert one > 0
    assert here.likely - there.likely >= one * tokens
    assert (here.high or 0) > (there.high or 0)


def test_a_broken_off_answer_costs_at_least_what_is_sure_and_attachments_are_not() -> None:
    request = attached("gemini:gemini-3.8-flash", (1024, 1024))
    response = Response(model=request.model, text="It is a")
    book = pricing.load()
    cost, alone = (
        at_least(response, one, book)
        for one in (request, Request.ask(request.model, "What is this?"))
    )
    assert cost is not None
    assert alone is not None
    assert cost.total == alone.total


def test_what_is_estimated_beyond_the_counted_length_is_said() -> None:
    long = Response(model=QUESTION.model, text="word " * (COUNTED // 5 + 9))
    short = replace(long, text="word " * 9)
    cost, other = (at_least(one, QUESTION, pricing.load()) for one in (long, short))
    assert cost is not None
    assert other is not None
    assert "beyond 400,000 characters" in cost.notes[-1]
    assert "beyond" not in other.notes[-1]
