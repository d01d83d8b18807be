"""The wire inspector: one exchange as it was on the wire, played back, changed, sent again, compared with another."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from playground.domain import Endpoint, Request, lane_names
from playground.engine import Lane, LiveRun
from playground.ui import names
from playground.ui.api_lab import asking
from playground.ui.api_lab.wire import again, two
from playground.ui.api_lab.wire.place import LANE, PANEL, PLACE
from playground.ui.api_lab.wire.player import player
from playground.ui.api_lab.wire.waterfall import waterfall
from playground.ui.parts.head import head
from playground.ui.parts.views import headers, request
from playground.ui.session.looking import looked_at
from playground.ui.session.models import default_model

PLAY, SENT, CAME, AGAIN, TWO = "Play", "Request", "Headers", "Edit and send again", "Compare two"
VIEWS = (PLAY, SENT, CAME, AGAIN, TWO)


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
            "every byte of a call. Press **Send**: you will see the request that the SDK made, the headers that came back, and"
            " each event of the answer with its time. Runs of Compare have an **Inspect** link that opens them here.",
        )
    elif asking.ended(run, "lab_wire_live"):
        two.seen(run)
        lane = run.lanes[_lane(run)]
        if lane.response is not None:
            _inspect(run, lane, where)


def _inspect(run: LiveRun, lane: Lane, where: Mapping[str, Endpoint]) -> None:
    response, key = lane.response, f"{run.id}_{lane.index}"
    if response is None:
        return
    st.html(head(response))
    if response.failure:
        st.error(f"{response.failure.meaning} {response.failure.next_step}")
    waterfall(response)
    chosen = st.segmented_control(
        "View",
        VIEWS,
        default=PLAY,
        key=names.lab(PANEL, "view"),
        required=True,
        label_visibility="collapsed",
    )
    if chosen == PLAY:
        player(response, key)
    elif chosen == SENT:
        request(response)
        _letters(lane)
    elif chosen == CAME:
        headers(response)
    elif chosen == AGAIN:
        again.again(run, lane, where)
    else:
        two.two(run, lane)


def _letters(lane: Lane) -> None:
    """The body letter by letter, as it went over the wire."""
    exchange = lane.response.exchange if lane.response else None
    if exchange is None:
        return
    sent = exchange.sent_text
    if sent is None:
        st.caption("How this body was written was not recorded: the run is older than that.")
    elif sent:
        st.caption(f"Letter by letter, {len(sent.encode()):,} bytes")
        st.code(sent, language=None, wrap_lines=True)


def _lane(run: LiveRun) -> int:
    """The lane that the address names, or the first; where there are several, one can be chosen."""
    named = lane_names(lane.request.model for lane in run.lanes)
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
