"""Model servers that already run on this computer: asked at the ports where they usually listen."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlsplit

from playground.domain import Endpoint
from playground.domain.provider import Provider, addable
from playground.providers import ProviderError, list_models
from playground.wire import Pool

SECONDS = 3.0
"""What a server on this computer gets to list its models."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A server that answered, and what it offers."""

    provider: Provider
    models: tuple[str, ...]


def usual() -> tuple[Provider, ...]:
    """The servers that are known to listen on this computer: rows whose address is its own."""
    return tuple(p for p in addable() if urlsplit(p.base_url).hostname == "localhost")


async def running(pool: Pool, rows: Iterable[Provider] | None = None) -> tuple[Found, ...]:
    """Those that answer now with a list of models, in the order of their rows."""
    asked = [_ask(row, pool) for row in (usual() if rows is None else rows)]
    return tuple(found for found in await asyncio.gather(*asked) if found)


async def _ask(row: Provider, pool: Pool) -> Found | None:
    endpoint = Endpoint(provider=row.name, base_url=row.base_url)
    try:
        async with asyncio.timeout(SECONDS):
            models = await list_models(endpoint, pool=pool)
    except (ProviderError, TimeoutError):
        return None
    return Found(provider=row, models=tuple(model.id for model in models))
