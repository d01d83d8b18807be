"""How many input tokens a request has, asked of the provider's own counting endpoint."""

from __future__ import annotations

from playground.domain import Endpoint, Request
from playground.domain.provider import provider_of
from playground.providers.asking import SILENCE, ask
from playground.providers.doors import counting
from playground.providers.failures import ProviderError, failure_of
from playground.wire import Pool


async def count_input_tokens(request: Request, endpoint: Endpoint, *, pool: Pool) -> int:
    """The provider's own count of the request's input; ProviderError where it can't be had.

    OpenAI and Anthropic count the request as it would be sent (OpenAI as a Responses request also for Chat). Gemini's
    endpoint takes no system prompt and no tools: the system prompt is counted as text in front, tools are not counted.
    """
    provider = endpoint.provider
    label = provider_of(provider).label
    row = counting(provider)
    if row is None:
        raise ProviderError(
            failure_of(
                "unsupported_parameter",
                provider,
                message=f"{label} has no endpoint that counts tokens.",
                next_step="Use the estimate, or send the request and read its usage.",
            )
        )
    adapter, sdk, _ = row
    body = await ask(
        endpoint, pool, lambda: sdk.count(adapter.arguments(request), endpoint, SILENCE)
    )
    counted = body.get(sdk.COUNTED) if isinstance(body, dict) else None
    if not isinstance(counted, int):
        message = f"{label} answered without a count of tokens."
        raise ProviderError(failure_of("server", provider, message=message))
    return counted
