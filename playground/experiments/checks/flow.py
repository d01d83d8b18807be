"""YAML's flow mappings as js-yaml 4 reads them: what `contains-json` takes for an object."""

from __future__ import annotations

import math
import re
from typing import Any, Final

from playground.experiments import js

_UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ufffe\uffff\ud800-\udfff]")
"""What may not stand outside of quotes."""
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f]")
_INDICATORS: Final = ",[]{}"
_NOT_PLAIN: Final = _INDICATORS + "#&*!|>'\"%@`"
_ENDS: Final = _INDICATORS + " \t\r\n"
_ESCAPES: Final = {
    "0": "\0", "a": "\a", "b": "\b", "t": "\t", "\t": "\t", "n": "\n", "v": "\v", "f": "\f", "r": "\r",
    "e": "\x1b", " ": " ", '"': '"', "/": "/", "\\": "\\", "N": "\x85", "_": "\xa0", "L": "\u2028", "P": "\u2029",
}  # fmt: skip
_HEX: Final = {"x": 2, "u": 4, "U": 8}
_BREAKS = re.compile(r"[ \t]*(?:\r\n|\r|\n)[ \t\r\n]*")
_BREAK = re.compile(r"\r\n|\r|\n")
_WORDS: Final = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), None),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
    **dict.fromkeys((".nan", ".NaN", ".NAN"), math.nan),
    **{
        sign + word: -math.inf if sign == "-" else math.inf
        for sign in ("", "+", "-")
        for word in (".inf", ".Inf", ".INF")
    },
}
_INTEGER = re.compile(r"[-+]?(?:0b[01]+|0x[0-9a-fA-F]+|0o[0-7]+|[0-9]+)")
_FLOAT = re.compile(r"[-+]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][-+]?[0-9]+)?")
_TAGS: Final = ("", "!str", "!map", "!seq", "!int", "!float", "!bool", "!null")
_MAX_DEPTH: Final = 100


class FlowError(ValueError):
    """Text that is no flow mapping."""


def read(text: str) -> Any:
    """The mapping that the whole text is. Raises FlowError."""
    if _CONTROL.search(text):
        raise FlowError("it has characters that YAML does not allow")
    reader = _Reader(text)
    value = reader.node(0)
    reader.gap()
    if reader.at < len(text):
        raise FlowError("there is more text behind it")
    return value


class _Reader:
    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.anchors: dict[str, Any] = {}
        self.tag = ""

    def gap(self) -> bool:
        """Passes blanks, breaks and comments; whether there were any."""
        text, start = self.text, self.at
        while self.at < len(text):
            if text[self.at] in " \t\r\n":
                self.at += 1
            elif text[self.at] == "#" and (self.at == 0 or text[self.at - 1] in " \t\r\n"):
                while self.at < len(text) and text[self.at] not in "\r\n":
                    self.at += 1
            else:
                break
        if re.search(
            r"[\r\n](?:---|\.\.\.)(?=[ \t\r\n]|\Z)", text[max(start - 1, 0) : self.at + 4]
        ):
            raise FlowError("a document ends inside of it")
        return self.at > start

    def peek(self) -> str:
        return self.text[self.at : self.at + 1]

    def node(self, depth: int) -> Any:
        """A value: mapping, list, quoted or plain text; nothing is null."""
        if depth > _MAX_DEPTH:
            raise FlowError("it is nested too deeply")
        anchor = self._properties()
        first = self.peek()
        if first in ("{", "["):
            value = self._collection(depth, first)
        elif first == "'":
            value = self._single()
        elif first == '"':
            value = self._double()
        elif first == "*":
            self.at += 1
            name = self._word()
            if name not in self.anchors:
                raise FlowError(f"unknown alias {name}")
            return self.anchors[name]
        else:
            value = self._plain()
        if anchor:
            self.anchors[anchor] = value
        return value

    def _properties(self) -> str | None:
        anchor, self.tag = None, ""
        while self.peek() in ("&", "!") and self.peek():
            mark = self.peek()
            self.at += 1
            name = self._word()
            if mark == "&":
                if not name:
                    raise FlowError("an anchor has no name")
                anchor = name
            elif name not in _TAGS:
                raise FlowError(f"unknown tag !{name}")
            else:
                self.tag = name
            self.gap()
        return anchor

    def _word(self) -> str:
        start = self.at
        while self.at < len(self.text) and self.text[self.at] not in _ENDS:
            self.at += 1
        return self.text[start : self.at]

    def _collection(self, depth: int, opening: str) -> Any:
        is_mapping = opening == "{"
        closing = "}" if is_mapping else "]"
        mapping: dict[str, Any] = {}
        items: list[Any] = []
        self.at += 1
        ready = True
        while self.at < len(self.text):
            self.gap()
            if self.peek() == closing:
                self.at += 1
                return mapping if is_mapping else items
            if not ready:
                raise FlowError("a comma is missing")
            if self.peek() == ",":
                raise FlowError("a comma stands where a value should")
            explicit = self.peek() == "?" and self.text[self.at + 1 : self.at + 2] in (
                " ",
                "\t",
                "\r",
                "\n",
            )
            if explicit:
                self.at += 1
                self.gap()
            line = self.text.count("\n", 0, self.at)
            plain = self.peek() not in ("'", '"')
            key = self.node(depth + 1)
            self.gap()
            is_pair = explicit
            value = None
            if self.peek() == ":" and (
                explicit or line == self.text.count("\n", 0, self.at) or is_mapping
            ):
                is_pair = True
                self.at += 1
                self.gap()
                value = self.node(depth + 1)
                self.gap()
            if is_mapping and key == "<<" and plain:
                _merged(mapping, value)
            elif is_mapping:
                mapping[_key(key)] = value
            else:
                items.append({_key(key): value} if is_pair else key)
            ready = self.peek() == ","
            if ready:
                self.at += 1
        raise FlowError("it is never closed")

    def _single(self) -> str:
        end = self.at + 1
        while True:
            end = self.text.find("'", end)
            if end < 0:
                raise FlowError("a quote is never closed")
            if self.text[end + 1 : end + 2] != "'":
                break
            end += 2
        raw = self.text[self.at + 1 : end]
        self.at = end + 1
        return _folded(raw).replace("''", "'")

    def _double(self) -> str:
        pieces: list[str] = []
        self.at += 1
        while self.at < len(self.text):
            character = self.text[self.at]
            if character == '"':
                self.at += 1
                return js.joined("".join(pieces))
            if character == "\\":
                pieces.append(self._escape())
            elif breaks := _BREAKS.match(self.text, self.at):
                count = len(_BREAK.findall(breaks[0]))
                pieces.append(" " if count == 1 else "\n" * (count - 1))
                self.at = breaks.end()
            else:
                pieces.append(character)
                self.at += 1
        raise FlowError("a quote is never closed")

    def _escape(self) -> str:
        mark = self.text[self.at + 1 : self.at + 2]
        breaks = re.compile(r"(?:\r\n|\r|\n)[ \t]*").match(self.text, self.at + 1)
        if breaks:
            self.at = breaks.end()
            return ""
        self.at += 2
        if mark in _ESCAPES:
            return _ESCAPES[mark]
        size = _HEX.get(mark, 0)
        digits = self.text[self.at : self.at + size]
        if not size or not re.fullmatch("[0-9a-fA-F]+", digits) or len(digits) < size:
            raise FlowError(f"unknown escape \\{mark}")
        self.at += size
        code = int(digits, 16)
        if code > 0x10FFFF:
            raise FlowError("there is no such character")
        return chr(code)

    def _plain(self) -> Any:
        text, start = self.text, self.at
        first, second = text[start : start + 1], text[start + 1 : start + 2]
        if not first or first in _ENDS or (first == ":" and (not second or second in _ENDS)):
            return None
        if first in _NOT_PLAIN or (first in "?-" and (not second or second in _ENDS)):
            raise FlowError(f"`{first}` can't start a value")
        end = at = start
        while at < len(text):
            character, following = text[at], text[at + 1 : at + 2]
            if character in _INDICATORS or (
                character == ":" and (not following or following in _ENDS)
            ):
                break
            if character == "#" and text[at - 1] in " \t\r\n":
                break
            if character not in " \t\r\n":
                end = at + 1
            at += 1
        raw = text[start:end]
        if _UNPRINTABLE.search(js.joined(raw)):
            raise FlowError("it has characters that YAML does not allow")
        self.at = end
        return resolved(_folded(raw), self.tag)


def _folded(raw: str) -> str:
    """Line breaks as YAML joins them: one is a blank, more are one less."""
    if "\n" not in raw and "\r" not in raw:
        return raw

    def fold(breaks: re.Match[str]) -> str:
        count = len(_BREAK.findall(breaks[0]))
        return " " if count == 1 else "\n" * (count - 1)

    return _BREAKS.sub(fold, raw)


def resolved(word: str, tag: str = "") -> Any:
    """A plain word as null, true, a number or itself, by YAML 1.2's core."""
    if tag == "!str":
        return word
    if word in _WORDS:
        return _WORDS[word]
    if _INTEGER.fullmatch(word):
        bare = word.lstrip("+-")
        base = {"0b": 2, "0x": 16, "0o": 8}.get(bare[:2], 10)
        digits = bare[2:] if base != 10 else bare
        if digits and len(digits) < 400:
            value = int(digits, base)
            return js.tidy(js.double(-value if word[0] == "-" else value))
    if _FLOAT.fullmatch(word):
        return js.tidy(float(word))
    return word


def _key(key: Any) -> str:
    """A key as JavaScript names a property. Raises FlowError for a mapping or a list."""
    if isinstance(key, (dict, list)):
        raise FlowError("a mapping or a list can't be a key")
    return js.text(key)


def _merged(mapping: dict[str, Any], value: Any) -> None:
    """`<<`: what another mapping has and this one hasn't. Raises FlowError."""
    for other in value if isinstance(value, list) else [value]:
        if not isinstance(other, dict):
            raise FlowError("`<<` merges mappings only")
        for key, item in other.items():
            mapping.setdefault(key, item)
