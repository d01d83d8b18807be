"""The prompt library on the page: write, see what changed, fill the variables, open in Compare."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from playground import library
from playground.store.database import HistoryError
from playground.store.store import Store
from playground.ui import names
from playground.ui.parts.words import word_diff
from playground.ui.session import compose
from playground.ui.session.keeping import redactor, visitor
from playground.ui.session.looking import look_away
from playground.ui.shell.pages import COMPARE

NEW = "New prompt…"
BRACES_HELP = (
    "`{{name}}` stands for a value, in any script and with spaces, dots and hyphens; it may be left empty."
    " For the braces themselves write `\\{{`."
)


def shelf(store: Store) -> None:
    """The whole page."""
    known = {prompt.name: prompt for prompt in library.all_prompts(store, owner=_owner())}
    if not known:
        st.info(
            "Nothing here yet. Save a prompt under a name; write `{{product}}` where a value goes, `\\{{` for the braces themselves. Saving it again under the"
            " same name adds a version, so that you can see what changed and go back.",
            icon=":material/library_books:",
        )
    if (just := st.session_state.pop(names.LIBRARY_SAVED, None)) in known:
        st.session_state[names.LIBRARY_NAME] = just
    chosen = st.selectbox(
        "Prompt",
        [*known, NEW],
        key=names.LIBRARY_NAME,
        label_visibility="collapsed",
        persist_state="session",
    )
    prompt = known.get(chosen or "")
    version = _version(prompt) if prompt else None
    left, right = st.columns([3, 2], gap="large")
    with left:
        _editor(store, prompt, version)
    with right:
        if prompt and version:
            _use(prompt, version)
            _changes(prompt, version)
            _manage(store, prompt)


def _owner() -> str:
    """Whose library this is: on one's own computer the installation's, where strangers come each visitor's own."""
    return visitor() or ""


def _version(prompt: library.Prompt) -> library.Version:
    numbers = [version.version for version in reversed(prompt.versions)]
    if len(numbers) == 1:
        return prompt.newest
    by_number = {version.version: version for version in prompt.versions}
    number = st.selectbox(
        "Version",
        numbers,
        format_func=lambda n: _named(by_number[n]),
        key=f"library_version_{prompt.id}_{len(numbers)}",
    )
    return by_number[number]


def _named(version: library.Version) -> str:
    note = f" · {version.note}" if version.note else ""
    return f"Version {version.version} · {version.created_at[:16].replace('T', ' ')}{note}"


def _editor(store: Store, prompt: library.Prompt | None, version: library.Version | None) -> None:
    key = f"{prompt.id}_{version.version}" if prompt and version else "new"
    with st.form(f"library_{key}"):
        name = prompt.name if prompt else st.text_input("Name", key=f"library_new_name_{key}")
        system = st.text_area(
            "System prompt",
            version.system if version else "",
            key=f"library_system_{key}",
            height=100,
        )
        text = st.text_area(
            "Prompt",
            version.text if version else "",
            key=f"library_text_{key}",
            height=260,
            help=BRACES_HELP,
        )
        note = (
            st.text_input(
                "What changed", key=f"library_note_{key}", placeholder="a few words, for you later"
            )
            if prompt
            else ""
        )
        if not st.form_submit_button(
            "Save as a new version" if prompt else "Save", icon=":material/save:"
        ):
            return
    try:
        mask = redactor().text
        made = library.save(
            store,
            mask(name),
            mask(text),
            owner=_owner(),
            system=mask(system),
            note=mask(note),
            lanes=version.lanes if version else "",
        )
    except (library.PromptError, HistoryError) as error:
        st.error(str(error))
        return
    st.session_state[names.LIBRARY_SAVED] = " ".join(name.split())
    st.toast(f"Saved as version {made}.", icon=":material/check:")
    st.rerun()


def _use(prompt: library.Prompt, version: library.Version) -> None:
    values = {
        name: st.text_area(
            name, key=f"library_value_{prompt.id}_{name}", height=68, persist_state="session"
        )
        for name in version.variables
    }
    empty = [name for name, value in values.items() if not value]
    if empty:
        st.caption(f"Nothing stands in the place of {_braces(empty)}: no value is given.")
    if version.no_variables:
        st.caption(
            f"{_braces(version.no_variables)} is sent as it is: a variable's name has letters, digits, spaces, dots,"
            " hyphens and underscores only."
        )
    with st.container(horizontal=True):
        if st.button(
            "Open in Compare",
            icon=":material/compare_arrows:",
            type="primary",
            key="library_compare",
        ):
            compose.fill_text(
                library.filled(version.text, values), library.filled(version.system, values)
            )
            if version.lanes:
                compose.take_lanes(version.lanes)
            look_away(compose.PLACE)
            st.switch_page(COMPARE)


def _braces(inside: Sequence[str]) -> str:
    """What stands in double braces, as code; a backtick would end it."""
    return ", ".join(f"`{{{{{text.replace('`', ' ')}}}}}`" for text in inside)


def _changes(prompt: library.Prompt, version: library.Version) -> None:
    if len(prompt.versions) < 2:
        return
    st.markdown("**What changed**")
    others: Sequence[library.Version] = [
        other for other in prompt.versions if other.version != version.version
    ]
    before = next((o for o in reversed(others) if o.version < version.version), others[-1])
    other = st.selectbox(
        "Against",
        others,
        index=others.index(before),
        format_func=_named,
        key=f"library_against_{prompt.id}_{version.version}",
    )
    names = (f"version {other.version}", f"version {version.version}")
    for title, a, b in (
        ("System prompt", other.system, version.system),
        ("Prompt", other.text, version.text),
    ):
        if a != b:
            st.caption(title)
            word_diff(a, b, left_name=names[0], right_name=names[1])


def _manage(store: Store, prompt: library.Prompt) -> None:
    with st.container(horizontal=True):
        with st.popover("Rename", icon=":material/edit:"):
            name = st.text_input("Name", prompt.name, key=f"library_rename_{prompt.id}")
            if st.button("Rename", key=f"library_rename_do_{prompt.id}"):
                try:
                    library.rename(store, prompt.id, redactor().text(name), owner=_owner())
                except (library.PromptError, HistoryError) as error:
                    st.error(str(error))
                else:
                    st.session_state[names.LIBRARY_SAVED] = " ".join(name.split())
                    st.rerun()
        with st.popover("Delete", icon=":material/delete:"):
            st.caption(f"All {len(prompt.versions)} versions, for good.")
            if st.button("Delete this prompt", type="primary", key=f"library_delete_{prompt.id}"):
                try:
                    library.delete(store, prompt.id, owner=_owner())
                except HistoryError as error:
                    st.error(str(error))
                else:
                    st.rerun()
