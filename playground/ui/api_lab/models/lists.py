"""Models endpoints asked, and what they say otherwise than the catalog; the days that are left to each model."""

from __future__ import annotations

import json
from collections.abc import Container, Mapping, Sequence
from concurrent.futures import as_completed
from typing import Any

import streamlit as st

from playground import catalog
from playground import figures as fmt
from playground.domain import Endpoint, Exchange
from playground.domain.provider import provider_of
from playground.engine import get_engine
from playground.lab import models as lab
from playground.lab.models import Compared, Ending
from playground.providers import Listing, read_list
from playground.ui import names
from playground.ui.api_lab import asking
from playground.ui.api_lab.models.place import LISTINGS, PANEL
from playground.ui.parts import markdown

LONGEST_BODY = 20_000
"""Characters of a list that are drawn; the rest is in the rows."""


def view(where: Mapping[str, Endpoint]) -> None:
    """Ask, and look at one provider's list."""
    providers = _providers(where)
    with st.container(horizontal=True, vertical_alignment="center"):
        if st.button(
            "Ask the models endpoints",
            type="primary",
            icon=":material/send:",
            key="lab_models_ask",
            disabled=not providers,
        ):
            _ask({name: where[name] for name in providers})
        st.caption("A list costs nothing at any provider.")
    listings = listings_of(where)
    if not listings:
        asking.empty(
            PANEL,
            "each provider's own list of models beside the catalog of this app. Press **Ask the models endpoints**: you see what"
            " only one of the two has, and every limit, ability and last day in which they differ.",
        )
        return
    key = names.lab(PANEL, "provider")
    if st.session_state.get(key) not in listings:
        st.session_state[key] = next(iter(listings))
    chosen = st.segmented_control(
        "Provider",
        list(listings),
        key=key,
        format_func=lambda name: provider_of(name).label,
        required=True,
    )
    _one(listings[str(chosen)])


def _providers(where: Mapping[str, Endpoint]) -> list[str]:
    key = names.lab(PANEL, "providers")
    st.session_state.setdefault(key, list(lab.ASKED))
    return st.multiselect(
        "Providers",
        list(where),
        key=key,
        format_func=lambda name: provider_of(name).label,
        persist_state="session",
    )


def listings_of(where: Mapping[str, Endpoint]) -> dict[str, Listing]:
    """What this tab has asked, of the endpoints that are asked still: a key changes who answers."""
    kept: dict[str, Listing] = st.session_state.get(LISTINGS, {})
    return {
        name: kept[name]
        for name, endpoint in where.items()
        if name in kept and kept[name].simulated == endpoint.simulated
    }


def _ask(where: Mapping[str, Endpoint]) -> None:
    """Ask all at once; each that has answered is counted."""
    engine = get_engine()
    waiting = {
        engine.submit(lambda pool, there=endpoint: read_list(there, pool=pool)): name  # type: ignore[misc]
        for name, endpoint in where.items()
    }
    kept: dict[str, Listing] = st.session_state.setdefault(LISTINGS, {})
    bar = st.progress(0.0, text="Asking …")
    for number, future in enumerate(as_completed(waiting), 1):
        name = waiting[future]
        kept[name] = future.result()
        bar.progress(number / len(waiting), text=f"{provider_of(name).label} has answered.")
    bar.empty()


def _one(listing: Listing) -> None:
    if listing.simulated:
        st.caption(":violet[:material/science: simulated]: the demo lists the catalog's models.")
    if listing.failure:
        st.error(markdown.plain(listing.failure.told), icon=":material/error:")
    else:
        found = lab.compare(listing)
        _compared(listing, found)
        _rows(listing)
        _unread(found, listing)
    with st.expander(f"HTTP: {len(listing.exchanges)} exchanges", icon=":material/cable:"):
        for exchange in listing.exchanges:
            _exchange(exchange)


def _compared(listing: Listing, found: Compared) -> None:
    pages = "1 page" if listing.pages == 1 else f"{listing.pages} pages"
    st.markdown(
        f"**{len(listing.models):,}** models in {pages}: **{found.same}** as in the catalog,"
        f" **{len({one.model for one in found.differences})}** otherwise, **{len(found.only_there)}** not in the catalog;"
        f" **{len(found.only_here)}** of the catalog are not on the list."
    )
    if listing.cut:
        st.warning("The list named more pages than were read.", icon=":material/content_cut:")
    if found.differences:
        st.dataframe(
            [
                {
                    "Model": one.model,
                    "What": one.what,
                    "Its list says": lab.written(one.there),
                    "The catalog says": lab.written(one.here),
                    "Source": one.source,
                    "Read": one.as_of,
                }
                for one in found.differences
            ],
            hide_index=True,
            key="lab_models_differences",
            alt="What the list and the catalog say otherwise",
            column_config={"Source": st.column_config.LinkColumn(display_text="source")},
        )
    for title, several in (
        ("Not in the catalog", found.only_there),
        ("Not on the list", found.only_here),
        ("Of another kind (pictures, speech, embeddings, …)", found.other_kinds),
    ):
        if several:
            listed = ", ".join(markdown.code(name) for name in several)
            st.markdown(f"**{title}** ({len(several)}): {listed}")


def _unread(found: Compared, listing: Listing) -> None:
    """Fields that the list has and nothing here is compared with: shown, so that nothing is lost."""
    if found.unread:
        st.markdown("**Fields that are not compared**")
        st.dataframe(
            [
                {
                    "Field": one.field,
                    "Models": one.models,
                    "For example": json.dumps(one.example, ensure_ascii=False),
                }
                for one in found.unread
            ],
            hide_index=True,
            key="lab_models_unread",
            alt="Fields of the list that are not compared",
        )
    if listing.nameless:
        st.markdown(f"**Rows without an id** ({len(listing.nameless)})")
        st.json([dict(row) for row in listing.nameless], expanded=False)


def _rows(listing: Listing) -> None:
    """What the list says of each model, and one model's row as it came."""
    if not listing.models:
        return
    st.markdown("**What the list says**")
    st.dataframe(
        [lab.said(listed) for listed in listing.models],
        hide_index=True,
        key="lab_models_said",
        alt="What the list says of each model",
    )
    by_id = {listed.id: listed for listed in listing.models}
    name = st.selectbox(
        "A model's row as it came",
        list(by_id),
        index=None,
        placeholder="choose a model",
        key=f"lab_models_row_{listing.provider}",
    )
    if name:
        st.json(dict(by_id[name].row))


def _exchange(exchange: Exchange) -> None:
    st.markdown(f"{markdown.code(f'{exchange.method} {exchange.url}')} → {exchange.status}")
    for headers in (exchange.request_headers, exchange.response_headers):
        lines = "\n".join(f"{name}: {value}" for name, value in headers.items())
        st.code(lines, language="http", wrap_lines=True)
    body = exchange.response_body or ""
    st.code(fmt.visible(body[:LONGEST_BODY]), language="json", wrap_lines=True, height=300)
    if len(body) > LONGEST_BODY:
        st.caption(f"{len(body) - LONGEST_BODY:,} more characters.")


def countdown(where: Mapping[str, Endpoint]) -> None:
    """The models that end, the next to go first, with what follows."""
    listings = listings_of(where)
    rows = lab.countdown(listings.values())
    soon = [one for one in rows if one.days <= catalog.SOON.days]
    st.markdown(
        f"**{len(soon)}** models end within {catalog.SOON.days} days, **{len(rows)}** have an announced last day."
        " What follows is what the provider recommends, where we found it written."
    )
    _endings(rows, listings)


def _endings(rows: Sequence[Ending], asked: Container[str]) -> None:
    st.dataframe(
        [_ending(one, asked=one.provider in asked) for one in rows],
        hide_index=True,
        key="lab_models_countdown",
        placeholder="–",
        alt="Days left to each model",
        column_config={
            name: st.column_config.LinkColumn(display_text="source")
            for name in ("Source", "Who says what follows")
        },
    )


def _ending(one: Ending, *, asked: bool) -> dict[str, Any]:
    follows = one.successor
    besides = f" with {follows.set}" if follows and follows.set else ""
    return {
        "Days left": one.days,
        "Model": f"{one.provider}:{one.model}",
        "By the catalog": one.here,
        "By its list": str(one.there or (fmt.NOT_REPORTED if asked else "not asked")),
        "Source": one.source or None,
        "Read": one.as_of,
        "What follows": f"{follows.model}{besides}" if follows else "not known",
        "Who says what follows": follows.source if follows else None,
        "Read on": follows.as_of if follows else None,
    }
