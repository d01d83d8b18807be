"""Checks of HTML: read by HTML5's own rules for a whole answer, by signs for what stands in a text."""

from __future__ import annotations

import re
from typing import Any, Final
from xml.etree import ElementTree

import html5lib
from html5lib.treebuilders import getTreeBuilder

from playground.experiments import js
from playground.experiments.checks.asked import Asked, Found

MAX_LENGTH: Final = 10_485_760

_ELEMENTS: Final = frozenset(
    [
        "a", "abbr", "address", "area", "article", "aside", "audio", "b", "base", "bdi", "bdo",
        "blockquote", "br", "button", "canvas", "caption", "cite", "code", "col", "colgroup",
        "data", "datalist", "dd", "del", "details", "dfn", "dialog", "div", "dl", "dt", "em",
        "embed", "fieldset", "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4",
        "h5", "h6", "header", "hr", "i", "iframe", "img", "input", "ins", "kbd", "label",
        "legend", "li", "link", "main", "map", "mark", "math", "menu", "meta", "meter", "nav",
        "noscript", "object", "ol", "optgroup", "option", "output", "p", "param", "picture",
        "pre", "progress", "q", "rp", "rt", "ruby", "s", "samp", "script", "section", "select",
        "slot", "small", "source", "span", "strong", "style", "sub", "summary", "sup", "svg",
        "table", "tbody", "td", "template", "textarea", "tfoot", "th", "thead", "time", "title",
        "tr", "track", "u", "ul", "var", "video", "wbr"
    ]
)  # fmt: skip

_OPENING = re.compile(f"<[a-zA-Z][a-zA-Z0-9-]*(?:[{js.SPACES}][^>]*)?>")
_CLOSING = re.compile(f"</[a-zA-Z][a-zA-Z0-9-]*[{js.SPACES}]*>")
_SIGNS: Final = (
    (re.compile(f"<[a-zA-Z][a-zA-Z0-9-]*(?:[{js.SPACES}][^>]*)?/>"), 1),
    (re.compile(r"&(?:[a-zA-Z]+|#[0-9]+|#x[0-9a-fA-F]+);"), 1),
    (re.compile(f"<!DOCTYPE[{js.SPACES}]+html", re.IGNORECASE), 2),
    (re.compile(r"<!--[^-]*(?:-[^-]+)*-->"), 1),
    (re.compile(f"[{js.SPACES}][a-zA-Z-]+=[{js.SPACES}]*[\"'][^\"']*[\"']"), 1),
    (
        re.compile(
            r"<(?:html|head|body|div|span|p|a|img|h[1-6]|ul|ol|li|table|tr|td|th|form|input|button|script|style"
            r"|link|meta|br|hr)\b",
            re.IGNORECASE | re.ASCII,
        ),
        2,
    ),
)


def contains_html(asked: Asked) -> Found:
    points = 0 if len(asked.text) > MAX_LENGTH else _points(asked.text)
    return asked.yes(points >= 2, f"{points} points for signs of HTML, 2 are enough")


def _points(text: str) -> int:
    if "<" not in text and "&" not in text and "=" not in text:
        return 0
    tags = text[: text.rfind(">") + 1]
    points = bool(_OPENING.search(tags)) + bool(_CLOSING.search(tags))
    return points + sum(worth for sign, worth in _SIGNS if sign.search(text))


def is_html(asked: Asked) -> Found:
    why_not = _why_not(js.trim(asked.text))
    return asked.yes(why_not is None, why_not or "the answer is HTML")


class _Written(getTreeBuilder("etree", ElementTree)):  # type: ignore[misc]
    """A tree that remembers whether `<head>` and `<body>` were written, or only meant."""

    def __init__(self, namespaces: bool) -> None:
        super().__init__(namespaces)
        self.written: set[str] = set()

    def insertElementNormal(self, token: Any) -> Any:
        if "selfClosingAcknowledged" in token:
            self.written.add(token["name"])
        return super().insertElementNormal(token)


_LEAD = re.compile(
    rf"(?:[{js.SPACES}]+|<!--.*?-->|<![^>]*>|</[^a-zA-Z][^>]*>|<\?[^>]*>)*<html(?=[{js.SPACES}>/])[^>]*>",
    re.DOTALL | re.IGNORECASE,
)
"""Where the text begins with `<html>`: before it only blanks and what HTML takes for comments."""


def _why_not(text: str) -> str | None:
    """Why the text is no HTML; None where it is."""
    if not text:
        return "the answer is empty"
    if len(text) > MAX_LENGTH:
        return "the answer is too long"
    if text[:5].lower() == "<?xml":
        return "the answer is XML"
    parser = html5lib.HTMLParser(tree=_Written, namespaceHTMLElements=False)
    document = parser.parse(text, scripting=True)
    written: set[str] = parser.tree.written
    body = next((element for element in document.iter() if _name(element) == "body"), None)
    if body is not None and "body" not in written and _has_text(body):
        return "there is text beside the elements"
    if _LEAD.match(text) or written & {"head", "body"}:
        return None
    names = {_name(element) for element in document.iter()}
    if not any(name in _ELEMENTS or "-" in name for name in names):
        return "there is no element that HTML knows"
    return None


def _name(element: Any) -> str:
    tag = element.tag
    return tag.rpartition("}")[2].lower() if isinstance(tag, str) else ""


def _has_text(element: Any) -> bool:
    texts = [element.text, *(child.tail for child in element)]
    return any(js.trim(text) for text in texts if text)
