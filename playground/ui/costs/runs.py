"""From your runs: what was really asked fills the calculator, and what it would have cost otherwise."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal
from functools import partial
from typing import Any

import streamlit as st

from playground import figures as fmt
from playground import settings
from playground.catalog import catalog
from playground.domain import ModelRef, Response, Run
from playground.figures.palette import BLUE, GREEN, RED
from playground.pricing import PriceBook
from playground.pricing.shape import Shape, shape_of
from playground.pricing.whatif import Change, Step, Work, steps
from playground.ui import names
from playground.ui.costs.scatter import cost_and_time
from playground.ui.parts import charts
from playground.ui.parts.charts import Picture
from playground.ui.parts.drawing import alt
from playground.ui.parts.markdown import dollars
from playground.ui.parts.number_field import number_field
from playground.ui.session import compose, here, keeping
from playground.ui.session.looking import looked_at

MOST = 50
"""Runs to choose from, the newest first."""
Load = Callable[[], Run | None]


def from_runs(book: PriceBook, on: date) -> None:
    """Choose a run, fill the calculator from it, and see what other choices would have saved."""
    runs = choices()
    if not runs:
        st.info(
            "There is no run yet. Ask something on the Compare page, on the simulated providers too, and come back.",
            icon=":material/lightbulb:",
        )
        return
    chosen = st.selectbox(
        "Run", list(runs), format_func=lambda run_id: runs[run_id][0], key="runs_choice"
    )
    run = runs[chosen][1]() if chosen in runs else None
    work = work_of(run) if run else []
    if run is None or not work:
        st.info("No answer of this run reported tokens.", icon=":material/lightbulb:")
        return
    if run.simulated:
        whose = "recorded" if run.recorded else "simulated"
        st.badge(f"{whose} tokens at real prices", icon=":material/science:", color="violet")
    _filling(work)
    _what_if(book, work, on)
    cost_and_time(tuple(runs), [runs[run_id][1] for run_id in runs])


def choices() -> dict[str, tuple[str, Load]]:
    """Id → name and how to get the run: the one this tab shows, then the history's newest."""
    found: dict[str, tuple[str, Load]] = {}
    live = looked_at(compose.PLACE)
    if live is not None and live.done:
        found[live.id] = ("The run on Compare", live.run)
    if not settings.keeps_history():
        return found
    # Here and not above: SQLAlchemy takes longer to import than the price table to open.
    from playground.history import get_store
    from playground.history.queries import Filter, find
    from playground.store.database import HistoryError

    try:
        store = get_store()
        for row in find(store, Filter(owner=keeping.visitor()), count=MOST).rows:
            name = f"{here.when(row.created_at)} · {row.kind} · {row.name[:60]}"
            found.setdefault(row.id, (name, partial(_stored, store, row.id)))
    except HistoryError as problem:
        st.caption(f"The history cannot be read, so only this tab's run is offered: {problem}")
    return found


def _stored(store: Any, run_id: str) -> Run | None:
    from playground.history.reading import read_run

    stored = read_run(store, run_id)
    return stored.run if stored else None


def work_of(run: Run) -> list[tuple[ModelRef, Shape]]:
    """Model and tokens of every answer that reported some."""
    return [(r.model, shape_of(r.usage)) for r in run.responses if _reported(r)]


def _reported(response: Response) -> bool:
    return response.usage.input_tokens is not None or response.usage.output_tokens is not None


def average(shapes: Sequence[Shape]) -> dict[str, int]:
    """The calculator's numbers for a request of this average shape."""
    many = len(shapes)

    def mean(name: str) -> int:
        return round(sum(int(getattr(shape, name)) for shape in shapes) / many)

    given = mean("input_tokens")
    return {
        "input": given,
        "cached": round(100 * mean("cache_read_input_tokens") / given) if given else 0,
        "written": round(100 * mean("cache_write_input_tokens") / given) if given else 0,
        "output": mean("output_tokens") - mean("reasoning_output_tokens"),
        "reasoning": mean("reasoning_output_tokens"),
        "images": 0,
        "searches": mean("searches"),
    }


def _filling(work: Work) -> None:
    models = list(dict.fromkeys(ref for ref, _ in work))
    with st.container(horizontal=True, vertical_alignment="bottom"):
        chosen = st.selectbox(
            "Fill the calculator with the average request of",
            [None, *models],
            format_func=lambda ref: "all models" if ref is None else str(ref),
            key="runs_model",
        )
        go = st.button("Fill the calculator", icon=":material/calculate:", key="runs_fill")
    if go:  # not in a callback, which would know what was chosen before
        _fill([(ref, shape) for ref, shape in work if chosen in (None, ref)])
        st.success("The calculator has these tokens now: open its tab.", icon=":material/check:")


def _fill(work: Work) -> None:
    for number, value in average([shape for _, shape in work]).items():
        st.session_state[names.calc(number)] = value
    st.session_state[names.CALC_MODELS] = list(dict.fromkeys(ref for ref, _ in work))


def _what_if(book: PriceBook, work: Work, on: date) -> None:
    st.header("What if", anchor=False)
    refs = [m.ref for m in catalog() if not m.retired()]
    with st.container(horizontal=True, vertical_alignment="bottom"):
        model = st.selectbox(
            "Another model",
            [None, *refs],
            format_func=lambda r: "the same models" if r is None else str(r),
            key="whatif_model",
        )
        cached = st.slider("Input from the cache, %", 0, 95, 50, 5, key="whatif_cached")
        batch = st.toggle("In batch", value=True, key="whatif_batch")
        times = number_field(
            "Times", "whatif_times", first=1_000, least=1, most=100_000_000, width=140
        )
    if times.value is None:
        return
    many = int(times.value)
    change = Change(model=model, cached=Decimal(cached) / 100 if cached else None, batch=batch)
    found = steps(book, work, change, on=on)
    if any(step.total is None for step in found):
        st.warning(
            "One of these models has no price: set one under Your own prices.",
            icon=":material/sell:",
        )
        return
    charts.draw(waterfall(found, many))
    st.markdown(_savings(found, many))


KINDS = {"total": BLUE, "saved": GREEN, "added": RED}


def waterfall(found: Sequence[Step], times: int) -> Picture:
    """Bars from what it was, down by each saving, to what is left."""
    values: list[dict[str, Any]] = []
    level = Decimal(0)
    for step in found:
        total = (step.total or Decimal(0)) * times
        start = Decimal(0) if step.saved is None else level
        kind = "total" if step.saved is None else "saved" if step.saved >= 0 else "added"
        values.append(_bar(step.name, start, total, kind))
        level = total
    values.append(_bar("left", Decimal(0), level, "total"))
    base = alt.Chart({"values": values}).encode(
        x=alt.X(
            "step:N",
            sort=[value["step"] for value in values],
            title=None,
            axis=alt.Axis(labelAngle=0, labelLimit=180, ticks=False),
        )
    )
    drawn = base.mark_bar(size=48, cornerRadius=2, aria=False).encode(
        y=alt.Y("from:Q", title=f"USD for {times:,} times", axis=charts.dollars()),
        y2="to:Q",
        color=charts.colored("kind", KINDS, values),
        tooltip=[alt.Tooltip("step:N"), alt.Tooltip("label:N", title="USD")],
    )
    texts = (
        base.mark_text(dy=-8, aria=False)
        .encode(y=alt.Y("top:Q"), text="label:N")
        .transform_calculate(top="max(datum.from, datum.to)")
    )
    told = " ".join(f"{value['step']}: {value['label']}." for value in values)
    chart = alt.layer(drawn, texts).properties(height=280)
    return Picture(chart, charts.shown(KINDS, values, "kind"), told)


def _bar(step: str, start: Decimal, end: Decimal, kind: str) -> dict[str, Any]:
    said = fmt.money(end - start)
    return {"step": step, "from": float(start), "to": float(end), "kind": kind, "label": said}


def _savings(found: Sequence[Step], times: int) -> str:
    lines = [f"| | {times:,} times | saved | to know |", "|:--|--:|--:|:--|"]
    first = found[0].total or Decimal(0)
    for step in found:
        total = (step.total or Decimal(0)) * times
        saved = "" if step.saved is None else fmt.money(step.saved * times)
        lines.append(f"| {step.name} | {fmt.money(total)} | {saved} | {step.note or ''} |")
    last = found[-1].total or Decimal(0)
    share = f"{1 - last / first:.0%}" if first else "0%"
    lines.append(f"| **saved in all** | | **{fmt.money((first - last) * times)}** | {share} |")
    return dollars("\n".join(lines))
