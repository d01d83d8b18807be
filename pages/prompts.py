"""Prompts: a library with versions and variables."""

import streamlit as st

from playground.ui.prompts.shelf import shelf
from playground.ui.session.keeping import opened
from playground.ui.session.top_bar import top_bar

top_bar()
st.title("Prompts", anchor=False)
st.caption(
    "Prompts worth keeping, with every version, and variables that are filled when they are used."
)

store = opened()
if store is not None:
    shelf(store)
