"""Two runs side by side: any lane of the one against any lane of the other."""

from __future__ import annotations

import json
from collections.abc import Sequence

import streamlit as st

from playground import figures as fmt
from playground.domain import Request, Response, lane_names, typed
from playground.domain.values import changed
from playground.history.labels import Stored
from playground.history.reading import each
from playground.providers import preview
from playground.store.packing import storable
from playground.store.store import Store
from playground.ui import names
from playground.ui.parts.tables import COMPARED
from playground.ui.parts.words import word_diff
from playground.ui.session import compose, here


def hold_or_compare(store: Store, run_id: str) -> None:
    """Remember this run, or compare it with the one remembered: any two, however far apart in the list."""
    held: str | None = st.session_state.get(names.HISTORY_HELD)
    if held is None or held == run_id:
        label = "Held: select another run" if held else "Hold to compare"
        if st.button(label, icon=":material/compare:", key=f"hold_{run_id}", disabled=bool(held)):
            st.session_state[names.HISTORY_HELD] = run_id
            st.rerun()
        return
    if st.button("Let go of the held run", icon=":material/close:", key=f"let_go_{run_id}"):
        del st.session_state[names.HISTORY_HELD]
        st.rerun()


def compare_two(store: Store, run_ids: Sequence[str]) -> None:
    """Any lane of one run against any lane of the other: figures, settings, request, answer."""
    found = list(each(store, run_ids))
    if len(found) < 2 or not all(stored.run.requests for stored in found):
        st.session_state.pop(names.HISTORY_HELD, None)
        return
    older, newer = sorted(found, key=lambda stored: stored.run.created_at)
    a = _lane("Older run", older, "history_lane_a")
    b = _lane("Newer run", newer, "history_lane_b")
    (request_a, answer_a, name_a), (request_b, answer_b, name_b) = a, b
    st.dataframe(
        _side_by_side(answer_a, answer_b, name_a, name_b),
        hide_index=True,
        alt="The figures of both answers and their difference",
    )
    for title, text_a, text_b in (
        ("Answer", storable(answer_a.text), storable(answer_b.text)),
        ("Prompt", compose.prompt_of(request_a), compose.prompt_of(request_b)),
        ("Settings", _settings(request_a), _settings(request_b)),
        ("Request as sent", _body(request_a), _body(request_b)),
    ):
        st.header(title, anchor=False)
        if text_a == text_b:
            st.caption("The same in both.")
        else:
            word_diff(text_a, text_b, left_name=name_a, right_name=name_b)


def _lane(label: str, stored: Stored, key: str) -> tuple[Request, Response, str]:
    run = stored.run
    names = lane_names(request.model for request in run.requests)
    when = here.when(run.created_at)
    number = 0
    if len(names) > 1:
        number = st.selectbox(
            f"{label}, {when}", range(len(names)), format_func=names.__getitem__, key=key
        )
    return run.requests[number], run.responses[number], f"{names[number]} ({when})"


def _side_by_side(a: Response, b: Response, name_a: str, name_b: str) -> dict[str, list[str]]:
    return {
        "Figure": [figure.label for figure in COMPARED],
        name_a: [figure.write(a) for figure in COMPARED],
        name_b: [figure.write(b) for figure in COMPARED],
        "Difference": [fmt.change(figure.value(a), figure.value(b)) for figure in COMPARED],
    }


def _settings(request: Request) -> str:
    rows = [f"{row.name} = {typed.written(row, value)}" for row, value in changed(request)]
    return storable("\n".join([f"model = {request.model}", *rows]))


def _body(request: Request) -> str:
    try:
        text = json.dumps(preview(request), indent=2, ensure_ascii=False)
    except ValueError:  # the SDK can't build it, for example for text that is not Unicode
        return "This request can't be built."
    return storable(text if len(text) < 50_000 else text[:50_000] + "…")
