"""`playground prices check` and `refresh`: our tables against what the installed packages and the providers say."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import TYPE_CHECKING

import click

from playground.cli.say import say
from playground.domain import clock
from playground.domain.nouns import jsonable
from playground.export import dumps
from playground.files import read_text
from playground.pricing import load, loading
from playground.pricing.crosscheck import Check, Difference, NotInstalled, compare
from playground.pricing.reading import Unreadable
from playground.pricing.refreshing import days, diff, patched, proposed

if TYPE_CHECKING:
    from playground.providers.freshness import Finding

PRICES = "genai-prices"


def check(*, as_json: bool, live: bool = False, strict: bool = False) -> int:
    """Print what others have otherwise and what may be out of date; see the command for the exit codes."""
    from playground.cli.tables import listings
    from playground.providers.freshness import findings

    book = load(own=False)
    for problem in book.problems:
        say(problem)
    today = clock.today()
    listed, failed = listings("") if live else ({}, False)
    try:
        compared = compare(book, days(book, today))
    except NotInstalled as missing:
        raise click.ClickException(str(missing)) from None
    found = findings(book, compared, today, listed)
    if as_json:
        print(dumps({**jsonable(compared), "findings": jsonable(found)}))
    else:
        _print(compared, [d for d in compared.differences if not d.known])
        _print_findings(found)
    wrong = found if strict else [f for f in found if f.kind == "contradicted"]
    return 1 if wrong or failed else 0


def refresh(new: Sequence[str], apply: bool, as_json: bool) -> int:
    """Print what to add to pricing.yaml, as a diff or its rows, and add it where asked to; exit code 0."""
    book = load(own=False)
    file = loading.PROJECT
    try:
        rows = proposed(book, clock.today(), new)
    except NotInstalled as missing:
        raise click.ClickException(str(missing)) from None
    except LookupError as unknown:
        raise click.UsageError(f"{unknown.args[0]}.") from None
    old = read_text(file)
    try:
        fresh = patched(old, rows)
    except Unreadable as broken:
        raise click.ClickException(f"{file.name}: {broken}.") from None
    changes = diff(old, fresh, file.name)
    if as_json:
        applied = apply and bool(changes)
        print(dumps({"rows": jsonable(rows), "diff": changes, "applied": applied}))
    elif changes:
        print(changes, end="")
    if not changes:
        say("pricing.yaml has everything that genai-prices has for its models: nothing to add.")
    elif apply:
        file.write_text(fresh, encoding="utf-8")
        say(f"Rows added to {file.name}: {len(rows)}. Read them before they count.")
    return 0


def _print(found: Check, fresh: Sequence[Difference]) -> None:
    known = [d for d in found.differences if d.known]
    for title, rows in (
        ("Differences beyond 0.5 %:", fresh),
        ("Known, shown as a range:", known),
    ):
        if rows:
            print(title)
            print("".join(f"  {row}\n" for row in rows))
    print(
        f"{found.compared} models compared with genai-prices {found.version}: "
        f"{len(fresh)} rates differ, {len(known)} more are known to. "
        f"It has {len(found.missing)} models that are not here (--json lists them)."
    )


def _print_findings(found: Sequence[Finding]) -> None:
    """By kind; models that are not here together, by who knows them. Prices that differ stand above already."""
    from playground.providers.freshness import KINDS

    for kind, title in KINDS.items():
        prices = kind == "contradicted"
        mine = [f for f in found if f.kind == kind and not (prices and f.source.startswith(PRICES))]
        if not mine:
            continue
        print(f"\n{title}:")
        for source, group in groupby(mine, key=lambda f: f.source):
            rows = list(group)
            if kind == "unknown":
                print(f"  {source}: {', '.join(f.about for f in rows)}")
            else:
                print("".join(f"  {f.about}: {f.said} ({source})\n" for f in rows), end="")
