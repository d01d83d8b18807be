"""What is asked: the prompt, the system prompt, images and PDFs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import streamlit as st

from playground.domain import File, Message, Text, media_type
from playground.ui import names
from playground.ui.compare import parts
from playground.ui.parts import uploads
from playground.ui.parts.examples import EXAMPLES
from playground.ui.session import lanes

MOST_CHARACTERS = 4_000_000
"""About a million tokens: more than any model here reads."""
MOST_FILE_MB = 20


@dataclass(frozen=True, slots=True)
class Asked:
    """What the page sends to every lane."""

    prompt: str
    system: str | None
    files: tuple[File, ...]
    refused: tuple[str, ...] = ()
    """Names of files that can't be attached."""

    def messages(self) -> tuple[Message, ...]:
        """One user message, the attachments before the text as the providers advise."""
        return (Message(role="user", parts=(*self.files, Text(text=self.prompt))),)

    @property
    def problem(self) -> str | None:
        """Why this can't be sent; None when it can."""
        if not self.prompt.strip():
            return "The prompt is empty: type a question or take one of the examples."
        if len(self.prompt) > MOST_CHARACTERS:
            return (
                f"The prompt has {len(self.prompt):,} characters; at most {MOST_CHARACTERS:,} can be sent."
                " Shorten it."
            )
        if self.refused:
            return f"{_refused(self.refused)} Take {_it(self.refused)} out under Images and PDFs."
        return None


def _refused(files: tuple[str, ...]) -> str:
    kind = "is not a PNG, JPEG, GIF, WebP or PDF" if len(files) == 1 else "are no images or PDFs"
    return f"{', '.join(files)} {kind} inside and can't be sent."


def _it(files: tuple[str, ...]) -> str:
    return "it" if len(files) == 1 else "them"


def read() -> Asked:
    """What the fields hold, drawn or not."""
    prompt = st.session_state.setdefault(names.PROMPT, next(iter(EXAMPLES.values())))
    files, refused = _read_files()
    system = str(st.session_state.get(names.SYSTEM) or "").strip()
    return Asked(prompt=prompt or "", system=system or None, files=files, refused=refused)


def _read_files() -> tuple[tuple[File, ...], tuple[str, ...]]:
    files, refused = [], []
    for upload in uploads.held(names.FILES):
        data = upload.getvalue()
        kind = media_type(data)
        if kind is None:
            refused.append(upload.name)
        else:
            files.append(File(media_type=kind, data=data, name=upload.name))
    return tuple(files), tuple(refused)


def ask(more: Sequence[Callable[[], None]]) -> None:
    """Draw the fields, with `more` at the end of their row."""
    asked = read()
    with st.container(border=True, key="ask", gap="xsmall"):
        st.text_area(
            "Prompt",
            key=names.PROMPT,
            height="content",
            label_visibility="collapsed",
            placeholder="Ask all lanes the same question…",
            on_change=_changed,
            persist_state="session",
        )
        with st.container(horizontal=True, vertical_alignment="center", gap="xsmall", key="tools"):
            st.menu_button(
                "Examples",
                list(EXAMPLES),
                key=names.EXAMPLE,
                icon=":material/lightbulb:",
                type="tertiary",
                on_click=_take_example,
            )
            _system(asked)
            _files(asked)
            for draw in more:
                draw()
        if asked.refused:
            st.error(asked.problem)


def _system(asked: Asked) -> None:
    with st.popover(
        "System prompt" + (" · set" if asked.system else ""),
        icon=":material/tune:",
        type="tertiary",
        key="system_open",
    ):
        st.text_area(
            "System prompt",
            key=names.SYSTEM,
            height=160,
            placeholder="None: the models get your prompt alone.",
            help="Sent to every lane in the place its API has for it. A bare API call has none; chat products always send one.",
            on_change=_changed,
            persist_state="session",
        )


def _files(asked: Asked) -> None:
    count = len(asked.files)
    with st.popover(
        "Images and PDFs" + (f" · {count}" if count else ""),
        icon=":material/attach_file:",
        type="tertiary",
        key="files_open",
    ):
        st.file_uploader(
            "PNG, JPEG, GIF, WebP or PDF, for every lane whose model takes them",
            accept_multiple_files=True,
            key=names.FILES,
            max_upload_size=MOST_FILE_MB,
            on_change=_changed,
        )


def _changed() -> None:
    parts.redraw(parts.ASK, parts.REMARKS, *map(names.lane, lanes.replaying()))


def _take_example() -> None:
    chosen = st.session_state[names.EXAMPLE]
    if chosen:
        st.session_state[names.PROMPT] = EXAMPLES[chosen]
    _changed()
