"""Tokens: the ruler. One text, cut, counted three times, measured in many languages."""

import streamlit as st

from playground.ui.session.top_bar import top_bar
from playground.ui.tokens import editor
from playground.ui.tokens.workbench import workbench

top_bar()
st.title("Tokens", anchor=False)
st.caption(
    "What models read and what you are billed for. A token is not the same length at every provider: see where one text"
    " is cut, and what each of them makes of it."
)
editor.opened()
workbench()
