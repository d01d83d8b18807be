"""Functions: several calls of one, a word before it, and another try after it has failed."""

import json
from typing import Any

import pytest
from anthropic import Anthropic
from openai import OpenAI

from playground.demo.schema import places

WEATHER: dict[str, Any] = {
    "type": "object",
    "properties": {"city": {"type": "string"}},
    "required": ["city"],
    "additionalProperties": False,
}
TOOL: Any = {"type": "function", "name": "get_weather", "parameters": WEATHER}
CLAUDE_TOOL: Any = {"name": "get_weather", "input_schema": WEATHER}
QUESTION = "What is the weather in Paris, Rome and New York?"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (QUESTION, ["Paris", "Rome", "New York"]),
        ("the weather in Lisbon", ["Lisbon"]),
        ("the weather in Lisbon and for Porto", ["Lisbon", "Porto"]),
        ("the weather", []),
    ],
)
def test_places_are_named_one_after_the_other(text: str, found: list[str]) -> None:
    assert places(text) == found


def test_one_function_is_called_once_for_each_place(openai: OpenAI) -> None:
    made = openai.responses.create(model="gpt-6.1-sol", input=QUESTION, tools=[TOOL])
    calls = [item for item in made.output if item.type == "function_call"]
    assert [json.loads(call.arguments)["city"] for call in calls] == ["Paris", "Rome", "New York"]
    assert len({call.call_id for call in calls}) == 3
    alone = openai.responses.create(
        model="gpt-6.1-sol", input=QUESTION, tools=[TOOL], parallel_tool_calls=False
    )
    assert sum(item.type == "function_call" for item in alone.output) == 1


def claude(anthropic: Anthropic, messages: list[Any]) -> Any:
    return anthropic.messages.create(
        model="claude-haiku-5-5", max_tokens=999, messages=messages, tools=[CLAUDE_TOOL]
    )


def test_claude_says_a_word_before_it_calls(anthropic: Anthropic) -> None:
    answer = claude(anthropic, [{"role": "user", "content": "The weather in Rome?"}])
    assert [block.type for block in answer.content] == ["text", "tool_use"]
    assert answer.stop_reason == "tool_use"


def test_a_function_that_failed_is_called_once_more(anthropic: Anthropic) -> None:
    messages: list[Any] = [{"role": "user", "content": "The weather in Rome?"}]
    for reason in ("tool_use", "tool_use", "end_turn"):
        answer = claude(anthropic, messages)
        assert answer.stop_reason == reason
        results = [
            {"type": "tool_result", "tool_use_id": b.id, "content": "no route", "is_error": True}
            for b in answer.content
            if b.type == "tool_use"
        ]
        messages += [
            {"role": "assistant", "content": answer.content},
            {"role": "user", "content": results},
        ]


def test_a_result_that_says_error_is_a_failure_where_there_is_no_field_for_it(
    openai: OpenAI,
) -> None:
    asked: list[Any] = [{"role": "user", "content": "The weather in Rome?"}]
    first = openai.responses.create(model="gpt-6.1-sol", input=asked, tools=[TOOL])
    call = next(item for item in first.output if item.type == "function_call")
    told: Any = {
        "type": "function_call_output",
        "call_id": call.call_id,
        "output": "Error: no route",
    }
    second = openai.responses.create(
        model="gpt-6.1-sol", previous_response_id=first.id, input=[told], tools=[TOOL]
    )
    assert [item.type for item in second.output][-1] == "function_call"
