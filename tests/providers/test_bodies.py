"""What arrives on the wire for a Request, door by door, to the last field."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from playground import catalog
from playground.domain import (
    Endpoint,
    File,
    Message,
    ModelRef,
    Reasoning,
    Request,
    Secret,
    Settings,
    Text,
    Tool,
    ToolCall,
    ToolResult,
)
from playground.providers import Call, preview
from playground.wire import Pool
from tests.loopback import Handler, Loopback, answer

Serve = Callable[[Handler], Awaitable[Loopback]]

SCHEMA = {"type": "object", "properties": {"n": {"type": "integer"}}}
TOOL = Tool(name="add", description="Adds.", parameters=SCHEMA)


def request(spelling: str, **more: Any) -> Request:
    return Request.ask(ModelRef.parse(spelling), "Hi", **more)


def settings(spelling: str, **some: Any) -> Request:
    return request(spelling, settings=Settings(**some))


def conversation(spelling: str) -> Request:
    """Two files and a question, an answer that thinks, speaks and calls a tool, and the tool's result."""
    return Request(
        model=ModelRef.parse(spelling),
        messages=(
            Message(
                role="user",
                parts=(
                    Text(text="Look"),
                    File(media_type="image/png", data=b"PNG"),
                    File(media_type="application/pdf", data=b"PDF", name="a.pdf"),
                ),
            ),
            Message(
                role="assistant",
                parts=(
                    Reasoning(text="hm", signature="c2ln", id="rs_1"),
                    Text(text="I add"),
                    ToolCall(id="c1", name="add", arguments={"n": 1}, signature="c2ln"),
                ),
            ),
            Message(
                role="user",
                parts=(ToolResult(id="c1", name="add", content="2"), Text(text="Go on")),
            ),
        ),
    )


RESPONSES = {
    "model": "m",
    "input": [{"role": "user", "content": "Hi"}],
    "store": False,
    "stream": True,
    "stream_options": {"include_obfuscation": False},
    "include": ["reasoning.encrypted_content"],
}
CHAT = {
    "model": "m",
    "messages": [{"role": "user", "content": "Hi"}],
    "store": False,
    "stream": True,
    "stream_options": {"include_usage": True, "include_obfuscation": False},
}
COMPATIBLE = {
    "model": "m",
    "messages": [{"role": "user", "content": "Hi"}],
    "stream": True,
    "stream_options": {"include_usage": True},
}
MESSAGES = {
    "model": "m",
    "max_tokens": 4096,
    "messages": [{"role": "user", "content": "Hi"}],
    "stream": True,
}
GENERATE = {
    "contents": [{"role": "user", "parts": [{"text": "Hi"}]}],
    "store": False,
    "generationConfig": {},
}
INTERACTIONS = {
    "model": "m",
    "input": [{"type": "user_input", "content": [{"type": "text", "text": "Hi"}]}],
    "store": False,
    "stream": True,
}
PLAIN: dict[str, dict[str, Any]] = {
    "openai:m": RESPONSES,
    "openai/chat:m": CHAT,
    "ollama:m": COMPATIBLE,
    "anthropic:m": MESSAGES,
    "gemini:m": GENERATE,
    "gemini/interactions:m": INTERACTIONS,
}
"""The smallest request of each door."""


def generation(**config: Any) -> dict[str, Any]:
    return {"generationConfig": config}


CHAT_TOOL = {
    "type": "function",
    "function": {"name": "add", "description": "Adds.", "parameters": SCHEMA},
}
FLAT_TOOL = {"type": "function", "name": "add", "description": "Adds.", "parameters": SCHEMA}
GEMINI_TOOL = {"name": "add", "description": "Adds.", "parameters_json_schema": SCHEMA}
JSON_SCHEMA = {"name": "answer", "schema": SCHEMA, "strict": True}

ADDED: list[tuple[str, Request, dict[str, Any]]] = [
    # system prompt
    ("openai:m", request("openai:m", system="Be brief"), {"instructions": "Be brief"}),
    (
        "openai/chat:m",
        request("openai/chat:m", system="Be brief"),
        {"messages": [{"role": "system", "content": "Be brief"}, *CHAT["messages"]]},  # type: ignore[misc]
    ),
    ("anthropic:m", request("anthropic:m", system="Be brief"), {"system": "Be brief"}),
    (
        "gemini:m",
        request("gemini:m", system="Be brief"),
        {"systemInstruction": {"role": "user", "parts": [{"text": "Be brief"}]}},
    ),
    (
        "gemini/interactions:m",
        request("gemini/interactions:m", system="Be brief"),
        {"system_instruction": "Be brief"},
    ),
    # limits and sampling
    (
        "openai:m",
        settings(
            "openai:m",
            max_output_tokens=9,
            temperature=0.5,
            top_p=0.9,
            stop=("X",),
            seed=7,
            top_k=3,
        ),
        {"max_output_tokens": 9, "temperature": 0.5, "top_p": 0.9},
    ),
    (
        "openai/chat:m",
        settings(
            "openai/chat:m", max_output_tokens=9, temperature=0.5, stop=("X",), seed=7, top_k=3
        ),
        {"max_completion_tokens": 9, "temperature": 0.5, "stop": ["X"], "seed": 7},
    ),
    ("ollama:m", settings("ollama:m", max_output_tokens=9), {"max_tokens": 9}),
    (
        "anthropic:m",
        settings("anthropic:m", max_output_tokens=9, temperature=0.5, top_k=3, stop=("X",), seed=7),
        {"max_tokens": 9, "temperature": 0.5, "top_k": 3, "stop_sequences": ["X"]},
    ),
    (
        "gemini:m",
        settings("gemini:m", max_output_tokens=9, temperature=0.5, top_k=3, stop=("X",), seed=7),
        generation(maxOutputTokens=9, temperature=0.5, topK=3.0, stopSequences=["X"], seed=7),
    ),
    (
        "gemini/interactions:m",
        settings("gemini/interactions:m", max_output_tokens=9, stop=("X",), seed=7),
        {"generation_config": {"max_output_tokens": 9, "stop_sequences": ["X"], "seed": 7}},
    ),
    # effort
    (
        "openai:m",
        settings("openai:m", effort="high", reasoning_summary=True, verbosity="low"),
        {"reasoning": {"effort": "high", "summary": "auto"}, "text": {"verbosity": "low"}},
    ),
    ("openai/chat:m", settings("openai/chat:m", effort="high"), {"reasoning_effort": "high"}),
    (
        "anthropic:m",
        settings("anthropic:m", effort="high", reasoning_summary=True),
        {
            "output_config": {"effort": "high"},
            "thinking": {"type": "adaptive", "display": "summarized"},
        },
    ),
    ("anthropic:m", settings("anthropic:m", effort="none"), {"thinking": {"type": "disabled"}}),
    (
        "anthropic:m",
        settings("anthropic:m", effort="2048"),
        {"thinking": {"type": "enabled", "budget_tokens": 2048}},
    ),
    (
        "gemini:m",
        settings("gemini:m", effort="low", reasoning_summary=True),
        generation(thinkingConfig={"thinking_level": "LOW", "include_thoughts": True}),
    ),
    (
        "gemini:m",
        settings("gemini:m", effort="none"),
        generation(thinkingConfig={"thinking_budget": 0}),
    ),
    (
        "gemini/interactions:m",
        settings("gemini/interactions:m", effort="low", reasoning_summary=True),
        {"generation_config": {"thinking_level": "low", "thinking_summaries": "auto"}},
    ),
    # structured output
    (
        "openai:m",
        settings("openai:m", response_schema=SCHEMA),
        {"text": {"format": {"type": "json_schema", **JSON_SCHEMA}}},
    ),
    (
        "openai/chat:m",
        settings("openai/chat:m", response_schema=SCHEMA),
        {"response_format": {"type": "json_schema", "json_schema": JSON_SCHEMA}},
    ),
    (
        "anthropic:m",
        settings("anthropic:m", response_schema=SCHEMA),
        {"output_config": {"format": {"type": "json_schema", "schema": SCHEMA}}},
    ),
    (
        "gemini:m",
        settings("gemini:m", response_schema=SCHEMA),
        generation(responseMimeType="application/json", responseJsonSchema=SCHEMA),
    ),
    (
        "gemini/interactions:m",
        settings("gemini/interactions:m", response_schema=SCHEMA),
        {"response_format": {"type": "text", "mime_type": "application/json", "schema": SCHEMA}},
    ),
    # tools
    (
        "openai:m",
        request("openai:m", tools=(TOOL,), server_tools=("web_search", "code_execution")),
        {
            "tools": [
                {**FLAT_TOOL, "strict": False},
                {"type": "web_search"},
                {"type": "code_interpreter", "container": {"type": "auto"}},
            ]
        },
    ),
    (
        "openai/chat:m",
        request("openai/chat:m", tools=(TOOL,), server_tools=("web_search",)),
        {"tools": [CHAT_TOOL], "web_search_options": {}},
    ),
    (
        "anthropic:m",
        request("anthropic:m", tools=(TOOL,), server_tools=("web_search", "code_execution")),
        {
            "tools": [
                {"name": "add", "description": "Adds.", "input_schema": SCHEMA},
                {"type": "web_search_20250305", "name": "web_search"},
                {"type": "code_execution_20250825", "name": "code_execution"},
            ]
        },
    ),
    (
        "gemini:m",
        request("gemini:m", tools=(TOOL,), server_tools=("web_search", "code_execution")),
        {
            "tools": [
                {"googleSearch": {}},
                {"codeExecution": {}},
                {"functionDeclarations": [GEMINI_TOOL]},
            ]
        },
    ),
    (
        "gemini/interactions:m",
        request("gemini/interactions:m", tools=(TOOL,), server_tools=("web_search",)),
        {"tools": [FLAT_TOOL, {"type": "google_search"}]},
    ),
    ("openai:m", settings("openai:m", tool_choice="required"), {"tool_choice": "required"}),
    ("openai/chat:m", settings("openai/chat:m", tool_choice="none"), {"tool_choice": "none"}),
    (
        "anthropic:m",
        settings("anthropic:m", tool_choice="required"),
        {"tool_choice": {"type": "any"}},
    ),
    (
        "gemini:m",
        settings("gemini:m", tool_choice="required"),
        {"toolConfig": {"functionCallingConfig": {"mode": "ANY"}}},
    ),
    (
        "gemini/interactions:m",
        settings("gemini/interactions:m", tool_choice="required"),
        {"generation_config": {"tool_choice": "any"}},
    ),
    # cache, tier, kept conversations, fields of one's own
    (
        "openai:m",
        settings("openai:m", cache_ttl="12h", service_tier="flex"),
        {"prompt_cache_options": {"ttl": "12h"}, "service_tier": "flex"},
    ),
    (
        "openai/chat:m",
        settings("openai/chat:m", cache_ttl="30m"),
        {"prompt_cache_options": {"ttl": "30m"}},
    ),
    (
        "anthropic:m",
        settings("anthropic:m", cache_ttl="1h", service_tier="standard_only"),
        {"cache_control": {"type": "ephemeral", "ttl": "1h"}, "service_tier": "standard_only"},
    ),
    ("anthropic:m", settings("anthropic:m", service_tier="fast"), {"speed": "fast"}),
    ("gemini:m", settings("gemini:m", service_tier="flex"), {"serviceTier": "flex"}),
    (
        "gemini/interactions:m",
        settings("gemini/interactions:m", service_tier="flex"),
        {"service_tier": "flex"},
    ),
    (
        "gemini/interactions:m",
        request("gemini/interactions:m", previous_response_id="v1_a"),
        {"previous_interaction_id": "v1_a", "store": True},
    ),
    *(
        (spelling, settings(spelling, extra={"metadata": {"a": "b"}}), {"metadata": {"a": "b"}})
        for spelling in PLAIN
    ),
]


async def arrived(serve: Serve, pool: Pool, asked: Request) -> tuple[str, dict[str, Any]]:
    """Path and JSON body that a loopback provider receives for the request."""
    provider = await serve(answer({}))
    endpoint = Endpoint(provider=asked.model.provider, base_url=provider.url, key=Secret("k" * 20))
    await Call(asked, endpoint, pool=pool).run()
    seen = provider.requests[0]
    return seen.path, seen.json


@pytest.mark.parametrize("spelling", PLAIN)
async def test_the_smallest_request(serve: Serve, pool: Pool, spelling: str) -> None:
    _, body = await arrived(serve, pool, request(spelling))
    assert body == PLAIN[spelling]


@pytest.mark.parametrize(("spelling", "asked", "added"), ADDED)
async def test_what_a_setting_adds(
    serve: Serve, pool: Pool, spelling: str, asked: Request, added: dict[str, Any]
) -> None:
    _, body = await arrived(serve, pool, asked)
    assert body == {**PLAIN[spelling], **added}


PATHS = {
    "openai:m": ("/responses", "/responses"),
    "openai/chat:m": ("/chat/completions", "/chat/completions"),
    "ollama:m": ("/chat/completions", "/chat/completions"),
    "anthropic:m": ("/v1/messages", "/v1/messages"),
    "gemini:m": (
        "/v1/models/m:streamGenerateContent?alt=sse",
        "/v1/models/m:generateContent",
    ),
    "gemini/interactions:m": ("/v1/interactions", "/v1/interactions"),
}


@pytest.mark.parametrize("spelling", PATHS)
async def test_the_path_streamed_and_not(serve: Serve, pool: Pool, spelling: str) -> None:
    found = [(await arrived(serve, pool, request(spelling, stream=s)))[0] for s in (True, False)]
    assert tuple(found) == PATHS[spelling]


@pytest.mark.parametrize("version", ["", "/v1", "/v1beta"])
async def test_a_base_url_may_name_geminis_version(serve: Serve, pool: Pool, version: str) -> None:
    provider = await serve(answer({}))
    for spelling in ("gemini:m", "gemini/interactions:m"):
        endpoint = Endpoint(
            provider="gemini", base_url=provider.url + version, key=Secret("k" * 20)
        )
        await Call(request(spelling), endpoint, pool=pool).run()
    assert {seen.path.split("/")[1] for seen in provider.requests} == {
        version.removeprefix("/") or "v1"
    }


async def test_a_conversation_that_openai_keeps_is_continued_there(
    serve: Serve, pool: Pool
) -> None:
    _, body = await arrived(serve, pool, request("openai:m", previous_response_id="resp_1"))
    assert body["previous_response_id"] == "resp_1"
    assert body["store"] is True
    assert "include" not in body


async def test_models_that_do_not_reason_are_not_asked_for_encrypted_reasoning(
    serve: Serve, pool: Pool
) -> None:
    _, body = await arrived(serve, pool, request("openai:gpt-4o"))
    assert "include" not in body


async def test_mistral_refuses_stream_options_and_gets_none(serve: Serve, pool: Pool) -> None:
    _, body = await arrived(serve, pool, request("mistral:m"))
    assert "stream_options" not in body


async def test_anthropic_always_gets_a_limit_the_models_own_where_known(
    serve: Serve, pool: Pool
) -> None:
    known = ModelRef.parse("anthropic:claude-sonnet-5-5")
    model = catalog.find(known)
    assert model is not None
    for spelling, most in ((str(known), model.max_output), ("anthropic:m", 4096)):
        for stream in (True, False):
            _, body = await arrived(serve, pool, request(spelling, stream=stream))
            assert body["max_tokens"] == most


PNG, PDF = "UE5H", "UERG"
TURNS: dict[str, Any] = {
    "openai:m": [
        {
            "role": "user",
            "content": [
                {"type": "input_text", "text": "Look"},
                {
                    "type": "input_image",
                    "image_url": f"data:image/png;base64,{PNG}",
                    "detail": "auto",
                },
                {
                    "type": "input_file",
                    "filename": "a.pdf",
                    "file_data": f"data:application/pdf;base64,{PDF}",
                },
            ],
        },
        {
            "type": "reasoning",
            "id": "rs_1",
            "summary": [{"type": "summary_text", "text": "hm"}],
            "encrypted_content": "c2ln",
        },
        {"role": "assistant", "content": "I add"},
        {"type": "function_call", "call_id": "c1", "name": "add", "arguments": '{"n": 1}'},
        {"type": "function_call_output", "call_id": "c1", "output": "2"},
        {"role": "user", "content": "Go on"},
    ],
    "openai/chat:m": [
        {
            "role": "user",
            "content": [
                {"type": "text", "text": "Look"},
                {"type": "image_url", "image_url": {"url": f"data:image/png;base64,{PNG}"}},
                {
                    "type": "file",
                    "file": {
                        "filename": "a.pdf",
                        "file_data": f"data:application/pdf;base64,{PDF}",
                    },
                },
            ],
        },
        {
            "role": "assistant",
            "content": "I add",
            "tool_calls": [
                {
                    "id": "c1",
                    "type": "function",
                    "function": {"name": "add", "arguments": '{"n": 1}'},
                }
            ],
        },
        {"role": "tool", "tool_call_id": "c1", "content": "2"},
        {"role": "user", "content": "Go on"},
    ],
    "anthropic:m": [
        {
            "role": "user",
            "content": [
                {"type": "text", "text": "Look"},
                {
                    "type": "image",
                    "source": {"type": "base64", "media_type": "image/png", "data": PNG},
                },
                {
                    "type": "document",
                    "source": {"type": "base64", "media_type": "application/pdf", "data": PDF},
                },
            ],
        },
        {
            "role": "assistant",
            "content": [
                {"type": "thinking", "thinking": "hm", "signature": "c2ln"},
                {"type": "text", "text": "I add"},
                {"type": "tool_use", "id": "c1", "name": "add", "input": {"n": 1}},
            ],
        },
        {
            "role": "user",
            "content": [
                {"type": "tool_result", "tool_use_id": "c1", "content": "2"},
                {"type": "text", "text": "Go on"},
            ],
        },
    ],
    "gemini:m": [
        {
            "role": "user",
            "parts": [
                {"text": "Look"},
                {"inlineData": {"mime_type": "image/png", "data": PNG}},
                {"inlineData": {"mime_type": "application/pdf", "data": PDF}},
            ],
        },
        {
            "role": "model",
            "parts": [
                {"text": "hm", "thought": True, "thoughtSignature": "c2ln"},
                {"text": "I add"},
                {
                    "functionCall": {"id": "c1", "name": "add", "args": {"n": 1}},
                    "thoughtSignature": "c2ln",
                },
            ],
        },
        {
            "role": "user",
            "parts": [
                {"functionResponse": {"id": "c1", "name": "add", "response": {"result": "2"}}},
                {"text": "Go on"},
            ],
        },
    ],
    "gemini/interactions:m": [
        {
            "type": "user_input",
            "content": [
                {"type": "text", "text": "Look"},
                {"type": "image", "mime_type": "image/png", "data": PNG},
                {"type": "document", "mime_type": "application/pdf", "data": PDF},
            ],
        },
        {"type": "thought", "signature": "c2ln", "summary": [{"type": "text", "text": "hm"}]},
        {"type": "model_output", "content": [{"type": "text", "text": "I add"}]},
        {
            "type": "function_call",
            "id": "c1",
            "name": "add",
            "arguments": {"n": 1},
            "signature": "c2ln",
        },
        {"type": "function_result", "call_id": "c1", "name": "add", "result": "2"},
        {"type": "user_input", "content": [{"type": "text", "text": "Go on"}]},
    ],
}


@pytest.mark.parametrize("spelling", TURNS)
async def test_files_reasoning_tool_calls_and_results(
    serve: Serve, pool: Pool, spelling: str
) -> None:
    _, body = await arrived(serve, pool, conversation(spelling))
    (turns,) = (body[name] for name in ("input", "messages", "contents") if name in body)
    assert turns == TURNS[spelling]


@pytest.mark.parametrize("spelling", PLAIN)
async def test_the_preview_is_what_is_sent(serve: Serve, pool: Pool, spelling: str) -> None:
    asked = conversation(spelling)
    _, body = await arrived(serve, pool, asked)
    assert preview(asked) == body


def test_a_preview_that_cannot_be_built_says_why() -> None:
    broken = settings("gemini:m", response_schema=SCHEMA, extra={"a": {1, 2}})
    with pytest.raises(ValueError, match="could not be built"):
        preview(broken)
