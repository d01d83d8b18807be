"""Realtime: a session over a WebSocket, its messages in both directions on one time line, and what each turn costs."""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping, Sequence

import streamlit as st

from playground import figures as fmt
from playground.domain import Endpoint
from playground.domain.endpoint import source_of
from playground.domain.session import SessionModel
from playground.engine import LiveRun, get_engine
from playground.lab import realtime
from playground.lab.realtime import HELD, QUESTIONS, SESSION, Turn
from playground.ui import names
from playground.ui.api_lab import asking
from playground.ui.parts import markdown
from playground.ui.parts.views import pretty
from playground.ui.session import once
from playground.ui.session.keeping import start
from playground.ui.session.looking import Place, look_at, look_away, looked_at
from playground.ui.session.state import owner
from playground.ui.session.stored import runs_with

PANEL = "realtime"
MODEL, SPEECH = names.lab(PANEL, "model"), names.lab(PANEL, "speech")
FUNCTIONS = names.lab(PANEL, "functions")
_going_on = threading.Lock()
"""Two tabs that look at one session bring the results of functions back once."""
MOST_SHOWN = 20_000
"""Rows of the time line."""
DIRECTIONS = {"sent": "→ sent", "received": "← received"}


def _fill(run: LiveRun) -> None:
    """A session that was opened by its link."""
    request = run.lanes[0].request
    st.session_state[MODEL] = str(request.model)
    st.session_state[SPEECH] = bool(request.settings.extra)
    st.session_state[FUNCTIONS] = bool(request.tools)


PLACE = Place("session", _fill, group=SESSION, page=PANEL)


def view(where: Mapping[str, Endpoint]) -> None:
    """The whole panel."""
    _close_idle()
    runs = _runs()
    _go_on(runs, where)
    ref = _model(where, bool(runs))
    if ref is None:
        st.info("Realtime is offered by OpenAI and Gemini: neither has an endpoint here.")
        return
    _ask(ref, runs, where)
    if not runs:
        asking.empty(
            PANEL,
            "both directions of a WebSocket: press **Send** for the first turn, then again for the second, and compare what"
            " the two were billed for.",
        )
        return
    if asking.ended(runs[-1], "lab_realtime_live"):
        found = realtime.turns(runs)
        _cost(found)
        _timeline(found)


def _runs() -> list[LiveRun]:
    """The turns of the session that is looked at."""
    last = looked_at(PLACE)
    runs = runs_with(SESSION, str(last.context[SESSION])) if last else []
    return [*runs, last] if last and last.id not in {run.id for run in runs} else runs


def _go_on(runs: Sequence[LiveRun], where: Mapping[str, Endpoint]) -> None:
    """Run the functions that the model waits for, and bring their results back over the same WebSocket."""
    id = str(runs[-1].context[SESSION]) if runs else ""
    if not (realtime.waits(runs) and HELD.is_open(owner(), id)):
        return
    with _going_on:
        known = runs_with(SESSION, id)
        if not realtime.waits(known):
            return
        session = HELD.get(owner(), id)
        started = start(
            [realtime.going_on(known[-1])],
            where,
            kind=asking.KIND,
            context={SESSION: id},
            caller=session.call,
        )
    if started:
        look_at(PLACE, started)
        st.rerun()


def _close_idle() -> None:
    if idle := HELD.idle():
        get_engine().submit(lambda pool: realtime.close(idle, pool))


def _model(where: Mapping[str, Endpoint], begun: bool) -> SessionModel | None:
    """The model of the session; it can't be changed while one goes on."""
    offered = {str(model.ref): model for model in realtime.models(where)}
    if not offered:
        return None
    if st.session_state.get(MODEL) not in offered:
        st.session_state[MODEL] = next(iter(offered))
    left, right = st.columns((2, 1), vertical_alignment="bottom")
    spelling = left.selectbox(
        "Model",
        list(offered),
        key=MODEL,
        format_func=lambda name: f"{name} · {offered[name].label}",
        disabled=begun,
        help="A session has one model: end it to choose another." if begun else None,
        persist_state="session",
    )
    right.toggle(
        "Answer by speech",
        key=SPEECH,
        disabled=begun,
        help="Speech comes with a transcript, and its tokens cost several times those of text. The sound itself is not played.",
        persist_state="session",
    )
    right.toggle(
        "Offer functions",
        key=FUNCTIONS,
        disabled=begun,
        help="A calculator, a clock and a sample CRM table. What the model calls runs here; the result goes back in the session.",
        persist_state="session",
    )
    model = offered[spelling]
    if source_of(model.ref, where) == "simulated":
        st.caption(
            ":material/science: Simulated: a server on this computer speaks the provider's protocol."
        )
    if model.retires:
        st.caption(f":material/event_busy: Switched off on {model.retires}.")
    return model


def _ask(model: SessionModel, runs: Sequence[LiveRun], where: Mapping[str, Endpoint]) -> None:
    """The next question, and the end of the session."""
    calling = bool(st.session_state.get(FUNCTIONS))
    key = names.lab(PANEL, f"question_{len(runs)}_{calling}")
    sample = realtime.CALLING if calling and not runs else QUESTIONS[len(runs) % len(QUESTIONS)]
    st.session_state.setdefault(key, sample)
    question = st.text_area(
        "Your message",
        key=key,
        height=68,
        max_chars=asking.MOST_CHARACTERS,
        persist_state="session",
    )
    left, right = st.columns(2)
    with left:
        last = runs[-1] if runs else None
        pressed = once.button(
            PLACE.key,
            last,
            "Send",
            "Send again",
            type="primary",
            icon=":material/send:",
            key="lab_realtime_send",
            disabled=not (question or "").strip() or bool(last and not last.done),
        )
    if runs:
        with right:
            if st.button("End the session", icon=":material/call_end:", key="lab_realtime_end"):
                _end(str(runs[-1].context[SESSION]))
        st.caption(_state(str(runs[-1].context[SESSION])))
    what = (str(model.ref), question, len(runs))
    if question and once.goes(PLACE.key, last, pressed, what):
        id = str(runs[-1].context[SESSION]) if runs else ""
        session = HELD.get(owner(), id)
        request = realtime.asked(
            model.ref,
            question,
            runs,
            speech=bool(st.session_state.get(SPEECH)),
            functions=calling,
        )
        started = start(
            [request], where, kind=asking.KIND, context={SESSION: session.id}, caller=session.call
        )
        if started:
            look_at(PLACE, started)
            st.rerun()


def _state(id: str) -> str:
    if HELD.is_open(owner(), id):
        return (
            ":material/link: The WebSocket is open. It is closed after ten minutes without a turn."
        )
    return (
        ":material/link_off: The WebSocket is closed. The next turn opens another and tells the provider the conversation so"
        " far."
    )


def _end(id: str) -> None:
    session = HELD.drop(owner(), id)
    if session is not None:
        get_engine().submit(lambda pool: realtime.close([session], pool))
    look_away(PLACE)
    st.rerun()


def _cost(found: Sequence[Turn]) -> None:
    """What each turn was billed, and how much of that was billed before."""
    for turn in found:
        failure = turn.response.failure
        if failure and not failure.stopped:
            st.error(markdown.plain(f"Turn {turn.number}: {failure.told}"), icon=":material/error:")
    last = found[-1]
    _called(found)
    st.markdown(markdown.safe(last.response.text) if last.response.text else "*No text came.*")
    st.subheader("What each turn was billed", anchor=False)
    usages = [turn.response.usage for turn in found]
    table = {
        "Turn": [turn.number for turn in found],
        "Message": [turn.question for turn in found],
        "First text": [fmt.seconds(turn.response.time_to_first_text) for turn in found],
        "Input": [fmt.count(usage.input_tokens) for usage in usages],
        "of it again": [fmt.count(turn.again) for turn in found],
        "of it cached": [fmt.count(usage.cache_read_input_tokens) for usage in usages],
        "Output": [fmt.count(usage.output_tokens) for usage in usages],
        "of it audio": [
            fmt.count(usage.output_tokens_by_modality.get("audio")) for usage in usages
        ],
        "Cost": [fmt.cost_of(turn.response) for turn in found],
    }
    st.dataframe(table, hide_index=True, alt="Tokens and cost of each turn of the session")
    again = [turn.again for turn in found if turn.again is not None]
    whole = markdown.dollars(fmt.money(realtime.total(found)))
    said = f"The session so far: {whole}."
    if len(found) > 1 and len(again) == len(found):
        said += f" {sum(again):,} of its input tokens were in the session already when they were billed."
    st.markdown(said)


def _called(found: Sequence[Turn]) -> None:
    """The functions that were called, each with its result."""
    for turn in found:
        for ran in turn.ran:
            sign = ":red[:material/error:]" if ran.result.is_error else ":material/function:"
            call = f"{ran.call.name}({json.dumps(ran.call.arguments, ensure_ascii=False)})"
            st.markdown(f"{sign} {markdown.code(call)} :small[turn {turn.number}]")
            st.code(ran.result.content, language=None, wrap_lines=True)
    if any(turn.later for turn in found):
        st.caption("Google counts a call and the answer to its result together: with the answer.")


def _timeline(found: Sequence[Turn]) -> None:
    """Every message of the session, in both directions."""
    st.subheader("The wire", anchor=False)
    rows = [(turn, event) for turn in found for event in turn.events]
    left, right = st.columns((1, 2))
    way = left.segmented_control(
        "Direction",
        list(DIRECTIONS),
        format_func=DIRECTIONS.__getitem__,
        key=names.lab(PANEL, "direction"),
    )
    wanted = right.text_input(
        "Only messages with", key=names.lab(PANEL, "search"), placeholder="usage"
    )
    kept = [
        (turn, event)
        for turn, event in rows
        if way in (None, event.direction) and (not wanted or wanted in event.type + event.data)
    ]
    st.caption(f"{len(kept):,} of {len(rows):,} messages. Keys are masked.")
    shown = kept[:MOST_SHOWN]
    table = {
        "Turn": [turn.number for turn, _ in shown],
        "Time (s)": [round(event.offset, 4) for _, event in shown],
        "Direction": [DIRECTIONS[event.direction] for _, event in shown],
        "Type": [event.type for _, event in shown],
        "Message": [event.data for _, event in shown],
    }
    picked = st.dataframe(
        table,
        hide_index=True,
        height=360,
        on_select="rerun",
        selection_mode="single-row",
        key=names.lab(PANEL, "messages"),
        column_config={
            "Time (s)": st.column_config.NumberColumn(
                help="From the turn's first message; below zero is what opened the session"
            )
        },
        alt="Every message of the session with its time and direction",
    )
    for index in picked.selection.rows[:1]:
        if index < len(shown):
            st.code(pretty(shown[index][1].data), language="json", wrap_lines=True)
    st.caption("Press a row to see the message whole.")
