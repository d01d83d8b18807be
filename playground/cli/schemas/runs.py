"""What one run prints: what each model answered, with its figures, receipt and failure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import get_args

from playground.cli.schemas.kinds import (
    ANY,
    FLAG,
    MONEY,
    NUMBER,
    TEXT,
    TEXTS,
    THING,
    WHOLE,
    Schema,
    many,
    maybe,
    record,
    ref,
    told,
)
from playground.domain.ending import STATES
from playground.domain.failure import FAILURE_TYPES
from playground.domain.model import Source
from playground.figures import FIGURES


def run(more: Mapping[str, Schema]) -> Schema:
    return record(
        "One run: what every model answered, in the order of the lanes.",
        run_id=TEXT,
        simulated=told(FLAG, "True when the built-in simulation answered any lane."),
        responses=many(ref("Response")),
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


FAILURE = record(
    "Why a call has no whole answer.",
    type={"enum": sorted(FAILURE_TYPES)},
    status=maybe(WHOLE, "HTTP status."),
    code=maybe(TEXT, "The provider's own word."),
    message=TEXT,
    next_step=told(TEXT, "What to do."),
)
COST = record(
    "A receipt.",
    currency={"const": "USD"},
    total=MONEY,
    lines=many(ref("CostLine")),
    price=record("The row that was used.", source=TEXT, as_of=TEXT),
    estimate=told(FLAG, "True when tokens were estimated by us rather than reported."),
    lower_bound=told(FLAG, "True when the real cost is at least this."),
    upper_bound=told(FLAG, "True when the real cost is at most this."),
    range=many(MONEY, "The least and the most that the sources make of it."),
    notes=TEXTS,
)
RESPONSE = record(
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
    cost=maybe(ref("Cost"), "null where there is no price."),
    failure=maybe(ref("Failure")),
    request_id=maybe(TEXT, "The provider's id for its support."),
    refusal=maybe(TEXT),
    notes=TEXTS,
    state={"enum": sorted(STATES)},
    source={"enum": list(get_args(Source))},
)
_FORECAST = record(
    "",
    low=MONEY,
    likely=MONEY,
    high=maybe(MONEY, "null where the output has no limit."),
    at_least=FLAG,
    unpriced=TEXTS,
    uncounted_files=WHOLE,
    by=TEXT,
)
FORECAST = {"forecast": maybe(_FORECAST, "What it was likely to cost before it was sent.")}
_STEP = record(
    "",
    name=TEXT,
    parts=many(record("", name=TEXT, tokens=WHOLE, estimate=FLAG, model=TEXT)),
    left_out=many(ANY),
    responses=many(ref("Response")),
)
LADDER = record(
    "Each step with its answers.",
    run_id=TEXT,
    simulated=FLAG,
    steps=many(_STEP, "From the bare call upwards; `parts` are the input's tokens taken apart."),
    **FORECAST,
)
KEPT = record(
    "One run with everything that is known of it, in the shape that `history import` reads.",
    run_id=TEXT,
    simulated=FLAG,
    responses=many(THING, "As `ask` has them, with all times, attributes and exchanges."),
    created_at=told(TEXT, "ISO 8601 UTC."),
    requests=many(THING, "What was asked of each."),
    labels=told(THING, "Title, tags, note, department, star and vote."),
)
