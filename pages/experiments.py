"""Experiments: prompts × cases × models × repeats, judged by checks, with numbers that hold."""

import streamlit as st

from playground.ui.experiments import editor, opened, past, shown
from playground.ui.session.keeping import opened as history
from playground.ui.session.rooms import asked_in
from playground.ui.session.top_bar import top_bar

top_bar()
st.title("Experiments", anchor=False)

store = history()
if store is None:
    st.stop()

experiment = opened.chosen(store)
if experiment is not None:
    shown.shown(store, experiment, asked_in("experiments"))
else:
    st.caption(
        "Which model, which prompt? Every prompt with every case at every model, several times; differences are said to be"
        " real only when they are."
    )
    editor.editor(store, asked_in("experiments"))
    past.past(store)
