"""What was spent: grouped by day, model, provider, tag or department, with totals that add up."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Sequence
from dataclasses import replace
from decimal import Decimal

import streamlit as st

from playground import figures as fmt
from playground.budgets.ledger import not_in_history
from playground.domain.model import STOOD_IN, Source
from playground.domain.nouns import digits
from playground.export.csv_table import SPREADSHEET, defused
from playground.figures.palette import BLUE
from playground.history.pivot import Sum, pivot
from playground.history.queries import Filter
from playground.store.store import Store
from playground.ui.parts import charts
from playground.ui.parts.charts import Picture
from playground.ui.parts.markdown import dollars
from playground.ui.parts.tables import worded

BY = {
    "day": "Day (UTC)",
    "month": "Month (UTC)",
    "model": "Model",
    "provider": "Provider",
    "tag": "Tag",
    "department": "Department or project",
}
INPUT, OUTPUT, COST = (
    figure.label for figure in fmt.named("input_tokens", "output_tokens", "cost")
)
UNBILLED: dict[Source | None, str] = {
    "simulated": ":violet[:material/science: Simulated]: what these tokens would have cost. Nothing was billed.",
    "recorded": ":violet[:material/voicemail: Recorded]: what these tokens cost on their day. Nothing was billed now.",
}
"""Who answered → what is said of sums that nobody paid."""
NOTHING = "No answer matches, so nothing was spent."
EMPTY = {"tag": "no tag", "department": "none"}
MOST_BARS = 60
HEADERS = (
    "group",
    "answers",
    "failed",
    "input_tokens",
    "output_tokens",
    "cost",
    "estimated",
    "without_cost",
    "stopped",
)


def costs(store: Store, wanted: Filter) -> None:
    """The pivot: what to group by, a chart, the table, its total."""
    elsewhere = not_in_history(store, wanted)
    by, wanted = _choice(store, wanted, elsewhere)
    rows = pivot(store, by, wanted)
    if wanted.source:
        elsewhere = None
    if rows and (said := UNBILLED.get(wanted.source)):
        st.caption(said)
    if rows:
        _totals(rows)
    else:
        nothing = "No answer in the history matches." if elsewhere else NOTHING
        st.info(nothing, icon=":material/savings:")
    if elsewhere:  # why the budgets count more than these sums
        said = f"Not in these sums: {fmt.money(elsewhere)} for answers of runs that were not kept or are deleted."
        st.caption(dollars(f"{said} The budgets count it."))
    if not rows:
        return
    charts.draw(chart(rows, by))
    _table(rows, by)
    st.download_button(
        "CSV",
        lambda: to_csv(rows, by).encode(SPREADSHEET, "replace"),
        "costs.csv",
        "text/csv",
        icon=":material/download:",
        on_click="ignore",
        key="costs_csv",
    )


def _choice(store: Store, wanted: Filter, elsewhere: Decimal | None) -> tuple[str, Filter]:
    """What to group by, and whose answers are summed up: what was billed, or what stood in for it."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        by = st.segmented_control(
            "Group by",
            list(BY),
            default="day",
            format_func=BY.__getitem__,
            key="costs_by",
            persist_state="session",
        )
        if wanted.source:
            return by or "day", wanted
        kinds = {"billed": replace(wanted, simulated=False)} | {
            source: replace(wanted, source=source) for source in STOOD_IN
        }
        found = [kind for kind, of in kinds.items() if pivot(store, "provider", of)]
        kind = st.segmented_control(
            "Answers",
            list(kinds),
            default="billed" if elsewhere else next(iter(found), "simulated"),
            key="costs_kind",
        )
    return by or "day", kinds[kind or "billed"]


def total(rows: Sequence[Sum]) -> Sum:
    """All rows in one."""
    return Sum(
        group="total",
        answers=sum(row.answers for row in rows),
        failed=sum(row.failed for row in rows),
        stopped=sum(row.stopped for row in rows),
        input_tokens=sum(row.input_tokens for row in rows),
        output_tokens=sum(row.output_tokens for row in rows),
        cost=sum((row.cost for row in rows), Decimal(0)),
        bounds=sum(row.bounds for row in rows),
        unpriced=sum(row.unpriced for row in rows),
    )


def _totals(rows: Sequence[Sum]) -> None:
    whole = total(rows)
    with st.container(horizontal=True):
        st.metric(COST, _cost(whole), width="content")
        st.metric("Answers", fmt.count(whole.answers), width="content")
        st.metric(INPUT, fmt.count(whole.input_tokens), width="content")
        st.metric(OUTPUT, fmt.count(whole.output_tokens), width="content")
    if whole.unpriced:
        st.caption(
            f"{whole.unpriced:,} answers have no known cost, so the sum is at least this much."
        )
    if whole.bounds:
        st.caption(
            f"{whole.bounds:,} costs are estimates or lower bounds of answers that broke off."
        )


def _cost(row: Sum) -> str:
    return fmt.total(row.cost, whole=not (row.unpriced or row.bounds))


def _label(row: Sum, by: str) -> str:
    return row.group or EMPTY.get(by, "unknown")


def _spoken(rows: Sequence[Sum], by: str) -> str:
    """The chart in words: what most was spent on, and how much."""
    most = max(rows, key=lambda row: row.cost)
    return f"Cost by {BY[by]}: {len(rows)} bars, the longest {_label(most, by)} with {_cost(most)}; all figures in the table below"


def chart(rows: Sequence[Sum], by: str) -> Picture:
    """Bars with their sums at the end: time from top to bottom, otherwise the dearest on top."""
    time = by in ("day", "month")
    shown = rows[-MOST_BARS:] if time else sorted(rows, key=lambda row: -row.cost)[:MOST_BARS]
    values = [
        {
            "group": _label(row, by),
            "usd": float(row.cost),
            "written": _cost(row),
            "answers": row.answers,
        }
        for row in shown
    ]
    made = charts.bars(
        values,
        [str(value["group"]) for value in values],
        charts.marked([_cost(row) for row in shown]),
        lane="group",
        x=charts.field("usd:Q", title=None, axis=charts.dollars()),
        color={"value": BLUE},
        tooltip=[
            charts.field("group:N", title=BY[by]),
            charts.field("written:N", title=COST),
            charts.field("answers:Q", format=",", title="Answers"),
        ],
    )
    return Picture(made, {}, _spoken(rows, by))


COUNTS: dict[str, Callable[[Sum], int]] = {
    "Answers": lambda row: row.answers,
    "Failed": lambda row: row.failed,
    "Stopped": lambda row: row.stopped,
    INPUT: lambda row: row.input_tokens,
    OUTPUT: lambda row: row.output_tokens,
    "Estimated": lambda row: row.bounds,
    "Without cost": lambda row: row.unpriced,
}
"""Column → what it counts; the cost stands behind the tokens."""


def _table(rows: Sequence[Sum], by: str) -> None:
    every = [*rows, total(rows)]
    names = list(COUNTS)
    names.insert(names.index(OUTPUT) + 1, COST)
    counts = {name: [count(row) for row in every] for name, count in COUNTS.items()}
    table = counts | {COST: [float(row.cost) for row in every]}
    st.dataframe(
        worded(
            {
                BY[by]: [*(_label(row, by) for row in rows), "total"],
                **{name: table[name] for name in names},
            },
            {COST: [_cost(row) for row in every]},
        ),
        column_config={
            name: st.column_config.NumberColumn(name, format="localized") for name in COUNTS
        },
        hide_index=True,
        alt=f"Cost and tokens by {BY[by].lower()}, the total in the last row",
    )


def to_csv(rows: Sequence[Sum], by: str) -> str:
    """The pivot for a spreadsheet, the total in its last row."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow((by, *HEADERS[1:]))
    for row in (*rows, total(rows)):
        figures = (
            row.answers,
            row.failed,
            row.input_tokens,
            row.output_tokens,
            digits(row.cost),
            row.bounds,
            row.unpriced,
            row.stopped,
        )
        writer.writerow((defused(row.group), *figures))
    return out.getvalue()
