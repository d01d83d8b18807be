"""What a product's name means, wherever it stands: as a help text, or behind a small button."""

from __future__ import annotations

import streamlit as st

from playground.lab import products


def product_help(term: str) -> str | None:
    """The help text of a widget for whatever people call a product; None where we know none of that name."""
    product = products.find(term)
    return products.told(product) if product else None


def product_popover(term: str, key: str) -> None:
    """A small button that tells what this product is; nothing where we know none of that name."""
    product = products.find(term)
    if product is None:
        return
    with st.popover(product.title, icon=":material/help:", type="tertiary", key=key):
        st.markdown(products.told(product))
