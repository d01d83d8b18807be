"""A small table as a batch: submitted, followed, collected, with both prices; also one of another day."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import partial
from typing import Any

import streamlit as st

from playground import figures as fmt
from playground import jobs, runs
from playground.budgets import reserved
from playground.domain import Endpoint, Exchange, ModelRef, Request, Response, Run
from playground.domain.job import Job
from playground.domain.provider import provider_of
from playground.experiments.as_batches import groups
from playground.experiments.cells import CellError
from playground.experiments.reading import read_text
from playground.experiments.sources import Sources
from playground.lab import batch
from playground.lab.batch import Desk, Done
from playground.providers import ProviderError
from playground.providers.batch import BATCHES
from playground.store.store import Store
from playground.ui import names
from playground.ui.api_lab import asking
from playground.ui.parts.markdown import dollars, plain
from playground.ui.parts.project import take_away
from playground.ui.parts.receipt import receipt
from playground.ui.parts.views import VIEWS
from playground.ui.session import here, once
from playground.ui.session.keeping import opened, redactor, secrets, visitor
from playground.ui.session.models import default_model
from playground.ui.session.state import session
from playground.ui.session.waiting import Late, waited

PANEL = "batch"
TABLE, SPEC = "A table", "An experiment"
SAMPLE = """name: tickets
prompts:
  - "Which department is this ticket for, billing, technical or sales? One word: {{ ticket }}"
models:
  - openai:gpt-6.1-sol
  - anthropic:claude-sonnet-5-5
cases:
  - vars: { ticket: I was charged twice this month. }
  - vars: { ticket: Nothing works since Monday. }
repeats: 2
"""
"""A spec that is sent with one press."""
Given = list[tuple[ModelRef, list[tuple[str, Request]]]]
"""What is sent, a batch a model."""
SECONDS = 120.0
SHOWN = ("Request", "Headers", "Events")
SIGNS = {
    "done": ":green[:material/check_circle: done]",
    "failed": ":red[:material/error: failed]",
    "stopped": ":orange[:material/stop_circle: cancelled]",
    "expired": ":orange[:material/timer_off: expired]",
    "gone": ":material/delete: no longer at the provider",
}
Work = Callable[[Desk], Awaitable[Done]]
Act = Callable[[Desk, Job], Awaitable[Done]]


def view(where: Mapping[str, Endpoint]) -> None:
    """The whole panel."""
    store = opened()
    if store is None:
        return
    _submit(store, where)
    _said()
    found = jobs.all_jobs(store, owner=visitor())
    if not found:
        asking.empty(
            PANEL,
            "each row's answer with its usage and its receipt at the batch price: press **Submit** to send the sample table.",
        )
        return
    st.subheader("Batches", anchor=False)
    if any(not job.progress.over for job in found):
        st.caption(
            "**Look** asks the provider how far one is. The demo needs a few seconds, a provider up to 24 hours."
        )
    for job in found:
        _job(store, job, where)


def _submit(store: Store, where: Mapping[str, Endpoint]) -> None:
    what = st.segmented_control(
        "What is sent",
        (TABLE, SPEC),
        default=TABLE,
        key=names.lab(PANEL, "what"),
        required=True,
        label_visibility="collapsed",
    )
    given, title = (_of_table if what == TABLE else _of_spec)(store, where)
    count = sum(len(lines) for _, lines in given)
    batches = f" as {len(given)} batches" if len(given) > 1 else ""
    pressed = once.button(
        PANEL,
        None,
        f"Submit {count:,} {'rows' if what == TABLE else 'cells'}{batches}" if given else "Submit",
        type="primary",
        icon=":material/schedule_send:",
        key="lab_batch_submit",
        disabled=not given,
    )
    asked = [request for _, lines in given for _, request in lines]
    if once.goes(PANEL, None, pressed, asked):
        refusal = runs.refused(asked, where, session=session().id, secrets=secrets())
        if refusal:
            st.error(dollars(refusal.reason))
            return
        _do(
            store,
            [
                (where[ref.provider], partial(batch.submit, model=ref, given=lines, title=title))
                for ref, lines in given
            ],
        )
        st.rerun()
    for ref, lines in given[:1]:
        requests = [request for _, request in lines]
        take_away(requests, where.get(ref.provider), "lab_batch", kind="batch")


def _of_table(store: Store, where: Mapping[str, Endpoint]) -> tuple[Given, str]:
    """One batch: a prompt filled in with each row of a table."""
    st.session_state.setdefault(names.lab(PANEL, "table"), batch.SAMPLE)
    text = st.text_area(
        "Table (CSV, the first line names the columns)",
        key=names.lab(PANEL, "table"),
        height=130,
        persist_state="session",
        max_chars=asking.MOST_CHARACTERS,
    )
    prompt = asking.prompt_field(PANEL, batch.PROMPT)
    offered = {name: endpoint for name, endpoint in where.items() if name in BATCHES}
    models = asking.models_field(PANEL, offered, most=1, default=[default_model()])
    try:
        given = batch.lines(models[0], prompt, batch.table(text or "")) if models else []
    except batch.TableError as error:
        st.warning(plain(str(error)), icon=":material/table:")
        return [], ""
    return [(models[0], given)] if given else [], f"{len(given)} rows"


def _of_spec(store: Store, where: Mapping[str, Endpoint]) -> tuple[Given, str]:
    """A batch a model: every cell of an experiment."""
    st.session_state.setdefault(names.lab(PANEL, "spec"), SAMPLE)
    text = st.text_area(
        "Experiment (YAML); files that it names are for the terminal",
        key=names.lab(PANEL, "spec"),
        height=260,
        persist_state="session",
        max_chars=asking.MOST_CHARACTERS,
    )
    found = read_text(text or "", "experiment", Sources(), store=store, owner=visitor() or "")
    if found.spec is None:
        st.warning(plain("\n".join(map(str, found.mistakes))), icon=":material/rule:")
        return [], ""
    try:
        given: Given = groups(found.spec)
    except CellError as error:
        st.warning(plain(str(error)), icon=":material/rule:")
        return [], ""
    lost = [ref for ref, _ in given if ref.provider not in where]
    many = [ref for ref, lines in given if len(lines) > batch.MOST_ROWS]
    if lost or many:
        why = "has no endpoint here" if lost else f"has more than {batch.MOST_ROWS:,} cells"
        st.warning(plain(f"{(lost or many)[0]} {why}."), icon=":material/rule:")
        return [], ""
    return given, found.spec.name or "experiment"


def _job(store: Store, job: Job, where: Mapping[str, Endpoint]) -> None:
    endpoint = where.get(job.model.provider)
    with st.container(border=True, key=f"lab_batch_job_{job.id}"):
        st.markdown(_headline(job))
        tally = job.progress.tally
        counted = {"done": tally.done, "failed": tally.failed, "expired": tally.expired}
        told = [f"{number:,} {word}" for word, number in counted.items() if number]
        st.caption(
            " · ".join(
                filter(
                    None,
                    [
                        f"{len(job.keys):,} lines",
                        *told,
                        f"submitted {here.when(job.created_at)}",
                        f"looked at {here.when(job.looked_at)}" if job.looked_at else "",
                        f"`{job.remote_id}`" if job.remote_id else "",
                        _reserved(store, job),
                    ],
                )
            )
        )
        if job.failure:
            st.error(plain(job.failure.told), icon=":material/error:")
        for problem in job.progress.problems:
            st.error(plain(problem), icon=":material/error:")
        if endpoint is not None:
            _buttons(store, job, endpoint)
        run = batch.run_of(job)
        if run is not None:
            _answers(jobs.find(store, job.id, owner=visitor()) or job, run)


def _reserved(store: Store, job: Job) -> str:
    held = reserved.held(store, job)
    return dollars(f"at most {fmt.money(held)} reserved in the budgets") if held else ""


def _headline(job: Job) -> str:
    sign = SIGNS.get(job.progress.state, f":blue[:material/hourglass: {job.progress.state}]")
    word = job.progress.word
    said = f" (`{word}`)" if word and word != job.progress.state else ""
    mark = " · :violet[:material/science: simulated]" if job.simulated else ""
    return f"**{plain(job.title or 'Batch')}** · {plain(str(job.model))} · {sign}{said}{mark}"


def _buttons(store: Store, job: Job, endpoint: Endpoint) -> None:
    offered: list[tuple[str, str, Act, bool]] = [
        ("Look", "refresh", batch.look, bool(job.remote_id) and not job.progress.over),
        ("Collect", "download", batch.collect, _has_answers(job) and job.run_id is None),
        (
            "Cancel",
            "stop_circle",
            batch.cancel,
            bool(job.remote_id) and job.progress.state in ("waiting", "running"),
        ),
        ("Delete", "delete", batch.delete, job.progress.over or not job.remote_id),
    ]
    with st.container(horizontal=True):
        for label, icon, act, there in offered:
            key = f"lab_batch_{label.lower()}_{job.id}"
            if there and st.button(label, icon=f":material/{icon}:", key=key):
                whole = jobs.find(store, job.id, owner=visitor()) or job
                _do(store, [(endpoint, partial(_acted, act, whole))])
                st.rerun()


async def _acted(act: Act, job: Job, desk: Desk) -> Done:
    return await act(desk, job)


def _has_answers(job: Job) -> bool:
    return job.progress.state in ("done", "stopped", "expired")


def _do(store: Store, works: Sequence[tuple[Endpoint, Work]]) -> None:
    """Do these one after the other; what was on the wire is shown, and what went wrong is said.

    Streamlit is asked for nothing between them: a press that has come meanwhile would end it there, half done.
    """
    mine, mask = visitor() or "", redactor()
    exchanges: list[Exchange] = []
    failed: list[str] = []
    for endpoint, work in works:
        desk = partial(Desk, store=store, endpoint=endpoint, owner=mine, redactor=mask)
        try:
            done = waited(partial(_at, desk, work), SECONDS, provider_of(endpoint.provider).label)
            exchanges += done.exchanges
        except ProviderError as error:
            failed.append(error.failure.told)
        except Late as late:
            failed.append(str(late))
    once.started()
    if exchanges:
        st.session_state[names.lab(PANEL, "wire")] = tuple(exchanges)
    if failed:
        st.session_state[names.lab(PANEL, "failed")] = " ".join(failed)


async def _at(desk: Callable[..., Desk], work: Work, pool: Any) -> Done:
    return await work(desk(pool=pool))


def _said() -> None:
    """What the last act met, and what it had on the wire."""
    failed = st.session_state.pop(names.lab(PANEL, "failed"), None)
    if failed:
        st.error(plain(failed), icon=":material/error:")
    exchanges: tuple[Exchange, ...] = st.session_state.get(names.lab(PANEL, "wire"), ())
    if not exchanges:
        return
    many = "exchange" if len(exchanges) == 1 else "exchanges"
    with st.expander(f"On the wire: {len(exchanges)} {many}", icon=":material/http:"):
        for number, exchange in enumerate(exchanges):
            status = f" → {exchange.status}" if exchange.status else ""
            st.caption(f"{exchange.method} {plain(exchange.url)}{status}")
            response = Response(model=default_model(), exchange=exchange, streamed=False)
            key = f"lab_batch_wire_{number}"
            chosen = st.segmented_control(
                "Part", SHOWN, key=key, default=SHOWN[0], label_visibility="collapsed"
            )
            if chosen:
                VIEWS[chosen].draw(Request.ask(default_model(), ""), response, None, key)


def _answers(job: Job, run: Run) -> None:
    alone = batch.synchronous(run)
    batched, single = batch.total([r.cost for r in run.responses]), batch.total(alone)
    if batched is not None and single is not None:
        st.markdown(
            dollars(f"**{fmt.money(batched)}** as a batch, {fmt.money(single)} as single calls.")
        )
    rows = list(zip(job.keys, run.requests, run.responses, alone, strict=True))
    st.dataframe(
        {
            "Row": [key for key, _, _, _ in rows],
            "Prompt": [request.messages[-1].text[:200] for _, request, _, _ in rows],
            "Answer": [r.text[:400] if r.ok else r.ending for _, _, r, _ in rows],
            "Input": [r.usage.input_tokens for _, _, r, _ in rows],
            "Output": [r.usage.output_tokens for _, _, r, _ in rows],
            "Batch": [fmt.money(r.cost.total) if r.cost else "n/a" for _, _, r, _ in rows],
            "Single call": [fmt.money(c.total) if c else "n/a" for _, _, _, c in rows],
        },
        hide_index=True,
        column_order=("Row", "Answer", "Input", "Output", "Batch", "Single call", "Prompt"),
        column_config={"Answer": st.column_config.TextColumn(width="medium")},
        alt=f"Answers of {job.title}",
    )
    first = next((r for r in run.responses if r.cost), None)
    if first and first.cost:
        with st.popover("Receipt of the first row", icon=":material/receipt_long:"):
            st.markdown(receipt(first.cost))
