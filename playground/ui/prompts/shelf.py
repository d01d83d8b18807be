"""The prompt library on the page: write, see what changed, fill the variables, open in Compare."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import streamlit as st

from playground import library
from playground.store.database import HistoryError
from playground.store.store import Store
from playground.ui import names
from playground.ui.parts.words import word_diff
from playground.ui.session import address, compose, here
from playground.ui.session.keeping import redactor, visitor
from playground.ui.session.looking import look_away
from playground.ui.shell.pages import COMPARE

NEW = "New prompt…"
BRACES_HELP = (
    "`{{name}}` stands for a value, in any script and with spaces, dots and hyphens; it may be left empty."
    " For the braces themselves write `\\{{`."
)


class Ready(NamedTuple):
    """A prompt to begin with."""

    name: str
    system: str
    text: str


READY = (
    Ready(
        "Answer to a customer",
        "You answer for {{company}}. Be kind and brief, promise nothing, and ask when something is missing.",
        "A customer writes:\n\n{{message}}\n\nAnswer in their language, in at most 120 words.",
    ),
    Ready(
        "Facts as JSON",
        "You extract facts. What is not in the text is null, never a guess.",
        'From the text below, give a JSON object with the keys "who", "what", "when" and "amount".\n\n{{text}}',
    ),
    Ready(
        "Explained to a beginner",
        "",
        "Explain {{subject}} to {{reader}}: what it is, one example, and one mistake that people often make."
        " About 150 words, no jargon.",
    ),
)
PROMPT = address.Spot("prompt", "prompt")
"""The address names it by its number: a name may change."""


def shelf(store: Store) -> None:
    """The whole page."""
    known = {prompt.name: prompt for prompt in library.all_prompts(store, owner=_owner())}
    if not known:
        st.info(
            "Nothing here yet. Save a prompt under a name; write `{{product}}` where a value goes, `\\{{` for the braces themselves. Saving it again under the"
            " same name adds a version, so that you can see what changed and go back.",
            icon=":material/library_books:",
        )
    address.say(PROMPT)
    prompt = _chosen(known)
    if prompt is None:
        _ready()
    version = _version(prompt) if prompt else None
    left, right = st.columns([3, 2], gap="large")
    with left:
        _editor(store, prompt, version)
    with right:
        if prompt and version:
            _use(prompt, version)
            _changes(prompt, version)
            _manage(store, prompt)


def _chosen(known: Mapping[str, library.Prompt]) -> library.Prompt | None:
    """The prompt that was just saved, that the address names, or that is chosen; None for a new one."""
    first = next(iter(known), NEW)
    if (just := st.session_state.pop(names.LIBRARY_SAVED, None)) in known:
        st.session_state[names.LIBRARY_NAME] = just
    elif (named := address.asked(PROMPT)) is not None:
        ids = {str(prompt.id): name for name, prompt in known.items()}
        if named and named not in (*ids, "new"):
            address.gone(PROMPT)
        st.session_state[names.LIBRARY_NAME] = NEW if named == "new" else ids.get(named, first)
    chosen = st.selectbox(
        "Saved prompt", [*known, NEW], key=names.LIBRARY_NAME, persist_state="session"
    )
    prompt = known.get(chosen or "")
    here_named = str(prompt.id) if prompt else "new"
    address.write(PROMPT, "" if chosen == first else here_named)
    return prompt


def _ready() -> None:
    """Prompts to begin with, instead of an empty form."""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption("Begin with", width="content")
        for ready in READY:
            st.button(
                ready.name,
                icon=":material/lightbulb:",
                key=f"library_ready_{ready.name}",
                on_click=_take,
                args=(ready,),
            )


def _take(ready: Ready) -> None:
    for field, text in ready._asdict().items():
        st.session_state[names.new_prompt(field)] = text


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
    return f"Version {version.version} · {here.when(version.created_at)}{note}"


def _editor(store: Store, prompt: library.Prompt | None, version: library.Version | None) -> None:
    key = f"{prompt.id}_{version.version}" if prompt and version else "new"
    for field in Ready._fields if not prompt else ():
        st.session_state.setdefault(names.new_prompt(field), "")
    with st.form(f"library_{key}"):
        name = prompt.name if prompt else st.text_input("Name", key=names.new_prompt("name"))
        system = st.text_area(
            "System prompt",
            version.system if version else None,
            key=f"library_system_{key}",
            height=100,
        )
        text = st.text_area(
            "Prompt",
            version.text if version else None,
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
            mask(text or ""),
            owner=_owner(),
            system=mask(system or ""),
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
    st.header("What changed", anchor=False)
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
