"""Costs: the receipt before the bill."""

import streamlit as st

from playground.ui.costs.workbench import workbench
from playground.ui.session.top_bar import top_bar

top_bar()
st.title("Costs", anchor=False)
st.caption(
    "Every price with its source and date, and what your requests cost before you send them: long ones, cached ones,"
    " reasoning, batch and all."
)
workbench()
