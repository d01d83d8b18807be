"""A recorded answer as a lane: offered where its prompt stands in the field, sent as it was asked, told where it is from."""

from __future__ import annotations

import streamlit as st

from playground.demo import recorded
from playground.demo.recorded import Recording
from playground.domain import ModelRef
from playground.ui.compare.prompt import Asked
from playground.ui.parts.markdown import plain
from playground.ui.parts.recording import origin, way
from playground.ui.session import compose, lanes

MOST_OFFERED = 3
"""Recorded answers that are offered at once."""
FULL = "All lanes are taken: remove one first."


def of(model: ModelRef) -> Recording | None:
    """The recording that a lane's model asks for; None for a model that answers now."""
    return recorded.named(model.model)


def problem(row: Recording, asked: Asked) -> str:
    """Why the recording is no answer to what is asked; empty = it is one."""
    if not row.answers(asked.prompt):
        return f"This answer was recorded for another prompt: {row.asks}."
    system = (asked.system or "").split()
    if system and system != (row.system or "").split():
        return "This answer was recorded without your system prompt: empty that field, or remove the lane."
    if asked.files:
        return "This answer was recorded without your files: take them out, or remove the lane."
    return ""


def own(row: Recording, asked: Asked) -> str:
    """The system prompt that went with the recorded prompt, where all lanes have none."""
    return "" if asked.system else row.system or ""


def offer(asked: Asked) -> None:
    """A button for each recorded answer to this very prompt that is no lane yet."""
    there = set(map(lanes.spelling, lanes.ids()))
    rows = [
        row
        for row in recorded.of_prompt(asked.prompt)
        if str(row.model) not in there and not problem(row, asked)
    ]
    for row in rows[:MOST_OFFERED]:
        st.button(
            f"Add what {row.asked.model} answered on {row.recorded}",
            icon=":material/voicemail:",
            type="tertiary",
            key=f"replay_{row.id}",
            help="A real answer to this very prompt was recorded. It is replayed, and nothing is billed.",
            on_click=_add,
            args=(row,),
        )


def _add(row: Recording) -> None:
    if not lanes.add(str(row.model)):
        st.toast(FULL)
    st.rerun()


def about(row: Recording, number: int, lane: int) -> None:
    """In the place of a lane's settings: where the answer is from, and what was asked beside the prompt."""
    with st.popover(
        f"About the recorded answer of lane {number}",
        icon=":material/voicemail:",
        type="tertiary",
        key=f"origin_{lane}",
    ):
        st.markdown(f"**{plain(row.title)}**")
        st.caption(f"{origin(row)} {way(row)}")
        if row.system:
            st.caption("Its system prompt")
            st.text(row.system)


def mend(row: Recording) -> None:
    """A button that puts the recorded prompt back into the field."""
    if row.answers(row.prompt):
        st.button(
            "Put its prompt back",
            icon=":material/undo:",
            key=f"mend_{row.id}",
            on_click=_mend,
            args=(row,),
        )


def _mend(row: Recording) -> None:
    compose.fill_text(row.prompt, "")
    st.rerun()
