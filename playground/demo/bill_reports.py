"""The usage and cost endpoints that an admin key opens: the simulated organisation's use in each provider's own layout.

Google has no such endpoint: its rows are those of BigQuery's standard export, which the simulation hands out as if it had one.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from playground.demo.billed import ZONES, Billed, Row, lines
from playground.demo.charge import charge
from playground.demo.process import COMPATIBLE
from playground.domain.provider import PROVIDERS

ADMIN = "admin"
"""What the key's name must have in it; any other key is refused, as the real endpoints refuse a common one."""
DAYS = 31
"""Days that are told at once."""


def _sum(rows: list[Row], name: str) -> int:
    return sum(getattr(row.usage, name) or 0 for row in rows)


def _ttl(rows: list[Row], ttl: str) -> int:
    return sum(row.usage.cache_write_by_ttl.get(ttl, 0) for row in rows)


def _grouped(rows: list[Row]) -> dict[tuple[str, str, str], list[Row]]:
    found: dict[tuple[str, str, str], list[Row]] = {}
    for row in rows:
        found.setdefault((row.model, row.tier, row.key), []).append(row)
    return found


def openai_usage(rows: list[Row]) -> list[dict[str, Any]]:
    """Results of `usage/completions`, grouped by model, key, batch and tier."""
    return [
        {
            "object": "organization.usage.completions.result",
            "input_tokens": _sum(of, "input_tokens"),
            "input_cached_tokens": _sum(of, "cache_read_input_tokens"),
            "input_cache_write_tokens": _sum(of, "cache_write_input_tokens"),
            "input_cache_write_30m_tokens": _ttl(of, "30m"),
            "input_cache_write_12h_tokens": _ttl(of, "12h"),
            "output_tokens": _sum(of, "output_tokens"),
            "num_model_requests": sum(row.requests for row in of),
            "project_id": None,
            "user_id": None,
            "api_key_id": key,
            "model": model,
            "batch": tier == "batch",
            "service_tier": "default" if tier in ("standard", "batch") else tier,
        }
        for (model, tier, key), of in _grouped(rows).items()
    ]


LINE_ITEMS = {
    "input": "{model}, input_tokens",
    "cache_read": "{model}, cached_input_tokens",
    "cache_write_30m": "{model}, input_cache_write_30m_tokens",
    "cache_write_12h": "{model}, input_cache_write_12h_tokens",
    "output": "{model}, output_tokens",
    "web_search": "web search",
    "file_search": "file search",
}
"""Line of a receipt → the line item of OpenAI's costs."""


def openai_costs(rows: list[Row]) -> list[dict[str, Any]]:
    """Results of `costs`, grouped by line item and key; dollars as a float."""
    sums: dict[tuple[str, str, str], list[Decimal]] = {}
    for row, name, quantity, unit, amount in lines("openai", rows):
        item = LINE_ITEMS.get(name, "{model}, " + name).format(model=row.model)
        found = sums.setdefault((item, row.key, unit), [Decimal(0), Decimal(0)])
        found[0] += quantity
        found[1] += amount
    return [
        {
            "object": "organization.costs.result",
            "amount": {"value": float(amount), "currency": "usd"},
            "line_item": item,
            "quantity": float(quantity),
            "quantity_unit": "tokens" if unit == "token" else "count",
            "project_id": None,
            "api_key_id": key,
        }
        for (item, key, unit), (quantity, amount) in sums.items()
    ]


def anthropic_usage(rows: list[Row]) -> list[dict[str, Any]]:
    """Results of `usage_report/messages`, grouped by model, key and tier."""
    return [
        {
            "uncached_input_tokens": _sum(of, "input_tokens")
            - _sum(of, "cache_read_input_tokens")
            - _sum(of, "cache_write_input_tokens"),
            "cache_read_input_tokens": _sum(of, "cache_read_input_tokens"),
            "cache_creation": {
                "ephemeral_5m_input_tokens": _ttl(of, "5m"),
                "ephemeral_1h_input_tokens": _ttl(of, "1h"),
            },
            "output_tokens": _sum(of, "output_tokens"),
            "server_tool_use": {
                "web_search_requests": sum(
                    row.usage.server_tool_calls.get("web_search", 0) for row in of
                )
            },
            "api_key_id": key,
            "workspace_id": None,
            "model": model,
            "service_tier": tier,
        }
        for (model, tier, key), of in _grouped(rows).items()
    ]


TOKEN_TYPES = {
    "input": "uncached_input_tokens",
    "cache_read": "cache_read_input_tokens",
    "cache_write_5m": "cache_creation.ephemeral_5m_input_tokens",
    "cache_write_1h": "cache_creation.ephemeral_1h_input_tokens",
    "output": "output_tokens",
}
"""Line of a receipt → the token type of Anthropic's costs."""


def anthropic_costs(rows: list[Row]) -> list[dict[str, Any]]:
    """Results of `cost_report`, grouped by description: cents as a text, and no key."""
    sums: dict[tuple[str, str, str], Decimal] = {}
    for row, name, _, _, amount in lines("anthropic", rows):
        at = (row.model, name, row.tier)
        sums[at] = sums.get(at, Decimal(0)) + amount
    return [
        {
            "amount": f"{amount * 100:f}",
            "currency": "USD",
            "cost_type": "tokens" if name in TOKEN_TYPES else name,
            "description": f"{model} {name} (simulated)",
            "model": model,
            "token_type": TOKEN_TYPES.get(name),
            "service_tier": tier,
            "workspace_id": None,
        }
        for (model, name, tier), amount in sums.items()
    ]


WORDS = {"input": "Input", "cache_read": "Cached Input", "output": "Output"}
"""Line of a receipt → the words of Google's SKU."""


def google(rows: list[Row]) -> list[dict[str, Any]]:
    """Rows of BigQuery's standard export: a SKU's words instead of ids, tokens as a count, no key."""
    sums: dict[tuple[str, str], list[Decimal]] = {}
    for row, name, quantity, unit, amount in lines("gemini", rows):
        model = row.model.replace("-", " ").title()
        tier = "" if row.tier == "standard" else f" {row.tier.title()}"
        what = f"{WORDS.get(name, name)} Token Count" if unit == "token" else name
        found = sums.setdefault((f"{model}{tier} {what}", unit), [Decimal(0), Decimal(0)])
        found[0] += quantity
        found[1] += amount
    return [
        {
            "usage_start_time": _pacific(rows[0].day),
            "service": {"description": "Gemini API"},
            "sku": {"description": sku},
            "usage": {"amount": float(quantity), "unit": "count" if unit == "token" else unit},
            "cost": float(amount),
            "currency": "USD",
            "currency_conversion_rate": 1,
            "credits": [],
        }
        for (sku, unit), (quantity, amount) in sums.items()
    ]


def openrouter(rows: list[Row]) -> list[dict[str, Any]]:
    """Rows of `activity`: dollars and tokens by model, of the models that a gateway names VENDOR/MODEL."""
    by_model: dict[str, list[Row]] = {}
    for row in rows:
        if charge(row.model, 0, 0) is not None:
            by_model.setdefault(row.model, []).append(row)
    return [
        {
            "date": of[0].day.isoformat(),
            "model": model,
            "model_permaslug": model,
            "endpoint_id": "simulated",
            "provider_name": "Simulated",
            "usage": float(charge(model, *_sums(of)) or 0),
            "byok_usage_inference": 0,
            "requests": sum(row.requests for row in of),
            "prompt_tokens": _sums(of)[0],
            "completion_tokens": _sums(of)[1],
            "reasoning_tokens": 0,
        }
        for model, of in by_model.items()
    ]


def _sums(rows: list[Row]) -> tuple[int, int]:
    return _sum(rows, "input_tokens"), _sum(rows, "output_tokens")


def _pacific(day: date) -> str:
    return datetime(day.year, day.month, day.day, tzinfo=ZONES["gemini"]).isoformat()


def _unix(day: date) -> int:
    return int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp())


def _midnight(day: date) -> str:
    return f"{day.isoformat()}T00:00:00Z"


Results = Callable[[list[Row]], list[dict[str, Any]]]


@dataclass(frozen=True)
class Report:
    """One endpoint."""

    vendor: str
    path: str
    start: str
    """Query parameter and, with `end`, fields of a bucket."""
    end: str
    results: Results
    asked: Callable[[str], date]
    written: Callable[[date], Any]
    envelope: Mapping[str, str] = field(default_factory=dict)


def _of_unix(said: str) -> date:
    return datetime.fromtimestamp(int(said), UTC).date()


def _of_iso(said: str) -> date:
    return date.fromisoformat(said[:10])


_OPENAI = ("start_time", "end_time")
_ANTHROPIC = ("starting_at", "ending_at")
_GOOGLE = ("usage_start_time", "usage_end_time")
_PAGE = {"object": "page"}
REPORTS = (
    Report(
        "openai", "/organization/usage/completions", *_OPENAI, openai_usage, _of_unix, _unix, _PAGE
    ),
    Report("openai", "/organization/costs", *_OPENAI, openai_costs, _of_unix, _unix, _PAGE),
    Report(
        "anthropic",
        "/v1/organizations/usage_report/messages",
        *_ANTHROPIC,
        anthropic_usage,
        _of_iso,
        _midnight,
    ),
    Report(
        "anthropic",
        "/v1/organizations/cost_report",
        *_ANTHROPIC,
        anthropic_costs,
        _of_iso,
        _midnight,
    ),
    Report("gemini", "/billing/export", *_GOOGLE, google, _of_iso, _pacific),
)
ACTIVITY = f"{COMPATIBLE}/activity"
"""OpenRouter's report: a day for each question, without buckets."""


def page(billed: Billed, report: Report, query: Mapping[str, str], today: date) -> dict[str, Any]:
    """One page of buckets, a day each; ValueError for a day or a page that is none."""
    first = report.asked(query[report.start])
    last = report.asked(query[report.end]) if query.get(report.end) else today + timedelta(days=1)
    first += timedelta(days=int(query.get("page") or 0))
    many = max(0, min((last - first).days, DAYS, int(query.get("limit") or DAYS)))
    days = [first + timedelta(days=number) for number in range(many)]
    more = first + timedelta(days=many) < last
    buckets = [
        {
            report.start: report.written(day),
            report.end: report.written(day + timedelta(days=1)),
            "results": report.results(billed.of(report.vendor, day)),
        }
        for day in days
    ]
    following = str(int(query.get("page") or 0) + many) if more and many else None
    return {
        **report.envelope,
        "data": buckets,
        "has_more": following is not None,
        "next_page": following,
        "simulated_since": billed.since,
    }


Refuse = Callable[[Request, str], Response | None]


def routes(billed: Billed, refuse: Refuse) -> list[Route]:
    """The endpoints of all vendors; `refuse` answers a request without a key that may ask."""

    def handler(report: Report) -> Callable[[Request], Awaitable[Response]]:
        async def handle(request: Request) -> Response:
            refused = refuse(request, report.vendor)
            if refused is not None:
                return refused
            try:
                found = page(billed, report, request.query_params, datetime.now(UTC).date())
            except (ValueError, KeyError, OverflowError, OSError):
                return JSONResponse(
                    {
                        "error": {
                            "type": "invalid_request_error",
                            "message": f"{report.start} is no moment",
                        }
                    },
                    400,
                )
            return JSONResponse(found)

        return handle

    async def activity(request: Request) -> Response:
        refused = refuse(request, "compatible")
        if refused is not None:
            return refused
        try:
            day = _of_iso(request.query_params["date"])
        except (ValueError, KeyError):
            return JSONResponse({"error": {"code": 400, "message": "date is no day"}}, 400)
        found = openrouter(billed.of("compatible", day))
        return JSONResponse({"data": found, "simulated_since": billed.since})

    reports = [Route(PROVIDERS[r.vendor].demo_path + r.path, handler(r)) for r in REPORTS]
    return [*reports, Route(ACTIVITY, activity)]
