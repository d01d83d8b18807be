"""JavaScript's regular expressions, on UTF-16 units as they count there, and never for longer than a few seconds."""

from __future__ import annotations

import atexit
import io
import json
import os
import queue
import re
import signal
import subprocess
import sys
import threading
from collections import Counter
from functools import lru_cache
from typing import Final

import regress

from playground.experiments import js

MAX_SECONDS: Final = 5.0
"""For one search; a pattern that goes back and forth can take years."""

_SURROGATES = re.compile("[\ud800-\udfff]")
_STAND_INS = re.compile("[\ue000-\ue7ff]")
_ESCAPED = re.compile(r"(?<!\\)((?:\\\\)*)\\u([dD][89a-fA-F][0-9a-fA-F]{2})")
_BRACED = re.compile(r"(?<!\\)((?:\\\\)*)\\u\{")
_MODIFIERS = re.compile(r"(?<!\\)(?:\\\\)*\(\?[ims]*(?:[ims]|-)[ims]*:")
_SHIFT: Final = 0xE000 - 0xD800
_REPEATS = re.compile(r"(?<!\\)(?:\\\\)*(?:[*+]|\{\d+,\d*\})")
_REPEATED_GROUP = re.compile(r"\)(?:[*+?]|\{\d)")
_MAX_TIMEOUTS: Final = 3
"""From then on a pattern is not tried any more."""
_CHEAP: Final = 20_000_000
"""Steps that take about a second."""

Groups = tuple[str | None, ...]


class RegexError(ValueError):
    """A pattern that is none, as JavaScript sees it."""


class RegexTimeout(Exception):
    """The search took too long."""


def search(pattern: str, text: str, flags: str = "") -> bool:
    """Whether the pattern is found. Raises RegexError and RegexTimeout."""
    expression = compiled(pattern, flags)
    searched = _halves(js.joined(text)) if "u" in flags else shifted(text)
    if _is_cheap(pattern, len(searched)):
        return expression.find(searched) is not None
    return bool(_WORKER.ask(_shifted_pattern(pattern, flags), searched, flags, once=True))


def find_all(pattern: str, text: str, flags: str = "") -> list[tuple[str, Groups]]:
    """Each match as the text since the one before and its groups, the whole first; at the end what is left, without groups.

    Raises RegexError and RegexTimeout.
    """
    compiled(pattern, flags)
    searched = _halves(js.joined(text)) if "u" in flags else shifted(text)
    raw = searched.encode()
    found = (
        spans(_shifted_pattern(pattern, flags), searched, flags)
        if _is_cheap(pattern, len(searched))
        else _WORKER.ask(_shifted_pattern(pattern, flags), searched, flags)
    )
    moved = searched is not text
    at, pieces = 0, []
    for match in found:
        groups = tuple(
            None if span is None else _back(raw[span[0] : span[1]], moved) for span in match
        )
        whole = match[0] or (at, at)
        pieces.append((_back(raw[at : whole[0]], moved), groups))
        at = whole[1]
    return [*pieces, (_back(raw[at:], moved), ())]


@lru_cache(maxsize=512)
def compiled(pattern: str, flags: str = "") -> regress.Regex:
    """The pattern for texts that went through `shifted`. Raises RegexError."""
    if _MODIFIERS.search(pattern):
        raise RegexError("it sets flags in a group, which JavaScript knows only since 2025")
    try:
        return regress.Regex(_shifted_pattern(pattern, flags), flags or None)
    except (regress.RegressError, UnicodeEncodeError) as mistake:
        raise RegexError(str(mistake)) from None


def shifted(text: str) -> str:
    """A character beyond U+FFFF as two of the private area, since the engine knows no halves of one."""
    if text.isascii() or (max(text) <= "\uffff" and not _SURROGATES.search(text)):
        return text
    return _halves(js.units(text))


def _halves(text: str) -> str:
    return _SURROGATES.sub(lambda half: chr(ord(half[0]) + _SHIFT), text)


def _back(raw: bytes, moved: bool) -> str:
    text = raw.decode()
    if not moved:
        return text
    return js.joined(_STAND_INS.sub(lambda half: chr(ord(half[0]) - _SHIFT), text))


def _shifted_pattern(pattern: str, flags: str) -> str:
    """The pattern for texts that went through `shifted`; without the flag u, `\\u{61}` is 61 times u."""
    if "u" in flags:
        return _halves(pattern)
    pattern = _BRACED.sub(r"\1u{", pattern)
    return shifted(
        _ESCAPED.sub(lambda half: f"{half[1]}\\u{int(half[2], 16) + _SHIFT:04x}", pattern)
    )


@lru_cache(maxsize=512)
def _repeats(pattern: str) -> int:
    """How many parts can match more or less; 99 where a group with such parts is itself repeated, or looked back at."""
    if _REPEATED_GROUP.search(pattern) or re.search(r"\\[1-9k]", pattern):
        return 99
    return len(_REPEATS.findall(pattern))


def _is_cheap(pattern: str, length: int) -> bool:
    """Whether the worst case is bounded by a polynomial that is small for this text."""
    repeats = _repeats(pattern)
    if pattern[:1] == "^" and "|" not in pattern:
        repeats -= 1
    return length < 12 or (repeats < 98 and length ** (repeats + 1) * len(pattern) < _CHEAP)


Spans = list[tuple[tuple[int, int] | None, ...]]


def spans(pattern: str, text: str, flags: str, once: bool = False) -> Spans:
    """Each match's groups as places in the text's UTF-8."""
    expression = regress.Regex(pattern, flags or None)
    first = expression.find(text) if once else None
    matches = ([first] if first else []) if once else expression.find_iter(text) or ()
    groups = pattern.count("(") + 1
    return [
        tuple(
            None if (part := match.group(at)) is None else (part.start, part.stop)
            for at in range(groups)
        )
        for match in matches
    ]


class _Worker:
    """A process of its own for searches that may never end: it is killed, and the next one starts anew."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._process: subprocess.Popen[str] | None = None
        self._owner = 0
        self._slow: Counter[str] = Counter()
        self._lines: queue.SimpleQueue[str] = queue.SimpleQueue()

    def ask(self, pattern: str, text: str, flags: str, once: bool = False) -> Spans:
        if self._slow[pattern] >= _MAX_TIMEOUTS:
            raise RegexTimeout(
                f"the pattern took more than {MAX_SECONDS:g} seconds on {_MAX_TIMEOUTS} texts; avoid repeats inside repeats"
            )
        with self._lock:
            process = self._running()
            print(json.dumps([pattern, text, flags, once]), file=process.stdin, flush=True)
            try:
                line = self._lines.get(timeout=MAX_SECONDS)
            except queue.Empty:
                self.stop()
                line = ""
        if not line:
            self._slow[pattern] += 1
            raise RegexTimeout(
                f"the pattern takes more than {MAX_SECONDS:g} seconds on this text; avoid repeats inside repeats"
            )
        return [
            tuple(None if span is None else (span[0], span[1]) for span in match)
            for match in json.loads(line)
        ]

    def _running(self) -> subprocess.Popen[str]:
        if self._owner != os.getpid():
            self._process, self._owner = None, os.getpid()
        if self._process is None or self._process.poll() is not None:
            lines: queue.SimpleQueue[str] = queue.SimpleQueue()
            self._lines = lines
            self._process = process = subprocess.Popen(
                [sys.executable, "-m", "playground.experiments.regex"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
                encoding="utf-8",
            )
            threading.Thread(target=_read, args=(process, lines), daemon=True).start()
        return self._process

    def stop(self) -> None:
        """Ends the process, if there is one."""
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.wait()
            if process.stdin:
                process.stdin.close()


def _read(process: subprocess.Popen[str], lines: queue.SimpleQueue[str]) -> None:
    with process.stdout or io.StringIO() as answers:
        for line in answers:
            lines.put(line)
    lines.put("")


_WORKER = _Worker()


def stop() -> None:
    """Ends the process that searches for long, if one runs."""
    _WORKER.stop()


atexit.register(stop)


def serve() -> None:
    """What the process does: a search a line, until its input ends. Ctrl+C is for who asks: an experiment goes on to its end."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    for line in sys.stdin:
        print(json.dumps(spans(*json.loads(line))), flush=True)


if __name__ == "__main__":
    serve()
