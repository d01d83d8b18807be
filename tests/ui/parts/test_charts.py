"""Charts show exactly what the timing and the receipt say, in bars, at their ends and in words."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from altair import LayerChart

from playground.domain import Cost, CostLine, ModelRef, PriceSource, Response, Timing, Usage
from playground.figures.paid import paid
from playground.ui.parts.charts import Picture, money, waterfall

MODEL = ModelRef.parse("openai:gpt-6.1-sol")


def line(name: str, quantity: int, rate: str) -> CostLine:
    return CostLine(
        name=name,
        quantity=quantity,
        unit="token",
        rate=Decimal(rate),
        per=1_000_000,
        amount=Decimal(rate) * quantity / 1_000_000,
    )


def answer(*lines: CostLine, usage: Usage | None = None, **more: Any) -> Response:
    price = PriceSource(model="m", source="s", as_of="2026-11-21")
    total = sum((each.amount for each in lines), Decimal(0))
    cost = Cost(total=total, lines=lines, price=price)
    return Response(model=MODEL, cost=cost, usage=usage or Usage(), text="x", **more)


def rows(picture: Picture | None) -> list[dict[str, Any]]:
    assert picture is not None
    return list(picture.chart["layer"][0]["data"]["values"])


def test_bars_are_what_vega_lite_takes() -> None:
    timing = Timing(connect=0.1, first_text=0.25, last_text=0.75, last_chunk=0.8)
    responses = [answer(line("input", 40, "2"), line("output", 9, "10"), timing=timing)] * 2
    for picture in (waterfall(["a", "b"], responses), money(["a", "b"], responses)):
        assert picture is not None
        LayerChart.from_dict(picture.chart)  # raises where its schema is not kept


def test_the_charts_of_a_run_need_no_altair() -> None:
    told = "import sys, playground.ui.parts.charts; print('altair' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", told], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"


def test_nothing_measured_is_no_chart() -> None:
    assert waterfall(["a"], [Response(model=MODEL)]) is None
    assert money(["a"], [Response(model=MODEL)]) is None


def test_the_cost_chart_adds_up_to_the_receipt() -> None:
    (row,) = rows(money(["a"], [answer(line("cache_write_5m", 100, "2.5"))]))
    assert (row["lane"], row["part"], row["usd"]) == ("a", "cache write", 0.00025)
    assert row["state"] == "done"


def test_reasoning_is_split_from_the_answer_and_both_add_up_to_the_output() -> None:
    lines = (line("input", 40, "2"), line("output", 388, "10"))
    thinking = answer(*lines, usage=Usage(output_tokens=388, reasoning_output_tokens=213))
    assert list(paid(thinking)) == [
        ("input", Decimal("0.00008")),
        ("reasoning", Decimal(213) * 10 / 1_000_000),
        ("answer", Decimal(388 - 213) * 10 / 1_000_000),
    ]
    assert thinking.cost is not None
    assert sum(amount for _, amount in paid(thinking)) == thinking.cost.total


def test_output_is_one_part_where_the_provider_does_not_say_what_was_reasoning() -> None:
    unknown = answer(
        line("output", 388, "10"), usage=Usage(output_tokens=388), reasoning_text="Hm."
    )
    assert [part for part, _ in paid(unknown)] == ["output"]
    without = answer(line("output", 388, "10"), usage=Usage(output_tokens=388))
    assert [part for part, _ in paid(without)] == ["answer"]


def test_the_best_lane_is_marked_by_a_sign_and_a_cut_one_never() -> None:
    dear, cheap = (answer(line("output", many, "10")) for many in (300, 100))
    ends = labels(money(["dear", "cheap"], [dear, cheap]))
    assert ends == {"dear": "$0.003", "cheap": "$0.001 ✓"}
    cut = replace(cheap, finish_reason="length")
    assert cut.state == "cut"
    assert labels(money(["dear", "cut"], [dear, cut])) == {"dear": "$0.003", "cut": "$0.001"}


def labels(picture: Picture | None) -> dict[str, str]:
    """What stands at the bars' ends."""
    assert picture is not None
    axis = picture.chart["layer"][1]["encoding"]["y"]["axis"]
    found: dict[str, str] = json.loads(axis["labelExpr"].partition("(")[2].partition(")[")[0])
    assert axis["orient"] == "right"
    return found


def test_all_that_a_chart_shows_is_there_in_words() -> None:
    timing = Timing(first_text=0.25, last_text=0.75, last_chunk=0.8, closed=0.8)
    picture = waterfall(["a"], [answer(line("input", 1, "1"), timing=timing)])
    assert picture is not None
    assert picture.told == "a: 0.80 s (waiting 0.25 s, answering 0.50 s, closing 0.050 s)."


@pytest.mark.parametrize(
    ("last", "ticks"),
    [
        (0.8, [0.0, 0.2, 0.4, 0.6, 0.8]),
        (4.4, [0.0, 1.0, 2.0, 3.0, 4.0]),
        (31.0, [0.0, 5.0, 10.0, 15.0, 20.0, 25.0, 30.0]),
    ],
)
def test_the_time_axis_counts_round_seconds_from_the_request(
    last: float, ticks: list[float]
) -> None:
    timing = Timing(connect=0.3, first_text=last / 2, last_text=last, last_chunk=last)
    picture = waterfall(["a"], [answer(line("input", 1, "1"), timing=timing)])
    assert picture is not None
    axis = picture.chart["layer"][0]["encoding"]["x"]["axis"]
    assert axis["values"] == ticks
    assert "request left" in axis["labelExpr"]
