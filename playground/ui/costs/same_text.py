"""Same text, not same tokens: what sending one text costs at each model."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

import streamlit as st

from playground.catalog import catalog, defaults
from playground.domain import Endpoint, ModelRef, Request
from playground.engine import get_engine
from playground.pricing import PriceBook
from playground.pricing.shape import Shape, quote
from playground.providers import ProviderError, count_input_tokens
from playground.tokens import estimate
from playground.ui import names
from playground.ui.parts.examples import FIRST_TEXT
from playground.ui.parts.tables import money, rate, written
from playground.ui.session import keeping

PATIENCE = 60.0
"""Seconds that a provider has for its count."""


def same_text(book: PriceBook, on: date, endpoints: Mapping[str, Endpoint]) -> None:
    """What sending one text costs at each model, by that model's own count."""
    st.session_state.setdefault(
        names.SAME_TEXT, st.session_state.get(names.TOKENS_TEXT, FIRST_TEXT)
    )
    text = st.text_area("Text", key=names.SAME_TEXT, height=140, persist_state="session")
    known = [m.ref for m in catalog() if not m.retired()]
    refs = st.multiselect(
        "Models",
        known,
        default=list(defaults()),
        format_func=str,
        key="same_models",
        persist_state="session",
    )
    if not refs or not text:
        st.info("Write a text and choose models.", icon=":material/lightbulb:")
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        ask = st.button(
            "Count at the providers",
            icon=":material/calculate:",
            key="same_ask",
            help="Free of charge",
        )
        st.caption("Counts marked ≈ are estimates until the provider itself has counted.")
    asked = [Request.ask(ref, text) for ref in refs]
    if ask and (counting := keeping.to_count(asked, endpoints)):
        with st.spinner("Counting…"):
            st.session_state[names.SAME_COUNTS] = (text, _counts(text, refs, counting))
    asked_text, counts = st.session_state.get(names.SAME_COUNTS, (None, {}))
    _same_table(book, on, text, refs, counts if asked_text == text else {})


Counts = Mapping[ModelRef, tuple[int | None, str]]


def _counts(text: str, refs: Sequence[ModelRef], endpoints: Mapping[str, Endpoint]) -> Counts:
    """Each provider's own count and who it came from, or why there is none."""
    engine = get_engine()
    pending = {
        ref: engine.submit(
            lambda pool, r=ref: count_input_tokens(
                Request.ask(r, text), endpoints[r.provider], pool=pool
            )  # type: ignore[misc]
        )
        for ref in refs
    }
    found: dict[ModelRef, tuple[int | None, str]] = {}
    for ref, future in pending.items():
        try:
            who = "simulated" if endpoints[ref.provider].simulated else "provider"
            found[ref] = (future.result(PATIENCE), who)
        except ProviderError as error:
            found[ref] = (None, error.failure.told)
        except TimeoutError:
            found[ref] = (None, f"no answer within {PATIENCE:.0f} seconds")
    return found


def _same_table(
    book: PriceBook, on: date, text: str, refs: Sequence[ModelRef], counts: Counts
) -> None:
    rows = []
    for ref in refs:
        asked, who = counts.get(ref, (None, ""))
        local = estimate(text, ref)
        tokens = local.tokens if asked is None else asked
        how = (
            who
            if asked is not None
            else ("≈ estimate" if local.estimate else "exact, counted here")
        )
        cost = quote(book, ref, Shape(input_tokens=tokens), on=on)
        rows.append((ref, tokens, how + (f": {who}" if who and asked is None else ""), cost))
    least = min((c.total for *_, c in rows if c and c.total), default=None)
    st.dataframe(
        written(
            {
                "model": [str(ref) for ref, *_ in rows],
                "tokens": [tokens for _, tokens, *_ in rows],
                "how": [how for _, _, how, _ in rows],
                "rate": [_input_rate(book, ref, on) for ref, *_ in rows],
                "one": [float(c.total) if c else None for *_, c in rows],
                "thousand": [float(c.total * 1_000) if c else None for *_, c in rows],
                "times": [float(c.total / least) if c and least else None for *_, c in rows],
            },
            {"rate": rate, "one": money, "thousand": money},
        ),
        column_config={
            "model": st.column_config.TextColumn("Model", pinned=True),
            "tokens": st.column_config.NumberColumn("Tokens", format="localized"),
            "how": st.column_config.TextColumn("Counted by"),
            "rate": st.column_config.NumberColumn("Per 1,000,000 tokens"),
            "one": st.column_config.NumberColumn("This text, once"),
            "thousand": st.column_config.NumberColumn("1,000 times"),
            "times": st.column_config.NumberColumn("× cheapest", format="%.2f"),
        },
        hide_index=True,
        height="content",
        placeholder="no price",
        alt="Cost of one text at each model by its own count",
    )
    st.caption(
        "The same price per token is not the same price per text: compare the last column with the rates."
    )


def _input_rate(book: PriceBook, ref: ModelRef, on: date) -> float | None:
    row = book.find(ref.provider, ref.model, on)
    return float(row.rates["input"]) if row else None
