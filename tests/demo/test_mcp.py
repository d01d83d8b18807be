"""MCP servers that the provider calls itself, and files that it searches: shown as the recorded services show them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import httpx2
import pytest
from anthropic import Anthropic, BadRequestError
from google import genai
from openai import OpenAI

from playground.demo import mcp
from tests.conformance import shapes
from tests.conformance.conftest import SHARED, load
from tests.conformance.test_tool_fees import Sent, answered, fee, priced

URL = "https://example.com/mcp"
ASK = "Ask the wiki server about Lisbon."
BETA = "mcp-client-2025-04-04"


def server(**more: Any) -> Any:
    return {"type": "mcp", "server_label": "wiki", "server_url": URL, **more}


def kinds(answer: Any) -> list[str]:
    return [item.type for item in answer.output]


def test_a_server_is_asked_for_its_tools_before_the_model_thinks(openai: OpenAI) -> None:
    """The recording: the list, the reasoning, and a message that calls nothing."""
    made: Any = openai.responses.create(
        model="gpt-5.5", input="How does a bicycle stay upright?", tools=[server()]
    )
    assert kinds(made) == ["mcp_list_tools", "reasoning", "message"]
    assert made.output[0].server_label == "wiki"
    assert made.tools[0].require_approval == "always"
    assert made.usage.input_tokens > 0


def test_a_call_waits_for_approval_and_runs_once_it_is_given(openai: OpenAI) -> None:
    asked: Any = {"model": "gpt-5.5", "tools": [server()]}
    first: Any = openai.responses.create(input=ASK, **asked)
    assert kinds(first) == ["mcp_list_tools", "reasoning", "mcp_approval_request"]
    request = first.output[-1]
    assert (request.server_label, request.name) == ("wiki", mcp.TOOL)
    agreed: Any = [
        {"type": "mcp_approval_response", "approval_request_id": request.id, "approve": True}
    ]
    second: Any = openai.responses.create(input=agreed, previous_response_id=first.id, **asked)
    assert [kind for kind in kinds(second) if kind != "reasoning"] == ["mcp_call", "message"]
    (call,) = [item for item in second.output if item.type == "mcp_call"]
    assert (call.approval_request_id, call.arguments) == (request.id, request.arguments)
    assert "was not asked" in call.output
    assert second.usage.input_tokens > first.usage.input_tokens


def test_approval_works_without_a_kept_response_and_can_be_denied(openai: OpenAI) -> None:
    asked: Any = {"model": "gpt-5.5", "tools": [server()], "store": False}
    first: Any = openai.responses.create(input=ASK, **asked)
    request = first.output[-1]
    before: Any = [
        {"role": "user", "content": ASK},
        *(item.model_dump(exclude_none=True) for item in first.output if item.type != "reasoning"),
    ]
    for approve, expected in ((True, ["mcp_call", "message"]), (False, ["message"])):
        answer = {
            "type": "mcp_approval_response",
            "approval_request_id": request.id,
            "approve": approve,
        }
        sent: Any = [*before, answer]
        made: Any = openai.responses.create(input=sent, **asked)
        assert [kind for kind in kinds(made) if kind != "reasoning"] == expected


@pytest.mark.parametrize(
    ("rules", "name", "waits"),
    [
        (None, mcp.TOOL, True),
        ("always", mcp.TOOL, True),
        ("never", mcp.TOOL, False),
        ({"always": {"tool_names": ["roll"]}}, "roll", True),
        ({"never": {"tool_names": ["roll"]}}, "roll", False),
        ({"always": {"tool_names": []}}, mcp.TOOL, False),
        ({"never": {"tool_names": []}}, mcp.TOOL, True),
    ],
)
def test_the_request_says_which_tools_need_approval(
    openai: OpenAI, rules: Any, name: str, waits: bool
) -> None:
    more = {} if rules is None else {"require_approval": rules}
    made: Any = openai.responses.create(model="gpt-5.5", input=ASK, tools=[server(**more)])
    last = [item for item in made.output if item.type.startswith("mcp_")][-1]
    assert (last.type, last.name) == ("mcp_approval_request" if waits else "mcp_call", name)


@pytest.mark.parametrize(
    "prompt", ["Hello!", "List the names of the tools, then stop. Do not call any tools."]
)
def test_a_question_that_needs_no_server_calls_none(openai: OpenAI, prompt: str) -> None:
    tools: Any = [server(require_approval="never")]
    made: Any = openai.responses.create(model="gpt-5.5", input=prompt, tools=tools)
    assert "mcp_call" not in kinds(made)


def test_the_stream_tells_a_call_in_the_sdks_events(openai: OpenAI) -> None:
    tools: Any = [server(require_approval="never", allowed_tools=["find"])]
    with openai.responses.stream(model="gpt-5.5", input=ASK, tools=tools) as stream:
        events: list[Any] = [*stream]
        final: Any = stream.get_final_response()
    steps = [e.type for e in events if e.type.startswith("response.mcp")]
    assert steps == [
        "response.mcp_list_tools.in_progress",
        "response.mcp_list_tools.completed",
        "response.mcp_call.in_progress",
        "response.mcp_call_arguments.delta",
        "response.mcp_call_arguments.done",
        "response.mcp_call.completed",
    ]
    (call,) = [item for item in final.output if item.type == "mcp_call"]
    assert call.name == "find"
    for number, item in enumerate(final.output):
        places = {e.output_index for e in events if getattr(e, "item_id", None) == item.id}
        assert places <= {number}


def test_messages_shows_a_call_to_a_server_and_its_result(anthropic: Anthropic) -> None:
    asked: Any = {
        "model": "claude-haiku-5-5",
        "max_tokens": 2000,
        "messages": [{"role": "user", "content": ASK}],
        "mcp_servers": [{"type": "url", "url": URL, "name": "wiki"}],
        "betas": [BETA],
    }
    with anthropic.beta.messages.stream(**asked) as stream:
        streamed: Any = stream.get_final_message()
    whole: Any = anthropic.beta.messages.create(**asked)
    for message in (streamed, whole):
        use, result, text = message.content
        assert (use.type, use.name, use.server_name) == ("mcp_tool_use", mcp.TOOL, "wiki")
        assert use.input == {"query": ASK}
        assert (result.type, result.tool_use_id, result.is_error) == (
            "mcp_tool_result",
            use.id,
            False,
        )
        assert "was not asked" in result.content[0].text
        assert text.type == "text"
        assert message.usage.server_tool_use.web_search_requests == 0
    back = [*asked["messages"], {"role": "assistant", "content": whole.content}]
    again: Any = anthropic.beta.messages.create(
        **{**asked, "messages": [*back, {"role": "user", "content": "Thank you"}]}
    )
    assert again.usage.input_tokens > whole.usage.input_tokens


@pytest.mark.parametrize("more", [{"tool_configuration": {"enabled": False}}, {}])
def test_a_server_that_is_switched_off_or_not_needed_is_not_called(
    anthropic: Anthropic, more: dict[str, Any]
) -> None:
    prompt = ASK if more else "How does a bicycle stay upright?"
    made: Any = anthropic.beta.messages.create(
        model="claude-haiku-5-5",
        max_tokens=2000,
        messages=[{"role": "user", "content": prompt}],
        mcp_servers=[{"type": "url", "url": URL, "name": "docs", **more}],  # type: ignore[typeddict-item]
        betas=[BETA],
    )
    assert [block.type for block in made.content] == ["text"]


def test_servers_need_their_beta(anthropic: Anthropic) -> None:
    with pytest.raises(BadRequestError, match="mcp_servers: Extra inputs are not permitted"):
        anthropic.messages.create(
            model="claude-haiku-5-5",
            max_tokens=100,
            messages=[{"role": "user", "content": ASK}],
            extra_body={"mcp_servers": [{"type": "url", "url": URL, "name": "wiki"}]},
        )


def test_interactions_shows_servers_and_file_searches_as_steps(gemini: genai.Client) -> None:
    asked: Any = {
        "model": "gemini-3.8-flash",
        "input": f"{ASK} Then look into the files.",
        "tools": [
            {"type": "mcp_server", "name": "wiki", "url": URL},
            {"type": "file_search", "file_search_store_names": ["fileSearchStores/a"]},
        ],
    }
    made: Any = gemini.interactions.create(**asked)
    expected = [
        "mcp_server_tool_call",
        "mcp_server_tool_result",
        "file_search_call",
        "file_search_result",
    ]
    assert [s.type for s in made.steps if s.type in expected] == expected
    call = next(step for step in made.steps if step.type == "mcp_server_tool_call")
    assert (call.server_name, call.name, call.arguments["query"]) == (
        "wiki",
        mcp.TOOL,
        asked["input"][:80],
    )
    events: Any = gemini.interactions.create(**asked, stream=True)
    started = [e.step.type for e in events if e.event_type == "step.start"]
    assert [kind for kind in started if kind in expected] == expected
    assert made.usage.total_tool_use_tokens > 0


STORE = "fileSearchStores/simulated-1"
SEARCH = {"fileSearch": {"fileSearchStoreNames": [STORE]}}
SHOWN = {"includeServerSideToolInvocations": True}


def generated(http: httpx2.Client, text: str, streamed: bool) -> Any:
    method = "streamGenerateContent?alt=sse" if streamed else "generateContent"
    body = {"contents": [{"parts": [{"text": text}]}], "tools": [SEARCH], "toolConfig": SHOWN}
    path = f"/gemini/v1beta/models/gemini-3.5-flash:{method}"
    return http.post(path, json=body, headers={"x-goog-api-key": "demo"})


@pytest.mark.parametrize("streamed", [False, True])
def test_a_file_search_grounds_the_answer_in_passages(http: httpx2.Client, streamed: bool) -> None:
    answer = generated(http, "What is the capital of France?", streamed)
    chunks = [value for _, value in shapes.events(answer.text)] if streamed else [answer.json()]
    parts = [p for c in chunks for p in (c["candidates"][0].get("content") or {}).get("parts", ())]
    (call,) = [part["toolCall"] for part in parts if "toolCall" in part]
    (told,) = [part["toolResponse"] for part in parts if "toolResponse" in part]
    assert call == told == {"id": call["id"], "toolType": "FILE_SEARCH"}
    grounding = chunks[-1]["candidates"][0]["groundingMetadata"]
    assert {c["retrievedContext"]["fileSearchStore"] for c in grounding["groundingChunks"]} == {
        STORE
    }
    assert "webSearchQueries" not in grounding
    assert chunks[-1]["usageMetadata"]["toolUsePromptTokenCount"] > 0


LAB = SHARED / "lab_exchanges"
RECORDED = {
    "openai": ("mcp_list_tools", "mcp_approval_request", "mcp_call"),
    "anthropic": ("mcp_tool_use", "mcp_tool_result"),
}


def items(value: Any) -> Iterator[dict[str, Any]]:
    """Every object with a `type` that is MCP's, however deep."""
    if isinstance(value, dict):
        if str(value.get("type")).startswith("mcp_"):
            yield value
        for inner in value.values():
            yield from items(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from items(inner)


def recorded_items(vendor: str) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for path in sorted(LAB.glob(f"mcp-connector-{vendor}-*.json")):
        for step in load(path)["steps"]:
            for item in items(json.loads(step["response"]["body"])):
                found.setdefault(item["type"], set()).update(shapes.of(item))
    return found


def test_items_have_the_shape_of_the_recorded_ones(openai: OpenAI, anthropic: Anthropic) -> None:
    if not LAB.exists():
        pytest.skip("needs the recorded exchanges beside the repository")
    asked: Any = {"model": "gpt-5.5", "tools": [server()]}
    first = openai.responses.create(input=ASK, **asked)
    yes: Any = {"type": "mcp_approval_response", "approve": True}
    yes["approval_request_id"] = first.output[-1].id
    second = openai.responses.create(input=[yes], previous_response_id=first.id, **asked)
    third: Any = anthropic.beta.messages.create(
        model="claude-haiku-5-5",
        max_tokens=2000,
        messages=[{"role": "user", "content": ASK}],
        mcp_servers=[{"type": "url", "url": URL, "name": "wiki"}],
        betas=[BETA],
    )
    ours: dict[str, set[str]] = {}
    for made in (first, second, third):
        for item in items(made.model_dump(mode="json", exclude_unset=True)):
            ours.setdefault(item["type"], set()).update(shapes.of(item))
    for vendor, names in RECORDED.items():
        theirs = recorded_items(vendor)
        for name in names:
            assert theirs[name] <= ours[name], name


@pytest.mark.parametrize(
    ("door", "base", "path", "body"),
    [
        ("openai:gpt-5.5", "/v1", "/openai/v1/responses", {"input": ASK, "tools": [server()]}),
        (
            "openai:gpt-5.5",
            "/v1",
            "/openai/v1/responses",
            {"input": ASK, "tools": [server(require_approval="never")]},
        ),
        (
            "anthropic:claude-haiku-5-5",
            "",
            "/anthropic/v1/messages",
            {
                "max_tokens": 2000,
                "messages": [{"role": "user", "content": ASK}],
                "mcp_servers": [{"type": "url", "url": URL, "name": "wiki"}],
            },
        ),
    ],
)
@pytest.mark.parametrize("streamed", [False, True])
async def test_our_adapters_read_what_a_server_did_and_it_costs_tokens_only(
    http: httpx2.Client, door: str, base: str, path: str, body: dict[str, Any], streamed: bool
) -> None:
    sent = {**body, "model": door.partition(":")[2], "stream": streamed}
    headers = {"authorization": "Bearer demo", "anthropic-version": "2023-06-01"}
    answer = http.post(path, json=sent, headers={**headers, "anthropic-beta": BETA})
    assert answer.status_code == 200, answer.text
    response = await answered(
        Sent("demo", door, base, streamed, answer.headers["content-type"], answer.content)
    )
    assert response.failure is None
    assert any(kind.startswith("mcp_") for kind in response.server_tools)
    assert response.usage.input_tokens
    cost = priced(response)
    assert not cost.lower_bound
    assert fee(cost) == 0


@pytest.mark.parametrize("streamed", [False, True])
async def test_our_adapter_reads_the_passages_of_a_file_search(
    http: httpx2.Client, streamed: bool
) -> None:
    answer = generated(http, "What is the capital of France?", streamed)
    sent = Sent(
        "demo",
        "gemini:gemini-3.5-flash",
        "",
        streamed,
        answer.headers["content-type"],
        answer.content,
    )
    response = await answered(sent)
    assert response.failure is None
    assert len(response.citations) == 2
    assert {"toolCall", "toolResponse"} <= set(response.server_tools)
    counted = json.loads(answer.text) if not streamed else None
    if counted:
        told = counted["usageMetadata"]
        assert response.usage.input_tokens == (
            told["promptTokenCount"] + told["toolUsePromptTokenCount"]
        )
