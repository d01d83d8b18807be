"""The lanes as the fields hold them: which models are asked, each with its own settings. Nothing is drawn here."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import streamlit as st

from playground import catalog
from playground.demo import faults
from playground.domain import Endpoint, ModelRef, Request, lane_names, setting, typed
from playground.domain.provider import provider_of
from playground.domain.setting import Setting
from playground.domain.values import put
from playground.engine import LiveRun
from playground.providers import acceptance
from playground.ui import names
from playground.ui.compare import prompt, replay
from playground.ui.compare.prompt import Asked
from playground.ui.parts.markdown import plain
from playground.ui.parts.setting import read as read_setting
from playground.ui.session import compose
from playground.ui.session import lanes as held
from playground.ui.session.models import read
from playground.ui.session.state import MOST_LANES

BEGINS: Mapping[str, Callable[[ModelRef], bool]] = {
    "reasoning_summary": lambda ref: provider_of(ref.provider).summary_unasked,
}
"""Flags that a new lane has otherwise than a request has by default."""


@dataclass(frozen=True, slots=True)
class LaneChoice:
    """What the user set for one lane, before it meets the prompt."""

    id: int
    model: ModelRef | None
    problem: str | None
    """Why it can't be sent; None when it can."""
    values: Mapping[str, Any] = field(default_factory=dict)
    """Settings that were chosen, by name."""
    prompt: str = ""
    """The lane's own prompt; empty = the one of all lanes."""
    system: str = ""
    """The lane's own system prompt; empty = the one of all lanes."""
    version: str = ""
    """`NAME v3`, where its own texts are a version out of the prompt library."""

    @property
    def own(self) -> tuple[str, ...]:
        """What the lane has otherwise than all lanes, in words."""
        if self.version:
            return (self.version,)
        texts = (("own prompt", self.prompt), ("own system prompt", self.system))
        return tuple(word for word, text in texts if text)


def ids() -> list[int]:
    """The lanes' numbers, in the order in which they stand."""
    return held.ids()


def read_all(where: Mapping[str, Endpoint]) -> list[LaneChoice]:
    """What all lanes' fields hold."""
    return [read_lane(lane, where) for lane in ids()]


def read_lane(lane: int, where: Mapping[str, Endpoint]) -> LaneChoice:
    """What one lane's fields hold, drawn or not."""
    ref, problem = read(spelling(lane), where)
    if ref is None:
        return LaneChoice(lane, None, problem)
    if then := replay.of(ref):
        asked = prompt.read()
        return LaneChoice(lane, ref, replay.problem(then, asked), system=replay.own(then, asked))
    ref = through(lane, ref)
    values: dict[str, Any] = {}
    wrong = None
    for row in accepted(ref):
        begin(row, lane, ref)
        try:
            chosen = read_setting(row, setting_key(row, lane, ref), ref)
        except typed.Unreadable as error:
            wrong = wrong or str(error)
        else:
            values |= {} if chosen is None else {row.name: chosen}
    if where[ref.provider].simulated:
        ref = _with_fault(lane, ref)
    return LaneChoice(lane, ref, wrong, values, *own_texts(lane), compose.version_of(lane))


def spelling(lane: int) -> str:
    """The lane's model as it is typed or chosen."""
    return held.spelling(lane)


def through(lane: int, ref: ModelRef) -> ModelRef:
    """The model through the door that the lane's settings say."""
    door = st.session_state.setdefault(names.lane_api(lane, ref.provider), ref.api)
    return replace(ref, api=door or ref.api)


def accepted(ref: ModelRef) -> list[Setting]:
    """The settings that can have an effect on this model through this door."""
    return [row for row in setting.SETTINGS if acceptance.accepts(ref, row.name)]


def setting_key(row: Setting, lane: int, ref: ModelRef) -> str:
    """The widget of this setting in a lane; a model that is to fail keeps the settings of the same model."""
    return compose.setting_key(row, lane, faults.split(ref.model)[0])


def begin(row: Setting, lane: int, ref: ModelRef) -> None:
    """A flag of a new lane as it begins."""
    if row.kind == "flag" and row.name in BEGINS:
        key = setting_key(row, lane, ref)
        st.session_state.setdefault(key, BEGINS[row.name](ref))


def _with_fault(lane: int, ref: ModelRef) -> ModelRef:
    """The same model, asked to fail in its provider's own way where the user wants to see that."""
    fault = st.session_state.get(names.lane_fault(lane))
    bare = faults.split(ref.model)[0]
    return replace(ref, model=f"{bare}~{fault}") if fault else ref


def own_texts(lane: int) -> tuple[str, str]:
    """The lane's own prompt and system prompt, empty for none."""
    prompt = st.session_state.get(names.lane_prompt(lane)) or ""
    system = st.session_state.get(names.lane_system(lane)) or ""
    return prompt.strip(), system.strip()


def spelled(lane: int) -> None:
    """After a lane's model was typed: a lone `~429` is the model before, asked to fail so."""
    key = names.lane_model(lane)
    now = str(st.session_state.get(key) or "")
    before = faults.split(str(st.session_state.get(names.lane_before(lane)) or ""))[0]
    if before and now.startswith("~") and now[1:] in faults.FAULTS:
        st.session_state[key] = before + now
    if "~" in now:  # what is typed is meant, whatever the menu said before
        st.session_state[names.lane_fault(lane)] = None


def add() -> None:
    """A lane with a model that no lane has yet."""
    held.add(_next_model(map(spelling, ids())))


def _next_model(taken: Iterator[str]) -> str:
    """The first model that is not there: one a provider, then the catalog's order."""
    there = {name.partition("~")[0] for name in taken}
    offered = [str(ref) for ref in (*catalog.defaults(), *catalog.current())]
    return next((name for name in offered if name not in there), offered[0])


def duplicate(lane: int, where: Mapping[str, Endpoint], asked: Asked) -> None:
    """The same lane once more, beside it, settings and all; of a lane that can't be sent only its model."""
    here = ids()
    if len(here) >= MOST_LANES or lane not in here:
        return
    new, made = max(here) + 1, read_lane(lane, where)
    if made.model is None or made.problem:
        st.session_state[names.lane_model(new)] = spelling(lane)
    else:
        request = wanted_of(made, asked)
        compose.fill_lane(new, request, prompt=asked.prompt, system=asked.system or "")
        compose.note_version(new, made.version)
    place = here.index(lane) + 1
    st.session_state[names.LANES] = [*here[:place], new, *here[place:]]


def remove(lane: int) -> None:
    """Two clicks that come before the page is drawn again remove one lane, and never the last one."""
    here = st.session_state[names.LANES]
    left = [other for other in here if other != lane]
    if left and left != here:
        st.session_state[names.LANES] = left
        focus(names.lane_model(left[min(here.index(lane), len(left) - 1)]))


def replaced() -> None:
    """At the end of a callback: a set of lanes was taken; its menu closes and all is drawn."""
    st.session_state[names.PRESET] = False
    focus(names.lane_model(ids()[0]))
    st.rerun()


def focus(key: str) -> None:
    """Let the keyboard go to this widget once the page is drawn: what it was at is gone."""
    _, count = st.session_state.get(names.FOCUS, ("", 0))
    st.session_state[names.FOCUS] = (key, count + 1)


def problem(chosen: Sequence[LaneChoice], asked: Asked) -> str | None:
    """Why this can't be sent; None when it can."""
    said = (f"Lane {n}: {plain(lane.problem)}" for n, lane in enumerate(chosen, 1) if lane.problem)
    return asked.problem or next(said, None)


def request(lane: LaneChoice, asked: Asked) -> Request:
    """What this lane sends: the prompt with the lane's settings, cut to what its model takes; or what was sent then."""
    wanted = wanted_of(lane, asked)
    return wanted if wanted.model.recorded else acceptance.fit(wanted)


def wanted_of(lane: LaneChoice, asked: Asked) -> Request:
    """The request with everything that was set, before the model's limits."""
    assert lane.model is not None  # noqa: S101 - lanes with a problem are not sent
    if row := replay.of(lane.model):
        return row.request()
    here = replace(asked, prompt=lane.prompt or asked.prompt, system=lane.system or asked.system)
    plain_request = Request(model=lane.model, messages=here.messages(), system=here.system)
    return put(plain_request, lane.values)


def names_of(run: LiveRun) -> list[str]:
    """A unique name for each lane of a run, as it stands above its answer."""
    return lane_names(lane.request.model for lane in run.lanes)
