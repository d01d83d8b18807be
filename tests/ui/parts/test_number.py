"""What people type as a number is read as they mean it, or refused; never as another number."""

from __future__ import annotations

from decimal import Decimal

import pytest

from playground.domain.typed import Unreadable
from playground.ui.parts.number import read_number, read_whole


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("2.5", "2.5"),
        ("2,5", "2.5"),
        (",5", "0.5"),
        (".5", "0.5"),
        ("5,", "5"),
        ("-5", "-5"),
        ("−5", "-5"),
        ("1.000,50", "1000.50"),
        ("1,000.50", "1000.50"),
        ("1 000,50", "1000.50"),
        ("1\u202f000,50", "1000.50"),
        ("1'000.50", "1000.50"),
        ("1,000,000", "1000000"),
        ("1.000.000", "1000000"),
        ("0,125", "0.125"),
        ("1,0000", "1"),
        ("$12.30", "12.30"),
        ("12,30 $", "12.30"),
        ("12.30 USD", "12.30"),
        ("  7 ", "7"),
    ],
)
def test_a_number_is_read_as_it_is_meant(text: str, number: str) -> None:
    assert read_number(text) == Decimal(number)


@pytest.mark.parametrize(
    "text", ["", " ", "abc", "1e3", "--5", "1,2,3", "1.2.3", "1,00.5,0", "5-", ".", "1.0,0,0", "½"]
)
def test_what_is_no_number_is_refused(text: str) -> None:
    with pytest.raises(Unreadable, match="is not a number"):
        read_number(text)


@pytest.mark.parametrize(
    ("text", "currency"),
    [("€5", "€"), ("12,30 €", "€"), ("£5", "£"), ("5 EUR", "EUR"), ("¥500", "¥")],
)
def test_another_currency_is_named_and_refused(text: str, currency: str) -> None:
    for read in (read_number, read_whole):
        with pytest.raises(Unreadable, match=f"is in {currency}: amounts are in US dollars here"):
            read(text)


@pytest.mark.parametrize("text", ["1,000", "1.000", "25,125"])
def test_what_may_be_two_numbers_is_refused_with_both(text: str) -> None:
    with pytest.raises(Unreadable, match="could be"):
        read_number(text)


@pytest.mark.parametrize(
    ("text", "number"), [("64", 64), ("1,000", 1000), ("1.000", 1000), ("128 000", 128_000)]
)
def test_a_whole_number_may_have_its_thousands_parted(text: str, number: int) -> None:
    assert read_whole(text) == number


def test_a_whole_number_has_no_decimals() -> None:
    with pytest.raises(Unreadable, match="must be a whole number, not 2,5"):
        read_whole("2,5")


@pytest.mark.parametrize("digits", ["9" * 5_000, "1" + ",000" * 2_000])
def test_a_number_without_end_is_refused(digits: str) -> None:
    for read in (read_number, read_whole):
        with pytest.raises(Unreadable, match="has more than 100 signs"):
            read(digits)
