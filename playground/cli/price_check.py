"""`playground prices check` and `refresh`: our table against genai-prices."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

import click

from playground.cli.say import say
from playground.domain.nouns import jsonable
from playground.export import dumps
from playground.files import read_text
from playground.pricing import load, loading
from playground.pricing.crosscheck import Check, Difference, NotInstalled, compare
from playground.pricing.reading import Unreadable
from playground.pricing.refreshing import days, diff, patched, proposed


def check(as_json: bool) -> int:
    """Print the differences beyond 0.5 %; exit code 1 when there are some that pricing.yaml does not know of."""
    book = load(own=False)
    for problem in book.problems:
        say(problem)
    try:
        found = compare(book, days(book, datetime.now(UTC).date()))
    except NotInstalled as missing:
        raise click.ClickException(str(missing)) from None
    fresh = [d for d in found.differences if not d.known]
    if as_json:
        print(dumps(jsonable(found)))
    else:
        _print(found, fresh)
    return 1 if fresh else 0


def refresh(new: Sequence[str], apply: bool) -> int:
    """Print what to add to pricing.yaml as a diff, and add it where asked to; exit code 0."""
    book = load(own=False)
    file = loading.PROJECT
    try:
        rows = proposed(book, datetime.now(UTC).date(), new)
    except NotInstalled as missing:
        raise click.ClickException(str(missing)) from None
    except LookupError as unknown:
        raise click.UsageError(f"{unknown.args[0]}.") from None
    old = read_text(file)
    try:
        fresh = patched(old, rows)
    except Unreadable as broken:
        raise click.ClickException(f"{file.name}: {broken}.") from None
    if fresh == old:
        say("pricing.yaml has everything that genai-prices has for its models: nothing to add.")
        return 0
    print(diff(old, fresh, file.name), end="")
    if apply:
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
