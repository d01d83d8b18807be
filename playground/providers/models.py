"""Which models an endpoint offers, asked of the endpoint itself; also the test of a key."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from typing import Any

from playground.domain import Endpoint, Exchange, Failure
from playground.domain.provider import provider_of
from playground.providers.asking import SILENCE
from playground.providers.complaint import complaint
from playground.providers.door import Sdk
from playground.providers.doors import usual
from playground.providers.failures import ProviderError, failure_of
from playground.providers.listed import ListedModel, listed_model
from playground.providers.talking import Talk
from playground.wire import Pool

_LISTS = ("data", "models", "result")
"""Where the list stands in the answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """What a models endpoint answered, page by page. A list that could not be had is a result too."""

    provider: str
    simulated: bool
    models: tuple[ListedModel, ...] = ()
    """Every row, also of models that answer no prompts, in the provider's order."""
    pages: int = 0
    nameless: tuple[Mapping[str, Any], ...] = ()
    """Rows without an id."""
    cut: bool = False
    """True where pages were left unread."""
    exchanges: tuple[Exchange, ...] = ()
    failure: Failure | None = None


async def list_models(endpoint: Endpoint, *, pool: Pool) -> list[ListedModel]:
    """The models that answer prompts, newest first where it says when they were made; ProviderError when it can't be asked."""
    listing = await read_list(endpoint, pool=pool)
    if listing.failure is not None:
        raise ProviderError(listing.failure)
    found = (model for model in listing.models if model.answers)
    return sorted(found, key=lambda m: (-(m.created or date.min).toordinal(), m.id))


async def read_list(endpoint: Endpoint, *, pool: Pool) -> Listing:
    """The endpoint's whole list, its pages followed to the end; never raises."""
    sdk, talk = usual(endpoint.provider).sdk, Talk(endpoint, pool)
    pages, following, failure = list[list[Mapping[str, Any]]](), None, None
    asked = talk.pages(partial(sdk.models, endpoint, SILENCE), partial(_next, sdk))
    try:
        async for body, following in asked:  # noqa: B007 - the last one is looked at
            pages.append(_rows(body, endpoint.provider))
    except ProviderError as error:
        missing = error.failure.type == "not_found"
        failure = _no_list(endpoint, error.failure) if missing else error.failure
    return replace(
        _read(sdk, talk, [row for rows in pages for row in rows], failure),
        pages=len(pages),
        cut=failure is None and following is not None,
    )


async def read_model(endpoint: Endpoint, name: str, *, pool: Pool) -> Listing:
    """The endpoint's row of one model; never raises."""
    sdk, talk = usual(endpoint.provider).sdk, Talk(endpoint, pool)
    try:
        body = await talk.ask(partial(sdk.model, endpoint, SILENCE, name))
    except ProviderError as error:
        return _read(sdk, talk, [], error.failure)
    return _read(sdk, talk, [body] if isinstance(body, dict) else [], None)


def _next(sdk: Sdk, body: Any) -> str | None:
    return sdk.next_page(body) if isinstance(body, dict) else None


def _read(sdk: Sdk, talk: Talk, rows: list[Mapping[str, Any]], failure: Failure | None) -> Listing:
    read = [(row, _listed(sdk, row)) for row in rows]
    return Listing(
        provider=talk.endpoint.provider,
        simulated=talk.endpoint.simulated,
        models=tuple(model for _, model in read if model is not None),
        nameless=tuple(row for row, model in read if model is None),
        exchanges=talk.exchanges,
        failure=failure,
    )


def _listed(sdk: Sdk, row: Mapping[str, Any]) -> ListedModel | None:
    """The row as a model; of one that is shaped as nobody's its name is all that is known."""
    try:
        return sdk.listed(row)
    except (AttributeError, TypeError):
        return listed_model(row.get("id") or row.get("name"), row=row)


def _rows(body: Any, provider: str) -> list[Mapping[str, Any]]:
    """The rows of a list, in whichever field it stands; ProviderError where there is none."""
    found = body
    if isinstance(body, dict):
        found = next((body[name] or [] for name in _LISTS if name in body), None)
    if not isinstance(found, list):
        raise ProviderError(failure_of("not_found", provider, message=complaint(body).message))
    return [row for row in found if isinstance(row, dict)]


def _no_list(endpoint: Endpoint, failure: Failure) -> Failure:
    """A server that answers prompts need not list its models."""
    label = provider_of(endpoint.provider).label
    return replace(
        failure,
        meaning=f"{label} has no list of models at its address.",
        next_step=f"{failure.next_step} Its models can be asked all the same: write {endpoint.provider}:MODEL.",
    )
