"""The endpoints beside the answers: lists of models, and counts of tokens."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from playground.domain import Endpoint, ModelRef, Request, Tool
from playground.providers import ListedModel, ProviderError, count_input_tokens, list_models
from playground.wire import Pool
from tests.loopback import answer, whole
from tests.providers.calling import KEY, Serve, endpoint

LISTS: list[tuple[str, str, Any, list[ListedModel]]] = [
    (
        "openai",
        "/models",
        {
            "data": [
                {"id": "old", "created": 1_600_000_000, "shutdown_date": "2027-01-14"},
                {"id": "new", "created": 1_790_000_000},
            ]
        },
        [
            ListedModel(id="new", created=date(2026, 9, 21)),
            ListedModel(id="old", created=date(2020, 9, 13), shutdown_date=date(2027, 1, 14)),
        ],
    ),
    (
        "openrouter",
        "/models",
        {
            "data": [
                {
                    "id": "a/b",
                    "created": 1_790_000_000,
                    "context_length": 200_000,
                    "top_provider": {"max_completion_tokens": 64_000},
                }
            ]
        },
        [ListedModel(id="a/b", created=date(2026, 9, 21), context=200_000, max_output=64_000)],
    ),
    (
        "vllm",
        "/models",
        {"data": [{"id": "q", "max_model_len": 32_768}]},
        [ListedModel(id="q", context=32_768)],
    ),
    ("together", "/models", [{"id": "t", "created": 0}], [ListedModel(id="t")]),
    ("empty", "/models", {"data": None}, []),
    (
        "anthropic",
        "/v1/models?limit=1000",
        {
            "data": [
                {
                    "id": "c",
                    "created_at": "2026-02-01T00:00:00Z",
                    "retires_at": "2027-02-01T00:00:00Z",
                    "max_input_tokens": 1_000_000,
                    "max_tokens": 64_000,
                },
                {"id": "d", "created_at": "1970-01-01T00:00:00Z"},
            ],
            "has_more": False,
        },
        [
            ListedModel(
                id="c",
                created=date(2026, 2, 1),
                shutdown_date=date(2027, 2, 1),
                context=1_000_000,
                max_output=64_000,
            ),
            ListedModel(id="d"),
        ],
    ),
    (
        "gemini",
        "/v1/models?pageSize=1000",
        {
            "models": [
                {
                    "name": "models/g",
                    "inputTokenLimit": 1_048_576,
                    "outputTokenLimit": 65_536,
                    "supportedGenerationMethods": ["generateContent", "countTokens"],
                },
                {"name": "models/e", "supportedGenerationMethods": ["embedContent"]},
            ]
        },
        [ListedModel(id="g", context=1_048_576, max_output=65_536)],
    ),
]


@pytest.mark.parametrize(("provider", "path", "body", "expected"), LISTS, ids=[r[0] for r in LISTS])
async def test_the_models_of_an_endpoint(
    serve: Serve, pool: Pool, provider: str, path: str, body: Any, expected: list[ListedModel]
) -> None:
    loopback = await serve(answer(body))
    where = Endpoint(provider=provider, base_url=loopback.url, key=KEY)
    assert await list_models(where, pool=pool) == expected
    (seen,) = loopback.requests
    assert (seen.method, seen.path) == ("GET", path)


@pytest.mark.parametrize("provider", ["openai", "ollama", "anthropic", "gemini"])
async def test_a_wrong_key_is_told_as_with_a_call(serve: Serve, pool: Pool, provider: str) -> None:
    loopback = await serve(answer({"error": {"message": f"bad {KEY.reveal()}"}}, status=401))
    where = Endpoint(provider=provider, base_url=loopback.url, key=KEY)
    with pytest.raises(ProviderError) as raised:
        await list_models(where, pool=pool)
    failure = raised.value.failure
    assert (failure.type, failure.status) == ("authentication", 401)
    assert KEY.reveal() not in f"{raised.value!r} {raised.value} {failure!r}"


async def test_a_key_that_comes_back_is_masked_wherever_it_stands(serve: Serve, pool: Pool) -> None:
    """In a row of a list, and in the code and the parameter of a refusal, it was not."""
    row = {"id": f"m-{KEY.reveal()}", "owned_by": KEY.reveal()}
    loopback = await serve(answer({"data": [row]}))
    (model,) = await list_models(
        Endpoint(provider="openai", base_url=loopback.url, key=KEY), pool=pool
    )
    assert KEY.reveal() not in f"{model.id} {model.row}"
    said = {"message": "no", "code": KEY.reveal(), "param": KEY.reveal()}
    loopback = await serve(answer({"error": said}, status=400))
    with pytest.raises(ProviderError) as raised:
        await list_models(Endpoint(provider="openai", base_url=loopback.url, key=KEY), pool=pool)
    assert KEY.reveal() not in repr(raised.value.failure)


async def test_no_key_a_page_and_nobody_there(serve: Serve, pool: Pool) -> None:
    page = await serve(whole(200, b"<html>", content_type="text/html"))
    wheres = [
        Endpoint(provider="openai", base_url=page.url),
        Endpoint(provider="ollama", base_url=page.url),
        Endpoint(provider="ollama", base_url="http://127.0.0.1:1"),
        Endpoint(provider="ollama", base_url="localhost:11434"),
        Endpoint(provider="ollama", base_url="http://169.254.169.254/latest"),
    ]
    types = []
    for where in wheres:
        with pytest.raises(ProviderError) as raised:
            await list_models(where, pool=pool)
        types.append(raised.value.failure.type)
    assert types == ["authentication", "server", "connection", "invalid_request", "permission"]


COUNTS = {
    "openai:m": (
        "/responses/input_tokens",
        {"input_tokens": 42},
        {
            "model": "m",
            "input": [{"role": "user", "content": "Hi"}],
            "instructions": "Be brief",
            "tools": [
                {
                    "type": "function",
                    "name": "f",
                    "description": "d",
                    "parameters": {},
                    "strict": False,
                }
            ],
        },
    ),
    "anthropic:m": (
        "/v1/messages/count_tokens",
        {"input_tokens": 42},
        {
            "model": "m",
            "messages": [{"role": "user", "content": "Hi"}],
            "system": "Be brief",
            "tools": [{"name": "f", "description": "d", "input_schema": {}}],
        },
    ),
    "gemini:m": (
        "/v1/models/m:countTokens",
        {"totalTokens": 42},
        {
            "contents": [
                {"role": "user", "parts": [{"text": "Be brief"}]},
                {"role": "user", "parts": [{"text": "Hi"}]},
            ]
        },
    ),
}


@pytest.mark.parametrize("spelling", COUNTS)
async def test_a_providers_own_count(serve: Serve, pool: Pool, spelling: str) -> None:
    path, body, sent = COUNTS[spelling]
    loopback = await serve(answer(body))
    asked = Request.ask(
        ModelRef.parse(spelling),
        "Hi",
        system="Be brief",
        tools=(Tool(name="f", description="d", parameters={}),),
    )
    assert await count_input_tokens(asked, endpoint(spelling, loopback.url), pool=pool) == 42
    (seen,) = loopback.requests
    assert (seen.path, seen.json) == (path, sent)


async def test_a_server_that_cannot_count_is_not_asked(serve: Serve, pool: Pool) -> None:
    loopback = await serve(answer({}))
    asked = Request.ask(ModelRef.parse("ollama:m"), "Hi")
    with pytest.raises(ProviderError, match="no endpoint that counts"):
        await count_input_tokens(asked, endpoint("ollama:m", loopback.url), pool=pool)
    assert loopback.requests == []


async def test_an_answer_without_a_count_is_a_failure(serve: Serve, pool: Pool) -> None:
    loopback = await serve(answer({"something": "else"}))
    asked = Request.ask(ModelRef.parse("openai:m"), "Hi")
    with pytest.raises(ProviderError, match="without a count"):
        await count_input_tokens(asked, endpoint("openai:m", loopback.url), pool=pool)
