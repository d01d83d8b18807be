"""A template's text cut into tokens, as nunjucks 3.2.4 cuts it."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

BLANKS: Final = " \n\t\r\xa0"
DELIMITERS: Final = "()[]{}%*-+~/#,:|.<>=!"
_KINDS: Final = {
    "(": "(",
    ")": ")",
    "[": "[",
    "]": "]",
    "{": "{",
    "}": "}",
    ",": ",",
    ":": ":",
    "~": "~",
    "|": "|",
}
_LONG: Final = ("==", "===", "!=", "!==", "<=", ">=", "//", "**")
_ESCAPES: Final = {"n": "\n", "t": "\t", "r": "\r"}
_START = re.compile(r"\{%-?|\{\{-?|\{#|#\}")
_WORD = re.compile(f"[^{re.escape(BLANKS + DELIMITERS)}]+")
_GAP = re.compile(f"[{BLANKS}]+")
_DIGITS: Final = tuple("0123456789")
_WHOLE = re.compile(r"[-+]?[0-9]+")


class TemplateError(ValueError):
    """A template that can't be rendered: what is wrong, and where."""


class Token(NamedTuple):
    """`kind` is the character itself for brackets and `, : ~ |`; else data, comment, block, block_end, print, print_end,
    text, whole, decimal, word, regex or operator."""

    kind: str
    value: str
    line: int


class Lexer:
    """Hands out one token at a time: inside a tag code, outside of it the text up to the next tag."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.in_code = False
        self._counted = 0
        self._line = 1

    @property
    def line(self) -> int:
        """Of what comes next, from 1."""
        if self.at >= self._counted:
            self._line += self.text.count("\n", self._counted, self.at)
        else:
            self._line -= self.text.count("\n", self.at, self._counted)
        self._counted = self.at
        return self._line

    def fail(self, message: str) -> TemplateError:
        return TemplateError(f"line {self.line}: {message}")

    def take(self) -> Token | None:
        """The next token; None at the end."""
        if self.in_code:
            gap = _GAP.match(self.text, self.at)
            if gap:
                self.at = gap.end()
        if self.at >= len(self.text):
            return None
        return self._code() if self.in_code else self._outside()

    def raw(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        """A match right here, which is passed over."""
        match = pattern.match(self.text, self.at)
        if match:
            self.at = match.end()
        return match

    def _outside(self) -> Token:
        line = self.line
        start = _START.search(self.text, self.at)
        if start is None:
            return self._token("data", len(self.text), line)
        if start.start() > self.at:
            if start[0] == "#}":
                self.at = start.start()
                raise self.fail("`#}` without `{#`")
            return self._token("data", start.start(), line)
        if start[0] == "#}":
            raise self.fail("`#}` without `{#`")
        if start[0] == "{#":
            end = self.text.find("#}", start.end())
            if end < 0:
                raise self.fail("`{#` is never closed with `#}`")
            return self._token("comment", end + 2, line)
        self.in_code = True
        return self._token("block" if start[0][1] == "%" else "print", start.end(), line)

    def _token(self, kind: str, end: int, line: int) -> Token:
        value = self.text[self.at : end]
        self.at = end
        return Token(kind, value, line)

    def _code(self) -> Token:
        line, text, at = self.line, self.text, self.at
        first = text[at]
        if first in "\"'":
            return Token("text", self._string(first), line)
        for end, kind in (("%}", "block_end"), ("}}", "print_end")):
            for written in (end, "-" + end):
                if text.startswith(written, at):
                    self.in_code = False
                    return self._token(kind, at + len(written), line)
        if text.startswith("r/", at):
            return self._regex(line)
        if first in DELIMITERS:
            size = 1
            if text[at : at + 2] in _LONG:
                size = 3 if text[at : at + 3] in _LONG else 2
            return self._token(
                _KINDS.get(first, "operator") if size == 1 else "operator", at + size, line
            )
        return self._word(line)

    def _word(self, line: int) -> Token:
        word = _WORD.match(self.text, self.at)
        if word is None:
            raise self.fail(f"`{self.text[self.at]}` is out of place")
        if not _WHOLE.fullmatch(word[0]):
            return self._token("word", word.end(), line)
        if self.text[word.end() : word.end() + 1] != ".":
            return self._token("whole", word.end(), line)
        end = word.end() + 1
        while self.text[end : end + 1] in _DIGITS:
            end += 1
        return self._token("decimal", end, line)

    def _string(self, quote: str) -> str:
        pieces: list[str] = []
        at, text = self.at + 1, self.text
        while at < len(text) and text[at] != quote:
            if text[at] == "\\":
                at += 1
                pieces.append(_ESCAPES.get(text[at : at + 1], text[at : at + 1]))
            else:
                pieces.append(text[at])
            at += 1
        self.at = at + 1
        return "".join(pieces)

    def _regex(self, line: int) -> Token:
        at, text = self.at + 2, self.text
        start = at
        while at < len(text) and not (text[at] == "/" and text[at - 1] != "\\"):
            at += 1
        body = text[start:at]
        at += 1
        start = at
        while at < len(text) and text[at] in "gimy":
            at += 1
        self.at = at
        return Token("regex", f"{text[start:at]}/{body}", line)
