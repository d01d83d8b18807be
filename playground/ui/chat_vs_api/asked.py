"""The section "Names and questions": what each product's name means, and what people ask, answered with one's own figures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import streamlit as st

from playground import pricing
from playground.domain import Endpoint, clock
from playground.lab import breakeven
from playground.lab.products import FACTS, KINDS, Product, products, told
from playground.lab.questions import Own, Question, answered, search
from playground.ui import names
from playground.ui.chat_vs_api.pay.section import mine
from playground.ui.chat_vs_api.sections import go
from playground.ui.parts.markdown import dollars, plain
from playground.ui.shell.pages import path

PRESET = "medium"


def view(where: Mapping[str, Endpoint], *, elsewhere: bool = False) -> None:
    """The search field and its answers, then every name with its facts; `elsewhere` on another page than this section's own."""
    own = figures()
    words = st.text_input(
        "What do you want to know?",
        key=names.QUESTION_WORDS,
        placeholder="If I subscribe, can I use the API?",
        icon=":material/search:",
        persist_state="session",
        max_chars=200,
    )
    found = search(words)
    if words.strip() and not found:
        st.info(
            "No question of ours has these words. All of them follow.", icon=":material/search_off:"
        )
        found = search("")
    with st.grid(columns=2, min_column_width=340, gap="small") as grid:
        for question in found:
            with grid.container(border=True, height="stretch"):
                _question(question, own, elsewhere=elsewhere)
    st.caption(f"The figures: {plain(own.conversation.source)}, prices of {own.on}.")
    st.header("The same company, several names", anchor=False)
    st.markdown(table(tuple(products().values())))
    _sources()


def figures() -> Own:
    """What the answers' figures come from: the tab's own conversation, or an example."""
    own = mine()
    conversation = own or breakeven.HABITS[PRESET].conversation()
    return Own(
        conversation=conversation, book=pricing.load(), on=clock.today(), mine=own is not None
    )


def _question(question: Question, own: Own, *, elsewhere: bool) -> None:
    st.markdown(f"**{question.question}**")
    st.markdown(dollars(answered(question, own)))
    key = f"asked_{question.question}"
    section = question.opens.get(names.CHAT_VIEW)
    if section is None or elsewhere:
        st.page_link(
            path(f"{question.page}.py"),
            label=question.label,
            icon=":material/arrow_forward:",
            query_params=dict(question.opens),
        )
    elif section == st.session_state.get(names.CHAT_VIEW):
        st.caption(f"{question.label}: in the table below.")
    else:
        st.button(
            question.label,
            key=key,
            icon=":material/arrow_forward:",
            on_click=go,
            args=(section,),
        )


def table(rows: Sequence[Product]) -> str:
    """A row a name, a column a fact."""
    lines = [f"| | {' | '.join(FACTS.values())} |", "|:--" * (len(FACTS) + 1) + "|"]
    lines += [
        f"| **{row.title}**, {row.company}, {KINDS[row.kind]} | "
        + " | ".join(fact.says for _, fact in row.facts())
        + " |"
        for row in rows
    ]
    return dollars("\n".join(lines))


def _sources() -> None:
    with st.expander("Every fact with its source and date", icon=":material/link:"):
        for product in products().values():
            st.markdown(told(product))
