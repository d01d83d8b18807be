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
    for vendor in ("openai", "anthropic", "gemini", "compatible"):
        feels = [model.feel for model in models.of(vendor)]
        assert len({(feel.ttft, feel.speed) for feel in feels}) == len(feels)
        assert all(0.2 <= feel.ttft <= 1.2 for feel in feels)
        assert all(40 <= feel.speed <= 200 for feel in feels)


def test_a_word_of_a_name_is_a_whole_word() -> None:
    """`mini` is no part of `gemini`, nor `lite` of anything but Flash-Lite."""
    pro, mini = models.find("gemini", "gemini-2.5-pro"), models.find("openai", "gpt-5.4-mini")
    assert pro is not None
    assert mini is not None
    assert not pro.feel.brief
    assert mini.feel.brief
