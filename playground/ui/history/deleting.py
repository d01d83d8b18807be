"""Runs deleted from the page: those that are still under way are stopped first, and what that means is said before."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from playground import history
from playground.engine import LiveRun, get_engine
from playground.history.deleting import delete_runs
from playground.store.store import Store
from playground.ui.session.state import owner

STOPPING = 3.0
"""Seconds that answers are given to stop in."""


def warn(run_ids: Sequence[str]) -> None:
    """What happens to answers of these that are still under way."""
    if count := len(under_way(run_ids)):
        which = (
            "It is" if len(run_ids) == 1 else f"{count:,} of them {'is' if count == 1 else 'are'}"
        )
        st.caption(
            f":material/warning: {which} still under way: deleting stops the answers first. What came until then is paid for and"
            " counted."
        )


def under_way(run_ids: Sequence[str]) -> list[LiveRun]:
    """This visitor's runs among these whose answers are still coming."""
    found = (get_engine().find(run_id, owner()) for run_id in run_ids)
    return [run for run in found if run is not None and not run.done]


def delete(store: Store, run_ids: Sequence[str]) -> int:
    """Stop what is under way, and delete these runs for good; how many there were."""
    running = under_way(run_ids)
    for run in running:
        run.stop()
    for run in running:
        run.wait(STOPPING)
    if running:
        history.get_writer().flush(STOPPING)
    return delete_runs(store, run_ids)
