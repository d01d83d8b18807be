"""A prefix long enough for the model that was seen before is reported as read from the cache, as each vendor reports it."""

from typing import Any
from uuid import uuid4

import pytest
from anthropic import Anthropic
from google import genai
from openai import OpenAI

from playground import catalog
from playground.demo import models
from playground.demo.ask import Ask, Part, Turn
from playground.demo.caching import Cache
from playground.demo.compose import READING_SPEED, Reply, compose
from playground.demo.counting import Segment
from playground.demo.pace import JITTER


def long_text(sentences: int = 260) -> str:
    """About 2,600 tokens that no other test has sent, or ten for each sentence."""
    return f"Document {uuid4()}. " + "The quick brown fox jumps over the lazy dog. " * sentences


def test_openai_reads_a_repeated_prefix_and_writes_a_new_one(openai: OpenAI) -> None:
    document = long_text()
    first, second = (
        openai.responses.create(model="gpt-6.1-sol", instructions=document, input=question).usage
        for question in ("What is this?", "Who wrote it?")
    )
    assert first is not None
    assert second is not None
    assert first.input_tokens_details.cached_tokens == 0
    assert first.input_tokens_details.cache_write_tokens > 1024
    read = second.input_tokens_details.cached_tokens
    assert 1024 < read < second.input_tokens
    assert read + second.input_tokens_details.cache_write_tokens <= second.input_tokens


def test_a_short_prompt_is_never_cached(openai: OpenAI) -> None:
    for _ in range(2):
        usage = openai.responses.create(model="gpt-6.1-sol", input="What is a token?").usage
        assert usage is not None
        assert usage.input_tokens_details.cached_tokens == 0


def test_one_changed_word_at_the_start_spoils_the_cache(openai: OpenAI) -> None:
    document = long_text()
    for start in ("A", "B"):
        usage = openai.responses.create(model="gpt-6.1-sol", input=f"{start} {document}").usage
        assert usage is not None
        assert usage.input_tokens_details.cached_tokens == 0


def test_counting_does_not_fill_the_cache(openai: OpenAI) -> None:
    document = long_text()
    openai.responses.input_tokens.count(model="gpt-6.1-sol", input=document)
    usage = openai.responses.create(model="gpt-6.1-sol", input=document).usage
    assert usage is not None
    assert usage.input_tokens_details.cached_tokens == 0


def test_anthropic_caches_only_up_to_a_breakpoint(anthropic: Anthropic) -> None:
    document = long_text()
    marked: Any = [{"type": "text", "text": document, "cache_control": {"type": "ephemeral"}}]
    plain: Any = [{"type": "text", "text": document}]

    def usage(system: Any) -> Any:
        return anthropic.messages.create(
            model="claude-haiku-5-5",
            max_tokens=9,
            system=system,
            messages=[{"role": "user", "content": "What is this?"}],
        ).usage

    unmarked, wrote, read = usage(plain), usage(marked), usage(marked)
    assert unmarked.cache_creation_input_tokens == 0
    assert wrote.cache_creation_input_tokens > 1024
    assert wrote.cache_creation.ephemeral_5m_input_tokens == wrote.cache_creation_input_tokens
    assert read.cache_read_input_tokens == wrote.cache_creation_input_tokens
    assert read.cache_creation_input_tokens == 0
    for one in (wrote, read):
        cached = one.cache_creation_input_tokens + one.cache_read_input_tokens
        assert one.input_tokens + cached == unmarked.input_tokens


def test_anthropic_splits_writes_by_time_to_live(anthropic: Anthropic) -> None:
    hour: Any = {"type": "ephemeral", "ttl": "1h"}
    system: Any = [
        {"type": "text", "text": long_text(), "cache_control": hour},
        {"type": "text", "text": long_text(), "cache_control": {"type": "ephemeral"}},
    ]
    usage = anthropic.messages.create(
        model="claude-haiku-5-5",
        max_tokens=9,
        system=system,
        messages=[{"role": "user", "content": "Hi"}],
    ).usage
    split = usage.cache_creation
    assert split is not None
    assert split.ephemeral_1h_input_tokens > 1024
    assert split.ephemeral_5m_input_tokens > 1024
    assert usage.cache_creation_input_tokens == (
        split.ephemeral_1h_input_tokens + split.ephemeral_5m_input_tokens
    )


def test_anthropic_reads_the_earlier_turns_when_the_breakpoint_moves_on(
    anthropic: Anthropic,
) -> None:
    first: Any = [{"role": "user", "content": long_text()}]
    more: Any = [
        *first,
        {"role": "assistant", "content": "Noted."},
        {"role": "user", "content": "And now?"},
    ]
    wrote, read = (
        anthropic.messages.create(
            model="claude-haiku-5-5",
            max_tokens=9,
            messages=messages,
            cache_control={"type": "ephemeral"},
        ).usage
        for messages in (first, more)
    )
    assert read.cache_read_input_tokens == wrote.cache_creation_input_tokens
    assert (read.cache_creation_input_tokens or 0) > 0


def test_gemini_caches_implicitly_inside_the_prompt_count(gemini: genai.Client) -> None:
    document: Any = long_text(520)
    first, second = (
        gemini.models.generate_content(
            model="gemini-3.8-flash", contents=[document, question]
        ).usage_metadata
        for question in ("What is this?", "Who wrote it?")
    )
    assert first is not None
    assert second is not None
    assert first.cached_content_token_count is None
    assert 4096 < (second.cached_content_token_count or 0) < (second.prompt_token_count or 0)


@pytest.mark.parametrize(
    "row",
    [
        r
        for r in catalog.catalog()
        if r.cache_ttls and r.provider == "anthropic" and not r.retired()
    ],
    ids=lambda row: row.id,
)
def test_each_claude_caches_from_its_own_minimum_on(row: catalog.Model) -> None:
    model = models.find("anthropic", row.id)
    assert model is not None
    for tokens, written in ((row.cache_minimum - 1, 0), (row.cache_minimum, row.cache_minimum)):
        ask = Ask(model=model, asked=row.id, fault=None, cache_all="5m")
        segment = Segment("text", (tokens,), tokens)
        assert Cache().use(ask, [segment]).written == written


def test_older_models_read_in_steps_of_128_and_write_for_nothing(openai: OpenAI) -> None:
    document = long_text()
    for first, second in (("gpt-5.2", True), ("gpt-6.1-sol", False)):
        usages = [
            openai.responses.create(model=first, instructions=document, input=question).usage
            for question in ("What is this?", "Who wrote it?")
        ]
        told = [usage.input_tokens_details for usage in usages if usage]
        assert told[1].cached_tokens >= 1024
        if second:
            assert told[1].cached_tokens % 128 == 0
            assert told[0].cache_write_tokens == 0
        else:
            assert told[0].cache_write_tokens > 1024


def composed(prompt: str, cache: Cache, **more: Any) -> Reply:
    model = models.find("openai", "gpt-6.1-sol")
    assert model is not None
    turn = Turn("user", (Part("text", prompt),))
    return compose(Ask(model=model, asked=model.id, fault=None, turns=(turn,), **more), cache, 1.0)


def test_the_first_text_waits_for_fresh_tokens_and_not_for_cached_ones() -> None:
    cache, long = Cache(), long_text(2600)
    fresh, again = composed(long, cache), composed(long, cache)
    read = again.cached.read
    assert read > 20_000
    gained = fresh.schedule.opened - again.schedule.opened
    assert gained == pytest.approx(read / READING_SPEED, rel=JITTER)


@pytest.mark.parametrize(
    ("prompt", "least", "most"),
    [
        ("Hello!", 0, 0),
        ("Thank you", 0, 0),
        ("Translate 'good morning' into German", 30, 120),
        ("Why is the sky blue?", 150, 250),
        ("Prove that there are infinitely many primes.", 1_500, 4_000),
    ],
)
def test_reasoning_depends_on_the_question(prompt: str, least: int, most: int) -> None:
    assert least <= composed(prompt, Cache()).reasoning_tokens <= most


def test_openai_says_why_a_cache_was_not_read_where_a_response_is_named(openai: OpenAI) -> None:
    document = long_text()

    def ask(words: str, **options: Any) -> Any:
        given: Any = options
        return openai.responses.create(
            model="gpt-6.1-sol",
            instructions=words,
            input="What is this?",
            prompt_cache_options=given,
        )

    first = ask(document)
    assert first.prompt_cache_diagnostics is None
    hit = ask(document, comparison_response_id=first.id).prompt_cache_diagnostics
    assert hit.type == "cache_hit"
    missed = ask(f"A {document}", comparison_response_id=first.id).prompt_cache_diagnostics
    assert (missed.type, missed.reason) == ("cache_miss", "input_changed")
    assert missed.cache_missed_tokens > 1024
    unknown = ask(document, comparison_response_id="resp_unknown").prompt_cache_diagnostics
    assert unknown.type == "comparison_response_not_found"


def test_anthropic_says_why_a_cache_was_not_read_where_a_message_is_named(
    anthropic: Anthropic,
) -> None:
    document = long_text()

    def ask(words: str, earlier: str | None) -> Any:
        system: Any = [{"type": "text", "text": words, "cache_control": {"type": "ephemeral"}}]
        return anthropic.messages.create(
            model="claude-sonnet-5-5",
            max_tokens=9,
            system=system,
            messages=[{"role": "user", "content": "What is this?"}],
            diagnostics={"previous_message_id": earlier},
        )

    first = ask(document, None)
    assert first.diagnostics is None
    assert ask(document, first.id).diagnostics is None
    missed = ask(f"A {document}", first.id).diagnostics.cache_miss_reason
    assert missed.type == "system_changed"
    assert missed.cache_missed_input_tokens > 1024
    unknown = ask(f"B {document}", "msg_unknown").diagnostics.cache_miss_reason
    assert unknown.type == "previous_message_not_found"
