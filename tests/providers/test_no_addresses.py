"""What is no address, typed as a base URL: every way out tells it as a failure before anything is sent; nothing else is raised."""

from __future__ import annotations

from typing import Any

import pytest

from playground.domain import Endpoint, Failure, ModelRef, Request
from playground.domain.endpoint import nearby
from playground.lab import gateway
from playground.providers import ProviderError, called
from playground.providers.mcp_server import McpError, McpServer
from playground.wire import Pool
from tests.faults.doors import DOORS, Door
from tests.faults.faults import MCP, QUESTION
from tests.providers.calling import KEY

SPELLINGS = {
    "nothing": "",
    "no scheme": "example.org/v1",
    "another scheme": "ftp://example.org/v1",
    "no host": "http:///v1",
    "a password before no host": f"http://me:{KEY.reveal()}@[::1/v1",
    "IPv4 with a zero in front": "http://127.0.0.01",
    "IPv4 out of range": "http://256.256.256.256/v1",
    "IPv4 in other digits": "http://١٢٧.0.0.1/v1",
    "IPv6 without its end": "http://[::1",
    "IPv6 with a letter": "http://[::g]/v1",
    "IPv6 with a tail": "http://[::1]x/v1",
    "a port out of range": "http://example.org:99999/v1",
    "a port below none": "http://example.org:-1/v1",
    "a port in letters": "http://example.org:http/v1",
    "a port in wide digits": "http://example.org:８０/v1",
    "a name that is no IDNA": "http://\u2764\ufe0f.\u200d/v1",
    "a wide full stop": "http://ｅｘａｍｐｌｅ。org/v1",
    "half a character": "http://\ud800.example.org/v1",
    "half a character behind": "http://example.org/\ud800",
    "a line's end": "http://example.org\n/v1",
    "a null": "http://example.org/\x00",
    "a name without end": f"http://{'a' * 70_000}/v1",
    "a path that leaves no room": f"http://example.org/{'a' * 65_500}",
    "a query that leaves no room": f"http://example.org/v1?{'a' * 65_500}",
}


async def failure_of(door: Door, url: str, pool: Pool, **more: Any) -> Failure | None:
    if door.kind != QUESTION:
        ref = ModelRef.parse(door.model)
        endpoint = Endpoint(provider=ref.provider, base_url=url, key=KEY, **more)
        call = called(Request.ask(ref, "Hi"), endpoint, pool=pool)
        await call.run()
        return call.response().failure
    assert door.ask is not None
    try:
        told = await door.ask(Endpoint(provider=door.provider, base_url=url, key=KEY, **more), pool)
    except ProviderError as error:
        return error.failure
    if isinstance(told, tuple):  # pages of bills, each with a failure of its own
        told = told[0]
    found: Failure = told.failure
    return found


@pytest.mark.parametrize("spelling", SPELLINGS)
async def test_every_way_out_says_that_it_is_no_address(pool: Pool, spelling: str) -> None:
    url, wrong = SPELLINGS[spelling], {}
    for name, door in DOORS.items():
        if door.kind == MCP:
            continue
        failure = await failure_of(door, url, pool, user_supplied=True)
        told = failure.message if failure else ""
        if not failure or failure.type != "invalid_request" or "not a web address" not in told:
            wrong[name] = failure
        assert len(told) < 500
        assert KEY.reveal() not in told
    assert wrong == {}


@pytest.mark.parametrize("spelling", SPELLINGS)
async def test_what_is_simulated_or_a_gateway_is_looked_at_like_all_others(
    pool: Pool, spelling: str
) -> None:
    url = SPELLINGS[spelling] or "/"
    ref = ModelRef.parse("openai/chat:m")
    behind = gateway.endpoint(ref, "http://127.0.0.1:1", "t", url, None)
    call = called(gateway.request(ref), behind, pool=pool)
    await call.run()
    failure = call.response().failure
    assert failure is not None
    assert failure.type == "invalid_request"
    nearby(Endpoint(provider="mine", base_url=url))  # as a budget asks: of what is no address too


@pytest.mark.parametrize("spelling", ["IPv4 with a zero in front", "IPv6 without its end"])
def test_an_mcp_server_has_an_address_too(spelling: str) -> None:
    with pytest.raises(McpError, match="can't be used"):
        McpServer(SPELLINGS[spelling])
