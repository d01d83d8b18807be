"""What is done with one run, with two, with several: open, run again, compare, label, export, delete."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import streamlit as st

from playground.domain import Request, Response, lane_names, typed
from playground.domain.values import changed
from playground.export.formats import FORMATS
from playground.history.deleting import delete_runs
from playground.history.documents import labelled
from playground.history.labels import Row, Stored
from playground.history.reading import each, read_run
from playground.history.writing import change
from playground.providers import preview
from playground.store.database import HistoryError
from playground.store.packing import storable
from playground.store.store import Store
from playground.ui import names
from playground.ui.parts.markdown import plain
from playground.ui.parts.summary import figures
from playground.ui.parts.tables import COMPARED
from playground.ui.parts.words import word_diff
from playground.ui.session import compose
from playground.ui.session.endpoints import endpoints
from playground.ui.session.keeping import redactor, start
from playground.ui.session.looking import look_at, look_away
from playground.ui.shell.pages import COMPARE


def details(store: Store, row: Row) -> None:
    """One selected run: its answers in short, and everything that can be done with it."""
    stored = read_run(store, row.id)
    if stored is None:
        st.info("This run has just been deleted elsewhere.")
        return
    with st.container(border=True):
        _title(stored)
        with st.container(horizontal=True):
            _again(stored)
            hold_or_compare(store, row.id)
            _exports([stored], key=row.id)
            _delete(store, [row.id])
        _labels(store, stored)
        st.caption(f"Link on this server: `{_link(row.id)}`")
    held = st.session_state.get(names.HISTORY_HELD)
    if held and held != row.id:
        compare_two(store, [held, row.id])
        return
    titles = lane_names(request.model for request in stored.run.requests)
    figures(titles, stored.run.responses)
    for name, response in zip(titles, stored.run.responses, strict=True):
        st.caption(f"**{plain(name)}**")
        st.text(_short(response))


def _title(stored: Stored) -> None:
    run, labels = stored.run, stored.labels
    star = ":material/star: " if labels.starred else ""
    name = (
        labels.title or " ".join(compose.prompt_of(run.requests[0]).split())[:120]
        if run.requests
        else run.id
    )
    st.markdown(f"{star}**{plain(name)}**")
    words = [run.created_at[:19].replace("T", " ") + " UTC", labels.kind, stored.ending]
    if run.simulated:
        words.append("simulated")
    st.caption(" · ".join(words))
    if labels.note:
        st.text(labels.note)


def _short(response: Response, most: int = 400) -> str:
    if response.text:
        return storable(response.text[:most]) + ("…" if len(response.text) > most else "")
    return response.failure.meaning if response.failure else "No text."


def _link(run_id: str) -> str:
    """The address under which this run opens on this server."""
    return f"{(st.context.url or '').rsplit('/', 1)[0]}/?{compose.PLACE.name}={run_id}"


def _again(stored: Stored) -> None:
    """Open it, run it again as it was, or take it to Compare to change it first."""
    run = stored.run
    if st.button("Open", icon=":material/open_in_new:", key=f"open_{run.id}", type="primary"):
        look_away(compose.PLACE)
        st.switch_page(COMPARE, query_params={compose.PLACE.name: run.id})
    if st.button(
        "Run again",
        icon=":material/replay:",
        key=f"again_{run.id}",
        help="The same requests to the same models.",
    ):
        made = start(run.requests, endpoints(), kind=stored.labels.kind)
        if made:
            compose.fill(run.requests)
            look_at(compose.PLACE, made)
            st.switch_page(COMPARE, query_params={compose.PLACE.name: made.id})
    if st.button(
        "Change and run",
        icon=":material/edit:",
        key=f"change_{run.id}",
        help="Take prompt, models and settings to Compare, to run them with another prompt or other models.",
    ):
        compose.fill(run.requests)
        look_away(compose.PLACE)
        st.switch_page(COMPARE)


def _labels(store: Store, stored: Stored) -> None:
    """Title, note, star, tags and department, changed together."""
    run_id, labels = stored.run.id, stored.labels
    box = st.expander("Name, tags, note", icon=":material/label:", key=f"labels_{run_id}")
    with box, st.form(f"labels_form_{run_id}", border=False):
        title = st.text_input("Title", labels.title or "", placeholder="the prompt's beginning")
        chosen = st.multiselect("Tags", labels.tags, default=labels.tags, accept_new_options=True)
        department = st.text_input("Department or project", labels.department)
        note = st.text_area("Note", labels.note)
        starred = st.checkbox("Starred", labels.starred)
        if st.form_submit_button("Save", icon=":material/save:"):
            mask = redactor().text
            changed = {
                "title": mask(title.strip()) or None,
                "tags": [mask(tag) for tag in chosen],
                "department": mask(department.strip()),
                "note": mask(note),
                "starred": starred,
            }
            _do(lambda: change(store, [run_id], **changed))


def _do(what: Callable[[], Any]) -> None:
    """Change the history and draw the page anew; a sentence when it can't be changed."""
    try:
        what()
    except HistoryError as error:
        st.error(str(error))
    else:
        st.rerun()


def bulk(store: Store, rows: Sequence[Row]) -> None:
    """What can be done with several runs at once."""
    run_ids = [row.id for row in rows]
    key = str(hash(tuple(run_ids)))
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"**{len(rows)} runs**")
        if st.button("Star", icon=":material/star:", key=f"star_{key}"):
            _do(lambda: change(store, run_ids, starred=True))
        with st.popover("Tag", icon=":material/label:"):
            word = st.text_input("Tag to add", key=f"tag_{key}")
            if st.button("Add", key=f"tag_add_{key}") and word.strip():
                _do(lambda: _tag_all(store, rows, word))
        _exports(list(each(store, run_ids)), key=key)
        _delete(store, run_ids)


def _tag_all(store: Store, rows: Sequence[Row], word: str) -> None:
    for row in rows:
        change(store, [row.id], tags=[*row.tags, redactor().text(word)])


def _exports(many: Sequence[Stored], *, key: str) -> None:
    with st.popover("Download", icon=":material/download:"):
        for format_ in FORMATS.values():
            st.download_button(
                format_.label,
                partial(format_.write, [labelled(stored) for stored in many]),
                file_name=f"{'run' if len(many) == 1 else 'runs'}-{many[0].run.created_at[:10] if many else ''}.{format_.ending}",
                mime=format_.media_type,
                on_click="ignore",
                key=f"history_{format_.ending}_{key}",
                width="stretch",
            )


def _delete(store: Store, run_ids: Sequence[str]) -> None:
    with st.popover("Delete", icon=":material/delete:"):
        st.caption(
            "Gone for good: from the file too, not only from this list. What it cost stays counted in the budgets."
        )
        what = "this run" if len(run_ids) == 1 else f"these {len(run_ids):,} runs"
        if st.button(f"Delete {what}", type="primary", key=f"delete_{hash(tuple(run_ids))}"):
            _do(lambda: delete_runs(store, run_ids))


# Two --------------------------------------------------------------------------------------------


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
        st.markdown(f"**{title}**")
        if text_a == text_b:
            st.caption("The same in both.")
        else:
            word_diff(text_a, text_b, left_name=name_a, right_name=name_b)


def _lane(label: str, stored: Stored, key: str) -> tuple[Request, Response, str]:
    run = stored.run
    names = lane_names(request.model for request in run.requests)
    when = run.created_at[:16].replace("T", " ")
    number = 0
    if len(names) > 1:
        number = st.selectbox(
            f"{label}, {when}", range(len(names)), format_func=names.__getitem__, key=key
        )
    return run.requests[number], run.responses[number], f"{names[number]} ({when})"


def _side_by_side(a: Response, b: Response, name_a: str, name_b: str) -> dict[str, list[str]]:
    return {
        "figure": [figure.label for figure in COMPARED],
        name_a: [figure.write(a) for figure in COMPARED],
        name_b: [figure.write(b) for figure in COMPARED],
        "difference": [_change(figure.value(a), figure.value(b)) for figure in COMPARED],
    }


def _change(x: Any, y: Any) -> str:
    return "" if x is None or y is None or not x else f"{(y - x) / x:+.0%}"


def _settings(request: Request) -> str:
    rows = [f"{row.name} = {typed.written(row, value)}" for row, value in changed(request)]
    return storable("\n".join([f"model = {request.model}", *rows]))


def _body(request: Request) -> str:
    try:
        text = json.dumps(preview(request), indent=2, ensure_ascii=False)
    except ValueError:  # the SDK can't build it, for example for text that is not Unicode
        return "This request can't be built."
    return storable(text if len(text) < 50_000 else text[:50_000] + "…")
