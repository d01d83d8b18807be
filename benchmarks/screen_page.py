"""The page of `benchmarks/screen.py`: a button and four live lanes."""

import streamlit as st

from benchmarks.synthetic import the_run
from playground.ui import stream

st.set_page_config(layout="wide")
st.button("Run", on_click=the_run().start)
stream.live_run(the_run().run, key="live", notes=["simulated"] * 4)
