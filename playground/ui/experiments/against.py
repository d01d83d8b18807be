"""This experiment against an earlier one: what the providers say has changed, what has shifted, which cases are lost."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from playground.experiments import sheets
from playground.experiments.between import Between, between
from playground.experiments.kept import Experiment
from playground.experiments.regressions import Regression, regressions
from playground.experiments.sheets import Listed
from playground.store.store import Store
from playground.ui import names
from playground.ui.experiments import opened
from playground.ui.experiments.counting import counted
from playground.ui.experiments.differences import way
from playground.ui.experiments.matrix import case_name
from playground.ui.experiments.words import LABELS, span
from playground.ui.parts.markdown import dollars, plain
from playground.ui.session import here

MOST = 100
"""Cases that are listed."""


def against(store: Store, experiment: Experiment) -> None:
    """Choose which one, and see what is different."""
    rows = sheets.listed(store, owner=opened.only())
    others = {row.id: row for row in rows if row.id != experiment.id and row.ended}
    if not others:
        st.info(
            "There is no other experiment with answers. Run this one again, with another prompt or on another day, and what"
            " is worse stands here.",
            icon=":material/history:",
        )
        return
    same = next((row.id for row in others.values() if row.digest == experiment.digest), None)
    chosen = st.selectbox(
        "Compare with",
        list(others),
        index=list(others).index(same) if same else None,
        format_func=lambda id: _told(others[id], experiment),
        key=names.EXPERIMENT_BEFORE,
        placeholder="none chosen",
    )
    before = opened.find(store, chosen) if chosen else None
    if before is None:
        return
    version = (experiment.id, experiment.elapsed, before.id, before.elapsed)
    made = counted(("against", *version), lambda: _both(store, experiment, before))
    if made is not None:
        _changes(made[0])
        _cases(experiment, made[1])


def _told(row: Listed, experiment: Experiment) -> str:
    same = " · the same spec" if row.digest == experiment.digest else ""
    return f"{row.name} · {here.when(row.created_at)}{same}"


def _both(store: Store, now: Experiment, before: Experiment) -> tuple[Between, list[Regression]]:
    return between(store, now, before), regressions(store, now, before)


def _changes(found: Between) -> None:
    """Of whole models, with tests."""
    if not found.made:
        st.info("They have no model in common that could be compared.", icon=":material/info:")
        return
    worse = found.worse
    if worse:
        st.error(
            f"Worse than before, beyond chance: {len(worse)}.", icon=":material/trending_down:"
        )
    else:
        st.success("No figure of a model is worse beyond chance.", icon=":material/check:")
    for line in _remarks(found):
        st.caption(f":material/info: {line}")
    for said in found.said:
        now, was = (", ".join(each) or "not told" for each in (said.before, said.now))
        what = said.what.replace("_", " ")
        st.markdown(f"- **{plain(said.model)}**: its {what} was {plain(was)} and is {plain(now)}.")
    for model, c in (*worse, *(one for one in found.made if one not in worse)):
        if c.significant:
            sign = ":red[:material/trending_down:] " if (model, c) in worse else ""
            told = f"{LABELS[c.metric]} {way(c)}; 95 %: {span(c.interval, c.metric)}"
            st.markdown(dollars(f"- {sign}**{plain(model)}**: {told}."))


def _remarks(found: Between) -> list[str]:
    """What a reader must know before believing that something has changed."""
    said = [] if found.same_spec else ["They have different specs; what is asked alike is paired."]
    if not found.same_checks:
        said.append("They judge by different checks: pass rates differ by that too.")
    for mine, when in ((found.a, "now"), (found.b, "before")):
        if only := found.only_in(mine):
            said.append(f"Only {when}: {plain(', '.join(only))}.")
    return said


def _cases(experiment: Experiment, found: Sequence[Regression]) -> None:
    """Single cases, which may be chance."""
    st.subheader("Cases of which fewer answers pass", anchor=False)
    if not found:
        st.caption("None.")
        return
    st.caption(
        f"{len(found):,}{f', the first {MOST}' if len(found) > MOST else ''}. One case alone may be chance."
    )
    shown = found[:MOST]
    st.dataframe(
        {
            "Case": [case_name(experiment, one.prompt, one.case) for one in shown],
            "Model": [one.model for one in shown],
            "Before": ["{} of {}".format(*one.before) for one in shown],
            "Now": ["{} of {}".format(*one.now) for one in shown],
        },
        hide_index=True,
        alt="Cases of which fewer answers pass than before",
    )
