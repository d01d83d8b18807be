"""Where the wire inspector looks at a run, and where its parts keep what they hold."""

from __future__ import annotations

import streamlit as st

from playground.engine import LiveRun
from playground.ui import names
from playground.ui.session import compose
from playground.ui.session.looking import Place

PANEL = "wire"
LANE = "lane"
"""The parameter of the address that says which lane of the run is inspected, from 0."""


def _fill(run: LiveRun) -> None:
    models = dict.fromkeys(str(lane.request.model.live) for lane in run.lanes)
    st.session_state[names.lab(PANEL, "prompt")] = compose.prompt_of(run.lanes[0].request)
    st.session_state[names.lab(PANEL, "models")] = list(models)[:4]


PLACE = Place("run", _fill, page=PANEL)
