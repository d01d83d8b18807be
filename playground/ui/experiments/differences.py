"""Which differences are real: in words those that are, in a table all of them with their tests."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from playground import figures as fmt
from playground.experiments.comparing import Comparison
from playground.ui.experiments.words import LABELS, amount, span
from playground.ui.parts.markdown import dollars, plain
from playground.ui.parts.tables import ROW

MOST_ROWS = 30
"""Rows of the table that are seen at once."""


def differences(found: Sequence[Comparison]) -> None:
    """Every comparison of two models."""
    if not found:
        st.info("It takes two models with answers to compare.", icon=":material/balance:")
        return
    real = [c for c in found if c.significant]
    st.caption(
        "Significant at 5 %, all comparisons of this experiment together (Holm). “Not shown” is not “the same”: the last column"
        " says what it would take to find a difference of a tenth."
    )
    for pair in dict.fromkeys((c.a, c.b) for c in real):
        st.markdown(dollars(f"- {_pair([c for c in real if (c.a, c.b) == pair])}"))
    if not real:
        st.info("No difference is more than chance makes.", icon=":material/balance:")
    rows = sorted(found, key=lambda c: (not c.significant, c.adjusted or 1.0))
    st.dataframe(
        {
            "Model": [c.a for c in rows],
            "against": [c.b for c in rows],
            "Figure": [LABELS[c.metric] for c in rows],
            "Difference": [_difference(c) for c in rows],
            "95 %": [span(c.interval, c.metric) for c in rows],
            "Significant": [_verdict(c) for c in rows],
            "p": [fmt.NOT_AVAILABLE if c.adjusted is None else f"{c.adjusted:.3g}" for c in rows],
            "Test": [c.test for c in rows],
            "What it takes": [_more(c) for c in rows],
        },
        hide_index=True,
        height=ROW * (min(len(rows), MOST_ROWS) + 1) + 2,
        alt="Every two models by every figure",
    )


def _pair(real: Sequence[Comparison]) -> str:
    """What surely differs between two models, in a sentence."""
    a, b = real[0].a, real[0].b
    told = ", ".join(f"{LABELS[c.metric]} {way(c)}" for c in real if c.difference is not None)
    return f":green[:material/check_circle:] **{plain(a)}** differs from **{plain(b)}**: {told}."


def way(c: Comparison) -> str:
    """`0.93 s more (276%)`."""
    difference = c.difference or 0.0
    share = (
        f" ({abs(c.relative):.0%})" if c.relative is not None and c.metric != "pass_rate" else ""
    )
    return f"{amount(abs(difference), c.metric)} {'more' if difference > 0 else 'less'}{share}"


def _difference(c: Comparison) -> str:
    if c.same:
        return "equal in every pair"
    if c.difference is None:
        return fmt.NOT_AVAILABLE
    share = (
        "" if c.relative is None or c.metric == "pass_rate" else f" ({_percent(100 * c.relative)})"
    )
    return f"{amount(c.difference, c.metric, signed=True)}{share}"


def _percent(value: float) -> str:
    return f"{'−' if value < 0 else '+'}{abs(value):.0f}%"


def _verdict(c: Comparison) -> str:
    if c.same:
        return "the same"
    return "not tested" if c.significant is None else "yes" if c.significant else "not shown"


def _more(c: Comparison) -> str:
    """What it would take to tell a tenth apart."""
    if c.significant or c.same:
        return ""
    if c.more_repeats:
        return f"about {c.more_repeats:,} more repeats"
    return f"about {c.more_cases:,} more cases" if c.more_cases else c.note
