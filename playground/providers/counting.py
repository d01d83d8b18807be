"""How many input tokens a request has, asked of the provider's own counting endpoint."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from typing import Any

from playground.domain import Endpoint, Request
from playground.providers import anthropic_messages, gemini_generate, openai_responses, sdk
from playground.providers.asking import SILENCE, ask
from playground.providers.failures import ProviderError, failure_of, label
from playground.wire import Pool

_OPENAI_FIELDS = frozenset(
    {"model", "input", "instructions", "tools", "tool_choice", "reasoning", "text"}
)
_ANTHROPIC_FIELDS = frozenset(
    {"model", "messages", "system", "tools", "tool_choice", "thinking", "output_config"}
)


async def count_input_tokens(request: Request, endpoint: Endpoint, *, pool: Pool) -> int:
    """The provider's own count of the request's input; ProviderError where it can't be had.

    OpenAI and Anthropic count the request as it would be sent (OpenAI as a Responses request also for Chat). Gemini's
    endpoint takes no system prompt and no tools: the system prompt is counted as text in front, tools are not counted.
    """
    if endpoint.provider not in _COUNTERS:
        raise ProviderError(
            failure_of(
                "unsupported_parameter",
                endpoint.provider,
                message=f"{label(endpoint.provider)} has no endpoint that counts tokens.",
                next_step="Use the estimate, or send the request and read its usage.",
            )
        )
    adapter, send, field = _COUNTERS[endpoint.provider]
    body = await ask(endpoint, pool, adapter, functools.partial(send, request, endpoint))
    counted = body.get(field) if isinstance(body, dict) else None
    if not isinstance(counted, int):
        message = f"{label(endpoint.provider)} answered without a count of tokens."
        raise ProviderError(failure_of("server", endpoint.provider, message=message))
    return counted


async def _send_openai(request: Request, endpoint: Endpoint) -> Any:
    client = sdk.openai_client(endpoint, SILENCE)
    given = _some(openai_responses.arguments(request), _OPENAI_FIELDS)
    return await client.responses.input_tokens.with_raw_response.count(**given)


async def _send_anthropic(request: Request, endpoint: Endpoint) -> Any:
    client = sdk.anthropic_client(endpoint, SILENCE)
    given = _some(anthropic_messages.arguments(request), _ANTHROPIC_FIELDS)
    return await client.messages.with_raw_response.count_tokens(**given)


async def _send_gemini(request: Request, endpoint: Endpoint) -> Any:
    client = sdk.gemini_client(endpoint, SILENCE)
    given = gemini_generate.arguments(request)
    contents = given["contents"]
    if request.system:
        contents = [{"role": "user", "parts": [{"text": request.system}]}, *contents]
    return await client.aio.models.count_tokens(model=given["model"], contents=contents), client


def _some(arguments: Mapping[str, Any], fields: frozenset[str]) -> dict[str, Any]:
    return {name: value for name, value in arguments.items() if name in fields}


_COUNTERS: dict[str, tuple[Any, Callable[..., Any], str]] = {
    "openai": (openai_responses, _send_openai, "input_tokens"),
    "anthropic": (anthropic_messages, _send_anthropic, "input_tokens"),
    "gemini": (gemini_generate, _send_gemini, "totalTokens"),
}
