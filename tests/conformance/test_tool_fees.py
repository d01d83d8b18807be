"""Every recorded exchange in which a provider's own tool ran is fully priced, or says that it is "at least" and why.

Each goes through the real SDK and its adapter; what a tool costs is written here as arithmetic.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from playground.domain import Cost, Endpoint, ModelRef, Request, Response, Secret
from playground.pricing import load
from playground.providers import Call
from playground.wire import open_pool
from tests import loopback
from tests.conformance.conftest import SHARED, recorded
from tests.conformance.conftest import load as read

BOOK = load()
ON = date(2026, 11, 21)
DOORS = {
    "/responses": ("openai:", "/v1"),
    "/chat/completions": ("openai/chat:", "/v1"),
    "/messages": ("anthropic:", ""),
    "enerateContent": ("gemini:", ""),
    "/interactions": ("gemini/interactions:", ""),
}
PAID = frozenset(
    {
        "web_search_call",
        "file_search_call",
        "code_interpreter_call",
        "image_generation_call",
        "shell_call",
        "server_tool_use",
        "google_search_call",
    }
)
"""Traces of tools that cost more than tokens; `server_tool_use` is Anthropic's search or code execution."""

FEES: dict[str, Decimal] = {
    "anth-s-test-web-search-tool-stream-anthropic-beta": 4 * Decimal(10) / 1000,
    "anth-s-test-web-search-tool-stream-anthropic-claude": 2 * Decimal(10) / 1000,
    "gem-n-chat-web-search-with-gemini": 3 * Decimal(14) / 1000,
    "gem-n-test-native-output-with-builtin": 1 * Decimal(14) / 1000,
    "gem-s-test-native-output-with-builtin": 1 * Decimal(14) / 1000,
    "gint-n-google-search": 1 * Decimal(35) / 1000,
    "gint-s-google-search": 1 * Decimal(35) / 1000,
    "oair-n-test-openai-responses-model-web-search": 1 * Decimal(10) / 1000,
    "oair-n-test-thinking-with-native-tool": 7 * Decimal(10) / 1000,
    "oair-s-test-run": 7 * Decimal(10) / 1000,
    "oair-s-test-openai-responses-thinking-with-code": 1 * Decimal("0.03"),
    "files-openai-openai-code-execution": 1 * Decimal("0.03"),
    "file-search-openai-file-search": 1 * Decimal("2.5") / 1000,
    "file-search-openai-filesearch": 1 * Decimal("2.5") / 1000,
    "file-search-openai-openai-responses-model": 1 * Decimal("2.5") / 1000,
}
"""Beginning of an exchange's id → what its tools cost beside tokens, USD."""
AT_LEAST = {
    "anth-n-test-anthropic-code-execution": "code_execution",
    "anth-s-anthropic-code-execution": "code_execution",
    "files-anthropic-anthropic-code-execution": "code_execution",
    "oair-n-test-openai-responses-image-generation": "image_generation",
    "oair-s-openai-shell-skills": "container_by_id",
}
"""Beginning of an exchange's id → the tool that ran there and whose price is not known."""


@dataclass(frozen=True)
class Sent:
    """One recorded request that was answered with 200."""

    id: str
    door: str
    base: str
    streaming: bool
    content_type: str
    body: bytes


def sent(path: Any) -> Iterator[Sent]:
    """The requests of one recorded file that generate an answer."""
    exchange = read(path)
    for step in exchange.get("steps") or [exchange]:
        url = (step.get("request") or {}).get("url", "")
        body = step["response"]["body"] if "response" in step else None
        door = next((d for end, d in DOORS.items() if url.partition("?")[0].endswith(end)), None)
        if door is None or step["response"]["status"] != 200 or not body:
            continue
        text = body if isinstance(body, str) else json.dumps(body)
        streams = text.lstrip().startswith(("data:", "event:"))
        asked = step["request"].get("body")
        model = asked.get("model") if isinstance(asked, dict) else None
        model = model or url.partition("/models/")[2].partition(":")[0] or exchange.get("model")
        yield Sent(
            id=path.stem,
            door=f"{door[0]}{model}",
            base=door[1],
            streaming=streams,
            content_type="text/event-stream" if streams else "application/json",
            body=text.encode(),
        )


def with_tools() -> list[Any]:
    """Every recorded answer that names a tool of the provider's own."""
    lab = SHARED / "lab_exchanges"
    files = [*recorded(), *sorted(p for p in lab.glob("*.json") if p.name != "index.json")]
    marks = ('_call"', 'server_tool_use"', "groundingMetadata", "executableCode", "mcp_tool_use")
    own = ('"function_call"', '"custom_tool_call"')
    found = []
    for path in files:
        for number, one in enumerate(sent(path)):
            text = one.body.decode()
            for name in own:
                text = text.replace(name, "")
            if any(mark in text for mark in marks):
                found.append(pytest.param(one, id=f"{path.stem}-{number}"))
    return found


async def answered(one: Sent) -> Response:
    """The exchange through the SDK and its adapter."""
    server, listening = await loopback.start(
        loopback.whole(200, one.body, content_type=one.content_type)
    )
    ref = ModelRef.parse(one.door)
    endpoint = Endpoint(
        provider=ref.provider, base_url=server.url + one.base, key=Secret("canary-7f3a9c-canary")
    )
    pool = open_pool()
    try:
        call = Call(Request.ask(ref, "as recorded", stream=one.streaming), endpoint, pool=pool)
        await call.run()
        return call.response()
    finally:
        await pool.aclose()
        listening.close()


def priced(response: Response) -> Cost:
    cost = BOOK.price(response.model, response.response_model, response.usage, on=ON)
    assert cost is not None
    return cost


def fee(cost: Cost) -> Decimal:
    return sum((line.amount for line in cost.lines if line.unit != "token"), Decimal(0))


@pytest.mark.parametrize("one", with_tools())
async def test_what_ran_is_priced_or_named(one: Sent) -> None:
    response = await answered(one)
    assert response.failure is None
    cost = priced(response)
    lacking = next((tool for start, tool in AT_LEAST.items() if one.id.startswith(start)), None)
    if lacking is not None:
        assert cost.lower_bound
        assert any(f"× {lacking} " in note for note in cost.notes)
        return
    assert not cost.lower_bound
    expected = next((f for start, f in FEES.items() if one.id.startswith(start)), Decimal(0))
    assert fee(cost) == expected
    assert expected or not PAID.intersection(response.server_tools)


def test_there_are_exchanges_with_tools() -> None:
    if not recorded():
        pytest.skip("needs the recorded exchanges beside the repository")
    assert len(with_tools()) >= 30
