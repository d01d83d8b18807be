"""OpenAI's SDK: its client, the list of models, and the count of a request. Compatible servers are asked through it too."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from playground.domain import Endpoint, Usage
from playground.domain.provider import provider_of
from playground.providers.listed import ListedModel, day, listed_model, unread
from playground.providers.sdk import NO_KEY, kept, relayed, silence_log, some, timeout_of

COUNTED = "input_tokens"
_COUNTS = frozenset({"model", "input", "instructions", "tools", "tool_choice", "reasoning", "text"})
"""Arguments of a Responses request that its counting endpoint takes."""


@kept
def client(endpoint: Endpoint, silence: float) -> Any:
    """An AsyncOpenAI without retries."""
    from openai import AsyncOpenAI

    silence_log("openai")
    base_url = endpoint.base_url + provider_of(endpoint.provider).compatible_path
    revealed = endpoint.key.reveal() if endpoint.key else NO_KEY
    return AsyncOpenAI(
        base_url=base_url,
        api_key=revealed,
        admin_api_key="",
        organization="",
        project="",
        webhook_secret="",
        default_headers={"Authorization": f"Bearer {revealed}"},
        http_client=relayed(),
        max_retries=0,
        timeout=timeout_of(silence),
    )


async def models(endpoint: Endpoint, silence: float, after: str | None = None) -> Any:
    """Ask for a page of the list of models; OpenAI's own has one, a compatible server's may have more."""
    more = {"extra_query": {"after": after}} if after else {}
    return await client(endpoint, silence).models.with_raw_response.list(**more)


async def model(endpoint: Endpoint, silence: float, name: str) -> Any:
    """Ask for one model's row."""
    return await client(endpoint, silence).models.with_raw_response.retrieve(name)


def next_page(body: Mapping[str, Any]) -> str | None:
    return body.get("last_id") if body.get("has_more") else None


_READ = frozenset(
    {
        "id",
        "name",
        "slug",
        "object",
        "created",
        "owned_by",
        "shutdown_date",
        "context_length",
        "context_window",
        "max_model_len",
    }
    | {"max_completion_tokens", "top_provider.max_completion_tokens"}
)


def listed(row: Mapping[str, Any]) -> ListedModel | None:
    """OpenAI's row, with the limits that OpenRouter, Groq, vLLM and others add under names of their own."""
    top = row.get("top_provider") or {}
    context = row.get("context_length") or row.get("context_window") or row.get("max_model_len")
    written = row.get("max_completion_tokens") or top.get("max_completion_tokens")
    return listed_model(
        row.get("id") or row.get("name") or row.get("slug"),
        created=day(row.get("created")),
        shutdown_date=day(row.get("shutdown_date")),
        context=context,
        max_output=written,
        row=row,
        unread=unread(row, _READ, ("top_provider",)),
    )


async def count(arguments: Mapping[str, Any], endpoint: Endpoint, silence: float) -> Any:
    """Ask how many input tokens a Responses request has."""
    counting = client(endpoint, silence).responses.input_tokens.with_raw_response
    return await counting.count(**some(arguments, _COUNTS))


async def embed(model: str, texts: Sequence[str], endpoint: Endpoint, silence: float) -> Any:
    """Ask for the embedding of each text, as numbers."""
    asked = client(endpoint, silence).embeddings.with_raw_response
    return await asked.create(model=model, input=list(texts), encoding_format="float")


def embedded_usage(told: Mapping[str, Any] | None) -> Usage:
    """What embedding used: no output is billed, as there is none."""
    count = (told or {}).get("prompt_tokens")
    if not isinstance(count, int):
        return Usage(raw=told)
    return Usage(input_tokens=count, output_tokens=0, raw=told)
