"""What the commands print with --json, as one JSON Schema: each command's document under its name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, get_args

from playground.catalog import Model
from playground.classes.nouns import ROLES
from playground.domain import CostLine, PriceSource
from playground.domain.described import MONEY, schema_of
from playground.domain.ending import STATES
from playground.domain.failure import FAILURE_TYPES
from playground.domain.model import Source
from playground.figures import FIGURES
from playground.history.labels import Row
from playground.pricing import Price

Schema = dict[str, Any]
TEXT: Schema = {"type": "string"}
WHOLE: Schema = {"type": "integer"}
NUMBER: Schema = {"type": "number"}
FLAG: Schema = {"type": "boolean"}
TEXTS: Schema = {"type": "array", "items": TEXT}
ANY: Schema = {}


def maybe(kind: Schema, said: str = "") -> Schema:
    """The same, or null where it is not known."""
    return {"anyOf": [kind, {"type": "null"}]} | ({"description": said} if said else {})


def told(kind: Schema, said: str) -> Schema:
    """The same with what it is."""
    return {**kind, "description": said}


def many(kind: Schema, said: str = "") -> Schema:
    """A list of them."""
    return {"type": "array", "items": kind} | ({"description": said} if said else {})


def record(said: str = "", **fields: Schema) -> Schema:
    """An object with exactly these fields, all of them always there."""
    made = {"type": "object", "properties": fields, "required": [*fields]}
    return {"description": said, **made, "additionalProperties": False}


def outline(said: str, names: str) -> Schema:
    """An object with exactly these fields; what stands in them is not promised."""
    return record(said, **dict.fromkeys(names.split(), ANY))


def document() -> Schema:
    """The schema of all of them."""
    defs = _defs()
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "What `playground … --json` prints",
        "description": "Each property is a command. Money is exact decimal text in USD, times are seconds, unknown is null.",
        "type": "object",
        "properties": commands(),
        "additionalProperties": False,
        "$defs": defs,
    }


def commands() -> Mapping[str, Schema]:
    """Command → what it prints; a row here is what makes a shape one that scripts may rely on."""
    forecast = {"forecast": maybe(_FORECAST, "What it was likely to cost before it was sent.")}
    return {
        "ask": _run(forecast),
        "recorded ask": _run(forecast),
        "bench": outline(
            "Percentiles, intervals and what differs, model by model.",
            "experiment_id name digest state note simulated requests failures elapsed requests_per_second pass_rate warm_up"
            " waiting uncertain unjudged skipped exchanges models comparisons turned pareto",
        ),
        "ladder": outline("Each step with its answers.", "run_id simulated steps forecast"),
        "bill": outline("A bill beside the receipts.", "bills lines differences troubles notes"),
        "experiment validate": outline("Calls, and every mistake by its line.", "cells mistakes"),
        "experiment checks": outline("What can be checked.", "checks combining left_out"),
        "lab wire": outline("What went over the wire.", "simulated exchanges"),
        "lab doors": outline("All doors side by side.", "simulated doors limits"),
        "prices check": outline(
            "What others have otherwise.", "compared differences missing version findings"
        ),
        "cost": _RECEIPT,
        "tokens": _TOKENS,
        "breakeven": _BREAKEVEN,
        "questions": many(_QUESTION, "The questions that fit, the best first."),
        "prices list": many({"$ref": "#/$defs/Price"}, "The rows that hold the filter."),
        "models": many({"$ref": "#/$defs/Model"}, "The catalog."),
        "endpoints list": many(_ENDPOINT, "Where each provider is; never a key."),
        "recorded list": many(_RECORDED, "The recorded answers."),
        "history list": many({"$ref": "#/$defs/Row"}, "Runs, the newest first."),
        "history search": many({"$ref": "#/$defs/Row"}, "Runs, the newest first."),
        "history cost": _SPENT,
        "history import": record("What each file brought.", files=many(_IMPORTED)),
        "history delete": record("Runs that are gone for good.", deleted=WHOLE),
        "endpoints add": record("What is kept.", name=TEXT, base_url=TEXT, key_env=maybe(TEXT)),
        "endpoints remove": record("What is kept no longer.", removed=TEXT),
        "code": record("The project that was written.", folder=TEXT, files=TEXTS),
        "lab": many(_PANEL, "The panels of the API lab."),
        "experiment list": record(
            "Experiments, the newest first.", experiments=many({"type": "object"})
        ),
        "class list": many(_CLASS, "Classes, the newest first; never a key."),
        "class show": record(
            "A class and its board.", **_CLASS["properties"], board=many(_MEMBER, "As they joined.")
        ),
        "class close": record("What is closed for good.", closed=TEXT),
        "batch list": record("Batches, the newest first.", jobs=many({"type": "object"})),
        "local find": record(
            "Models on this computer.",
            servers=many({"type": "object"}),
            files=many({"type": "object"}),
            ready=FLAG,
            model=TEXT,
        ),
    }


def of(command: str) -> Schema:
    """The schema of one command's document, with what it refers to."""
    return {**commands()[command], "$defs": document()["$defs"]}


def _defs() -> Schema:
    defs: Schema = {}
    for kind in (CostLine, PriceSource, Price, Model, Row):
        schema_of(kind, defs)
    return defs | {"Response": _RESPONSE, "Cost": _COST, "Failure": _FAILURE}


def _run(more: Mapping[str, Schema]) -> Schema:
    return record(
        "One run: what every model answered, in the order of the lanes.",
        run_id=TEXT,
        simulated=told(FLAG, "True when the built-in simulation answered any lane."),
        responses=many({"$ref": "#/$defs/Response"}),
        **more,
    )


def _figures(part: str) -> Schema:
    kinds = {"count": WHOLE, "money": MONEY, "text": TEXT}
    fields = {
        name: maybe(dict(kinds.get(figure.kind, NUMBER)), figure.help)
        for name, figure in FIGURES.items()
        if figure.document == part
    }
    return record("", **fields)


_FAILURE = record(
    "Why a call has no whole answer.",
    type={"enum": sorted(FAILURE_TYPES)},
    status=maybe(WHOLE, "HTTP status."),
    code=maybe(TEXT, "The provider's own word."),
    message=TEXT,
    next_step=told(TEXT, "What to do."),
)
_COST = record(
    "A receipt.",
    currency={"const": "USD"},
    total=dict(MONEY),
    lines=many({"$ref": "#/$defs/CostLine"}),
    price=record("The row that was used.", source=TEXT, as_of=TEXT),
    estimate=told(FLAG, "True when tokens were estimated by us rather than reported."),
    lower_bound=told(FLAG, "True when the real cost is at least this."),
    upper_bound=told(FLAG, "True when the real cost is at most this."),
    range=many(dict(MONEY), "The least and the most that the sources make of it."),
    notes=TEXTS,
)
_RESPONSE = record(
    "The answer of one model, also when the call failed.",
    provider=TEXT,
    api=told(TEXT, "The door."),
    model=told(TEXT, "What was asked for."),
    response_model=maybe(TEXT, "What the provider says answered."),
    text=TEXT,
    reasoning_text=TEXT,
    tool_calls=many(record("", id=TEXT, name=TEXT, arguments=ANY)),
    finish_reason=maybe(TEXT, "The provider's own word."),
    usage=_figures("usage"),
    timing=_figures("timing"),
    cost=maybe({"$ref": "#/$defs/Cost"}, "null where there is no price."),
    failure=maybe({"$ref": "#/$defs/Failure"}),
    request_id=maybe(TEXT, "The provider's id for its support."),
    refusal=maybe(TEXT),
    notes=TEXTS,
    state={"enum": sorted(STATES)},
    source={"enum": list(get_args(Source))},
)
_FORECAST = record(
    "",
    low=dict(MONEY),
    likely=dict(MONEY),
    high=maybe(dict(MONEY), "null where the output has no limit."),
    at_least=FLAG,
    unpriced=TEXTS,
    uncounted_files=WHOLE,
    by=TEXT,
)
_RECEIPT = {
    "anyOf": [
        record(
            "The receipt of a request that is only thought of.",
            total=dict(MONEY),
            currency={"const": "USD"},
            lines=many({"$ref": "#/$defs/CostLine"}),
            price={"$ref": "#/$defs/PriceSource"},
            range=many(dict(MONEY)),
            other=maybe({"$ref": "#/$defs/PriceSource"}, "Another source that disagrees."),
            lower_bound=FLAG,
            upper_bound=FLAG,
            notes=TEXTS,
        ),
        record(
            "A model without a price.",
            total={"type": "null"},
            currency={"const": "USD"},
            lines={"const": []},
            price={"type": "null"},
        ),
    ]
}
_COUNT = record(
    "",
    model=TEXT,
    tokens=maybe(WHOLE),
    estimate=FLAG,
    how=TEXT,
    context_window=maybe(WHOLE),
    input_cost=maybe(dict(MONEY)),
    provider_tokens=maybe(WHOLE, "As the provider's counting endpoint has it."),
)
_TOKENS = record(
    "The size of a text.",
    characters=WHOLE,
    bytes=WHOLE,
    words=WHOLE,
    simulated=FLAG,
    counts=many(_COUNT),
)
_PLACE = record("", source=TEXT, as_of=TEXT)
_BREAKEVEN = record(
    "What a conversation costs by API, beside each plan.",
    conversation=record("", turns=WHOLE, input_tokens=WHOLE, output_tokens=WHOLE, source=TEXT),
    plan_is_not_quota=TEXT,
    rows=many(
        record(
            "",
            product=TEXT,
            plan=TEXT,
            monthly=dict(MONEY),
            per=maybe(TEXT),
            model=TEXT,
            cost=maybe(dict(MONEY)),
            cost_cached=maybe(dict(MONEY)),
            conversations=maybe(NUMBER, "A month that cost as much as the plan."),
            conversations_cached=maybe(NUMBER),
            cap_conversations=maybe(NUMBER),
            exception=maybe(TEXT),
            conflict=maybe(TEXT),
            plan_source=_PLACE,
            price=maybe(_PLACE),
        )
    ),
)
_QUESTION = record("", question=TEXT, answer=TEXT, label=TEXT, link=TEXT, figures_from=TEXT)
_CLASS = record(
    "",
    id=TEXT,
    name=TEXT,
    state={"enum": ["open", "ended", "closed"]},
    created_at=TEXT,
    ends_at=TEXT,
    closed_at=maybe(TEXT),
    models=TEXTS,
    budget=told(MONEY, "For each."),
    total=told(MONEY, "For all together."),
    longest=told(WHOLE, "Output tokens that an answer may have."),
    simulated=FLAG,
    from_environment=told(FLAG, "Whether its keys are the server's own."),
)
_MEMBER = record(
    "",
    name=TEXT,
    role={"enum": list(ROLES)},
    joined_at=TEXT,
    removed_at=maybe(TEXT),
    budget=MONEY,
    runs=WHOLE,
    calls=WHOLE,
    failed=WHOLE,
    under_way=WHOLE,
    lost=told(WHOLE, "Calls that were cut off when their process ended: nobody knows their cost."),
    lost_most=told(MONEY, "What those may have cost at the most."),
    input_tokens=WHOLE,
    output_tokens=WHOLE,
    cost=told(MONEY, "Of the calls that have ended."),
    held=told(MONEY, "For those under way."),
    bounds=told(WHOLE, "Calls whose cost nobody said: they count at their most."),
    last=maybe(TEXT, "When the newest call was sent."),
)
_ENDPOINT = record("", name=TEXT, base_url=TEXT, key=told(TEXT, "Whether there is one."))
_RECORDED = record(
    "",
    id=TEXT,
    title=TEXT,
    shows=TEXTS,
    model=TEXT,
    recorded=told(TEXT, "ISO date."),
    source=TEXT,
    licence=TEXT,
    prompt=maybe(TEXT, "null where its call had no text that can be sent again."),
)
_SPENT = record(
    "What runs have cost.",
    by=TEXT,
    rows=many({"type": "object"}),
    total=maybe({"type": "object"}),
    not_in_history=dict(MONEY),
)
_IMPORTED = record("", file=TEXT, imported=WHOLE, already_here=WHOLE)
_PANEL = record(
    "",
    name=TEXT,
    title=TEXT,
    group=TEXT,
    look_for=TEXTS,
    documentation=many(record("", provider=TEXT, label=TEXT, url=TEXT)),
    needs_key=maybe(TEXT, "Why its sample needs a key; null where it needs none."),
)
