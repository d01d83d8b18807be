"""What would have to change in pricing.yaml, as a diff: rows are added, none is ever overwritten."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from datetime import date

from playground.pricing import crosscheck
from playground.pricing.book import PriceBook
from playground.pricing.editing import added
from playground.pricing.row import Price


def days(book: PriceBook, today: date) -> tuple[date, ...]:
    """Today and every day ahead on which a price of ours changes."""
    ahead = {p.valid_from for p in book.prices if p.valid_from and p.valid_from > today}
    return (today, *sorted(ahead))


def proposed(book: PriceBook, today: date, new: Iterable[str] = ()) -> list[Price]:
    """The rows to add: changed prices of models that we have, and the models of `new` that we have not."""
    found = crosscheck.compare(book, days(book, today))
    return [
        *crosscheck.proposals(book, found, today),
        *(crosscheck.new_row(name, book, today) for name in new),
    ]


def patched(text: str, rows: Iterable[Price]) -> str:
    """The file's text with these rows added, everything else as it was."""
    for row in rows:
        text = added(text, row)
    return text


def diff(old: str, new: str, name: str) -> str:
    """A unified diff that `patch -p1` and `git apply` take; empty when nothing changed."""
    lines = difflib.unified_diff(
        old.splitlines(keepends=True),
        new.splitlines(keepends=True),
        f"a/{name}",
        f"b/{name}",
        n=1,
    )
    return "".join(lines)
