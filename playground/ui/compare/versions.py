"""A lane's own prompt out of the prompt library: which version, and what stands in the place of its variables."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from playground import library
from playground.store.database import HistoryError
from playground.ui import names
from playground.ui.compare import parts
from playground.ui.session import compose
from playground.ui.session.keeping import opened, visitor


def choose(lane: int) -> None:
    """The field of all versions; what is chosen is put into the lane's own texts."""
    store = opened()
    if store is None:
        return
    try:
        prompts = library.all_prompts(store, owner=visitor() or "")
    except HistoryError as error:
        st.error(str(error))
        return
    known = {
        f"{prompt.name} v{version.version}": version
        for prompt in prompts
        for version in reversed(prompt.versions)
    }
    key = names.lane_version(lane)
    held = compose.taken(lane)  # none once a text was changed by hand, or is another run's
    st.session_state[key] = held or None
    options = list(dict.fromkeys([*known, *([held] if held else [])]))
    chosen = st.selectbox(
        "A version from Prompts",
        options,
        index=None,
        key=key,
        placeholder="none" if known else "none is saved yet",
        on_change=_take,
        args=(lane, known),
        persist_state="session",
        filter_mode="contains",
    )
    for variable in known[chosen].variables if chosen in known else ():
        st.text_input(
            variable,
            key=names.lane_value(lane, variable),
            placeholder="nothing",
            on_change=_take,
            args=(lane, known),
            persist_state="session",
        )


def _take(lane: int, known: Mapping[str, library.Version]) -> None:
    """Put the version into the lane's own texts, its variables filled; nothing chosen takes them out again."""
    chosen = str(st.session_state.get(names.lane_version(lane)) or "")
    version = known.get(chosen)
    if version is None and not compose.version_of(lane):
        return  # what is there was typed
    values = {
        name: str(st.session_state.get(names.lane_value(lane, name)) or "")
        for name in (version.variables if version else ())
    }
    texts = (version.text, version.system) if version else ("", "")
    keys = (names.lane_prompt(lane), names.lane_system(lane))
    for key, text in zip(keys, texts, strict=True):
        st.session_state[key] = library.filled(text, values)
    compose.note_version(lane, chosen if version else "")
    parts.redraw_lane(lane)
