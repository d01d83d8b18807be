"""The migration pack on the page: the prompts whose model ends, both models asked, and what is otherwise then."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from functools import partial

import streamlit as st

from playground import figures as fmt
from playground import library
from playground.domain import Endpoint, ModelRef, clock
from playground.engine import LiveRun
from playground.experiments import prompt_cases, reading
from playground.experiments.cells import CellError
from playground.experiments.sources import Sources
from playground.experiments.spec import Spec
from playground.export import dumps
from playground.figures.commonmark import unmarked
from playground.history.prompted import latest
from playground.lab import ending_prompts, migration, migration_report
from playground.lab.ending_prompts import Case
from playground.lab.migration import Move, Moved
from playground.lab.models import last_days
from playground.store.database import HistoryError
from playground.ui import names
from playground.ui.api_lab import asking
from playground.ui.api_lab.models.lists import listings_of
from playground.ui.api_lab.models.place import PANEL
from playground.ui.parts import markdown
from playground.ui.parts.receipt import receipt_button
from playground.ui.parts.words import word_diff
from playground.ui.session import once
from playground.ui.session.keeping import opened, start, to_count, visitor
from playground.ui.session.looking import Place, look_at, looked_at
from playground.ui.session.models import pick_models
from playground.ui.session.state import session
from playground.ui.session.waiting import Late, waited
from playground.ui.shell.pages import API_LAB, PROMPTS

CASES = names.lab(PANEL, "cases")
PATIENCE = 60.0
"""Seconds that the counts may take."""


def _fill(run: LiveRun) -> None:
    """Nothing: what is asked comes out of the library."""


PLACE = Place("pack", _fill)


def linked() -> bool:
    """Whether the address names a pack that this tab does not look at yet."""
    named = st.query_params.get(PLACE.name)
    return named is not None and session().looking.get(PLACE.key) != named


def view(where: Mapping[str, Endpoint]) -> None:
    """The prompts that end, the button, and the pack."""
    run = looked_at(PLACE)
    with st.container(horizontal=True, vertical_alignment="center"):
        to = _other_model(where)
        specs = _specs()
    plan = migration.moves(_held(_cases(where), specs), to)
    _listed(plan)
    asked = [move for move in plan if move.after][: migration.MOST]
    if len(plan) > migration.MOST:
        st.caption(f"The first {migration.MOST} are asked together.")
    calls = len(migration.together(asked))
    with st.container(horizontal=True, vertical_alignment="center"):
        pressed = once.button(
            PLACE.key,
            run,
            "Run both models",
            "Run both again",
            type="primary",
            icon=":material/send:",
            key="lab_models_pack",
            disabled=not asked,
        )
        st.caption(
            f"{calls} calls: each prompt to both models, and once more for each setting that the successor is said to refuse."
        )
    what = migration.together(asked)
    if once.goes(PLACE.key, run, pressed, what):
        _start(asked, where)
    if run is None:
        asking.empty(
            PANEL,
            "what changes when a prompt moves to the model that follows: tokens of the same text, dollars, settings that are"
            " refused, and the words of the answer. Press **Run both models**.",
        )
    elif asking.ended(run, "lab_models_pack_live"):
        _pack(run)


def _other_model(where: Mapping[str, Endpoint]) -> ModelRef | None:
    """A model to move to in place of what is recommended; None as long as none is chosen."""
    with st.popover("Move to another model", icon=":material/swap_horiz:"):
        chosen = pick_models(names.lab(PANEL, "to"), where, most=1, default=())
        st.caption("Without one, each prompt goes to what its provider recommends.")
    if chosen:
        st.caption(f"All go to {markdown.code(str(chosen[0]))}.")
    return chosen[0] if chosen else None


def _specs() -> list[Spec]:
    """The experiments whose checks are to be passed, as they were uploaded; mistakes in them are said."""
    with st.popover("Checks", icon=":material/checklist:"):
        files = st.file_uploader(
            "Experiments with cases and checks for your saved prompts",
            type=["yaml", "yml", "json"],
            accept_multiple_files=True,
            key=names.lab(PANEL, "checks"),
            help="Each prompt of the library that one names is asked once for each of its cases, and both answers are judged.",
        )
    found = []
    for file in files or []:
        store = opened()
        read = reading.read_text(
            file.getvalue().decode("utf-8", "replace"),
            file.name,
            Sources(),
            store=store,
            owner=visitor() or "",
        )
        for mistake in read.mistakes:
            st.error(markdown.plain(str(mistake)), icon=":material/error:")
        found += [read.spec] if read.spec else []
    return found


def _held(cases: Sequence[Case], specs: Sequence[Spec]) -> list[Case]:
    """The prompts with the cases and checks that the experiments have for them."""
    try:
        return ending_prompts.held_to(
            cases,
            lambda case: prompt_cases.of_prompt(specs, case.name, case.request),
        )
    except CellError as error:
        st.error(markdown.plain(str(error)), icon=":material/error:")
        return list(cases)


def _cases(where: Mapping[str, Endpoint]) -> list[Case]:
    """The saved prompts whose model ends, also by the lists that were asked; the sample where there are none."""
    found = _found(last_days(listings_of(where).values()))
    if found:
        return found
    st.caption("No saved prompt is used with a model that ends within 60 days: this is the sample.")
    st.page_link(PROMPTS, label="Prompts", icon=":material/library_books:")
    return ending_prompts.sample()


def _found(told: dict[tuple[str, str], date]) -> list[Case]:
    """What was found in the library and the history, looked for again when something was saved or asked since."""
    store = opened()
    if store is None:
        return []
    owner = visitor() or ""
    try:
        saved = [
            (prompt.id, len(prompt.versions)) for prompt in library.all_prompts(store, owner=owner)
        ]
        now = (owner, latest(store), saved, clock.today(), told)
        kept = st.session_state.get(CASES)
        if kept is None or kept[0] != now:
            with st.spinner("Looking for prompts whose model ends …"):
                kept = (now, ending_prompts.cases(store, owner=owner, told=told))
            st.session_state[CASES] = kept
    except HistoryError as error:
        st.error(str(error))
        return []
    found: list[Case] = kept[1]
    return found


def _listed(plan: Sequence[Move]) -> None:
    st.dataframe(
        [
            {
                "Prompt": move.case.name,
                "Version": move.case.version,
                "Case": move.case.label or None,
                "Model": str(move.now.model),
                "Days left": (move.case.last - clock.today()).days if move.case.last else None,
                "What follows": str(move.after.model) if move.after else "not known",
                "Why": move.case.why,
                "Refused by it": ", ".join(move.probes) or None,
            }
            for move in plan
        ],
        hide_index=True,
        key="lab_models_cases",
        placeholder="–",
        alt="The prompts whose model ends",
    )
    without = [move.case.name for move in plan if move.after is None]
    if without:
        st.caption(
            f"Nothing is known to follow the model of {', '.join(map(markdown.plain, without))}:"
            " these are not asked."
        )


def _start(plan: Sequence[Move], where: Mapping[str, Endpoint]) -> None:
    """Count both, then ask both, as one run that remembers what it is."""
    requests = migration.together(plan)
    counting = to_count(requests, where)
    if counting is None:
        return
    try:
        with st.spinner(f"Counting the tokens of {len(plan)} prompts for both models …"):
            work = partial(migration.counted, plan, counting)
            counts = waited(work, PATIENCE, "A provider")
    except Late as late:
        st.error(str(late))
        return
    started = start(requests, where, kind=asking.KIND, context=migration.context(plan, counts))
    if started:
        look_at(PLACE, started)
        st.rerun()


def _pack(run: LiveRun) -> None:
    lanes = run.lanes
    rows = migration.moved(
        run.context,
        [lane.request for lane in lanes],
        [lane.response for lane in lanes],
        prompt_cases.judged,
    )
    if not rows:
        st.caption("Nothing of this run is a migration pack.")
        return
    if run.simulated:
        st.caption(":violet[:material/science: simulated]: made-up answers, real arithmetic.")
    _downloads(rows)
    st.dataframe(
        [migration_report.overview(row) for row in rows],
        hide_index=True,
        key="lab_models_overview",
        alt="What changes for each prompt",
    )
    for rate in migration.rates(rows):
        st.markdown(f":material/checklist: {markdown.plain(migration_report.rate(rate))}")
    for row in rows:
        _one(row, run.id)


def _downloads(rows: Sequence[Moved]) -> None:
    with st.container(horizontal=True):
        for label, data, ending in (
            ("JSON", dumps(migration_report.document(rows)), "json"),
            ("Markdown", migration_report.markdown(rows), "md"),
        ):
            st.download_button(
                label,
                data,
                file_name=f"migration-pack.{ending}",
                icon=":material/download:",
                on_click="ignore",
                key=f"lab_models_{ending}",
            )


def _one(row: Moved, run: str) -> None:
    """One prompt: figures of both, settings, limits, words."""
    title = f"{migration_report.title(row)}: {row.now.model.model} → {row.after.model.model}"
    st.subheader(markdown.plain(title), anchor=False)
    st.markdown(_about(row))
    heads = ("", *(markdown.plain(migration.label(one.model)) for one in (row.now, row.after)))
    st.markdown(_table(heads, list(migration_report.figures(row))))
    told = [said for said in (fmt.change(*row.counted), migration_report.dearer(row)) if said]
    if told:
        names_of = ("tokens of the same text", "cost of a call")
        changes = " · ".join(
            f"{name}: **{said}**" for name, said in zip(names_of, told, strict=False)
        )
        st.markdown(changes)
    for lane, response in enumerate((row.now, row.after), row.lane):
        with st.container(horizontal=True, vertical_alignment="center"):
            receipt_button(response, f"lab_models_{run}_{lane}")
            st.page_link(
                API_LAB,
                label=f"Inspect {markdown.plain(response.model.model)}",
                icon=":material/network_check:",
                query_params={"panel": "wire", "run": run, "lane": str(lane)},
            )
    _settings(row)
    _words(row)


def _about(row: Moved) -> str:
    """The same as the report says, its source as a link."""
    said = migration_report.about(row)
    if row.successor is None:
        return markdown.plain(said)
    before, source, after = said.partition(row.successor.source)
    return f"{markdown.plain(before)}[source]({source}){markdown.plain(after)}"


def _settings(row: Moved) -> None:
    if row.settings:
        st.markdown("**Settings that do not go over as they are**")
        heads = ("setting", "value", "what", "why", "the provider said")
        st.markdown(_table(heads, row.settings))
    if row.limits:
        with st.expander(f"{len(row.limits)} limits and defaults differ", icon=":material/rule:"):
            written = [
                (one.what, migration_report.told(one.now), migration_report.told(one.after))
                for one in row.limits
            ]
            st.markdown(_table(("", row.now.model.model, row.after.model.model), written))


def _words(row: Moved) -> None:
    if not (row.now.text and row.after.text):
        st.caption("Two answers are needed for a comparison of words.")
        return
    with st.expander("What differs in the answers", icon=":material/difference:", expanded=True):
        left, right = row.now.model.model, row.after.model.model
        word_diff(
            unmarked(row.now.text), unmarked(row.after.text), left_name=left, right_name=right
        )


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    head = f"| {' | '.join(heads)} |\n|{':--|' * len(heads)}\n"
    cells = (" | ".join(markdown.plain(str(cell)) for cell in row) for row in rows)
    return head + "".join(f"| {line} |\n" for line in cells)
