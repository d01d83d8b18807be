"""One experiment: how far it is, and what it found."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import streamlit as st

from playground import figures as fmt
from playground.domain import Endpoint
from playground.experiments import background, kept, results, sheets
from playground.experiments.kept import Experiment
from playground.experiments.results import Cause, Results
from playground.store.store import Store
from playground.ui.experiments import (
    actions,
    against,
    differences,
    failures,
    matrix,
    opened,
    overview,
    progress,
    voting,
)
from playground.ui.experiments.counting import counted
from playground.ui.parts.markdown import plain
from playground.ui.session import here

Version = tuple[Any, ...]
"""What its cells are now: figures of it are reckoned once."""


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
        plain(experiment.spec.description),
        f"{experiment.cells:,} cells",
        f"begun {here.when(experiment.created_at)}",
        f"{fmt.seconds(experiment.elapsed)} under way" if experiment.elapsed else "",
        ":violet[:material/science: simulated]: no model was asked, nothing was billed"
        if experiment.simulated
        else "",
    ]
    st.caption(" · ".join(filter(None, parts)))
    if experiment.alive or background.of(experiment.id):
        progress.under_way(store, experiment)
        return
    progress.stands_still(store, experiment, where)
    _results(store, experiment, where)


def _results(store: Store, experiment: Experiment, where: Mapping[str, Endpoint]) -> None:
    """What it found, a tab a question."""
    counts = kept.counts(store, experiment.seq)
    version = (experiment.id, experiment.elapsed, tuple(sorted(counts.items())))
    place = st.container()
    tabs = dict(
        zip(
            TABS,
            st.tabs(list(TABS), key="experiment_tab", on_change="rerun", bind="query-params"),
            strict=True,
        )
    )
    with next((tab for tab in tabs.values() if tab.open), place):
        found = counted(
            ("results", *version),
            lambda: results.results(store, experiment),
            meanwhile=lambda: (
                progress.so_far(sheets.partials(store, experiment))
                if tabs["Overview"].open
                else None
            ),
        )
    with place:
        actions.actions(store, experiment, found, where)
    for name, tab in tabs.items():
        if tab.open:
            with tab:
                TABS[name](store, experiment, found, version)


Drawn = Callable[[Store, Experiment, Results | None, Version], None]


def _overview(
    store: Store, experiment: Experiment, found: Results | None, version: Version
) -> None:
    if found is not None:
        overview.overview(store, found)


def _cases(store: Store, experiment: Experiment, found: Results | None, version: Version) -> None:
    matrix.matrix(store, experiment)


def _differences(
    store: Store, experiment: Experiment, found: Results | None, version: Version
) -> None:
    if found is not None:
        differences.differences(found.comparisons)


def _failures(
    store: Store, experiment: Experiment, found: Results | None, version: Version
) -> None:
    failures.failures(store, experiment, _causes(version, store, experiment))


@st.cache_resource(max_entries=8, show_spinner=False)
def _causes(version: Version, _store: Store, _experiment: Experiment) -> tuple[Cause, ...]:
    return results.causes(_store, _experiment)


def _against(store: Store, experiment: Experiment, found: Results | None, version: Version) -> None:
    against.against(store, experiment)


def _votes(store: Store, experiment: Experiment, found: Results | None, version: Version) -> None:
    voting.voting(store, experiment)


TABS: Mapping[str, Drawn] = {
    "Overview": _overview,
    "Cases": _cases,
    "Differences": _differences,
    "Failures": _failures,
    "Against an earlier one": _against,
    "Votes": _votes,
}
"""Each tab with what draws it."""
