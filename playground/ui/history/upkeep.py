"""How the history is kept: where, for how long, brought in from a file, and deleted."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from playground import figures as fmt
from playground import settings
from playground.domain.nouns import NotARun
from playground.domain.typed import Unreadable
from playground.files import decoded
from playground.history.deleting import delete_older
from playground.history.documents import import_text
from playground.history.queries import Filter, ids
from playground.history.upkeep import RETENTION
from playground.store.database import HistoryError
from playground.store.store import Store
from playground.ui.history import deleting
from playground.ui.parts.number import read_whole
from playground.ui.session import sharing
from playground.ui.session.keeping import visitor
from playground.ui.session.state import owner

MOST_DAYS = 36_500


def upkeep(store: Store) -> None:
    """The whole tab."""
    ours = not settings.hosted()
    if ours:  # where it is kept is no visitor's to know
        _place(store)
    _import(store)
    if ours:
        _retention(store)
    _delete(store)
    sharing.shared(store)


def _place(store: Store) -> None:
    if store.url.get_backend_name() == "sqlite":
        path = Path(store.url.database or "")
        size = sum(file.stat().st_size for file in path.parent.glob(f"{path.name}*"))
        st.markdown(f"A file of {fmt.size(size)} in `{path}`.")
    else:
        st.markdown(
            f"PostgreSQL at `{store.url.host or 'a local socket'}`, database `{store.url.database}`."
        )
    st.caption(
        "`PLAYGROUND_DATA_DIR` moves the file, `PLAYGROUND_DATABASE_URL` names a PostgreSQL for a team,"
        " `PLAYGROUND_HISTORY=off` keeps no run. For single runs: **Keep runs** under Keys."
    )


def _import(store: Store) -> None:
    with st.form("history_import", clear_on_submit=True):
        upload = st.file_uploader(
            "Bring runs in from a JSON or JSONL download",
            type=["json", "jsonl"],
            key="history_upload",
        )
        if not st.form_submit_button("Import", icon=":material/upload:") or upload is None:
            return
    try:
        new, known = import_text(store, decoded(upload.getvalue()), owner=owner())
    except UnicodeDecodeError:
        st.error(
            f"{upload.name} is not UTF-8 text: choose a JSON or JSONL file that was downloaded here."
        )
    except (NotARun, HistoryError) as error:
        st.error(str(error))
    else:
        st.success(f"{new:,} runs imported" + (f", {known:,} were here already." if known else "."))


def _retention(store: Store) -> None:
    days = int(store.preference(RETENTION) or 0)
    with st.form("history_retention"):
        typed = st.text_input(
            "Delete runs after so many days",
            f"{days:,}" if days else "",
            key="history_days",
            placeholder="never",
            help="Empty or 0 keeps them for ever. Starred runs always stay.",
        )
        if not st.form_submit_button("Save", icon=":material/save:"):
            return
    try:
        chosen = read_whole(typed) if typed.strip() else 0
        if not 0 <= chosen <= MOST_DAYS:
            raise Unreadable(f"must be between 0 and {MOST_DAYS:,}.")
        if chosen != days:
            store.prefer(RETENTION, chosen)
        gone = delete_older(store, chosen) if chosen and chosen != days else 0
    except Unreadable as error:
        st.error(f"The number of days {error}")
    except HistoryError as error:
        st.error(str(error))
    else:
        st.success(f"Saved. {gone:,} runs were older and are gone." if gone else "Saved.")


def _delete(store: Store) -> None:
    found = ids(store, Filter(owner=visitor()))
    with st.popover("Delete everything", icon=":material/delete_forever:", disabled=not found):
        st.caption(
            f"All {len(found):,} runs, for good: the file shrinks and nothing of them stays in it but what they cost, by"
            " day, provider, tag and department, for the budgets."
        )
        deleting.warn(found)
        sure = st.text_input("Type delete to confirm", key="history_sure")
        if st.button(
            "Delete all runs", type="primary", key="history_delete_all", disabled=sure != "delete"
        ):
            try:
                gone = deleting.delete(store, found)
            except HistoryError as error:
                st.error(str(error))
            else:
                st.toast(f"{gone:,} runs are gone.")
                st.rerun()
