"""Hands tiktoken a long text in windows, so that nothing waits for long, and puts the same tokens together.

tiktoken cuts a text into pieces by a pattern, reading from left to right, and merges inside each piece. So text may be
cut where a piece ends whatever stands around it (`APART`). A piece that is longer than a window has no such place. Two
windows then overlap, and join where both have the same token at the same place. That is exact:

- Where the result of merging has a boundary, no merge ever crossed it: each side alone merges in the same order
  (lowest rank first, leftmost of equals), to the same tokens.
- If merging `ab` gives `a`, `b` for the last token `a` of one side and the first token `b` of the other, then no merge
  of the whole crosses between them: before the first that did, the parts of `a` and of `b` would have been merged as in
  `ab` alone, where it would have come first as well.
- The shared token and the one before it stand side by side in the first window, so they are such a pair.

A window that starts inside a piece must find the same end of it: `_resumes` names the places where it does.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING
from unicodedata import category

if TYPE_CHECKING:
    import tiktoken

SIZE = 24_000
"""Characters in a window: 4 to 40 ms of tiktoken's, during which other threads run."""
ZONE = 100
"""Characters, and tokens, at the end of a window among which a place to go on is looked for."""
MARGIN = 20
"""Tokens at the end of a window that the text behind it may change."""
LONG = 400_000
"""Characters of white space that are given to tiktoken in windows: at a million its pattern gives up (0.14)."""

BLANK = "\t\x0b\x0c \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000"
"""White space but for the ends of lines, as tiktoken's `\\s` has it."""
BLANKS = re.compile(f"[{BLANK}]*")
LINE = re.compile(f"[{BLANK}]*[\r\n]")
APART = re.compile(
    r"(?<=\S)(?=[ \t])"
    r"|(?<=[0-9])(?=[!-/:-~])|(?<=[!-/:-~])(?=[0-9])"
    r"|(?<=[A-Za-z])(?=[!-&(-/:-@\[-`{-~])"
    r"|(?<=\n)(?=[!-.0-~])"
)
"""Places between two pieces in both encodings: no branch of their patterns takes what stands on both sides."""
DIGITS = "0123456789"
INSIDE = bytes(range(0x80, 0xC0))
"""Bytes that continue a character of UTF-8."""


def batches(text: str, encoder: tiktoken.Encoding) -> Iterator[list[int]]:
    """The token ids of the text in order, as `encode_ordinary` gives them, a window's at a time."""
    if len(text) <= SIZE:
        yield encoder.encode_ordinary(text)
        return
    for part in _parts(text):
        yield from _windows(part, encoder)


def _parts(text: str) -> Iterator[str]:
    """The text cut around runs of blanks that are too long for `\\s+(?!\\S)`, which takes all of a run but its last.

    A run that a line's end follows is another branch's, which takes any length.
    """
    start = done = 0
    for at in range(0, len(text), LONG // 2):
        if at < done or text[at] not in BLANK:
            continue
        first = at - _blanks_before(text, at)
        done = _blanks_end(text, at)
        if done - first < LONG or text[done : done + 1] in ("\r", "\n"):
            continue
        last = done if done == len(text) else done - 1
        yield text[start:first]
        yield text[first:last]
        start = last
    yield text[start:]


def _blanks_before(text: str, at: int) -> int:
    block = text[max(0, at - LONG // 2) : at]
    return len(block) - len(block.rstrip(BLANK))


def _blanks_end(text: str, at: int) -> int:
    while (match := BLANKS.match(text, at, at + SIZE)) and match.end() > at:
        at = match.end()
    return at


def _windows(text: str, encoder: tiktoken.Encoding) -> Iterator[list[int]]:
    held: list[tuple[int, list[int], int | None]] = []  # start, tokens, the one that must follow
    at = 0
    while at < len(text):
        start = at
        tokens, shared, at = _window(text, start, at, encoder)
        while held and held[-1][2] != tokens[0]:  # they do not join: one window in place of both
            start = held.pop()[0]
            tokens, shared, at = _window(text, start, at, encoder)
        held.append((start, tokens, shared))
        if shared is None:
            held.reverse()
            while held:  # one by one: to let go of ten million tokens at once takes 50 ms
                yield held.pop()[1]


def _window(
    text: str, at: int, beyond: int, encoder: tiktoken.Encoding
) -> tuple[list[int], int | None, int]:
    """Tokens from here to a place beyond, the token that follows (None: any may), and that place."""
    end = beyond + SIZE
    while end < len(text):
        cut = _apart(text, at, end)
        if cut:
            return encoder.encode_ordinary(text[at:cut]), None, cut
        if not _may_resume(text, at, end):
            end += SIZE
            continue
        tokens = encoder.encode_ordinary(text[at:end])
        if joint := _joint(text, at, end, tokens, encoder):
            index, cut = joint
            if cut > beyond:
                return tokens[:index], tokens[index], cut
        end += end - at
    return encoder.encode_ordinary(text[at:]), None, len(text)


def _apart(text: str, at: int, end: int) -> int | None:
    """A place between two pieces near the end of the window."""
    if match := APART.search(text, end - ZONE, end):
        return match.start()
    if text[end - 1] not in DIGITS:
        return None
    block = text[at:end]
    whole = block.isascii() and block.isdecimal()  # four times as quick as rstrip
    digits = len(block) if whole else len(block) - len(block.rstrip(DIGITS))
    first = end - digits
    if digits < 3 or (first > at and category(text[first - 1])[0] in "NC"):
        return None
    return end - digits % 3


def _may_resume(text: str, at: int, end: int) -> bool:
    places = range(max(at + 1, end - ZONE), end - 1)
    return any(_resumes(text, at, place, end) for place in places)


def _resumes(text: str, at: int, place: int, end: int) -> bool:
    """True where reading from this place on finds the same ends of pieces as reading from before it.

    That is between letters, between signs and between blanks, where the rest can't be taken for the start of something
    else: an elision (`'ll`), a sign before a word, the lines that end a piece of signs, the blanks that follow a line.
    """
    near = text[place - 1 : place + 2]
    kinds = "".join(map(_kind, near))
    if kinds.startswith("LL"):
        return "'" not in text[place - 2 : place]
    if kinds == "PPP":
        return "/" not in near or _one_line(text, at, place)
    if kinds[0] in "WE" and LINE.match(text, place, min(end, place + ZONE)):
        return kinds[0] == "W" or not _after_sign(text, at, place)
    return kinds == "WWW" and _one_line(text, at, place)


def _one_line(text: str, at: int, place: int) -> bool:
    return text.find("\n", at, place) < 0 and text.find("\r", at, place) < 0


def _after_sign(text: str, at: int, place: int) -> bool:
    """True where the ends of lines before this place may belong to a sign before them."""
    before = text[at:place].rstrip("\r\n")[-1:]
    return bool(before) and _kind(before) not in "WL"


def _kind(character: str) -> str:
    """Letter, sign, white space, end of a line; `-` for what is left alone (marks may belong to letters and to signs)."""
    if character in BLANK:
        return "W"
    if character in "\r\n":
        return "E"
    found = category(character)
    if found[0] == "L":
        return "L"
    return "P" if found[0] in "PS" or found in ("Cc", "Cf", "Co") else "-"


def _joint(
    text: str, at: int, end: int, tokens: list[int], encoder: tiktoken.Encoding
) -> tuple[int, int] | None:
    """Index and place of a token near the end of the window at which the next window may start."""
    if category(text[end - 1]) in ("Lu", "Lt") and not text[at:end].isascii():
        return None  # what follows capitals decides whether a letter without case before them is in their piece
    first = max(1, len(tokens) - MARGIN - ZONE)
    spelled = encoder.decode_tokens_bytes(tokens[first:])
    place = end
    for index in range(len(tokens) - 1, first - 1, -1):
        piece = spelled[index - first]
        place -= len(piece.translate(None, INSIDE))
        if len(tokens) - index < MARGIN or piece[0] in INSIDE or not _resumes(text, at, place, end):
            continue
        same = b"".join(spelled[index - first :]) == text[place:end].encode("utf-8", "replace")
        return (index, place) if same else None
    return None
