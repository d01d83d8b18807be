"""The provider's own tools: the simulation uses them where the question asks for it, and tells it as each vendor does."""

from __future__ import annotations

import random
from typing import Any

import pytest
from anthropic import Anthropic
from google import genai
from google.genai import types
from openai import OpenAI

from playground.demo.ask import Ask, Offer, Part, Turn
from playground.demo.hosted import use
from playground.demo.models import find

USE_TOOLS = "Search the web for the population of Lisbon, then run code: 20 + 22."


def test_responses_shows_what_its_own_tools_did(openai: OpenAI) -> None:
    tools: Any = [
        {"type": "web_search"},
        {"type": "code_interpreter", "container": {"type": "auto"}},
    ]
    with openai.responses.stream(
        model="gpt-6.1-sol",
        input=USE_TOOLS,
        tools=tools,
        include=["code_interpreter_call.outputs"],
    ) as stream:
        kinds: list[str] = [event.type for event in stream]
        final: Any = stream.get_final_response()
    search, code = (item for item in final.output if item.type.endswith("_call"))
    assert search.action.type == "search"
    assert search.action.query == USE_TOOLS
    assert code.code == "print(20 + 22)"
    assert code.outputs[0].logs == "42\n"
    for step in ("web_search_call.searching", "code_interpreter_call_code.delta"):
        assert kinds.count(f"response.{step}") == 1
    message = final.output[-1]
    cited = message.content[0].annotations
    assert [one.type for one in cited] == ["url_citation"] * 2
    assert kinds.count("response.output_text.annotation.added") == len(cited)
    plain: Any = openai.responses.create(model="gpt-6.1-sol", input="Hello 20 + 22.", tools=tools)
    assert [item.type for item in plain.output if item.type.endswith("_call")] == []


def test_anthropic_shows_what_its_own_tools_did(anthropic: Anthropic) -> None:
    tools: Any = [
        {"type": "web_search_20250305", "name": "web_search"},
        {"type": "code_execution_20250825", "name": "code_execution"},
    ]
    asked: Any = {
        "model": "claude-sonnet-5-5",
        "max_tokens": 4000,
        "messages": [{"role": "user", "content": USE_TOOLS}],
        "tools": tools,
    }
    with anthropic.messages.stream(**asked) as stream:
        final: Any = stream.get_final_message()
    whole: Any = anthropic.messages.create(**asked)
    for message in (final, whole):
        used = [block for block in message.content if block.type == "server_tool_use"]
        assert [(block.name, block.input) for block in used] == [
            ("web_search", {"query": USE_TOOLS}),
            ("bash_code_execution", {"command": "python3 -c 'print(20 + 22)'"}),
        ]
        text = message.content[-1]
        assert text.citations
        assert len(text.citations) == 2
        assert message.usage.server_tool_use.web_search_requests == 1
    without: Any = anthropic.messages.create(**{**asked, "tool_choice": {"type": "none"}})
    assert [block.type for block in without.content if block.type == "server_tool_use"] == []
    assert final.usage.input_tokens > without.usage.input_tokens


def test_generate_content_shows_what_its_own_tools_did(gemini: genai.Client) -> None:
    config = types.GenerateContentConfig(
        tools=[
            types.Tool(google_search=types.GoogleSearch()),
            types.Tool(code_execution=types.ToolCodeExecution()),
        ]
    )
    asked: Any = {"model": "gemini-3.8-flash", "contents": USE_TOOLS, "config": config}
    streamed: list[Any] = [*gemini.models.generate_content_stream(**asked)]
    for chunks in (streamed, [gemini.models.generate_content(**asked)]):
        candidates: list[Any] = [chunk.candidates[0] for chunk in chunks if chunk.candidates]
        parts = [p for c in candidates if c.content for p in c.content.parts or ()]
        (code,) = [part.executable_code for part in parts if part.executable_code]
        (result,) = [part.code_execution_result for part in parts if part.code_execution_result]
        assert (code.code, result.output) == ("print(20 + 22)", "42\n")
        grounding = candidates[-1].grounding_metadata
        assert grounding.web_search_queries == [USE_TOOLS]
        counted: Any = chunks[-1].usage_metadata
        assert (counted.tool_use_prompt_token_count or 0) > 0


def test_interactions_shows_what_its_own_tools_did(gemini: genai.Client) -> None:
    asked: Any = {
        "model": "gemini-3.8-flash",
        "input": USE_TOOLS,
        "tools": [{"type": "google_search"}, {"type": "code_execution"}],
    }
    made: Any = gemini.interactions.create(**asked)
    kinds = [step.type for step in made.steps]
    used = [kind for kind in kinds if kind.startswith(("google", "code"))]
    assert used == [
        "google_search_call",
        "google_search_result",
        "code_execution_call",
        "code_execution_result",
    ]
    events: Any = gemini.interactions.create(**asked, stream=True)
    started = [e.step.type for e in events if e.event_type == "step.start"]
    assert [kind for kind in started if kind in used] == used
    assert made.usage.grounding_tool_count[0].count == 1


def asked(prompt: str, *names: str, function: bool = False, **more: Any) -> list[str]:
    model = find("openai", "gpt-6.1-sol")
    assert model is not None
    offers = tuple(Offer(name, "{}", hosted=True) for name in names)
    ask = Ask(
        model=model,
        asked="gpt-6.1-sol",
        fault=None,
        turns=(Turn("user", (Part("text", prompt),)),),
        tools=(*offers, *((Offer("weather", "{}"),) if function else ())),
        **more,
    )
    return [used.tool for used in use(ask, random.Random(1))]


@pytest.mark.parametrize(
    ("prompt", "names", "more", "used"),
    [
        ("What is a token?", ("web_search", "code_interpreter"), {}, []),
        ("Search for it", ("web_search", "code_interpreter"), {}, ["web_search"]),
        ("Calculate 2 + 3", ("googleSearch", "codeExecution"), {}, ["code_execution"]),
        ("Search for it", (), {}, []),
        ("Search for it", ("image_generation",), {}, []),
        ("Search for it", ("web_search",), {"tool_choice": "none"}, []),
        ("Hello", ("google_search", "code_execution"), {"tool_choice": "required"}, ["web_search"]),
        ("Hello", ("web_search",), {"tool_choice": "required", "function": True}, []),
    ],
)
def test_a_tool_is_used_where_the_question_asks_for_it(
    prompt: str, names: tuple[str, ...], more: dict[str, Any], used: list[str]
) -> None:
    assert asked(prompt, *names, **more) == used


@pytest.mark.parametrize(
    ("prompt", "output"),
    [("Run 20 + 22", "42\n"), ("Run 0.1 and 0.2", "0.3\n"), ("Run it", "3\n")],
)
def test_code_adds_the_numbers_of_the_question(openai: OpenAI, prompt: str, output: str) -> None:
    made: Any = openai.responses.create(
        model="gpt-6.1-sol",
        input=prompt,
        tools=[{"type": "code_interpreter", "container": {"type": "auto"}}],
        include=["code_interpreter_call.outputs"],
    )
    (item,) = [item for item in made.output if item.type == "code_interpreter_call"]
    assert item.outputs[0].logs == output
