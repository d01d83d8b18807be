"""The matrix: a row a case, a column a model; each field opens its calls, and each call its run."""

from __future__ import annotations

from typing import Any

import streamlit as st

from playground import figures as fmt
from playground.experiments import sheets
from playground.experiments.cells import prompt_names
from playground.experiments.jobs import Jobs
from playground.experiments.kept import Experiment
from playground.experiments.sheets import Field, Line, Only
from playground.experiments.spec import Case
from playground.store.packing import usd
from playground.store.store import Store
from playground.ui import names
from playground.ui.parts.markdown import plain
from playground.ui.shell.pages import path

ONLY: tuple[Only, ...] = ("all", "not passed", "failed", "models differ")
LONGEST = 80


def matrix(store: Store, experiment: Experiment) -> None:
    """One screen of it, and the field that was chosen."""
    only = st.segmented_control(
        "Cases", ONLY, default="all", required=True, key="experiment_only", bind="query-params"
    )
    page = st.session_state.get(names.EXPERIMENT_PAGE, 1)
    lines, total = sheets.matrix(store, experiment.seq, only=only, page=page)
    if page > 1 and not lines:
        st.session_state[names.EXPERIMENT_PAGE] = 1
        lines, total = sheets.matrix(store, experiment.seq, only=only)
    if not lines:
        st.info("No case is like that.", icon=":material/filter_alt_off:")
        return
    models = Jobs(experiment.spec).names
    st.caption("Passed of asked, over the repeats. Choose a field to see its calls.")
    table: dict[str, list[str]] = {"Case": [_case(experiment, line) for line in lines]}
    table |= {name: [_field(line.fields.get(name)) for line in lines] for name in models}
    held: Any = st.dataframe(
        table,
        hide_index=True,
        on_select="rerun",
        selection_mode="single-cell",
        column_config={"Case": st.column_config.TextColumn(width=300)},
        key=f"experiment_matrix_{experiment.id}_{only}_{page}",
        alt="Cases by models: how many repeats passed",
    )
    if total > sheets.PAGE:
        st.pagination(-(-total // sheets.PAGE), key=names.EXPERIMENT_PAGE)
    for number, column in held["selection"]["cells"]:
        if column in models:
            _calls(store, experiment, lines[number], column)


def _case(experiment: Experiment, line: Line) -> str:
    case = experiment.spec.cases[line.case]
    assert isinstance(case, Case)  # noqa: S101 - a pinned spec holds no files
    told = case.description or " · ".join(str(value) for value in case.vars.values())
    prompts = experiment.spec.prompts
    name = f"{prompt_names(prompts)[line.prompt]}: " if len(prompts) > 1 else ""
    told = fmt.visible(f"{name}{told or f'case {line.case + 1}'}")
    return told if len(told) <= LONGEST else f"{told[:LONGEST]}…"


def _field(field: Field | None) -> str:
    if field is None:
        return "–"
    if not field.asked:
        return "waits"
    sign = "✓" if field.passed == field.asked else "✗" if not field.passed else "≈"
    failed = f", {field.failures} failed" if field.failures else ""
    return f"{sign} {field.passed} of {field.asked}{failed}"


def _calls(store: Store, experiment: Experiment, line: Line, model: str) -> None:
    """The calls of one field."""
    st.subheader(f"{plain(model)} · {plain(_case(experiment, line))}", anchor=False)
    for row in sheets.repeats(store, experiment.seq, line.prompt, line.case, model):
        with st.container(border=True):
            _call(row)


def _call(row: Any) -> None:
    verdict = {True: ":green[:material/check: passed]", False: ":red[:material/close: not passed]"}
    cost = fmt.total(usd(row.cost) if row.cost is not None else None, whole=not row.bound)
    st.markdown(
        f"Repeat {row.repeat + 1} · {verdict.get(row.passed, row.state)} · first text"
        f" {fmt.seconds(row.time_to_first_text)} · {fmt.seconds(row.duration)} · {cost}".replace(
            "$", r"\$"
        )
    )
    for why in (row.message, row.error, row.reason if row.passed is False else None):
        if why:
            st.caption(plain(why))
    if row.text:
        st.code(fmt.visible(row.text), language=None, wrap_lines=True)
    if row.run_id:
        st.page_link(
            path("history.py"),
            label="Open the run",
            icon=":material/history:",
            query_params={"open": row.run_id},
        )
    elif row.state != "waiting":
        st.caption("Its exchange was not kept: `exchanges: all` in the spec keeps every one.")
