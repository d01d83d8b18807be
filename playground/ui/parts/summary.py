"""Under the lanes: one table of all figures, where the time and the money went, what differs, downloads."""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from playground import figures as fmt
from playground.domain import Response, Run
from playground.export.document import Labelled
from playground.export.formats import FORMATS
from playground.figures.best import best
from playground.ui.parts import charts
from playground.ui.parts.differences import differences
from playground.ui.parts.markdown import dollars
from playground.ui.parts.receipt import measured
from playground.ui.parts.tables import COMPARED, figure_table

BEST = "Among the lanes with a whole answer, the least: " + ", ".join(
    f"{figure.label.lower()} ({figure.best})" for figure in COMPARED if figure.best
)


def marks(responses: Sequence[Response]) -> list[str]:
    """For each lane what it is best at among the lanes with a whole answer: only when there is something to compare."""
    words = {figure.name: figure.best for figure in COMPARED}
    return [" · ".join(words[name] for name in names) for names in best(responses)]


def figures(names: Sequence[str], responses: Sequence[Response]) -> None:
    """One sortable table of all figures."""
    figure_table(
        responses,
        COMPARED,
        before={"lane": list(names), "best at": marks(responses)},
        after={"state": [r.ending for r in responses]},
        config={
            "lane": st.column_config.TextColumn("Lane", pinned=True),
            "best at": st.column_config.TextColumn("Best at", help=BEST),
            "state": st.column_config.TextColumn("State"),
        },
        alt="All figures of all lanes",
    )
    for note in fmt.cost_notes(responses):
        st.caption(dollars(note))
    if any(response.source == "recorded" for response in responses):
        st.caption(
            "Recorded answers: tokens and cost are those of their day; the times are a replay's, the pace is ours."
        )


def pictures(names: Sequence[str], responses: Sequence[Response]) -> None:
    """Latency waterfall and cost chart, side by side where there is room."""
    with st.grid(columns=2, min_column_width=420) as grid:
        for title, picture, empty in (
            ("Where the time went", charts.waterfall(names, responses), "Nothing was timed."),
            ("Where the money went", charts.money(names, responses), "No lane has a price."),
        ):
            with grid.cell():
                st.header(title, anchor=False)
                if picture:
                    charts.draw(picture)
                else:
                    st.caption(empty)


def downloads(run: Run, labels: Mapping[str, Any] | None = None) -> None:
    """The run as a file, with what people have put on it, made when it is asked for."""
    with st.container(horizontal=True):
        for format_ in FORMATS.values():
            st.download_button(
                format_.label,
                functools.partial(format_.data, [Labelled(run, labels)]),
                file_name=f"compare-{run.created_at[:19].replace(':', '')}.{format_.ending}",
                mime=format_.media_type,
                icon=":material/download:",
                on_click="ignore",
                key=f"download_{format_.ending}",
            )


def summary(names: Sequence[str], run: Run, vote: Mapping[str, Any] | None = None) -> None:
    """Everything under the lanes; `vote` is what was voted while names were hidden."""
    figures(names, run.responses)
    measured(names, run.responses)
    pictures(names, run.responses)
    with st.expander(
        "What differs",
        icon=":material/difference:",
        expanded=False,
        on_change="rerun",
        key="diff_open",
    ) as box:
        if box.open:
            differences(names, run.responses, run.id)
    downloads(run, {"vote": vote} if vote else None)
