"""The body of a request as text: changed by hand, and sent again letter by letter through the same door."""

from __future__ import annotations

import json
from collections.abc import Mapping

import streamlit as st

from playground.domain import Endpoint
from playground.domain.endpoint import bills
from playground.engine import Lane, LiveRun
from playground.lab.wire import edited, pretty
from playground.ui import names
from playground.ui.api_lab import asking
from playground.ui.api_lab.wire.place import LANE, PANEL, PLACE
from playground.ui.api_lab.wire.two import BEFORE
from playground.ui.session import once
from playground.ui.session.keeping import start
from playground.ui.session.looking import look_at


def again(run: LiveRun, lane: Lane, where: Mapping[str, Endpoint]) -> None:
    """The body in a box and the button that sends what is in it."""
    exchange = lane.response.exchange if lane.response else None
    if exchange is None or exchange.request_body is None:
        st.caption("Nothing was sent, so there is nothing to change.")
        return
    if lane.request.model.recorded:
        st.caption("A recorded answer was given to one request only: ask its model in Compare.")
        return
    text = st.text_area(
        "Body, sent letter by letter",
        pretty(exchange),
        key=f"lab_wire_body_{run.id}_{lane.index}",
        height=320,
        max_chars=asking.MOST_CHARACTERS,
        help="The SDK makes the address, the headers and the key; the body is this text and nothing else.",
    )
    problem = _problem(text or "")
    if problem:
        st.caption(f":material/warning: {problem}")
    request = edited(lane.request, text or "")
    if bills(request.model, where):
        st.caption("A real API answers and bills it.")
    pressed = once.button(
        "wire again",
        run,
        "Send this body",
        type="primary",
        icon=":material/send:",
        key=names.lab(PANEL, "again"),
        disabled=not (text or "").strip(),
    )
    if once.goes("wire again", run, pressed, request):
        started = start([request], where, kind=asking.KIND, context={BEFORE: [run.id, lane.index]})
        if started:
            st.query_params[LANE] = "0"
            look_at(PLACE, started)
            st.rerun()


def _problem(text: str) -> str:
    try:
        json.loads(text)
    except ValueError as error:
        return f"This is no JSON ({error}): it is sent all the same, and the API will say what it thinks of it."
    return ""
