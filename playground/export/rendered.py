"""What a model wrote, in a report: as HTML that runs and loads nothing, or as Markdown that can't leave its quotation."""

from __future__ import annotations

import functools
import html
import re
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any
from unicodedata import bidirectional

from playground.figures import commonmark, fenced, is_json, visible
from playground.figures.commonmark import DEEPEST, Changes, Edit, TooOdd, rewritten

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.rules_inline import StateInline
    from markdown_it.token import Token

LONGEST = 200_000
"""Characters that are rendered; what is longer stands as it is."""
BELOW = 3
"""Levels by which its headings are lower than the report's own."""
DIRECTED = re.compile(r"p|h\d|t[hd]")
"""What a browser reads from the right where its first letter is."""
HOLDING = re.compile(r"ul|ol|li|blockquote")
"""What holds such: a browser finds no letter there that is not theirs."""


def as_html(text: str) -> str:
    """Markdown as HTML without links, images and raw HTML: their words stay, and each paragraph has its own direction."""
    shown = visible(text).replace("\x00", "\ufffd")
    if len(shown) > LONGEST or is_json(shown):
        return _as_it_is(shown)
    parser = _parser()
    try:
        tokens = parser.parse(shown)
        if any(token.level > DEEPEST for token in tokens):
            return _as_it_is(shown)  # the parser leaves out what is nested deeper
        return f'<div class="said">{parser.renderer.render(tokens, parser.options, {})}</div>'
    except RecursionError:
        return _as_it_is(shown)


def quoted(text: str) -> str:
    """Markdown as a quotation, in which nothing is loaded and no line is a heading of the report."""
    shown = visible(text)
    if len(shown) > LONGEST or is_json(shown):
        return fenced(shown)
    try:
        bare = rewritten(shown, Changes(_nothing, _described, str, _escaped))
    except TooOdd:
        return fenced(shown)
    return "\n".join(f"> {line}".rstrip() for line in bare.split("\n"))


def _nothing(run: str) -> Sequence[Edit]:
    return ()


def _described(words: str) -> str:
    return _escaped(words) or "image"


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;")


def _as_it_is(text: str) -> str:
    return f"<pre>{html.escape(text)}</pre>"


@functools.cache
def _parser() -> MarkdownIt:
    from markdown_it import MarkdownIt  # not with every document that is no report

    parser = MarkdownIt("commonmark", {"html": False, "maxNesting": DEEPEST + 10})
    parser.enable(["table", "strikethrough"])
    parser.inline.ruler.before("escape", "formula", _formula)
    parser.core.ruler.push("report", _for_a_report)
    for kind, render in RENDERED.items():
        parser.add_render_rule(kind, render)
    return parser


def _formula(state: StateInline, silent: bool) -> bool:
    """A formula between dollars stays as it was written."""
    start, made = state.pos, len(state.tokens)
    if not commonmark.dollars(state, silent):
        return False
    for token in state.tokens[made:]:
        token.content = token.content or state.src[start : state.pos]
    return True


def _for_a_report(state: Any) -> None:
    """Headings go below the report's own, and every block has the direction of its first letter."""
    for place, token in enumerate(state.tokens):
        if token.type in ("heading_open", "heading_close"):
            token.tag = f"h{min(6, int(token.tag[1]) + BELOW)}"
        if token.nesting == 1 and DIRECTED.fullmatch(token.tag):
            token.attrSet("dir", "auto")
        elif token.nesting == 1 and HOLDING.fullmatch(token.tag):
            later = (other.content for other in state.tokens[place:] if other.type == "inline")
            token.attrSet("dir", _direction(next(later, "")))


def _direction(text: str) -> str:
    """`rtl` for text whose first letter is read from the right."""
    strong = (bidirectional(sign) for sign in text)
    return (
        "rtl" if next((kind for kind in strong if kind in ("L", "R", "AL")), "L") != "L" else "ltr"
    )


def _math(self: Any, tokens: Sequence[Token], index: int, options: Any, env: Any) -> str:
    return html.escape(tokens[index].content)


def _image(self: Any, tokens: Sequence[Token], index: int, options: Any, env: Any) -> str:
    """What it is said to show: nothing is loaded."""
    return html.escape(tokens[index].content or "image")


def _link(self: Any, tokens: Sequence[Token], index: int, options: Any, env: Any) -> str:
    """Its words; where it leads stands behind them."""
    return ""


def _link_end(self: Any, tokens: Sequence[Token], index: int, options: Any, env: Any) -> str:
    opened = next(t for t in reversed(tokens[:index]) if t.type == "link_open")
    address = str(opened.attrGet("href") or "")
    words = "".join(token.content for token in tokens[tokens.index(opened) : index])
    return "" if words == address else f" ({html.escape(address)})"


RENDERED: dict[str, Callable[..., str]] = {
    "math_inline": _math,
    "image": _image,
    "link_open": _link,
    "link_close": _link_end,
}
"""Kind of token → how a report has it."""
