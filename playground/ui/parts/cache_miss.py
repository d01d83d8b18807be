"""Why a prompt cache missed, for people: the reasons, the dollars billed again and the first byte that differs."""

from __future__ import annotations

import streamlit as st

from playground.figures import money
from playground.lab.cache_miss import Told
from playground.ui.parts.markdown import code, dollars, plain

TITLE = "Why the cache missed"


def missed(told: Told, key: str) -> None:
    """A line with the first reason and a button with all of it; nothing where the cache gave all that it could."""
    if not told.reasons:
        return
    first = told.reasons[0]
    perhaps = "" if first.certain else "perhaps: "
    what = "Cache missed" if told.read is not None else "Cache not reported"
    st.caption(f":material/search: {what}: {perhaps}{plain(first.said)}")
    with st.popover(TITLE, icon=":material/search:", type="tertiary", key=f"{key}_missed"):
        st.markdown(reasons(told))
        details(told)


def reasons(told: Told) -> str:
    """A list, as Markdown."""
    return "\n".join(f"- {'' if r.certain else 'Perhaps: '}{plain(r.said)}" for r in told.reasons)


def details(told: Told) -> None:
    """What was billed again, what the provider says itself, and the place where the two prompts part."""
    if told.again_cost is not None:
        again = f"{told.again_tokens:,} tokens, {money(told.again_cost)} more than a reading."
        st.caption(dollars(f"Billed again: {again}"))
    if told.provider_says:
        st.caption(f"The provider itself says: {code(told.provider_says)}")
    if told.difference is not None and told.reasons:
        st.caption(f"First difference: {told.difference.part}, byte {told.difference.byte:,}")
        st.code(told.difference.before or " ", language=None, wrap_lines=True)
        st.code(told.difference.after or " ", language=None, wrap_lines=True)
