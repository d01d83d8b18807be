"""The section "Three wallets": the same request by API key, by a ChatGPT plan, by a Claude plan's credit."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from playground.domain import Endpoint
from playground.lab.wallets import Effect, Wallet, wallets
from playground.ui.chat_vs_api.sections import PAY, dollars, go
from playground.ui.parts.product import terms

HEADINGS: Mapping[Effect, str] = {
    "needed": "The request must say",
    "refused": "Refused",
    "missing": "Not on this path",
}


def view(where: Mapping[str, Endpoint]) -> None:
    """Who pays, which limits and what each path refuses, side by side; then the sources."""
    st.header("The same request, three who may pay for it", anchor=False)
    with st.grid(columns=3, min_column_width=300, gap="small") as grid:
        for wallet in wallets():
            with grid.container(border=True, height="stretch"):
                _wallet(wallet)
    st.button(
        "What would mine cost?",
        key="wallets_pay",
        icon=":material/arrow_forward:",
        on_click=go,
        args=(PAY,),
    )
    with st.expander("Sources", icon=":material/link:"):
        st.markdown(dollars("\n".join(_sources())))


def _wallet(wallet: Wallet) -> None:
    st.subheader(wallet.title, anchor=False)
    st.markdown(
        dollars(
            f"**Who pays:** {wallet.pays.says}\n\n**Limits:** {wallet.limits.says}\n\n**From here:** {wallet.here.says}"
        )
    )
    terms(f"{wallet.title} {wallet.pays.says} {wallet.here.says}", f"wallet_{wallet.name}")
    if not wallet.rules:
        st.markdown("**Refused:** nothing of its own; each model and door has its rules.")
    for effect, heading in HEADINGS.items():
        if found := wallet.all_of(effect):
            st.markdown(f"**{heading}:** {', '.join(f'`{what}`' for what in found)}")


def _sources() -> list[str]:
    """A line a wallet: where its facts are from, each source once."""
    lines = []
    for wallet in wallets():
        facts = (wallet.pays, wallet.limits)
        lines.append(f"- **{wallet.title}**: {'; '.join(dict.fromkeys(f.source for f in facts))}")
    return lines
