"""Finds the price files, reads them once a change, and keeps the last good prices when an edit broke them."""

from __future__ import annotations

import os
import threading
from dataclasses import replace
from pathlib import Path

from playground.pricing.book import PriceBook, build
from playground.pricing.reading import Unreadable, read
from playground.pricing.row import Table

SHIPPED = Path(__file__).parent / "shipped.yaml"
"""A copy of pricing.yaml that travels with the package."""
PROJECT = Path(__file__).parents[2] / "pricing.yaml"
OWN = "pricing.overrides.yaml"
"""The user's own prices, beside pricing.yaml."""
VARIABLE = "PLAYGROUND_PRICES"
"""Environment variable that names another file for them."""

_lock = threading.Lock()
_good: dict[Path, Table] = {}
_books: dict[tuple[object, ...], PriceBook] = {}


def load(path: Path | None = None, overrides: Path | None = None, *, own: bool = True) -> PriceBook:
    """The price book, read again only when a file has changed; never raises, `problems` says what is wrong.

    `path` is pricing.yaml of the project by default, `overrides` the user's `own_file`: a model there replaces the
    same model of the table. `own=False` leaves that file out.
    """
    path = path or _shipped()
    if overrides is None and own:
        named = own_file(path)
        overrides = named if named.exists() or os.environ.get(VARIABLE) else None
    key = (_stamp(path), _stamp(overrides))
    with _lock:
        if key not in _books:
            _books.clear()
            _books[key] = _build(path, overrides)
        return _books[key]


def own_file(path: Path | None = None) -> Path:
    """The user's own prices: the file named in PLAYGROUND_PRICES, or pricing.overrides.yaml beside pricing.yaml."""
    named = os.environ.get(VARIABLE)
    return Path(named).expanduser() if named else (path or _shipped()).with_name(OWN)


def _shipped() -> Path:
    return PROJECT if PROJECT.exists() else SHIPPED


def _build(path: Path, overrides: Path | None) -> PriceBook:
    table, problems = _table(path)
    tables = [table]
    if overrides is not None:
        try:
            mine = read(overrides)
        except Unreadable as wrong:
            problems.append(f"{wrong}; your own prices are not used")
        else:
            own = tuple(replace(price, override=True) for price in mine.prices)
            tables.append(replace(mine, prices=own))
            problems += mine.problems
    return build(tables, problems)


def _table(path: Path) -> tuple[Table, list[str]]:
    """The table of a file, mended from the last good one where the file is broken."""
    try:
        table = read(path)
    except Unreadable as wrong:
        kept = _good.get(path)
        said = "the last good prices stay in use" if kept else "the shipped prices are used instead"
        return kept or read(SHIPPED), [f"{wrong}; {said}"]
    if not table.problems:
        _good[path] = table
        return table, []
    return _mended(table, _good.get(path) or read(SHIPPED)), list(table.problems)


def _mended(table: Table, good: Table) -> Table:
    """All rows of a model with a broken row come from the good table: half a history would be a wrong price."""
    sound = tuple(p for p in table.prices if (p.provider, p.model) not in table.broken)
    kept = tuple(p for p in good.prices if (p.provider, p.model) in table.broken)
    return replace(
        table,
        prices=(*sound, *kept),
        terms={**good.terms, **table.terms},
        plans=table.plans or good.plans,
    )


def _stamp(path: Path | None) -> tuple[object, ...]:
    if path is None:
        return (None,)
    try:
        state = path.stat()
    except OSError:
        return (path, None)
    return (path, state.st_mtime_ns, state.st_size)
