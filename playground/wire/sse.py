"""Server-sent events, read as the bytes arrive."""

from __future__ import annotations

import re

Block = tuple[str | None, bytes]
"""One dispatched event: its `event:` name, if any, and its data lines joined by a line feed."""


class SSEParser:
    """Bytes in, in any split; whole events out.

    Accepts LF, CRLF and CR line ends. A JSON object or array that stands bare between events, with no `data:` before
    it, is an event too: that is how Gemini breaks off in the middle of a stream.
    """

    __slots__ = ("_bare", "_data", "_name", "_rest", "_skip_lf", "_started")

    def __init__(self) -> None:
        self._rest: list[bytes] = []
        self._data: list[bytes] = []
        self._bare: list[bytes] = []
        self._name: str | None = None
        self._skip_lf = False
        self._started = False

    def feed(self, chunk: bytes) -> list[Block]:
        """The events that this chunk completes, in order."""
        if self._skip_lf and chunk:
            self._skip_lf = False
            if chunk[0] == 10:
                chunk = chunk[1:]
        if self._started and not (self._rest or self._data or self._bare or self._name):
            block = _whole(chunk)
            if block is not None:
                return [block]
        if b"\r" in chunk:
            self._skip_lf = chunk.endswith(b"\r")
            chunk = chunk.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
        if b"\n" not in chunk:
            self._rest.append(chunk)
            return []
        if self._rest:
            self._rest.append(chunk)
            chunk = b"".join(self._rest)
        lines = chunk.split(b"\n")
        last = lines.pop()
        self._rest = [last] if last else []
        if not self._started:
            self._started = True
            lines[0] = lines[0].removeprefix(b"\xef\xbb\xbf")
        return self._read(lines)

    def finish(self) -> list[Block]:
        """What a stream that ended without a blank line leaves: its unfinished last event, if any."""
        rest = b"".join(self._rest)
        self._rest = []
        return self._read([rest, b""] if rest else [b""])

    def _read(self, lines: list[bytes]) -> list[Block]:
        found: list[Block] = []
        for line in lines:
            if self._bare:
                self._read_bare(line, found)
            elif line.startswith(b"data:"):
                self._data.append(line[6:] if line[5:6] == b" " else line[5:])
            elif not line:
                self._dispatch(found)
            elif line.startswith(b"event:"):
                self._name = line[6:].strip().decode("utf-8", "replace") or None
            elif line[:1] in (b"{", b"["):
                self._dispatch(found)
                self._bare.append(line)
            elif line == b"data":
                self._data.append(b"")
        return found

    def _read_bare(self, line: bytes, found: list[Block]) -> None:
        if line and not line.startswith((b"data:", b"event:")):
            self._bare.append(line)
            return
        found.append((None, b"\n".join(self._bare)))
        self._bare = []
        if line:
            found.extend(self._read([line]))

    def _dispatch(self, found: list[Block]) -> None:
        if self._data:
            data = self._data[0] if len(self._data) == 1 else b"\n".join(self._data)
            found.append((self._name, data))
            self._data = []
        self._name = None


_WHOLE = re.compile(rb"(?:event: (.*)\n)?data: (.*)\n\r?\n")


def _whole(chunk: bytes) -> Block | None:
    """The one event that a chunk is from its first byte to its last, as chunks mostly are; None for any other chunk.

    Not needed for being right, only for being quick: a quarter of the time of reading it line by line.
    """
    found = _WHOLE.fullmatch(chunk)
    if found is None:
        return None
    name, data = found.groups()
    if b"\r" in chunk:
        name, data = name and name.removesuffix(b"\r"), data.removesuffix(b"\r")
        if b"\r" in data or (name and b"\r" in name):
            return None
    return (name.strip().decode("utf-8", "replace") or None if name else None, data)
