"""Short questions to a provider that are not a Response: one JSON answer, or a ProviderError."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from playground.domain import Endpoint, Failure
from playground.providers import outcome
from playground.providers.failures import ProviderError
from playground.providers.mapping import read_json
from playground.providers.sdk import over
from playground.wire import Pool, Recorder
from playground.wire.limits import Endless

SILENCE = 30.0
"""Seconds of silence after which a short question fails."""
LONGEST = 600.0
"""Seconds from a short question to the end of its answer, however it drips."""


async def ask(endpoint: Endpoint, pool: Pool, send: Callable[[], Awaitable[Any]]) -> Any:
    """What the endpoint answers to the one SDK call in `send`, as JSON; every failure is a ProviderError."""
    refused = outcome.refused_here(endpoint, hosted=pool.hosted)
    if refused is not None:
        raise ProviderError(refused)
    pool.allow(endpoint)
    recorder = Recorder(pool, base_url=endpoint.base_url, secrets=(endpoint.key,), seconds=LONGEST)
    try:
        with over(recorder):
            await send()
    except Exception as error:
        if recorder.error is not None or recorder.status is None:
            broken = outcome.broken(recorder, endpoint.provider, error, silence=SILENCE)
            raise ProviderError(outcome.told(recorder, endpoint, broken)) from None
    finally:
        await recorder.aclose()
    body, failure = answer(recorder, endpoint.provider)
    if failure is not None:
        raise ProviderError(outcome.told(recorder, endpoint, failure))
    return body


def answer(recorder: Recorder, provider: str) -> tuple[Any, Failure | None]:
    """The answer as JSON, the call's secrets masked, or why it is none."""
    if recorder.status is None or not 200 <= recorder.status < 300:
        return None, outcome.of_status(recorder, provider)
    try:
        body = read_json(recorder.redactor.data(recorder.body or b""))
    except (ValueError, Endless):
        return None, outcome.unreadable(recorder, provider, recorder.body or b"")
    if isinstance(body, dict) and body.get("error"):
        return None, outcome.of_status(recorder, provider)
    return body, None
