"""Lines between programs, as MCP's stdio has them: bounded like the bodies of HTTP."""

from __future__ import annotations

import codecs
import io
import os
from collections.abc import Callable
from contextvars import ContextVar

UTF_8 = "utf-8-in-bounded-lines"
"""The name of the codec whose decoder ends with LineTooLong: a client that takes an encoding, and no limit, has one by it."""
_passed: ContextVar[tuple[int, Callable[[], None]]] = ContextVar("passed")


class LineTooLong(ValueError):
    """A line does not end."""


class Line:
    """How long the line is that has not ended."""

    def __init__(self, most: int) -> None:
        self._most, self._length = most, 0

    def feed(self, data: bytes) -> None:
        """Take what comes next; LineTooLong when a line has more bytes than that."""
        first = data.find(b"\n")
        if self._length + (len(data) if first < 0 else first) > self._most:
            raise LineTooLong(f"a line is longer than {self._most:,} bytes")
        self._length = self._length + len(data) if first < 0 else len(data) - data.rfind(b"\n") - 1


class BoundedInput(io.RawIOBase):
    """A file descriptor that is read as if it ended where a line is too long; `told` hears of that."""

    def __init__(self, fd: int, most: int, told: Callable[[], None]) -> None:
        self._fd, self._line, self._told = fd, Line(most), told

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        data = os.read(self._fd, len(buffer))
        try:
            self._line.feed(data)
        except LineTooLong:
            self._told()
            return 0
        buffer[: len(data)] = data
        return len(data)


def bound(most: int, told: Callable[[], None]) -> str:
    """The encoding by which what is decoded in this context has lines of so many bytes at most; `told` hears of a longer one."""
    _passed.set((most, told))
    return UTF_8


class _Decoder(codecs.IncrementalDecoder):
    def __init__(self, errors: str = "strict") -> None:
        super().__init__(errors)
        self._inner = codecs.getincrementaldecoder("utf-8")(errors)
        most, self._told = _passed.get()
        self._line = Line(most)

    def decode(self, data: bytes, final: bool = False) -> str:  # type: ignore[override]
        try:
            self._line.feed(data)
        except LineTooLong:
            self._told()
            raise
        return self._inner.decode(data, final)


def _find(name: str) -> codecs.CodecInfo | None:
    if name != UTF_8.replace("-", "_"):
        return None
    plain = codecs.lookup("utf-8")
    return codecs.CodecInfo(plain.encode, plain.decode, incrementaldecoder=_Decoder, name=UTF_8)


codecs.register(_find)
