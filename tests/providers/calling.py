"""Run one call against a loopback provider."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from playground.domain import Endpoint, ModelRef, Request, Response, Secret
from playground.providers import Call
from playground.wire import Pool
from tests.loopback import Handler, Loopback, answer, sse, stream

Serve = Callable[[Handler], Awaitable[Loopback]]
KEY = Secret("canary-7f3a9c-canary")


def endpoint(spelling: str, url: str, **more: Any) -> Endpoint:
    """The loopback provider as the endpoint of this model."""
    provider = ModelRef.parse(spelling).provider
    return Endpoint(provider=provider, base_url=url, **{"key": KEY, **more})


async def respond(
    serve: Serve, pool: Pool, spelling: str, handler: Handler, **more: Any
) -> Response:
    """The Response when the provider behaves like this."""
    provider = await serve(handler)
    asked = Request.ask(ModelRef.parse(spelling), "Hi", **more)
    call = Call(asked, endpoint(spelling, provider.url), pool=pool)
    await call.run()
    return call.response()


async def streamed(serve: Serve, pool: Pool, spelling: str, *events: Any) -> Response:
    """The Response to a stream of these events."""
    return await respond(serve, pool, spelling, stream([sse(event) for event in events]))


async def unstreamed(serve: Serve, pool: Pool, spelling: str, body: Any) -> Response:
    """The Response to this whole body."""
    return await respond(serve, pool, spelling, answer(body), stream=False)


def calls(response: Response) -> list[tuple[str, str, Any]]:
    """The tool calls as plain tuples."""
    return [(call.id, call.name, call.arguments) for call in response.tool_calls]
