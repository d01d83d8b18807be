"""A lane's settings: the door, what the model accepts, and what will really be sent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

import streamlit as st

from playground.demo.faults import FAULTS
from playground.domain import APIS, Endpoint, ModelRef, Request, setting, typed
from playground.domain.provider import provider_of
from playground.domain.setting import Setting
from playground.domain.values import default, value
from playground.providers import acceptance
from playground.providers.acceptance import Note
from playground.ui import names
from playground.ui.compare import lanes, parts, prompt
from playground.ui.compare.lanes import LaneChoice
from playground.ui.compare.prompt import Asked
from playground.ui.parts.markdown import plain
from playground.ui.parts.setting import TYPED, widget
from playground.ui.parts.words import word_diff

LONG = frozenset(("object", "schema", "tools"))
"""Kinds that are typed in a field of many lines: they stand behind their heading."""


def settings(lane: int, number: int, where: Mapping[str, Endpoint]) -> None:
    """The button and all that is behind it, which is drawn when it is opened, and nothing else of the lane."""
    with st.popover(
        f"Settings of lane {number}",
        icon=":material/tune:",
        type="tertiary",
        key=names.lane_settings(lane),
        on_change=parts.redraw,  # together with what was typed elsewhere just before
        args=(parts.settings(lane),),
    ):
        parts.drawn(parts.settings(lane), _behind, lane, where)


def _behind(lane: int, where: Mapping[str, Endpoint]) -> None:
    """Thirty widgets, which nobody sees while it is closed."""
    if st.session_state.get(names.lane_settings(lane)) and lane in lanes.ids():
        made = lanes.read_lane(lane, where)
        if made.model is not None:
            _fields(made, made.model, where, prompt.read())


def _fields(made: LaneChoice, ref: ModelRef, where: Mapping[str, Endpoint], asked: Asked) -> None:
    rows = lanes.accepted(ref)
    short = [row for row in rows if row.kind not in LONG]
    fields = [partial(_door, made.id, ref)] if _doors(ref) else []
    if where[ref.provider].simulated:
        fields.append(partial(_fault, made.id))
    for row in (
        *(r for r in short if r.kind != "flag"),
        *(r for r in short if r.kind == "flag"),
    ):
        fields.append(partial(_field, row, made.id, ref))
    with (
        st.container(key=f"fields_{made.id}"),
        st.grid(columns=2, min_column_width=200, gap="small") as grid,
    ):
        for field in fields:
            with grid.cell():
                field()
    for row in rows:
        if row.kind in LONG:
            with st.expander(row.label, key=f"long_{lanes.setting_key(row, made.id, ref)}"):
                _field(row, made.id, ref)
    _own_texts(made, asked)
    left_out = [row.label.lower() for row in setting.SETTINGS if row not in rows]
    if left_out:
        st.caption(f"Not accepted here: {', '.join(left_out)}.")
    what_is_sent(made, asked)


def _doors(ref: ModelRef) -> Sequence[str]:
    """The APIs between which there is a choice."""
    doors = provider_of(ref.provider).apis
    return doors if len(doors) > 1 else ()


def _door(lane: int, ref: ModelRef) -> None:
    st.segmented_control(
        "API (endpoint)",
        _doors(ref),
        key=names.lane_api(lane, ref.provider),
        required=True,
        format_func=lambda api: APIS[api].label,
        on_change=parts.redraw_lane,
        args=(lane,),
        persist_state="session",
    )


def _fault(lane: int) -> None:
    st.selectbox(
        "Let it fail with",
        FAULTS,
        index=None,
        key=names.lane_fault(lane),
        placeholder="nothing",
        help="Simulation only: fails as this provider's real API does.",
        on_change=parts.redraw_lane,
        args=(lane,),
        persist_state="session",
    )


def _field(row: Setting, lane: int, ref: ModelRef) -> None:
    key = lanes.setting_key(row, lane, ref)
    if row.kind == "flag":
        st.session_state.setdefault(key, default(row.name))
    widget(row, key, ref, on_change=parts.redraw_lane, args=(lane,))
    held = st.session_state.get(key)
    if held and row.stays and row.kind in TYPED and len(lanes.ids()) > 1:
        st.button(
            "Use in every lane",
            icon=":material/content_copy:",
            type="tertiary",
            key=f"everywhere_{key}",
            on_click=_use_in_every_lane,
            args=(row, lane),
        )


def _use_in_every_lane(row: Setting, lane: int) -> None:
    held = st.session_state[names.lane_setting(row.name, lane)]
    for other in lanes.ids():
        st.session_state[names.lane_setting(row.name, other)] = held
    st.toast(f"{row.label}: the same in {len(lanes.ids())} lanes now.")
    parts.redraw(parts.ANSWERS, parts.REMARKS)


def _own_texts(made: LaneChoice, asked: Asked) -> None:
    with st.expander(
        "A prompt of its own", key=f"lane_own_{made.id}", on_change="rerun", expanded=False
    ) as box:
        if box.open:
            from playground.ui.compare import (
                versions,
            )  # the database, which the first page does not need

            versions.choose(made.id)
        for label, key in (
            ("This lane's prompt", names.lane_prompt(made.id)),
            ("This lane's system prompt", names.lane_system(made.id)),
        ):
            st.text_area(
                label,
                key=key,
                height=90,
                placeholder="the same as all lanes",
                on_change=parts.redraw_lane,
                args=(made.id,),
                persist_state="session",
            )
        for what, common, own in (
            ("prompt", asked.prompt, made.prompt),
            ("system prompt", asked.system or "", made.system),
        ):
            if own and own != common:
                st.caption(f"Against the {what} of all lanes")
                word_diff(common, own, left_name="all lanes", right_name="this lane")


def what_is_sent(lane: LaneChoice, asked: Asked) -> None:
    """Everything that the lane sets beside its text, and what becomes of it."""
    if lane.problem:
        st.caption("**Nothing will be sent** while a field above can't be read.")
        return
    wanted = lanes.wanted_of(lane, asked)
    notes = acceptance.check(wanted)
    st.caption(
        "**Will be sent:** the prompt"
        + (", the system prompt" if wanted.system else "")
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
