"""The dated table as JSON: what it holds, its schema, and the copies in docs/."""

from __future__ import annotations

import json
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from playground.price_service import published
from playground.pricing import PriceBook, load

DOCS = Path(__file__).parents[2] / "docs"


@pytest.fixture(scope="module")
def book() -> PriceBook:
    return load(own=False)


@pytest.fixture(scope="module")
def table(book: PriceBook) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(published.text(book))
    return found


def test_the_copies_in_docs_are_up_to_date(book: PriceBook) -> None:
    said = "run scripts/reference.py"
    assert (DOCS / "prices.json").read_text(encoding="utf-8") == published.text(book), said
    schema = json.loads((DOCS / published.SCHEMA_NAME).read_text(encoding="utf-8"))
    assert schema == published.json_schema(), said


def test_every_row_of_the_book_is_in_it_once_with_source_and_day(
    book: PriceBook, table: dict[str, Any]
) -> None:
    assert len(table["prices"]) == len(book.prices) > 100
    assert all(row["source"] and date.fromisoformat(row["as_of"]) for row in table["prices"])
    assert table["as_of"] == max(row["as_of"] for row in table["prices"])


def test_a_price_that_another_follows_has_its_last_day(table: dict[str, Any]) -> None:
    luna = [row for row in table["prices"] if row["model"] == "gpt-5.6-luna"]
    old, new = luna
    assert new["valid_from"] == "2026-07-30"
    assert old["last_day"] == "2026-07-29"
    assert "last_day" not in new
    assert Decimal(old["rates"]["input"]) == 5 * Decimal(new["rates"]["input"])


def test_it_answers_every_day_as_the_book_does(book: PriceBook, table: dict[str, Any]) -> None:
    """Read by a stranger: of the rows of a model that have begun, the one whose last day has not passed."""
    for days in (0, 30, 90, 200):
        on = date(2026, 6, 1) + timedelta(days=days)
        for price in book.prices:
            held = [
                row
                for row in table["prices"]
                if (row["provider"], row["model"]) == (price.provider, price.model)
                and row.get("valid_from", "") <= on.isoformat() <= row.get("last_day", "9")
            ]
            ours = book.rows[price.provider, price.model]
            begun = [p for p in ours if (p.valid_from or date.min) <= on]
            rates = [{k: Decimal(v) for k, v in row["rates"].items()} for row in held]
            assert rates == [dict(p.rates) for p in begun[-1:]], (price.model, on)


def test_the_schema_holds_for_it_and_refuses_what_it_does_not_know(table: dict[str, Any]) -> None:
    schema = published.json_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    valid = jsonschema.Draft202012Validator(schema)
    assert list(valid.iter_errors(table)) == []
    row = table["prices"][0]
    wrong = [
        {**row, "rates": {"input": 5}},
        {**row, "rates": {"input": "5 USD"}},
        {**row, "colour": "blue"},
        {name: value for name, value in row.items() if name != "source"},
    ]
    for one in wrong:
        assert list(valid.iter_errors({**table, "prices": [one]})), one


def test_the_schema_says_what_each_field_means() -> None:
    price = published.json_schema()["$defs"]["Price"]["properties"]
    assert price["rates"]["description"].startswith("USD per 1,000,000 tokens")
    assert price["as_of"]["description"] == "The day on which the price was checked at its source."
