"""The history's list: one screen of runs, the one that is open, and what is done with those that are selected."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import streamlit as st

from playground import figures as fmt
from playground.history.labels import Row
from playground.history.queries import MOST_COUNTED, PAGE, Filter, Found, find
from playground.history.search import not_read, unsearchable
from playground.lab.conversation import CONVERSATION
from playground.store.store import Store
from playground.ui import names
from playground.ui.history import filters
from playground.ui.history.differing import differing
from playground.ui.history.run import OPEN, bulk, details
from playground.ui.history.two import compare_two
from playground.ui.parts.tables import worded
from playground.ui.session import address, here
from playground.ui.shell.pages import COMPARE


def listed(store: Store, wanted: Filter) -> None:
    """One screen of runs, the newest of each conversation, and what can be done with the selected ones."""
    wanted = replace(wanted, newest_of=CONVERSATION)
    page = st.session_state.get(names.HISTORY_PAGE, 1)
    found = find(store, wanted, start=(page - 1) * PAGE)
    if page > 1 and not found.rows:
        st.session_state[names.HISTORY_PAGE] = page = 1
        found = find(store, wanted)
    if found.since:
        _further(found.since)
    if not found.rows:
        _nothing(wanted)
        address.asked(OPEN)
        if opened := st.query_params.get(OPEN.name):
            details(store, opened)
        else:
            address.say(OPEN)
        return
    _counted(found)
    selected, opened = _selected(store, found)
    _pages(found)
    if len(selected) > 1:
        bulk(store, selected)
        if len(selected) == 2:
            compare_two(store, [row.id for row in selected])
    elif opened:
        details(store, opened)
    else:
        address.say(OPEN)
        st.caption(
            "Tick a run, in the first column, to open, repeat or download it; two to compare them;"
            " several to tag, export or delete them."
        )


def _further(since: str) -> None:
    """Time was over before all texts were read: how far they were, and a button that reads on."""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(f":material/hourglass: {not_read(since)}")
        st.button(
            "Look further back",
            key="history_further",
            type="tertiary",
            on_click=filters.until,
            args=(since,),
        )


def _nothing(wanted: Filter) -> None:
    if wanted == Filter(owner=wanted.owner, newest_of=wanted.newest_of):
        st.info(
            "Nothing here yet. Every run of Compare, the other pages and the command line is kept here: with its request,"
            " answers, figures and receipt. Keys never are.",
            icon=":material/history:",
        )
        st.page_link(COMPARE, label="Run a prompt in Compare", icon=":material/compare_arrows:")
    else:
        st.info(
            unsearchable(wanted.search) or "No run matches: use fewer words or filters.",
            icon=":material/search_off:",
        )


def _name(row: Row) -> str:
    return row.name if row.runs == 1 else f"{row.name} · conversation, {row.runs:,} answers"


COLUMNS: dict[str, tuple[Callable[[Row], Any], Any]] = {
    "starred": (
        lambda r: "★" if r.starred else "",
        st.column_config.TextColumn("", width=24, help="Starred"),
    ),
    "created_at": (lambda r: r.created_at, None),
    "name": (_name, st.column_config.TextColumn("Prompt or title", width=260)),
    "models": (lambda r: r.models, st.column_config.TextColumn("Models", width=170)),
    "differs": (
        lambda r: "",
        st.column_config.TextColumn(
            "Set to", width=120, help="What differs where a prompt was sent before"
        ),
    ),
    "cost": (
        lambda r: float(r.cost) if r.cost is not None else None,
        st.column_config.NumberColumn("Cost", help="Sum of the lanes that have a price"),
    ),
    "state": (
        lambda r: r.ending,
        st.column_config.TextColumn("State", width=95),
    ),
    "simulated": (
        lambda r: r.answered,
        st.column_config.TextColumn(
            "Answers", help="Simulated and recorded answers were never billed"
        ),
    ),
    "tags": (lambda r: list(r.tags), st.column_config.ListColumn("Tags")),
    "department": (lambda r: r.department, st.column_config.TextColumn("Department")),
    "kind": (lambda r: r.kind, st.column_config.TextColumn("Made by")),
}
"""Field → (value of a Row, how the column is shown)."""


def _when() -> Any:
    zone = here.zone_name()
    return st.column_config.DatetimeColumn(
        f"When ({zone})", format="D MMM YYYY, HH:mm", timezone=zone, width=150
    )


def cost(row: Row) -> str:
    """What the run cost, as its cards say it."""
    return fmt.total(row.cost, whole=not (row.unpriced or row.bounds))


def _selected(store: Store, found: Found) -> tuple[list[Row], str]:
    """Draw the list; the rows that are ticked, and the run that is open: the ticked one, or the one that the address names.

    A tick writes the address; Back and a link tick anew.
    """
    ids = [row.id for row in found.rows]
    ticked = [ids[i] for i in _ticks(found) if i < len(ids)]
    if ticked != st.session_state.get(names.HISTORY_SELECTED, []):
        opened = ticked[0] if len(ticked) == 1 else ""
        address.write(OPEN, opened)
    elif (named := address.asked(OPEN)) is not None:
        opened = named
        st.session_state[names.HISTORY_DRAWN] = (_drawn()[0] + 1, opened)
        ticked = [opened] if opened in ids else []
    else:
        opened = st.query_params.get(OPEN.name, "")
    st.session_state[names.HISTORY_SELECTED] = ticked
    _table(store, found)
    return [row for row in found.rows if row.id in ticked], opened


def _drawn() -> tuple[int, str]:
    """How often the address has opened a run, and which one last."""
    found: tuple[int, str] = st.session_state.get(names.HISTORY_DRAWN, (0, ""))
    return found


def _ticks(found: Found) -> Sequence[int]:
    """The ticked rows' numbers, before the list is drawn."""
    held = st.session_state.get(names.history_table(found.rows[0].id, len(found.rows), _drawn()[0]))
    return list(held["selection"]["rows"]) if held else []


def _table(store: Store, found: Found) -> None:
    ticked = [i for i, row in enumerate(found.rows) if row.id == _drawn()[1]]
    table = {name: [value(row) for row in found.rows] for name, (value, _) in COLUMNS.items()}
    table["differs"] = differing(store, found.rows)
    optional = ("tags", "department", "starred", "differs")
    empty = [name for name in optional if not any(table[name])]
    shown = {name: values for name, values in table.items() if name not in empty}
    st.dataframe(
        worded(shown, {"cost": [cost(row) for row in found.rows]}),
        column_config={name: config or _when() for name, (_, config) in COLUMNS.items()},
        hide_index=True,
        on_select="rerun",
        selection_mode="multi-row",
        selection_default={"selection": {"rows": ticked}},
        placeholder="unknown",
        key=names.history_table(found.rows[0].id, len(found.rows), _drawn()[0]),
        alt="Runs, the newest first",
    )


def _counted(found: Found) -> None:
    """How many there are: above the list, whose own buttons stand over this line's end."""
    many = found.more or found.total > MOST_COUNTED
    counted = min(found.total - (found.more and not found.since), MOST_COUNTED)
    st.caption(f"{'More than ' if many else ''}{count_shown(counted)}")


def _pages(found: Found) -> None:
    if found.total > PAGE:
        with st.container(horizontal=True, horizontal_alignment="right"):
            st.pagination(-(-found.total // PAGE), key=names.HISTORY_PAGE)


def count_shown(total: int) -> str:
    """A number of runs in words."""
    return fmt.count(total) + (" run" if total == 1 else " runs")
