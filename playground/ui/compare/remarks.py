"""What is said before anything is sent: who answers, about what it costs, what is left out and why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import streamlit as st

from playground import figures as fmt
from playground import pricing, tokens
from playground.budgets.forecast import forecast
from playground.domain import Endpoint, Request
from playground.providers import acceptance
from playground.ui.compare.lanes import LaneChoice, request, said_of, wanted_of
from playground.ui.compare.prompt import Asked
from playground.ui.parts.markdown import plain


def remarks(chosen: Sequence[LaneChoice], asked: Asked, where: Mapping[str, Endpoint]) -> None:
    """Before sending: which lanes are simulated, what the prompt will cost, what is renamed or left out, and why."""
    fine = [lane for lane in chosen if lane.model is not None]
    simulated = [lane for lane in fine if lane.model and where[lane.model.provider].simulated]
    if simulated:
        which = (
            "All lanes are"
            if len(simulated) == len(chosen)
            else f"{len(simulated)} of {len(chosen)} lanes are"
        )
        st.caption(
            f":violet[:material/science: {which} simulated]: no model is asked, nothing is billed."
            " Add a key in the sidebar for the real API."
        )
    st.caption(_estimate(fine, asked))
    notes = [
        f"**{plain(str(lane.model))}** · {said_of(note, wanted)}"
        for lane in fine
        for wanted in (wanted_of(lane, asked),)
        for note in acceptance.check(wanted)
        if note.action not in ("sent", "renamed")
    ]
    if notes:
        st.caption(":material/info: " + "  \n".join(notes))


@st.cache_data(max_entries=20, ttl=300, show_spinner=False)
def _forecast(asked: str, book: int, _requests: Sequence[Request]) -> str:
    """Counting a long prompt and looking in the history take time: once for what is asked at the prices of this book."""
    counted = tokens.count(_requests[0].messages[-1].text) + tokens.count(_requests[0].system or "")
    sums = forecast(_requests)
    text = f"About {fmt.count(counted)} input tokens a lane (estimate). All lanes together: {sums}"
    return text.replace("$", r"\$")


def _estimate(lanes: Sequence[LaneChoice], asked: Asked) -> str:
    """How many tokens the prompt has and what sending it may cost, as far as that can be known before."""
    if asked.problem or not lanes:
        return ""
    requests = [request(lane, asked) for lane in lanes]
    settings = [(str(r.model), r.settings, r.tools, r.server_tools) for r in requests]
    what = repr((asked.prompt, asked.system, len(asked.files), settings))
    return _forecast(what, id(pricing.load()), requests)
