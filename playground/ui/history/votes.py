"""How often each model was best to you when you did not see its name."""

from __future__ import annotations

import streamlit as st

from playground.domain import ModelRef
from playground.history.votes import tally
from playground.store.store import Store
from playground.ui.session.keeping import visitor
from playground.ui.shell.pages import COMPARE


def votes(store: Store) -> None:
    """One row a model; simulated answers are counted apart."""
    rows = tally(store, owner=visitor())
    if not rows:
        st.info(
            "No votes yet. Switch **Blind** on in Compare: names are hidden until you have said which answer is best.",
            icon=":material/how_to_vote:",
        )
        st.page_link(COMPARE, label="Compare blind", icon=":material/compare_arrows:")
        return
    st.dataframe(
        {
            "Model": [row.model for row in rows],
            "Won": [row.won for row in rows],
            "Votes": [row.votes for row in rows],
            "Won, %": [100 * row.won / row.votes for row in rows],
            "Tie": [row.tied for row in rows],
            "None was good": [row.none for row in rows],
            "Answers": [ModelRef.parse(row.model).source(row.simulated) for row in rows],
        },
        column_config={
            "Won": st.column_config.NumberColumn(help="Votes that it won"),
            "Votes": st.column_config.NumberColumn(help="Votes on runs with an answer of it"),
            "Won, %": st.column_config.NumberColumn(format="%.0f %%"),
        },
        hide_index=True,
        alt="Votes by model",
    )
    st.caption(
        "From runs with names hidden. Few votes prove little, and simulated answers nothing."
    )
