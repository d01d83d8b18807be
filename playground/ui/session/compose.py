"""What Compare's fields hold, for whoever fills them: a run that is opened or repeated, a prompt of the library."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import streamlit as st

from playground.demo import faults
from playground.domain import Request, Text, typed
from playground.domain.setting import SETTINGS, Setting
from playground.domain.values import value
from playground.engine import LiveRun
from playground.store.packing import storable
from playground.ui import names
from playground.ui.session.looking import Place


def setting_key(row: Setting, lane: int, model: str) -> str:
    """The widget of this setting in a lane; each model has its own where the setting does not stay when the model changes."""
    return names.lane_setting(row.name, lane, "" if row.stays else model)


def fill(requests: Sequence[Request]) -> None:
    """Put these requests into the fields; attachments can't be put there and must be attached again."""
    first = requests[0]
    fill_text(prompt_of(first), first.system or "")
    st.session_state[names.LANES] = list(range(len(requests)))
    st.session_state.pop(names.SHOWN_LANES, None)
    for lane, request in enumerate(requests):
        fill_lane(lane, request, prompt=prompt_of(first), system=first.system or "")
    if any(not isinstance(part, Text) for m in first.messages[-1:] for part in m.parts):
        st.toast("Images and PDFs must be attached again.", icon=":material/attach_file:")


def fill_lane(lane: int, request: Request, *, prompt: str, system: str) -> None:
    """Put what this request has otherwise than all lanes into one lane's fields: its model, its settings, its own texts."""
    bare, fault = faults.split(request.model.model)
    ref = replace(request.model, model=bare)
    st.session_state[names.lane_model(lane)] = str(ref)
    st.session_state[names.lane_api(lane, ref.provider)] = ref.api
    st.session_state[names.lane_fault(lane)] = fault
    st.session_state[names.lane_prompt(lane)] = _where_other(prompt_of(request), prompt)
    st.session_state[names.lane_system(lane)] = _where_other(request.system or "", system)
    for row in SETTINGS:
        key = setting_key(row, lane, ref.model)
        st.session_state[key] = _held(row, value(request, row.name))


def _where_other(text: str, common: str) -> str:
    """A lane's own text, where it has another one than all lanes."""
    return "" if text == common else storable(text)


def _held(row: Setting, chosen: Any) -> Any:
    """The value as the setting's widget holds it."""
    if row.kind in typed.READ:
        return storable(typed.typed(chosen))
    if row.kind in ("integer", "number"):
        return "" if chosen is None else str(chosen)
    if isinstance(chosen, str):
        return storable(chosen)
    return list(chosen) if isinstance(chosen, tuple) else chosen


def fill_text(prompt: str, system: str) -> None:
    """Put these words into the fields; the lanes stay as they are."""
    st.session_state[names.PROMPT] = storable(prompt)
    st.session_state[names.SYSTEM] = storable(system)


def prompt_of(request: Request) -> str:
    """What the user asked last, as a browser can show it."""
    asked = (m.text for m in reversed(request.messages) if m.role == "user" and m.text)
    return storable(next(asked, ""))


def _fill_from(run: LiveRun) -> None:
    if run.lanes:
        fill([lane.request for lane in run.lanes])


PLACE = Place("run", _fill_from)
"""Where Compare shows a run."""
