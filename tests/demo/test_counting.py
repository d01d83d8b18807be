"""Counting endpoints agree with what a send reports, and every count is a sum of documented parts."""

import base64
from typing import Any

import httpx2
import pytest
from anthropic import Anthropic
from google import genai
from google.genai import types
from openai import OpenAI

from playground.demo.counting import FRAMING, compact, image_size
from playground.tokens import count

SYSTEM = "You are terse. Answer in one sentence."
TALK = [("user", "What is a token?"), ("assistant", "A piece of text."), ("user", "And a key?")]
SCHEMA = {"type": "object", "properties": {"city": {"type": "string"}}}
PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
PDF = b"%PDF-1.4\n1 0 obj<</Type /Pages>>\n2 0 obj<</Type /Page >>\n3 0 obj<</Type /Page >>\n"


def claude(text: str) -> int:
    return -(-count(text) * 13 // 10)


def flash(text: str) -> int:
    return -(-count(text) * 105 // 100)


def test_openai_input_is_base_plus_messages_plus_system_plus_tools(openai: OpenAI) -> None:
    tool: Any = {"type": "function", "name": "get_weather", "parameters": SCHEMA}
    request: Any = {
        "model": "gpt-6.1-sol",
        "instructions": SYSTEM,
        "input": [{"role": r, "content": t} for r, t in TALK],
        "tools": [tool],
    }
    frame = FRAMING["openai"]
    expected = (
        frame.base
        + (frame.system + count(SYSTEM))
        + (frame.tools + frame.tool + count(compact({"name": "get_weather", "parameters": SCHEMA})))
        + sum(frame.message + count(text) for _, text in TALK)
    )
    assert openai.responses.input_tokens.count(**request).input_tokens == expected
    usage = openai.responses.create(**request).usage
    assert usage is not None
    assert usage.input_tokens == expected


def test_both_openai_doors_count_the_same_text_alike(openai: OpenAI) -> None:
    answer = openai.chat.completions.create(
        model="gpt-6.1-sol", messages=[{"role": "user", "content": "What is a token?"}]
    )
    counted = openai.responses.input_tokens.count(model="gpt-6.1-sol", input="What is a token?")
    assert answer.usage is not None
    assert answer.usage.prompt_tokens == counted.input_tokens


def test_gpt_4_is_framed_by_one_token_more_than_gpt_6(openai: OpenAI) -> None:
    old, new = (
        openai.responses.input_tokens.count(model=model, input="Hello").input_tokens
        for model in ("gpt-4.1", "gpt-6.1-sol")
    )
    assert old == new + 1


def test_claude_5_counts_1_3_times_o200k(anthropic: Anthropic) -> None:
    frame = FRAMING["anthropic"]
    request: Any = {
        "model": "claude-sonnet-5-5",
        "system": SYSTEM,
        "messages": [{"role": r, "content": t} for r, t in TALK],
    }
    expected = (
        frame.base
        + (frame.system + claude(SYSTEM))
        + sum(frame.message + claude(text) for _, text in TALK)
    )
    assert anthropic.messages.count_tokens(**request).input_tokens == expected
    assert anthropic.messages.create(max_tokens=99, **request).usage.input_tokens == expected


def test_gemini_counts_what_a_send_reports(gemini: genai.Client) -> None:
    frame = FRAMING["gemini"]
    expected = frame.base + frame.message + flash("What is a token?")
    counted = gemini.models.count_tokens(model="gemini-3.8-flash", contents="What is a token?")
    sent = gemini.models.generate_content(model="gemini-3.8-flash", contents="What is a token?")
    assert counted.total_tokens == expected
    assert sent.usage_metadata is not None
    assert sent.usage_metadata.prompt_token_count == expected


def test_gemini_counts_a_whole_request_as_its_rest_form_allows(http: httpx2.Client) -> None:
    whole = {
        "contents": [{"role": "user", "parts": [{"text": "What is a token?"}]}],
        "system_instruction": {"parts": [{"text": SYSTEM}]},
    }
    frame = FRAMING["gemini"]
    expected = frame.system + flash(SYSTEM) + frame.message + flash("What is a token?")
    path, key = "/gemini/v1beta/models/gemini-3.8-flash", {"x-goog-api-key": "demo"}
    counted = http.post(f"{path}:countTokens", json={"generateContentRequest": whole}, headers=key)
    sent = http.post(f"{path}:generateContent", json=whole, headers=key)
    assert counted.json()["totalTokens"] == expected
    assert sent.json()["usageMetadata"]["promptTokenCount"] == expected


def test_both_gemini_doors_count_the_same_text_alike(gemini: genai.Client) -> None:
    counted = gemini.models.count_tokens(model="gemini-3.8-flash", contents="What is a token?")
    sent = gemini.interactions.create(model="gemini-3.8-flash", input="What is a token?")
    assert sent.usage is not None
    assert sent.usage.total_input_tokens == counted.total_tokens


def test_the_next_turn_costs_exactly_the_answer_and_the_new_question_more(openai: OpenAI) -> None:
    first = openai.responses.create(model="chat-latest", input="What is a token?")
    again: Any = [
        {"role": "user", "content": "What is a token?"},
        {"role": "assistant", "content": first.output_text},
        {"role": "user", "content": "And a key?"},
    ]
    second = openai.responses.create(model="chat-latest", input=again)
    assert first.usage is not None
    assert second.usage is not None
    grown = 2 * FRAMING["openai"].message + count(first.output_text) + count("And a key?")
    assert second.usage.input_tokens == first.usage.input_tokens + grown


def test_a_conversation_kept_on_the_server_counts_like_one_sent_again(
    openai: OpenAI, gemini: genai.Client
) -> None:
    one = openai.responses.create(model="gpt-6.1-sol", input="What is a token?")
    resent: Any = [
        {"role": "user", "content": "What is a token?"},
        *[item.model_dump(exclude_none=True) for item in one.output],
        {"role": "user", "content": "And a key?"},
    ]
    kept = openai.responses.create(
        model="gpt-6.1-sol", input="And a key?", previous_response_id=one.id
    )
    sent = openai.responses.create(model="gpt-6.1-sol", input=resent)
    assert kept.usage is not None
    assert sent.usage is not None
    assert kept.usage.input_tokens == sent.usage.input_tokens

    first = gemini.interactions.create(model="gemini-3.8-flash", input="What is a token?")
    second: Any = gemini.interactions.create(
        model="gemini-3.8-flash", input="And a key?", previous_interaction_id=first.id
    )
    assert first.usage is not None
    assert second.usage is not None
    grown = 2 * FRAMING["gemini"].message + flash(first.output_text or "") + flash("And a key?")
    assert (second.usage.total_input_tokens or 0) == (first.usage.total_input_tokens or 0) + grown


def test_output_is_the_visible_text_plus_reasoning(openai: OpenAI, anthropic: Anthropic) -> None:
    answer = openai.responses.create(model="gpt-6.1-sol", input="What is a token?")
    assert answer.usage is not None
    thought = answer.usage.output_tokens_details.reasoning_tokens
    assert thought > 0
    assert answer.usage.output_tokens == thought + count(answer.output_text)
    told = anthropic.messages.create(
        model="claude-haiku-5-5", max_tokens=999, messages=[{"role": "user", "content": "Hello"}]
    )
    assert told.content[0].type == "text"
    assert told.usage.output_tokens == claude(told.content[0].text)


def test_gemini_keeps_thoughts_out_of_the_candidates(gemini: genai.Client) -> None:
    answer = gemini.models.generate_content(model="gemini-3.8-flash", contents="What is a token?")
    usage = answer.usage_metadata
    assert usage is not None
    assert usage.candidates_token_count == flash(answer.text or "")
    assert usage.total_token_count == (
        (usage.prompt_token_count or 0)
        + (usage.candidates_token_count or 0)
        + (usage.thoughts_token_count or 0)
    )


def test_files_are_counted_by_kind(gemini: genai.Client, anthropic: Anthropic) -> None:
    parts: Any = [
        types.Part.from_bytes(data=PIXEL, mime_type="image/png"),
        types.Part.from_bytes(data=PDF, mime_type="application/pdf"),
        "What is this?",
    ]
    answer = gemini.models.generate_content(model="gemini-3.8-flash", contents=parts)
    assert answer.usage_metadata is not None
    counted = {
        d.modality.value if d.modality else "": d.token_count
        for d in answer.usage_metadata.prompt_tokens_details or []
    }
    assert counted["IMAGE"] == 1120
    assert counted["DOCUMENT"] == 2 * 560
    block: Any = {
        "type": "image",
        "source": {
            "type": "base64",
            "media_type": "image/png",
            "data": base64.b64encode(PIXEL).decode(),
        },
    }
    with_image, without = (
        anthropic.messages.count_tokens(
            model="claude-sonnet-5-5", messages=[{"role": "user", "content": content}]
        ).input_tokens
        for content in ([block, {"type": "text", "text": "Hi"}], "Hi")
    )
    assert with_image - without == 1


@pytest.mark.parametrize(
    ("data", "size"),
    [
        (PIXEL, (1, 1)),
        (b"GIF89a\x40\x01\xf0\x00", (320, 240)),
        (b"\xff\xd8\xff\xc0\x00\x11\x08\x01\x00\x02\x00", (512, 256)),
        (b"unknown", (1000, 1000)),
    ],
)
def test_the_size_of_an_image_is_read_from_its_head(data: bytes, size: tuple[int, int]) -> None:
    assert image_size(data) == size
