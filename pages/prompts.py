"""Prompts: a library with versions and variables."""

import streamlit as st

from playground.ui import history, prompts
from playground.ui.sidebar import sidebar

sidebar()
st.title("Prompts", anchor=False)
st.caption(
    "Prompts worth keeping, with every version, and variables that are filled when they are used."
)

store = history.opened()
if store is not None:
    prompts.shelf(store)
