"""The wire inspector: one exchange as it was on the wire, played back, changed, sent again."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from playground.domain import Endpoint, Request, lane_names
from playground.engine import LiveRun
from playground.ui import names
from playground.ui.api_lab import asking
from playground.ui.parts.head import head
from playground.ui.parts.views import VIEWS
from playground.ui.session import compose
from playground.ui.session.looking import Place, looked_at
from playground.ui.session.models import default_model

PANEL = "wire"
LANE = "lane"
"""The parameter of the address that says which lane of the run is inspected, from 0."""
SHOWN = ("Request", "Headers", "Events")


def _fill(run: LiveRun) -> None:
    request = run.lanes[0].request
    st.session_state[names.lab(PANEL, "prompt")] = compose.prompt_of(request)
    st.session_state[names.lab(PANEL, "models")] = [str(request.model)]


PLACE = Place("run", _fill, page=PANEL)


def view(where: Mapping[str, Endpoint]) -> None:
    """The whole panel."""
    run = looked_at(PLACE)
    prompt = asking.prompt_field(PANEL)
    models = asking.models_field(PANEL, where, most=4, default=[default_model()])
    requests = [Request.ask(ref, prompt) for ref in models] if prompt.strip() else []
    asking.send(PLACE, run, requests, where, key="lab_wire_send")
    if run is None:
        asking.empty(
            PANEL,
            "every byte of a call: press **Send** and look at the request that the SDK made, the headers that came back, and"
            " each event of the answer with its time.",
        )
    elif asking.ended(run, "lab_wire_live"):
        _inspect(run)


def _inspect(run: LiveRun) -> None:
    named = lane_names(lane.request.model for lane in run.lanes)
    lane = run.lanes[_lane(named)]
    if lane.response is None:
        return
    st.html(head(lane.response))
    for tab, name in zip(st.tabs(SHOWN, key="lab_wire_tab", on_change="rerun"), SHOWN, strict=True):
        if tab.open:
            with tab:
                VIEWS[name].draw(lane.request, lane.response, None, f"lab_wire_{run.id}")


def _lane(named: list[str]) -> int:
    """The lane that the address names, or the first; where there are several, one can be chosen."""
    said = st.query_params.get(LANE, "")
    index = int(said) if said.isdecimal() and int(said) < len(named) else 0
    if len(named) > 1:
        key = names.lab(PANEL, "lane")
        st.session_state[key] = index
        st.segmented_control(
            "Lane",
            range(len(named)),
            format_func=named.__getitem__,
            key=key,
            required=True,
            on_change=_choose_lane,
        )
    return index


def _choose_lane() -> None:
    st.query_params[LANE] = str(st.session_state[names.lab(PANEL, "lane")])
