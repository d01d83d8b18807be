"""The gallery: which recorded answers there are, what each shows, where it comes from, and its replay."""

from __future__ import annotations

import streamlit as st

from playground.demo import recorded
from playground.demo.process import get_demo
from playground.demo.recorded import Recording
from playground.engine import LiveRun
from playground.ui import names
from playground.ui.live.component import live_run
from playground.ui.parts.card import result_card
from playground.ui.parts.markdown import plain
from playground.ui.session import once
from playground.ui.session.keeping import start
from playground.ui.session.looking import Place, look_at, looked_at

PROMPT_SHOWN = 600
"""Characters of a prompt that are shown; the request in the card has all of it."""


def _fill(run: LiveRun) -> None:
    """Choose the recording that this run replayed."""
    found = recorded.named(run.lanes[0].request.model.model) if run.lanes else None
    if found:
        st.session_state[names.RECORDED_WHAT] = None
        st.session_state[names.RECORDED_PROMPT] = ""
        st.session_state[names.RECORDED] = found.id


PLACE = Place("recorded", _fill)


def gallery() -> None:
    """Choose a recorded answer, see where it comes from, and replay it."""
    run = looked_at(PLACE)
    chosen = _choose()
    if chosen is None:
        st.info(
            "No recorded answer fits. Compare asks the simulation, or a model.",
            icon=":material/search_off:",
        )
        return
    _about(chosen)
    pressed = once.button(
        PLACE.name,
        run,
        "Replay",
        "Replay again",
        type="primary",
        icon=":material/replay:",
        key="recorded_replay",
    )
    if once.goes(PLACE.name, run, pressed, chosen.id):
        started = start([chosen.request()], get_demo().endpoints(), kind="recorded")
        if started:
            once.started(PLACE.name, chosen.id)
            look_at(PLACE, started)
            st.rerun()
    if run is not None:
        _answer(run)


def _choose() -> Recording | None:
    """A recording, of those that show what is asked for and, where a prompt is typed, were asked just that."""
    what = st.pills("What it shows", recorded.shows(), key=names.RECORDED_WHAT)
    prompt = st.text_input(
        "Was this prompt recorded?",
        key=names.RECORDED_PROMPT,
        placeholder="What is the capital of France?",
        help="Finds the answers that were given to these very words.",
    )
    rows = recorded.of_prompt(prompt) if prompt.strip() else recorded.recordings()
    fitting = {r.id: r for r in rows if what is None or what in r.shows}
    if not fitting:
        return None
    if st.session_state.get(names.RECORDED) not in fitting:
        st.session_state[names.RECORDED] = next(iter(fitting))
    id = st.selectbox(
        "Recorded answer",
        list(fitting),
        format_func=lambda id: f"{fitting[id].title} · {fitting[id].asked}",
        key=names.RECORDED,
    )
    return fitting[id]


def _about(chosen: Recording) -> None:
    with st.container(horizontal=True, gap="xsmall"):
        badge = chosen.model.stand_in(True)
        st.badge(badge, icon=":material/science:", color="violet")
        for word in chosen.shows:
            st.badge(word, color="gray")
    if chosen.prompt:
        more = "…" if len(chosen.prompt) > PROMPT_SHOWN else ""
        st.text(f"{chosen.prompt[:PROMPT_SHOWN]}{more}")
    notes = [chosen.note] if chosen.note else []
    notes.append(
        f"Recorded by [{plain(chosen.source.partition('@')[0])}]({chosen.source_url}) ({chosen.licence}); dated by"
        f" {chosen.dated_by}. The answer, its tokens and their cost on that day are real; the pace is ours."
    )
    st.caption(" ".join(notes))


def _answer(run: LiveRun) -> None:
    lane = run.lanes[0]
    instead = lane.request.model.stand_in(run.simulated)
    if lane.response:
        endpoint = get_demo().endpoints().get(lane.request.model.provider)
        name = str(lane.request.model)
        result_card(name, lane.request, lane.response, endpoint, key=f"{run.id}_0")
    else:
        live_run(
            run, key=f"recorded_live_{run.id}", titles=[str(lane.request.model)], notes=[instead]
        )
        if run.done:
            st.rerun()
