"""Every recorded exchange, through the real SDK and its adapter, gives what was recorded as expected."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from playground.domain import Endpoint, FailureType, ModelRef, Request, Response, Secret
from playground.providers import Call
from playground.wire import open_pool
from tests.conformance.conftest import load, recorded
from tests.providers.test_sentences import check, ours

DOORS = {
    "openai.responses": ("openai:replayed", "/v1"),
    "openai.chat": ("openai/chat:replayed", "/v1"),
    "anthropic.messages": ("anthropic:replayed", ""),
    "gemini.generateContent": ("gemini:replayed", ""),
    "gemini.interactions": ("gemini/interactions:replayed", ""),
}
FAILURE_OF_CATEGORY: dict[str, FailureType] = {
    "error_401": "authentication",
    "error_404": "not_found",
    "error_unknown_model": "not_found",
    "error_429": "rate_limited",
    "error_context_length": "context_length",
    "error_unsupported_param": "unsupported_parameter",
    "error_in_200": "overloaded",
    "truncated_stream": "stream_truncated",
    "error_400": "invalid_request",
}
"""The first category of an exchange that is listed here says how it fails."""


async def call(server: str, exchange: dict[str, Any], options: str) -> Response:
    spelling, version = DOORS[exchange["api"]]
    ref = ModelRef.parse(spelling)
    endpoint = Endpoint(
        provider=ref.provider,
        base_url=f"{server}/x/{exchange['id']}{options}{version}",
        key=Secret("canary-7f3a9c-canary"),
    )
    pool = open_pool()
    try:
        one = Call(
            Request.ask(ref, "as recorded", stream=exchange["streaming"]), endpoint, pool=pool
        )
        await one.run()
        return one.response()
    finally:
        await pool.aclose()


def answer(response: Response) -> dict[str, Any]:
    return {
        "text": response.text,
        "reasoning_text": response.reasoning_text,
        "refusal": response.refusal,
        "finish_reason": response.finish_reason,
        "tool_calls": [(c.id, c.name, c.arguments) for c in response.tool_calls],
        "choices": list(response.choices) or None,
        "response_id": response.response_id,
        "model": response.response_model,
    }


def expected_answer(expected: dict[str, Any]) -> dict[str, Any]:
    calls = [(c["id"] or "", c["name"] or "", c["arguments"]) for c in expected["tool_calls"]]
    same = ("text", "reasoning_text", "refusal", "finish_reason", "response_id", "model", "choices")
    return {**{name: expected[name] for name in same}, "tool_calls": calls}


def counts(response: Response) -> dict[str, int | None]:
    usage = response.usage
    return {
        "input": usage.input_tokens,
        "cached": usage.cache_read_input_tokens,
        "cache_write": usage.cache_write_input_tokens,
        "reasoning": usage.reasoning_output_tokens,
        "output": usage.output_tokens,
    }


def expected_counts(expected: dict[str, Any]) -> dict[str, int | None]:
    """On one scale, and unknown where the provider's own field was absent."""
    one_scale = expected["normalized"] or {}
    return {
        "input": one_scale.get("input_total"),
        "cached": expected["cached_input_tokens"],
        "cache_write": expected["cache_write_tokens"],
        "reasoning": expected["reasoning_tokens"],
        "output": one_scale.get("output_total"),
    }


def expected_failure(exchange: dict[str, Any]) -> tuple[Any, ...] | None:
    expected, kinds = exchange["expected"], exchange["categories"]
    kind = next((k for name, k in FAILURE_OF_CATEGORY.items() if name in kinds), None)
    if expected["truncated"]:
        return ("stream_truncated", 200, None, None)
    if expected["error"] is None:
        return None
    error = expected["error"]
    return (kind, error["http_status"], error["code"] or error["type"], error["message"])


def failure(response: Response) -> tuple[Any, ...] | None:
    found = response.failure
    if found is None:
        return None
    message = None if found.type == "stream_truncated" else found.message
    return (found.type, found.status, found.code, message)


def cases() -> list[Any]:
    """Every exchange as recorded; streams again in 7-byte pieces; cut streams again with a clean end."""
    found = []
    for path in recorded():
        exchange = load(path)
        options = ["", *(["~split=7"] if exchange["streaming"] else [])]
        options += ["~cut=clean"] if exchange["expected"]["truncated"] else []
        found += [pytest.param(path, o, id=path.stem + o) for o in options]
    return found


@pytest.mark.parametrize(("path", "options"), cases())
async def test_as_recorded(replay: str, path: Path, options: str) -> None:
    exchange = load(path)
    response = await call(replay, exchange, options)
    assert failure(response) == expected_failure(exchange)
    assert answer(response) == expected_answer(exchange["expected"])
    assert counts(response) == expected_counts(exchange["expected"])
    assert list(response.server_tools) == [
        kind for kind in exchange["expected"]["server_tools"] if not kind.startswith("output:")
    ]


FAILED = [path for path in recorded() if expected_failure(load(path)) is not None]


@pytest.mark.parametrize("path", FAILED, ids=lambda path: path.stem)
async def test_a_recorded_failure_is_told_in_words(replay: str, path: Path) -> None:
    found = (await call(replay, load(path), "")).failure
    assert found is not None
    check(ours(found))
    assert "status page" not in ours(found)  # it is a server on loopback that was asked


def test_there_are_exchanges_of_every_door() -> None:
    if not recorded():
        pytest.skip("needs the recorded exchanges beside the repository")
    assert {load(path)["api"] for path in recorded()} == set(DOORS)
