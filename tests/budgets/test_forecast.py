"""What is said before sending: the input alone, a usual answer, the most; and what is not in it."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from playground import history
from playground.budgets.forecast import estimate, forecast, limit
from playground.domain import File, Message, ModelRef, Request, Settings, Text, Usage
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
