"""Your own prices: negotiated ones, and those of models that no list has."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import streamlit as st

from playground import files, settings
from playground.domain import clock
from playground.domain.typed import Unreadable as NoNumber
from playground.pricing import Price, PriceBook
from playground.pricing.editing import own_file, remove, save
from playground.pricing.reading import Unreadable
from playground.ui import names
from playground.ui.parts.number import read_number
from playground.ui.parts.tables import rate, written

RATES = {"input": "Input", "cache_read": "Cached input", "output": "Output"}
"""Rate → its label; `cache_read` may be left empty."""


def own_prices(book: PriceBook) -> None:
    """The prices that the user set, a form for another, and where they are kept."""
    rows = [price for price in book.prices if price.override]
    st.caption(
        "A price here replaces the list price of the same model, from its day on; every receipt that uses it says so."
    )
    if rows:
        _table(rows)
    else:
        st.info(
            "You have set no price of your own: all costs are list prices.", icon=":material/sell:"
        )
    if settings.hosted():
        st.caption(
            "This app is shared: whoever runs it sets own prices in a file, named in PLAYGROUND_PRICES."
        )
        return
    _form()
    where = "beside pricing.yaml" if files.checkout() else "in your data folder"
    st.caption(
        f"Kept in `{own_file().name}` {where}; edit it by hand as you like, or name another file in PLAYGROUND_PRICES."
    )


def _table(rows: list[Price]) -> None:
    st.dataframe(
        written(
            {
                "model": [f"{p.provider}:{p.model}" for p in rows],
                "input": [float(p.rates["input"]) for p in rows],
                "cache_read": [_float(p.rates.get("cache_read")) for p in rows],
                "output": [float(p.rates["output"]) for p in rows],
                "valid_from": [p.valid_from for p in rows],
                "source": [p.source for p in rows],
            },
            dict.fromkeys(RATES, rate),
        ),
        column_config={
            "model": st.column_config.TextColumn("Model", pinned=True),
            "input": st.column_config.NumberColumn("Input"),
            "cache_read": st.column_config.NumberColumn("Cached"),
            "output": st.column_config.NumberColumn("Output"),
            "valid_from": st.column_config.DateColumn("From", format="YYYY-MM-DD"),
            "source": st.column_config.TextColumn("Where it comes from"),
        },
        hide_index=True,
        placeholder="–",
        alt="Your own prices",
    )
    if settings.hosted():
        return
    models = list(dict.fromkeys(f"{p.provider}:{p.model}" for p in rows))
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.selectbox("Remove", models, key=names.OWN_REMOVE, width=320)
        st.button(
            "Remove",
            icon=":material/delete:",
            key="own_remove_go",
            on_click=_remove,
        )


def _form() -> None:
    with st.form("own_form"):
        st.header("Set a price", anchor=False)
        with st.grid(columns=4, min_column_width=170, gap="small") as grid:
            with grid.cell():
                st.text_input("Model", key=names.own_price("model"), placeholder="provider:model")
            for name, label in RATES.items():
                with grid.cell():
                    st.text_input(
                        f"{label}, USD per 1,000,000", key=names.own_price(name), placeholder="0.50"
                    )
            with grid.cell():
                st.text_input(
                    "Batch factor", key=names.own_price("batch"), placeholder="0.5, or empty"
                )
            with grid.cell():
                st.date_input(
                    "From", value=None, key=names.own_price("from"), help="Empty = always"
                )
            with grid.cell():
                st.text_input(
                    "Where it comes from",
                    key=names.own_price("source"),
                    placeholder="contract, invoice, URL",
                )
        st.form_submit_button("Save", type="primary", icon=":material/save:", on_click=_save)
    problem, done = st.session_state.pop(names.OWN_SAID, (None, None))
    if problem:
        st.error(problem)
    elif done:
        st.success(done, icon=":material/check:")


def _save() -> None:
    def typed(field: str) -> Any:
        return st.session_state[names.own_price(field)]

    try:
        price = parsed(
            typed("model"),
            {name: typed(name) for name in RATES},
            typed("batch"),
            typed("from"),
            typed("source"),
        )
        file = save(price)
    except (ValueError, OSError, Unreadable) as wrong:
        st.session_state[names.OWN_SAID] = (f"{wrong}", None)
    else:
        st.session_state[names.OWN_SAID] = (
            None,
            f"{price.provider}:{price.model} has your own price now, kept in {file.name}.",
        )


def parsed(
    model: str, amounts: dict[str, str], batch: str, valid_from: date | None, source: str
) -> Price:
    """The price as typed; ValueError names the field and what is expected."""
    provider, colon, name = model.strip().partition(":")
    if not (provider and colon and name):
        raise ValueError("Model: write provider:model, for example ollama:llama3:8b.")
    rates: dict[str, Decimal] = {}
    for each in RATES:
        typed = amounts[each].strip()
        if typed:
            rates[each] = _amount(typed, each.replace("_", " "))
        elif each != "cache_read":
            raise ValueError(
                f"{each.capitalize()}: write USD per 1,000,000 tokens, 0 if it is free."
            )
    return Price(
        provider=provider,
        model=name,
        rates=rates,
        batch=_amount(batch.strip(), "batch factor") if batch.strip() else None,
        valid_from=valid_from,
        source=source.strip() or "set by you",
        as_of=clock.today(),
    )


def _amount(typed: str, what: str) -> Decimal:
    """USD as people type them: `0,50` is half a dollar, and `1,000`, which may be one or a thousand, is refused."""
    try:
        value = read_number(typed)
    except NoNumber as wrong:
        raise ValueError(f"{what.capitalize()} {wrong}") from None
    if not 0 <= value < 10**6:
        raise ValueError(f"{what.capitalize()} must be from 0 to 1,000,000, not {typed}.")
    return value


def _remove() -> None:
    model: str = st.session_state[names.OWN_REMOVE]
    provider, _, name = model.partition(":")
    try:
        remove(provider, name)
    except (OSError, Unreadable) as wrong:
        st.session_state[names.OWN_SAID] = (f"{wrong}", None)
    else:
        st.session_state[names.OWN_SAID] = (
            None,
            f"{model} has its list price again, if it has one.",
        )


def _float(value: Decimal | None) -> Any:
    return None if value is None else float(value)
