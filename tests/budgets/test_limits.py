"""A limit is what was meant: amounts are read as people write them, and kept as they are or refused."""

from __future__ import annotations

from decimal import Decimal

import pytest

from playground.budgets.limits import Limit, add_limit, all_limits, dollars
from playground.store.store import Store


@pytest.mark.parametrize(
    ("typed", "amount"),
    [
        ("5", "5"),
        ("2.5", "2.5"),
        ("2,5", "2.5"),
        (" $2.50 ", "2.50"),
        ("2,50 USD", "2.50"),
        (".5", ".5"),
        (",5", ".5"),
        ("0.125", "0.125"),
        ("0,125", "0.125"),
        ("0.0001", "0.0001"),
        ("1000.125", "1000.125"),
        ("1,000.50", "1000.50"),
        ("1.000,50", "1000.50"),
        ("1 000,50", "1000.50"),
        ("1,000,000", "1000000"),
        ("1.000.000", "1000000"),
        ("1,000,000.5", "1000000.5"),
    ],
)
def test_an_amount_is_read_with_a_point_or_a_comma(typed: str, amount: str) -> None:
    assert dollars(typed) == Decimal(amount)


@pytest.mark.parametrize("typed", ["1.000", "2,500", "$10.000", "999,999"])
def test_an_amount_that_can_be_read_in_two_ways_is_refused(typed: str) -> None:
    with pytest.raises(ValueError, match="two ways"):
        dollars(typed)


@pytest.mark.parametrize(
    "typed",
    ["", " ", ".", "five", "-1", "1e3", "NaN", "Infinity", "1,2,3", "1.00.000", "€5", "2.5."],
)
def test_what_is_no_amount_is_refused(typed: str) -> None:
    with pytest.raises(ValueError, match="is no amount"):
        dollars(typed)


@pytest.mark.parametrize(
    "amount", ["0", "-1", "NaN", "Infinity", "1e-13", "1e-30", "9223373", "1e30"]
)
def test_what_can_not_be_kept_as_it_is_is_refused(store: Store, amount: str) -> None:
    with pytest.raises(ValueError, match="A limit"):
        add_limit(store, Limit(period="day", amount=Decimal(amount)))
    assert all_limits(store) == []


@pytest.mark.parametrize("amount", ["1e-12", "0.0000001", "2.5", "9223372"])
def test_what_is_kept_is_kept_exactly(store: Store, amount: str) -> None:
    kept = Limit(
        period="month", amount=Decimal(amount), provider="openai", tag="a b", department="R & D"
    )
    add_limit(store, kept)
    (limit,) = all_limits(store)
    assert (limit.period, limit.provider, limit.tag) == ("month", "openai", "a b")
    assert limit.department == "R & D"
    assert limit.amount == Decimal(amount)


def test_the_same_limit_is_kept_once(store: Store) -> None:
    """A double click on Add a limit is one limit."""
    for _ in range(2):
        add_limit(store, Limit(period="day", amount=Decimal(1), tag="a"))
    add_limit(store, Limit(period="day", amount=Decimal(1), tag="b"))
    assert [limit.tag for limit in all_limits(store)] == ["a", "b"]
