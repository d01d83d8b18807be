"""History: every run, found again, compared, repeated, exported; what it cost; what may be spent."""

import streamlit as st

from playground.ui.history import budgets, costs, filters, runs, upkeep, votes
from playground.ui.session.keeping import opened
from playground.ui.session.top_bar import top_bar

top_bar()
st.title("History", anchor=False)

store = opened()
if store is None:
    budgets.without_history()
    st.stop()

st.caption(
    "Every run is kept on this computer, with its request, answers, figures and receipt. Keys never are."
)
tabs = st.tabs(
    ["Runs", "Costs", "Votes", "Budgets", "Storage"],
    key="history_tab",
    on_change="rerun",
    bind="query-params",
)
runs_tab, costs_tab, votes_tab, budgets_tab, storage_tab = tabs
if runs_tab.open or costs_tab.open:
    with runs_tab if runs_tab.open else costs_tab:
        wanted = filters.filters(store)
        if wanted and runs_tab.open:
            runs.listed(store, wanted)
        elif wanted:
            costs.costs(store, wanted)
if votes_tab.open:
    with votes_tab:
        votes.votes(store)
if budgets_tab.open:
    with budgets_tab:
        budgets.budgets(store)
if storage_tab.open:
    with storage_tab:
        upkeep.upkeep(store)
