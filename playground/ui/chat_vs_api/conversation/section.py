"""A conversation with up to four models at once, with what every turn resends and costs beside it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from playground.chats.talk import of_request
from playground.domain import Endpoint, ModelRef, lane_names
from playground.lab.conversation import Conversation, Policy, Rules, Turn, request
from playground.ui import names
from playground.ui.chat_vs_api.conversation import talk as talking
from playground.ui.chat_vs_api.conversation.figures import figures
from playground.ui.chat_vs_api.conversation.settings import choose_rules
from playground.ui.chat_vs_api.conversation.talk import ask, begin, current_talk, go_on
from playground.ui.chat_vs_api.conversation.turns import turns
from playground.ui.chat_vs_api.sections import MOST_CHARACTERS, foretold
from playground.ui.parts.markdown import plain
from playground.ui.parts.project import take_away
from playground.ui.session import once
from playground.ui.shell.pages import CHATS

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
    """The picture first, then buttons and folded settings, then the turns; the question's field stays at the screen's end.

    Streamlit's own place at the end would scroll the picture away with every turn.
    """
    picture, controls = st.container(), st.container()
    below, bar = st.container(key="turns"), st.container(key="askbar")
    talk = current_talk()
    with controls:
        buttons = st.container(horizontal=True, vertical_alignment="center")
        rules, wrong = choose_rules(where)
    if talk and not _same(talk.rules.models, rules.models):
        with controls:
            st.caption(
                "Other models than in the conversation so far: the next question begins a new one."
            )
        talk = None
    if talk and not wrong:
        talk.rules = rules
        go_on(talk, where)
    path = talk.path() if talk else []
    running = bool(path and not path[-1].live.done)
    with controls:
        _actions(
            talk, rules, where, buttons, running=running, able=bool(rules.models) and not wrong
        )
        if talk:
            _full(talk, rules, where)
        if not running and (sums := _next(path, rules, where)):
            st.caption(f"The next question, without its own words: {sums}")
    titles = lane_names(rules.models)
    with picture:
        if talk and any(turn.live.done for turn in path):
            figures(talk, titles, where)
        else:
            _before()
    with bar:
        said = st.chat_input("Ask all models…", key="conversation_input", max_chars=MOST_CHARACTERS)
    if said and said.strip():
        _asked(said, talk, rules, where, wrong=wrong)
    if not talk or not path:
        return
    with below:
        turns(talk, path, titles, where)
        _take_along(path, where, running=running)
    # It may have ended while this was drawn, and then no live text is left to say so.
    if running and path[-1].live.done:
        st.rerun()


def _take_along(path: Sequence[Turn], where: Mapping[str, Endpoint], *, running: bool) -> None:
    """The first model's conversation as a project, and as a request on Your chats."""
    lane = path[-1].live.lanes[0]
    with st.container(horizontal=True):
        endpoint = where.get(lane.request.model.provider)
        take_away([lane.request], endpoint, "conversation", kind="conversation")
        if running or not st.button(
            "Make a request of it",
            icon=":material/arrow_forward:",
            key="conversation_to_request",
            help="System prompt, schema, test set and what is still to be done: on Your chats.",
        ):
            return
    answer = lane.response.text if lane.response else ""
    st.session_state[names.CHATS_TALK] = of_request(lane.request, answer)
    st.session_state[names.CHATS_FROM] = names.CHATS_HANDED
    # Without a mapping Streamlit clears the address, which it refuses while the section is bound to it.
    st.switch_page(CHATS, query_params={})


def _before() -> None:
    """What will be seen here."""
    st.markdown(
        "## A model remembers nothing: with every question, everything said before is sent and billed again."
    )
    st.info(
        "Press **Play ten turns** and watch, or ask something of your own below. Then edit an earlier question, switch"
        " caching on, or let the provider keep the conversation, and compare the bills.",
        icon=":material/lightbulb:",
    )


def _asked(
    said: str,
    talk: Conversation | None,
    rules: Rules,
    where: Mapping[str, Endpoint],
    *,
    wrong: bool,
) -> None:
    """Send a typed question; while a field is wrong nothing is sent, and it is said."""
    if wrong or not rules.models:
        st.error("Your question was not sent: mend the settings first.")
        return
    asked = talk or begin(rules)
    if ask(asked, where, said, behind=asked.head, queue=talking.waiting(asked)):
        st.rerun()


def _next(path: Sequence[Turn], rules: Rules, where: Mapping[str, Endpoint]) -> str:
    """What the next turn may cost: all that was said is billed again, also where the provider keeps it."""
    whole = replace(rules, kept=False)
    return foretold([request(whole, lane, path, "") for lane in range(len(rules.models))], where)


def _same(before: Sequence[ModelRef], now: Sequence[ModelRef]) -> bool:
    """True when the same models are asked, through whichever doors."""
    return [(r.provider, r.model) for r in before] == [(r.provider, r.model) for r in now]


def _actions(
    talk: Conversation | None,
    rules: Rules,
    where: Mapping[str, Endpoint],
    buttons: DeltaGenerator,
    *,
    running: bool,
    able: bool,
) -> None:
    """The buttons; what they send is read from the fields as they are now, not in a callback, which knows those before."""
    path = talk.path() if talk else []
    with buttons:
        play, again = _buttons(bool(path), running=running, able=able)
    if st.session_state.pop(names.CONVERSATION_PLAY, False):
        once.note(talking.PLACE.name)
        play = True
    what = ("again", path[-1].question) if again else "play"
    streams = path[-1].live if running else None
    if not once.goes(talking.PLACE.name, streams, play or again, what) or not able:
        return
    if again and talk:
        sent = ask(talk, where, path[-1].question, behind=path[-1].parent)
    else:
        sent = bool(rules.models) and ask(
            begin(rules), where, EXAMPLE[0], behind=None, queue=EXAMPLE[1:]
        )
    if sent:
        st.rerun()


def _buttons(begun: bool, *, running: bool, able: bool) -> tuple[bool, bool]:
    """Whether ten turns, or the last answer again, were asked for."""
    again = False
    play = once.button(
        talking.PLACE.name,
        None,
        "Play ten turns",
        type="primary",
        icon=":material/play_arrow:",
        key="conversation_example",
        disabled=running or not able,
        help="Ten short questions, one after the other.",
    )
    if running:
        st.button("Stop", icon=":material/stop:", key="conversation_stop", on_click=_stop)
    elif begun:
        again = once.button(
            talking.PLACE.name,
            None,
            "Regenerate the last answer",
            icon=":material/refresh:",
            key="conversation_again",
        )
        st.button(
            "Start over",
            icon=":material/delete:",
            key="conversation_new",
            on_click=talking.forget,
        )
    return play, again


def _stop() -> None:
    talk = current_talk()
    if talk:
        talking.drop_queue(talk)
        for turn in talk.path():
            turn.live.stop()


def _full(talk: Conversation, rules: Rules, where: Mapping[str, Endpoint]) -> None:
    """The conversation has outgrown the window: what now?"""
    waiting = st.session_state.get(names.CONVERSATION_FULL)
    if not waiting:
        return
    question, behind = waiting
    st.warning(
        f"The next turn would no longer fit the context window. Your question “{plain(question[:120])}” was not sent.",
        title="The window is full",
        icon=":material/width_full:",
    )
    with st.container(horizontal=True):
        for label, policy in WHEN_FULL.items():
            if not st.button(label, key=f"full_{policy}"):
                continue
            st.session_state[names.CONVERSATION_FULL] = None
            talk.rules = replace(rules, policy=policy or rules.policy)
            if policy is None or ask(talk, where, question, behind=behind):
                st.rerun()


WHEN_FULL: Mapping[str, Policy | None] = {
    "Drop the oldest turns": "drop the oldest",
    "Summarise and go on": "summarise",
    "Stop here": None,
}
"""Button → what is done with the question that does not fit."""
