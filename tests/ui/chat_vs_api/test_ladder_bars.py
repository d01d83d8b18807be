"""The ladder's bars: those that are there so far stand where they stand when all are."""

from __future__ import annotations

from typing import Any

from playground.ui.chat_vs_api.charts import COUNTING, ladder_bars

STEPS = ("0. Bare request", "1. Memory", "2. Tools")
PARTS = ("your prompt", "Memory", "Tools")
TOKENS = {STEPS[0]: (38,), STEPS[1]: (38, 90), STEPS[2]: (38, 90, 1200)}
WHOLE = [
    {"step": step, "part": part, "tokens": count, "kind": "the provider"}
    for step, counts in TOKENS.items()
    for part, count in zip(PARTS, counts, strict=False)
]


def drawn(rows: list[dict[str, Any]]) -> dict[str, Any]:
    """The scale, the colours and the height."""
    chart = ladder_bars(STEPS, rows, PARTS, whole=WHOLE).chart
    bars = chart["layer"][0]["encoding"]
    return {"x": bars["x"], "color": bars["color"], "y": bars["y"], "height": chart["height"]}


def test_bars_so_far_have_the_scale_the_colours_and_the_height_of_the_whole_ladder() -> None:
    first = [row for row in WHOLE if row["step"] == STEPS[1]]
    assert drawn(first) == drawn(WHOLE) == drawn([])
    assert drawn(first)["x"]["scale"]["domain"] == [0, 1328]
    so_far, all_of_it = (ladder_bars(STEPS, rows, PARTS, whole=WHOLE) for rows in (first, WHOLE))
    assert so_far.colors == all_of_it.colors
    assert list(so_far.colors) == list(PARTS)


def test_a_step_that_runs_has_no_total_and_is_not_nothing() -> None:
    first = [row for row in WHOLE if row["step"] == STEPS[1]]
    told = ladder_bars(STEPS, first, PARTS, whole=WHOLE).told
    assert told == "0. Bare request: …. 1. Memory: 128 (your prompt 38, Memory 90). 2. Tools: …."


def test_while_the_parts_are_counted_the_legend_says_so_and_the_axis_has_no_numbers() -> None:
    empty = ladder_bars(STEPS, [], [], whole=[])
    assert empty.colors == COUNTING
    chart = empty.chart
    assert chart["layer"][0]["encoding"]["x"]["axis"]["labelOpacity"] == 0
    assert chart["height"] == drawn(WHOLE)["height"]
