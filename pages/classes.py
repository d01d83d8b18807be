"""Class: a key that stays on the server is spent by others, each within a budget, a list of models and an end."""

import streamlit as st

from playground.ui.classes.page import classes
from playground.ui.session.membership import take_code
from playground.ui.session.top_bar import top_bar

take_code()
top_bar()
st.title("Class", anchor=False)
st.caption(
    "Lend your key to a class or a team without giving it away: it stays in this server's memory and is spent only"
    " through it. Members join by a code; each has a budget, a list of models and an end."
)
classes()
