"""The section "Three wallets": the same request by API key, by a ChatGPT plan, by a Claude plan's credit."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from playground import catalog
from playground.demo.process import get_demo
from playground.domain import Endpoint
from playground.engine import get_engine
from playground.lab.wallet_trial import Outcome, trial
from playground.lab.wallets import Effect, Wallet, wallets
from playground.ui import names
from playground.ui.chat_vs_api.plan import own_plan
from playground.ui.chat_vs_api.sections import PAY, go
from playground.ui.parts.markdown import dollars
from playground.ui.parts.product import terms

PATIENCE = 60.0
"""Seconds for all requests of the trial."""
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
    _trial()
    own_plan()
    with st.expander("Sources", icon=":material/link:"):
        st.markdown(dollars("\n".join(_sources())))


def _trial() -> None:
    """The same request by key and by plan, on the simulation only: no login of anyone is used."""
    st.subheader("The same request, by key and by plan", anchor=False)
    st.caption(
        "On the simulation, which refuses what OpenAI documents for the plan's path; no plan and no login is used."
    )
    if st.button("Try it on the simulation", key="wallets_try", icon=":material/science:"):
        endpoint = get_demo().endpoints()["openai"]
        model = next(ref for ref in catalog.defaults() if ref.provider == "openai")
        work = get_engine().submit(lambda pool: trial(model, endpoint, pool=pool))
        with st.spinner("Asking…"):
            try:
                st.session_state[names.WALLETS_TRIED] = work.result(PATIENCE)
            except TimeoutError:
                st.error(f"The simulation gave no whole answer within {PATIENCE:.0f} seconds.")
    found: list[Outcome] = st.session_state.get(names.WALLETS_TRIED, [])
    if found:
        refused = sum(one.refused for one in found)
        st.badge("simulated", icon=":material/science:", color="violet")
        st.markdown(f"**The plan's path refuses {refused} of {len(found)} requests.**")
        st.dataframe(
            {
                "Beside the plain request": [one.what for one in found],
                "By key": [one.by_key for one in found],
                "By a ChatGPT plan": [one.by_plan for one in found],
            },
            hide_index=True,
            alt="What each way to pay answers or refuses",
        )


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
        facts = (wallet.pays, wallet.limits, wallet.here)
        lines.append(f"- **{wallet.title}**: {'; '.join(dict.fromkeys(f.source for f in facts))}")
    return lines
