"""The experiments of before, each a row that opens it."""

from __future__ import annotations

import streamlit as st

from playground import figures as fmt
from playground.experiments import sheets
from playground.store.store import Store
from playground.ui.experiments import opened
from playground.ui.parts.markdown import plain
from playground.ui.session import here

SHOWN = 20


def past(store: Store) -> None:
    """The newest first; what an experiment is where there is none yet."""
    rows = sheets.listed(store, owner=opened.only())
    if not rows:
        st.info(
            "One answer proves nothing. An experiment asks every prompt with every case at every model, several times, judges"
            " each answer by checks, and says which differences are real. The sample above runs with one press: no key, nothing"
            " billed. On the terminal: `playground experiment`.",
            icon=":material/labs:",
        )
        return
    st.subheader("Experiments so far", anchor=False)
    for row in rows[:SHOWN]:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.button(
                plain(row.name) or row.id,
                key=f"experiment_open_{row.id}",
                icon=":material/open_in_new:",
                on_click=opened.show,
                args=(row.id,),
            )
            st.caption(
                f"{here.when(row.created_at)} · {row.state} · {row.ended:,} of {row.cells:,} cells"
                f"{f' · {row.failed:,} failed' if row.failed else ''} · {fmt.seconds(row.elapsed)}"
                f"{' · :violet[:material/science: simulated]' if row.simulated else ''}"
            )
    if len(rows) > SHOWN:
        st.caption(f"{len(rows) - SHOWN:,} older ones: `playground experiment list`.")
