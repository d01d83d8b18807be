"""Starting this tab's runs, with the labels that are chosen under Keys, and what is said of the history."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import streamlit as st

from playground import history, runs, settings
from playground.demo.process import get_demo
from playground.domain import Endpoint, Request, Secret
from playground.domain.endpoint import replaying
from playground.engine import LiveRun, get_engine
from playground.export.document import Labelled
from playground.export.formats import FORMATS
from playground.history import Labels
from playground.history.labels import owner_digest, tags
from playground.ui import names
from playground.ui.session import once
from playground.ui.session.endpoints import real_endpoints
from playground.ui.session.state import owner, session
from playground.wire import Redactor

if TYPE_CHECKING:
    from playground.history.journal import Writer
    from playground.store.store import Store

UNSAVED = FORMATS["jsonl"]
"""What runs that can't be kept are saved as: the history reads it back."""
REFUSED = {
    "holds_key": ":material/key_off:",
    "over_budget": ":material/savings:",
    "over_limit": ":material/speed:",
    "class": ":material/groups:",
}
"""Kind of refusal → its sign."""


def start(
    requests: Sequence[Request],
    where: Mapping[str, Endpoint],
    *,
    kind: str = "compare",
    context: Mapping[str, Any] | None = None,
    caller: Callable[..., Any] | None = None,
    retries: int = 0,
) -> LiveRun | None:
    """Start a run of this tab with what it belongs to; None when a budget or a key in the prompt forbids it, which the page then says."""
    if any(request.model.recorded for request in requests):
        where = {**where, **replaying(get_demo().endpoints())}
    made = runs.start(
        get_engine(),
        requests,
        where,
        owner=owner(),
        session=session().id,
        labels=labels_chosen(kind),
        keep=st.session_state.get(names.KEEP_RUNS, True),
        secrets=secrets(),
        context=context,
        caller=caller,
        retries=retries,
    )
    if isinstance(made, runs.Refusal):
        _refused(made)
        return None
    once.started()
    for warning in made.warnings:
        st.toast(warning.replace("$", r"\$"), icon=REFUSED["over_budget"], duration="long")
    return made.run


def counting(
    requests: Sequence[Request], where: Mapping[str, Endpoint]
) -> Mapping[str, Endpoint] | runs.Refusal:
    """Where these are counted by their providers, with the key of whoever pays; a refusal where they may not be."""
    return runs.to_count(requests, where, owner=owner(), secrets=secrets())


def to_count(
    requests: Sequence[Request], where: Mapping[str, Endpoint]
) -> Mapping[str, Endpoint] | None:
    """The same; None where they may not be counted, which the page then says."""
    found = counting(requests, where)
    if isinstance(found, runs.Refusal):
        _refused(found)
        return None
    return found


def _refused(refusal: runs.Refusal) -> None:
    st.error(refusal.reason.replace("$", r"\$"), icon=REFUSED[refusal.kind])


def secrets() -> list[Secret | None]:
    """Every key that this session knows."""
    known = [endpoint.key for endpoint in real_endpoints().values()]
    plan = session().plan
    return [*known, *session().keys.values(), *((plan.access, plan.refresh) if plan else ())]


def redactor() -> Redactor:
    """Masks this session's keys, should someone type one where it does not belong."""
    return Redactor(secrets())


def labels_chosen(kind: str) -> Labels:
    """The labels that new runs of this tab get."""
    return Labels(
        kind=kind,
        department=st.session_state.get(names.KEEP_DEPARTMENT, "").strip(),
        tags=tags(st.session_state.get(names.KEEP_TAGS, ())),
    )


def visitor() -> str | None:
    """Whose runs may be listed here: everyone's on one's own computer, only this browser's where strangers come."""
    return owner_digest(owner()) if settings.hosted() else None


def opened() -> Store | None:
    """The history, or None after saying why there is none."""
    if not settings.keeps_history():
        st.info(
            "No history is kept here: it is switched off (`PLAYGROUND_HISTORY`).",
            icon=":material/history_toggle_off:",
        )
        return None
    from playground.history.interrupted import find_interrupted
    from playground.store.database import HistoryError

    try:
        store = history.get_store()
        find_interrupted(store)
    except HistoryError as error:
        st.error(f"{error} Runs of this session are still in memory.", icon=":material/error:")
        return None
    return store


def panel() -> None:
    """What becomes of new runs."""
    if not settings.keeps_history():
        return
    with st.expander("New runs", icon=":material/history:"):
        st.toggle(
            "Keep runs",
            value=True,
            key=names.KEEP_RUNS,
            help="Off: new runs stay in memory and are gone when the app ends; the budgets still count what they cost."
            " Keys are never kept.",
            persist_state="session",
        )
        st.text_input(
            "Department or project",
            key=names.KEEP_DEPARTMENT,
            placeholder="none",
            help="New runs get it, so that their cost can be summed up.",
            persist_state="session",
        )
        st.multiselect(
            "Tags of new runs",
            [],
            accept_new_options=True,
            key=names.KEEP_TAGS,
            placeholder="type a word, Enter",
            persist_state="session",
        )


def warn() -> None:
    """Where the history can't be written: why, and the runs that would be lost as a download."""
    writer = _writer_if_used() if settings.keeps_history() else None
    if writer is None or writer.warning is None:
        return
    st.warning(writer.warning, icon=":material/warning:")
    mine = owner() if settings.hosted() else None
    unsaved = writer.unsaved(mine)
    if unsaved:
        st.download_button(
            f"Download {len(unsaved):,} unsaved runs"
            if len(unsaved) > 1
            else "Download the unsaved run",
            lambda: UNSAVED.data([Labelled(run) for run in writer.unsaved(mine)]),
            file_name=f"unsaved-runs.{UNSAVED.ending}",
            mime=UNSAVED.media_type,
            icon=":material/download:",
            on_click="ignore",
            key="download_unsaved",
        )


def _writer_if_used() -> Writer | None:
    """The writer, where a run or the history page has started it: asking must not cost the first page a second."""
    return history.get_writer() if "playground.history.journal" in sys.modules else None
