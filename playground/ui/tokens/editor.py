"""The text box whose tokens are drawn as they are typed: the browser keeps the box, the server counts."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import streamlit as st

from playground import figures as fmt
from playground.tokens import Cut, Sliced, count, cut, slice_text, splice
from playground.ui import names
from playground.ui.parts.examples import FIRST_TEXT

HERE = Path(__file__).parent
DRAWN = 20_000
"""Tokens drawn one by one; all are counted."""
LONGEST_HELD = 1_000_000
"""Characters of a text whose tokens are held, so that after a change only what has changed is cut and sent."""
ENCODINGS = {
    "o200k_base": "GPT-4o and later (o200k)",
    "cl100k_base": "GPT-3.5 and GPT-4 (cl100k)",
}
"""Vocabulary → its name for people: the models that read with it, and what it is called."""
EXAMPLES = {
    "Plain English": FIRST_TEXT,
    "Emoji": "Tokens and emoji 🙂 👩🏽‍🚀 🇹🇼: one picture may take several tokens, none of which is a character.",
    "Code": 'def total(prices: list[float]) -> float:\n    """Add them up."""\n    return sum(prices)\n',
    "Numbers": "3.14159265358979 1,000,000 2026-11-21T21:30:00Z 0xFF",
    "中文": "同一段話，用不同的語言寫，詞元數就不同。同一段话，用不同的语言写，词元数就不同。",
    "Special tokens": "Before<|endoftext|>after. Inside a user's text, providers read this as plain text.",
}

_component = st.components.v2.component(
    "playground_tokens",
    html=(HERE / "editor.html").read_text("utf-8"),
    css=(HERE / "editor.css").read_text("utf-8"),
    js=(HERE / "editor.js").read_text("utf-8"),
)


@dataclass(slots=True)
class Box:
    """How far the box in the browser and the text in the session's state know of each other."""

    id: str = field(default_factory=lambda: secrets.token_hex(4))
    """Another one for a session that has begun anew."""
    typed: int = 0
    """Number of the last change by typing."""
    version: int = 0
    """Number of the last text that was set here."""
    has: int | None = None
    """The version that the browser has said that it has; until then the text is sent along."""
    drawn: tuple[int, str] | None = None
    """The change and the encoding whose tokens the browser has said that it has drawn; None = it needs all of them."""
    cuts: dict[tuple[int, str], Cut] = field(default_factory=dict)
    """The text's tokens after each change from that one on, by number and encoding."""

    def cut(self, text: str, encoding: str) -> Cut | None:
        """All tokens of the text as it is now; None where it is too long to be held."""
        if len(text) > LONGEST_HELD:
            self.cuts.clear()
            return None
        held = self.cuts.get((self.typed, encoding))
        if held is None or held.text != text:
            before = next((c for (_, e), c in reversed(self.cuts.items()) if e == encoding), None)
            held = self.cuts[self.typed, encoding] = cut(text, encoding, before)
        return held

    def typed_on(self, number: int, drawn: tuple[int, str] | None = None) -> None:
        """A change has come from a browser that has drawn this one; what is older nobody needs."""
        self.typed, self.drawn = number, drawn
        latest = max((n for n, _ in self.cuts), default=0)
        oldest = drawn[0] if drawn else latest
        self.cuts = {key: held for key, held in self.cuts.items() if key[0] >= oldest}


def _box() -> Box:
    box: Box = st.session_state.setdefault(names.TOKENS_BOX, Box())
    return box


def opened() -> None:
    """Called by the page when it is drawn as a whole: the box may be a new one and needs its text."""
    box = _box()
    box.has = box.drawn = None


def editor() -> str:
    """The box with its tokens, and the text in it."""
    box, text = _box(), str(st.session_state.setdefault(names.TOKENS_TEXT, FIRST_TEXT))
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.selectbox(
            "Example",
            list(EXAMPLES),
            index=None,
            key=names.TOKENS_EXAMPLE,
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
    encoding = encoding or "o200k_base"
    for other in ENCODINGS:
        box.cut(text, other)  # so that its count is known
    held = None if special else box.cut(text, encoding)
    sliced = _first(held) if held else slice_text(text, encoding, most=DRAWN, special=special)
    _component(
        key=names.TOKENS_EDITOR,
        data={
            "box": box.id,
            "version": box.version,
            "text": None if box.has == box.version else text,
            "n": box.typed,
            "encoding": encoding,
            "special": special,
            "specials": list(sliced.special),
            "total": sliced.total,
            "counts": figures(text, sliced.total, encoding),
            **_tokens(box, held, sliced, encoding),
        },
        on_typed_change=_take_typed,
    )
    return text


def _first(held: Cut) -> Sliced:
    return Sliced(
        total=len(held.ids), ids=tuple(held.ids[:DRAWN]), lengths=tuple(held.lengths[:DRAWN])
    )


def _tokens(box: Box, held: Cut | None, sliced: Sliced, encoding: str) -> dict[str, Any]:
    """The tokens to draw: all of them, or what makes them out of those that the browser has drawn."""
    base = box.cuts.get(box.drawn) if box.drawn and box.drawn[1] == encoding else None
    if held is None or base is None or box.drawn is None:
        return {"patch": None, "ids": list(sliced.ids), "lengths": list(sliced.lengths)}
    made = splice(base, held)
    at = min(made.at, DRAWN)
    come = min(len(made.ids), DRAWN - at)
    left = max(0, min(len(base.ids), DRAWN) - at - made.gone)
    more = slice(min(DRAWN, at + come + left), DRAWN)
    return {
        "patch": {"of": box.drawn[0], "at": at, "gone": made.gone, "come": come},
        "ids": made.ids[:come] + held.ids[more],
        "lengths": made.lengths[:come] + held.lengths[more],
    }


def figures(text: str, total: int, encoding: str) -> list[list[str]]:
    """What stands between box and tokens: number, label."""
    other = next(name for name in ENCODINGS if name != encoding)
    words = len(text.split())
    rows = [
        [fmt.count(total), f"tokens, {ENCODINGS[encoding]}"],
        [fmt.count(count(text, other)), f"tokens, {ENCODINGS[other]}"],
        [fmt.count(len(text)), "characters"],
        [fmt.count(len(text.encode("utf-8", "replace"))), "bytes"],
        [fmt.count(words), "words"],
    ]
    if total:
        rows.append([f"{len(text) / total:.1f}", "characters per token"])
    return rows


def _take_typed() -> None:
    typed = st.session_state[names.TOKENS_EDITOR].typed
    if not typed:
        return
    box = _box()
    if typed["version"] == box.version:
        st.session_state[names.TOKENS_TEXT] = typed["text"]
        drawn = typed.get("drawn")
        box.typed_on(typed["n"], (drawn["n"], drawn["encoding"]) if drawn else None)
        box.has = box.version
    else:  # typed into a text that an example has replaced, or in a box that has none
        box.has = box.drawn = None


def take(text: str) -> None:
    """Put another text into the box."""
    st.session_state[names.TOKENS_TEXT] = text
    box = _box()
    box.typed_on(box.typed + 1)
    box.version += 1


def _take_example() -> None:
    chosen = st.session_state[names.TOKENS_EXAMPLE]
    if chosen:
        take(EXAMPLES[chosen])
        st.session_state[names.TOKENS_EXAMPLE] = None
