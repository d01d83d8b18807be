"""Why calls failed and answers did not pass, grouped by cause, each with one to look at."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from playground.experiments import sheets
from playground.experiments.kept import Experiment
from playground.experiments.results import Cause
from playground.store.store import Store
from playground.ui.experiments import matrix
from playground.ui.parts.markdown import plain

MOST_SHOWN = 30


def failures(store: Store, experiment: Experiment, causes: Sequence[Cause]) -> None:
    """The most frequent cause first; each cell counts once."""
    if not causes:
        st.success("Every call was answered, and every answer passed.", icon=":material/check:")
    for number, cause in enumerate(causes[:MOST_SHOWN]):
        with st.expander(
            f"**{plain(cause.cause[:1].upper() + cause.cause[1:])}** · {cause.count:,}"
            f" {'cell' if cause.count == 1 else 'cells'}",
            key=f"experiment_cause_{number}",
            on_change="rerun",
        ) as box:
            if not box.open:
                continue
            st.caption(
                " · ".join(f"{plain(model)}: {count:,}" for model, count in cause.models.items())
            )
            if cause.example:
                st.markdown(f"For example: {plain(cause.example)}")
            if place := sheets.place(store, experiment.seq, cause.cell):
                matrix.calls(store, experiment, *place)
    if len(causes) > MOST_SHOWN:
        st.caption(f"{len(causes) - MOST_SHOWN:,} rarer causes.")
