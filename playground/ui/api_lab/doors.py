"""Doors: one prompt through every door, side by side, and what each door can't do."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence

import streamlit as st

from playground import catalog
from playground import figures as fmt
from playground.domain import Endpoint, Response
from playground.engine import LiveRun
from playground.lab import doors
from playground.ui import names
from playground.ui.api_lab import asking
from playground.ui.parts.markdown import code, plain
from playground.ui.parts.views import pretty
from playground.ui.session import compose
from playground.ui.session.looking import Place, looked_at
from playground.ui.shell.pages import API_LAB

PANEL = "doors"
COLUMNS = 3
HEIGHT = 320
EFFECTS = {
    "refused": ":red[refused]",
    "ignored": ":orange[ignored]",
    "missing": "missing",
    "other": "otherwise",
}


def _fill(run: LiveRun) -> None:
    models = dict.fromkeys(
        str(catalog.describe(lane.request.model).ref)
        for lane in run.lanes
        if catalog.find(lane.request.model)
    )
    st.session_state[names.lab(PANEL, "prompt")] = compose.prompt_of(run.lanes[0].request)
    st.session_state[names.lab(PANEL, "models")] = list(models)
    st.session_state[names.lab(PANEL, "function")] = bool(run.lanes[0].request.tools)


PLACE = Place("doors", _fill)


def view(where: Mapping[str, Endpoint]) -> None:
    """The whole panel."""
    run = looked_at(PLACE)
    prompt = asking.prompt_field(PANEL, "What is the weather in Lisbon? Answer in two sentences.")
    models = asking.models_field(PANEL, where, most=3, default=catalog.defaults())
    function = st.toggle(
        "Offer a function",
        key=names.lab(PANEL, "function"),
        help="get_weather(city). It is offered also where the door refuses it, so that you see the refusal.",
    )
    refs = doors.through_all(models)
    asked = doors.requests(prompt, refs, function=bool(function)) if prompt.strip() else []
    for said in doors.warnings(asked):
        st.caption(f":material/block: {plain(said)}")
    with st.container(horizontal=True, vertical_alignment="center"):
        asking.send(PLACE, run, asked, where, key="lab_doors_send")
        st.caption(f"{len(refs)} doors")
    if run is None:
        asking.empty(
            PANEL,
            "that one model has several doors. Press **Send**: the same words go through each of them, and you compare the bodies,"
            " the events, what each counts and how long it takes.",
        )
    elif asking.ended(run, "lab_doors_live"):
        _side_by_side(run)
    _cant()


def _side_by_side(run: LiveRun) -> None:
    responses = [lane.response for lane in run.lanes if lane.response]
    st.dataframe(doors.table(responses), hide_index=True, alt="The doors side by side")
    if run.simulated:
        st.caption(":violet[:material/science: simulated]: the times are the demo's own.")
    chosen = st.segmented_control(
        "Look at", list(VIEWS), default="Bodies", key=names.lab(PANEL, "view"), required=True
    )
    with st.grid(columns=COLUMNS, min_column_width=300, gap="small") as grid:
        for lane, response in zip(run.lanes, responses, strict=False):
            with grid.cell(), st.container(border=True):
                st.markdown(f"**{plain(doors.label(response.model))}**")
                st.caption(code(str(response.model)))
                with st.container(height=HEIGHT, border=False):
                    VIEWS[chosen](response)
                st.page_link(
                    API_LAB,
                    label="Inspect",
                    icon=":material/network_check:",
                    query_params={"panel": "wire", "run": run.id, "lane": str(lane.index)},
                )


def _body(response: Response) -> None:
    exchange = response.exchange
    if exchange is None:
        st.caption("Nothing was sent.")
        return
    st.code(f"{exchange.method} {exchange.url}", language=None, wrap_lines=True)
    st.code(pretty(exchange.request_body), language="json", wrap_lines=True)


def _events(response: Response) -> None:
    exchange = response.exchange
    found = doors.kinds(response)
    if exchange is None or not found:
        st.code(pretty(exchange.response_body if exchange else None), language="json")
        return
    lines = "".join(f"| {code(name)} | {count:,} |\n" for name, count in found.items())
    st.markdown(f"| event | times |\n|:--|--:|\n{lines}")
    st.code(fmt.visible(exchange.events[0].data), language="json", wrap_lines=True)
    st.code(fmt.visible(exchange.events[-1].data), language="json", wrap_lines=True)


def _usage(response: Response) -> None:
    found = doors.own_usage(response)
    if found is None:
        st.caption("No count came.")
    else:
        st.code(pretty(found), language="json", wrap_lines=True)


def _answer(response: Response) -> None:
    if response.failure:
        st.error(plain(response.failure.told))
    for call in response.tool_calls:
        st.code(f"{call.name}({json.dumps(call.arguments, ensure_ascii=False)})", wrap_lines=True)
    st.text(fmt.visible(response.text))


VIEWS: dict[str, Callable[[Response], None]] = {
    "Bodies": _body,
    "Events": _events,
    "Usage": _usage,
    "Answers": _answer,
}


def _cant() -> None:
    """What each door can't do, with the page that says so."""
    st.subheader("What each door can't do", anchor=False)
    st.markdown(_lines(doors.limits()))


def _lines(rows: Sequence[doors.Limit]) -> str:
    head = "| door | what | how | what it says | source |\n|:--|:--|:--|:--|:--|\n"
    return head + "".join(
        f"| {plain(row.door)} | {plain(row.what)} | {EFFECTS[row.effect]} | {plain(row.says)} {plain(row.note)} |"
        f" [{row.as_of}]({row.url}) |\n"
        for row in rows
    )
