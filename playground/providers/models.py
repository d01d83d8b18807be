"""Which models an endpoint offers, asked of the endpoint itself; also the test of a key."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from playground.domain import Endpoint
from playground.providers.asking import SILENCE, ask
from playground.providers.doors import usual
from playground.providers.listed import ListedModel
from playground.wire import Pool


async def list_models(endpoint: Endpoint, *, pool: Pool) -> list[ListedModel]:
    """The endpoint's models, newest first where it says when they were made; ProviderError when it can't be asked."""
    adapter, sdk, _ = usual(endpoint.provider)
    body = await ask(endpoint, pool, adapter, lambda: sdk.models(endpoint, SILENCE))
    found = [model for row in _rows(body) if (model := sdk.listed(row)) is not None]
    return sorted(found, key=lambda m: (-(m.created or date.min).toordinal(), m.id))


def _rows(body: Any) -> list[Mapping[str, Any]]:
    rows = body if isinstance(body, list) else body.get("data") or body.get("models") or []
    return [row for row in rows if isinstance(row, dict)]
