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


CHAT_TOOL: Any = {"type": "function", "function": {"name": "get_weather", "parameters": WEATHER}}


@pytest.mark.parametrize(
    ("result", "again"),
    [
        ("Error: no route", True),
        ('{"error": "no route"}', True),
        ("TimeoutError: 30 seconds", True),
        ("service unavailable\n\nFix the errors and try again.", True),
        ('{"error": null, "degrees": 18}', False),
        ("18 degrees, measured without errors", False),
    ],
)
def test_one_of_two_calls_that_failed_is_seen_wherever_it_stands(
    openai: OpenAI, result: str, again: bool
) -> None:
    messages: list[Any] = [{"role": "user", "content": "What is the weather in Paris and in Rome?"}]
    ends = []
    for told in ((result, "18 degrees"), ("18 degrees", "18 degrees")):
        answer = openai.chat.completions.create(
            model="gpt-5.1", messages=messages, tools=[CHAT_TOOL]
        ).choices[0]
        ends.append(answer.finish_reason)
        messages.append(answer.message)
        messages += [
            {"role": "tool", "tool_call_id": call.id, "content": text}
            for call, text in zip(answer.message.tool_calls or (), told, strict=False)
        ]
    assert ends == ["tool_calls", "tool_calls" if again else "stop"]
    assert again or "18 degrees" in (answer.message.content or "").replace(result, "")


def test_items_that_are_only_referred_to_are_no_question(openai: OpenAI) -> None:
    asked: list[Any] = [{"role": "user", "content": "What is the weather in Paris and in Rome?"}]
    first = openai.responses.create(model="gpt-6.1-sol", input=asked, tools=[TOOL])
    told = {"Paris": "Error: no route", "Rome": "18 degrees"}
    results: list[Any] = []
    for item in first.output:
        if item.type == "function_call":
            city = json.loads(item.arguments)["city"]
            asked.append(item.model_dump(include={"type", "call_id", "name", "arguments"}))
            results.append(
                {"type": "function_call_output", "call_id": item.call_id, "output": told[city]}
            )
        else:
            asked.append({"type": "item_reference", "id": item.id})
    second = openai.responses.create(model="gpt-6.1-sol", input=[*asked, *results], tools=[TOOL])
    calls = [item for item in second.output if item.type == "function_call"]
    assert [json.loads(call.arguments) for call in calls] == [{"city": "Paris"}, {"city": "Rome"}]


def test_a_failure_of_an_earlier_question_does_not_use_up_the_second_try(openai: OpenAI) -> None:
    messages: list[Any] = []
    for reason in ("tool_calls", "stop", "tool_calls", "tool_calls", "stop"):
        if not messages or (reason == "tool_calls" and messages[-1]["role"] == "assistant"):
            messages.append({"role": "user", "content": "What is the weather in Rome?"})
        answer = openai.chat.completions.create(
            model="gpt-5.1", messages=messages, tools=[CHAT_TOOL]
        ).choices[0]
        assert answer.finish_reason == reason
        messages.append(answer.message.model_dump(exclude_none=True))
        result = "Error: no route" if len(messages) > 4 else "18 degrees"
        messages += [
            {"role": "tool", "tool_call_id": call.id, "content": result}
            for call in answer.message.tool_calls or ()
        ]


def test_a_function_that_takes_the_answer_is_called_unasked_and_once(anthropic: Anthropic) -> None:
    final: Any = {
        "name": "final_result",
        "description": "The final response which ends this conversation",
        "input_schema": {
            "type": "object",
            "properties": {"name": {"type": "string"}, "age": {"type": "integer"}},
            "required": ["name", "age"],
        },
    }
    said = "Ada Lovelace is 36 years old. What is the weather in Rome?"
    messages: list[Any] = [{"role": "user", "content": said}]
    called = []
    for _ in range(3):
        answer = anthropic.messages.create(
            model="claude-sonnet-5-5",
            max_tokens=4000,
            messages=messages,
            tools=[CLAUDE_TOOL, final],
        )
        uses = [block for block in answer.content if block.type == "tool_use"]
        called.append([(use.name, use.input) for use in uses])
        results = [{"type": "tool_result", "tool_use_id": u.id, "content": "done"} for u in uses]
        messages += [
            {"role": "assistant", "content": answer.content},
            {"role": "user", "content": results},
        ]
    assert called == [
        [("get_weather", {"city": "Rome"})],
        [("final_result", {"name": "Ada Lovelace", "age": 36})],
        [],
    ]
