"""What may be out of date in prices and models: one table, made when it is opened."""

from __future__ import annotations

from datetime import date

import streamlit as st

from playground.domain import clock
from playground.pricing import load, loading
from playground.pricing.crosscheck import NotInstalled
from playground.providers.freshness import KINDS, Finding, checked
from playground.ui.session.state import session


def freshness() -> None:
    """A closed box; open, it compares with the installed packages and with what the endpoints listed in this session."""
    with st.expander(
        "What may be out of date",
        icon=":material/event_busy:",
        expanded=False,
        on_change="rerun",
        key="prices_fresh",
    ) as box:
        if box.open:
            _table()


def _table() -> None:
    listed = tuple(sorted(session().listed.items()))
    try:
        found = _found(clock.today(), loading.PROJECT.stat().st_mtime_ns, listed)
    except NotInstalled as missing:
        st.caption(str(missing))
        return
    if not found:
        st.caption("Nothing: the installed packages and the files agree, and every row is fresh.")
        return
    st.dataframe(
        {
            "what": [KINDS[f.kind] for f in found],
            "about": [f.about for f in found],
            "said": [f.said for f in found],
            "source": [f.source for f in found],
        },
        column_config={
            "what": st.column_config.TextColumn("What", width="medium"),
            "about": st.column_config.TextColumn("About", pinned=True),
            "said": st.column_config.TextColumn("How", width="large"),
            "source": st.column_config.TextColumn("Who says so"),
        },
        hide_index=True,
        alt="What may be out of date in prices and models",
    )
    st.caption(
        "Compared with the installed SDKs and genai-prices; a models endpoint counts once **Test** in the sidebar has"
        " asked it. `playground prices check` prints the same."
    )


@st.cache_data(max_entries=4, show_spinner="Comparing…")
def _found(
    today: date, edited: int, listed: tuple[tuple[str, tuple[str, ...]], ...]
) -> tuple[Finding, ...]:
    """Anew on another day, after an edit of the file, and when an endpoint has listed its models."""
    return checked(load(own=False), today, dict(listed))
