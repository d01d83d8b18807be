"""What an experiment found: figures by model with their intervals, pictures, and what to know before believing them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

import streamlit as st

from playground import figures as fmt
from playground.experiments import sheets
from playground.experiments.cells import prompt_names
from playground.experiments.kept import Experiment
from playground.experiments.results import Costs, ModelResult, Results, judging
from playground.experiments.statistics import Rate
from playground.store.store import Store
from playground.ui import names
from playground.ui.experiments import charts
from playground.ui.experiments.charts import Point
from playground.ui.experiments.words import amount, share
from playground.ui.parts.charts import draw
from playground.ui.parts.drawing import alt
from playground.ui.parts.markdown import dollars, plain

LATENCIES: Mapping[str, tuple[str, str]] = {
    "First text": ("time_to_first_text", "seconds"),
    "Duration": ("duration", "seconds"),
    "Tokens per second": ("output_tokens_per_second", "tokens per second"),
}
"""What is called so → its column, its unit."""


def overview(store: Store, found: Results) -> None:
    """Figures, remarks, pictures."""
    _figures(found.models)
    _remarks(found)
    if rates := charts.pass_rates(found.models):
        st.subheader("Passed, with the interval that holds 95 %", anchor=False)
        draw(rates)
    _by_prompt(store, found.experiment)
    _planes(found.models)
    _latencies(store, found)


def _figures(models: Sequence[ModelResult]) -> None:
    st.dataframe(
        {
            "Model": [m.model for m in models],
            "Calls": [m.n for m in models],
            "Failed": [m.failures for m in models],
            "Passed": [share(m.pass_rate, "not judged") for m in models],
            "First text p50 / p95": [
                f"{fmt.seconds(m.time_to_first_text.p50)} / {fmt.seconds(m.time_to_first_text.p95)}"
                for m in models
            ],
            "Duration p50 / p95": [
                f"{fmt.seconds(m.duration.p50)} / {fmt.seconds(m.duration.p95)}" for m in models
            ],
            "Cost a request": [_sum(m.cost, m.cost.per_request) for m in models],
            "Cost per success": [_per_success(m) for m in models],
            "Cost": [_sum(m.cost, m.cost.total) for m in models],
        },
        hide_index=True,
        alt="Figures of each model over all its measured calls",
    )


def _per_success(model: ModelResult) -> str:
    cost = model.cost
    if cost.per_success is None:
        return fmt.money(None) if cost.unpriced else "nothing passed"
    reach = cost.per_success_interval
    if reach is None:
        return _sum(cost, cost.per_success)
    low, high = (
        "no bound" if b is None else amount(float(b), "cost") for b in (reach.low, reach.high)
    )
    return f"{_sum(cost, cost.per_success)} ({low} to {high})"


def _sum(cost: Costs, usd: Decimal | None) -> str:
    return fmt.total(usd, whole=not cost.bounds)


def _remarks(found: Results) -> None:
    """What a reader must know before believing a figure."""
    models = found.models
    said = [
        f"{plain(t.cheaper)} costs less by the call, {plain(t.dearer)} by the success"
        f"{'' if t.significant else ', though that may be chance'}."
        for t in found.turned
    ]
    said += [
        f"{plain(m.model)}: {m.cached:,} of {m.n:,} calls read a part of their prompt from a cache, which is faster and cheaper;"
        " `fresh_prefix: true` in the spec prevents it."
        for m in models
        if m.cached
    ]
    if busy := sum(m.busy for m in models):
        said.append(
            f"This computer was too busy during {busy:,} of {found.requests:,} calls to time them well."
        )
    said += [
        f"{plain(m.model)}: {m.retried:,} calls were tried again." for m in models if m.retried
    ]
    said += [
        f"{plain(m.model)}: {m.errors:,} answers could not be judged." for m in models if m.errors
    ]
    said += [
        f"{plain(m.model)}: the cost of {m.cost.bounds:,} calls is an estimate or a bound."
        for m in models
        if m.cost.bounds
    ]
    judges = [m.cost.judges for m in models if m.cost.judges is not None]
    unpriced = sum(m.cost.judges_unpriced for m in models)
    if told := judging(sum(judges, Decimal(0)) if judges else None, unpriced):
        said.append(told)
    for line in said:
        st.caption(dollars(f":material/info: {line}"))


def _by_prompt(store: Store, experiment: Experiment) -> None:
    """A row a prompt where there are several: which one helps which model."""
    prompts = prompt_names(experiment.spec.prompts)
    if len(prompts) < 2:
        return
    rates = sheets.by_prompt(store, experiment.seq)
    models = list(dict.fromkeys(model for _, model in rates))
    nothing = Rate(of=0, count=0)
    st.subheader("Passed, prompt by prompt", anchor=False)
    st.dataframe(
        {
            "Prompt": prompts,
            **{
                model: [
                    share(rates.get((number, model), nothing), fmt.NOT_AVAILABLE)
                    for number in range(len(prompts))
                ]
                for model in models
            },
        },
        hide_index=True,
        alt="Share of answers that passed, a row a prompt, a column a model",
    )


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
        for title, points, name, axis, is_quality in both:
            picture = charts.plane(points, title=name, axis=axis, quality=is_quality)
            if picture:
                with grid.cell():
                    st.subheader(title, anchor=False)
                    draw(picture)
                    st.caption(f"✓ {picture.told}")


def _latencies(store: Store, found: Results) -> None:
    """How a figure is spread, as a line a model and in numbers."""
    st.subheader("How it is spread", anchor=False)
    chosen = st.segmented_control(
        "Figure",
        list(LATENCIES),
        default="First text",
        required=True,
        key=names.EXPERIMENT_LATENCY,
        label_visibility="collapsed",
    )
    column, unit = LATENCIES[chosen]
    values = sheets.durations(store, found.experiment.seq, column)
    lines = {m.model: values[m.model] for m in found.models if m.model in values}
    if picture := charts.latencies(lines, unit):
        draw(picture)
    figures = [getattr(m, column) for m in found.models]
    st.dataframe(
        {
            "Model": [m.model for m in found.models],
            **{
                name: [
                    fmt.NOT_AVAILABLE if value is None else amount(value, column)
                    for value in (getattr(figure, name) for figure in figures)
                ]
                for name in ("p50", "p90", "p95", "p99", "mean", "spread")
            },
        },
        hide_index=True,
        column_config={"spread": st.column_config.TextColumn(help="Standard deviation")},
        alt=f"{chosen}: percentiles, mean and spread of each model",
    )
    for note in dict.fromkeys(figure.note for figure in figures if figure.note):
        st.caption(f":material/info: {plain(note)}")
