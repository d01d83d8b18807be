"""One conversation counted by the provider itself, beside what is counted here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from playground import figures as fmt
from playground.chats.calls import Counts
from playground.chats.costing import Pricing, Sum
from playground.chats.exactly import MOST_STEPS, Exactly, count_exactly
from playground.chats.nouns import Chat, NotCounted
from playground.chats.summary import Summary
from playground.domain import Endpoint, Message, ModelRef, Request, Text
from playground.domain.provider import provider_of
from playground.engine import get_engine
from playground.providers import ProviderError
from playground.providers.doors import counting as counts_at
from playground.tokens import known_encoding
from playground.ui import names
from playground.ui.chats.reading import conversation
from playground.ui.parts.markdown import plain, safe
from playground.ui.parts.tables import worded
from playground.ui.session import keeping

PATIENCE = 180.0
"""Seconds for all counts of a conversation."""


def exactly(summary: Summary, where: Mapping[str, Endpoint]) -> None:
    """Choose a conversation and a model, and let its provider count."""
    known = {one.id: one.title or "without a title" for one in summary.pricing.top() if one.id}
    refs = [ref for ref in summary.pricing.models if _counts(ref, where)]
    refs.sort(key=lambda ref: known_encoding(ref) is not None)  # what is estimated here comes first
    if not known or not refs:
        return
    st.subheader("Counted exactly", anchor=False)
    st.caption(
        "The tokenizers of Claude and Gemini are not public, so here they are estimated. Their providers count free of charge:"
        " what they count is what they would bill."
    )
    with st.container(horizontal=True, vertical_alignment="bottom"):
        chosen = st.selectbox(
            "Conversation", list(known), format_func=lambda id: known[id], key=names.CHATS_COUNTED
        )
        ref = st.selectbox("Counted by", refs, format_func=str, key="chats_count_model")
        ask = st.button("Count exactly", icon=":material/calculate:", key="chats_count")
    if not chosen or not ref:
        return
    label = provider_of(ref.provider).label
    place = (
        "the simulation on this computer"
        if where[ref.provider].simulated
        else f"{label}, as a request would"
    )
    st.caption(f":material/info: Counting sends this conversation to {place}.")
    asked = (chosen, ref)
    if ask and (chat := conversation(chosen)):
        _ask(chat, ref, where, asked)
    held = st.session_state.get(names.CHATS_EXACTLY)
    if held and held[0] == asked:
        _shown(held[1], held[2], summary.pricing)


def _counts(ref: ModelRef, where: Mapping[str, Endpoint]) -> bool:
    return ref.provider in where and counts_at(ref.provider) is not None


def _ask(
    chat: Chat, ref: ModelRef, where: Mapping[str, Endpoint], asked: tuple[str, ModelRef]
) -> None:
    """Count and remember; what forbids it, or breaks it, the page says."""
    said = tuple(Message(role="user", parts=(Text(text=step.text),)) for step in chat.steps)
    counting = keeping.to_count([Request(model=ref, messages=said)], where)
    if counting is None:
        return
    endpoint = counting[ref.provider]
    try:
        with st.spinner("Counting …"):
            work = get_engine().submit(lambda pool: count_exactly(chat, ref, endpoint, pool=pool))
            st.session_state[names.CHATS_EXACTLY] = (asked, chat, work.result(PATIENCE))
    except ProviderError as error:
        st.error(safe(error.failure.told))
    except TimeoutError:
        st.error(f"Not counted within {PATIENCE:.0f} seconds.")
    except NotCounted as error:
        st.error(f"{error} Up to {MOST_STEPS:,} are counted.")


def _shown(chat: Chat, found: Exactly, pricing: Pricing) -> None:
    """Both counts, and what each comes to."""
    ways: tuple[Counts, ...] = (
        pricing.counting,
        lambda _, ref, texts: found.counting(ref, texts),
    )
    sums = [_sum(chat, found.ref, pricing, how) for how in ways]
    label = provider_of(found.ref.provider).label
    st.dataframe(
        worded(_table(sums, label), {}),
        hide_index=True,
        alt="The conversation counted here and by the provider",
    )
    if found.simulated:
        st.badge("simulated", icon=":material/science:", color="violet")
    st.caption(_check(found, label))


def _sum(chat: Chat, ref: ModelRef, pricing: Pricing, counting: Counts) -> Sum:
    """This conversation alone at this model, on the page's terms."""
    alone = Pricing((ref,), pricing.book, pricing.on, pricing.extra, counting)
    alone.add(chat)
    return alone.sums[str(ref)]


def _table(sums: Sequence[Sum], label: str) -> dict[str, Sequence[Any]]:
    return {
        "Counted by": ["this computer", plain(label)],
        "Input tokens": [fmt.count(one.input_tokens) for one in sums],
        "Output tokens (seen)": [fmt.count(one.output_tokens) for one in sums],
        "Without a cache": [one.cost for one in sums],
        "With a cache": [one.cached_cost for one in sums],
    }


def _check(found: Exactly, label: str) -> str:
    asked = f"{fmt.count(found.requests)} counts by {plain(label)}, each step by its own."
    if found.whole is None or found.summed is None:
        return f"{asked} The longest call holds what can't be sent as text, so it was not counted whole."
    whole = f"The longest call counted whole has {fmt.count(found.whole)} input tokens"
    if found.whole == found.summed:
        return f"{asked} {whole}, and so has the sum of its steps."
    return f"{asked} {whole}, the sum of its steps {fmt.count(found.summed)}."
