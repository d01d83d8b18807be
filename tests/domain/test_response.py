"""The figures that a Response computes, against counts made by hand."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from playground.domain import File, ModelRef, Reasoning, Response, Text, Timing, ToolCall, Usage

TIMING = Timing(first_chunk=0.2, first_text=0.5, last_text=2.5, last_chunk=2.6)


def answered(**more: Any) -> Response:
    """101 tokens of text, from 0.5 s to 2.5 s: 100 steps from one to the next in 2 s."""
    response = Response(
        model=ModelRef.parse("openai:m"),
        text="word " * 101,
        usage=Usage(output_tokens=101, reasoning_output_tokens=0),
        timing=TIMING,
    )
    return replace(response, **more)


def test_n_tokens_have_one_interval_less() -> None:
    assert answered().output_tokens_per_second == 100 / 2 == 50


def test_reasoning_tokens_are_not_counted_in() -> None:
    usage = Usage(output_tokens=501, reasoning_output_tokens=400)
    thought = answered(usage=usage, reasoning_text="Hm.", turn=(Reasoning(text="Hm."),))
    assert thought.output_tokens_per_second == (501 - 400 - 1) / 2 == 50


@pytest.mark.parametrize(
    "unknown",
    [
        {"reasoning_text": "Hm."},
        {"turn": (Reasoning(text="", signature="sealed"), Text(text="word"))},
    ],
    ids=["readable", "sealed"],
)
def test_reasoning_of_unknown_size_leaves_no_speed(unknown: dict[str, Any]) -> None:
    assert answered(usage=Usage(output_tokens=101), **unknown).output_tokens_per_second is None


@pytest.mark.parametrize(
    "counted",
    [
        {"tool_calls": (ToolCall(id="c", name="look", arguments={}),)},
        {"server_tools": ("web_search_call",)},
        {"files": (File(media_type="image/png", data=b"", name="answer"),)},
        {"choices": ("one", "two")},
    ],
    ids=["tool call", "server tool", "image", "second choice"],
)
def test_tokens_of_other_things_leave_no_speed_of_the_text(counted: dict[str, Any]) -> None:
    assert answered(**counted).output_tokens_per_second is None


@pytest.mark.parametrize(
    ("thought", "speed"), [(0.4, 50), (1.7, None), (2.6, 50)], ids=["before", "amid", "after"]
)
def test_time_to_think_amid_the_text_is_no_time_of_the_text(
    thought: float, speed: float | None
) -> None:
    timing = replace(TIMING, first_reasoning=0.3, last_reasoning=thought)
    assert answered(timing=timing).output_tokens_per_second == speed


def test_an_answer_that_came_whole_has_neither_speed_nor_first_text() -> None:
    whole = answered(streamed=False)
    assert whole.time_to_first_text is None
    assert whole.time_to_first_chunk is None
    assert whole.output_tokens_per_second is None
    assert whole.timing.duration == 2.6
    assert (answered().time_to_first_chunk, answered().time_to_first_text) == (0.2, 0.5)


@pytest.mark.parametrize(
    ("tokens", "last", "speed"),
    [(9, 2.5, None), (10, 2.5, 9 / 2), (101, 0.54, None), (101, 1.0, 100 / 0.5)],
)
def test_what_is_too_short_means_nothing(tokens: int, last: float, speed: float | None) -> None:
    short = answered(usage=Usage(output_tokens=tokens), timing=replace(TIMING, last_text=last))
    assert short.output_tokens_per_second == speed
