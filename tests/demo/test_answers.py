"""What the demo says: useful where it knows the subject, honest where it does not, and obedient to simple settings."""

import json
import random
from typing import Any

import jsonschema
import pytest
from anthropic import Anthropic
from google import genai
from google.genai import types
from openai import OpenAI

from playground.demo import answers
from playground.demo.schema import Instance

SUBJECTS = {
    "What is a token in a language model API, and why is it not the same thing as an API key?": "key",
    "What is the difference between ChatGPT and calling the same model through its API?": "chat",
    "Why does turn 10 of a long conversation cost more than turn 1?": "context",
    "I already pay for a monthly chat subscription. Why does the API ask for payment?": "subscription",
    "Explain prompt caching: what is cached, and when does it pay off?": "cache",
    "What are reasoning tokens?": "reasoning",
    "What does streaming change?": "stream",
    "Why do API costs explode?": "cost",
    "What is a rate limit?": "ratelimit",
    "What is a token?": "token",
}
NUTRITION: dict[str, Any] = {
    "type": "object",
    "properties": {
        "name": {"type": "string", "maxLength": 12},
        "calories": {"type": "integer", "minimum": 10, "multipleOf": 5},
        "kind": {"enum": ["fruit", "nut"]},
        "share": {"type": "number", "exclusiveMinimum": 0, "maximum": 1},
        "eaten": {"type": "string", "format": "date"},
        "parts": {"type": "array", "items": {"$ref": "#/$defs/part"}, "minItems": 3},
        "note": {"anyOf": [{"type": "string"}, {"type": "null"}]},
    },
    "required": ["name", "calories", "kind", "share", "parts"],
    "additionalProperties": False,
    "$defs": {
        "part": {
            "type": "object",
            "properties": {"label": {"type": "string"}, "whole": {"type": "boolean"}},
            "required": ["label", "whole"],
            "additionalProperties": False,
        }
    },
}

UNBOUNDED: dict[str, Any] = {
    **NUTRITION,
    "properties": {name: NUTRITION["properties"][name] for name in ("kind", "eaten", "note")},
    "required": ["kind"],
}
"""What Anthropic compiles: no bounds on numbers, texts and lists."""


@pytest.mark.parametrize(("prompt", "subject"), SUBJECTS.items())
def test_the_subject_is_found_by_keywords(prompt: str, subject: str) -> None:
    found = answers.pick(prompt)
    assert found is not None
    assert found.name == subject


@pytest.mark.parametrize(
    "prompt", ["What is the capital of France?", "Translate this to German", "History of Rome"]
)
def test_a_subject_that_the_demo_does_not_know_is_not_guessed(prompt: str) -> None:
    assert answers.pick(prompt) is None


@pytest.mark.parametrize(
    ("prompt", "greets"),
    [
        ("Hi", True),
        ("hello!", True),
        ("Hey there", True),
        ("Hi Claude, can you help me?", True),
        ("Good morning. How are you today?", True),
        ("Hi, who painted the Mona Lisa?", False),
        ("History", False),
    ],
)
def test_a_greeting_alone_is_greeted(prompt: str, greets: bool) -> None:
    found = answers.pick(prompt)
    assert (found is not None and found.name == "hello") == greets


def test_every_topic_has_a_text_in_three_voices_of_readable_length() -> None:
    for topic in answers.topics():
        assert {"openai", "anthropic", "gemini"} <= topic.voices.keys()
        assert len(set(topic.voices.values())) == len(topic.voices)
        for text in topic.voices.values():
            assert 20 <= len(text.split()) <= 250
        assert topic.thought.endswith(".")


def test_the_answer_says_once_that_it_is_simulated(openai: OpenAI) -> None:
    text = openai.responses.create(model="gpt-6.1-sol", input="What is a token?").output_text
    assert text.lower().count("simulated") == 1


def test_the_same_question_has_the_same_answer_and_thoughts(openai: OpenAI) -> None:
    one, two = (
        openai.responses.create(model="gpt-6.1-sol", input="What is a token?") for _ in range(2)
    )
    assert one.output_text == two.output_text
    assert one.usage is not None
    assert two.usage is not None
    assert one.usage.output_tokens == two.usage.output_tokens


def test_models_of_one_vendor_put_it_differently(openai: OpenAI) -> None:
    texts = {
        openai.responses.create(model=model, input="What is a token?").output_text
        for model in ("gpt-6.2-astra", "gpt-6.1-sol", "gpt-6-luna")
    }
    assert len(texts) == 3


def test_an_unknown_question_is_answered_with_what_arrived(openai: OpenAI) -> None:
    answer = openai.responses.create(
        model="gpt-6.1-sol", input="Who won the cup in 1974?", instructions="Be brief."
    )
    assert answer.usage is not None
    assert "no real answer" in answer.output_text
    assert f"{answer.usage.input_tokens:,}" in answer.output_text
    for source in ("with a key", "`playground recorded`", "`playground local`"):
        assert source in answer.output_text
    assert "“Be brief.”" in answer.output_text


@pytest.mark.parametrize("place", ["instructions", "developer message"])
def test_the_system_prompt_is_acknowledged(openai: OpenAI, place: str) -> None:
    user: Any = {"role": "user", "content": "What is a token?"}
    system: Any = {"role": "developer", "content": "You are a pirate."}
    if place == "instructions":
        answer = openai.responses.create(
            model="gpt-6.1-sol", input=[user], instructions="You are a pirate."
        )
    else:
        answer = openai.responses.create(model="gpt-6.1-sol", input=[system, user])
    assert "“You are a pirate.”" in answer.output_text


@pytest.mark.parametrize("words", [60, 1500])
def test_a_length_in_words_is_roughly_kept(openai: OpenAI, words: int) -> None:
    text = openai.responses.create(
        model="gpt-6.1-sol", input=f"What is a token? About {words} words, please."
    ).output_text
    assert 0.4 * words <= len(text.split()) <= 1.4 * words


def test_reasoning_grows_with_effort(openai: OpenAI) -> None:
    def thought(effort: Any) -> int:
        usage = openai.responses.create(
            model="gpt-6-luna", input="What is a token?", reasoning={"effort": effort}
        ).usage
        assert usage is not None
        return usage.output_tokens_details.reasoning_tokens

    found = [thought(effort) for effort in ("none", "low", "medium", "high", "max")]
    assert found[0] == 0
    assert found == sorted(set(found))


def test_the_output_stops_at_the_maximum_with_the_vendors_own_word(
    openai: OpenAI, anthropic: Anthropic, gemini: genai.Client
) -> None:
    responses = openai.responses.create(
        model="chat-latest", input="What is a token?", max_output_tokens=20
    )
    assert (
        responses.status,
        responses.incomplete_details and responses.incomplete_details.reason,
    ) == (
        "incomplete",
        "max_output_tokens",
    )
    assert responses.usage is not None
    assert responses.usage.output_tokens == 20
    chat = openai.chat.completions.create(
        model="chat-latest",
        messages=[{"role": "user", "content": "What is a token?"}],
        max_completion_tokens=20,
    )
    assert chat.choices[0].finish_reason == "length"
    message = anthropic.messages.create(
        model="claude-haiku-5-5",
        max_tokens=20,
        messages=[{"role": "user", "content": "What is a token?"}],
    )
    assert message.stop_reason == "max_tokens"
    config = types.GenerateContentConfig(max_output_tokens=20)
    generated = gemini.models.generate_content(
        model="gemini-3.1-flash-lite", contents="What is a token?", config=config
    )
    assert generated.candidates is not None
    assert generated.candidates[0].finish_reason == types.FinishReason.MAX_TOKENS


def test_reasoning_can_use_up_the_whole_maximum(openai: OpenAI) -> None:
    answer = openai.responses.create(
        model="gpt-6-astra", input="What is a token?", max_output_tokens=50
    )
    assert answer.output_text == ""
    assert answer.usage is not None
    assert answer.usage.output_tokens_details.reasoning_tokens == 50


def test_a_stop_sequence_ends_the_text_before_it(anthropic: Anthropic, openai: OpenAI) -> None:
    message = anthropic.messages.create(
        model="claude-haiku-5-5",
        max_tokens=999,
        stop_sequences=["token"],
        messages=[{"role": "user", "content": "What is a token?"}],
    )
    assert (message.stop_reason, message.stop_sequence) == ("stop_sequence", "token")
    assert message.content[0].type == "text"
    assert "token" not in message.content[0].text
    chat = openai.chat.completions.create(
        model="gpt-4.1", stop=["token"], messages=[{"role": "user", "content": "What is a token?"}]
    )
    assert chat.choices[0].finish_reason == "stop"
    assert "token" not in (chat.choices[0].message.content or "")


def test_structured_output_fits_its_schema_at_every_door(
    openai: OpenAI, anthropic: Anthropic, gemini: genai.Client
) -> None:
    prompt = "Describe 3 almonds"
    responses = openai.responses.create(
        model="gpt-6.1-sol",
        input=prompt,
        text={
            "format": {"type": "json_schema", "name": "food", "schema": NUTRITION, "strict": False}
        },
    )
    chat = openai.chat.completions.create(
        model="gpt-6.1-sol",
        messages=[{"role": "user", "content": prompt}],
        response_format={
            "type": "json_schema",
            "json_schema": {"name": "food", "schema": NUTRITION},
        },
    )
    message = anthropic.messages.create(
        model="claude-haiku-5-5",
        max_tokens=999,
        messages=[{"role": "user", "content": prompt}],
        output_config={"format": {"type": "json_schema", "schema": UNBOUNDED}},
    )
    config = types.GenerateContentConfig(
        response_mime_type="application/json", response_json_schema=NUTRITION
    )
    generated = gemini.models.generate_content(
        model="gemini-3.8-flash", contents=prompt, config=config
    )
    form: Any = {"type": "text", "mime_type": "application/json", "schema": NUTRITION}
    interaction = gemini.interactions.create(
        model="gemini-3.8-flash", input=prompt, response_format=form
    )
    block = message.content[0]
    assert block.type == "text"
    jsonschema.validate(json.loads(block.text), UNBOUNDED)
    for text in (
        responses.output_text,
        chat.choices[0].message.content,
        generated.text,
        interaction.output_text,
    ):
        jsonschema.validate(json.loads(text or ""), NUTRITION)


def test_an_absurd_schema_does_not_keep_the_server_busy() -> None:
    part: dict[str, Any] = {"type": "array", "minItems": 10**12, "items": {"$ref": "#/$defs/part"}}
    made = Instance({"$ref": "#/$defs/part", "$defs": {"part": part}}, "", random.Random(7)).make()
    assert len(json.dumps(made)) < 100_000


def test_a_tool_that_the_question_does_not_need_is_not_called(openai: OpenAI) -> None:
    tool: Any = {"type": "function", "name": "get_weather", "parameters": {"type": "object"}}
    answer = openai.responses.create(model="gpt-6.1-sol", input="What is a token?", tools=[tool])
    assert all(item.type != "function_call" for item in answer.output)


def test_a_required_tool_is_called_in_any_case(openai: OpenAI) -> None:
    tool: Any = {"type": "function", "name": "get_weather", "parameters": {"type": "object"}}
    answer = openai.responses.create(
        model="gpt-6.1-sol", input="What is a token?", tools=[tool], tool_choice="required"
    )
    assert any(item.type == "function_call" for item in answer.output)


def test_two_tools_that_fit_are_called_together(openai: OpenAI) -> None:
    tools: Any = [
        {"type": "function", "name": name, "parameters": {"type": "object"}}
        for name in ("get_weather", "get_population")
    ]
    answer = openai.responses.create(
        model="gpt-6.1-sol", input="Weather and population of Oslo?", tools=tools
    )
    called = [item.name for item in answer.output if item.type == "function_call"]
    assert called == ["get_weather", "get_population"]
