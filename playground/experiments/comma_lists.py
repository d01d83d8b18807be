"""Texts with commas, as promptfoo reads them."""

from __future__ import annotations

from playground.experiments import js


def comma_list(text: str) -> list[str]:
    """`a, "b, c"` as its parts: blanks around them and empty ones dropped, quotes keep their comma.

    Raises ValueError for a quote that is never closed or has text behind it.
    """
    parts: list[str] = []
    at = 0
    while True:
        while at < len(text) and text[at] in js.SPACES + ",":
            at += 1
        if at >= len(text):
            return parts
        if text[at] != '"':
            end = text.find(",", at)
            end = len(text) if end < 0 else end
            parts.append(js.trim(text[at:end]))
            at = end
            continue
        part, at = _quoted(text, at + 1)
        parts.append(part)
        while at < len(text) and text[at] in js.SPACES:
            at += 1
        if at < len(text) and text[at] != ",":
            raise ValueError("there is text behind a closing quote; put a comma there")


def _quoted(text: str, at: int) -> tuple[str, int]:
    pieces: list[str] = []
    while at < len(text):
        pair = text[at : at + 2]
        if pair in ('\\"', "\\\\", '""'):
            pieces.append(pair[1])
            at += 2
        elif text[at] == '"':
            return "".join(pieces), at + 1
        else:
            pieces.append(text[at])
            at += 1
    raise ValueError("a quote is never closed")
