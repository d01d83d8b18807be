"""Answers side by side: what each took and cost, its words, its length, its form."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields

import streamlit as st

from playground import figures as fmt
from playground import pricing, tokens
from playground.domain import Cost, ModelRef, Request, Usage, clock
from playground.figures.differing import similarity
from playground.lab.text_statistics import LABELS, Statistics, statistics
from playground.ui.parts.markdown import answer, dollars, plain
from playground.ui.parts.receipt import receipt
from playground.ui.parts.words import word_diff


@dataclass(frozen=True, slots=True)
class Side:
    """One answer in the comparison."""

    name: str
    text: str
    seconds: float | None
    tokens: int | None
    estimate: bool
    cost: Cost | None
    reasoning: int | None
    """Tokens that were thought and not shown, billed as output; None = nobody outside knows, or the API did not say."""


def would_cost(prompt: str, text: str, ref: ModelRef) -> Cost | None:
    """What question and answer would have cost by API, with estimated tokens and without anything hidden."""
    sent = tokens.count_input(Request.ask(ref, prompt)) if prompt.strip() else None
    usage = Usage(
        input_tokens=sent.tokens if sent else 0,
        output_tokens=tokens.estimate(text, ref).tokens,
    )
    return pricing.load().price(ref, None, usage, on=clock.today(), estimate=True)


def compare(sides: Sequence[Side], *, pasted: bool) -> None:
    """All answers: their figures, receipts, and any one word by word against the first; `pasted` when that is the product's."""
    if not sides:
        return
    st.header("Side by side", anchor=False)
    st.markdown(dollars(figures(sides)))
    with st.container(horizontal=True):
        for number, side in enumerate(sides):
            if side.cost:
                _receipt(side, number, pasted=pasted and number == 0)
    st.caption(
        "Reading level: Flesch-Kincaid on English text of at least 30 words, n/a for anything else."
        " Two answers to one question differ anyway: models are not the same twice."
    )
    if len(sides) < 2:
        st.caption("Ask the API the same question to see the two answers word by word.")
        return
    names = [side.name for side in sides]
    chosen = st.selectbox("Compare the words with", names[1:], key="paste_with")
    other = sides[names.index(chosen)] if chosen in names else sides[1]
    word_diff(sides[0].text, other.text, left_name=names[0], right_name=other.name)
    for side in (sides[0], other):
        with st.expander(f"{plain(side.name)}: the whole answer"):
            answer(side.text)


def _receipt(side: Side, number: int, *, pasted: bool) -> None:
    """Where the cost of one answer comes from."""
    label = f"{side.name}: {fmt.cost(side.cost)}"
    with st.popover(dollars(label), icon=":material/receipt_long:", key=f"paste_receipt_{number}"):
        st.markdown(receipt(side.cost) if side.cost else "")
        if pasted:
            st.caption(
                "What question and answer alone would have cost by API, tokens estimated. The product's hidden system"
                " prompt, tools and reasoning are not in it: nobody outside knows them."
            )


def figures(sides: Sequence[Side]) -> str:
    """All statistics of all answers as a Markdown table, one column an answer."""
    counted = [statistics(side.text) for side in sides]
    took = fmt.FIGURES["duration"].label.lower()
    lines = [
        "| | " + " | ".join(plain(side.name) for side in sides) + " |",
        "|:--" + "|--:" * len(sides) + "|",
        _line(
            took,
            ["unknown" if side.seconds is None else fmt.seconds(side.seconds) for side in sides],
        ),
        _line("visible output tokens", [_tokens(side) for side in sides]),
        _line("hidden reasoning tokens", [_reasoning(side) for side in sides]),
        _line("cost by API", [fmt.cost(side.cost) for side in sides]),
        _line(
            "words in common with the first",
            ["", *(f"{similarity(sides[0].text, side.text):.0%}" for side in sides[1:])],
        ),
    ]
    for field in fields(Statistics):
        values = [getattr(found, field.name) for found in counted]
        lines.append(_line(LABELS[field.name], ["n/a" if v is None else f"{v:,}" for v in values]))
    return "\n".join(lines)


def _tokens(side: Side) -> str:
    if side.tokens is None:
        return fmt.NOT_REPORTED
    return f"{'≈ ' if side.estimate else ''}{side.tokens:,}"


def _reasoning(side: Side) -> str:
    if side.reasoning is None:
        return "unknown" if side.estimate else fmt.NOT_REPORTED
    return f"{side.reasoning:,}"


def _line(name: str, values: Sequence[str]) -> str:
    return f"| {name} | " + " | ".join(values) + " |"
