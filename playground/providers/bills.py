"""What an organisation used and owes, fetched with its admin key: a provider's own pages, unread.

The endpoints by their documentation of 2026 (OpenAI: /organization/usage and /costs; Anthropic: Usage and Cost Admin API, not
in its SDK's methods; OpenRouter: /activity with a management key).
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import Any

import httpx2

from playground.domain import Endpoint, Failure
from playground.providers import anthropic_sdk, openai_sdk
from playground.providers.asking import SILENCE
from playground.providers.failures import ProviderError
from playground.providers.talking import Talk
from playground.wire import Pool

DAYS_BACK = 30
"""OpenRouter tells no older days."""
MORE_PAGES = "more pages followed that were not read"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pages:
    """What one endpoint answered, page by page; a failure is a result too."""

    name: str
    pages: tuple[Any, ...] = ()
    unread: str = ""
    """What was left unread, in words; empty = nothing."""
    failure: Failure | None = None


Query = Mapping[str, Any]
Send = Callable[[Endpoint, Query], Awaitable[Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """One endpoint that tells use or costs."""

    name: str
    send: Send
    queries: Callable[[date, date], tuple[Query, ...]]
    """From the first day to the last one, both included."""
    most_days: int | None = None
    """So many of the last days are told, and no older ones; None = all."""


async def _usage(endpoint: Endpoint, query: Query) -> Any:
    client = openai_sdk.client(endpoint, SILENCE)
    return await client.admin.organization.usage.with_raw_response.completions(**query)


async def _costs(endpoint: Endpoint, query: Query) -> Any:
    client = openai_sdk.client(endpoint, SILENCE)
    return await client.admin.organization.usage.with_raw_response.costs(**query)


def _anthropic(path: str) -> Send:
    async def send(endpoint: Endpoint, query: Query) -> Any:
        client = anthropic_sdk.client(endpoint, SILENCE)
        # the Admin API takes its key in this header only
        headers = {"x-api-key": endpoint.key.reveal() if endpoint.key else ""}
        options = {"params": query, "headers": headers}
        return await client.get(path, cast_to=httpx2.Response, options=options)

    return send


async def _activity(endpoint: Endpoint, query: Query) -> Any:
    client = openai_sdk.client(endpoint, SILENCE)
    return await client.get("/activity", cast_to=httpx2.Response, options={"params": query})


async def _google(endpoint: Endpoint, query: Query) -> Any:
    client = anthropic_sdk.client(endpoint, SILENCE)  # any that adds nothing to the address
    return await client.get("/billing/export", cast_to=httpx2.Response, options={"params": query})


def _seconds(day: date) -> int:
    return int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp())


def _openai(**more: Any) -> Callable[[date, date], tuple[Query, ...]]:
    return lambda first, last: (
        {
            "start_time": _seconds(first),
            "end_time": _seconds(last + timedelta(days=1)),
            "bucket_width": "1d",
            **more,
        },
    )


def _reports(groups: list[str]) -> Callable[[date, date], tuple[Query, ...]]:
    return lambda first, last: (
        {
            "starting_at": f"{first.isoformat()}T00:00:00Z",
            "ending_at": f"{(last + timedelta(days=1)).isoformat()}T00:00:00Z",
            "bucket_width": "1d",
            "group_by[]": groups,
            "limit": 31,
        },
    )


def _each_day(first: date, last: date) -> tuple[Query, ...]:
    days = min((last - first).days + 1, DAYS_BACK)
    return tuple({"date": (last - timedelta(days=n)).isoformat()} for n in range(days))


REPORTS: Mapping[str, tuple[Report, ...]] = {
    "openai": (
        Report(
            name="OpenAI usage",
            send=_usage,
            queries=_openai(group_by=["model", "api_key_id", "batch", "service_tier"], limit=31),
        ),
        Report(
            name="OpenAI costs",
            send=_costs,
            queries=_openai(group_by=["line_item", "api_key_id"], limit=31),
        ),
    ),
    "anthropic": (
        Report(
            name="Anthropic usage",
            send=_anthropic("/v1/organizations/usage_report/messages"),
            queries=_reports(["model", "api_key_id", "service_tier", "speed"]),
        ),
        Report(
            name="Anthropic costs",
            send=_anthropic("/v1/organizations/cost_report"),
            queries=_reports(["description"]),
        ),
    ),
    "openrouter": (
        Report(name="OpenRouter activity", send=_activity, queries=_each_day, most_days=DAYS_BACK),
    ),
}
"""Provider → what its admin key opens."""


SIMULATED: Mapping[str, tuple[Report, ...]] = {
    **REPORTS,
    "gemini": (
        Report(
            name="Google Cloud billing",
            send=_google,
            queries=lambda first, last: (
                {
                    "usage_start_time": (first - timedelta(days=1)).isoformat(),
                    "usage_end_time": (last + timedelta(days=1)).isoformat(),
                },
            ),
        ),
    ),
}
"""The same of the simulation, which hands out what Google writes into files only. Its days begin later than UTC's."""


async def fetch(endpoint: Endpoint, first: date, last: date, *, pool: Pool) -> tuple[Pages, ...]:
    """Every report of the endpoint's provider for these days; never raises. The endpoint's key is the admin key."""
    reports = (SIMULATED if endpoint.simulated else REPORTS)[endpoint.provider]
    return tuple([await _read(report, endpoint, first, last, pool) for report in reports])


async def _read(report: Report, endpoint: Endpoint, first: date, last: date, pool: Pool) -> Pages:
    talk, pages, unread = Talk(endpoint, pool), list[Any](), _older(report, first, last)
    try:
        for query in report.queries(first, last):
            send = partial(_page, report, endpoint, query)
            async for page, following in talk.pages(send, _next):  # noqa: B007 - the last one counts
                pages.append(page)
            unread = MORE_PAGES if following else unread
    except ProviderError as error:
        return Pages(name=report.name, pages=tuple(pages), failure=error.failure)
    return Pages(name=report.name, pages=tuple(pages), unread=unread)


def _older(report: Report, first: date, last: date) -> str:
    """What is said of days that are older than what the report tells; empty where there are none."""
    told = first if report.most_days is None else last - timedelta(days=report.most_days - 1)
    return f"no day before {told} is told" if first < told else ""


async def _page(report: Report, endpoint: Endpoint, query: Query, named: str | None) -> Any:
    return await report.send(endpoint, {**query, "page": named} if named else query)


def _next(body: Any) -> str | None:
    return body.get("next_page") if isinstance(body, dict) and body.get("has_more") else None
