"""The Jobs panel: ready samples of the jobs that people bring an API in for, and one chain of them by mix of models."""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import streamlit as st

from playground import catalog
from playground import figures as fmt
from playground.domain import Endpoint, ModelRef
from playground.domain.hops import Hops
from playground.lab import chain as chains
from playground.lab import jobs as lab
from playground.ui import names
from playground.ui.api_lab import asking
from playground.ui.parts import hops as parts
from playground.ui.parts import markdown
from playground.ui.parts.tables import money, written
from playground.ui.session import loops
from playground.ui.session.state import owner

PANEL = "jobs"
MOST = 4
CHAIN = "chain"
TITLES = {**{job.name: job.title for job in lab.JOBS.values()}, CHAIN: "Chain of five steps"}
STEPS = ("form", "classify", "look up the CRM", "draft", "write the row")
TICK = 0.25


def view(where: Mapping[str, Endpoint]) -> None:
    """The whole panel."""
    _follow_the_address()
    name = st.pills(
        "Job",
        [*TITLES],
        format_func=TITLES.__getitem__,
        default=next(iter(TITLES)),
        key=names.lab(PANEL, "job"),
        persist_state="session",
        required=True,
    )
    if name == CHAIN:
        _chain(where)
    else:
        _job(lab.JOBS[name or "form"], where)


def _follow_the_address() -> None:
    """Open the job whose loops the address names since it changed."""
    group, seen = loops.group_of(PANEL), names.lab(PANEL, "seen")
    if not group or st.session_state.get(seen) == group:
        return
    st.session_state[seen] = group
    if chains.find(group, owner()):
        st.session_state[names.lab(PANEL, "job")] = CHAIN
        return
    _, found = loops.looked_at(PANEL)
    done = next((job.name for job in lab.JOBS.values() if found and lab.is_of(job, found)), None)
    if done:
        st.session_state[names.lab(PANEL, "job")] = done


def _job(job: lab.Job, where: Mapping[str, Endpoint]) -> None:
    under_way, found = loops.looked_at(PANEL)
    job = replace(job, prompt=_sample(job))
    models = asking.models_field(PANEL, where, most=MOST, default=catalog.defaults())
    if st.button(
        "Do the job",
        type="primary",
        icon=":material/send:",
        key="lab_jobs_send",
        disabled=not (models and job.prompt.strip()) or any(not loop.done for loop in under_way),
    ):
        group = uuid.uuid4().hex
        lab.begin(job, models, loops.sending(where, group))
        st.session_state[names.lab(PANEL, "seen")] = group
        loops.look_at(PANEL, group)
        st.rerun()
    if any(not loop.done for loop in under_way):
        loops.follow(under_way, parts.lanes, "lab_jobs")
    elif found and lab.is_of(job, found):
        _results(job, found)
    else:
        asking.empty(
            PANEL,
            "a job done: press **Do the job** and see each model's answer, whether a program could use it, and what 1,000"
            " such cases would cost.",
        )


def _sample(job: lab.Job) -> str:
    """What is sent: the prompt, which can be changed, the schema, the functions, the document."""
    key = names.lab(PANEL, f"prompt_{job.name}")
    st.session_state.setdefault(key, job.prompt)
    with st.expander("What is sent", icon=":material/outbox:", expanded=True):
        if job.system:
            st.caption(f"System: {markdown.safe(job.system)}")
        prompt = st.text_area(
            "Prompt",
            key=key,
            height=160,
            persist_state="session",
            max_chars=asking.MOST_CHARACTERS,
        )
        if job.document:
            st.caption("With this PDF of one page:")
            st.code("\n".join(job.document), language=None, wrap_lines=True)
        if job.functions:
            listed = ", ".join(markdown.code(f.tool.name) for f in job.functions)
            st.caption(f"With the functions {listed}, which run here.")
        if job.schema is not None:
            st.caption("Its answer must follow this schema:")
            st.code(json.dumps(job.schema, indent=2), language="json")
    return prompt or ""


def _results(job: lab.Job, found: Sequence[Hops]) -> None:
    parts.lanes(found)
    rows = [(hops, lab.verdict(job, hops), lab.per_thousand(hops)) for hops in found]
    table: dict[str, list[Any]] = {
        "Model": [str(hops.model) for hops, _, _ in rows],
        "Usable": [verdict.state for _, verdict, _ in rows],
        "Why not": [verdict.why for _, verdict, _ in rows],
        "Cost": [_float(hops.cost) for hops, _, _ in rows],
        "Duration": [hops.duration for hops, _, _ in rows],
        "Cost of 1,000": [_float(many["cost"]) for _, _, many in rows],
        "Hours for 1,000": [many["hours"] for _, _, many in rows],
    }
    _table(table, "What the job took at each model")
    parts.wire(found, "lab_jobs_wire")
    _download(lab.document(job, found), job.name)


def _float(value: Any) -> float | None:
    return None if value is None else float(value)


def _table(table: Mapping[str, list[Any]], alt: str) -> None:
    how = {
        "Cost": money,
        "Cost of 1,000": money,
        "Duration": fmt.seconds,
        "Hours for 1,000": lambda hours: f"{hours:.2f} h",
    }
    shown = {name: word for name, word in how.items() if name in table}
    st.dataframe(written(table, shown), hide_index=True, placeholder=fmt.NOT_AVAILABLE, alt=alt)


def _download(document: Any, name: str) -> None:
    st.download_button(
        "JSON",
        json.dumps(document, indent=2, ensure_ascii=False),
        file_name=f"job-{name}.json",
        icon=":material/download:",
        on_click="ignore",
        key="lab_jobs_json",
    )


def _chain(where: Mapping[str, Endpoint]) -> None:
    st.caption(" → ".join(STEPS) + ". Two of the steps are plain code and cost nothing.")
    models = asking.models_field(
        "jobs_chain",
        where,
        most=2,
        default=[ModelRef.parse(chains.STRONG), ModelRef.parse(chains.SMALL)],
    )
    begun = chains.find(loops.group_of(PANEL), owner())
    if st.button(
        "Run the chain",
        type="primary",
        icon=":material/send:",
        key="lab_jobs_chain",
        disabled=len(models) != 2 or bool(begun and not begun.done),
        help="The first model is the strong one, the second the small one.",
    ):
        wanted = chains.mixes(models[0], models[1])
        group = uuid.uuid4().hex
        begun = chains.begin(wanted, loops.sending(where, group))
        st.session_state[names.lab(PANEL, "seen")] = group
        loops.look_at(PANEL, group)
        st.rerun()
    if begun is None:
        asking.empty(
            PANEL,
            "a chain by mix of models: press **Run the chain** and see the tokens, dollars and time of each step.",
        )
    elif begun.done:
        _chained([one.state for one in begun.chains])
    else:
        _follow(begun)


def _follow(begun: chains.Chains) -> None:
    if st.button("Stop", icon=":material/stop:", key="lab_jobs_chain_stop"):
        begun.stop()
    place = st.empty()
    while not begun.done:
        told = [
            f"{one.state.mix.name}: {len(one.state.steps)} of {len(STEPS)}" for one in begun.chains
        ]
        place.info(" · ".join(told), icon=":material/hourglass_top:")
        time.sleep(TICK)
    st.rerun()


def _chained(done: Sequence[chains.Chained]) -> None:
    totals: dict[str, list[Any]] = {
        "Mix": [one.mix.name for one in done],
        "Row written": ["yes" if one.row else "no" for one in done],
        "Cost": [_float(one.cost) for one in done],
        "Duration": [one.duration for one in done],
        "Cost of 1,000": [_float(one.per_thousand["cost"]) for one in done],
        "Hours for 1,000": [one.per_thousand["hours"] for one in done],
    }
    _table(totals, "What each mix took")
    st.caption(
        "Hours: one case after the other; several at once take less, up to your rate limits."
    )
    for column, one in zip(st.columns(len(done)), done, strict=True):
        with column.container(border=True):
            _mix(one)
    rows = [{"mix": one.mix.name, **one.row} for one in done if one.row]
    if rows:
        st.subheader("Rows written", anchor=False)
        st.dataframe(rows, hide_index=True, alt="The rows that the chains wrote")
    _download(chains.document(done), CHAIN)


def _mix(one: chains.Chained) -> None:
    simulated = any(step.response.simulated for step in one.steps if step.response)
    st.markdown(f"**{one.mix.name}**")
    st.caption(markdown.dollars(f"Cost {fmt.money(one.cost)}{' · simulated' if simulated else ''}"))
    if one.problem:
        st.error(markdown.safe(one.problem))
    for number, step in enumerate(one.steps, 1):
        if step.response:
            usage = step.response.usage
            told = (
                f"{step.model} · {fmt.count(usage.input_tokens)} in, {fmt.count(usage.output_tokens)} out"
                f" · {fmt.money(step.cost)} · {fmt.seconds(step.duration)}"
            )
        else:
            told = f"plain code · {fmt.seconds(step.duration)}"
        shown = markdown.plain(told)
        st.markdown(f"**{number}. {step.name}** :small[{shown}]")
        st.code(step.result, language=None, wrap_lines=True, height=140)
