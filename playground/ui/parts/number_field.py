"""A field for a number as people type it: what can't be read is said beneath it, and no other number is taken for it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, NamedTuple

import streamlit as st

from playground.domain.typed import Unreadable
from playground.ui.parts.markdown import plain
from playground.ui.parts.number import read_number, read_whole


class Typed(NamedTuple):
    """What a number's field holds."""

    value: Decimal | None
    """None for an empty field, and for one that can't be read."""
    wrong: bool = False
    """True where something stands in the field that is no number of its kind: nothing may be computed or sent."""


def number_field(
    label: str,
    key: str,
    *,
    first: float | None = None,
    least: int = 0,
    most: int,
    whole: bool = True,
    needed: bool = True,
    **more: Any,
) -> Typed:
    """Draw the field and read it; `first` stands in it at first, `more` goes to Streamlit's text field.

    Streamlit's own field for numbers takes `2,5` for 25 and `1.000,50` for 1.
    """
    held = st.session_state.setdefault(key, first)
    if not isinstance(held, str):
        st.session_state[key] = written(held)
    st.text_input(label, key=key, persist_state="session", **more)
    text = str(st.session_state[key]).strip()
    if not text and not needed:
        return Typed(None)
    try:
        return Typed(_read(text, whole, least, most))
    except Unreadable as error:
        st.error(plain(f"{label} {error}"))
        return Typed(None, wrong=True)


def written(number: float | None) -> str:
    """A number as it stands in its field: `10,000`, `0.5`, nothing for None."""
    return "" if number is None else f"{number:,}"


def _read(text: str, whole: bool, least: int, most: int) -> Decimal:
    if not text:
        raise Unreadable("is empty: write a number.")
    number = Decimal(read_whole(text)) if whole else read_number(text)
    if number < least:
        raise Unreadable(f"must be at least {least:,}, not {text[:40]}.")
    if number > most:
        raise Unreadable(f"must be at most {most:,}, not {text[:40]}.")
    return number
