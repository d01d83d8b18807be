"""The schedule: when each piece leaves, by absolute time, the same for the same question."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playground.demo import models
from playground.demo.pace import JITTER, REASONING_SPEED, Pace, pieces, spread

TEXT = "A token is a piece of text. " * 20


def schedule(pace: Pace, tokens: int = 100, thought: int = 0) -> list[float]:
    made = pace.lay_out("", thought, [(TEXT, tokens)], [], random.Random(7))
    return [at for at, _ in made.texts[0]]


@given(st.text(), st.integers(0, 99))
def test_pieces_join_to_the_text_again(text: str, seed: int) -> None:
    assert "".join(pieces(text, random.Random(seed))) == text


def test_text_comes_at_the_models_speed() -> None:
    pace = Pace(ttft=0.5, speed=100, scale=1)
    made = pace.lay_out("", 0, [(TEXT, 200)], [], random.Random(7))
    assert made.ended - made.reasoned == pytest.approx(200 / 100)
    assert 0.5 * (1 - JITTER) <= made.opened <= 0.5 * (1 + JITTER)
    assert made.opened == made.reasoned == made.texts[0][0][0]


def test_reasoning_delays_the_text_by_its_own_length() -> None:
    pace = Pace(ttft=0.5, speed=100, scale=1)
    waited = schedule(pace, thought=300)[0] - schedule(pace)[0]
    assert waited == pytest.approx(300 / (100 * REASONING_SPEED))


def test_pace_0_waits_for_nothing_and_pace_2_twice_as_long() -> None:
    one, two, none = (schedule(Pace(ttft=0.5, speed=100, scale=s)) for s in (1, 2, 0))
    assert set(none) == {0}
    assert two == pytest.approx([2 * at for at in one])


def test_the_same_seed_gives_the_same_schedule() -> None:
    pace = Pace(ttft=0.5, speed=100, scale=1)
    assert schedule(pace) == schedule(pace)


def test_tool_calls_follow_the_text_one_after_the_other() -> None:
    pace = Pace(ttft=0.2, speed=50, scale=1)
    made = pace.lay_out("", 0, [("", 0)], [("{}", 10), ("{}", 20)], random.Random(7))
    first, second = made.calls
    assert second[0][0] - first[0][0] == pytest.approx(10 / 50)
    assert made.ended - second[0][0] == pytest.approx(20 / 50)


def test_spreading_nothing_is_nothing() -> None:
    assert spread([], 0, 1) == ()


def test_models_feel_different_and_none_is_dull() -> None:
    for model in models.TABLE:
        assert 0.2 <= model.ttft <= 1.2
        assert 40 <= model.speed <= 200
    for vendor in ("openai", "anthropic", "gemini"):
        assert len({(m.ttft, m.speed) for m in models.of(vendor)}) == len(models.of(vendor))


@pytest.mark.parametrize(
    ("vendor", "name", "found"),
    [
        ("openai", "gpt-6.1-sol", True),
        ("openai", "gpt-5.5-2026-04-23", True),
        ("openai", "o9-nova", True),
        ("openai", "no-such-model", False),
        ("openai", "gemini-3.8-flash", False),
        ("anthropic", "claude-mythos-5-2", True),
        ("anthropic", "gpt-6.1-sol", False),
        ("gemini", "models/gemini-3.8-flash", True),
        ("gemini", "gemma-4-27b-it", True),
        ("compatible", "mixtral:8x7b", True),
        ("compatible", "no-such-model", False),
    ],
)
def test_a_name_belongs_to_a_vendor_by_its_family(vendor: str, name: str, found: bool) -> None:
    assert (models.find(vendor, name) is not None) == found


def test_a_dated_name_is_the_model_without_the_date() -> None:
    dated, plain = models.find("openai", "gpt-5.5-2026-04-23"), models.find("openai", "gpt-5.5")
    assert dated is not None
    assert plain is not None
    assert (dated.ttft, dated.speed, dated.reasoning) == (plain.ttft, plain.speed, plain.reasoning)


def test_a_made_up_model_is_the_same_every_time() -> None:
    assert models.find("openai", "gpt-7-nova") == models.find("openai", "gpt-7-nova")
    made = models.find("openai", "gpt-7-nova")
    assert made is not None
    assert 0.2 <= made.ttft <= 1.2
    assert 40 <= made.speed <= 200
