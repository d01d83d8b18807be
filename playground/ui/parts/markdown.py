"""Model output as Markdown that loads nothing from elsewhere, runs nothing, and is shown as it was written.

Streamlit gives signs a meaning that Markdown does not: `:red[text]` is coloured, `:x:` an emoji, `->` an arrow,
`:material/check:` an icon, text between dollars a formula, a block of `mermaid` a picture (1.67, StreamlitMarkdown).
In an answer they are text. Only text is changed: a CommonMark parser says where it stands.
"""

from __future__ import annotations

import functools
import re
from bisect import bisect_right, insort
from collections.abc import Iterator
from dataclasses import replace

import streamlit as st

from playground.domain import Failure
from playground.figures import fenced, visible
from playground.figures.commonmark import (
    HOLE,
    PUNCTUATION,
    Changes,
    Edit,
    TooOdd,
    blocks_of_code,
    rewritten,
)

LONGEST = 200_000
"""Characters rendered; the raw tab always has everything."""
START = "[\ue000]: #\n\n"
"""A link's definition, which is not shown: Streamlit takes away the blanks that a text begins with."""

NAME = r"[^\s" + re.escape(PUNCTUATION) + HOLE + "]"
SIGNS = re.compile(r"(?<![-<>=])(?:<->|->|<-|--|>=|<=)(?![-<>=])|(?<!~)~=")
COLONS = re.compile(rf":+(?=(?!\d){NAME}|\d(?:{NAME}|[-_])*[\[{{]|[\w+-]+:|{SIGNS.pattern})")
"""What may begin a directive or an emoji, or stands before a directive of ours, which would be none."""
MADE_OF_COLONS = re.compile(r":(?=[\w+-]+:|material/)", re.ASCII)
"""An emoji's or an icon's first: to escape it does not help, they are looked for in what is read."""
OTHERS = re.compile(r"\[(?=\^)|!(?=\[)|(?<!~)~(?![~=])")
"""Footnotes and `10~20 or 30~40`, which CommonMark does not have, and what is no image to our parser."""
OPENING = re.compile(r"(?:https?(?=://)|www(?=\.))([:.])", re.IGNORECASE)
ADDRESS = re.compile(rf"{OPENING.pattern}[^\s<{HOLE}]+", re.IGNORECASE)
ICON = re.compile(r":(?=material/)")
_DOLLAR = re.compile(r"(?<!\\)((?:\\\\)*)\$")


def safe(text: str) -> str:
    """Markdown in which text is text, and in place of each image stands what it is said to show.

    A model could leak what it saw through an image's address. Code is left as it is, and so are links, which load
    nothing until they are clicked. Raw HTML is not an issue: Streamlit shows it as text.
    """
    shown = visible(text[:LONGEST])
    if shown[:1].isspace():
        shown = START + shown
    try:
        return _safe(shown)
    except TooOdd:
        return fenced(shown)


@functools.lru_cache(maxsize=32)
def _safe(text: str) -> str:
    return rewritten(text, Changes(_edits, _described, _code))


def answer(text: str) -> None:
    """Render a model's answer."""
    for piece, language in _pieces(visible(text[:LONGEST])):
        if language is None:
            st.markdown(safe(piece))
        else:
            st.code(piece, language=language or None)
    if len(text) > LONGEST:
        st.caption(f"Shown: the first {LONGEST:,} of {len(text):,} characters. Raw has all of it.")


def _pieces(text: str) -> Iterator[tuple[str, str | None]]:
    """The answer, and apart from it (with their language) blocks of code that `st.markdown` would change.

    It turns `:material/` into `:material_` even there.
    """
    if not ICON.search(text):
        yield text, None
        return
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    lines, place = text.split("\n"), 0
    for first, behind, language, body in blocks_of_code(text):
        if ICON.search(body):
            yield "\n".join(lines[place:first]), None
            yield body.removesuffix("\n"), language
            place = behind
    yield "\n".join(lines[place:]), None


def plain(text: str) -> str:
    """Text inside Markdown that is shown as it is: every sign with a meaning is escaped."""
    text = visible(text)
    shown, place = "", 0
    for edit in _edits(text, links=False):
        shown += _escaped(text[place : edit.start]) + edit.text
        place = edit.end
    return shown + _escaped(text[place:])


def failed(failure: Failure) -> str:
    """A failure in one paragraph: ours as it is, with its links, and the provider's words as text."""
    return replace(failure, message=plain(failure.message)).told


def code(text: str) -> str:
    """Text inside Markdown as inline code, where an escape would be seen."""
    line = _code(visible(" ".join(text.split())))
    fence = "`" * (1 + max((len(run) for run in re.findall("`+", line)), default=0))
    space = " " if "`" in line else ""
    return f"{fence}{space}{line}{space}{fence}"


def dollars(text: str) -> str:
    """Markdown in which no two dollars make a formula; one that is escaped already, as by `plain`, stays as it is."""
    return _DOLLAR.sub(r"\1\\$", text)


def _escaped(text: str) -> str:
    return re.sub(r"([\\`*_{}\[\]()#+!|~$<>:&])", r"\\\1", text)


def _edits(run: str, *, links: bool = True) -> list[Edit]:
    """What keeps Streamlit's own meanings away from a run of text, in order.

    Nothing is changed inside an address that becomes a link by itself; where something must be, it becomes none.
    """
    found = sorted([*_colons(run), *_signs(run), *_others(run)])
    for address in ADDRESS.finditer(run):
        first = bisect_right(found, (address.start(),))
        behind = bisect_right(found, (address.end(),))
        if links and all(_harmless(edit, run) for edit in found[first:behind]):
            found[first:behind] = []
        else:
            for opening in OPENING.finditer(run, *address.span()):
                insort(found, Edit(*opening.span(1), _apart(opening[1])))
    return found


def _harmless(edit: Edit, run: str) -> bool:
    """True for a port, and for what is no colon: in a link's address they have no meaning of their own."""
    return run[edit.start] != ":" or (run[edit.end].isdecimal() and edit.text == r"\:")


def _colons(run: str) -> Iterator[Edit]:
    """Before a name a colon begins a directive, of which nothing may be left; around one it makes an emoji or an icon."""
    for match in COLONS.finditer(run):
        escaped = r"\:" * len(match[0])
        special = MADE_OF_COLONS.match(run, match.end() - 1)
        yield Edit(match.start(), match.end(), f":color[{escaped}]" if special else escaped)


def _signs(run: str) -> Iterator[Edit]:
    for match in SIGNS.finditer(run):
        start = match.start() + (match[0] == "<->")
        yield Edit(start, match.end(), _apart(run[start]) + "\\" + run[start + 1])


def _others(run: str) -> Iterator[Edit]:
    return (Edit(match.start(), match.end(), f"\\{match[0]}") for match in OTHERS.finditer(run))


def _apart(sign: str) -> str:
    """The sign in a piece of text of its own, so that nothing is read together with it: a colour without a value."""
    return f":color[\\{sign}]"


def _described(words: str) -> str:
    return f"(image not loaded: {plain(' '.join(words.split())[:200] or 'no description')})"


def _code(line: str) -> str:
    """Streamlit turns `:material/` into `:material_` even in code: a sign without width stands between."""
    return ICON.sub(":\u2060", line)
