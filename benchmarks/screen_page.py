"""The page of `benchmarks/screen.py`: a button and four live lanes, laid out as Compare does."""

import streamlit as st

from benchmarks.synthetic import the_run
from playground.ui.live import component

st.set_page_config(layout="wide")
st.button("Run", on_click=the_run().start)
run = the_run().run
with st.grid(columns=4, min_column_width=component.NARROWEST, gap="small"):
    for lane in run.lanes:
        with st.container():
            component.live_run(run, key=f"live_{lane.index}", lanes=[lane.index])
