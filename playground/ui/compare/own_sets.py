"""Sets of lanes of one's own in the menu of sets: taken, kept under a name, deleted."""

from __future__ import annotations

import streamlit as st

from playground import lane_sets
from playground.store.database import HistoryError
from playground.store.store import Store
from playground.ui import names
from playground.ui.compare import lanes, parts
from playground.ui.parts.markdown import plain
from playground.ui.session import compose
from playground.ui.session.keeping import opened, redactor, visitor


def own_sets() -> None:
    """Sets that were kept under a name, and what keeps another one."""
    store = opened()
    if store is None:
        return
    try:
        kept = lane_sets.all_sets(store, owner=visitor() or "")
    except HistoryError as error:
        st.error(str(error))
        return
    for one in kept:
        with st.container(horizontal=True, vertical_alignment="center", gap="xsmall"):
            st.button(
                plain(one.name),
                key=f"own_set_{one.id}",
                type="tertiary",
                icon=":material/bookmark:",
                on_click=_take_own,
                args=(one,),
            )
            st.button(
                f"Delete the set {plain(one.name)}",
                key=f"forget_set_{one.id}",
                type="tertiary",
                icon=":material/delete:",
                on_click=_delete,
                args=(store, one),
            )
    st.text_input(
        "Keep these lanes as",
        key=names.PRESET_NAME,
        max_chars=lane_sets.LONGEST_NAME,
        placeholder="a name of your own",
        persist_state="session",
    )
    st.button("Keep", key="keep_set", icon=":material/save:", on_click=_keep, args=(store,))
    said, wrong = st.session_state.pop(names.PRESET_SAID, ("", False))
    if said:
        (st.error if wrong else st.success)(said)


def _take_own(one: lane_sets.LaneSet) -> None:
    if compose.take_lanes(one.lanes):
        lanes.replaced()
    else:
        _say("This set can't be read: keep it again, or delete it.", wrong=True)


def _keep(store: Store) -> None:
    name = redactor().text(str(st.session_state.get(names.PRESET_NAME) or ""))
    try:
        replaced = lane_sets.save(
            store, name, redactor().text(compose.lanes_text()), owner=visitor() or ""
        )
    except (lane_sets.LaneSetError, HistoryError) as error:
        _say(plain(str(error)), wrong=True)
    else:
        st.session_state[names.PRESET_NAME] = ""
        _say(f"{'Replaced' if replaced else 'Kept'}: {plain(name.strip())}.")


def _delete(store: Store, one: lane_sets.LaneSet) -> None:
    try:
        lane_sets.delete(store, one.id, owner=visitor() or "")
    except HistoryError as error:
        _say(plain(str(error)), wrong=True)
    else:
        _say(f"Deleted: {plain(one.name)}.")


def _say(words: str, *, wrong: bool = False) -> None:
    st.session_state[names.PRESET_SAID] = (words, wrong)
    parts.redraw(parts.ASK)
