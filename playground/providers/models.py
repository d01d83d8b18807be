"""Which models an endpoint offers, asked of the endpoint itself; also the test of a key."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from playground.domain import Endpoint
from playground.providers import anthropic_messages, gemini_generate, openai_chat, sdk
from playground.providers.asking import SILENCE, ask
from playground.wire import Pool

_PAGE = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedModel:
    """One model as the provider's own list has it; what the list does not say is None."""

    id: str
    created: date | None = None
    shutdown_date: date | None = None
    context: int | None = None
    """Tokens that it can read (and, for most providers, write) at once."""
    max_output: int | None = None


async def list_models(endpoint: Endpoint, *, pool: Pool) -> list[ListedModel]:
    """The endpoint's models, newest first where it says when they were made; ProviderError when it can't be asked."""
    adapter, send, read = _LISTS.get(endpoint.provider, _COMPATIBLE)
    body = await ask(endpoint, pool, adapter, functools.partial(send, endpoint))
    found = [model for row in _rows(body) if (model := read(row)) is not None]
    return sorted(found, key=lambda m: (-(m.created or date.min).toordinal(), m.id))


def _rows(body: Any) -> list[Mapping[str, Any]]:
    rows = body if isinstance(body, list) else body.get("data") or body.get("models") or []
    return [row for row in rows if isinstance(row, dict)]


async def _send_openai(endpoint: Endpoint) -> Any:
    client = sdk.openai_client(endpoint, SILENCE)
    return await client.models.with_raw_response.list()


async def _send_anthropic(endpoint: Endpoint) -> Any:
    client = sdk.anthropic_client(endpoint, SILENCE)
    return await client.models.with_raw_response.list(limit=_PAGE)


async def _send_gemini(endpoint: Endpoint) -> Any:
    client = sdk.gemini_client(endpoint, SILENCE)
    return await client.aio.models.list(config={"page_size": _PAGE}), client


def _read_openai(row: Mapping[str, Any]) -> ListedModel | None:
    """OpenAI's row, with the limits that OpenRouter, Groq, vLLM and others add under names of their own."""
    top = row.get("top_provider") or {}
    context = row.get("context_length") or row.get("context_window") or row.get("max_model_len")
    written = row.get("max_completion_tokens") or top.get("max_completion_tokens")
    return _model(
        row.get("id") or row.get("name"),
        created=_day(row.get("created")),
        shutdown_date=_day(row.get("shutdown_date")),
        context=context,
        max_output=written,
    )


def _read_anthropic(row: Mapping[str, Any]) -> ListedModel | None:
    return _model(
        row.get("id"),
        created=_day(row.get("created_at")),
        shutdown_date=_day(row.get("retires_at")),
        context=row.get("max_input_tokens"),
        max_output=row.get("max_tokens"),
    )


def _read_gemini(row: Mapping[str, Any]) -> ListedModel | None:
    """Models that only embed, count or draw are left out."""
    if "generateContent" not in (row.get("supportedGenerationMethods") or ("generateContent",)):
        return None
    return _model(
        str(row.get("name") or "").removeprefix("models/"),
        context=row.get("inputTokenLimit"),
        max_output=row.get("outputTokenLimit"),
    )


def _model(id: Any, **known: Any) -> ListedModel | None:
    return ListedModel(id=str(id), **known) if id else None


def _day(value: Any) -> date | None:
    """A Unix time or an ISO date; None for anything else and for the epoch, which stands for unknown."""
    try:
        if isinstance(value, int | float):
            return datetime.fromtimestamp(value, UTC).date() if value > 0 else None
        found = datetime.fromisoformat(str(value)).date() if value else None
    except (ValueError, OverflowError, OSError):
        return None
    return None if found is None or found.year <= 1970 else found


_COMPATIBLE: tuple[Any, Callable[..., Any], Callable[..., ListedModel | None]] = (
    openai_chat,
    _send_openai,
    _read_openai,
)
_LISTS = {
    "openai": _COMPATIBLE,
    "anthropic": (anthropic_messages, _send_anthropic, _read_anthropic),
    "gemini": (gemini_generate, _send_gemini, _read_gemini),
}
