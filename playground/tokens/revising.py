"""Counts a long text again after a small change: only what stands around the change is cut anew.

Text may be cut at a place that `cutting.APART` finds, whatever stands around it. So what stands before the last such place
that both texts share at their beginning has the same tokens in both, and so has what stands behind the first at their end.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

from playground.tokens import vocabulary
from playground.tokens.counting import remember
from playground.tokens.cutting import APART, batches

LOOK = 2_000
"""Characters before the change among which a place to cut is looked for."""


@dataclass(frozen=True, slots=True)
class Cut:
    """A text in one encoding."""

    text: str
    ids: list[int]
    lengths: list[int]
    """UTF-8 bytes of each token."""


@dataclass(frozen=True, slots=True)
class Splice:
    """What makes one list of tokens out of another: at a place so many go, and these come."""

    at: int
    gone: int
    ids: list[int]
    lengths: list[int]


def cut(text: str, encoding: str, before: Cut | None = None) -> Cut:
    """All tokens of a text; `before` is the text as it was, and saves the most where little has changed."""
    made = before and _revised(before, text, encoding)
    if not made:
        ids, lengths = _tokens(text, encoding)
        made = Cut(text, ids, lengths)
    remember(text, encoding, len(made.ids))
    return made


def splice(before: Cut, now: Cut) -> Splice:
    """What has changed among the tokens."""
    at = shared(before.ids, now.ids)
    same = shared_end(before.ids, now.ids, at)
    end = len(now.ids) - same
    return Splice(at, len(before.ids) - same - at, now.ids[at:end], now.lengths[at:end])


def shared(one: Sequence[object], other: Sequence[object]) -> int:
    """How many items at the beginning are the same."""
    low, high = 0, min(len(one), len(other))
    while low < high:
        middle = (low + high + 1) // 2
        if one[low:middle] == other[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low


def shared_end(one: Sequence[object], other: Sequence[object], beginning: int) -> int:
    """How many items at the end are the same, beside those of the beginning."""
    low, high = 0, min(len(one), len(other)) - beginning
    while low < high:
        middle = (low + high + 1) // 2
        first, second = (
            one[len(one) - middle : len(one) - low],
            other[len(other) - middle : len(other) - low],
        )
        if first == second:
            low = middle
        else:
            high = middle - 1
    return low


def _tokens(text: str, encoding: str) -> tuple[list[int], list[int]]:
    encoder = vocabulary.load(encoding)
    ids = [token for batch in batches(text, encoder) for token in batch]
    return ids, list(map(len, encoder.decode_tokens_bytes(ids)))


def _revised(before: Cut, text: str, encoding: str) -> Cut | None:
    """The same as cutting the whole text; None where there is nothing to go by."""
    head = shared(before.text, text)
    tail = shared_end(before.text, text, head)
    start, end = _before(text, head), _behind(text, len(text) - tail)
    old_end = end - len(text) + len(before.text)
    try:
        first = len(before.text[:start].encode())
        last = first + len(before.text[start:old_end].encode())
    except UnicodeEncodeError:  # half a character counts as another one
        return None
    ends = list(accumulate(before.lengths, initial=0))
    i, j = bisect_left(ends, first), bisect_left(ends, last)
    if j >= len(ends) or ends[i] != first or ends[j] != last:
        return None
    ids, lengths = _tokens(text[start:end], encoding)
    return Cut(
        text,
        before.ids[:i] + ids + before.ids[j:],
        before.lengths[:i] + lengths + before.lengths[j:],
    )


def _before(text: str, head: int) -> int:
    """The last place to cut whose two sides both texts share, at the beginning."""
    places = [m.start() for m in APART.finditer(text, max(0, head - LOOK), head)]
    return places[-1] if places else 0


def _behind(text: str, tail: int) -> int:
    """The first place to cut whose two sides both texts share, at the end."""
    found = APART.search(text, tail + 1)
    return found.start() if found else len(text)
