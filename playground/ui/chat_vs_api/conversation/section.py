"""A conversation with up to four models at once, with what every turn resends and costs beside it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import streamlit as st

from playground.domain import Endpoint, ModelRef, lane_names
from playground.lab.conversation import Policy, Rules
from playground.ui.chat_vs_api.conversation.figures import figures
from playground.ui.chat_vs_api.conversation.settings import choose_rules
from playground.ui.chat_vs_api.conversation.talk import Talk, ask, begin, current_talk, go_on
from playground.ui.chat_vs_api.conversation.turns import turns
from playground.ui.chat_vs_api.sections import MOST_CHARACTERS
from playground.ui.parts.markdown import plain

EXAMPLE = (
    "What is a token in a language model API?",
    "And what is the difference between a token and an API key?",
    "Why do output tokens cost more than input tokens?",
    "What is prompt caching and when does it pay off?",
    "Why does my bill grow when a conversation gets long?",
    "Does my chat subscription include API use?",
    "What is a rate limit?",
    "What does streaming change for me?",
    "How much does reasoning cost?",
    "What is the difference between chat and the API, in three points?",
)
"""Ten short questions that the simulation has texts for."""


def view(where: Mapping[str, Endpoint]) -> None:
    """The whole section."""
    st.markdown(
        "**A model remembers nothing.** With every question, everything said before is sent again, and billed again."
        " Watch the orange part of the bars grow."
    )
    talk = current_talk()
    if talk and "conversation_models" not in st.session_state:
        st.session_state.conversation_models = [str(ref) for ref in talk.conversation.rules.models]
    rules = choose_rules(where)
    if talk and not _same(talk.conversation.rules.models, rules.models):
        st.caption(
            "Other models than in the conversation so far: the next question begins a new one."
        )
        talk = None
    if talk:
        talk.conversation.rules = rules
        go_on(talk, where)
    _actions(talk, rules, where)
    _full(talk, rules, where)
    names = lane_names(rules.models)
    path = talk.conversation.path() if talk else []
    if talk and any(turn.live.done for turn in path):
        figures(talk, names, where)
    with st.container():  # inside a container the field stays here and does not cover the figures
        said = st.chat_input("Ask all models…", key="conversation_input", max_chars=MOST_CHARACTERS)
    asked = bool(said and said.strip() and rules.models)
    if asked and ask(talk or begin(rules), where, said or "", parent=-1):
        st.rerun()
    if not talk or not path:
        st.info(
            "Press **Play ten turns** and watch, or ask something of your own. Then edit an earlier question,"
            " switch caching on, or let the provider keep the conversation, and compare the bills.",
            icon=":material/lightbulb:",
        )
        return
    turns(talk, path, names, where)


def _same(before: Sequence[ModelRef], now: Sequence[ModelRef]) -> bool:
    """True when the same models are asked, through whichever doors."""
    return [(r.provider, r.model) for r in before] == [(r.provider, r.model) for r in now]


def _actions(talk: Talk | None, rules: Rules, where: Mapping[str, Endpoint]) -> None:
    running = bool(talk and talk.conversation.path() and not talk.conversation.path()[-1].live.done)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button(
            "Play ten turns",
            type="primary",
            icon=":material/play_arrow:",
            key="conversation_example",
            on_click=_play_example,
            disabled=running or not rules.models,
            help="Ten short questions, one after the other.",
        )
        if talk and running:
            st.button(
                "Stop",
                icon=":material/stop:",
                key="conversation_stop",
                on_click=_stop,
                args=(talk,),
            )
        if talk and talk.conversation.turns and not running:
            st.button(
                "Regenerate the last answer",
                icon=":material/refresh:",
                key="conversation_again",
                on_click=_again,
                args=(talk, where),
            )
            st.button(
                "Start over", icon=":material/delete:", key="conversation_new", on_click=_forget
            )
    if st.session_state.pop("conversation_play", False) and rules.models:
        fresh = begin(rules)
        fresh.conversation.queue = list(EXAMPLE)
        go_on(fresh, where)
        if fresh.conversation.turns:
            st.rerun()


def _play_example() -> None:
    """Start the ten turns anew, for buttons."""
    st.session_state["conversation_play"] = True


def _stop(talk: Talk) -> None:
    talk.conversation.queue.clear()
    for turn in talk.conversation.path():
        if not turn.live.done:
            turn.live.stop()


def _again(talk: Talk, where: Mapping[str, Endpoint]) -> None:
    last = talk.conversation.path()[-1]
    ask(talk, where, last.question, parent=last.parent)


def _forget() -> None:
    st.session_state["conversation"] = st.session_state["conversation_full"] = None
    if "conversation" in st.query_params:
        del st.query_params["conversation"]


def _full(talk: Talk | None, rules: Rules, where: Mapping[str, Endpoint]) -> None:
    """The conversation has outgrown the window: what now?"""
    waiting = st.session_state.get("conversation_full")
    if not waiting or talk is None:
        return
    question, parent = waiting
    st.warning(
        f"The next turn would no longer fit the context window. Your question “{plain(question[:120])}” was not sent.",
        title="The window is full",
        icon=":material/width_full:",
    )

    def choose(policy: Policy | None) -> None:
        st.session_state["conversation_full"] = None
        if policy:
            talk.conversation.rules = replace(rules, policy=policy)
            ask(talk, where, question, parent=parent)

    with st.container(horizontal=True):
        for label, policy in (
            ("Drop the oldest turns", "drop the oldest"),
            ("Summarise and go on", "summarise"),
            ("Stop here", None),
        ):
            st.button(label, key=f"full_{policy}", on_click=choose, args=(policy,))
