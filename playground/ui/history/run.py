"""What is done with one run, with two, with several: open, run again, compare, label, export, delete."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import streamlit as st

from playground.domain import lane_names
from playground.export.document import title
from playground.export.formats import FORMATS
from playground.figures.best import best
from playground.history.documents import labelled
from playground.history.labels import Row, Stored
from playground.history.queries import in_context
from playground.history.reading import each, read_run
from playground.history.writing import change
from playground.lab.conversation import CONVERSATION
from playground.store.database import HistoryError
from playground.store.packing import storable
from playground.store.store import Store
from playground.ui import names
from playground.ui.history import deleting
from playground.ui.history.two import compare_two, hold_or_compare
from playground.ui.parts.head import head
from playground.ui.parts.markdown import plain
from playground.ui.parts.summary import figures
from playground.ui.parts.views import answer
from playground.ui.session import address, compose, here, once, sharing
from playground.ui.session.keeping import redactor, start, visitor
from playground.ui.session.looking import look_away, streaming
from playground.ui.session.rooms import asked_in
from playground.ui.shell.pages import CHAT_VS_API, COMPARE

OPEN = address.Spot("open", "run")
MOST_COLUMNS = 3
NARROWEST = 300
"""Pixels of an answer before the row wraps."""


def details(store: Store, run_id: str) -> None:
    """One run: its answers as they were read, side by side, and everything that can be done with it."""
    stored = _mine(read_run(store, run_id))
    if stored is None:
        address.gone(OPEN)
        return
    others = _conversation(store, stored)
    with st.container(border=True):
        if len(others) > 1:
            stored = _turn(store, stored, others)
        _title(stored)
        with st.container(horizontal=True):
            _again(stored)
            hold_or_compare(store, stored.run.id)
            _exports([stored], key=stored.run.id)
            _delete(store, [stored.run.id])
        _labels(store, stored)
        sharing.share(store, stored.run.id)
    held = st.session_state.get(names.HISTORY_HELD)
    if held and held != stored.run.id:
        compare_two(store, [held, stored.run.id])
        return
    _answers(stored)


def _mine(stored: Stored | None) -> Stored | None:
    """The run where this visitor may change it: everyone on one's own computer, its maker where strangers come."""
    return stored if stored and visitor() in (None, stored.owner) else None


def _conversation(store: Store, stored: Stored) -> list[str]:
    """The ids of all runs of its conversation, the oldest first; it alone where it belongs to none."""
    conversation = stored.context.get(CONVERSATION)
    if not isinstance(conversation, str):
        return [stored.run.id]
    return in_context(store, CONVERSATION, conversation, owner=visitor()) or [stored.run.id]


def _turn(store: Store, stored: Stored, others: Sequence[str]) -> Stored:
    """The answer of a conversation that is chosen; at first the one that was opened."""
    chosen = st.selectbox(
        "Answer of this conversation",
        others,
        index=others.index(stored.run.id) if stored.run.id in others else len(others) - 1,
        format_func=lambda id: f"{others.index(id) + 1} of {len(others)}",
        key=f"history_turn_{stored.run.id}",
        width=240,
    )
    return read_run(store, chosen) or stored


def _answers(stored: Stored) -> None:
    titles = lane_names(request.model for request in stored.run.requests)
    responses = stored.run.responses
    figures(titles, responses)
    won = best(responses)
    with st.grid(columns=min(MOST_COLUMNS, len(titles)), min_column_width=NARROWEST) as grid:
        for name, response, bests in zip(titles, responses, won, strict=True):
            with grid.cell(), st.container(border=True):
                st.subheader(plain(name), anchor=False)
                st.html(head(response, bests))
                answer(response)


def _title(stored: Stored) -> None:
    run, labels = stored.run, stored.labels
    star = ":material/star: " if labels.starred else ""
    name = labels.title or storable(title(run))
    st.header(f"{star}{plain(name)}", anchor=False)
    words = [here.when(run.created_at), labels.kind, stored.ending]
    words.extend(run.stand_ins or (["simulated"] if run.simulated else []))
    st.caption(" · ".join(words))
    if labels.note:
        st.text(labels.note)


def _again(stored: Stored) -> None:
    """Open it, run it again as it was, or take it to Compare to change it first."""
    run = stored.run
    if st.button("Open", icon=":material/open_in_new:", key=f"open_{run.id}", type="primary"):
        _open_where_made(stored)
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
        made = start(run.requests, asked_in("history"), kind=stored.labels.kind)
        if made:
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


def _open_where_made(stored: Stored) -> None:
    """Go to where it was made: a conversation to Chat vs API, all else to Compare."""
    conversation = stored.context.get(CONVERSATION)
    if not isinstance(conversation, str):
        _open(stored.run.id)
        return
    st.session_state[names.CHAT_VIEW] = names.CHAT_CONVERSATION
    st.switch_page(
        CHAT_VS_API,
        query_params={names.CHAT_VIEW: names.CHAT_CONVERSATION, CONVERSATION: conversation},
    )


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
    """What can be done with several runs at once; a conversation is all its answers."""
    run_ids = list(dict.fromkeys(id for row in rows for id in _all(store, row)))
    key = str(hash(tuple(run_ids)))
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"**{len(run_ids):,} runs**")
        if st.button("Star", icon=":material/star:", key=f"star_{key}"):
            _do(lambda: change(store, run_ids, starred=True))
        with st.popover("Tag", icon=":material/label:"):
            word = st.text_input("Tag to add", key=f"tag_{key}")
            if st.button("Add", key=f"tag_add_{key}") and word.strip():
                _do(lambda: _tag_all(store, rows, word))
        _exports(list(each(store, run_ids)), key=key)
        _delete(store, run_ids)


def _all(store: Store, row: Row) -> list[str]:
    return in_context(store, CONVERSATION, row.group, owner=visitor()) if row.group else [row.id]


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
        deleting.warn(run_ids)
        what = "this run" if len(run_ids) == 1 else f"these {len(run_ids):,} runs"
        if st.button(f"Delete {what}", type="primary", key=f"delete_{hash(tuple(run_ids))}"):
            _do(lambda: _deleted(store, run_ids))


def _deleted(store: Store, run_ids: Sequence[str]) -> None:
    address.write(OPEN, "")
    deleting.delete(store, run_ids)
