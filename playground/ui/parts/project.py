"""A small project that sends what is shown here: chosen by kind, language and way, and downloaded as a zip."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

import streamlit as st

from playground.domain import Endpoint, Request
from playground.export.projects import KINDS, LANGUAGES, WAYS, offered, project, zipped
from playground.export.projects.table import why_none


def take_away(
    requests: Sequence[Request],
    endpoint: Endpoint | None,
    key: str,
    *,
    kind: str = "request",
    results: Mapping[str, str] | None = None,
) -> None:
    """A button that opens the choices; nothing where these requests make no project.

    `kind` is chosen at first where it is offered; `results` are what functions give until someone writes them.
    """
    kinds = [row.name for row in offered(requests)]
    if endpoint is None or not kinds:
        return
    with st.popover("A project that runs", icon=":material/folder_zip:", key=f"{key}_project"):
        st.caption(
            "Errors, retries with the wait that the provider asks for, a spending limit, a log without secrets, tests"
            " against the simulation. No key is in it."
        )
        what, language, way = _choices(kinds, kind, key)
        st.caption(KINDS[what].does)
        if why := why_none(requests, what, way):
            st.warning(why)
            return
        chosen = requests if what == "batch" else requests[:1]
        make = partial(
            project,
            tuple(chosen),
            endpoint,
            kind=what,
            language=language,
            way=way,
            results=results,
        )
        st.download_button(
            "Download the project",
            lambda: zipped(make()),
            file_name=f"{chosen[0].model.live.model.replace('/', '-')}-{what}-{language}-{way}.zip",
            mime="application/zip",
            icon=":material/download:",
            on_click="ignore",
            key=f"{key}_project_zip",
        )


def _choices(kinds: Sequence[str], kind: str, key: str) -> tuple[str, str, str]:
    """Kind, language and way."""
    what = st.selectbox(
        "What",
        kinds,
        index=kinds.index(kind) if kind in kinds else 0,
        format_func=lambda name: KINDS[name].label,
        key=f"{key}_project_kind",
    )
    language = st.segmented_control(
        "Language",
        list(LANGUAGES),
        default="python",
        required=True,
        format_func=lambda name: LANGUAGES[name].label,
        key=f"{key}_project_language",
    )
    way = st.segmented_control(
        "Through",
        list(WAYS),
        default="sdk",
        required=True,
        format_func=WAYS.__getitem__,
        key=f"{key}_project_way",
    )
    return what, language or "python", way or "sdk"
