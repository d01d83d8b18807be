"""Charts show exactly what the timing and the receipt say."""

from decimal import Decimal

from playground.domain import Cost, CostLine, ModelRef, PriceSource, Response
from playground.ui.parts.charts import money, waterfall

MODEL = ModelRef.parse("openai:gpt-6.1-sol")


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
    assert row == {"lane": "a", "part": "cache_write", "usd": 0.00025, "state": "done"}
