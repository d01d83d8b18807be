"""The export: chosen, read with its progress, and what it is priced at."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import date
from typing import Any

import streamlit as st

from playground import catalog, pricing
from playground.chats import sample
from playground.chats.costing import Pricing
from playground.chats.importing import chats
from playground.chats.nouns import Chat, Said
from playground.chats.sources import Given
from playground.chats.summary import Summary
from playground.domain import ModelRef, clock
from playground.ui import names
from playground.ui.parts.product import terms

MOST_MEGABYTES = 1_000
"""Of an upload, which Streamlit keeps in memory; larger exports are for the terminal."""
SYSTEM = {
    "None": 0,
    "4,427 tokens: Claude.ai's, the one that was published and counted": 4_427,
}
"""What is put before each call for the product's own system prompt, which no export holds."""
HOW = """
- **ChatGPT**: Settings › Data controls › Export data. A link comes by e-mail; give the zip as it is.
- **Claude**: Settings › Privacy › Export data. All parts together, if there are several.
- **Gemini**: takeout.google.com › My Activity › Gemini Apps, as JSON. It is a log: only newer exports say which rows belong together.

Grok, DeepSeek, Le Chat and Google AI Studio are read too. Above 1 GB: `playground chats FILE…` in the terminal.
"""


def given() -> Summary | None:
    """What was read of the files given, at the models and the day chosen; None before there are any."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        uploads = st.file_uploader(
            "Your export",
            type=["zip", "json", "html"],
            accept_multiple_files=True,
            max_upload_size=MOST_MEGABYTES,
            key=names.chats_files(st.session_state.get(names.CHATS_ROUND, 0)),
        )
        st.button(
            "Try a sample",
            icon=":material/draft:",
            key="chats_sample",
            on_click=_take_sample,
            help="Six conversations of our own making, in ChatGPT's layout.",
        )
    with st.expander("How to get the export", icon=":material/help:"):
        st.markdown(HOW)
        terms(HOW, "chats_how")
    if uploads:
        st.session_state.pop(names.CHATS_SAMPLE, None)
    files = _files(uploads)
    if not files:
        st.info(
            "Give an export of ChatGPT, Claude or Gemini, or try the sample: every turn sends all earlier ones again, and"
            " here you see what that adds up to.",
            icon=":material/upload_file:",
        )
        return None
    models, day, extra = _choices()
    return _read(files, models, day, extra)


def conversation(id: str) -> Chat | None:
    """One conversation of the files given, read once more for it: no other is held in memory."""
    uploads = st.session_state.get(
        names.chats_files(st.session_state.get(names.CHATS_ROUND, 0)), ()
    )
    found = chats(_files(uploads or ()), Said())
    return next((chat for chat in found if chat.id == id), None)


def _take_sample() -> None:
    st.session_state[names.CHATS_SAMPLE] = True


def _files(uploads: Sequence[Any]) -> list[Given]:
    if uploads:
        return [Given(upload.name, upload) for upload in uploads]
    if st.session_state.get(names.CHATS_SAMPLE):
        return [Given(sample.NAME, io.BytesIO(sample.export()))]
    return []


def _choices() -> tuple[tuple[ModelRef, ...], date, int]:
    """The models beside the one that was used, the day whose prices count, the product's own system prompt."""
    today = clock.today()
    rows = {
        str(model.ref): model.ref
        for model in catalog.catalog()
        if pricing.load().row(model.ref.provider, model.ref.model, today)
    }
    with st.container(horizontal=True, vertical_alignment="bottom"):
        chosen = st.multiselect(
            "Priced at",
            list(rows),
            default=[str(ref) for ref in catalog.defaults(today) if str(ref) in rows],
            key=names.CHATS_MODELS,
            persist_state="session",
            help="Beside the model that each answer came from, or the nearest one of the API.",
        )
        day = st.date_input(
            "At the prices of", value=today, max_value=today, key="chats_day", width=180
        )
        hidden = st.selectbox(
            "The product's own system prompt, with each call",
            list(SYSTEM),
            key="chats_system",
            help="No export holds it. Without it, all sums are at least this.",
        )
    return tuple(rows[name] for name in chosen), day or today, SYSTEM[hidden]


def _read(
    files: Sequence[Given], models: tuple[ModelRef, ...], day: date, extra: int
) -> Summary | None:
    """Read once for what is asked; a change of models, or of a price, reads again."""
    asked = (
        tuple((file.name, getattr(file.file, "file_id", "")) for file in files),
        models,
        day,
        extra,
    )
    kept, book = st.session_state.get(names.CHATS_READ), pricing.load()
    if kept and kept[0] == asked and kept[1].pricing.book is book:
        return kept[1]  # type: ignore[no-any-return]
    summary = Summary(Pricing(models, book, day, extra))
    place = st.empty()
    with place.container(horizontal=True, vertical_alignment="center"):
        told = st.status("Reading …")
        st.button("Stop", icon=":material/stop:", key="chats_stop", on_click=_stop)
    for number, _ in enumerate(summary.read(files), 1):
        if number % 25 == 0:
            told.update(label=f"{number:,} conversations …")
    place.empty()
    st.session_state[names.CHATS_READ] = (asked, summary)
    return summary


def _stop() -> None:
    """Let the files go: the next run of the page has none to read."""
    st.session_state.pop(names.CHATS_SAMPLE, None)
    st.session_state[names.CHATS_ROUND] = st.session_state.get(names.CHATS_ROUND, 0) + 1
