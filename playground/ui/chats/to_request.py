"""A conversation becomes a request: what is proposed, where it goes from here, and what is still to be done."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from playground.budgets.limits import all_limits
from playground.chats import cases, requesting, sample
from playground.chats.requesting import Proposal
from playground.chats.summary import Summary
from playground.chats.talk import Talk, of_chat, pasted
from playground.domain import Endpoint, ModelRef, Request, typed
from playground.lab.checklist import STATES, Item, Seen, checklist
from playground.providers import acceptance
from playground.ui import names
from playground.ui.chats.reading import conversation
from playground.ui.parts.markdown import dollars, plain, safe
from playground.ui.parts.project import take_away
from playground.ui.session import compose, keeping, once
from playground.ui.session.looking import Place, look_at, looked_at
from playground.ui.session.models import default_model, pick_models, simulated_note
from playground.ui.shell.pages import COMPARE, EXPERIMENTS

MOST_MODELS = 4
MOST_CHARACTERS = 400_000
PLACE = Place("asked", lambda run: None)
"""Where the tab remembers the run that asked the request, for the list of what was seen."""
SIGNS = {
    "seen": ":green-badge[seen here]",
    "ready": ":blue-badge[in the project]",
    "open": ":orange-badge[to do]",
    "fact": ":gray-badge[to know]",
}


PASTED = "A text that you paste"


def section(summary: Summary | None, where: Mapping[str, Endpoint]) -> None:
    """Choose a conversation, and make a request of it."""
    st.header("Chat to request", anchor=False)
    st.markdown(
        "A chat that works is a prompt that works. Take one: what belongs into the system prompt, which limit and which"
        " schema it needs, is read from it; then ask several models the same, test with its own questions, and leave with code."
    )
    talk = _talk(summary)
    if talk is not None:
        to_request(talk, where)


def _talk(summary: Summary | None) -> Talk | None:
    """The conversation that is chosen; None before there is one."""
    dearest = summary.pricing.top() if summary else []
    known = {one.id: one.title or "without a title" for one in dearest if one.id}
    handed = st.session_state.get(names.CHATS_TALK)
    options = [*([names.CHATS_HANDED] if handed else []), PASTED, *known]
    chosen = st.selectbox(
        "Conversation",
        options,
        format_func=lambda name: known.get(name, name),
        key=names.CHATS_FROM,
        help="Those of your export that cost most, or any that you paste.",
    )
    if chosen == names.CHATS_HANDED:
        return handed
    if chosen in known:
        chat = conversation(chosen)
        return of_chat(chat) if chat else None
    return _paste()


def _paste() -> Talk | None:
    text = st.text_area(
        "A conversation as text, copied from a share page",
        key=names.CHATS_PASTED,
        height=160,
        max_chars=MOST_CHARACTERS,
        persist_state="session",
        placeholder="You said:\nWhat is a token?\n\nChatGPT said:\nA piece of text that a model reads.",
    )
    st.button(
        "Sample conversation",
        icon=":material/draft:",
        key="chats_paste_sample",
        on_click=_sample,
        help="Of our own making, with a table in its answers.",
    )
    return pasted(text) if text and text.strip() else None


def _sample() -> None:
    st.session_state[names.CHATS_PASTED] = sample.SHARED


def to_request(talk: Talk, where: Mapping[str, Endpoint]) -> None:
    """The whole section for one conversation."""
    if not talk.turns:
        st.info("No question is in this conversation.")
        return
    st.subheader(
        f"As a request: {plain(talk.title)}" if talk.title else "As a request", anchor=False
    )
    _turns(talk)
    models = pick_models(names.CHATS_TO, where, most=MOST_MODELS, default=[default_model()])
    if not models:
        return
    found = requesting.proposal(talk, models[0])
    fields = _fields(talk, found)
    if fields is None:
        return
    system, whole, schema = fields
    requests = [
        acceptance.fit(
            requesting.request(
                talk,
                ref,
                system=system,
                max_output_tokens=found.max_output_tokens,
                schema=schema,
                whole=whole,
            )
        )
        for ref in models
    ]
    run = looked_at(PLACE)
    _ways(talk, requests, found, where, system=system, whole=whole)
    simulated_note(models, where)
    asked = run is not None and [lane.request for lane in run.lanes] == requests
    responses = run.run().responses if run and asked and run.done else ()
    _checklist(checklist(requests[0], Seen(responses=responses, limits=_limits(requests[0]))))


def _turns(talk: Talk) -> None:
    asked = sum(turn.role == "user" for turn in talk.turns)
    st.caption(
        f"{asked} {'question' if asked == 1 else 'questions'}, {len(talk.answers)}"
        f" {'answer' if len(talk.answers) == 1 else 'answers'}. What a product adds without showing it is not in it."
    )
    for note in talk.left_out:
        st.caption(f":material/info: Left out: {plain(note)}")
    with st.expander("What was said", icon=":material/forum:"):
        for turn in talk.turns:
            st.markdown(f"**{'You' if turn.role == 'user' else 'Answer'}**")
            st.code(turn.text[:4_000], language=None, wrap_lines=True)


def _fields(talk: Talk, found: Proposal) -> tuple[str, bool, dict[str, Any] | None] | None:
    """The system prompt, whether all turns are sent, and the schema, as they stand after the user's changes.

    None, said, while the schema can't be read: what was asked for without it would be another request.
    """
    proposed = (talk, found.system, json.dumps(found.schema))
    if st.session_state.get(names.CHATS_PROPOSED) != proposed:
        st.session_state[names.CHATS_PROPOSED] = proposed
        st.session_state[names.CHATS_SYSTEM] = found.system
        written = json.dumps(found.schema, indent=2, ensure_ascii=False) if found.schema else ""
        st.session_state[names.CHATS_SCHEMA] = written
    for one in found.reasons:
        st.markdown(f"- **{one.what}**: {plain(one.why)}")
    system = st.text_area(
        "System prompt", key=names.CHATS_SYSTEM, height=100, persist_state="session"
    )
    text = st.text_area(
        "JSON Schema of the answer",
        key=names.CHATS_SCHEMA,
        height=160,
        placeholder="Empty: the answer is plain text.",
        persist_state="session",
    )
    whole = st.toggle(
        "With all turns before the last question",
        value=True,
        key="chats_whole",
        help="As the chat sent them. Off: the last question alone, which is cheaper where it stands by itself.",
    )
    try:
        schema = dict(typed.read_object(text)) if text and text.strip() else None
    except typed.Unreadable as error:
        st.error(
            f"The schema {safe(str(error))} Mend it, or empty the field: until then nothing is sent."
        )
        return None
    return system or "", whole, schema


def _ways(
    talk: Talk,
    requests: Sequence[Request],
    found: Proposal,
    where: Mapping[str, Endpoint],
    *,
    system: str,
    whole: bool,
) -> None:
    """Where it goes from here: Compare, an experiment, a project."""
    models = [request.model for request in requests]
    with st.container(horizontal=True):
        pressed = once.button(
            PLACE.name,
            None,
            "Ask, and see it in Compare",
            type="primary",
            icon=":material/compare_arrows:",
            key="chats_ask",
            help="Sends it to these models, with every turn. The run is kept in the history if you keep runs.",
        )
        if once.goes(PLACE.name, None, pressed, tuple(requests)):
            _ask(requests, where)
        if st.button(
            "Put it into Compare",
            icon=":material/edit:",
            key="chats_fill",
            help="Compare's fields hold one question: turns before it are put in front of it as text.",
        ):
            compose.fill([_alone(request) for request in requests])
            st.switch_page(COMPARE)
        if many := cases.cases(talk):
            _test_set(many, experiment(talk, models, found, system=system, whole=whole))
        kind = "schema" if requests[0].settings.response_schema else "conversation"
        take_away(requests[:1], where.get(models[0].provider), "chats", kind=kind)


def _test_set(many: int, written: str) -> None:
    """To Experiments, or to a file."""
    if st.button(
        "Test it in Experiments",
        icon=":material/science:",
        key="chats_test",
        help="Puts each question, held to what was answered then, into the editor of Experiments. Nothing is sent yet.",
    ):
        st.session_state[names.EXPERIMENT_SPEC] = written
        st.session_state.pop(names.EXPERIMENT_IMPORTED, None)
        st.switch_page(EXPERIMENTS, query_params={"experiment": ""})
    st.download_button(
        f"Test set: {many} cases",
        written,
        file_name="chat.yaml",
        mime="application/yaml",
        icon=":material/download:",
        on_click="ignore",
        key="chats_cases",
        help="An experiment: each question, held to what was answered then. `playground experiment run chat.yaml`",
    )


def experiment(
    talk: Talk, models: Sequence[ModelRef], found: Proposal, *, system: str, whole: bool = True
) -> str:
    """The test set as the YAML of an experiment: what a page of experiments takes."""
    made = cases.spec(
        talk, models, system=system, max_output_tokens=found.max_output_tokens, whole=whole
    )
    return cases.text(made)


def _ask(requests: Sequence[Request], where: Mapping[str, Endpoint]) -> None:
    started = keeping.start(requests, where, kind="compare")
    if started:
        look_at(PLACE, started)
        st.switch_page(COMPARE, query_params={compose.PLACE.name: started.id})


def _alone(request: Request) -> Request:
    """The request with its earlier turns as text before its question."""
    *before, last = request.messages
    if not before:
        return request
    said = "\n\n".join(
        f"{'User' if turn.role == 'user' else 'Assistant'}: {turn.text}" for turn in before
    )
    text = f"What was said so far:\n\n{said}\n\nNow answer this:\n\n{last.text}"
    return Request.ask(request.model, text, system=request.system, settings=request.settings)


def _limits(request: Request) -> tuple[str, ...]:
    store = keeping.opened()
    if store is None:
        return ()
    provider = request.model.provider
    return tuple(one.name for one in all_limits(store) if one.concerns(provider, ()))


def _checklist(items: Sequence[Item]) -> None:
    st.subheader("Before it runs in a product", anchor=False)
    done = sum(item.state in ("seen", "ready") for item in items)
    open_ = sum(item.state == "open" for item in items)
    st.caption(f"{done} of {len(items)} are seen here or in the project, {open_} {STATES['open']}.")
    for item in items:
        source = f" :small[{item.source}]" if item.source else ""
        says = dollars(item.says)
        st.markdown(f"{SIGNS[item.state]} **{item.what}**: {says}{source}")
