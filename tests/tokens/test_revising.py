"""A text that has changed a little has the tokens that it has when it is cut as a whole."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playground.tokens import Cut, count, cut, encode, revising, splice

WORDS = ["The", " quick", " brown", "fox's", " 1,234", "\n\n", "  ", "\t", "'ll", "中文", "é", "🙂", "e\u0301", "HTTPServer", "!?", "/", "\r\n", "…", "100", "don't", "x", "\u00a0", "\ud83d"]  # fmt: skip
ENCODINGS = ["o200k_base", "cl100k_base"]
texts = st.lists(st.sampled_from(WORDS), max_size=60).map("".join)


def applied(before: Cut, now: Cut) -> list[int]:
    made = splice(before, now)
    assert len(made.ids) == len(made.lengths)
    return before.ids[: made.at] + made.ids + before.ids[made.at + made.gone :]


@pytest.mark.parametrize("encoding", ENCODINGS)
@given(start=texts, gone=texts, come=texts, end=texts)
def test_a_change_anywhere_gives_the_same_tokens(
    encoding: str, start: str, gone: str, come: str, end: str
) -> None:
    before = cut(start + gone + end, encoding)
    now = cut(start + come + end, encoding, before)
    assert now == cut(start + come + end, encoding)
    assert now.ids == encode(start + come + end, encoding)
    assert applied(before, now) == now.ids


def test_a_letter_in_a_long_text_cuts_only_what_stands_around_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    text = "".join(f"The quick brown fox counts {n:,} tokens.\n" for n in range(5_000))
    before = cut(text, "o200k_base")
    seen: list[int] = []
    whole = revising._tokens

    def noted(part: str, encoding: str) -> tuple[list[int], list[int]]:
        seen.append(len(part))
        return whole(part, encoding)

    monkeypatch.setattr(revising, "_tokens", noted)
    middle = len(text) // 2
    changed = text[:middle] + "x" + text[middle:]
    now = cut(changed, "o200k_base", before)
    assert len(seen) == 1
    assert seen[0] < 40
    monkeypatch.undo()
    assert now == cut(changed, "o200k_base")
    assert len(splice(before, now).ids) < 20
    assert count(changed) == len(now.ids)


@given(one=st.text("ab", max_size=20), other=st.text("ab", max_size=20))
def test_what_two_texts_share(one: str, other: str) -> None:
    head = revising.shared(one, other)
    assert one[:head] == other[:head]
    assert one[head : head + 1] != other[head : head + 1] or head == min(len(one), len(other))
    tail = revising.shared_end(one, other, head)
    assert one[len(one) - tail :] == other[len(other) - tail :]
    assert head + tail <= min(len(one), len(other))
