"""A provider's own word on what was used, fetched with its admin key."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from urllib.parse import urlsplit

from playground.bills.nouns import Bill, Trouble
from playground.bills.reading import of_pages
from playground.demo.process import COMPATIBLE
from playground.domain import Endpoint, Secret
from playground.domain.provider import provider_of
from playground.engine import Engine
from playground.providers.bills import REPORTS, SIMULATED, Pages, fetch

VARIABLES = {
    "openai": "OPENAI_ADMIN_KEY",
    "anthropic": "ANTHROPIC_ADMIN_KEY",
    "openrouter": "OPENROUTER_MANAGEMENT_KEY",
}
"""Provider → the environment variable that may hold its admin key."""
PATIENCE = 120.0
"""Seconds for all reports of one provider."""
SIMULATED_KEY = "demo-admin-key"
KNOWN = tuple(REPORTS)
GATEWAY = "openrouter"


def simulation(where: Mapping[str, Endpoint]) -> dict[str, Endpoint]:
    """Where the simulation's organisation is asked, the gateway that stands in for OpenRouter with it."""
    parts = urlsplit(where["openai"].base_url)
    address = f"{parts.scheme}://{parts.netloc}{COMPATIBLE}"
    gateway = replace(where["openai"], provider=GATEWAY, base_url=address)
    return {**{name: where[name] for name in SIMULATED if name in where}, GATEWAY: gateway}


def asked(endpoint: Endpoint, key: Secret, first: date, last: date, engine: Engine) -> list[Bill]:
    """The provider's reports as bills; what could not be had is a bill with its trouble. TimeoutError after PATIENCE."""
    admin = replace(endpoint, key=key, key_from_server=False)
    told = engine.submit(lambda pool: fetch(admin, first, last, pool=pool)).result(PATIENCE)
    return [_bill(pages, endpoint) for pages in told]


def simulated(endpoint: Endpoint, first: date, last: date, engine: Engine) -> list[Bill]:
    """The bill of the simulation's organisation."""
    return asked(endpoint, Secret(SIMULATED_KEY), first, last, engine)


def _bill(pages: Pages, endpoint: Endpoint) -> Bill:
    name = f"{pages.name} (simulated)" if endpoint.simulated else pages.name
    bill = of_pages(name, pages.pages) if pages.pages else Bill(name=name, layout="")
    troubles = list(bill.troubles)
    if pages.failure is not None:
        failure = pages.failure
        label = provider_of(endpoint.provider).label
        troubles = [
            Trouble(
                where=name,
                what=f"{label}: {failure.meaning} {failure.next_step} {failure.message}".strip(),
            )
        ]
    elif pages.unread:
        troubles.append(Trouble(where=name, what=pages.unread))
    provider = bill.provider or endpoint.provider
    return replace(bill, provider=provider, troubles=tuple(troubles), simulated=endpoint.simulated)
