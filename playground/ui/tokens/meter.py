"""How much of each model's window a text takes."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import streamlit as st

from playground.catalog import Model, catalog
from playground.domain import (
    ModelRef,
    clock,
)
from playground.pricing import load
from playground.pricing.shape import Shape, quote
from playground.tokens import TokenCount, count, estimate, known_encoding
from playground.ui.parts.tables import money, written


def current_models() -> list[Model]:
    """The models that still answer and whose window is known, provider by provider."""
    return [m for m in catalog() if not m.retired() and m.context_window]


def context_meter(text: str) -> None:
    """Every current model: how much of its window the text takes, and what it costs to send once."""
    known: dict[str, int] = {}
    rows = [_meter_row(model, _counted(text, model.ref, known)) for model in current_models()]
    columns = {name: [row[name] for row in rows] for name in rows[0]}
    if not any(columns["share"]):
        del columns["share"]
    st.dataframe(
        written(columns, {"cost": money}),
        column_config={
            "model": st.column_config.TextColumn("Model", pinned=True),
            "tokens": st.column_config.NumberColumn("Tokens", format="localized"),
            "count": st.column_config.TextColumn(
                "Count", help="Exact only where the model's tokenizer is published"
            ),
            "window": st.column_config.NumberColumn("Window", format="localized"),
            "share": st.column_config.ProgressColumn(
                "Of the window", format="%.1f %%", min_value=0.0, max_value=100.0
            ),
            "fits": st.column_config.TextColumn(
                "Fits", width=130, help="How many such texts the window holds"
            ),
            "left": st.column_config.NumberColumn("Tokens left", format="localized"),
            "cost": st.column_config.NumberColumn("To send once"),
        },
        hide_index=True,
        placeholder="–",
        alt="How much of each model's context window the text takes",
    )
    st.caption(
        "The window holds input and output together; reasoning counts as output. Counts marked ≈ are estimates with"
        " OpenAI's o200k vocabulary: Anthropic and Google publish no tokenizer, and Claude models from 4.7 on are known"
        " to take about 30 % more tokens. **Three counts** asks the providers themselves. –: no price is known."
    )


LEAST = 1.0
"""Percent of a window from which a bar shows something."""


def _meter_row(model: Model, counted: TokenCount) -> dict[str, Any]:
    window = model.context_window or 1
    share = 100 * counted.tokens / window
    cost = quote(load(), model.ref, Shape(input_tokens=counted.tokens), on=clock.today())
    return {
        "model": f"{model.provider}:{model.id}",
        "tokens": counted.tokens,
        "count": "≈ estimate" if counted.estimate else "exact",
        "window": window,
        "share": share if share >= LEAST else None,
        "fits": fits(counted.tokens, window),
        "left": window - counted.tokens,
        "cost": float(cost.total) if cost else None,
    }


def fits(tokens: int, window: int) -> str | None:
    """`33,000 times`, rounded down to two digits; None for no text."""
    if not tokens:
        return None
    if tokens > window:
        return "does not fit"
    times = window // tokens
    unit = 10 ** max(0, len(str(times)) - 2)
    rounded = times // unit * unit
    return "once" if rounded == 1 else f"{rounded:,} times"


def _counted(text: str, ref: ModelRef, known: dict[str, int]) -> TokenCount:
    """As `estimate`, but each vocabulary counts a text once for all models; `known` keeps what it made of it."""
    encoding = known_encoding(ref) or "o200k_base"
    if encoding not in known:
        known[encoding] = count(text, encoding)
    return replace(estimate("", ref), tokens=known[encoding])
