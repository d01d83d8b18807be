"""Charts show exactly what the timing and the receipt say."""

from decimal import Decimal

from playground.domain import Cost, CostLine, ModelRef, PriceSource, Response, Timing
from playground.ui.parts.charts import money, phases, waterfall

MODEL = ModelRef.parse("openai:gpt-6.1-sol")


def test_phases_follow_each_other_without_gaps() -> None:
    timing = Timing(
        connect=0.1,
        tls=0.05,
        request_sent=0.01,
        first_reasoning=0.5,
        first_text=1.0,
        last_text=2.0,
        last_chunk=2.1,
    )
    assert list(phases(timing)) == [
        ("connect", -(0.1 + 0.05), 0.0),
        ("sending", 0.0, 0.01),
        ("waiting", 0.01, 0.5),
        ("reasoning", 0.5, 1.0),
        ("answering", 1.0, 2.0),
        ("closing", 2.0, 2.1),
    ]


def test_a_call_that_never_answered_only_waited() -> None:
    assert list(phases(Timing(request_sent=0.01, closed=3.0))) == [
        ("sending", 0.0, 0.01),
        ("waiting", 0.01, 3.0),
    ]


def test_a_call_that_thought_to_the_end_has_no_answer_phase() -> None:
    timing = Timing(request_sent=0.01, first_reasoning=0.2, last_chunk=4.0)
    assert [name for name, *_ in phases(timing)] == ["sending", "waiting", "reasoning"]


def test_nothing_measured_is_no_chart() -> None:
    assert waterfall(["a"], [Response(model=MODEL)]) is None
    assert money(["a"], [Response(model=MODEL)]) is None


def test_the_cost_chart_adds_up_to_the_receipt() -> None:
    line = CostLine(
        name="cache_write_5m",
        quantity=100,
        unit="token",
        rate=Decimal("2.5"),
        per=1_000_000,
        amount=Decimal("0.00025"),
    )
    price = PriceSource(model="m", source="s", as_of="2026-11-21")
    chart = money(
        ["a"],
        [Response(model=MODEL, cost=Cost(total=line.amount, lines=(line,), price=price))],
    )
    assert chart is not None
    ((row,),) = chart.to_dict()["datasets"].values()
    assert row == {"lane": "a", "part": "cache_write", "usd": 0.00025}
