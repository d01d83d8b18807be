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
from playground.ui.parts.head import Chip, answers, chips_html
from playground.ui.parts.recording import origin, way
from playground.ui.session import address, compose, lanes, once
from playground.ui.session.keeping import start
from playground.ui.session.looking import Place, look_at, look_away, looked_at
from playground.ui.shell.pages import COMPARE

PROMPT_SHOWN = 600
"""Characters of a prompt that are shown; the request in the card has all of it."""


def _fill(run: LiveRun) -> None:
    """Choose the recording that this run replayed."""
    found = recorded.named(run.lanes[0].request.model.model) if run.lanes else None
    if found:
        _fill_with(found.id)


def _fill_with(id: str) -> None:
    st.session_state[names.RECORDED_WHAT] = None
    st.session_state[names.RECORDED_PROMPT] = ""
    st.session_state[names.RECORDED] = id


PLACE = Place("recorded", _fill)
ANSWER = address.Spot("answer", "recorded answer")


def gallery() -> None:
    """Choose a recorded answer, see where it comes from, and replay it."""
    run = looked_at(PLACE)
    address.say(ANSWER)
    _follow()
    chosen = _choose()
    if chosen is None:
        st.info(
            "No recorded answer fits. Compare asks the simulation, or a model.",
            icon=":material/search_off:",
        )
        return
    _about(chosen)
    with st.container(horizontal=True):
        pressed = once.button(
            PLACE.name,
            run,
            "Replay",
            "Replay again",
            type="primary",
            icon=":material/replay:",
            key="recorded_replay",
        )
        if chosen.answers(chosen.prompt):
            _compare(chosen)
    if once.goes(PLACE.name, run, pressed, chosen.id):
        started = start([chosen.request()], get_demo().endpoints(), kind="recorded")
        if started:
            look_at(PLACE, started)
            st.rerun()
    if run is not None and run.lanes[0].request.model == chosen.model:
        _answer(run, chosen)


def _follow() -> None:
    """Choose what the address names."""
    named = address.asked(ANSWER)
    if named is None:
        return
    known = {row.id for row in recorded.recordings()}
    if named and named not in known:
        address.gone(ANSWER)
    elif named:
        _fill_with(named)
    else:
        st.session_state.pop(names.RECORDED, None)


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
        f"Recorded answer, {len(fitting)} to choose from"
        if len(fitting) > 1
        else "Recorded answer",
        list(fitting),
        format_func=lambda id: f"{fitting[id].title} · {fitting[id].asked}",
        key=names.RECORDED,
        on_change=_write,
    )
    return fitting[id]


def _write() -> None:
    """Name what was chosen in the address: the run that was replayed is another one's."""
    address.write(ANSWER, st.session_state[names.RECORDED])


def _about(chosen: Recording) -> None:
    chips = [answers(chosen.model, True), *(Chip("shows", word) for word in chosen.shows)]
    st.html(chips_html(filter(None, chips)))
    if chosen.system:
        st.caption("System prompt")
        st.text(_short(chosen.system))
        st.caption("Prompt")
    if chosen.prompt:
        st.text(_short(chosen.prompt))
    st.caption(f"{origin(chosen)} {way(chosen)}")


def _short(text: str) -> str:
    return f"{text[:PROMPT_SHOWN]}…" if len(text) > PROMPT_SHOWN else text


def _compare(chosen: Recording) -> None:
    """A button that puts the prompt into Compare's field, and this answer beside its lanes."""
    if not st.button(
        "Open in Compare",
        icon=":material/compare_arrows:",
        key="recorded_compare",
        help="The same prompt to other models, with this answer in a lane beside them.",
    ):
        return
    compose.fill_text(chosen.prompt, "")
    lanes.drop_replaying()
    if not lanes.add(str(chosen.model)):
        st.toast("All lanes of Compare are taken: remove one first.")
        return
    look_away(compose.PLACE)
    st.switch_page(COMPARE)


def _answer(run: LiveRun, chosen: Recording) -> None:
    lane = run.lanes[0]
    name = str(chosen.asked)
    if lane.response:
        endpoint = get_demo().endpoints().get(lane.request.model.provider)
        result_card(name, lane.request, lane.response, endpoint, key=f"{run.id}_0")
    else:
        note = answers(lane.request.model, run.simulated)
        live_run(run, key=f"recorded_live_{run.id}", titles=[name], notes=[note])
        if run.done:
            st.rerun()
