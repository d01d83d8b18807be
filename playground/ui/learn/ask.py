"""The experiment "ask": one prompt to some models, and a switch between what there is to see of their answers."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import streamlit as st

from playground.demo.process import get_demo
from playground.domain import Endpoint, Request, Response
from playground.engine import LiveRun
from playground.lessons import asking
from playground.lessons.figures import usual
from playground.lessons.lesson import Ask, Lesson
from playground.ui import names
from playground.ui.learn.place import prompt_of
from playground.ui.parts.head import head
from playground.ui.parts.markdown import plain
from playground.ui.parts.receipt import NO_COST, TOKENS, receipt, remarks
from playground.ui.parts.under_way import ended
from playground.ui.parts.views import VIEWS, View
from playground.ui.session.looking import Place, looked_at
from playground.ui.session.membership import listed
from playground.ui.session.models import simulated_note
from playground.ui.session.sending import send

KIND = "learn"
"""What the history calls a lesson's runs."""
MOST_CHARACTERS = 20_000


def _receipt(request: Request, response: Response, endpoint: Endpoint | None, key: str) -> None:
    if response.cost is None:
        st.caption(NO_COST[response.failure is None])
        return
    st.markdown(receipt(response.cost))
    if said := TOKENS.get(response.source):
        st.caption(said)


SHOWN: Mapping[str, View] = {**VIEWS, "Receipt": View(_receipt, wide=True)}
"""The ways to look at an answer that a lesson may name."""


def view(lesson: Lesson, ask: Ask, where: Mapping[str, Endpoint]) -> None:
    """Prompt, button, and the answers as they come and as they were on the wire."""
    place = Place("run", _fill(lesson), page=f"learn {lesson.name}")
    run = looked_at(place)
    prompt = _field(lesson, "prompt", "Prompt", ask.prompt)
    system = _field(lesson, "system", "System prompt", ask.system) if ask.system else ""
    if ask.on_the_demo:
        where = get_demo().endpoints()
    asked = asking.requests(ask, prompt, system, asked_here(where))
    if ask.on_the_demo:
        st.caption(
            ":violet[:material/science: simulated]: the demo answers, whatever keys there are."
        )
    else:
        simulated_note([request.model for request in asked], where)
    send(place, run, asked, where, kind=KIND, key=names.learn(lesson.name, "send"))
    if run is not None and ended(run, names.learn(lesson.name, "live"), _titles(ask, run)):
        _answers(lesson, ask, run, where)


def asked_here(where: Mapping[str, Endpoint]) -> asking.Model:
    """Which model of a provider a lesson asks: its usual one, or one that the class has which pays for it."""
    return lambda provider: listed(usual(provider), where)


def _fill(lesson: Lesson) -> Callable[[LiveRun], None]:
    def fill(run: LiveRun) -> None:
        request = run.lanes[0].request
        st.session_state[names.learn(lesson.name, "prompt")] = prompt_of(request)
        st.session_state[names.learn(lesson.name, "system")] = request.system or ""

    return fill


def _field(lesson: Lesson, field: str, label: str, first: str) -> str:
    key = names.learn(lesson.name, field)
    st.session_state.setdefault(key, first)
    text = st.text_area(
        label, key=key, height=84, persist_state="session", max_chars=MOST_CHARACTERS
    )
    return text or ""


def _titles(ask: Ask, run: LiveRun) -> list[str]:
    """The lanes' names; of a run that has others than the lesson now, their models."""
    models = [lane.request.model for lane in run.lanes]
    if len(models) != len(ask.lanes):
        return [ref.model for ref in models]
    if ask.on_the_demo:
        return asking.titles(ask)
    by_provider = {ref.provider: ref for ref in models}
    return asking.titles(ask, lambda provider: by_provider.get(provider) or usual(provider))


def _answers(lesson: Lesson, ask: Ask, run: LiveRun, where: Mapping[str, Endpoint]) -> None:
    chosen = st.segmented_control(
        "Look at",
        ask.shows,
        default=ask.shows[0],
        key=names.learn(lesson.name, "view"),
        required=True,
        label_visibility="collapsed",
    )
    shown = SHOWN[chosen or ask.shows[0]]
    most, least = (2, 480) if shown.wide else (3, 300)
    columns = min(most, len(run.lanes))
    with st.grid(columns=columns, min_column_width=least, gap="small") as grid:
        for title, lane in zip(_titles(ask, run), run.lanes, strict=True):
            response = lane.response
            if response is None:
                continue
            with grid.cell(), st.container(border=True):
                st.markdown(f"**{plain(title)}**")
                st.html(head(response))
                endpoint = where.get(lane.request.model.provider)
                key = names.learn(lesson.name, f"{run.id}_{lane.index}")
                shown.draw(lane.request, response, endpoint, key)
                remarks(response)
