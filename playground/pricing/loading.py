"""Finds the price files, reads them once a change, and keeps the last good prices when an edit broke them."""

from __future__ import annotations

import contextlib
import os
import threading
from dataclasses import replace
from pathlib import Path

from playground import files, settings
from playground.pricing.book import PriceBook, build
from playground.pricing.reading import Unreadable, read
from playground.pricing.row import Table

PROJECT = files.shipped("pricing.yaml")
LAST_GOOD = ".pricing.good.yaml"
"""In the repository, beside pricing.yaml: what it was when it last had no mistake, for a start after a broken edit."""
CODE = tuple(f"playground.pricing.{name}" for name in ("reading", "row", "plans"))
"""The modules that make a table."""
OWN = "pricing.overrides.yaml"
"""The user's own prices."""
VARIABLE = "PLAYGROUND_PRICES"
"""Environment variable that names another file for them."""

_lock = threading.Lock()
_good: dict[Path, Table] = {}
_books: dict[tuple[object, ...], PriceBook] = {}
_tables: dict[Path, tuple[tuple[object, ...], Table]] = {}


def load(path: Path | None = None, overrides: Path | None = None, *, own: bool = True) -> PriceBook:
    """The price book, read again only when a file has changed; never raises, `problems` says what is wrong.

    `path` is pricing.yaml of the project by default, `overrides` the user's `own_file`: a model there replaces the
    same model of the table. `own=False` leaves that file out.
    """
    path = path or PROJECT
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
    """The user's own prices: the file named in PLAYGROUND_PRICES, or pricing.overrides.yaml.

    That lies beside pricing.yaml, and in the data folder where pricing.yaml was installed: an upgrade replaces it.
    """
    if named := os.environ.get(VARIABLE):
        return Path(named).expanduser()
    path = path or PROJECT
    installed = path == PROJECT and files.checkout() is None
    return settings.data_dir() / OWN if installed else path.with_name(OWN)


def _build(path: Path, overrides: Path | None) -> PriceBook:
    table, problems = _table(path)
    tables = [table]
    if overrides is not None:
        try:
            mine = _read(overrides)
        except Unreadable as wrong:
            problems.append(f"{wrong}; your own prices are not used")
        else:
            own = tuple(replace(price, override=True) for price in mine.prices)
            fees = tuple(replace(fee, override=True) for fee in mine.storage)
            tables.append(replace(mine, prices=own, storage=fees))
            problems += mine.problems
    return build(tables, problems)


def _table(path: Path) -> tuple[Table, list[str]]:
    """The table of a file, mended from the last good one where the file is broken."""
    try:
        table = _read(path)
    except Unreadable as wrong:
        good, said = _last_good(path)
        return good, [f"{wrong}; {said}"]
    if not table.problems:
        _good[path] = table
        _remember(path)
        return table, []
    return _mended(table, _last_good(path)[0]), list(table.problems)


def _read(path: Path) -> Table:
    """The table in this file, read again when it has changed: a price of one's own does not read the shipped ones anew."""
    stamp = _stamp(path)
    if path not in _tables or _tables[path][0] != stamp:
        _tables[path] = (
            stamp,
            files.compiled(path, read, *CODE) if path == PROJECT else read(path),
        )
    return _tables[path][1]


def _last_good(path: Path) -> tuple[Table, str]:
    """What stands in for a broken file, and the words for it."""
    if kept := _good.get(path):
        return kept, "the last good prices stay in use"
    if path != PROJECT:
        return _table(PROJECT)[0], "the shipped prices are used instead"
    try:
        return read(path.with_name(LAST_GOOD)), "the last good prices stay in use"
    except Unreadable:
        return Table(), "there are no prices until it is mended"


def _remember(path: Path) -> None:
    """Keep a copy of a good pricing.yaml of the repository, the only one that is edited by hand."""
    if path != PROJECT or files.checkout() is None:
        return
    copy, fresh = path.with_name(LAST_GOOD), path.with_name(f"{LAST_GOOD}.{os.getpid()}")
    with contextlib.suppress(OSError):
        content = path.read_bytes()
        if not copy.exists() or copy.read_bytes() != content:
            fresh.write_bytes(content)
            fresh.replace(copy)


def _mended(table: Table, good: Table) -> Table:
    """All rows of a model with a broken row come from the good table: half a history would be a wrong price."""
    sound = tuple(p for p in table.prices if (p.provider, p.model) not in table.broken)
    kept = tuple(p for p in good.prices if (p.provider, p.model) in table.broken)
    return replace(
        table,
        prices=(*sound, *kept),
        terms={**good.terms, **table.terms},
        plans=table.plans or good.plans,
        storage=table.storage if len(table.storage) >= len(good.storage) else good.storage,
    )


def _stamp(path: Path | None) -> tuple[object, ...]:
    if path is None:
        return (None,)
    try:
        state = path.stat()
    except OSError:
        return (path, None)
    return (path, state.st_mtime_ns, state.st_size)
