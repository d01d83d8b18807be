"""Under the lanes: one table of all figures, where the time and the money went, what differs, downloads."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import Any

import streamlit as st

from playground.domain import Response, Run
from playground.export import to_csv, to_html, to_json, to_markdown
from playground.ui.parts import charts
from playground.ui.parts.words import word_diff

Column = Callable[[Response], Any]

COLUMNS: dict[str, tuple[str, Column, Any]] = {
    "cost": (
        "Cost",
        lambda r: float(r.cost.total) if r.cost else None,
        st.column_config.NumberColumn(
            "Cost", format="$%.6f", help="Each lane's receipt shows how it is computed"
        ),
    ),
    "time_to_first_text": (
        "First text",
        lambda r: r.timing.time_to_first_text,
        st.column_config.NumberColumn(
            "First text",
            format="%.2f s",
            help="From the request's head on the wire to the first text of the answer",
        ),
    ),
    "duration": (
        "Total",
        lambda r: r.timing.duration,
        st.column_config.NumberColumn(
            "Total", format="%.2f s", help="From the request's head on the wire to the end"
        ),
    ),
    "output_tokens_per_second": (
        "Tokens/s",
        lambda r: r.output_tokens_per_second,
        st.column_config.NumberColumn(
            "Tokens/s",
            format="%.0f",
            help="Visible output tokens ÷ time from first to last text; n/a when too short",
        ),
    ),
    "input_tokens": (
        "Input",
        lambda r: r.usage.input_tokens,
        st.column_config.NumberColumn(
            "Input", format="localized", help="All input tokens, cached ones included"
        ),
    ),
    "cache_read_input_tokens": (
        "Cached",
        lambda r: r.usage.cache_read_input_tokens,
        st.column_config.NumberColumn(
            "Cached", format="localized", help="Input tokens read from a cache, part of Input"
        ),
    ),
    "output_tokens": (
        "Output",
        lambda r: r.usage.output_tokens,
        st.column_config.NumberColumn(
            "Output", format="localized", help="All output tokens, reasoning included"
        ),
    ),
    "reasoning_output_tokens": (
        "Reasoning",
        lambda r: r.usage.reasoning_output_tokens,
        st.column_config.NumberColumn(
            "Reasoning", format="localized", help="Tokens spent on reasoning, part of Output"
        ),
    ),
}
"""Field → (heading, value of a Response, how the column is shown)."""
UNKNOWN = "not reported"
UNKNOWN_WIDTH = 98
"""Pixels."""


def marks(responses: Sequence[Response]) -> list[str]:
    """For each lane what it is best at among the lanes that answered: only when there is something to compare."""
    best: list[list[str]] = [[] for _ in responses]
    for title, field in (
        ("cheapest", "cost"),
        ("first", "time_to_first_text"),
        ("fastest", "duration"),
    ):
        values = {
            i: value
            for i, response in enumerate(responses)
            if response.ok and (value := COLUMNS[field][1](response)) is not None
        }
        if len(values) > 1:
            least = min(values.values())
            for i, value in values.items():
                if value == least:
                    best[i].append(title)
    return [" · ".join(words) for words in best]


def figures(names: Sequence[str], responses: Sequence[Response]) -> None:
    """One sortable table of all figures."""
    table: dict[str, list[Any]] = {"lane": list(names), "best at": marks(responses)}
    table |= {field: [value(r) for r in responses] for field, (_, value, _) in COLUMNS.items()}
    table["state"] = [r.failure.type.replace("_", " ") if r.failure else "done" for r in responses]
    st.dataframe(
        table,
        column_config={
            "lane": st.column_config.TextColumn("Lane", pinned=True),
            "best at": st.column_config.TextColumn(
                "Best at",
                help="Among the lanes that answered: lowest cost, shortest time to first text, shortest total time",
            ),
            **{field: _roomy(config, table[field]) for field, (_, _, config) in COLUMNS.items()},
            "state": st.column_config.TextColumn("State"),
        },
        hide_index=True,
        placeholder=UNKNOWN,
        alt="All figures of all lanes",
    )


def _roomy(config: Any, values: Sequence[Any]) -> Any:
    """The column, wide enough for the words where a figure is unknown: cut off at the left they say the opposite."""
    return {**config, "width": UNKNOWN_WIDTH} if None in values else config


def pictures(names: Sequence[str], responses: Sequence[Response]) -> None:
    """Latency waterfall and cost chart, side by side where there is room."""
    with st.grid(columns=2, min_column_width=420) as grid:
        with grid.cell():
            _picture(
                "Where the time went",
                charts.waterfall(names, responses),
                "Nothing was timed.",
                "Latency of each lane by phase on one time axis",
            )
        with grid.cell():
            _picture(
                "Where the money went",
                charts.money(names, responses),
                "No lane has a price.",
                "Cost of each lane by what it was paid for",
            )


def _picture(title: str, chart: Any, empty: str, alt: str) -> None:
    st.markdown(f"**{title}**")
    if chart is None:
        st.caption(empty)
    else:
        st.altair_chart(chart, alt=alt)


def differences(names: Sequence[str], responses: Sequence[Response]) -> None:
    """A word diff between any two answers."""
    answered = [i for i, response in enumerate(responses) if response.text]
    if len(answered) < 2:
        st.caption("Two answers are needed for a comparison.")
        return
    left, right = st.columns(2)
    a = left.selectbox("From", answered, format_func=names.__getitem__, key="diff_from")
    b = right.selectbox("To", answered, index=1, format_func=names.__getitem__, key="diff_to")
    if a == b:
        st.caption("Choose two different lanes.")
        return
    word_diff(responses[a].text, responses[b].text, left_name=names[a], right_name=names[b])


DOWNLOADS = (
    ("CSV", to_csv, "csv", "text/csv"),
    ("JSON", to_json, "json", "application/json"),
    ("Markdown", to_markdown, "md", "text/markdown"),
    ("HTML report", to_html, "html", "text/html"),
)


def downloads(run: Run) -> None:
    """The run as a file, made when it is asked for."""
    with st.container(horizontal=True):
        for label, make, suffix, mime in DOWNLOADS:
            st.download_button(
                label,
                functools.partial(make, run),
                file_name=f"compare-{run.created_at[:19].replace(':', '')}.{suffix}",
                mime=mime,
                icon=":material/download:",
                on_click="ignore",
                key=f"download_{suffix}",
            )


def summary(names: Sequence[str], run: Run) -> None:
    """Everything under the lanes."""
    figures(names, run.responses)
    pictures(names, run.responses)
    with st.expander(
        "What differs",
        icon=":material/difference:",
        expanded=False,
        on_change="rerun",
        key="diff_open",
    ) as box:
        if box.open:
            differences(names, run.responses)
    downloads(run)
