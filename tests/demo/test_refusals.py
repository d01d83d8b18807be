"""The demo refuses what the real APIs refuse, in each door's words; and takes what they take."""

from __future__ import annotations

import typing
from collections.abc import Callable
from typing import Any

import httpx2
import pytest
from anthropic.types import message_create_params as anthropic_params
from anthropic.types import tool_union_param
from google.genai import types
from openai.types.chat import completion_create_params as chat_params
from openai.types.responses import response_create_params as response_params
from openai.types.responses import tool_param

from playground.demo.refusals.bodies_anthropic import MESSAGES as MESSAGES_BODY
from playground.demo.refusals.bodies_gemini import CONFIG, PART, TOOL
from playground.demo.refusals.bodies_openai import CHAT as CHAT_BODY
from playground.demo.refusals.bodies_openai import RESPONSES as RESPONSES_BODY
from playground.demo.refusals.kinds import Kind
from tests.demo import odd_anthropic, odd_chat, odd_gemini, odd_more, odd_responses
from tests.demo.odd import PNG, SAID, TEXT, USUAL, Odd, claude_tool, function, nested, schema

TABLE = (
    *odd_responses.RESPONSES,
    *odd_chat.CHAT,
    *odd_anthropic.MESSAGES,
    *odd_gemini.GENERATE,
    *odd_gemini.INTERACTION,
    *odd_more.MORE,
)
PATHS = {
    "responses": "/openai/v1/responses",
    "chat": "/openai/v1/chat/completions",
    "messages": "/anthropic/v1/messages",
    "generate": "/gemini/v1beta/models/{model}:generateContent",
    "interactions": "/gemini/v1beta/interactions",
}
HEADERS = {
    "authorization": "Bearer demo",
    "x-api-key": "demo",
    "x-goog-api-key": "demo",
    "anthropic-version": "2023-06-01",
}


def send(http: httpx2.Client, door: str, change: dict[str, Any]) -> httpx2.Response:
    body = {name: value for name, value in {**USUAL[door], **change}.items() if value is not None}
    path = PATHS[door].format(model=body.get("model"))
    if door == "generate":
        body.pop("model")
    return http.post(path, json=body, headers=HEADERS)


def test_the_table_is_long_and_every_row_has_a_source() -> None:
    assert len(TABLE) >= 270
    assert all(row.source.startswith(("https://", "recorded: ", "lab §")) for row in TABLE)


@pytest.mark.parametrize("door", USUAL)
def test_the_usual_request_is_taken(http: httpx2.Client, door: str) -> None:
    assert send(http, door, {}).status_code == 200


@pytest.mark.parametrize(
    "row", TABLE, ids=lambda row: f"{row.door}-{str(row.change)[:60]}-{row.says[:20]}"
)
def test_what_the_real_api_refuses_is_refused_in_its_words(http: httpx2.Client, row: Odd) -> None:
    answer = send(http, row.door, row.change)
    error = answer.json()["error"]
    assert (answer.status_code, row.says in error["message"]) == (row.status, True), answer.text
    if row.code:
        assert error["code"] == row.code
    if row.door in ("responses", "chat"):
        assert error["type"] == "invalid_request_error"


CALL = {"type": "tool_use", "id": "toolu_1", "name": "f", "input": {}}
TAKEN: tuple[tuple[str, dict[str, Any]], ...] = (
    ("responses", {"temperature": 1, "top_p": 1.0}),
    ("responses", {"model": "gpt-6-luna", "reasoning": {"effort": "none"}, "temperature": 0.2}),
    ("responses", {"model": "gpt-4.1", "temperature": 0.2, "max_output_tokens": 16}),
    ("responses", {"tools": [function()], "tool_choice": "required"}),
    ("responses", {"tools": [function(parameters={"type": "object", "properties": {"a": TEXT}})]}),
    ("responses", {"tools": [{"type": "web_search"}], "include": ["web_search_call.results"]}),
    ("responses", {"prompt_cache_options": {"ttl": "12h"}, "service_tier": "flex"}),
    ("responses", odd_responses.seen(f"data:image/png;base64,{PNG}")),
    ("responses", {"input": [*SAID, odd_responses.CALL, odd_responses.TOLD]}),
    ("chat", {"model": "gpt-4.1", "stop": ["END"], "temperature": 0, "max_tokens": 99, "n": 2}),
    ("chat", {"model": "gpt-6-luna", "reasoning_effort": "none", "tools": [nested()]}),
    ("chat", {"model": "gpt-5.2", "tools": [nested()], "parallel_tool_calls": False}),
    ("chat", {"stream": True, "stream_options": {"include_usage": True}}),
    ("messages", {"temperature": 1}),
    ("messages", {"model": "claude-haiku-4-5", "temperature": 0.3, "top_k": 5}),
    ("messages", {"model": "claude-haiku-5-5", "thinking": {"type": "disabled"}}),
    (
        "messages",
        {
            "model": "claude-haiku-5-5",
            "tools": [claude_tool()],
            "tool_choice": {"type": "any", "disable_parallel_tool_use": True},
        },
    ),
    ("messages", {"model": "claude-haiku-4-5", "messages": [*SAID, {"role": "assistant", "content": "The"}]}),
    ("messages", odd_anthropic.form(schema(a=TEXT))),
    ("messages", odd_anthropic.image(PNG)),
    ("messages", {"messages": [*SAID, {"role": "assistant", "content": [CALL]}, {"role": "user", "content": [odd_anthropic.TOLD]}]}),
    ("generate", odd_gemini.config(temperature=0.2, topK=5, stopSequences=["END"])),
    ("generate", {"generation_config": {"max_output_tokens": 99}}),
    ("generate", odd_gemini.thinking(thinkingBudget=-1)),
    ("generate", odd_gemini.thinking(thinkingLevel="low")),
    ("generate", odd_gemini.talk(odd_gemini.USER, odd_gemini.model(odd_gemini.CALL), {"role": "user", "parts": [odd_gemini.TOLD]})),
    ("generate", odd_gemini.answered({"type": "OBJECT", "properties": {"a": {"type": "STRING"}}})),
    ("generate", {"model": "gemini-3.1-flash-image", **odd_gemini.config(responseModalities=["TEXT", "IMAGE"])}),
    ("generate", {"systemInstruction": {"parts": [{"text": "Be brief"}]}}),
    ("chat", {"model": "gpt-4.1", "logit_bias": {"50": -100}}),
    ("messages", odd_more.results(odd_anthropic.TOLD, {"type": "text", "text": "And now?"})),
    ("interactions", {"generation_config": {"thinking_level": "low"}, "store": False}),
)  # fmt: skip
"""What looks odd and is taken all the same."""


@pytest.mark.parametrize(("door", "change"), TAKEN, ids=lambda value: str(value)[:60])
def test_what_the_real_api_takes_is_taken(
    http: httpx2.Client, door: str, change: dict[str, Any]
) -> None:
    answer = send(http, door, change)
    assert answer.status_code == 200, answer.text


def test_a_missing_or_unknown_version_is_refused(http: httpx2.Client) -> None:
    for headers, says in (({}, "header is required"), ({"anthropic-version": "1"}, "not a valid")):
        answer = http.post(
            PATHS["messages"], json=USUAL["messages"], headers={"x-api-key": "demo", **headers}
        )
        assert (answer.status_code, says in answer.json()["error"]["message"]) == (400, True)


def test_a_prompt_past_the_window_is_refused(http: httpx2.Client) -> None:
    long = "word " * 201_000
    answer = send(
        http,
        "messages",
        {"model": "claude-haiku-4-5", "messages": [{"role": "user", "content": long}]},
    )
    assert answer.status_code == 400
    assert answer.json()["error"]["message"].endswith("> 200000 maximum")


def test_what_is_odd_is_refused_before_it_is_counted_too(http: httpx2.Client) -> None:
    answer = http.post(
        f"{PATHS['messages']}/count_tokens",
        json={"model": "claude-sonnet-5-5", "messages": SAID, "foo": 1},
        headers=HEADERS,
    )
    assert answer.json()["error"]["message"] == "foo: Extra inputs are not permitted"


def test_a_compatible_server_takes_what_it_is_given(http: httpx2.Client) -> None:
    body = {"model": "llama3:8b", "messages": SAID, "temperature": 0.2, "top_k": 4, "foo": 1}
    assert http.post("/compatible/v1/chat/completions", json=body).status_code == 200


OPENAI_TOOLS = {
    name: typing.get_type_hints(row, include_extras=True)
    for row in typing.get_args(tool_param.ToolParam)
    for name in typing.get_args(typing.get_type_hints(row)["type"])
}
CLAUDE_TOOLS = {
    name: typing.get_type_hints(row)
    for row in typing.get_args(tool_union_param.ToolUnionParam)
    for name in typing.get_args(typing.get_type_hints(row)["type"])
    if isinstance(name, str)
}


@pytest.mark.parametrize("name", OPENAI_TOOLS)
def test_a_tool_of_openais_sdk_is_known_with_what_it_needs(name: str) -> None:
    """`parameters` and `strict` of a function may be left out: the API fills them in."""
    tools = RESPONSES_BODY.fields and RESPONSES_BODY.fields["tools"].item
    assert tools
    needed = {field for field, told in tools.variants[name].items() if told.needed}
    required = {f for f, t in OPENAI_TOOLS[name].items() if typing.get_origin(t) is typing.Required}
    assert needed == required - {"type", "parameters", "strict"}


@pytest.mark.parametrize("name", sorted(set(CLAUDE_TOOLS) - {"custom"}))
def test_a_tool_of_anthropics_sdk_is_known_with_its_one_name(name: str) -> None:
    tools = MESSAGES_BODY.fields and MESSAGES_BODY.fields["tools"].item
    assert tools
    own = tools.variants[name].get("name")
    named = typing.get_args(CLAUDE_TOOLS[name]["name"]) if "name" in CLAUDE_TOOLS[name] else ()
    assert (own.values if own else ()) == named


def camel(names: typing.Iterable[str]) -> set[str]:
    words = (name.split("_") for name in names)
    return {head + "".join(word.capitalize() for word in rest) for head, *rest in words}


def typed(params: Any) -> set[str]:
    return {*typing.get_type_hints(params)}


@pytest.mark.parametrize(
    ("body", "sdk"),
    [
        (RESPONSES_BODY, lambda: typed(response_params.ResponseCreateParamsBase)),
        (CHAT_BODY, lambda: typed(chat_params.CompletionCreateParamsBase)),
        (MESSAGES_BODY, lambda: typed(anthropic_params.MessageCreateParamsBase)),
        (CONFIG, lambda: camel(types.GenerationConfig.model_fields)),
        (PART, lambda: camel(types.Part.model_fields)),
        (TOOL, lambda: camel(types.Tool.model_fields)),
    ],
    ids=["responses", "chat", "messages", "config", "part", "tool"],
)
def test_every_field_of_the_sdk_is_known(body: Kind, sdk: Callable[[], set[str]]) -> None:
    assert sdk() <= (body.fields or {}).keys()
