"""Save to Prompts: prompt, system prompt, and on request the lanes with their settings, as a version of the library."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from playground.ui import names
from playground.ui.compare import parts, prompt
from playground.ui.parts.markdown import plain
from playground.ui.session import compose
from playground.ui.session.keeping import opened, redactor, visitor
from playground.ui.shell.pages import PROMPTS

if TYPE_CHECKING:
    from playground.store.store import Store


def saving() -> None:
    """The menu at the end of the prompt's row; what is in it needs the database, which the first page does not."""
    with st.popover(
        "Save",
        icon=":material/bookmark_add:",
        type="tertiary",
        help="Save to Prompts",
        key="save_open",
        on_change="rerun",
    ) as menu:
        if menu.open:
            _form()


def _form() -> None:
    """Name, note, and where it was put."""
    store = opened()
    if store is None:
        return
    st.text_input(
        "Name",
        key=names.PROMPT_NAME,
        placeholder="saved again under a name: a new version",
        persist_state="session",
    )
    st.text_input("Note", key=names.PROMPT_NOTE, placeholder="what it is for, or what you changed")
    st.checkbox(
        "With the lanes' models and settings",
        value=True,
        key=names.PROMPT_LANES,
        persist_state="session",
    )
    st.button(
        "Save to Prompts", key="prompt_save", icon=":material/save:", on_click=_save, args=(store,)
    )
    said, wrong = st.session_state.pop(names.PROMPT_SAID, ("", False))
    if wrong:
        st.error(plain(said))
    elif said:
        st.success(f"In Prompts as **{plain(said)}**.", icon=":material/check:")
        st.page_link(PROMPTS, label="Open Prompts", icon=":material/library_books:")


def _save(store: Store) -> None:
    """Keys are masked as wherever something is kept."""
    from playground import library
    from playground.store.database import HistoryError

    asked, mask = prompt.read(), redactor().text
    name = " ".join(mask(str(st.session_state.get(names.PROMPT_NAME) or "")).split())
    try:
        version = library.save(
            store,
            name,
            mask(asked.prompt),
            owner=visitor() or "",
            system=mask(asked.system or ""),
            note=mask(str(st.session_state.get(names.PROMPT_NOTE) or "")),
            lanes=mask(compose.lanes_text()) if st.session_state.get(names.PROMPT_LANES) else "",
        )
    except (library.PromptError, HistoryError) as error:
        st.session_state[names.PROMPT_SAID] = (str(error), True)
    else:
        st.session_state[names.PROMPT_SAID] = (f"{name} v{version}", False)
        st.session_state[names.LIBRARY_SAVED] = name  # what the page opens on
        st.session_state[names.PROMPT_NOTE] = ""
    parts.redraw(parts.ASK)
