"""JSON of any size, one record at a time: no more than one conversation is in memory."""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Iterator
from typing import IO, Any

CHUNK = 1 << 20
MOST = 512 << 20
"""Characters of one record; a larger one is no conversation."""
_DECODER = json.JSONDecoder()
_SPACE = re.compile(r"[\s,]*")
_LIST = re.compile(r'\s*(?:\[|\{\s*"conversations"\s*:\s*\[)')
"""A list; an object that begins with the list of conversations is read as that list."""
_RECORD = r'"[^"]{1,40}"\s*:'
"""How an object begins."""


class Broken(ValueError):
    """A value that can't be read; the message says where and why."""


class Records:
    """The top-level values of a JSON text: the elements of a list, or the one value that it is."""

    def __init__(self, source: IO[bytes]) -> None:
        self._source = source
        self._decode = codecs.getincrementaldecoder("utf-8-sig")("replace")
        self._text = ""
        self._at = 0
        self._before = 0
        """Characters of the file before `_text`."""
        self._ended = False
        self.problems: list[str] = []
        """Sentences about what could not be read, in the order of the file."""

    def __iter__(self) -> Iterator[Any]:
        self._read(256)
        begin = _LIST.match(self._text)
        if begin:
            self._at = begin.end()
            yield from self._elements()
        elif self._skipped():
            try:
                yield self._value()
            except Broken as problem:
                self.problems.append(str(problem))

    def _elements(self) -> Iterator[Any]:
        number = 0
        while self._skipped():
            if self._text[self._at] == "]":
                return
            number += 1
            try:
                value = self._value()
            except Broken as problem:
                self.problems.append(f"entry {number}, {problem}")
                if not self._next_record():
                    return
            else:
                yield value
        self.problems.append(f"the file ends after entry {number}, without the end of its list")

    def _value(self) -> Any:
        """The value that begins here, which is read on until it is whole."""
        while True:
            try:
                value, self._at = _DECODER.raw_decode(self._text, self._at)
            except json.JSONDecodeError as error:
                if not self._goes_on(error):
                    raise Broken(self._told(error)) from None
                self._read(len(self._text) - self._at)
            except RecursionError:
                raise Broken(f"character {self._before + self._at}: too deep") from None
            else:
                return value

    def _goes_on(self, error: json.JSONDecodeError) -> bool:
        """Whether what is missing may stand in the part of the file that is not read yet."""
        if self._ended or len(self._text) - self._at > MOST:
            return False
        near_the_end = error.pos >= len(self._text) - 16
        return near_the_end or error.msg.startswith("Unterminated string")

    def _told(self, error: json.JSONDecodeError) -> str:
        where = f"character {self._before + error.pos}"
        cut = error.pos >= len(self._text.rstrip()) or error.msg.startswith("Unterminated string")
        return f"{where}: {'the file ends in the middle of it' if cut else error.msg}"

    def _next_record(self) -> bool:
        """Go on at the next thing that begins as this record does; False where there is none."""
        own = re.compile(r"\{\s*(" + _RECORD + ")").match(self._text, self._at)
        mark = re.compile(r"\}\s*,\s*(\{\s*" + (re.escape(own[1]) if own else _RECORD) + ")")
        while True:
            if found := mark.search(self._text, self._at + 1):
                self._at = found.start(1)
                return True
            if self._ended:
                return False
            self._at = max(len(self._text) - 4096, self._at + 1)
            self._read()

    def _skipped(self) -> bool:
        """Go on behind white space and commas; False at the end of the file."""
        while True:
            found = _SPACE.match(self._text, self._at)
            self._at = found.end() if found else self._at
            if self._at < len(self._text) or self._ended:
                return self._at < len(self._text)
            self._read()

    def _read(self, wanted: int = 1) -> None:
        """Read `wanted` characters more, a chunk at least; what stands before the place is let go."""
        parts = [self._text[self._at :]]
        self._before += self._at
        self._at = 0
        read = 0
        while not self._ended and read < wanted:
            raw = self._source.read(CHUNK)
            parts.append(self._decode.decode(raw, final=not raw))
            read += len(parts[-1])
            self._ended = not raw
        self._text = "".join(parts)
