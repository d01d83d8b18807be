"""Errors: one fault at every door of every provider, the raw answer, what it means, what a chat product shows, and code that handles it."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from playground import figures as fmt
from playground.demo import faults
from playground.demo.process import get_demo
from playground.domain import Endpoint, Response
from playground.engine import LiveRun
from playground.lab import errors
from playground.lab.doors import label
from playground.ui import names
from playground.ui.api_lab import asking
from playground.ui.parts import ending
from playground.ui.parts.head import head
from playground.ui.parts.markdown import plain
from playground.ui.session.looking import Place, looked_at
from playground.ui.session.state import owner
from playground.ui.shell.pages import API_LAB

PANEL = "errors"
HEIGHT = 240


def _fill(run: LiveRun) -> None:
    fault = faults.split(run.lanes[0].request.model.model)[1]
    if fault in errors.catalog():
        st.session_state[names.lab(PANEL, "fault")] = fault


PLACE = Place("errors", _fill)


def view(where: Mapping[str, Endpoint]) -> None:
    """The whole panel."""
    run = looked_at(PLACE)
    st.session_state.setdefault(names.lab(PANEL, "fault"), "429")
    chosen = st.selectbox(
        "What goes wrong",
        list(errors.catalog()),
        format_func=lambda name: f"{errors.catalog()[name].title} (~{name})",
        key=names.lab(PANEL, "fault"),
    )
    fault = errors.catalog()[chosen]
    st.markdown(f"{fault.happens} **In a chat product, typically:** {fault.chat}")
    st.caption(":violet[:material/science: simulated]: the demo answers, whatever keys there are.")
    mark = (run.id if run else owner())[-6:]
    requests = errors.requests(errors.refs(), chosen, mark)
    asking.send(
        PLACE, run, requests, get_demo().endpoints(), label="Let it fail", key="lab_errors_send"
    )
    if run is None:
        asking.empty(
            PANEL,
            "how each door of each provider says no. Press **Let it fail**: one failure in each door's own words, what it means, and the"
            " code that handles it.",
        )
    elif asking.ended(run, "lab_errors_live"):
        _each(run, where)


def _each(run: LiveRun, where: Mapping[str, Endpoint]) -> None:
    with st.grid(columns=3, min_column_width=300, gap="small") as grid:
        for lane in run.lanes:
            fault = faults.split(lane.request.model.model)[1]
            if lane.response is None or fault is None or fault not in errors.catalog():
                continue
            with grid.cell(), st.container(border=True):
                st.subheader(label(lane.request.model), anchor=False)
                st.caption(plain(str(lane.request.model)))
                st.html(head(lane.response))
                _meaning(lane.response)
                with st.container(height=HEIGHT, border=False):
                    st.code(fmt.visible(errors.raw(lane.response)), language=None, wrap_lines=True)
                endpoint = where.get(lane.request.model.provider)
                if endpoint is not None:
                    with st.expander("Code that handles it", icon=":material/code:"):
                        st.code(errors.code(lane.request, fault, endpoint), language="python")
                st.page_link(
                    API_LAB,
                    label="Inspect",
                    icon=":material/network_check:",
                    query_params={"panel": "wire", "run": run.id, "lane": str(lane.index)},
                )


def _meaning(response: Response) -> None:
    """Our plain explanation, of a failure or of an end that is no whole answer."""
    failure = response.failure
    if failure is not None:
        said = (
            f"**{failure.word.capitalize()}.** {plain(failure.meaning)} {plain(failure.next_step)}"
        )
        wait = failure.retry_after
        st.markdown(said + (f" It asks to wait {fmt.seconds(wait)}." if wait else ""))
        return
    step = ending.next_step(response, "refused" if response.refusal else response.state)
    said = plain(step) if step else "This provider answers all the same."
    st.markdown(f"**{plain(ending.label(response))}.** {said}")
