"""Which models an endpoint offers, asked of the endpoint itself; also the test of a key."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from playground.domain import Endpoint, Failure
from playground.domain.provider import provider_of
from playground.providers.asking import SILENCE, ask
from playground.providers.complaint import complaint
from playground.providers.doors import usual
from playground.providers.failures import ProviderError, failure_of
from playground.providers.listed import ListedModel
from playground.wire import Pool

_LISTS = ("data", "models", "result")
"""Where the list stands in the answer."""


async def list_models(endpoint: Endpoint, *, pool: Pool) -> list[ListedModel]:
    """The endpoint's models, newest first where it says when they were made; ProviderError when it can't be asked."""
    sdk = usual(endpoint.provider).sdk
    try:
        body = await ask(endpoint, pool, lambda: sdk.models(endpoint, SILENCE))
    except ProviderError as error:
        if error.failure.type != "not_found":
            raise
        raise ProviderError(_no_list(endpoint, error.failure)) from None
    rows = _rows(body)
    if rows is None:
        failure = failure_of("not_found", endpoint.provider, message=complaint(body).message)
        raise ProviderError(_no_list(endpoint, failure))
    found = [model for row in rows if (model := sdk.listed(row)) is not None]
    return sorted(found, key=lambda m: (-(m.created or date.min).toordinal(), m.id))


def _rows(body: Any) -> list[Mapping[str, Any]] | None:
    """The rows of a list, in whichever field it stands; None where there is none."""
    if isinstance(body, dict):
        body = next((body[name] or [] for name in _LISTS if name in body), None)
    return [row for row in body if isinstance(row, dict)] if isinstance(body, list) else None


def _no_list(endpoint: Endpoint, failure: Failure) -> Failure:
    """A server that answers prompts need not list its models."""
    label = provider_of(endpoint.provider).label
    return replace(
        failure,
        meaning=f"{label} has no list of models at its address.",
        next_step=f"{failure.next_step} Its models can be asked all the same: write {endpoint.provider}:MODEL.",
    )
