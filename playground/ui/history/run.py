"""What is done with one run, with two, with several: open, run again, compare, label, export, delete."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import streamlit as st

from playground.domain import Response, lane_names
from playground.export.formats import FORMATS
from playground.history.deleting import delete_runs
from playground.history.documents import labelled
from playground.history.labels import Row, Stored
from playground.history.reading import each, read_run
from playground.history.writing import change
from playground.store.database import HistoryError
from playground.store.packing import storable
from playground.store.store import Store
from playground.ui import names
from playground.ui.history.two import compare_two, hold_or_compare
from playground.ui.parts.markdown import plain
from playground.ui.parts.summary import figures
from playground.ui.session import compose, once
from playground.ui.session.endpoints import endpoints
from playground.ui.session.keeping import redactor, start
from playground.ui.session.looking import look_away, streaming
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
    words.extend(run.stand_ins or (["simulated"] if run.simulated else []))
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
        _open(run.id)
    place = f"again_{run.id}"
    pressed = once.button(
        place,
        None,
        "Run again",
        icon=":material/replay:",
        key=place,
        help="The same requests to the same models.",
    )
    if once.goes(place, streaming(compose.PLACE), pressed, run.requests):
        made = start(run.requests, endpoints(), kind=stored.labels.kind)
        if made:
            once.started(place, run.requests)
            _open(made.id)
    if st.button(
        "Change and run",
        icon=":material/edit:",
        key=f"change_{run.id}",
        help="Take prompt, models and settings to Compare, to run them with another prompt or other models.",
    ):
        compose.fill(run.requests)
        look_away(compose.PLACE)
        st.switch_page(COMPARE)


def _open(run_id: str) -> None:
    """Go to Compare, which finds the run by its address and fills its fields from it."""
    look_away(compose.PLACE)
    st.switch_page(COMPARE, query_params={compose.PLACE.name: run_id})


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
                partial(format_.data, [labelled(stored) for stored in many]),
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
