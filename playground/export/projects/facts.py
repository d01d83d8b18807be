"""project.json: what a project's code reads of its model, address, prices and limits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import ROUND_UP, Decimal
from typing import Any
from urllib.parse import urlsplit

from playground import catalog, pricing
from playground.domain import APIS, Endpoint, Request, Usage, clock
from playground.domain.base_url import without_version
from playground.domain.provider import provider_of
from playground.export.snippets import Sent
from playground.pricing.receipt import billing, rates_for
from playground.pricing.row import Price, Terms

ROOM = 20
"""The spending limit leaves room for so many calls, each at the most that it may cost."""
LEAST_LIMIT = Decimal(1)
NO_LIMIT = "none"


def facts(requests: Sequence[Request], endpoint: Endpoint, sent: Sent, kind: str) -> dict[str, Any]:
    """Everything as JSON values; no key is in it, only the name of its variable."""
    request, provider = requests[0], provider_of(endpoint.provider)
    api = APIS[request.model.api]
    base_url, version = _address(sent)
    price = _price(request)
    rates = None if price is None else _rates(price, request)
    batch = None if price is None or kind != "batch" else _rates(price, request, batch=True)
    return {
        "kind": kind,
        "provider": endpoint.provider,
        "api": sent.api,
        "model": sent.model,
        "base_url": base_url,
        "base_url_variable": provider.base_url_variable or f"{_upper(endpoint.provider)}_BASE_URL",
        "key_variable": sent.key_variable,
        "path": _path(sent, request, version),
        "headers": dict(sent.headers),
        "api_version": version,
        "method": api.method,
        "extra": sorted(sent.extra),
        "stream": sent.stream,
        "demo_path": (provider.demo_path or "/compatible/v1")
        + (provider.compatible_path if api.name == "compatible" else ""),
        "max_output_tokens": catalog.describe(request.model).max_output,
        "prices_usd_per_million_tokens": rates,
        "batch_prices_usd_per_million_tokens": batch,
        "prices_as_of": None if price is None else price.as_of.isoformat(),
        "prices_source": None if price is None else price.source,
        "spending_limit_usd": NO_LIMIT if rates is None else str(_limit(requests, rates)),
        "retires": _retires(request),
    }


def _address(sent: Sent) -> tuple[str, str]:
    """The base URL without a version that stands in the path, and that version."""
    if not APIS[sent.api].path.startswith("/v1/"):
        return sent.base_url.rstrip("/"), ""
    stem, version = without_version(sent.base_url, "v1")
    return stem.rstrip("/"), version


def _path(sent: Sent, request: Request, version: str) -> str:
    path = APIS[sent.api].request_path(stream=request.stream)
    return path.replace("/v1/", f"/{version}/", 1) if version else path


def _upper(name: str) -> str:
    return "".join(c if c.isalnum() and c.isascii() else "_" for c in name).upper()


def _price(request: Request) -> Price | None:
    model = request.model.live
    return pricing.load().row(model.provider, model.model, clock.today())


def _rates(price: Price, request: Request, *, batch: bool = False) -> dict[str, Any]:
    """USD per million tokens as this request is billed."""
    terms = pricing.load().terms.get(price.provider, Terms())
    how = billing(
        price.provider,
        Usage(),
        tier=request.settings.service_tier,
        processing="standard",
        regional=False,
    )
    rates, _, _ = rates_for(price, terms, replace(how, batch=batch), 0)
    writes = [rate for name, rate in rates.items() if name.startswith("cache_write")]
    long = price.long_context
    return {
        "input": float(rates["input"]),
        "cache_read": float(rates.get("cache_read", rates["input"])),
        "cache_write": float(max([*writes, rates["input"]])),
        "output": float(rates["output"]),
        "long_context": long
        and {"above": long.above, "input": float(long.input), "output": float(long.output)},
    }


def _limit(requests: Sequence[Request], rates: dict[str, Any]) -> Decimal:
    """USD a day: whole dollars, with room for twenty such calls at their worst, or for the batch twice."""
    most = sum((_most(request, rates) for request in requests), Decimal(0))
    room = most * (ROOM if len(requests) == 1 else 2)
    return max(LEAST_LIMIT, room).quantize(Decimal(1), ROUND_UP)


def _most(request: Request, rates: dict[str, Any]) -> Decimal:
    settings = request.settings
    longest = settings.max_output_tokens or catalog.describe(request.model).max_output or 0
    size = sum(len(message.text) for message in request.messages) + len(request.system or "")
    dear = Decimal(str(rates["cache_write"])) * size + Decimal(str(rates["output"])) * longest
    return dear / 1_000_000


def _retires(request: Request) -> str | None:
    day = catalog.describe(request.model.live).retires
    return None if day is None else day.isoformat()


def host(url: str) -> str:
    """Who is asked, for the README."""
    return urlsplit(url).hostname or url
