"""What a product's name means, wherever it stands, behind a small button."""

from __future__ import annotations

import streamlit as st

from playground.lab import products


def product_popover(term: str, key: str) -> None:
    """A small button that tells what this product is; nothing where we know none of that name."""
    product = products.find(term)
    if product is None:
        return
    with st.popover(product.title, icon=":material/help:", type="tertiary", key=key):
        st.markdown(products.told(product))


def terms(text: str, key: str) -> None:
    """A small button for every product that the text names; nothing where it names none."""
    found = products.named(text)
    if found:
        with st.container(horizontal=True, gap="small", vertical_alignment="center"):
            for product in found:
                product_popover(product.name, f"{key}_{product.name}")
