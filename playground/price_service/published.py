"""The dated price table as one JSON document, and its schema."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import MISSING, fields
from datetime import date, timedelta
from typing import Any

from playground.domain.described import schema_of
from playground.domain.nouns import jsonable
from playground.export.document import json_text
from playground.pricing import Fee, Plan, Price, PriceBook, Terms

VERSION = 1
"""Of the document's shape: it grows when a reader of the old one would misread the new one."""
TABLES: Mapping[str, tuple[str, Any]] = {
    "providers": ("What holds for all models of a provider.", Mapping[str, Terms]),
    "prices": (
        "One row a model and price, every price that ever held; a model's rows stand in the order of their days.",
        tuple[Price, ...],
    ),
    "storage": (
        "What is charged for what is kept, beside tokens and calls; of the same `what` the last that holds counts.",
        tuple[Fee, ...],
    ),
    "plans": ("Subscriptions to chat products.", tuple[Plan, ...]),
}
"""Part of the document → what it is, and of what it is made."""
HEAD: Mapping[str, tuple[Mapping[str, Any], str]] = {
    "$schema": ({"type": "string"}, "Where this schema lies beside the document."),
    "version": ({"const": VERSION}, "Of the shape of this document."),
    "as_of": ({"type": "string", "format": "date"}, "The last day on which a row was checked."),
    "currency": ({"const": "USD"}, "Of every rate and price."),
}
LAST_DAY = {
    "type": "string",
    "format": "date",
    "description": "The last day of this price, where another follows; left out = none is known.",
}
SCHEMA_NAME = "prices.schema.json"


def document(book: PriceBook) -> dict[str, Any]:
    """The whole table: money as decimal text, days as ISO dates; what a row says nothing of is left out."""
    return {
        "$schema": SCHEMA_NAME,
        "version": VERSION,
        "as_of": max((row.as_of for row in book.prices), default=date.min).isoformat(),
        "currency": "USD",
        "providers": {name: sparse(terms) for name, terms in book.terms.items()},
        "prices": [row_of(book, price) for price in book.prices],
        "storage": [sparse(fee) for fee in book.storage],
        "plans": [sparse(plan) for plan in book.plans],
    }


def sparse(noun: Any) -> dict[str, Any]:
    """A noun as JSON values without the fields that hold their default."""
    return {
        f.name: _short(value)
        for f in fields(noun)
        if (value := getattr(noun, f.name)) != _default(f)
    }


def row_of(book: PriceBook, price: Price) -> dict[str, Any]:
    """One row of the table, with its last day where another price follows."""
    history = book.rows.get((price.provider, price.model), ())
    since = price.valid_from or date.min
    later = [p.valid_from for p in history if p.valid_from and p.valid_from > since]
    last_day = {"last_day": (min(later) - timedelta(days=1)).isoformat()} if later else {}
    return sparse(price) | last_day


def text(book: PriceBook) -> str:
    """The document with one line a row, so that a diff of two days reads as what has changed."""
    parts = (f'"{name}": {_lines(value)}' for name, value in document(book).items())
    return "{\n" + ",\n".join(parts) + "\n}\n"


def json_schema() -> dict[str, Any]:
    """The JSON Schema of the document."""
    defs = dict[str, Any]()
    tables = {
        name: {**schema_of(kind, defs, sparse=True), "description": said}
        for name, (said, kind) in TABLES.items()
    }
    defs["Price"]["properties"]["last_day"] = LAST_DAY
    head = {name: {**kind, "description": said} for name, (kind, said) in HEAD.items()}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Prices of AI APIs, with the days on which they held",
        "description": "USD per 1,000,000 tokens and per 1,000 calls. A rate is exact decimal text. Unknown is left out, never 0.",
        "type": "object",
        "properties": head | tables,
        "required": [*head, *tables],
        "additionalProperties": False,
        "$defs": defs,
    }


def _short(value: Any) -> Any:
    if isinstance(value, tuple):
        return [_short(item) for item in value]
    return sparse(value) if hasattr(value, "__dataclass_fields__") else jsonable(value)


def _default(f: Any) -> Any:
    return f.default if f.default_factory is MISSING else f.default_factory()


def _lines(value: Any) -> str:
    if isinstance(value, list):
        return "[\n" + ",\n".join(_one(item) for item in value) + "\n]" if value else "[]"
    if isinstance(value, dict):
        rows: Iterable[str] = (f"{_one(name)}: {_one(item)}" for name, item in value.items())
        return "{\n" + ",\n".join(rows) + "\n}"
    return _one(value)


def _one(value: Any) -> str:
    return json_text(value, ensure_ascii=False)
