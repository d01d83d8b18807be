"""What is asked: the prompt, the system prompt, images and PDFs."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from playground.domain import File, Message, Text, media_type
from playground.ui import names
from playground.ui.parts.examples import EXAMPLES

MOST_CHARACTERS = 4_000_000
"""About a million tokens: more than any model here reads."""
MOST_FILE_MB = 20


@dataclass(frozen=True, slots=True)
class Asked:
    """What the page sends to every lane."""

    prompt: str
    system: str | None
    files: tuple[File, ...]

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
        return None


def ask() -> Asked:
    """Draw the fields and return what they hold."""
    st.session_state.setdefault(names.PROMPT, next(iter(EXAMPLES.values())))
    prompt = st.text_area(
        "Prompt",
        key=names.PROMPT,
        height=120,
        placeholder="Ask all lanes the same question…",
        persist_state="session",
    )
    with st.container(horizontal=True, vertical_alignment="center"):
        st.menu_button(
            "Examples",
            list(EXAMPLES),
            key=names.EXAMPLE,
            icon=":material/lightbulb:",
            on_click=_take_example,
        )
        with st.popover("System prompt", icon=":material/tune:"):
            system = st.text_area(
                "System prompt",
                key=names.SYSTEM,
                height=160,
                placeholder="None: the models get your prompt alone.",
                help="Sent to every lane in the place its API has for it. A bare API call has none; chat products always send one.",
                persist_state="session",
            )
        with st.popover("Images and PDFs", icon=":material/attach_file:"):
            files = _files()
        if system:
            st.badge("system prompt", color="gray")
        if files:
            st.badge(f"{len(files)} attached", color="gray")
    return Asked(prompt=prompt or "", system=(system or "").strip() or None, files=files)


def _take_example() -> None:
    chosen = st.session_state[names.EXAMPLE]
    if chosen:
        st.session_state[names.PROMPT] = EXAMPLES[chosen]


def _files() -> tuple[File, ...]:
    uploads = st.file_uploader(
        "Files for every lane whose model takes them",
        type=["png", "jpg", "jpeg", "gif", "webp", "pdf"],
        accept_multiple_files=True,
        key="files",
        max_upload_size=MOST_FILE_MB,
    )
    files = []
    for upload in uploads or ():
        data = upload.getvalue()
        kind = media_type(data)
        if kind is None:
            st.error(
                f"{upload.name} is not a PNG, JPEG, GIF, WebP or PDF inside, so it is left out."
            )
            continue
        files.append(File(media_type=kind, data=data, name=upload.name))
    return tuple(files)
