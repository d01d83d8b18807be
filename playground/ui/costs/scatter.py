"""Cost against time to first text: what one's own runs measured, model by model."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

import streamlit as st

from playground import figures as fmt
from playground import pricing
from playground.domain import Response, Run
from playground.figures.palette import CATEGORIES
from playground.ui.parts import charts
from playground.ui.parts.charts import Picture
from playground.ui.parts.drawing import alt

MOST_RUNS = 20
"""The newest ones that are read for the chart."""
REAL, MADE_UP = "real", "simulated"
FIRST, COST = fmt.named("time_to_first_text", "cost")


def cost_and_time(ids: tuple[str, ...], loads: Sequence[Callable[[], Run | None]]) -> None:
    """A dot an answer of the newest runs: further left is quicker, further down is cheaper."""
    points = _points(ids[:MOST_RUNS], id(pricing.load()), loads[:MOST_RUNS])
    st.header("Cost and time to first text", anchor=False)
    picture = scatter(points)
    if picture is None:
        st.caption("No answer of your newest runs has both a cost and a time to its first text.")
        return
    charts.draw(picture)
    apart = any(point["who"] == MADE_UP for point in points)
    st.caption(
        f"Each dot is an answer of your {min(len(ids), MOST_RUNS)} newest runs; down and left is cheap and quick."
        + (
            " Hollow: simulated or recorded, so its time says nothing of the real API."
            if apart
            else ""
        )
    )


@st.cache_data(max_entries=20, ttl=300, show_spinner=False)
def _points(
    ids: tuple[str, ...], book: int, _loads: Sequence[Callable[[], Run | None]]
) -> list[dict[str, Any]]:
    """Once for these runs at the prices of this book: one that has ended changes no more."""
    found = (load() for load in _loads)
    return [point for run in found if run for point in points_of(run.responses)]


def points_of(responses: Iterable[Response]) -> Iterator[dict[str, Any]]:
    """Each answer that has a cost of more than nothing and a time to its first text."""
    for response in responses:
        first, cost = FIRST.value(response), COST.value(response)
        if first and cost:
            yield {
                "model": str(response.model),
                "seconds": first,
                "usd": float(cost),
                "time": FIRST.write(response),
                "cost": COST.write(response),
                "who": MADE_UP if response.stand_in else REAL,
            }


def scatter(points: Sequence[dict[str, Any]]) -> Picture | None:
    """Both axes are logarithms, since models differ by tens and hundreds; None without a point."""
    if not points:
        return None
    models = list(dict.fromkeys(point["model"] for point in points))
    colors = {model: CATEGORIES[at % len(CATEGORIES)] for at, model in enumerate(models)}
    log = alt.Scale(type="log", nice=True)
    chart = (
        alt.Chart({"values": list(points)})
        .mark_point(size=90, strokeWidth=2, opacity=1, aria=False)
        .encode(
            x=alt.X(
                "seconds:Q",
                title=f"{FIRST.label.lower()}, seconds",
                scale=log,
                axis=alt.Axis(format="~r", tickCount=5),
            ),
            y=alt.Y("usd:Q", title=COST.label.lower(), scale=log, axis=charts.dollars()),
            color=charts.colored("model", colors, points),
            fill=alt.condition(
                f"datum.who === '{REAL}'",
                alt.Color("model:N", legend=None),
                alt.value("transparent"),
            ),
            tooltip=[
                alt.Tooltip("model:N"),
                alt.Tooltip("cost:N"),
                alt.Tooltip("time:N", title=FIRST.label.lower()),
                alt.Tooltip("who:N", title="answered"),
            ],
        )
        .properties(height=320)
    )
    told = " ".join(f"{p['model']}, {p['who']}: {p['cost']}, {p['time']}." for p in points)
    return Picture(chart, colors, told)
