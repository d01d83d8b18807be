"""Requests that go through the SDKs down to, but not onto, the wire: to warm up, and to show what would be sent."""

from __future__ import annotations

import asyncio
import json
import threading
from typing import Any

import httpx2

from playground.domain import Endpoint, ModelRef, Request, Secret
from playground.domain.provider import built_in
from playground.providers.doors import SESSION_DOORS, door
from playground.providers.sdk import over, silent

_NOWHERE = "http://preview.invalid"


def warm() -> None:
    """Import the three SDKs and take one request through each door, so that the first real call is as fast as the next.

    Takes about 3 s, once. For a background thread at start: it runs an event loop of its own.
    """
    for provider in built_in():
        for api in provider.apis:
            for stream in (True, False):
                preview(Request.ask(ModelRef(provider.name, api, "warm"), "warm", stream=stream))


def preview(request: Request) -> dict[str, Any]:
    """The JSON body that would be sent, as the SDK itself builds it; ValueError says why it can't be built.

    Of a session, which has no one body, its settings.
    """
    if request.body is not None:
        own = json.loads(request.body)
        if not isinstance(own, dict):
            raise ValueError("the body is no JSON object")
        return own
    if session := SESSION_DOORS.get(request.model.api):
        return session.configuration(request)
    found: list[httpx2.Request] = []
    problem: list[Exception] = []

    def run() -> None:
        try:
            asyncio.run(_send_nowhere(request, found))
        except Exception as error:
            problem.append(error)

    thread = threading.Thread(target=run, name="preview")
    thread.start()
    thread.join()
    if not found:
        raise ValueError(f"the request could not be built: {problem[0] if problem else 'unknown'}")
    body: dict[str, Any] = json.loads(found[0].content)
    return body


async def _send_nowhere(request: Request, found: list[httpx2.Request]) -> None:
    adapter = door(request.model)
    nowhere = Endpoint(provider=request.model.provider, base_url=_NOWHERE, key=Secret("preview"))
    with over(silent(found, stream=request.stream)):
        await adapter.open(adapter.arguments(request), nowhere, 10.0)
