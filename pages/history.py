"""History: every run, found again, compared, repeated, exported; what it cost; what may be spent."""

import streamlit as st

from playground.ui.history import budgets, costs, runs, upkeep, votes
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
runs_tab, costs_tab, votes_tab, budgets_tab, keeping_tab = st.tabs(
    ["Runs", "Costs", "Votes", "Budgets", "Keeping"], key="history_tab", on_change="rerun"
)
if runs_tab.open or costs_tab.open:
    with runs_tab if runs_tab.open else costs_tab:
        wanted = runs.filters(store)
        if runs_tab.open:
            runs.listed(store, wanted)
        else:
            costs.costs(store, wanted)
if votes_tab.open:
    with votes_tab:
        votes.votes(store)
if budgets_tab.open:
    with budgets_tab:
        budgets.budgets(store)
if keeping_tab.open:
    with keeping_tab:
        upkeep.upkeep(store)
