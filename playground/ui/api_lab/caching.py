"""A long prefix sent twice: written, read, billed, and where it stops being the same."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from playground import catalog, runs
from playground import figures as fmt
from playground.domain import Endpoint, ModelRef, lane_names
from playground.domain.provider import provider_of
from playground.figures import money
from playground.lab import caching
from playground.lab.cache_miss import ttl_of
from playground.lab.caching import CHANGES, How, Twice
from playground.ui import names
from playground.ui.api_lab import asking
from playground.ui.parts import cache_miss
from playground.ui.parts.markdown import dollars, plain
from playground.ui.parts.receipt import receipt
from playground.ui.parts.views import VIEWS
from playground.ui.session import here, once
from playground.ui.session.keeping import opened, secrets, visitor
from playground.ui.session.models import default_model
from playground.ui.session.state import session
from playground.ui.session.waiting import Late, waited

PANEL = "caching"
FOUND = "found"
SECONDS = 180.0
FIGURES = fmt.named("input_tokens", "cache_write_input_tokens", "cache_read_input_tokens", "cost")
SHOWN = ("Request", "Headers", "Events")


def view(where: Mapping[str, Endpoint]) -> None:
    """The whole panel."""
    st.session_state.setdefault(names.lab(PANEL, "prefix"), caching.sample())
    prefix = st.text_area(
        "Prefix, sent twice with a question each",
        key=names.lab(PANEL, "prefix"),
        height=140,
        persist_state="session",
        max_chars=asking.MOST_CHARACTERS,
    )
    models = asking.models_field(PANEL, where, most=1, default=[default_model()])
    if not models:
        return
    ref = models[0]
    change = st.selectbox(
        "What changes the second time",
        list(CHANGES),
        format_func=lambda name: CHANGES[name],
        key=names.lab(PANEL, "change"),
        persist_state="session",
    )
    how = _how(ref)
    options = _options(ref)
    pressed = once.button(
        PANEL,
        None,
        "Send twice",
        type="primary",
        icon=":material/send:",
        key="lab_caching_send",
        disabled=not (prefix or "").strip(),
    )
    if once.goes(PANEL, None, pressed, (ref, prefix, change, how, options)):
        _send(ref, prefix or "", change, how, options, where)
    _even(ref, how)
    found = _held().get(FOUND)
    if found is None:
        asking.empty(
            PANEL,
            "what the first call writes and the second reads, what both cost, and, where the cache missed, the first byte"
            " that differs and the dollars billed again: press **Send twice**.",
        )
    else:
        _result(found)


def _how(ref: ModelRef) -> str | None:
    """The time to live that is asked for, `explicit` for a prefix stored under a name, None = as the provider does it."""
    offered: list[str] = list(catalog.describe(ref).cache_ttls)
    if ref.provider == "gemini" and ref.api == "generate_content":
        offered = ["implicit", "explicit"]
    if not offered:
        return None
    key = names.lab(PANEL, f"how_{ref.provider}")
    if st.session_state.get(key) not in offered:
        st.session_state[key] = offered[0]
    chosen: str | None = st.segmented_control(
        "Cache" if ref.provider == "gemini" else "Time to live", offered, key=key, required=True
    )
    return chosen


def _options(ref: ModelRef) -> How:
    """What else can be said of caching: OpenAI's key, breakpoint and retention, and whether the provider is asked why."""
    key, marked, retention, ask_why = caching.CACHE_KEY, False, None, False
    if ref.provider != "openai" and ref.api not in caching.WHY:
        return caching.USUAL
    with st.popover("More options", icon=":material/tune:"):
        if ref.provider == "openai":
            st.session_state.setdefault(names.lab(PANEL, "key"), caching.CACHE_KEY)
            key = st.text_input(
                "prompt_cache_key",
                key=names.lab(PANEL, "key"),
                max_chars=64,
                help="By it OpenAI finds the machine that has the prefix: newer models seldom find it again without one.",
            )
            if catalog.describe(ref).cache_ttls and ref.api == "responses":
                marked = st.toggle(
                    "Only at a breakpoint behind the prefix",
                    key=names.lab(PANEL, "marked"),
                    help="`prompt_cache_options.mode: explicit`, and `prompt_cache_breakpoint` on the prefix.",
                )
            elif not catalog.describe(ref).cache_ttls:
                retention = st.segmented_control(
                    "prompt_cache_retention",
                    caching.RETENTIONS,
                    key=names.lab(PANEL, "retention"),
                    help="For models before GPT-5.6, which take no time to live.",
                )
        if ref.api in caching.WHY:
            ask_why = st.toggle(
                "Ask the provider why it missed",
                key=names.lab(PANEL, "why"),
                help="The second call names the first one's answer; the provider compares the two itself.",
            )
    return How(key=key or "", retention=retention, marked=marked, ask_why=ask_why)


def _send(
    ref: ModelRef,
    prefix: str,
    change: Any,
    how: str | None,
    options: How,
    where: Mapping[str, Endpoint],
) -> None:
    store = opened()
    asked = caching.requests(ref, prefix, change, how, options)
    refusal = runs.refused(asked, where, session=session().id, secrets=secrets())
    if refusal:
        st.error(dollars(refusal.reason))
        return
    mine, endpoint, held = visitor() or "", where[ref.provider], _held()

    async def there(pool: Any) -> None:
        """What comes is held here: a newer press ends this run of the page."""
        if how == "explicit" and store is not None:
            held[FOUND] = await caching.explicit(asked, endpoint, pool, store=store, owner=mine)
        else:
            held[FOUND] = await caching.twice(
                asked, endpoint, pool, store=store, owner=mine, ask_why=options.ask_why
            )

    try:
        with st.spinner("Sending one after the other…"):
            waited(there, SECONDS, provider_of(ref.provider).label)
    except Late as late:
        st.error(str(late))
    finally:
        once.started()


def _held() -> dict[str, Twice]:
    """What was found in this tab."""
    kept: dict[str, Twice] = st.session_state.setdefault(names.lab(PANEL, "found"), {})
    return kept


def _even(ref: ModelRef, how: str | None) -> None:
    """From how many readings on it pays."""
    found = caching.break_even(ref, how if how not in ("implicit", "explicit") else None)
    if found is None:
        st.caption("No price is known for reading this model's cache.")
        return
    label = provider_of(ref.provider).label
    stored = (
        f" Storing costs {money(found.storage_an_hour)} for 1,000,000 tokens and hour."
        if found.storage_an_hour and how == "explicit"
        else ""
    )
    pays = (
        f"it pays from {found.reads:,} reading{'s' if found.reads != 1 else ''} on"
        if found.reads
        else "it never pays"
    )
    said = (
        f"{label}: writing costs {found.write:f} × input, reading {found.read:f} × input: {pays}."
    )
    st.caption(dollars(said + stored))


def _result(found: Twice) -> None:
    if found.run.simulated:
        st.caption(":violet[:material/science: simulated]: real arithmetic, nothing is billed.")
    if found.problem:
        st.warning(plain(found.problem), title="No explicit cache was made", icon=":material/info:")
    _figures(found)
    _told(found)
    if found.stored is not None:
        _stored(found)
    named = lane_names([request.model for request in found.run.requests])
    with st.expander("On the wire", icon=":material/http:"):
        which = st.segmented_control(
            "Call", [0, 1], format_func=named.__getitem__, default=0, key="lab_caching_which"
        )
        part = st.segmented_control("Part", SHOWN, default=SHOWN[0], key="lab_caching_part")
        if which is not None and part:
            request, response = found.run.requests[which], found.run.responses[which]
            VIEWS[part].draw(request, response, None, f"lab_caching_{which}")


def _figures(found: Twice) -> None:
    for number, response in enumerate(found.run.responses, 1):
        with st.container(border=True, key=f"lab_caching_call_{number}"):
            st.markdown(f"**Call {number}**")
            if response.failure:
                st.error(plain(response.failure.told), icon=":material/error:")
            with st.container(horizontal=True):
                for figure in FIGURES:
                    st.metric(figure.label, dollars(figure.write(response)))
            if response.cost:
                with st.popover("Receipt", icon=":material/receipt_long:"):
                    st.markdown(receipt(response.cost))


def _told(found: Twice) -> None:
    told = found.told
    if told.read is None:
        st.info("This provider reported nothing about its cache.", icon=":material/help:")
    elif not told.reasons:
        st.success(
            f"The cache was read: {told.read:,} tokens of about {told.shared:,} that both begin with.",
            icon=":material/check:",
        )
    else:
        st.warning(cache_miss.reasons(told), title=cache_miss.TITLE, icon=":material/search:")
    cache_miss.details(told)
    last = ttl_of(found.run.requests[0])
    if last:
        st.caption(f"What was written lives {last} after its last use.")


def _stored(found: Twice) -> None:
    stored = found.stored
    if stored is None:
        return
    ends = f", until {here.when(stored.expires_at)}" if stored.expires_at else ""
    count = "an unknown number of" if stored.tokens is None else f"{stored.tokens:,}"
    st.markdown(f"Stored as `{stored.name}`: {count} tokens{ends}. It stands under **Created**.")
    if found.storage is not None:
        with st.popover("Receipt of the storage", icon=":material/receipt_long:"):
            st.markdown(receipt(found.storage))
