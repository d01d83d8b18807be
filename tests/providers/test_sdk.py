"""SDK clients are shared by the calls of one key, and go with it."""

from __future__ import annotations

import asyncio
import gc
import weakref
from collections.abc import Callable
from typing import Any

import httpx2
import pytest

from playground.domain import Endpoint, Secret
from playground.providers import anthropic_sdk, gemini_sdk, openai_sdk
from playground.providers.sdk import over, relayed, silent

CLIENTS = {
    "openai": openai_sdk.client,
    "anthropic": anthropic_sdk.client,
    "gemini": gemini_sdk.client,
}
Client = Callable[[Endpoint, float], Any]


def endpoint(key: str | None, url: str = "http://127.0.0.1:9/v1") -> Endpoint:
    return Endpoint(provider="any", base_url=url, key=Secret(key) if key else None)


@pytest.mark.parametrize("client", CLIENTS.values(), ids=CLIENTS)
def test_a_client_is_built_once_for_a_key_an_address_and_a_patience(client: Client) -> None:
    here = endpoint("canary-key-1")
    made = client(here, 60.0)
    assert client(here, 60.0) is made
    assert client(endpoint("canary-key-1"), 60.0) is made, "the same key, typed again"
    assert client(here, 30.0) is not made
    assert client(endpoint("canary-key-2"), 60.0) is not made
    elsewhere = Endpoint(provider="any", base_url="http://127.0.0.1:8/v1", key=here.key)
    assert client(elsewhere, 60.0) is not made


@pytest.mark.parametrize("client", CLIENTS.values(), ids=CLIENTS)
def test_the_client_goes_when_the_key_goes(client: Client) -> None:
    here = endpoint("canary-key-3")
    gone = weakref.ref(client(here, 60.0))
    assert gone() is not None
    del here
    gc.collect()
    assert gone() is None


@pytest.mark.parametrize("client", CLIENTS.values(), ids=CLIENTS)
def test_without_a_key_nothing_is_kept(client: Client) -> None:
    here = endpoint(None)
    assert client(here, 60.0) is not client(here, 60.0)


def test_calls_side_by_side_each_go_over_their_own_transport() -> None:
    here = endpoint("canary-key-4")
    seen: list[list[httpx2.Request]] = [[], [], []]

    async def call(number: int) -> None:
        with over(silent(seen[number], stream=False)):
            await asyncio.sleep(0)
            body = {"model": str(number)}
            client = openai_sdk.client(here, 60.0)
            await client.post("/responses", cast_to=httpx2.Response, body=body)

    async def all_at_once() -> None:
        await asyncio.gather(*(call(number) for number in range(3)))

    asyncio.run(all_at_once())
    assert [[r.content for r in requests] for requests in seen] == [
        [b'{"model":"%d"}' % number] for number in range(3)
    ]


@pytest.mark.parametrize("content", [b'{"a": 1}', "{}", b"", None], ids=repr)
@pytest.mark.parametrize(
    "headers",
    [
        [("X-Api-Key", "k"), ("content-type", "application/json")],
        {"Accept": "text/event-stream", "User-Agent": "an SDK"},
        httpx2.Headers([("accept-encoding", "identity"), ("Host", "other.example")]),
        [("Content-Length", "8")],
        [],
    ],
    ids=repr,
)
@pytest.mark.parametrize("url", ["http://127.0.0.1:81/v1/a?b=%20c", "https://x.example/ä"])
def test_the_plain_client_builds_what_httpx2_builds(url: str, headers: Any, content: Any) -> None:
    plain, theirs = relayed(), httpx2.AsyncClient(trust_env=False)
    made, expected = (
        client.build_request("POST", url, headers=headers, content=content, timeout=30.0)
        for client in (plain, theirs)
    )
    assert made.headers.raw == expected.headers.raw
    assert (made.method, made.url, made.content) == (
        expected.method,
        expected.url,
        expected.content,
    )
    assert made.extensions == expected.extensions
