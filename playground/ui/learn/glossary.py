"""The glossary on the page, and its words as small buttons wherever a lesson uses them."""

from __future__ import annotations

from collections.abc import Iterable

import streamlit as st

from playground.lab.questions import Own
from playground.lessons.glossary import Term, answered, find, search
from playground.lessons.lesson import Link
from playground.ui import names
from playground.ui.parts.markdown import dollars, plain
from playground.ui.shell.pages import path


def glossary(own: Own) -> None:
    """A field to find a word, and every word that fits."""
    words = st.text_input(
        "Which word?",
        key=names.GLOSSARY_WORDS,
        placeholder="TTFT",
        icon=":material/search:",
        persist_state="session",
        max_chars=100,
    )
    found = search(words or "")
    if not found:
        st.info("No word of ours fits. All of them follow.", icon=":material/search_off:")
        found = search("")
    with st.grid(columns=3, min_column_width=280, gap="small") as grid:
        for row in found:
            with grid.container(border=True, height="stretch"):
                _term(row, own)
    st.caption(f"The figures: {plain(own.conversation.source)}, prices of {own.on}.")


def _term(row: Term, own: Own) -> None:
    st.markdown(f"**{plain(row.term)}**")
    st.markdown(dollars(answered(row, own)))
    link(row.link)


def words(called: Iterable[str], own: Own, key: str) -> None:
    """A small button for each of these words."""
    with st.container(horizontal=True, gap="small", vertical_alignment="center", key=key):
        for word in called:
            row = find(word)
            if row is not None:
                with st.popover(
                    row.term, icon=":material/help:", type="tertiary", key=f"{key}_{row.term}"
                ):
                    _term(row, own)


def link(to: Link) -> None:
    """A link to a page, opened where its address says."""
    st.page_link(
        path(f"{to.page}.py"),
        label=to.label,
        icon=":material/arrow_forward:",
        query_params=dict(to.opens),
    )
