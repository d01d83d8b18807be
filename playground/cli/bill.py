"""`playground bill`: a provider's own export of use or costs beside our receipts."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from pathlib import Path

import click
from rich.table import Table
from rich.text import Text

from playground import figures as fmt
from playground import settings
from playground.bills import asking
from playground.bills.checking import check
from playground.bills.documents import document
from playground.bills.nouns import REASONS, Bill, Call, Check
from playground.bills.ours import calls_of_run, zones
from playground.bills.reading import read
from playground.bills.receipts import notes, receipts
from playground.catalog import defaults
from playground.cli.ask import simulated
from playground.cli.history import opened
from playground.cli.say import say
from playground.cli.show import console, fitted, safe
from playground.domain import Endpoint, ModelRef, Request, Secret, clock
from playground.domain.provider import provider_of
from playground.engine import Engine
from playground.export import dumps
from playground.pricing import load

MOST_BYTES = 512 * 1024 * 1024
DAYS = 7
"""Days that are fetched where none are named."""
QUESTIONS = ("What is a token?", "Why does an API forget?")
"""Asked of the simulation, so that its bill has something in it."""
ROUTED = "openrouter:example/simulated"
"""Asked of the gateway that stands in for OpenRouter."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """The options of the command, as typed."""

    files: tuple[str, ...]
    fetch: tuple[str, ...]
    since: datetime | None
    until: datetime | None
    keys: tuple[str, ...]
    rates: tuple[str, ...]
    demo: bool
    as_json: bool


def bill(options: Options) -> int:
    """Print what agrees and why the rest does not; exit code 1 where something differs or no bill was found."""
    if not options.files and not options.fetch and not options.demo:
        raise click.UsageError("Give a FILE, --fetch PROVIDER or --demo.")
    rates = dict(_rate(said) for said in options.rates)
    bills = [_of_file(name) for name in options.files]
    first, last = _days(options)
    for provider in options.fetch:
        bills += _fetched(provider, first, last)
    calls, more = list[Call](), list[str]()
    if bills:
        store = opened()
        calls, more = receipts(store, bills), notes(store, bills)
    if options.demo:
        simulated, own = _simulated()
        bills, calls = [*bills, *simulated], [*calls, *own]
    found = check(bills, calls, load(), mine=frozenset(options.keys), rates=rates)
    found = replace(found, notes=(*found.notes, *more))
    if options.as_json:
        print(dumps(document(found)))
    else:
        _print(found)
    return 0 if not found.differences and any(bill.days for bill in bills) else 1


def _of_file(name: str) -> Bill:
    path = Path(name).expanduser()
    try:
        if path.stat().st_size > MOST_BYTES:
            raise click.UsageError(f"{name} is larger than 512 MB: export fewer days.")
        return read(path.name, path.read_bytes())
    except OSError as error:
        raise click.UsageError(f"{name}: {error.strerror}.") from None


def _rate(said: str) -> tuple[str, Decimal]:
    currency, _, number = said.partition("=")
    try:
        rate = Decimal(number)
    except InvalidOperation:
        rate = Decimal(0)
    if not currency.strip() or not rate.is_finite() or rate <= 0:
        raise click.UsageError(f"--rate {said}: write what one unit is in USD, as EUR=1.08.")
    return currency.strip().upper(), rate


def _days(options: Options) -> tuple[date, date]:
    last = options.until.date() if options.until else clock.today()
    first = options.since.date() if options.since else last - timedelta(days=DAYS - 1)
    if first > last:
        raise click.UsageError("--since is after --until.")
    return first, last


def _fetched(provider: str, first: date, last: date) -> list[Bill]:
    variable = asking.VARIABLES[provider]
    key = Secret(os.environ.get(variable, ""))
    if not key:
        raise click.UsageError(f"No admin key: set {variable} (the key that asks models is none).")
    endpoint = settings.endpoints().get(provider)
    endpoint = endpoint or Endpoint(provider=provider, base_url=provider_of(provider).base_url)
    engine = Engine(hosted=False)
    try:
        return asking.asked(endpoint, key, first, last, engine)
    finally:
        engine.close()


def _simulated() -> tuple[list[Bill], list[Call]]:
    """A few answers of the simulation, and the bill that its organisation gets for them."""
    refs = [*defaults(), ModelRef.parse(ROUTED)]
    requests = [Request.ask(ref, question) for ref in refs for question in QUESTIONS]
    engine = Engine(hosted=False)
    try:
        with simulated() as endpoints:
            where = asking.simulation(endpoints)
            begun = datetime.now(UTC).date()
            live = engine.start(requests, where)
            live.wait()
            day = datetime.now(UTC).date()
            bills = [
                one
                for provider in dict.fromkeys(ref.provider for ref in refs)
                for one in asking.simulated(where[provider], begun, day, engine)
            ]
    finally:
        engine.close()
    return bills, list(calls_of_run(live.run(), zones(bills)))


def _print(found: Check) -> None:
    out = console()
    if found.lines:
        table = Table(title="By day and model (days are the provider's own)", title_justify="left")
        for name in ("day", "model", "billed", "ours", "billed tokens", "our tokens", ""):
            table.add_column(name, justify="left" if name in ("day", "model", "") else "right")
        for line in found.lines:
            table.add_row(
                line.day,
                safe(line.model) or "all models",
                _usd(line.their_usd),
                _usd(line.our_usd),
                "not told" if line.their_tokens is None else fmt.count(line.their_tokens),
                fmt.count(line.our_tokens),
                "✓" if line.agrees else "differs",
            )
        out.print(fitted(out, table))
    for one in found.differences:
        head = ", ".join(part for part in (one.day, safe(one.model)) if part)
        money = "" if one.usd is None else f" {'+' if one.usd > 0 else ''}{fmt.money(one.usd)}"
        out.print(Text(f"{REASONS[one.reason]}{money}", style="bold"), Text(head, style="dim"))
        out.print(f"  {safe(one.said)}", highlight=False)
    if found.lines and not found.differences:
        out.print("Bill and receipts agree.")
    for note in found.notes:
        say(note)
    for trouble in found.troubles:
        say(f"{trouble.where}: {trouble.what}.")


def _usd(amount: Decimal | None) -> str:
    return "not told" if amount is None else fmt.money(amount)
