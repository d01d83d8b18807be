"""The Structured output panel: a schema, what each provider makes of it, and the answers judged by it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from playground import catalog
from playground import figures as fmt
from playground.domain import Endpoint
from playground.domain.provider import provider_of
from playground.engine import LiveRun
from playground.lab import schema_reading as reading
from playground.lab import structured as lab
from playground.lab.schema_common import common
from playground.lab.schema_lint import PROVIDERS, Finding, lint
from playground.ui import names
from playground.ui.api_lab import asking
from playground.ui.parts import markdown
from playground.ui.parts.number_field import number_field
from playground.ui.parts.project import take_away
from playground.ui.parts.views import VIEWS
from playground.ui.session import compose
from playground.ui.session.looking import Place, looked_at

PANEL = "structured"
SIGNS = {
    "refused": ":red[:material/block:]",
    "may be refused": ":orange[:material/help:]",
    "ignored": ":orange[:material/visibility_off:]",
    "moved": ":blue[:material/swap_horiz:]",
}
FORM_START = (
    {"name": "name", "type": "text", "description": "Full name", "values": "", "needed": True},
    {"name": "seats", "type": "whole number", "description": "", "values": "", "needed": True},
    {
        "name": "urgency",
        "type": "one of",
        "description": "",
        "values": "low, normal, urgent",
        "needed": True,
    },
)
WAYS = ("Pydantic or JSON", "Form")


def _fill(run: LiveRun) -> None:
    request = run.lanes[0].request
    models = dict.fromkeys(str(lane.request.model) for lane in run.lanes)
    st.session_state[names.lab(PANEL, "prompt")] = compose.prompt_of(request)
    st.session_state[names.lab(PANEL, "models")] = [*models]
    schema = json.dumps(request.settings.response_schema or {}, indent=2, ensure_ascii=False)
    st.session_state[names.lab(PANEL, "schema")] = schema


PLACE = Place("run", _fill, page=PANEL)


def view(where: Mapping[str, Endpoint]) -> None:
    """The whole panel."""
    run = looked_at(PLACE)
    schema = _schema()
    prompt = asking.prompt_field(PANEL, lab.PROMPT)
    models = asking.models_field(PANEL, where, most=4, default=catalog.defaults())
    times = number_field(
        "Times each",
        names.lab(PANEL, "times"),
        first=2,
        least=1,
        most=lab.MOST_TIMES,
        width=140,
    )
    sent: list[Any] = []
    if schema is not None:
        schema = _linted(schema)
        asked = lab.Asked(models=models, schema=schema, prompt=prompt, times=int(times.value or 1))
        sent = lab.requests(asked) if prompt.strip() and not times.wrong else []
    asking.send(PLACE, run, sent, where, key="lab_structured_send")
    if sent:
        take_away(sent[:1], where.get(models[0].provider), "lab_structured", kind="schema")
    if run is None:
        asking.empty(
            PANEL,
            "which parts of a schema each provider takes, and how often its answers hold to it: press **Send**, or fit the"
            " schema to all first.",
        )
    elif asking.ended(run, "lab_structured_live"):
        _results(run)


def _schema() -> dict[str, Any] | None:
    """The schema that is written here; None after saying why there is none."""
    way = st.segmented_control(
        "Schema from",
        WAYS,
        default=WAYS[0],
        key=names.lab(PANEL, "way"),
        required=True,
        persist_state="session",
    )
    try:
        if way == "Form":
            return reading.from_form(_form())
        st.session_state.setdefault(names.lab(PANEL, "schema"), lab.SAMPLE)
        text = st.text_area(
            "JSON Schema, or Pydantic classes as text (read, never run)",
            key=names.lab(PANEL, "schema"),
            height=300,
            persist_state="session",
            max_chars=asking.MOST_CHARACTERS,
        )
        return reading.read(text or "")
    except reading.Unread as error:
        st.error(markdown.safe(str(error)))
        return None


def _form() -> list[dict[str, Any]]:
    rows = st.data_editor(
        list(FORM_START),
        num_rows="dynamic",
        hide_index=True,
        key=names.lab(PANEL, "form"),
        column_config={
            "name": "Field",
            "type": st.column_config.SelectboxColumn("Type", options=reading.FORM_TYPES),
            "description": "Description",
            "values": "One of (commas)",
            "needed": st.column_config.CheckboxColumn("Required"),
        },
    )
    found: list[dict[str, Any]] = rows if isinstance(rows, list) else rows.to_dict("records")
    return found


def _linted(schema: dict[str, Any]) -> dict[str, Any]:
    """What the providers make of it, and the schema to send: as it is, or the one that all take."""
    found = lint(schema)
    made = common(schema)
    if not found:
        st.success("All three providers take this schema as it is.", icon=":material/check:")
    else:
        for column, provider in zip(st.columns(len(PROVIDERS)), PROVIDERS, strict=True):
            with column:
                _findings(provider, [f for f in found if f.provider == provider])
    with st.expander("A schema that all take", icon=":material/rule:"):
        for change in made.changes:
            st.markdown(f"- {change}")
        st.code(json.dumps(made.schema, indent=2, ensure_ascii=False), language="json")
    all_ = st.toggle(
        "Send the schema that all take",
        value=False,
        key=names.lab(PANEL, "common"),
        disabled=not made.changes,
        persist_state="session",
    )
    return made.schema if all_ else schema


def _findings(provider: str, found: Sequence[Finding]) -> None:
    with st.container(border=True):
        st.markdown(f"**{provider_of(provider).label}**")
        if not found:
            st.markdown(":green[:material/check:] takes it as it is")
        for one in found:
            place = markdown.code(one.place or "root")
            source = (
                f" [source]({one.source})" if one.source.startswith("http") else f" ({one.source})"
            )
            st.markdown(
                f"{SIGNS[one.action]} **{one.action}**: {markdown.code(one.what)} at {place}. {one.why} :small[{source}]"
            )


def _results(run: LiveRun) -> None:
    found = lab.tallies(run.run())
    for column, tally in zip(st.columns(len(found)), found, strict=True):
        with column.container(border=True):
            _tally(tally)
    differing = lab.differences(found)
    if len(found) > 1 and differing:
        st.subheader("Where the answers differ", anchor=False)
        table = {"Field": [*differing]}
        for number, tally in enumerate(found):
            table[str(tally.model)] = [values[number] for values in differing.values()]
        st.dataframe(table, hide_index=True, alt="Fields in which the first answers differ")
    _wire(run)
    schema = dict(run.lanes[0].request.settings.response_schema or {})
    st.download_button(
        "JSON",
        json.dumps(lab.document(run.run(), schema), indent=2, ensure_ascii=False),
        file_name="structured.json",
        icon=":material/download:",
        on_click="ignore",
        key="lab_structured_json",
    )


def _tally(tally: lab.Tally) -> None:
    st.markdown(f"**{markdown.plain(str(tally.model))}**")
    n, rate = len(tally.verdicts), tally.failure_rate
    told = [f"{tally.valid} of {n} valid"]
    if rate is not None:
        told.append(f"failure rate {rate:.0%}")
    if any(response.simulated for response in tally.responses):
        told.append("simulated")
    st.caption(" · ".join(told))
    for number, (verdict, response) in enumerate(
        zip(tally.verdicts, tally.responses, strict=True), 1
    ):
        color = "green" if verdict.state == "valid" else "red"
        cost = markdown.dollars(fmt.cost(response.cost))
        tokens = fmt.count(response.usage.output_tokens)
        st.markdown(
            f":{color}-badge[{verdict.state}] :small[answer {number} · {tokens} out · Cost {cost}]"
        )
        if verdict.why:
            st.caption(markdown.safe(verdict.why))
    if tally.verdicts[0].value is not None:
        st.json(tally.verdicts[0].value, expanded=True)


def _wire(run: LiveRun) -> None:
    """The request as it was sent, in the dialect of each provider."""
    with st.expander("In each provider's dialect, on the wire", icon=":material/lan:"):
        first = {lane.request.model: lane for lane in reversed(run.lanes)}
        models = [*reversed([*first])]
        chosen = st.selectbox(
            "Model",
            range(len(models)),
            format_func=lambda n: str(models[n]),
            key="lab_structured_lane",
        )
        lane = first[models[chosen]]
        if lane.response:
            VIEWS["Request"].draw(lane.request, lane.response, None, f"lab_structured_{run.id}")
