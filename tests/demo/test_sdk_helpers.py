"""The official SDKs' own strict stream helpers accept what the demo sends, and agree with the whole answer."""

import json
from typing import Any

import pytest
from anthropic import Anthropic
from google import genai
from google.genai import types
from openai import OpenAI

PROMPT = "What is a token?"
WEATHER: dict[str, Any] = {
    "type": "object",
    "properties": {"city": {"type": "string"}, "days": {"type": "integer"}},
    "required": ["city", "days"],
    "additionalProperties": False,
}
ASK_WEATHER = "What is the weather in Lisbon?"


def test_responses_stream_ends_in_the_same_text_as_its_deltas(openai: OpenAI) -> None:
    with openai.responses.stream(model="gpt-6.1-sol", input=PROMPT) as stream:
        deltas = [e.delta for e in stream if e.type == "response.output_text.delta"]
        final = stream.get_final_response()
    assert "".join(deltas) == final.output_text
    assert len(deltas) > 20
    assert final.status == "completed"


def test_responses_numbers_its_events_from_zero(openai: OpenAI) -> None:
    with openai.responses.stream(model="gpt-6.1-sol", input=PROMPT) as stream:
        numbers = [event.sequence_number for event in stream]
    assert numbers == [*range(len(numbers))]


def test_responses_shows_a_summary_of_its_reasoning_only_when_asked(openai: OpenAI) -> None:
    for asked, shown in ((None, 0), ("auto", 1)):
        reasoning: Any = {"effort": "high", "summary": asked}
        with openai.responses.stream(
            model="gpt-6.1-sol", input=PROMPT, reasoning=reasoning
        ) as stream:
            kinds = {event.type for event in stream}
            final = stream.get_final_response()
        item = next(i for i in final.output if i.type == "reasoning")
        assert len(item.summary) == shown
        assert ("response.reasoning_summary_text.delta" in kinds) == bool(shown)


def test_responses_calls_a_tool_with_arguments_that_fit_its_schema(openai: OpenAI) -> None:
    tool: Any = {"type": "function", "name": "get_weather", "parameters": WEATHER, "strict": True}
    with openai.responses.stream(model="gpt-6.1-sol", input=ASK_WEATHER, tools=[tool]) as stream:
        deltas = [e.delta for e in stream if e.type == "response.function_call_arguments.delta"]
        final = stream.get_final_response()
    call = next(i for i in final.output if i.type == "function_call")
    assert call.arguments == "".join(deltas)
    assert json.loads(call.arguments)["city"] == "Lisbon"
    assert final.output_text == ""


def test_chat_stream_adds_up_and_reports_usage_when_asked(openai: OpenAI) -> None:
    with openai.chat.completions.stream(
        model="gpt-6.1-sol",
        messages=[{"role": "user", "content": PROMPT}],
        stream_options={"include_usage": True},
    ) as stream:
        text = "".join(e.delta for e in stream if e.type == "content.delta")
        final = stream.get_final_completion()
    assert final.choices[0].message.content == text
    assert final.choices[0].finish_reason == "stop"
    assert final.usage is not None
    assert final.usage.total_tokens == final.usage.prompt_tokens + final.usage.completion_tokens


def test_chat_stream_has_no_usage_unless_asked(openai: OpenAI) -> None:
    chunks = openai.chat.completions.create(
        model="gpt-6.1-sol", messages=[{"role": "user", "content": PROMPT}], stream=True
    )
    assert all(chunk.usage is None for chunk in chunks)


def test_chat_answers_with_as_many_different_choices_as_asked(openai: OpenAI) -> None:
    with openai.chat.completions.stream(
        model="gpt-6.1-sol", messages=[{"role": "user", "content": PROMPT}], n=3
    ) as stream:
        for _ in stream:
            pass
        final = stream.get_final_completion()
    assert len({choice.message.content for choice in final.choices}) == 3


def test_chat_calls_a_tool(openai: OpenAI) -> None:
    tool: Any = {
        "type": "function",
        "function": {"name": "get_weather", "parameters": WEATHER, "strict": True},
    }
    with openai.chat.completions.stream(
        model="gpt-5.2", messages=[{"role": "user", "content": ASK_WEATHER}], tools=[tool]
    ) as stream:
        for _ in stream:
            pass
        choice = stream.get_final_completion().choices[0]
    assert choice.finish_reason == "tool_calls"
    assert choice.message.tool_calls is not None
    assert choice.message.tool_calls[0].function.name == "get_weather"


def test_a_compatible_server_thinks_aloud_and_splits_no_usage(compatible: OpenAI) -> None:
    answer = compatible.chat.completions.create(
        model="qwen3:8b", messages=[{"role": "user", "content": PROMPT}]
    )
    assert answer.choices[0].message.model_dump()["reasoning_content"]
    assert answer.usage is not None
    assert answer.usage.completion_tokens_details is None


def test_messages_stream_keeps_thinking_apart_from_text(anthropic: Anthropic) -> None:
    with anthropic.messages.stream(
        model="claude-sonnet-5-5",
        max_tokens=4000,
        thinking={"type": "adaptive"},
        messages=[{"role": "user", "content": PROMPT}],
    ) as stream:
        text = "".join(stream.text_stream)
        final = stream.get_final_message()
    thinking, said = final.content
    assert thinking.type == "thinking"
    assert thinking.thinking
    assert thinking.signature
    assert said.type == "text"
    assert said.text == text
    assert final.stop_reason == "end_turn"


def test_messages_thinks_unseen_where_the_model_always_thinks(anthropic: Anthropic) -> None:
    final = anthropic.messages.create(
        model="claude-opus-5-5", max_tokens=4000, messages=[{"role": "user", "content": PROMPT}]
    )
    block = final.content[0]
    assert block.type == "thinking"
    assert block.thinking == ""
    assert final.usage.output_tokens_details is not None
    assert final.usage.output_tokens_details.thinking_tokens > 0


def test_messages_calls_a_tool_and_uses_its_result(anthropic: Anthropic) -> None:
    tool: Any = {"name": "get_weather", "input_schema": WEATHER}
    asked: Any = [{"role": "user", "content": ASK_WEATHER}]
    with anthropic.messages.stream(
        model="claude-haiku-5-5", max_tokens=999, messages=asked, tools=[tool]
    ) as stream:
        first = stream.get_final_message()
    said, call = first.content
    assert said.type == "text"
    assert first.stop_reason == "tool_use"
    assert call.type == "tool_use"
    assert call.input["city"] == "Lisbon"
    told: Any = {"type": "tool_result", "tool_use_id": call.id, "content": "21 °C, sunny"}
    second = anthropic.messages.create(
        model="claude-haiku-5-5",
        max_tokens=999,
        messages=[
            *asked,
            {"role": "assistant", "content": first.content},
            {"role": "user", "content": [told]},
        ],
        tools=[tool],
    )
    assert second.content[0].type == "text"
    assert "21 °C, sunny" in second.content[0].text


@pytest.mark.parametrize("version", ["v1", "v1beta"])
def test_generate_content_stream_ends_with_a_reason_and_running_totals(
    urls: dict[str, str], version: str
) -> None:
    options = types.HttpOptions(base_url=urls["gemini"], api_version=version, timeout=20_000)
    with genai.Client(api_key="demo", http_options=options) as client:
        chunks = [*client.models.generate_content_stream(model="gemini-3.8-flash", contents=PROMPT)]
        whole = client.models.generate_content(model="gemini-3.8-flash", contents=PROMPT)
    counts = [c.usage_metadata.candidates_token_count or 0 for c in chunks if c.usage_metadata]
    assert counts == sorted(counts)
    assert "".join(c.text or "" for c in chunks) == whole.text
    assert chunks[-1].candidates is not None
    assert chunks[-1].candidates[0].finish_reason == types.FinishReason.STOP
    assert chunks[-1].usage_metadata is not None
    assert whole.usage_metadata is not None
    assert chunks[-1].usage_metadata.total_token_count == whole.usage_metadata.total_token_count


def test_generate_content_shows_thoughts_only_when_asked(gemini: genai.Client) -> None:
    for asked in (False, True):
        config = types.GenerateContentConfig(
            thinking_config=types.ThinkingConfig(include_thoughts=asked)
        )
        chunks = gemini.models.generate_content_stream(
            model="gemini-3.8-flash", contents=PROMPT, config=config
        )
        parts = [
            p
            for chunk in chunks
            for c in chunk.candidates or []
            for p in (c.content.parts if c.content and c.content.parts else [])
        ]
        assert any(part.thought for part in parts) == asked


def test_generate_content_calls_a_function(gemini: genai.Client) -> None:
    function = types.FunctionDeclaration(name="get_weather", parameters_json_schema=WEATHER)
    config = types.GenerateContentConfig(
        tools=[types.Tool(function_declarations=[function])],
        automatic_function_calling=types.AutomaticFunctionCallingConfig(disable=True),
    )
    answer = gemini.models.generate_content(
        model="gemini-3.8-flash", contents=ASK_WEATHER, config=config
    )
    assert answer.function_calls is not None
    assert answer.function_calls[0].name == "get_weather"
    assert (answer.function_calls[0].args or {})["city"] == "Lisbon"


def test_interactions_stream_goes_from_created_to_completed(gemini: genai.Client) -> None:
    events = [*gemini.interactions.create(model="gemini-3.8-flash", input=PROMPT, stream=True)]
    kinds = [event.event_type for event in events]
    text = "".join(
        e.delta.text for e in events if e.event_type == "step.delta" and e.delta.type == "text"
    )
    whole = gemini.interactions.create(model="gemini-3.8-flash", input=PROMPT)
    assert kinds[0] == "interaction.created"
    assert kinds[-1] == "interaction.completed"
    assert whole.output_text == text
    assert whole.status == "completed"


def test_interactions_asks_for_action_when_it_calls_a_tool(gemini: genai.Client) -> None:
    tool: Any = {"type": "function", "name": "get_weather", "parameters": WEATHER}
    events = gemini.interactions.create(
        model="gemini-3.8-flash", input=ASK_WEATHER, tools=[tool], stream=True
    )
    last = [*events][-1]
    assert last.event_type == "interaction.completed"
    assert last.interaction.status == "requires_action"


def test_models_are_listed_as_each_vendor_lists_them(
    openai: OpenAI, anthropic: Anthropic, gemini: genai.Client, compatible: OpenAI
) -> None:
    assert "gpt-6.1-sol" in {m.id for m in openai.models.list()}
    assert "llama3:8b" in {m.id for m in compatible.models.list()}
    assert "models/gemini-3.8-flash" in {m.name for m in gemini.models.list()}
    sonnet = next(m for m in anthropic.models.list() if m.id == "claude-sonnet-5-5")
    assert sonnet.capabilities is not None
    assert sonnet.capabilities.effort.supported
    assert sonnet.max_input_tokens == 1_000_000
