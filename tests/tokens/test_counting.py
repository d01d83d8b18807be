"""Counts are exact where the tokenizer is known, say so where it is not, and survive any text."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from playground.domain import (
    File,
    Message,
    ModelRef,
    Request,
    Settings,
    Text,
    Tool,
    ToolCall,
    ToolResult,
)
from playground.tokens import count, count_input, encode, estimate, known_encoding, load
from playground.tokens.counting import texts

EXCHANGES = Path(__file__).parents[2].parent / "shared" / "exchanges"


@pytest.mark.parametrize(
    ("model", "encoding"),
    [
        ("openai:gpt-4o", "o200k_base"),
        ("openai:gpt-4o-2024-08-06", "o200k_base"),
        ("openai:gpt-4.1-mini", "o200k_base"),
        ("openai:gpt-5.6-sol", "o200k_base"),
        ("openai:o3", "o200k_base"),
        ("openai:gpt-4-0613", "cl100k_base"),
        ("openai:gpt-3.5-turbo", "cl100k_base"),
        ("openai:gpt-4o~429", "o200k_base"),
        ("groq:openai/gpt-oss-120b", "o200k_base"),
        ("openrouter:openai/gpt-4o", "o200k_base"),
        ("openai:gpt-6.1-sol", None),
        ("openai:gpt-6-luna", None),
        ("openai:chat-latest", None),
        ("openai:davinci", None),
        ("ollama:gpt-4o", None),
        ("anthropic:claude-sonnet-5-5", None),
        ("gemini:gemini-3.8-flash", None),
    ],
)
def test_known_encodings(model: str, encoding: str | None) -> None:
    ref = ModelRef.parse(model)
    assert known_encoding(ref) == encoding
    assert estimate("hello world", ref).estimate is (encoding is None)


@pytest.mark.parametrize(
    ("model", "more_expected"),
    [
        ("claude-sonnet-5-5", True),
        ("claude-opus-4-7", True),
        ("claude-fable-5", True),
        ("claude-haiku-5-5", True),
        ("claude-opus-4-6", False),
        ("claude-haiku-4-5", False),
        ("claude-sonnet-4-20250514", False),
        ("claude-3-5-sonnet-20241022", False),
    ],
)
def test_estimate_for_claude_tells_of_its_newer_tokenizer(model: str, more_expected: bool) -> None:
    counted = estimate("hello world", ModelRef("anthropic", "messages", model))
    assert counted.tokens == 2
    assert ("30 % more" in counted.how) is more_expected


def test_special_tokens_in_text_are_plain_text() -> None:
    text = "<|endoftext|>"
    assert load("o200k_base").decode(encode(text)) == text
    assert count(text) > 1


def test_lone_surrogates_do_not_crash() -> None:
    assert count("\ud800") == count("\ufffd")


@settings(deadline=None, max_examples=60)
@given(st.text(alphabet=st.characters(exclude_categories=()), max_size=400))
def test_any_text_counts_as_many_as_it_encodes(text: str) -> None:
    assert count(text) == len(encode(text))


@settings(deadline=None, max_examples=60)
@given(st.text(max_size=400))
def test_encoding_loses_nothing(text: str) -> None:
    assert load("o200k_base").decode(encode(text)) == text


@pytest.mark.parametrize(
    "text",
    [" " * 1_000_000, " " * 1_000_000 + "x", "a" * 1_000_000, "\n" * 500_000, "漢" * 300_000],
    ids=["spaces", "spaces then text", "one letter", "newlines", "no spaces"],
)
def test_huge_monotonous_text_is_counted(text: str) -> None:
    tokens = encode(text)
    assert load("o200k_base").decode(tokens) == text
    assert 0 < len(tokens) <= len(text)


def test_ordinary_text_has_the_tokens_of_the_whole() -> None:
    text = "A line of prose.\n" * 5_000
    assert encode(text) == load("o200k_base").encode_ordinary(text)


def ask(model: str, **more: Any) -> Request:
    return Request.ask(ModelRef.parse(model), "hello world", **more)


def test_input_is_text_and_framing() -> None:
    assert count_input(ask("openai:gpt-4o")).tokens == 2 + 1 * 4 + 3
    assert count_input(ask("openai:gpt-4o", system="Be brief.")).tokens == (2 + 3) + 2 * 4 + 3
    assert count_input(ask("openai:gpt-5-mini")).tokens == 2 + 1 * 4 + 2
    assert count_input(ask("gemini:gemini-3.8-flash")).tokens == 2


def test_input_is_always_an_estimate_and_says_how() -> None:
    counted = count_input(ask("openai:gpt-4o"))
    assert counted.estimate
    assert (
        counted.how == "counted with o200k_base, the tokenizer of this model; "
        "4 tokens for each message and 3 for the request are added for its framing"
    )


def test_files_are_named_as_not_counted() -> None:
    image = File(media_type="image/png", data=b"x")
    message = Message(role="user", parts=(Text(text="hello world"), image, image))
    counted = count_input(
        Request(model=ModelRef.parse("gemini:gemini-3.8-flash"), messages=(message,))
    )
    assert counted.tokens == 2
    assert counted.how.endswith("2 attached files not counted")


def test_everything_that_is_text_is_counted() -> None:
    call = ToolCall(id="1", name="weather", arguments={"city": "Köln"})
    result = ToolResult(id="1", name="weather", content="rain")
    request = Request(
        model=ModelRef.parse("openai:gpt-4o"),
        system="system",
        messages=(
            Message(role="user", parts=(Text(text="question"),)),
            Message(role="assistant", parts=(call,)),
            Message(role="user", parts=(result,)),
        ),
        tools=(Tool(name="weather", description="looks out", parameters={"type": "object"}),),
        settings=Settings(response_schema={"type": "string"}),
    )
    assert list(texts(request)) == [
        "system",
        "question",
        'weather\n{"city": "Köln"}',
        "rain",
        'weather\nlooks out\n{"type": "object"}',
        '{"type": "string"}',
    ]


def plain_chats() -> list[Any]:
    """Recorded OpenAI requests that hold nothing but text, with what OpenAI counted."""
    found = []
    for file in sorted(EXCHANGES.glob("oai*.json")):
        exchange = json.loads(file.read_text())
        body, reported = exchange["request"]["body"], exchange["expected"].get("input_tokens")
        turns = (body.get("messages") or body.get("input")) if isinstance(body, dict) else None
        if isinstance(turns, str):
            turns = [{"role": "user", "content": turns}]
        if not turns or reported is None or body.get("tools") or body.get("response_format"):
            continue
        if all(isinstance(turn.get("content"), str) and len(turn) == 2 for turn in turns):
            found.append(pytest.param(exchange["model"], body, turns, reported, id=file.stem))
    return found


@pytest.mark.skipif(not EXCHANGES.exists(), reason="../shared/exchanges is not on this machine")
@pytest.mark.parametrize(("model", "body", "turns", "reported"), plain_chats())
def test_openai_counted_the_same(model: str, body: Any, turns: Any, reported: int) -> None:
    if reported > 1_200:
        pytest.skip("OpenAI put a hidden prompt of its own in front")
    request = Request(
        model=ModelRef("openai", "chat", model),
        system=body.get("instructions"),
        messages=tuple(Message(role="user", parts=(Text(text=t["content"]),)) for t in turns),
    )
    assert count_input(request).tokens == reported
