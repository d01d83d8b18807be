"""The page that test_live_component.py opens: lanes that the test feeds through the app's own routes."""

import streamlit as st

from playground.ui.live import component
from tests.ui.live.live_app import stage

run = stage["run"]
st.session_state["draws"] = st.session_state.get("draws", 0) + 1
st.text(f"drawn {st.session_state['draws']} times")
with component.followed():
    if "each" in st.query_params:
        for lane in run.lanes:
            component.live_run(run, key=f"live_{lane.index}", lanes=[lane.index])
    else:
        notes = [("simulated", "simulated")] * 2
        component.live_run(run, key="live", titles=["First", "Second"], notes=notes)
