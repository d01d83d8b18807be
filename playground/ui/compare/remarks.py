"""What is said before anything is sent: who answers, about what it costs, what is left out and why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal

import streamlit as st

from playground import figures as fmt
from playground import pricing, tokens
from playground.domain import Endpoint
from playground.providers import acceptance, catalog
from playground.ui.compare.lanes import LaneChoice, said_of, wanted_of
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


@st.cache_data(max_entries=20, show_spinner=False)
def _count(text: str) -> int:
    return tokens.count(text)


def _estimate(lanes: Sequence[LaneChoice], asked: Asked) -> str:
    """How many tokens the prompt has and what sending it may cost, as far as that can be known before."""
    if asked.problem or not lanes:
        return ""
    counted = _count(asked.prompt) + _count(asked.system or "")
    book, today = pricing.load(), datetime.now(UTC).date()
    low, high = Decimal(0), Decimal(0)
    for lane in lanes:
        assert lane.model is not None  # noqa: S101 - the caller left out lanes with a problem
        most = lane.values.get("max_output_tokens") or catalog.describe(lane.model).max_output
        span = book.estimate(lane.model, counted, most, today)
        if span:
            low += span[0]
            high += span[1] or span[0]
    text = (
        f"About {fmt.count(counted)} input tokens a lane (estimate). All lanes together: {fmt.money(low)} for the"
        f" input alone, {fmt.money(high)} if each wrote the most it may."
    )
    return text.replace("$", r"\$")
