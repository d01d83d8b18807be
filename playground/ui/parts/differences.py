"""What differs between two answers: word by word, sentences that only one has, and the figures of their form."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import fields
from itertools import combinations

import streamlit as st

from playground.domain import Response
from playground.figures.commonmark import unmarked
from playground.figures.differing import WORD
from playground.lab.text_statistics import (
    LABELS,
    MOST_CHARACTERS,
    Statistics,
    sentences,
    statistics,
)
from playground.ui.parts.markdown import plain
from playground.ui.parts.words import word_diff


def differences(names: Sequence[str], responses: Sequence[Response], key: str) -> None:
    """Any two answers without their Markdown; at first the two that are most alike: there a difference says something."""
    answered = [i for i, response in enumerate(responses) if response.text]
    if len(answered) < 2:
        st.caption("Two answers are needed for a comparison.")
        return
    texts = {i: unmarked(responses[i].text[:MOST_CHARACTERS]) for i in answered}
    first, second = most_alike(list(texts.values()))
    with st.container(horizontal=True, vertical_alignment="bottom"):
        a = st.selectbox(
            "From", answered, index=first, format_func=names.__getitem__, key=f"from_{key}"
        )
        b = st.selectbox(
            "To", answered, index=second, format_func=names.__getitem__, key=f"to_{key}"
        )
        way = st.segmented_control(
            "What is shown", list(WAYS), default=next(iter(WAYS)), required=True, key=f"way_{key}"
        )
    if a == b:
        st.caption("Choose two different lanes.")
        return
    WAYS[way]((names[a], names[b]), (texts[a], texts[b]))
    st.markdown(_figures((names[a], names[b]), (responses[a].text, responses[b].text)))


def most_alike(texts: Sequence[str]) -> tuple[int, int]:
    """The places of the two texts with the largest share of words in common, whatever their order."""
    counted = [Counter(word.casefold() for word in WORD.findall(t) if word.strip()) for t in texts]

    def alike(pair: tuple[int, int]) -> float:
        one, other = counted[pair[0]], counted[pair[1]]
        return 2 * (one & other).total() / max(1, one.total() + other.total())

    return max(combinations(range(len(texts)), 2), key=alike)


def only_in(text: str, other: str) -> list[str]:
    """The sentences of a text that the other one has not, whatever their case, blanks and signs."""
    there = {_same(sentence) for sentence in sentences(other)}
    return [sentence for sentence in sentences(text) if _same(sentence) not in there]


def _same(sentence: str) -> str:
    return " ".join(re.findall(r"\w+", sentence.casefold()))


def _words(names: tuple[str, str], texts: tuple[str, str]) -> None:
    word_diff(*texts, left_name=names[0], right_name=names[1])


def _sentences(names: tuple[str, str], texts: tuple[str, str]) -> None:
    for column, name, mine, other in zip(st.columns(2), names, texts, reversed(texts), strict=True):
        with column:
            found = only_in(mine, other)
            st.markdown(f"**Only in {plain(name)}** · {len(found)} of {len(sentences(mine))}")
            st.markdown("\n".join(f"- {plain(sentence)}" for sentence in found) or "Nothing.")


WAYS: dict[str, Callable[[tuple[str, str], tuple[str, str]], None]] = {
    "Words": _words,
    "Sentences": _sentences,
}


def _figures(names: tuple[str, str], texts: tuple[str, str]) -> str:
    """How long the answers are, how hard to read, and what they are made of; rows in which both have nothing are left out."""
    counted = [statistics(text) for text in texts]
    lines = [f"| | {plain(names[0])} | {plain(names[1])} |", "|:--|--:|--:|"]
    for field in fields(Statistics):
        values = [getattr(found, field.name) for found in counted]
        if any(values):
            shown = " | ".join("n/a" if value is None else f"{value:,}" for value in values)
            lines.append(f"| {LABELS[field.name]} | {shown} |")
    return "\n".join(lines)
