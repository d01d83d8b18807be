"""One experiment: how far it is, and what it found."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from playground import figures as fmt
from playground import settings
from playground.domain import Endpoint
from playground.experiments import background, kept, results, sheets
from playground.experiments.earlier import changes, worse
from playground.experiments.kept import Experiment
from playground.experiments.results import Cause, Results
from playground.store.store import Store
from playground.ui.experiments import matrix, opened, overview, progress
from playground.ui.parts.markdown import plain
from playground.ui.session import here

TABS = ["Overview", "Cases", "Differences", "Failures", "Against an earlier one"]


def shown(store: Store, experiment: Experiment, where: Mapping[str, Endpoint]) -> None:
    """All of it; while it runs only what changes by the second."""
    st.button(
        "All experiments",
        icon=":material/arrow_back:",
        type="tertiary",
        key="experiment_all",
        on_click=opened.show,
        args=("",),
    )
    st.header(plain(experiment.name), anchor=False)
    parts = [
        f"{experiment.cells:,} cells",
        f"begun {here.when(experiment.created_at)}",
        f"{fmt.seconds(experiment.elapsed)} under way" if experiment.elapsed else "",
        ":violet[:material/science: simulated]" if experiment.simulated else "",
    ]
    st.caption(" · ".join(filter(None, parts)))
    if experiment.alive or background.of(experiment.id):
        progress.under_way(store, experiment)
        return
    progress.stands_still(store, experiment, where)
    _tabs(store, experiment)


def _tabs(store: Store, experiment: Experiment) -> None:
    counts = kept.counts(store, experiment.seq)
    version = (experiment.elapsed, tuple(sorted(counts.items())))
    tabs = st.tabs(TABS, key="experiment_tab", on_change="rerun", bind="query-params")
    of_overview, cases, differences, failures, before = tabs
    if of_overview.open:
        with of_overview:
            overview.overview(store, _results(experiment.id, version, store, experiment))
    if cases.open:
        with cases:
            matrix.matrix(store, experiment)
    if differences.open:
        with differences:
            found = _results(experiment.id, version, store, experiment)
            overview.differences(found.comparisons)
    if failures.open:
        with failures:
            _failures(_causes(experiment.id, version, store, experiment))
    if before.open:
        with before:
            _against(store, experiment)


@st.cache_resource(max_entries=8, show_spinner="Counting …")
def _results(id: str, version: Any, _store: Store, _experiment: Experiment) -> Results:
    """Computed once for what its cells are now."""
    return results.results(_store, _experiment)


@st.cache_resource(max_entries=8, show_spinner=False)
def _causes(id: str, version: Any, _store: Store, _experiment: Experiment) -> tuple[Cause, ...]:
    return results.causes(_store, _experiment)


def _failures(causes: tuple[Cause, ...]) -> None:
    if not causes:
        st.success("Every call was answered, and every answer passed.", icon=":material/check:")
    for cause in causes:
        with st.container(border=True):
            st.markdown(f"**{plain(cause.cause).capitalize()}** · {cause.count:,} cells")
            st.caption(
                " · ".join(f"{plain(model)} {count:,}" for model, count in cause.models.items())
            )
            if cause.example:
                st.markdown(f"For example: {plain(cause.example)}")


def _against(store: Store, experiment: Experiment) -> None:
    rows = sheets.listed(store, owner=opened.whose() if settings.hosted() else None)
    others = {row.id: row for row in rows if row.id != experiment.id and row.ended}
    if not others:
        st.info("There is no other experiment with answers.", icon=":material/history:")
        return
    same = next((row.id for row in others.values() if row.digest == experiment.digest), None)
    chosen = st.selectbox(
        "Compare with",
        list(others),
        index=list(others).index(same) if same else None,
        format_func=lambda id: (
            f"{others[id].name} · {here.when(others[id].created_at)}"
            f"{' · the same spec' if others[id].digest == experiment.digest else ''}"
        ),
        key="experiment_before",
        placeholder="none chosen",
    )
    before = kept.find(store, chosen, owner=None) if chosen else None
    if before is None:
        return
    found = changes(store, experiment, before)
    bad = [c for c in found if worse(c)]
    if not found:
        st.info("They have no model in common.", icon=":material/info:")
    elif bad:
        st.error(f"Worse than before, surely: {len(bad)}", icon=":material/trending_down:")
    else:
        st.success("Nothing is surely worse than before.", icon=":material/check:")
    for c in sorted(found, key=lambda c: (not worse(c), not c.significant)):
        st.markdown(f"- {overview.sentence(c)}".replace("$", r"\$"))
