"""Numbers for people: enough digits to compare, never scientific, and unknown is said as such."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playground import figures as fmt
from playground.domain import Cost, Failure, ModelRef, PriceSource, Response, Usage
from playground.domain.nouns import digits


@pytest.mark.parametrize(
    ("amount", "text"),
    [
        ("0", "$0.00"),
        ("0.000123456", "$0.000123"),
        ("0.0000004", "$0.0000004"),
        ("4E-7", "$0.0000004"),
        ("0.5", "$0.50"),
        ("0.0125", "$0.0125"),
        ("0.012", "$0.012"),
        ("0.9999", "$1.00"),
        ("1", "$1.00"),
        ("12.3456", "$12.35"),
        ("1234.5", "$1,234.50"),
        ("1E+3", "$1,000.00"),
        ("-0.25", "-$0.25"),
    ],
)
def test_money(amount: str, text: str) -> None:
    assert fmt.money(Decimal(amount)) == text


def test_an_own_price_and_a_range_are_said() -> None:
    own = PriceSource(model="m", source="me", as_of="2026-11-21", override=True)
    lists = PriceSource(model="m", source="https://example.com", as_of="2026-11-21")
    assert fmt.cost(Cost(total=Decimal("0.25"), lines=(), price=own)) == "$0.25 (own price)"
    dearer = Cost(total=Decimal("0.5"), lines=(), price=lists)
    ranged = Cost(total=Decimal("0.25"), lines=(), price=lists, other=dearer)
    assert fmt.cost(ranged) == "$0.25 – $0.50"


def test_what_is_unknown_is_not_a_zero() -> None:
    assert fmt.money(None) == "no price"
    assert fmt.cost(None) == "no price"
    assert fmt.count(None) == "not reported"
    assert fmt.seconds(None) == "n/a"
    assert fmt.speed(None) == "n/a"


def test_an_estimate_and_a_lower_bound_are_marked() -> None:
    price = PriceSource(model="m", source="s", as_of="2026-11-01")
    total = Decimal("0.25")
    assert fmt.cost(Cost(total=total, lines=(), price=price)) == "$0.25"
    assert fmt.cost(Cost(total=total, lines=(), price=price, estimate=True)) == "≈ $0.25"
    bound = Cost(total=total, lines=(), price=price, estimate=True, lower_bound=True)
    assert fmt.cost(bound) == "≥ $0.25"
    ceiling = Cost(total=total, lines=(), price=price, estimate=True, upper_bound=True)
    assert fmt.cost(ceiling) == "≤ $0.25"


@pytest.mark.parametrize(
    ("amount", "text"),
    [
        ("15.625", "$15.625"),
        ("2", "$2.00"),
        ("0.0375", "$0.0375"),
        ("0.10", "$0.10"),
        ("0", "$0.00"),
        ("1234.5", "$1,234.50"),
    ],
)
def test_a_rate_has_all_its_digits(amount: str, text: str) -> None:
    assert fmt.rate(Decimal(amount)) == text


def test_without_a_receipt_the_reason_is_said() -> None:
    model = ModelRef("ollama", "chat", "m")
    answered = Response(model=model, usage=Usage(input_tokens=1, output_tokens=1))
    assert fmt.cost_of(answered) == "no price"
    assert fmt.cost_of(Response(model=model)) == "not reported"
    assert fmt.cost_of(Response(model=model, failure=Failure(type="server"))) == "n/a"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, "0.000 s"),
        (0.042, "0.042 s"),
        (0.42, "0.42 s"),
        (12.34, "12.3 s"),
        (1234.5, "1,234 s"),
    ],
)
def test_seconds(value: float, text: str) -> None:
    assert fmt.seconds(value) == text


@pytest.mark.parametrize(("value", "text"), [(183.4, "183 tok/s"), (7.26, "7.3 tok/s")])
def test_speed(value: float, text: str) -> None:
    assert fmt.speed(value) == text


@pytest.mark.parametrize(("number", "text"), [(0, "0"), (1234, "1,234"), (1234567, "1,234,567")])
def test_count(number: int, text: str) -> None:
    assert fmt.count(number) == text


@pytest.mark.parametrize(
    ("number", "text"), [(512, "512 B"), (3_200, "3.2 kB"), (1_400_000, "1.4 MB")]
)
def test_size(number: int, text: str) -> None:
    assert fmt.size(number) == text


amounts = st.decimals(min_value="1e-12", max_value="1e6", allow_nan=False, allow_infinity=False)


@given(amounts)
def test_money_for_machines_is_exact_and_plain(amount: Decimal) -> None:
    text = digits(amount)
    assert Decimal(text) == amount
    assert set(text) <= set("0123456789.")


@given(amounts)
def test_money_for_people_is_right_to_three_figures_or_a_cent(amount: Decimal) -> None:
    shown = Decimal(fmt.money(amount).replace("$", "").replace(",", ""))
    assert abs(shown - amount) <= max(Decimal("0.005") if amount >= 1 else 0, amount / 200)


@pytest.mark.parametrize(
    ("before", "after", "text"),
    [
        (Decimal("0.001"), Decimal("0.02"), "+1,900%"),
        (2.0, 1.0, "-50%"),
        (100, 100, "the same"),
        (0, 0, "the same"),
        (100.0, 100.3, "+0.3%"),
        (100.0, 99.96, "-0.04%"),
        (Decimal("0.00355"), Decimal("0.0000142"), "-99.6%"),
        (3, 0, "-100%"),
        (0, 3, ""),
        (None, 3, ""),
        (3, None, ""),
    ],
)
def test_a_change_is_never_a_nought_with_a_sign(before: Any, after: Any, text: str) -> None:
    assert fmt.change(before, after) == text


def test_a_sum_that_is_not_known_whole_is_a_bound() -> None:
    assert fmt.total(Decimal("0.0123456")) == "$0.0123"
    assert fmt.total(Decimal("0.0123456"), whole=False) == "≥ $0.0123"
    assert fmt.total(None, whole=False) == "no price"
