"""A file or the pages of an answer → a Bill. What is broken is named with its place, and the rest is kept."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from playground.bills.fields import Row, Unreadable, day
from playground.bills.layouts import Layout, layout_of
from playground.bills.nouns import Bill, Entry, Trouble

HEADER_WITHIN = 60
"""Lines among which the header of a CSV is looked for: Google puts a block above it."""
LISTS = ("data", "results", "rows")
SINCE = "simulated_since"
"""The field of a page with which the simulation says since when it counts."""
TIMES = ("start_time", "end_time", "start_time_iso", "end_time_iso", "starting_at", "ending_at")
DELIMITERS = ",;\t"
MOST_TROUBLES = 50
"""Of one file; what is beyond is counted."""
MOST_DAYS = 400
"""Of one bucket."""


@dataclass(frozen=True, slots=True)
class Found:
    """One row of a file and where it stands; no row, only days, for a bucket without use."""

    place: str
    row: Row
    empty: bool = False


@dataclass(slots=True)
class _Reading:
    name: str
    layouts: dict[str, Layout] = field(default_factory=dict)
    entries: list[Entry] = field(default_factory=list)
    days: set[str] = field(default_factory=set)
    troubles: list[Trouble] = field(default_factory=list)
    unfit: int = 0
    provider: str = ""
    """By the name of a bucket's times, for a bill without use."""

    def trouble(self, place: str, what: str) -> None:
        self.troubles.append(
            Trouble(where=f"{self.name}, {place}" if place else self.name, what=what)
        )


def read(name: str, data: bytes) -> Bill:
    """A file as a bill, whatever it is called; one that is none has an empty layout and says so."""
    text = data.decode("utf-8-sig", "replace")
    if text.startswith("\x00") or data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        text = data.decode("utf-16", "replace")
    reading = _Reading(name)
    if "\ufffd" in text:
        line = text[: text.index("\ufffd")].count("\n") + 1
        reading.trouble(f"line {line}", "not UTF-8 from here on; what can't be read is left out")
    json_like = text.lstrip()[:1] in ("{", "[")
    _take(reading, _of_json(text, reading) if json_like else _of_csv(text, reading))
    return _bill(reading)


def of_pages(name: str, pages: Iterable[Any]) -> Bill:
    """The JSON answers of an endpoint, page by page; one without a row is a bill without use."""
    reading = _Reading(name)
    since = ""
    for number, page in enumerate(pages, 1):
        _take(reading, _rows(page, f"page {number}"))
        if isinstance(page, Mapping):
            since = str(page.get(SINCE) or since)
    bill = _bill(reading)
    if not (reading.layouts or reading.days or reading.unfit):
        bill = replace(bill, layout="a bill without use", troubles=())
    return replace(bill, since=since, simulated=bool(since))


def _take(reading: _Reading, found: Iterable[Found]) -> None:
    for one in found:
        reading.days.update(_span(one.row))
        if one.empty:
            reading.provider = "anthropic" if "starting_at" in one.row else "openai"
            continue
        layout = layout_of(one.row)
        if layout is None:
            reading.unfit += 1
            continue
        reading.layouts[layout.name] = layout
        try:
            entries = list(layout.read(one.row))
        except Unreadable as wrong:
            reading.trouble(one.place, f"left out: {wrong}")
            continue
        place = f"{reading.name}, {one.place}"
        reading.entries += [replace(entry, where=place) for entry in entries]
        reading.days.update(entry.day for entry in entries)


def _bill(reading: _Reading) -> Bill:
    if reading.unfit and reading.entries:
        reading.trouble("", f"{reading.unfit:,} rows fit no layout and are left out")
    if not reading.layouts and not reading.days:
        reading.trouble(
            "", "no usage or cost export that is known here: neither its columns nor its fields fit"
        )
    troubles = reading.troubles[:MOST_TROUBLES]
    if more := len(reading.troubles) - len(troubles):
        troubles.append(Trouble(where=reading.name, what=f"{more:,} more rows are left out"))
    layouts = list(reading.layouts.values())
    amounts = [e.amount for e in reading.entries if e.amount is not None]
    return Bill(
        name=reading.name,
        layout=", ".join(reading.layouts) or ("a bill without use" if reading.days else ""),
        provider=layouts[0].provider if layouts else reading.provider,
        entries=tuple(reading.entries),
        days=tuple(sorted(reading.days)),
        zone=layouts[0].zone if layouts else "UTC",
        smallest=smallest(amounts),
        troubles=tuple(troubles),
    )


def smallest(amounts: Iterable[Decimal]) -> Decimal:
    """The unit of the last digit that any amount has: 0.01 where all are whole cents; 0 where there are none."""
    exponents = [int(a.normalize().as_tuple().exponent) for a in amounts if a]
    return Decimal(1).scaleb(min(0, *exponents)) if exponents else Decimal(0)


def _span(row: Row) -> Iterator[str]:
    """The days of a bucket, without the one that its end begins."""
    if not any(name in row for name in TIMES):
        return
    try:
        first = date.fromisoformat(day(row, "start_time", "start_time_iso", "starting_at"))
        last = date.fromisoformat(day(row, "end_time", "end_time_iso", "ending_at"))
    except Unreadable:
        return
    for number in range(min((last - first).days, MOST_DAYS)):
        yield (first + timedelta(days=number)).isoformat()


def _of_json(text: str, reading: _Reading) -> Iterator[Found]:
    """The values in a text one after the other; of one that breaks off, what of it is whole."""
    decoder, at, number = json.JSONDecoder(parse_float=Decimal), 0, 0
    while at < len(text):
        if text[at] in " \t\r\n,":
            at += 1
            continue
        number += 1
        try:
            value, at = decoder.raw_decode(text, at)
        except (ValueError, RecursionError, ArithmeticError) as wrong:
            where = getattr(wrong, "pos", at)
            line = text.count("\n", 0, where) + 1
            reading.trouble(
                f"line {line}, character {where:,}",
                "the JSON breaks off here; what stands before it is kept",
            )
            yield from _salvaged(text, at, decoder)
            return
        yield from _rows(value, f"value {number}" if number > 1 else "")


def _salvaged(text: str, start: int, decoder: json.JSONDecoder) -> Iterator[Found]:
    """The whole objects inside the list of a text that is broken."""
    at, number = _list_start(text, start), 0
    while 0 <= at < len(text):
        if text[at] in " \t\r\n,[":
            at += 1
            continue
        try:
            value, at = decoder.raw_decode(text, at)
        except (ValueError, RecursionError, ArithmeticError):
            return
        number += 1
        yield from _rows([value], f"bucket {number}")


def _list_start(text: str, start: int) -> int:
    if text[start] == "[":
        return start
    found = [at for name in LISTS if (at := text.find(f'"{name}"', start)) >= 0]
    return text.find("[", min(found)) if found else -1


def _rows(value: Any, place: str) -> Iterator[Found]:
    """The rows in a value: a page of buckets, a list, or one row; each with its bucket's times."""
    if isinstance(value, list):
        for number, inner in enumerate(value, 1):
            yield from _rows(inner, _at(place, f"row {number}"))
    if not isinstance(value, Mapping):
        return
    inner = next((value[name] for name in LISTS if isinstance(value.get(name), list)), None)
    if inner is None:
        yield Found(place or "row 1", value)
        return
    times = {name: value[name] for name in TIMES if name in value}
    if times and not inner:
        yield Found(place, times, empty=True)
    for number, one in enumerate(inner, 1):
        word = "bucket" if not times and isinstance(one, Mapping) and "results" in one else "row"
        with_times = {**times, **one} if isinstance(one, Mapping) else one
        yield from _rows(with_times, _at(place, f"{word} {number}"))


def _at(place: str, inner: str) -> str:
    return f"{place}, {inner}" if place else inner


def _of_csv(text: str, reading: _Reading) -> Iterator[Found]:
    """The lines under the header, which is the first line whose columns are a layout's."""
    lines = list(io.StringIO(text, newline=""))  # no other sign ends a line of a table
    for delimiter in DELIMITERS:
        for at, line in enumerate(lines[:HEADER_WITHIN]):
            header = next(csv.reader([line], delimiter=delimiter), [])
            names = [name.strip() for name in header]
            if layout_of(names):
                yield from _lines(lines, at, names, delimiter, reading)
                return


def _lines(
    lines: list[str], header: int, names: list[str], delimiter: str, reading: _Reading
) -> Iterator[Found]:
    reader = csv.reader(lines[header + 1 :], delimiter=delimiter)
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as wrong:
            reading.trouble(f"line {header + 1 + reader.line_num}", f"left out: {wrong}")
            continue
        place = f"line {header + 1 + reader.line_num}"
        filled = sum(1 for cell in cells if cell.strip())
        if filled == 0:
            continue
        if len(cells) < len(names):
            # Google's totals under the table have a cell or two
            if filled > 2:
                reading.trouble(place, f"left out: {len(cells)} columns instead of {len(names)}")
            continue
        if filled <= 2 and len(names) > 6:
            continue
        yield Found(place, dict(zip(names, cells, strict=False)))
