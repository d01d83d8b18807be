"""The text box whose tokens are drawn as they are typed: the browser keeps the box, the server counts."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import streamlit as st

from playground import figures as fmt
from playground.tokens import Sliced, count, slice_text
from playground.ui.session.text import FIRST, box

HERE = Path(__file__).parent
DRAWN = 20_000
"""Tokens drawn one by one; all are counted."""
ENCODINGS = {
    "o200k_base": "o200k (GPT-4o, GPT-5 and later)",
    "cl100k_base": "cl100k (GPT-3.5, GPT-4)",
}
EXAMPLES = {
    "Plain English": FIRST,
    "Emoji": "Tokens and emoji 🙂 👩🏽‍🚀 🇹🇼: one picture may take several tokens, none of which is a character.",
    "Code": 'def total(prices: list[float]) -> float:\n    """Add them up."""\n    return sum(prices)\n',
    "Numbers": "3.14159265358979 1,000,000 2026-11-21T21:30:00Z 0xFF",
    "中文": "同一段話，用不同的語言寫，詞元數就不同。同一段话，用不同的语言写，词元数就不同。",
    "Special tokens": "Before<|endoftext|>after. Inside a user's text, providers read this as plain text.",
}
KEY = "tokens_editor"

_component = st.components.v2.component(
    "playground_tokens",
    html=(HERE / "editor.html").read_text("utf-8"),
    css=(HERE / "editor.css").read_text("utf-8"),
    js=(HERE / "editor.js").read_text("utf-8"),
)


def opened() -> None:
    """Called by the page when it is drawn as a whole: the box may be a new one and needs its text."""
    box()["told"] = -1


def editor() -> str:
    """The box with its tokens, and the text in it."""
    state = box()
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.selectbox(
            "Example",
            list(EXAMPLES),
            index=None,
            key="tokens_example",
            width=220,
            placeholder="Try one",
            on_change=_take_example,
        )
        encoding = st.segmented_control(
            "Vocabulary",
            list(ENCODINGS),
            default="o200k_base",
            format_func=ENCODINGS.__getitem__,
            required=True,
            key="tokens_encoding",
            persist_state="session",
        )
        special = st.toggle(
            "Read special tokens as such",
            key="tokens_special",
            persist_state="session",
            help="Providers read `<|endoftext|>` in a user's text as plain text. Inside their own prompts it is one token.",
        )
    cut = slice_text(state["text"], encoding or "o200k_base", most=DRAWN, special=special)
    _component(
        key=KEY,
        data=_data(state, cut, encoding or "o200k_base", special),
        on_typed_change=_take_typed,
    )
    state["told"] = state["version"]
    return str(state["text"])


def _data(state: dict[str, Any], cut: Sliced, encoding: str, special: bool) -> dict[str, Any]:
    return {
        "version": state["version"],
        "text": state["text"] if state["version"] != state["told"] else None,
        "n": state["n"],
        "encoding": encoding,
        "special": list(cut.special),
        "ids": list(cut.ids),
        "lengths": list(cut.lengths),
        "total": cut.total,
        "counts": figures(state["text"], cut.total, encoding),
    }


def figures(text: str, total: int, encoding: str) -> list[list[str]]:
    """What stands between box and tokens: number, label."""
    other = next(name for name in ENCODINGS if name != encoding)
    words = len(text.split())
    rows = [
        [fmt.count(total), f"tokens, {encoding}"],
        [fmt.count(count(text, other)), f"tokens, {other}"],
        [fmt.count(len(text)), "characters"],
        [fmt.count(len(text.encode("utf-8", "replace"))), "bytes"],
        [fmt.count(words), "words"],
    ]
    if total:
        rows.append([f"{len(text) / total:.1f}", "characters per token"])
    return rows


def _take_typed() -> None:
    typed = st.session_state[KEY].typed
    if typed:
        box().update(text=typed["text"], n=typed["n"])


def _take_example() -> None:
    chosen = st.session_state.tokens_example
    if chosen:
        state = box()
        state.update(text=EXAMPLES[chosen], n=state["n"] + 1, version=state["version"] + 1)
        st.session_state.tokens_example = None
