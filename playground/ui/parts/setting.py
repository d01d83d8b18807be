"""One setting on the screen: the widget of its row, with what the model takes, and what its widget holds."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import streamlit as st

from playground import catalog
from playground.domain import ModelRef, typed
from playground.domain.setting import Kind, Setting
from playground.domain.values import default
from playground.providers import acceptance
from playground.ui.parts.markdown import plain
from playground.ui.parts.number import read_number, read_whole

JSON_HEIGHT = 180
"""Pixels of a field for JSON."""


def read(row: Setting, key: str, ref: ModelRef) -> Any:
    """What the setting's widget holds, drawn or not; None for the provider's default, Unreadable for what can't be sent."""
    held = st.session_state.get(key)
    if row.kind == "flag":
        return default(row.name) if held is None else held
    if row.kind in _READ:
        return _typed(row, held)
    if row.kind == "several":
        offered = acceptance.offered(ref, row.name)
        return tuple(option for option in held or () if option in offered)
    return tuple(held or ()) if row.kind == "words" else held


def _typed(row: Setting, held: str | None) -> Any:
    text = str(held or "").strip()
    if not text:
        return None
    try:
        return _READ[row.kind](row, text)
    except typed.Unreadable as error:
        raise typed.Unreadable(f"{row.label} {error}") from None


def _within(row: Setting, number: Any) -> Any:
    if row.least is not None and number < row.least:
        raise typed.Unreadable(f"must be at least {row.least:g}, not {number}.")
    if row.most is not None and number > row.most:
        raise typed.Unreadable(f"must be at most {row.most:g}, not {number}.")
    return number


_READ: dict[Kind, Callable[[Setting, str], Any]] = {
    "integer": lambda row, text: _within(row, read_whole(text)),
    "number": lambda row, text: float(_within(row, read_number(text))),
    "object": typed.read,
    "schema": typed.read,
    "tools": typed.read,
}
"""Kinds of settings that are typed → how the text is read."""
TYPED = frozenset(_READ)


def widget(row: Setting, key: str, ref: ModelRef, **more: Any) -> None:
    """Draw it; beside what is typed and can't be read stands why. `more` goes to Streamlit's widget."""
    _KINDS[row.kind](row, key, ref, {"help": row.help, "persist_state": "session", **more})
    try:
        read(row, key, ref)
    except typed.Unreadable as error:
        st.error(plain(str(error)))


def _number(row: Setting, key: str, ref: ModelRef, more: Mapping[str, Any]) -> None:
    st.text_input(row.label, key=key, placeholder=row.placeholder, **more)


def _flag(row: Setting, key: str, ref: ModelRef, more: Mapping[str, Any]) -> None:
    st.toggle(row.label, key=key, **more)


def _choice(row: Setting, key: str, ref: ModelRef, more: Mapping[str, Any]) -> None:
    options: list[str] = list(row.choices or acceptance.offered(ref, row.name))
    kept = st.session_state.get(key)
    if kept and kept not in options:  # of a run that is opened: a number of thinking tokens
        options.append(kept)
    usual = getattr(catalog.describe(ref), f"default_{row.name}", None)
    st.selectbox(
        row.label,
        options,
        index=None,
        key=key,
        placeholder=f"{row.placeholder} ({usual})" if usual else row.placeholder,
        **more,
    )


def _several(row: Setting, key: str, ref: ModelRef, more: Mapping[str, Any]) -> None:
    options = acceptance.offered(ref, row.name)
    kept = st.session_state.get(key)
    if kept:
        st.session_state[key] = [option for option in kept if option in options]
    st.pills(
        row.label,
        options,
        selection_mode="multi",
        key=key,
        format_func=lambda option: option.replace("_", " "),
        **more,
    )


def _words(row: Setting, key: str, ref: ModelRef, more: Mapping[str, Any]) -> None:
    st.multiselect(
        row.label,
        [],
        accept_new_options=True,
        key=key,
        placeholder=row.placeholder,
        **more,
    )


def _json(row: Setting, key: str, ref: ModelRef, more: Mapping[str, Any]) -> None:
    st.text_area(
        row.label,
        key=key,
        height=JSON_HEIGHT,
        placeholder=row.placeholder,
        **more,
    )


_KINDS: dict[Kind, Callable[[Setting, str, ModelRef, Mapping[str, Any]], None]] = {
    "integer": _number,
    "number": _number,
    "flag": _flag,
    "choice": _choice,
    "several": _several,
    "words": _words,
    "object": _json,
    "schema": _json,
    "tools": _json,
}
