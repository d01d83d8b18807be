"""The pictures of an experiment: pass rates with their intervals, latencies, and who is on the front of cost and quality."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from playground.experiments.results import ModelResult, front
from playground.figures.palette import BLUE, CATEGORIES, GREEN, GREY, ROW
from playground.ui.parts.charts import FRAME, Picture, dollars
from playground.ui.parts.drawing import alt
from playground.ui.parts.tables import money

STEPS = 100
"""Points of a line of latencies."""


class Point(NamedTuple):
    """A model in a plane where less of x is better."""

    model: str
    x: float
    y: float


FROM_NOTHING = "datum.value < 0 ? '' : datum.label"
"""Room at the left for names is no debt."""


def pass_rates(models: Sequence[ModelResult]) -> Picture | None:
    """A point a model with its interval; None where nothing was judged."""
    rows = [
        {
            "model": m.model,
            "rate": m.pass_rate.value,
            "low": m.pass_rate.interval.low or 0.0,
            "high": m.pass_rate.interval.high or 0.0,
        }
        for m in models
        if m.pass_rate.value is not None and m.pass_rate.interval is not None
    ]
    if not rows:
        return None
    y = alt.Y("model:N", title=None, sort=None, axis=alt.Axis(labelLimit=170, ticks=False))
    share = alt.Axis(format="%", tickCount=5)
    base = alt.Chart({"values": rows})
    reach = base.mark_rule(color=GREY, strokeWidth=3, aria=False).encode(
        y=y,
        x=alt.X("low:Q", title=None, axis=share, scale=alt.Scale(domain=[0, 1])),
        x2="high:Q",
    )
    dots = base.mark_point(filled=True, size=110, color=BLUE, opacity=1, aria=False).encode(
        y=y,
        x="rate:Q",
        tooltip=[
            alt.Tooltip("model:N"),
            *(alt.Tooltip(f"{name}:Q", format=".1%") for name in ("rate", "low", "high")),
        ],
    )
    chart = alt.layer(reach, dots).properties(height=ROW * len(rows) + FRAME)
    told = " ".join(
        f"{r['model']}: {r['rate']:.0%} passed, {r['low']:.0%} to {r['high']:.0%}." for r in rows
    )
    return Picture(chart, {}, told)


def latencies(values: Mapping[str, Sequence[float]], unit: str) -> Picture | None:
    """What share of a model's calls had at most how much: a line a model."""
    rows = [
        {"model": model, "value": found[min(len(found) - 1, len(found) * i // STEPS)], "share": i}
        for model, found in values.items()
        for i in range(STEPS + 1)
        if found
    ]
    if not rows:
        return None
    colors = dict(zip(values, CATEGORIES * (1 + len(values) // len(CATEGORIES)), strict=False))
    chart = (
        alt.Chart({"values": rows})
        .mark_line(interpolate="step-after", strokeWidth=2, aria=False)
        .encode(
            x=alt.X("value:Q", title=unit, axis=alt.Axis(tickCount=6), scale=alt.Scale(nice=True)),
            y=alt.Y("share:Q", title="% of the calls", axis=alt.Axis(tickCount=5)),
            color=alt.Color(
                "model:N",
                scale=alt.Scale(domain=list(colors), range=list(colors.values())),
                legend=None,
            ),
        )
        .properties(height=240)
    )
    told = " ".join(
        f"{model}: half of its calls have at most {found[len(found) // 2]:.3g} {unit}."
        for model, found in values.items()
        if found
    )
    return Picture(chart, colors, told)


def plane(points: Sequence[Point], *, title: str, axis: Any, quality: bool) -> Picture | None:
    """Cost a request against quality, of which more is better, or against another figure, of which less is.

    The front is green and joined. None for fewer than two models.
    """
    if len(points) < 2:
        return None
    on = front((p.x, -p.y if quality else p.y, p.model) for p in points)
    rows = [
        {
            "model": p.model,
            "name": f"{p.model.partition(':')[2] or p.model}{' ✓' if p.model in on else ''}",
            "usd": p.x,
            "y": p.y,
            "cost": money(p.x),
            "on": p.model in on,
            "above": number % 2 == 0,
        }
        for number, p in enumerate(sorted(points, key=lambda p: p.x))
    ]
    x = alt.X(
        "usd:Q",
        title="cost a request",
        axis=dollars(labelExpr=FROM_NOTHING),
        scale=alt.Scale(zero=False, padding=55),
    )
    most = 1.0 if quality else 1.25 * max(p.y for p in points)
    tall = alt.Scale(domain=[0, most], padding=24 if quality else 0)
    y = alt.Y("y:Q", title=title, axis=axis, scale=tall)
    base = alt.Chart({"values": rows})
    line = base.transform_filter("datum.on").mark_line(color=GREEN, strokeDash=[4, 3], aria=False)
    dots = base.mark_point(filled=True, size=110, opacity=1, aria=False).encode(
        x=x,
        y=y,
        color=alt.condition("datum.on", alt.value(GREEN), alt.value(GREY)),
        tooltip=[alt.Tooltip("model:N"), alt.Tooltip("cost:N"), alt.Tooltip("y:Q", title=title)],
    )
    words = [  # neighbours one above, one below: their names are longer than the way between them
        base.transform_filter(f"{sign}datum.above")
        .mark_text(dy=dy, aria=False)
        .encode(x=x, y=y, text="name:N")
        for sign, dy in (("", -14), ("!", 18))
    ]
    chart = alt.layer(line.encode(x=x, y=y), dots, *words).properties(height=260)
    told = f"On the front, so that no model beats them in both: {', '.join(on)}."
    return Picture(chart, {}, told)
