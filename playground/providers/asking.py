"""Short questions to a provider that are not a Response: one JSON answer, or a ProviderError."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from playground.domain import Endpoint
from playground.providers import outcome
from playground.providers.door import Door
from playground.providers.failures import ProviderError
from playground.providers.mapping import read_json
from playground.providers.sdk import over
from playground.wire import Pool, Recorder
from playground.wire.limits import Endless

SILENCE = 30.0
"""Seconds of silence after which a short question fails."""


async def ask(
    endpoint: Endpoint,
    pool: Pool,
    adapter: Door,
    send: Callable[[], Awaitable[Any]],
) -> Any:
    """What the endpoint answers to the one SDK call in `send`, as JSON; every failure is a ProviderError."""
    provider = endpoint.provider
    refused = outcome.refused_here(endpoint, hosted=pool.hosted)
    if refused is not None:
        raise ProviderError(refused)
    pool.allow(endpoint)
    recorder = Recorder(pool, base_url=endpoint.base_url, secrets=(endpoint.key,))
    try:
        with over(recorder):
            await send()
    except Exception as error:
        if recorder.error is not None or recorder.status is None:
            found = outcome.broken(recorder, provider, error, silence=SILENCE)
            raise ProviderError(found) from None
    finally:
        await recorder.aclose()
    if recorder.status is None or not 200 <= recorder.status < 300:
        raise ProviderError(outcome.of_status(recorder, provider, adapter))
    body = recorder.body or b""
    try:
        return read_json(body)
    except (ValueError, Endless):
        raise ProviderError(outcome.unreadable(recorder, provider, body)) from None
