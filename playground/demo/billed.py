"""What the simulated organisation used and owes: the usage and cost endpoints that an admin key opens.

Every answer of this server is in it, under the id of the key that asked, and on each day with use a job of another key that
nobody here has asked for, as in an organisation with more than one program.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from threading import Lock
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from playground.demo.anthropic_blocks import compaction, iterations
from playground.demo.compose import Reply
from playground.domain import ModelRef, Usage
from playground.domain.provider import PROVIDERS

OTHER = "key_simulated_other"
"""The id of the key of a program that is not this one."""
OTHERS = Usage(input_tokens=120_000, output_tokens=8_000)
"""What that one uses a day, in a batch."""
ADMIN = "admin"
"""What the key's name must have in it; any other key is refused, as the real endpoints refuse a common one."""
DAYS = 31
"""Days that are told at once."""
MAX_ROWS = 100_000


@dataclass(frozen=True)
class Row:
    """One answer that is billed."""

    day: date
    model: str
    tier: str
    key: str
    usage: Usage
    requests: int = 1


@dataclass
class Billed:
    """The answers of one vendor since the server started."""

    since: str = field(default_factory=lambda: datetime.now(UTC).isoformat(timespec="milliseconds"))
    rows: dict[str, list[Row]] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)

    def add(self, vendor: str, reply: Reply, key: str, *, batch: bool = False, fed: bool) -> None:
        """Note one answer; the oldest are forgotten when there are very many."""
        said = str(reply.ask.body.get("service_tier") or "").lower()
        echoed = said if vendor == "openai" and said not in ("auto", "default") else ""
        row = Row(
            day=datetime.now(UTC).date(),
            model=reply.ask.model.id,
            tier="batch" if batch else echoed or "standard",
            key=key_id(key),
            usage=used(vendor, reply, fed),
        )
        with self._lock:
            rows = self.rows.setdefault(vendor, [])
            rows.append(row)
            if vendor == "anthropic" and compaction(reply):
                rows.append(replace(row, usage=_compacted(reply), requests=0))
            del rows[:-MAX_ROWS]

    def of(self, vendor: str, day: date) -> list[Row]:
        """What is billed on a day, the other key's job with it."""
        with self._lock:
            rows = [row for row in self.rows.get(vendor, ()) if row.day == day]
        if not rows:
            return []
        return [*rows, replace(rows[0], key=OTHER, tier="batch", usage=OTHERS)]


def key_id(key: str) -> str:
    """The id of a key, which is not the key."""
    return f"key_{hashlib.blake2b(key.encode(), digest_size=6).hexdigest()}"


def used(vendor: str, reply: Reply, fed: bool) -> Usage:
    """The usage of an answer as the vendor counts it; `fed` = with what its own tools brought."""
    tools = Counter(one.tool for one in reply.used if one.tool in TOOLS.get(vendor, ()))
    return Usage(
        input_tokens=reply.input_tokens + (reply.fed_tokens if fed else 0),
        cache_read_input_tokens=reply.cached.read,
        cache_write_input_tokens=reply.cached.written,
        cache_write_by_ttl={ttl: n for ttl, n in reply.cached.writes.items() if n},
        output_tokens=reply.output_tokens,
        server_tool_calls=dict(tools) if fed else {},
    )


TOOLS = {"openai": ("web_search", "file_search"), "anthropic": ("web_search",)}
"""Tools whose calls are billed one by one."""


def _compacted(reply: Reply) -> Usage:
    """The pass of a compaction, which is billed beside the answer."""
    read, written = reply.cached.read, reply.cached.written
    counted = {
        "input_tokens": 0,
        "output_tokens": 0,
        "cache_read_input_tokens": read,
        "cache_creation_input_tokens": written,
        "cache_creation": {},
    }
    first = iterations(counted, reply)[0]
    return Usage(
        input_tokens=first["input_tokens"] + read + written,
        cache_read_input_tokens=read,
        cache_write_input_tokens=written,
        cache_write_by_ttl={ttl: n for ttl, n in reply.cached.writes.items() if n},
        output_tokens=first["output_tokens"],
    )


def _lines(vendor: str, rows: list[Row]) -> Iterator[tuple[Row, str, int, str, Decimal]]:
    """Row, line of the receipt, quantity, unit and amount, by the list prices of the day."""
    from playground import pricing  # a fifth of a second that only a bill needs

    book = pricing.load(own=False)
    for row in rows:
        ref = ModelRef(vendor, PROVIDERS[vendor].default_api, row.model)
        tier = None if row.tier == "standard" else row.tier
        cost = book.price(ref, None, row.usage, on=row.day, service_tier=tier)
        for line in cost.lines if cost else ():
            yield row, line.name, line.quantity, line.unit, line.amount


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
    for row, name, quantity, unit, amount in _lines("openai", rows):
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
    for row, name, _, _, amount in _lines("anthropic", rows):
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
)


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

    return [
        Route(PROVIDERS[report.vendor].demo_path + report.path, handler(report))
        for report in REPORTS
    ]
