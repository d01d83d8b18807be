"""What is brought to the editor: a spec, another tool's configuration, files that a spec names, runs of the history."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st
import yaml

from playground.experiments import importing
from playground.experiments.importing import MARK
from playground.experiments.promptfoo.importing import Imported
from playground.experiments.promptfoo.notes import LeftOut
from playground.experiments.reading import PROMPTFOO
from playground.experiments.sources import Sources
from playground.ui import names
from playground.ui.parts.markdown import plain
from playground.ui.parts.number_field import number_field

SPECS = (".yaml", ".yml")
DATA = ("json", "csv", "jsonl", "parquet", "txt", "md", "j2")
MOST_SHOWN = 40
"""Things left out that are listed; the others are counted."""
PLACES = 4
"""Lines that are named for one thing."""


def files() -> dict[str, bytes]:
    """What was uploaded, by name; a spec or a configuration among it is put into the editor once."""
    with st.expander(
        "Upload a spec, a promptfoo configuration, or cases", icon=":material/upload_file:"
    ):
        uploads = st.file_uploader(
            "Files",
            type=[*(ending[1:] for ending in SPECS), *DATA],
            accept_multiple_files=True,
            key="experiment_files",
            label_visibility="collapsed",
        )
        st.caption(
            "A YAML file goes into the editor: a spec as it is, a configuration of promptfoo or an exported OpenAI Eval as the spec"
            " that it becomes. Files that it names (cases as CSV, JSONL, JSON, Parquet; prompts) are found by their names: give"
            " them with it. Nothing is run but the spec, and nothing is sent before **Run**."
        )
    found = {upload.name: upload.getvalue() for upload in uploads}
    mark = tuple((upload.name, upload.file_id) for upload in uploads)
    if mark != st.session_state.get(names.EXPERIMENT_READ, ()):
        st.session_state[names.EXPERIMENT_READ] = mark
        _put(found)
    _left_out()
    _cases(found)
    return found


def _put(found: Mapping[str, bytes]) -> None:
    """The spec among these files into the editor; the last one counts."""
    for name, data in reversed(list(found.items())):
        if MARK in data or (name.lower().endswith(SPECS) and _foreign(data)):
            made = importing.read_in(Sources(uploaded=found), name)
            st.session_state[names.EXPERIMENT_IMPORTED] = made
            if made.document:
                st.session_state[names.EXPERIMENT_SPEC] = made.yaml()
            return
        if name.lower().endswith(SPECS):
            st.session_state.pop(names.EXPERIMENT_IMPORTED, None)
            st.session_state[names.EXPERIMENT_SPEC] = data.decode("utf-8", "replace")
            return


def _foreign(data: bytes) -> bool:
    """Whether a key at the left margin is one of promptfoo's."""
    lines = data.decode("utf-8", "replace").splitlines()
    return any(line.startswith(f"{key}:") for line in lines for key in PROMPTFOO)


def _left_out() -> None:
    """What the import could not take: file and line, what it is, what to do."""
    made: Imported | None = st.session_state.get(names.EXPERIMENT_IMPORTED)
    if made is None:
        return
    st.success(
        plain(
            f"Imported from {made.name}: {made.prompts:,} prompts, {made.cases:,} cases, {made.models:,} models,"
            f" {made.checks:,} checks."
        ),
        icon=":material/download_done:",
    )
    if made.document and not made.models:
        st.warning(
            "No model of it can be asked from here: write some under `models`.",
            icon=":material/smart_toy:",
        )
    for title, notes in (
        ("left out", list(made.notes.left_out)),
        ("to look at", list(made.notes.remarks)),
    ):
        if notes:
            with st.expander(
                f"{len(notes):,} things {title}",
                icon=":material/rule:",
                expanded=title == "left out",
            ):
                _notes(notes)


def _notes(notes: Sequence[LeftOut]) -> None:
    """Each thing once, with the lines where it stands."""
    places: dict[tuple[str, str], list[str]] = {}
    for note in notes:
        where = f"{note.file}, line {note.line}" if note.line else note.file
        places.setdefault((note.what, note.next_step), []).append(where)
    lines = []
    for (what, next_step), all_of_them in list(places.items())[:MOST_SHOWN]:
        more = f" and {len(all_of_them) - PLACES:,} more" if len(all_of_them) > PLACES else ""
        where = plain("; ".join(all_of_them[:PLACES]) + more)
        lines.append(f"- **{where}**: {plain(what)} {plain(next_step)}")
    if len(places) > MOST_SHOWN:
        lines.append(f"- and {len(places) - MOST_SHOWN:,} more")
    st.markdown("\n".join(lines))


def _cases(found: Mapping[str, bytes]) -> None:
    """Uploaded cases that the spec does not name yet: one press puts them in."""
    text = st.session_state[names.EXPERIMENT_SPEC]
    some = [
        n for n in found if n.lower().endswith((".csv", ".jsonl", ".parquet")) and n not in text
    ]
    for name in some:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(f"The spec does not name {plain(name)} yet.", width="content")
            st.button(
                "Take its rows as the cases",
                icon=":material/table_rows:",
                key=f"experiment_cases_{name}",
                on_click=_write_cases,
                args=({"file": name},),
            )


def from_history() -> None:
    """Cases made of runs that the history has: what was asked is a variable."""
    with st.popover(
        "Cases from my runs",
        icon=":material/history:",
        key="experiment_from_history",
        on_change="rerun",
    ) as box:
        if not box.open:
            return
        st.caption(
            "Each prompt of the newest runs that fit becomes a case: what was asked is `{{ prompt }}`, what was answered"
            " `{{ answer }}`. They are looked up when the spec is run, and pinned then."
        )
        word = st.text_input(
            "Runs with this word", key="experiment_history_word", placeholder="all"
        )
        starred = st.checkbox("Only those with a star", key="experiment_history_starred")
        most = number_field("At most", key="experiment_history_most", first=20, least=1, most=1000)
        wanted: dict[str, Any] = {"history": word, "limit": int(most.value or 0)}
        if starred:
            wanted["starred"] = True
        st.button(
            "Put them in place of the cases",
            icon=":material/playlist_add:",
            key="experiment_history_put",
            on_click=_write_cases,
            args=(wanted, '"{{ prompt }}"'),
            disabled=most.value is None,
        )


def _write_cases(cases: dict[str, Any], prompt: str = "") -> None:
    """Put these in place of the `cases` of the spec, and a prompt that uses them in place of the `prompts`."""
    text: str = st.session_state[names.EXPERIMENT_SPEC]
    put = yaml.safe_dump(cases, default_flow_style=True, width=1000, allow_unicode=True).strip()
    text = _block(text, "cases", f"cases:\n  - {put}\n")
    if prompt:
        text = _block(text, "prompts", f"prompts: {prompt}\n")
    st.session_state[names.EXPERIMENT_SPEC] = text


def _block(text: str, key: str, put: str) -> str:
    """The text with another block in place of the one that begins with this key at the left margin."""
    lines, made, inside, done = text.splitlines(keepends=True), [], False, False
    for line in lines:
        if line.startswith(f"{key}:"):
            made.append(put + "\n")
            inside = done = True
        elif inside and line.strip() and not line[0].isspace() and line[0] not in "-#":
            inside = False
        if not inside:
            made.append(line)
    return "".join(made) if done else f"{text.rstrip()}\n\n{put}"
