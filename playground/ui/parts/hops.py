"""A tool loop as people read it: each hop with its calls, its results, its tokens, money and time, and the totals."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import streamlit as st

from playground import figures as fmt
from playground.domain.hops import Hop, Hops, Ran
from playground.ui.parts import markdown
from playground.ui.parts.tables import money, written
from playground.ui.parts.views import VIEWS

ENDINGS = {
    None: "under way",
    "answered": "answered",
    "limit": "out of rounds: it would call tools again",
    "failed": "failed",
    "stopped": "stopped",
}
WIRE = ("Request", "Events", "Headers")


def lanes(loops: Sequence[Hops]) -> None:
    """The loops side by side, hop by hop."""
    for column, loop in zip(st.columns(max(1, len(loops))), loops, strict=False):
        with column.container(border=True):
            lane(loop)


def lane(loop: Hops) -> None:
    """One loop."""
    st.markdown(f"**{markdown.plain(str(loop.model))}**")
    told = [ENDINGS[loop.ended], *_figures(loop)]
    if any(hop.response.simulated for hop in loop.hops):
        told.append("simulated")
    st.caption(markdown.dollars(" · ".join(told)))
    if loop.problem:
        st.error(markdown.safe(loop.problem))
    for number, hop in enumerate(loop.hops, 1):
        _hop(number, hop)


def _figures(loop: Hops) -> list[str]:
    found = [f"{len(loop.hops)} {'hop' if len(loop.hops) == 1 else 'hops'}"]
    if loop.calls:
        found.append(f"{loop.calls} {'call' if loop.calls == 1 else 'calls'}")
    if loop.ended:
        found += [fmt.money(loop.cost)] if loop.hops else []
        found += [fmt.seconds(loop.duration)] if loop.duration is not None else []
    return found


def _hop(number: int, hop: Hop) -> None:
    response = hop.response
    usage = response.usage
    counted = f"{fmt.count(usage.input_tokens)} in, {fmt.count(usage.output_tokens)} out"
    cost = markdown.dollars(fmt.cost(response.cost))
    took = fmt.seconds(response.timing.duration)
    st.markdown(f"**Hop {number}** :small[{counted} · {cost} · {took}]")
    if response.failure:
        st.error(markdown.failed(response.failure))
    if response.text and fmt.is_json(response.text):
        st.code(response.text, language="json", wrap_lines=True)
    elif response.text:
        markdown.answer(response.text)
    for ran in hop.ran:
        _ran(ran)
    for call in response.tool_calls[len(hop.ran) :]:
        st.caption(f"Asks for {markdown.code(call.name)}; it was not run.")


def _ran(ran: Ran) -> None:
    arguments = json.dumps(ran.call.arguments, ensure_ascii=False)
    took = "" if ran.duration is None else f" · {ran.duration * 1000:,.1f} ms here"
    sign = ":red[:material/error:]" if ran.result.is_error else ":material/function:"
    st.markdown(f"{sign} {markdown.code(f'{ran.call.name}({arguments})')} :small[{took}]")
    st.code(ran.result.content, language=None, wrap_lines=True)


def totals(loops: Sequence[Hops]) -> None:
    """One row a loop: what it took in all."""
    table: dict[str, list[Any]] = {
        "Model": [str(loop.model) for loop in loops],
        "Ended": [ENDINGS[loop.ended] for loop in loops],
        "Hops": [len(loop.hops) for loop in loops],
        "Calls": [loop.calls for loop in loops],
        "Input tokens": [loop.input_tokens for loop in loops],
        "Output tokens": [loop.output_tokens for loop in loops],
        "Cost": [None if loop.cost is None else float(loop.cost) for loop in loops],
        "Duration": [loop.duration for loop in loops],
    }
    how = {"Cost": money, "Duration": fmt.seconds}
    st.dataframe(
        written(table, how),
        hide_index=True,
        placeholder=fmt.NOT_AVAILABLE,
        alt="What each loop took in all",
    )


def wire(loops: Sequence[Hops], key: str) -> None:
    """One hop's exchange, as it was sent and as it came."""
    hops = [(loop, number) for loop in loops for number in range(len(loop.hops))]
    if not hops:
        return
    chosen = st.selectbox(
        "On the wire",
        range(len(hops)),
        format_func=lambda n: f"{hops[n][0].model}, hop {hops[n][1] + 1}",
        key=f"{key}_hop",
    )
    loop, number = hops[chosen]
    hop = loop.hops[number]
    for tab, name in zip(st.tabs(WIRE, key=f"{key}_tab", on_change="rerun"), WIRE, strict=True):
        if tab.open:
            with tab:
                VIEWS[name].draw(hop.request, hop.response, None, f"{key}_{hop.run_id}")
