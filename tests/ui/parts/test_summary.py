"""Which lane is best at what."""

from decimal import Decimal

from playground.domain import Cost, Failure, ModelRef, PriceSource, Response, Timing
from playground.ui.parts.summary import marks

MODEL = ModelRef.parse("openai:gpt-6.1-sol")


def response(usd: str, first: float, total: float, failure: Failure | None = None) -> Response:
    price = PriceSource(model="m", source="s", as_of="2026-11-21")
    return Response(
        model=MODEL,
        cost=Cost(total=Decimal(usd), lines=(), price=price),
        timing=Timing(first_text=first, last_chunk=total),
        failure=failure,
    )


def test_each_best_lane_is_marked() -> None:
    assert marks([response("0.01", 0.5, 3.0), response("0.02", 0.2, 4.0)]) == [
        "cheapest · fastest",
        "first",
    ]


def test_equals_share_the_mark() -> None:
    assert marks([response("0.01", 0.2, 3.0)] * 2) == ["cheapest · first · fastest"] * 2


def test_one_lane_is_best_at_nothing_and_failures_do_not_compete() -> None:
    assert marks([response("0.01", 0.2, 3.0)]) == [""]
    failed = response("0.001", 0.1, 0.1, Failure(type="server"))
    assert marks([response("0.01", 0.2, 3.0), failed]) == ["", ""]
