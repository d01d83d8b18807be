"""What an experiment found: figures by model with their intervals, pictures, differences in words."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

import streamlit as st

from playground import figures as fmt
from playground.experiments import sheets
from playground.experiments.comparing import COST_PER_SUCCESS, METRICS, Comparison
from playground.experiments.results import ModelResult, Results
from playground.experiments.statistics import Interval
from playground.store.store import Store
from playground.ui.experiments import charts
from playground.ui.experiments.charts import Point
from playground.ui.parts.charts import draw
from playground.ui.parts.drawing import alt
from playground.ui.parts.markdown import plain

LABELS = {
    "pass_rate": "passes",
    "time_to_first_text": "time to first text",
    "duration": "duration",
    "output_tokens_per_second": "output tokens per second",
    "cost": "cost a request",
    COST_PER_SUCCESS: "cost per success",
}
MONEY = ("cost", COST_PER_SUCCESS)
BETTER = {m.name: m.more_is_better for m in METRICS}


def overview(store: Store, found: Results) -> None:
    """Figures, pictures, and what surely differs."""
    _figures(found.models)
    _remarks(found)
    if rates := charts.pass_rates(found.models):
        st.subheader("Passed, with the interval that holds 95 %", anchor=False)
        draw(rates)
    _planes(found.models)
    values = sheets.durations(store, found.experiment.seq, "time_to_first_text")
    if lines := charts.latencies(values):
        st.subheader("Time to first text: how many calls had it by when", anchor=False)
        draw(lines)


def _figures(models: Sequence[ModelResult]) -> None:
    st.dataframe(
        {
            "Model": [m.model for m in models],
            "Calls": [m.n for m in models],
            "Failed": [m.failures for m in models],
            "Passed": [_share(m) for m in models],
            "First text p50 / p95": [
                f"{fmt.seconds(m.time_to_first_text.p50)} / {fmt.seconds(m.time_to_first_text.p95)}"
                for m in models
            ],
            "Duration p50 / p95": [
                f"{fmt.seconds(m.duration.p50)} / {fmt.seconds(m.duration.p95)}" for m in models
            ],
            "Cost a request": [fmt.money(m.cost.per_request) for m in models],
            "Cost per success": [_per_success(m) for m in models],
        },
        hide_index=True,
        alt="Figures of each model over all its measured calls",
    )


def _share(model: ModelResult) -> str:
    rate = model.pass_rate
    if rate.value is None or rate.interval is None:
        return "not judged"
    return f"{rate.value:.0%} ({_bound(rate.interval.low)} to {_bound(rate.interval.high)})"


def _bound(value: float | None) -> str:
    return "?" if value is None else f"{value:.0%}"


def _per_success(model: ModelResult) -> str:
    cost = model.cost
    if cost.per_success is None:
        return fmt.money(None) if cost.unpriced else "nothing passed"
    reach = cost.per_success_interval
    return f"{fmt.money(cost.per_success)}{f' ({_span(reach, money=True)})' if reach else ''}"


def _remarks(found: Results) -> None:
    """What a reader must know before believing a figure."""
    said = [
        f"{m.time_to_first_text.note} ({plain(m.model)})"
        for m in found.models[:1]
        if m.time_to_first_text.note
    ]
    said += [
        f"{plain(m.model)}: {m.cached:,} of {m.n:,} calls read a part of their prompt from a cache, which is faster and cheaper."
        for m in found.models
        if m.cached
    ]
    said += [
        f"{plain(m.model)}: this computer was too busy during {m.busy:,} calls to time them well."
        for m in found.models
        if m.busy
    ]
    said += [
        f"{plain(t.cheaper)} costs less by the call, {plain(t.dearer)} by the success"
        f"{'' if t.significant else ', though that may be chance'}."
        for t in found.turned
    ]
    for line in said:
        st.caption(f":material/info: {line}".replace("$", r"\$"))


def _planes(models: Sequence[ModelResult]) -> None:
    priced = [(m, float(m.cost.per_request)) for m in models if m.cost.per_request is not None]
    quality = [
        Point(m.model, usd, m.pass_rate.value) for m, usd in priced if m.pass_rate.value is not None
    ]
    speed = [Point(m.model, usd, m.duration.p50) for m, usd in priced if m.duration.p50 is not None]
    both = (
        ("Cost against quality", quality, "passed", alt.Axis(format="%", tickCount=5), True),
        ("Cost against latency", speed, "duration p50, s", alt.Axis(tickCount=5), False),
    )
    with st.grid(columns=2, min_column_width=340, gap="small") as grid:
        for title, points, name, axis, more in both:
            picture = charts.plane(points, title=name, axis=axis, more_is_better=more)
            if picture:
                with grid.cell():
                    st.subheader(title, anchor=False)
                    draw(picture)
                    st.caption(f"✓ {picture.told}")


def differences(found: Sequence[Comparison]) -> None:
    """Every comparison in words: first what surely differs."""
    if not found:
        st.info("It takes two models with answers to compare.", icon=":material/balance:")
        return
    st.caption(
        "Significant at 5 %, all comparisons of this experiment together (Holm). “Not shown” is not “the same”: it says what it"
        " would take to find a difference of a tenth."
    )
    for c in sorted(found, key=lambda c: (not c.significant, c.adjusted or 1.0)):
        st.markdown(f"- {sentence(c)}".replace("$", r"\$"))


def sentence(c: Comparison) -> str:
    """One comparison, for people."""
    who = f"**{plain(c.a)}** and **{plain(c.b)}**, {LABELS[c.metric]}"
    if c.same:
        return f"{who}: equal in every pair."
    if c.difference is None:
        return f"{who}: not tested. {c.note}"
    amount = _amount(abs(c.difference), c.metric)
    share = f", {abs(c.relative):.0%}" if c.relative is not None and c.metric != "pass_rate" else ""
    way = "more" if c.difference > 0 else "less"
    reach = (
        f"; 95 %: {_span(c.interval, money=c.metric in MONEY, share=c.metric == 'pass_rate')}"
        if c.interval
        else ""
    )
    told = f"{who}: the first has {amount} {way}{share}{reach}"
    tested = f"{c.test}, p = {c.adjusted:.3g}" if c.adjusted is not None else c.test
    if c.significant:
        return (
            f":green[:material/check_circle:] {told}. **Significant** ({tested}). {c.note}".rstrip()
        )
    return f"{told}. Not shown to differ ({tested}).{_more(c)} {c.note}".rstrip()


def _more(c: Comparison) -> str:
    """What it would take."""
    if c.more_repeats:
        return (
            f" It takes about {c.more_repeats:,} more repeats of each case to tell a tenth apart."
        )
    if c.more_cases:
        return f" It takes about {c.more_cases:,} more cases to tell a tenth apart."
    return ""


def _amount(value: float, metric: str) -> str:
    if metric == "pass_rate":
        return f"{100 * value:.1f} points"
    if metric in MONEY:
        return fmt.money(Decimal(repr(value)))
    return f"{value:,.1f}" if metric == "output_tokens_per_second" else fmt.seconds(value)


def _span(reach: Interval, *, money: bool = False, share: bool = False) -> str:
    def word(value: float | None) -> str:
        if value is None:
            return "no bound"
        if money:
            return fmt.money(Decimal(repr(float(value))))
        return f"{value:+.0%}" if share else f"{value:+.3g}"

    return f"{word(reach.low)} to {word(reach.high)}"
