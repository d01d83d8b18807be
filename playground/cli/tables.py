"""The lists: prices, models, endpoints, each as a table or as JSON."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from concurrent.futures import Future
from datetime import date
from typing import TYPE_CHECKING, Any

import click
from rich.table import Table
from rich.text import Text

from playground import figures as fmt
from playground import settings
from playground.cli.ask import nowhere
from playground.cli.say import say
from playground.cli.show import console, safe
from playground.domain import Endpoint, clock
from playground.domain.nouns import jsonable
from playground.export import dumps

if TYPE_CHECKING:
    from playground.pricing import Price

SOON = 60
"""Days before a model's retirement from which its date stands out."""


def print_table(
    headers: Sequence[str], rows: Iterable[Sequence[str]], left: set[str] | None
) -> None:
    """A plain table; columns that are not in `left` stand to the right, None = all to the left."""
    table = Table(box=None, padding=(0, 1), pad_edge=False, header_style="bold")
    for name in headers:
        justify = "left" if left is None or name in left else "right"
        table.add_column(name, justify=justify, overflow="fold")  # type: ignore[arg-type]
    for row in rows:
        table.add_row(*(Text(safe(cell)) for cell in row))
    console().print(table)


def prices(filter_: str, as_json: bool) -> int:
    """Print the price rows whose `provider:model` holds the filter; exit code 1 when there are none."""
    from playground import pricing

    book = pricing.load()
    for problem in book.problems:
        say(problem)
    rows = [p for p in book.prices if filter_.lower() in f"{p.provider}:{p.model}".lower()]
    if as_json:
        print(dumps(jsonable(rows)))
    elif rows:
        headers = ("model", "input", "cached", "output", "from", "checked")
        print_table(headers, (_price(row) for row in rows), left={"model"})
        print("USD per 1,000,000 tokens; cache writes, tiers and sources: --json")
    else:
        say(f"No price row holds {filter_!r}: run `playground prices` without a filter to see all.")
    return 0 if rows else 1


def models(provider: str, as_json: bool) -> int:
    """Print the catalog; UsageError for a provider that it does not have."""
    from playground.catalog import catalog

    known = catalog()
    rows = [m for m in known if provider in ("", m.provider)]
    if not rows:
        names = ", ".join(dict.fromkeys(m.provider for m in known))
        raise click.UsageError(
            f"The catalog has no provider {provider!r}; it has {names}. Others list their own: --live."
        )
    if as_json:
        print(dumps(jsonable(rows)))
        return 0
    headers = ("model", "context", "max output", "released", "retires")
    print_table(headers, (_model(row) for row in rows), left={"model"})
    return 0


def live_models(provider: str, as_json: bool) -> int:
    """Ask the providers' own models endpoints; exit code 1 when one of them failed."""
    found, failed = listings(provider)
    if as_json:
        print(dumps({name: jsonable(rows) for name, rows in found.items()}))
    else:
        headers = ("model", "context", "max output", "retires")
        rows = [(name, model) for name, listed in found.items() for model in listed]
        print_table(headers, (_listed(name, model) for name, model in rows), left={"model"})
    return 1 if failed else 0


def listings(provider: str) -> tuple[dict[str, Sequence[Any]], bool]:
    """What the models endpoints list, of one provider or (empty) of all with a key; True when one of them failed."""
    from playground.engine import Engine

    asked = _askable(provider)
    engine = Engine()
    try:
        return _gather({name: engine.submit(_lister(where)) for name, where in asked.items()})
    finally:
        engine.close()


def endpoints(as_json: bool) -> int:
    """Print where every provider is and whether there is a key for it, never the key."""
    loaded = settings.load()
    for problem in loaded.problems:
        say(problem)
    rows = [_endpoint(endpoint) for endpoint in loaded.endpoints.values()]
    if as_json:
        print(dumps(rows))
        return 0
    print_table(
        ("name", "base URL", "key"), ([r["name"], r["base_url"], r["key"]] for r in rows), left=None
    )
    print(f"Endpoints file: {settings.endpoints_file()}")
    return 0


def _price(row: Price) -> list[str]:
    rates = row.rates
    return [
        f"{row.provider}:{row.model}{'…' if row.prefix else ''}{' (yours)' if row.override else ''}",
        *(
            fmt.rate(rates[name]) if name in rates else ""
            for name in ("input", "cache_read", "output")
        ),
        row.valid_from.isoformat() if row.valid_from else "",
        row.as_of.isoformat(),
    ]


def _model(model: Any) -> list[str]:
    return [
        f"{model.provider}:{model.id}",
        _known(model.context_window),
        _known(model.max_output),
        model.released.isoformat() if model.released else "",
        _retires(model.retires),
    ]


def _listed(provider: str, model: Any) -> list[str]:
    return [
        f"{provider}:{model.id}",
        _known(model.context),
        _known(model.max_output),
        str(model.shutdown_date or ""),
    ]


def _known(number: int | None) -> str:
    return "" if number is None else f"{number:,}"


def _retires(day: date | None) -> str:
    if day is None:
        return ""
    left = (day - clock.today()).days
    return f"{day.isoformat()}{' (gone)' if left < 0 else ' (soon)' if left < SOON else ''}"


def _endpoint(endpoint: Endpoint) -> dict[str, str]:
    variables = settings.key_variables(endpoint.provider)
    if endpoint.key:
        key = "set"
    else:
        key = f"missing: set {' or '.join(variables)}" if variables else "none needed"
    return {"name": endpoint.provider, "base_url": endpoint.base_url, "key": key}


def _askable(provider: str) -> dict[str, Endpoint]:
    """The endpoints to ask: the one named, or all that have a key or need none."""
    loaded = settings.load()
    for problem in loaded.problems:
        say(problem)
    if not provider:
        asked = {
            name: endpoint
            for name, endpoint in loaded.endpoints.items()
            if endpoint.key or not settings.key_variables(name)
        }
        if not asked:
            raise click.UsageError(
                "No provider has a key: `playground endpoints list` says which variables to set."
            )
        return asked
    if provider not in loaded.endpoints:
        raise nowhere(provider, loaded.endpoints)
    return {provider: loaded.endpoints[provider]}


def _lister(endpoint: Endpoint) -> Callable[[Any], Awaitable[Any]]:
    from playground.providers import list_models

    return lambda pool: list_models(endpoint, pool=pool)


def _gather(pending: Mapping[str, Future[Any]]) -> tuple[dict[str, Sequence[Any]], bool]:
    """What each provider listed; a failure is said on standard error."""
    from playground.providers import ProviderError

    found: dict[str, Sequence[Any]] = {}
    for name, future in pending.items():
        try:
            found[name] = future.result()
        except ProviderError as error:
            say(safe(f"{name}: {error.failure.told}"))
    return found, len(found) < len(pending)
