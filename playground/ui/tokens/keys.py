"""Token, key, login: three words for three things, shown by what works with which."""

from __future__ import annotations

import streamlit as st

from playground.catalog import defaults
from playground.demo.process import get_demo
from playground.domain.provider import provider_of
from playground.engine import get_engine
from playground.lab import key_check
from playground.lab.key_check import Outcome
from playground.ui import names
from playground.ui.parts.product import terms

PATIENCE = 60.0
WORDS = (
    (
        "Token",
        ":material/data_object:",
        "A piece of text. It is what is counted and billed. It opens nothing.",
    ),
    (
        "Key",
        ":material/key:",
        "A secret that opens the API and says whose account pays. Anyone who has it can spend your money.",
    ),
    (
        "Login",
        ":material/person:",
        "An account in a chat product (ChatGPT, Claude, the Gemini app). Its subscription pays for the product, and not,"
        " with few exceptions, for calls to the API.",
    ),
)


def key_slots() -> None:
    """Three explanations, and a table of what works with a good key, a wrong one and none."""
    with st.grid(columns=3, min_column_width=240, gap="small") as grid:
        for word, icon, text in WORDS:
            with grid.container(border=True, height="stretch"):
                st.markdown(f"{icon} **{word}**")
                st.caption(text)
                terms(text, f"keys_{word.lower()}")
    refs = {ref.provider: ref for ref in defaults()}
    with st.container(horizontal=True, vertical_alignment="bottom"):
        provider = st.segmented_control(
            "Provider",
            list(refs),
            default=next(iter(refs)),
            format_func=lambda name: provider_of(name).label,
            required=True,
            key="keys_provider",
            persist_state="session",
        )
        go = st.button("Try all three", type="primary", icon=":material/play_arrow:", key="keys_go")
    provider = provider or next(iter(refs))
    if go:
        with st.spinner("Trying…"):
            try:
                st.session_state[names.KEYS_FOUND] = (provider, _try(provider))
            except TimeoutError:
                st.error(f"The simulation has not answered within {PATIENCE:.0f} seconds.")
    known, found = st.session_state.get(names.KEYS_FOUND, (None, None))
    if known != provider or found is None:
        st.info(
            "Press **Try all three**: the same four requests go to the simulated provider with a good key, with a wrong"
            " one, and with none. Your own keys are not used.",
            icon=":material/lightbulb:",
        )
        return
    st.markdown(table(found))
    st.caption(
        "Live answers of the simulated provider, in the provider's own way. A login is none of the three: no request to"
        " the API carries one."
    )


def _try(provider: str) -> dict[str, dict[str, Outcome]]:
    ref = next(ref for ref in defaults() if ref.provider == provider)
    slots = key_check.slots(get_demo().endpoints()[provider])
    engine = get_engine()
    pending = {
        slot: engine.submit(lambda pool, e=endpoint: key_check.check(e, ref, pool=pool))  # type: ignore[misc]
        for slot, endpoint in slots.items()
    }
    return {slot: future.result(PATIENCE) for slot, future in pending.items()}


def table(found: dict[str, dict[str, Outcome]]) -> str:
    """One row a request, one column a slot."""
    slots = list(found)
    lines = [
        f"| | {' | '.join(slots)} | login to a chat product |",
        "|:--|" + ":--|" * (len(slots) + 1),
    ]
    for what in key_check.ACTS:
        cells = [_cell(found[slot][what]) for slot in slots]
        free = what == "Count tokens here"
        login = "✓ needs none" if free else "✗ is not asked for, and would not help"
        lines.append(f"| **{what}** | {' | '.join(cells)} | {login} |")
    return "\n".join(lines)


def _cell(outcome: Outcome) -> str:
    status = f" (HTTP {outcome.status})" if outcome.status else ""
    return f"{'✓' if outcome.worked else '✗'} {outcome.said}{status}"
