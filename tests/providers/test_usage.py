"""Usage on one scale, whatever a provider counts apart: properties over any counts, not cases."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from playground.domain import Usage
from playground.providers import (
    anthropic_messages,
    gemini_generate,
    gemini_interactions,
    openai_chat,
    openai_responses,
)

tokens = st.integers(0, 2_000_000)
maybe = st.none() | tokens


def without_none(raw: dict[str, Any]) -> dict[str, Any]:
    """As on the wire: what is not said is not there."""
    return {key: value for key, value in raw.items() if value is not None}


def consistent(usage: Usage) -> bool:
    return usage.problems() == []


@given(fresh=tokens, read=maybe, short=tokens, long=tokens, out=tokens)
def test_anthropic_counts_the_cache_apart_and_we_add_it(
    fresh: int, read: int | None, short: int, long: int, out: int
) -> None:
    usage = anthropic_messages.usage(
        without_none(
            {
                "input_tokens": fresh,
                "cache_read_input_tokens": read,
                "cache_creation_input_tokens": short + long,
                "cache_creation": {
                    "ephemeral_5m_input_tokens": short,
                    "ephemeral_1h_input_tokens": long,
                },
                "output_tokens": out,
            }
        )
    )
    assert usage.input_tokens == fresh + (read or 0) + short + long
    assert usage.cache_read_input_tokens == read
    assert usage.cache_write_input_tokens == short + long
    assert usage.output_tokens == out
    assert consistent(usage)


@given(cached=tokens, rest=tokens, reasoning=tokens, visible=tokens)
def test_openai_counts_everything_in_and_we_leave_it(
    cached: int, rest: int, reasoning: int, visible: int
) -> None:
    responses = openai_responses.usage(
        {
            "input_tokens": cached + rest,
            "input_tokens_details": {"cached_tokens": cached},
            "output_tokens": reasoning + visible,
            "output_tokens_details": {"reasoning_tokens": reasoning},
        },
        {},
    )
    chat = openai_chat.usage(
        {
            "prompt_tokens": cached + rest,
            "prompt_tokens_details": {"cached_tokens": cached},
            "completion_tokens": reasoning + visible,
            "completion_tokens_details": {"reasoning_tokens": reasoning},
            "total_tokens": cached + rest + reasoning + visible,
        }
    )
    for usage in (responses, chat):
        assert usage is not None
        assert usage.input_tokens == cached + rest
        assert usage.cache_read_input_tokens == cached
        assert usage.output_tokens == reasoning + visible
        assert usage.reasoning_output_tokens == reasoning
        assert usage.cache_write_input_tokens is None
        assert consistent(usage)


@given(prompt=tokens, fed=maybe, visible=maybe, thoughts=maybe)
def test_gemini_counts_thoughts_and_tool_prompts_apart_and_we_add_them(
    prompt: int, fed: int | None, visible: int | None, thoughts: int | None
) -> None:
    generate = gemini_generate.usage(
        without_none(
            {
                "promptTokenCount": prompt,
                "toolUsePromptTokenCount": fed,
                "candidatesTokenCount": visible,
                "thoughtsTokenCount": thoughts,
            }
        ),
        {},
    )
    interactions = gemini_interactions.usage(
        without_none(
            {
                "total_input_tokens": prompt,
                "total_tool_use_tokens": fed,
                "total_output_tokens": visible,
                "total_thought_tokens": thoughts,
            }
        )
    )
    nothing_said = visible is None and thoughts is None
    for usage in (generate, interactions):
        assert usage is not None
        assert usage.input_tokens == prompt + (fed or 0)
        assert usage.reasoning_output_tokens == thoughts
        assert usage.output_tokens == (None if nothing_said else (visible or 0) + (thoughts or 0))
        assert consistent(usage)


@given(st.dictionaries(st.text(max_size=30), st.none() | st.just({}), max_size=5))
def test_what_is_not_reported_is_none_never_zero(raw: dict[str, Any]) -> None:
    usage = anthropic_messages.usage(raw)
    assert usage.input_tokens is None
    assert usage.output_tokens is None
    assert usage.cache_read_input_tokens is None
    assert usage.reasoning_output_tokens is None


def test_counts_that_contradict_themselves_are_named() -> None:
    (cache,) = Usage(input_tokens=10, cache_read_input_tokens=11).problems()
    assert "11" in cache
    assert "10" in cache
    (reasoning,) = Usage(output_tokens=1, reasoning_output_tokens=2).problems()
    assert "reasoning" in reasoning
    (split,) = Usage(
        input_tokens=9, cache_write_input_tokens=5, cache_write_by_ttl={"5m": 4}
    ).problems()
    assert "time to live" in split
