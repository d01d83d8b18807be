"""The lanes: which models are asked, each with its own settings, and what will really be sent."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import streamlit as st

from playground.demo.faults import FAULTS
from playground.domain import APIS, Endpoint, ModelRef, Request, lane_names, setting, typed
from playground.domain.provider import provider_of
from playground.domain.setting import Setting
from playground.domain.values import default, put, value
from playground.engine import LiveRun
from playground.providers import acceptance, catalog
from playground.providers.acceptance import Note
from playground.ui import names
from playground.ui.compare.prompt import Asked
from playground.ui.parts.markdown import plain
from playground.ui.parts.setting import widget
from playground.ui.session import compose
from playground.ui.session.models import model_options, option, read

MOST_LANES = 8
NARROWEST = 260
"""Pixels of a lane before the row wraps."""

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


def lane_row(where: Mapping[str, Endpoint], asked: Asked) -> list[LaneChoice]:
    """Draw the lanes' selectors and return what they hold."""
    ids: list[int] = st.session_state.setdefault(names.LANES, list(range(len(catalog.defaults()))))
    with st.grid(columns=4, min_column_width=NARROWEST, gap="small"):
        chosen = [
            _lane(number, i, where, asked, removable=len(ids) > 1)
            for number, i in enumerate(ids, 1)
        ]
    with st.container(horizontal=True):
        st.button(
            "Add a lane",
            icon=":material/add:",
            type="tertiary",
            disabled=len(ids) >= MOST_LANES,
            help=f"Up to {MOST_LANES}; the same model may run twice with other settings.",
            on_click=_add_lane,
        )
    return chosen


def _add_lane() -> None:
    ids: list[int] = st.session_state[names.LANES]
    if len(ids) < MOST_LANES:
        st.session_state[names.LANES] = [*ids, max(ids) + 1]


def _lane(
    number: int, lane: int, where: Mapping[str, Endpoint], asked: Asked, *, removable: bool
) -> LaneChoice:
    with st.container(border=True, gap="xsmall"):
        options = model_options(where)
        defaults = [str(ref) for ref in catalog.defaults()]
        key = names.lane_model(lane)
        chosen = st.session_state.setdefault(key, defaults[lane % len(defaults)])
        if chosen and chosen not in options:
            options = [chosen, *options]
        spelling = st.selectbox(
            f"Model of lane {number}",
            options,
            key=key,
            format_func=option,
            accept_new_options=True,
            label_visibility="collapsed",
            help="Type provider:model for one that is not listed.",
            persist_state="session",
        )
        ref, problem = read(spelling, where)
        if ref is None:
            st.error(problem)
            _remove_button(lane, removable)
            return LaneChoice(lane, None, problem)
        with st.container(horizontal=True, vertical_alignment="center", gap="xsmall"):
            if where[ref.provider].simulated:
                st.badge("simulated", icon=":material/science:", color="violet")
            else:
                st.badge("real API", icon=":material/key:", color="blue")
            with st.popover("Settings", icon=":material/tune:", type="tertiary"):
                made = _settings(lane, ref, simulated=where[ref.provider].simulated)
                _what_is_sent(made, asked)
            _remove_button(lane, removable)
        if made.problem:
            st.error(plain(made.problem))
        return made


def _remove_button(lane: int, removable: bool) -> None:
    if removable:
        st.button(
            "",
            icon=":material/close:",
            type="tertiary",
            key=f"remove_{lane}",
            help="Remove this lane",
            on_click=_remove_lane,
            args=(lane,),
        )


def _remove_lane(lane: int) -> None:
    """Two clicks that come before the page is drawn again remove one lane, and never the last one."""
    left = [other for other in st.session_state[names.LANES] if other != lane]
    if left:
        st.session_state[names.LANES] = left


def _settings(lane: int, ref: ModelRef, *, simulated: bool) -> LaneChoice:
    """The door that the model is called through, and the settings that it accepts there."""
    doors = provider_of(ref.provider).apis
    if len(doors) > 1:
        key = names.lane_api(lane, ref.provider)
        st.session_state.setdefault(key, ref.api)
        api = st.segmented_control(
            "Door",
            doors,
            key=key,
            required=True,
            format_func=lambda api: APIS[api].label,
            persist_state="session",
        )
        ref = ModelRef(ref.provider, api or ref.api, ref.model)
    accepted = [row for row in setting.SETTINGS if acceptance.accepts(ref, row.name)]
    groups = list(dict.fromkeys(row.group for row in accepted))
    places = dict(zip(groups, st.tabs(groups), strict=True))
    values: dict[str, Any] = {}
    problem = None
    for row in accepted:
        try:
            with places[row.group]:
                chosen = _widget(row, lane, ref)
        except typed.Unreadable as error:
            problem = problem or str(error)
        else:
            values |= {} if chosen is None else {row.name: chosen}
    if simulated:
        with places["Call"]:
            ref = _with_fault(lane, ref)
    left_out = [row.label.lower() for row in setting.SETTINGS if row not in accepted]
    if left_out:
        st.caption(f"Not accepted here: {', '.join(left_out)}.")
    return LaneChoice(lane, ref, problem, values)


def _widget(row: Setting, lane: int, ref: ModelRef) -> Any:
    where = compose.setting_key(row, lane, ref.model)
    if row.kind == "flag":
        begins = BEGINS.get(row.name)
        st.session_state.setdefault(where, begins(ref) if begins else default(row.name))
    chosen = widget(row, where, ref)
    if chosen and row.stays and row.kind in typed.READ and len(st.session_state[names.LANES]) > 1:
        st.button(
            "Use in every lane",
            icon=":material/content_copy:",
            type="tertiary",
            key=f"everywhere_{where}",
            on_click=_use_in_every_lane,
            args=(row, lane),
        )
    return chosen


def _use_in_every_lane(row: Setting, lane: int) -> None:
    here = compose.setting_key(row, lane, "")
    for other in st.session_state[names.LANES]:
        there = compose.setting_key(row, other, "")
        st.session_state[there] = st.session_state[here]
    st.toast(f"{row.label}: the same in {len(st.session_state[names.LANES])} lanes now.")


def _what_is_sent(lane: LaneChoice, asked: Asked) -> None:
    """Everything that the lane sets beside its text, and what becomes of it."""
    if lane.problem:
        st.caption("**Nothing will be sent** while a field above can't be read.")
        return
    wanted = wanted_of(lane, asked)
    notes = acceptance.check(wanted)
    st.caption(
        "**Will be sent:** the prompt"
        + (", the system prompt" if asked.system else "")
        + ("." if not notes else "; and of the settings:")
    )
    if notes:
        st.caption("  \n".join(said_of(note, wanted) for note in notes))


def said_of(note: Note, wanted: Request) -> str:
    """One setting's fate in a line."""
    row = setting.find(note.setting)
    name = row.label.lower() if row else note.setting.replace("_", " ")
    if row and row.kind not in typed.READ:
        name += f" {typed.written(row, value(wanted, row.name))}"
    why = f" ({plain(note.why)})" if note.why else ""
    return f"{plain(name)}: {note.action}{why}"


def _with_fault(lane: int, ref: ModelRef) -> ModelRef:
    """The same model, asked to fail in its provider's own way where the user wants to see that."""
    fault = st.selectbox(
        "Let it fail with",
        FAULTS,
        index=None,
        key=f"fault_{lane}",
        placeholder="nothing",
        help="Simulation only: fails as this provider's real API does.",
        persist_state="session",
    )
    return ModelRef(ref.provider, ref.api, f"{ref.model}~{fault}") if fault else ref


def first_problem(chosen: Sequence[LaneChoice]) -> str | None:
    """Why not all lanes can be sent; None when they can."""
    said = (f"Lane {n}: {plain(lane.problem)}" for n, lane in enumerate(chosen, 1) if lane.problem)
    return next(said, None)


def request(lane: LaneChoice, asked: Asked) -> Request:
    """What this lane sends: the prompt with the lane's settings, cut to what its model takes."""
    return acceptance.fit(wanted_of(lane, asked))


def wanted_of(lane: LaneChoice, asked: Asked) -> Request:
    """The request with everything that was set, before the model's limits."""
    assert lane.model is not None  # noqa: S101 - lanes with a problem are not sent
    plain_request = Request(model=lane.model, messages=asked.messages(), system=asked.system)
    return put(plain_request, lane.values)


def names_of(run: LiveRun) -> list[str]:
    """A unique name for each lane of a run, as it stands above its answer."""
    return lane_names(lane.request.model for lane in run.lanes)
