"""Anthropic's SDK: its client, the list of models, and the count of a request."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from playground.domain import Endpoint
from playground.providers.listed import PAGE, ListedModel, day, listed_model
from playground.providers.sdk import NO_KEY, kept, relayed, silence_log, some, timeout_of

COUNTED = "input_tokens"
_COUNTS = frozenset(
    {"model", "messages", "system", "tools", "tool_choice", "thinking", "output_config"}
)
"""Arguments of a Messages request that its counting endpoint takes."""


@kept
def client(endpoint: Endpoint, silence: float) -> Any:
    """An AsyncAnthropic without retries and traces."""
    from anthropic import AsyncAnthropic

    silence_log("anthropic")
    revealed = endpoint.key.reveal() if endpoint.key else NO_KEY
    return AsyncAnthropic(
        base_url=endpoint.base_url.rstrip("/").removesuffix("/v1"),
        api_key=revealed,
        webhook_key="",
        default_headers={"Authorization": f"Bearer {revealed}"},
        open_telemetry=False,
        http_client=relayed(),
        max_retries=0,
        timeout=timeout_of(silence),
    )


async def models(endpoint: Endpoint, silence: float) -> Any:
    """Ask for the list of models."""
    return await client(endpoint, silence).models.with_raw_response.list(limit=PAGE)


def listed(row: Mapping[str, Any]) -> ListedModel | None:
    return listed_model(
        row.get("id"),
        created=day(row.get("created_at")),
        shutdown_date=day(row.get("retires_at")),
        context=row.get("max_input_tokens"),
        max_output=row.get("max_tokens"),
    )


async def count(arguments: Mapping[str, Any], endpoint: Endpoint, silence: float) -> Any:
    """Ask how many input tokens a Messages request has."""
    counting = client(endpoint, silence).messages.with_raw_response
    return await counting.count_tokens(**some(arguments, _COUNTS))
