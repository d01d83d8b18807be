"""The matrix: a row a case, a column a model; each field opens its calls, and each call its run."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import streamlit as st

from playground import figures as fmt
from playground.experiments import kept, sheets
from playground.experiments.cells import prompt_names
from playground.experiments.jobs import Jobs
from playground.experiments.kept import Experiment
from playground.experiments.sheets import Field, Line, Only
from playground.experiments.spec import Case
from playground.store.packing import usd
from playground.store.store import Store
from playground.ui import names
from playground.ui.parts.markdown import dollars, plain
from playground.ui.parts.tables import ROW
from playground.ui.shell.pages import path

ONLY: tuple[Only, ...] = ("all", "not passed", "failed", "models differ")
LONGEST = 80
PASSED, SOME, NONE = "rgb(11 143 61 / 18%)", "rgb(204 127 0 / 18%)", "rgb(184 54 3 / 18%)"
"""The paper of a field, thin enough for the letters of both themes."""


def matrix(store: Store, experiment: Experiment) -> None:
    """One screen of it, and the field that was chosen."""
    only: Only = st.segmented_control(
        "Cases",
        ONLY,
        default="all",
        required=True,
        key=names.EXPERIMENT_ONLY,
        bind="query-params",
        label_visibility="collapsed",
    )
    page = st.session_state.get(names.EXPERIMENT_PAGE, 1)
    lines, total = sheets.matrix(store, experiment.seq, only=only, page=page)
    if page > 1 and not lines:
        st.session_state[names.EXPERIMENT_PAGE] = page = 1
        lines, total = sheets.matrix(store, experiment.seq, only=only)
    if not lines:
        st.info("No case is like that.", icon=":material/filter_alt_off:")
        return
    st.caption(
        f"{total:,} rows: a case of a prompt each. ✓ all repeats passed, ≈ some, ✗ none. Choose a field to see its calls."
    )
    models = Jobs(experiment.spec).names
    held: Any = st.dataframe(
        _table(experiment, lines, models),
        hide_index=True,
        height=ROW * (len(lines) + 1) + 2,
        on_select="rerun",
        selection_mode="single-cell",
        column_config={"Case": st.column_config.TextColumn(width="medium")},
        key=f"experiment_matrix_{experiment.id}_{only}_{page}",
        alt="Cases by models: how many repeats passed",
    )
    if total > sheets.PAGE:
        st.pagination(-(-total // sheets.PAGE), key=names.EXPERIMENT_PAGE)
    for number, column in held["selection"]["cells"]:
        if column in models and number < len(lines):
            calls(store, experiment, lines[number].prompt, lines[number].case, column)


def _table(experiment: Experiment, lines: Sequence[Line], models: Sequence[str]) -> Any:
    import pandas as pd  # type: ignore[import-untyped]

    table = {"Case": [case_name(experiment, line.prompt, line.case) for line in lines]}
    table |= {name: [_field(line.fields.get(name)) for line in lines] for name in models}
    papers = {
        name: [f"background-color: {_paper(line.fields.get(name))}" for line in lines]
        for name in models
    }
    styled = pd.DataFrame(table).style
    for name in models:
        styled.apply(lambda column: papers[column.name], subset=[name])
    return styled


def case_name(experiment: Experiment, prompt: int, case: int) -> str:
    """What a row is called: the prompt where there are several, and the case's words."""
    found = experiment.spec.cases[case]
    assert isinstance(found, Case)  # noqa: S101 - a pinned spec holds no files
    told = found.description or " · ".join(str(value) for value in found.vars.values())
    prompts = experiment.spec.prompts
    name = f"{prompt_names(prompts)[prompt]}: " if len(prompts) > 1 else ""
    told = fmt.visible(f"{name}{told or f'case {case + 1}'}")
    return told if len(told) <= LONGEST else f"{told[:LONGEST]}…"


def _field(field: Field | None) -> str:
    if field is None:
        return "–"
    if not field.asked:
        return "waits"
    sign = "✓" if field.passed == field.asked else "≈" if field.passed else "✗"
    failed = f", {field.failures} failed" if field.failures else ""
    return f"{sign} {field.passed} of {field.asked}{failed}"


def _paper(field: Field | None) -> str:
    if field is None or not field.asked:
        return "transparent"
    return PASSED if field.passed == field.asked else SOME if field.passed else NONE


def calls(store: Store, experiment: Experiment, prompt: int, case: int, model: str) -> None:
    """The calls of one field."""
    st.subheader(f"{plain(model)} · {plain(case_name(experiment, prompt, case))}", anchor=False)
    for row in sheets.repeats(store, experiment.seq, prompt, case, model):
        with st.container(border=True):
            _call(row)


def _call(row: Any) -> None:
    verdict = {True: ":green[:material/check: passed]", False: ":red[:material/close: not passed]"}
    cost = fmt.total(usd(row.cost) if row.cost is not None else None, whole=not row.bound)
    st.markdown(
        dollars(
            f"Repeat {row.repeat + 1} · {verdict.get(row.passed, row.state)} · first text"
            f" {fmt.seconds(row.time_to_first_text)} · {fmt.seconds(row.duration)} · {cost}"
        )
    )
    for why in (row.message, row.error, row.reason if row.passed is False else None):
        if why:
            st.caption(plain(why))
    if row.text:
        cut = len(row.text) >= kept.TEXT_KEPT
        st.code(fmt.visible(f"{row.text}{'…' if cut else ''}"), language=None, wrap_lines=True)
    if row.run_id:
        st.page_link(
            path("history.py"),
            label="Open the run",
            icon=":material/history:",
            query_params={"open": row.run_id},
        )
    elif row.state != "waiting":
        st.caption("Its exchange was not kept: `exchanges: all` in the spec keeps every one.")
