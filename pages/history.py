"""History: every run, found again, compared, repeated, exported; what it cost; what may be spent."""

import streamlit as st

from playground.ui import budgets, history, history_costs, history_upkeep
from playground.ui.sidebar import sidebar

sidebar()
st.title("History", anchor=False)
st.caption(
    "Every run is kept on this computer, with its request, answers, figures and receipt. Keys never are."
)

store = history.opened()
if store is None:
    st.stop()

runs, costs, limits, keeping = st.tabs(
    ["Runs", "Costs", "Budgets", "Keeping"], key="history_tab", on_change="rerun"
)
if runs.open or costs.open:
    with runs if runs.open else costs:
        wanted = history.filters(store)
        if runs.open:
            history.listed(store, wanted)
        else:
            history_costs.costs(store, wanted)
if limits.open:
    with limits:
        budgets.budgets(store)
if keeping.open:
    with keeping:
        history_upkeep.upkeep(store)
