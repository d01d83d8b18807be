"""What Compare's fields hold, for whoever fills them: a run that is opened or repeated, a prompt of the library."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import streamlit as st

from playground.demo import faults
from playground.domain import ModelRef, Request, Text, typed
from playground.domain.provider import provider_of
from playground.domain.setting import SETTINGS, Setting
from playground.domain.values import value
from playground.engine import LiveRun
from playground.store.packing import storable
from playground.ui import names
from playground.ui.session import lanes
from playground.ui.session.looking import Place

if TYPE_CHECKING:
    from playground.ui.session.drafts import DraftLane

VERSIONS = "versions"
"""In a run's context: of each lane the version of a prompt out of the library that it sent, empty for none."""


def setting_key(row: Setting, lane: int, model: str) -> str:
    """The widget of this setting in a lane; each model has its own where the setting does not stay when the model changes."""
    return names.lane_setting(row.name, lane, "" if row.stays else model)


def fill(requests: Sequence[Request]) -> None:
    """Put these requests into the fields; attachments can't be put there and must be attached again."""
    prompt = _commonest(map(prompt_of, requests))
    system = _commonest(request.system or "" for request in requests)
    fill_text(prompt, system)
    st.session_state[names.LANES] = list(range(len(requests)))
    st.session_state.pop(names.SHOWN_LANES, None)
    for lane, request in enumerate(requests):
        fill_lane(lane, request, prompt=prompt, system=system)
    if any(not isinstance(part, Text) for m in requests[0].messages[-1:] for part in m.parts):
        st.toast("Images and PDFs must be attached again.", icon=":material/attach_file:")


def _commonest(texts: Iterable[str]) -> str:
    """What most lanes have, the first of those where none has more: that is what all share, others have their own."""
    return Counter(texts).most_common(1)[0][0]


def fill_lane(lane: int, request: Request, *, prompt: str, system: str) -> None:
    """Put what this request has otherwise than all lanes into one lane's fields: its model, its settings, its own texts."""
    bare, fault = faults.split(request.model.model)
    ref = replace(request.model, model=bare)
    st.session_state[names.lane_model(lane)] = str(ref)
    st.session_state[names.lane_api(lane, ref.provider)] = ref.api
    st.session_state[names.lane_fault(lane)] = fault
    st.session_state[names.lane_prompt(lane)] = _where_other(prompt_of(request), prompt)
    st.session_state[names.lane_system(lane)] = _where_other(request.system or "", system)
    note_version(lane, "")
    for row in SETTINGS:
        key = setting_key(row, lane, ref.model)
        st.session_state[key] = _held(row, value(request, row.name))


def draft() -> str:
    """What the fields hold, typed words that can't be read included, as JSON that `take_draft` takes."""
    return json.dumps(
        {
            "prompt": st.session_state.get(names.PROMPT),
            "system": st.session_state.get(names.SYSTEM),
            "lanes": _lanes_as_held(),
        }
    )


def lanes_text() -> str:
    """The lanes alone, models with settings and own texts, as JSON that `take_lanes` takes."""
    return json.dumps(_lanes_as_held())


def _lanes_as_held() -> list[dict[str, Any]]:
    return [_lane_as_held(lane) for lane in st.session_state.get(names.LANES, ())]


def _lane_as_held(lane: int) -> dict[str, Any]:
    spelled = str(st.session_state.get(names.lane_model(lane)) or "")
    held: dict[str, Any] = {"model": spelled}
    try:
        ref = ModelRef.parse(spelled)
    except ValueError:
        return held
    bare = faults.split(ref.model)[0]
    held |= {
        "api": st.session_state.get(names.lane_api(lane, ref.provider)),
        "fault": st.session_state.get(names.lane_fault(lane)),
        "prompt": st.session_state.get(names.lane_prompt(lane)),
        "system": st.session_state.get(names.lane_system(lane)),
        "version": version_of(lane),
        "settings": {},
    }
    for row in SETTINGS:
        key = setting_key(row, lane, bare)
        if (value := st.session_state.get(key)) not in (None, "", []):
            held["settings"][row.name] = value
    return held


def take_draft(text: str) -> bool:
    """Put a draft into the fields; False when there is none, or it is not one of ours: it comes from the browser."""
    from playground.ui.session.drafts import Draft

    try:
        kept = Draft.model_validate_json(text)
    except ValueError:
        return False
    fill_text(kept.prompt, kept.system or "")
    st.session_state[names.LANES] = list(range(len(kept.lanes)))
    st.session_state.pop(names.SHOWN_LANES, None)
    for lane, held in enumerate(kept.lanes):
        _take_lane(lane, held)
    return True


def take_lanes(text: str) -> bool:
    """Put lanes that were kept in the place of those that are here; False when there are none, or they can't be read."""
    from playground.ui.session.drafts import Lanes

    try:
        kept = Lanes.model_validate_json(text).root
    except ValueError:
        return False
    for lane, held in zip(lanes.anew([held.model for held in kept]), kept, strict=True):
        _take_lane(lane, held)
    return True


def _take_lane(lane: int, held: DraftLane) -> None:
    st.session_state[names.lane_model(lane)] = held.model
    st.session_state[names.lane_prompt(lane)] = storable(held.prompt or "")
    st.session_state[names.lane_system(lane)] = storable(held.system or "")
    note_version(lane, held.version or "")
    st.session_state[names.lane_fault(lane)] = held.fault if held.fault in faults.FAULTS else None
    try:
        ref = ModelRef.parse(held.model)
    except ValueError:
        return
    if held.api in provider_of(ref.provider).apis:
        st.session_state[names.lane_api(lane, ref.provider)] = held.api
    for row in SETTINGS:
        if row.name in held.settings and _fits(row, held.settings[row.name]):
            key = setting_key(row, lane, faults.split(ref.model)[0])
            st.session_state[key] = held.settings[row.name]


def _fits(row: Setting, value: Any) -> bool:
    """Whether the setting's widget can hold it."""
    kind = {"flag": bool, "several": list, "words": list}.get(row.kind, str)
    return isinstance(value, kind)


def note_version(lane: int, version: str) -> None:
    """Note that the lane's own texts, as they are now, are this version of a prompt out of the library; empty: of none."""
    st.session_state[names.lane_taken(lane)] = (version, *_own_texts(lane))


def version_of(lane: int) -> str:
    """`NAME v3`, where the lane has texts of its own that are still those that it took out of the library."""
    return taken(lane) if any(_own_texts(lane)) else ""


def taken(lane: int) -> str:
    """The same, also where what was taken is empty as long as its variables are."""
    version, *texts = st.session_state.get(names.lane_taken(lane), ("",))
    return str(version) if texts == _own_texts(lane) else ""


def _own_texts(lane: int) -> list[str]:
    keys = (names.lane_prompt(lane), names.lane_system(lane))
    return [str(st.session_state.get(key) or "") for key in keys]


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
        versions = run.context.get(VERSIONS) or ()
        for lane, version in zip(range(len(run.lanes)), versions, strict=False):
            note_version(lane, version)


PLACE = Place("run", _fill_from)
"""Where Compare shows a run."""
