"""One setting on the screen: the widget of its row, with what the model takes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import streamlit as st

from playground.domain import ModelRef, typed
from playground.domain.setting import Kind, Setting
from playground.providers import acceptance, catalog
from playground.ui.parts.markdown import plain

JSON_HEIGHT = 180
"""Pixels of a field for JSON."""


def widget(row: Setting, key: str, ref: ModelRef) -> Any:
    """Draw it; its value, None for the provider's default. Unreadable, said beside it too, for what can't be sent."""
    return _KINDS[row.kind](row, key, ref)


def _integer(row: Setting, key: str, ref: ModelRef) -> int | None:
    there_is = acceptance.offered(ref, row.name)
    most = row.most if there_is is True else there_is
    if most is not None and (st.session_state.get(key) or 0) > most:
        st.session_state[key] = most
    return st.number_input(
        row.label,
        min_value=None if row.least is None else int(row.least),
        max_value=None if most is None else int(most),
        value=None,
        step=int(row.step or 1),
        key=key,
        placeholder=row.placeholder,
        help=row.help,
        persist_state="session",
    )


def _number(row: Setting, key: str, ref: ModelRef) -> float | None:
    return st.number_input(
        row.label,
        min_value=row.least if row.least is None else float(row.least),
        max_value=row.most if row.most is None else float(row.most),
        value=None,
        step=float(row.step or 0.1),
        key=key,
        placeholder=row.placeholder,
        help=row.help,
        persist_state="session",
    )


def _flag(row: Setting, key: str, ref: ModelRef) -> bool:
    return st.toggle(row.label, key=key, help=row.help, persist_state="session")


def _choice(row: Setting, key: str, ref: ModelRef) -> str | None:
    options: list[str] = list(row.choices or acceptance.offered(ref, row.name))
    kept = st.session_state.get(key)
    if kept and kept not in options:  # of a run that is opened: a number of thinking tokens
        options.append(kept)
    usual = getattr(catalog.describe(ref), f"default_{row.name}", None)
    return st.selectbox(
        row.label,
        options,
        index=None,
        key=key,
        placeholder=f"{row.placeholder} ({usual})" if usual else row.placeholder,
        help=row.help,
        persist_state="session",
    )


def _several(row: Setting, key: str, ref: ModelRef) -> tuple[str, ...]:
    options = acceptance.offered(ref, row.name)
    kept = st.session_state.get(key)
    if kept:
        st.session_state[key] = [option for option in kept if option in options]
    return tuple(
        st.pills(
            row.label,
            options,
            selection_mode="multi",
            key=key,
            format_func=lambda option: option.replace("_", " "),
            help=row.help,
            persist_state="session",
        )
    )


def _words(row: Setting, key: str, ref: ModelRef) -> tuple[str, ...]:
    return tuple(
        st.multiselect(
            row.label,
            [],
            accept_new_options=True,
            key=key,
            placeholder=row.placeholder,
            help=row.help,
            persist_state="session",
        )
    )


def _json(row: Setting, key: str, ref: ModelRef) -> Any:
    text = st.text_area(
        row.label,
        key=key,
        height=JSON_HEIGHT,
        placeholder=row.placeholder,
        help=row.help,
        persist_state="session",
    )
    if not (text or "").strip():
        return None
    try:
        return typed.read(row, text or "")
    except typed.Unreadable as error:
        sentence = f"{row.label} {error}"
        st.error(plain(sentence))
        raise typed.Unreadable(sentence) from None


_KINDS: dict[Kind, Callable[[Setting, str, ModelRef], Any]] = {
    "integer": _integer,
    "number": _number,
    "flag": _flag,
    "choice": _choice,
    "several": _several,
    "words": _words,
    "object": _json,
    "schema": _json,
    "tools": _json,
}
