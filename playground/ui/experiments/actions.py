"""What can be done with an experiment that stands still: run it again, change it, take it along, delete it."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from functools import partial
from typing import NamedTuple

import streamlit as st

from playground.domain import Endpoint
from playground.experiments import files, kept
from playground.experiments.documents import document
from playground.experiments.kept import Experiment
from playground.experiments.results import Results
from playground.experiments.writing import yaml_text
from playground.store.store import Store
from playground.ui import names
from playground.ui.experiments import opened, starting
from playground.ui.session import once


class Format(NamedTuple):
    """One way to take the results along."""

    label: str
    ending: str
    mime: str
    make: Callable[[Store, Results], str]


FORMATS = (
    Format("Report (HTML)", "html", "text/html", files.html_report),
    Format(
        "Figures (JSON)",
        "json",
        "application/json",
        lambda store, found: json.dumps(document(found), indent=2, ensure_ascii=False, default=str),
    ),
    Format("Tests (JUnit)", "xml", "application/xml", files.junit),
)


def actions(
    store: Store,
    experiment: Experiment,
    found: Results | None,
    where: Mapping[str, Endpoint],
) -> None:
    """One row of buttons; files once the results are reckoned."""
    with st.container(horizontal=True, vertical_alignment="center"):
        if not starting.unknown(experiment.spec, where):
            pressed = once.button(
                starting.PLACE,
                None,
                "Run again",
                icon=":material/replay:",
                key="experiment_again",
            )
            starting.begin(store, experiment.spec, where, pressed=pressed)
        st.button(
            "Change the spec",
            icon=":material/edit:",
            key="experiment_edit",
            on_click=_edit,
            args=(experiment,),
        )
        if found is not None:
            _download(store, found)
        with st.popover("Delete", icon=":material/delete:", type="tertiary", key="experiment_bin"):
            st.markdown("The experiment with its cells and votes. Its runs stay in the history.")
            st.button(
                "Delete it",
                icon=":material/delete:",
                key="experiment_delete",
                on_click=_delete,
                args=(store, experiment),
            )


def _download(store: Store, found: Results) -> None:
    with st.popover(
        "Take it along", icon=":material/download:", key="experiment_files_open", on_change="rerun"
    ) as box:
        if not box.open:
            return
        for row in FORMATS:
            st.download_button(
                row.label,
                data=partial(row.make, store, found),
                file_name=f"experiment-{found.experiment.id}.{row.ending}",
                mime=row.mime,
                on_click="ignore",
                key=f"experiment_as_{row.ending}",
            )


def _edit(experiment: Experiment) -> None:
    """Into the editor as it was pinned: what it read from files stands in it."""
    spec = experiment.spec.model_dump(mode="json", exclude_unset=True)
    st.session_state[names.EXPERIMENT_SPEC] = yaml_text(
        spec, f"The spec of experiment {experiment.id}."
    )
    st.session_state.pop(names.EXPERIMENT_IMPORTED, None)
    opened.show("")


def _delete(store: Store, experiment: Experiment) -> None:
    kept.delete(store, experiment.seq)
    opened.show("")
