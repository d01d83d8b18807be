"""What the panels of the API lab and batches print."""

from __future__ import annotations

from playground.cli.schemas.kinds import (
    ANY,
    FLAG,
    MONEY,
    NUMBER,
    TEXT,
    TEXTS,
    THING,
    WHOLE,
    either,
    many,
    maybe,
    named,
    noun,
    record,
    ref,
    told,
    without,
)
from playground.cli.schemas.limits import FAILED
from playground.created import Created
from playground.domain.cost import Cost
from playground.domain.exchange import Exchange
from playground.domain.failure import Failure
from playground.domain.job import Job, Progress
from playground.domain.response import Response
from playground.domain.usage import Usage
from playground.lab.caching import BreakEven
from playground.lab.schema_lint import Finding
from playground.lab.structured import Verdict

_USAGE, _COST, _FAILURE = ref("Usage"), ref("WholeCost"), ref("WholeFailure")
_RESPONSE, _EXCHANGE = ref("WholeResponse"), ref("Exchange")

_JOB = noun(Job, "requests", progress=noun(Progress, "raw"), failure=maybe(_FAILURE))
_LINE = record(
    "",
    key=TEXT,
    text=TEXT,
    failure=maybe(_FAILURE),
    finish_reason=maybe(TEXT),
    usage=_USAGE,
    cost=maybe(_COST),
    synchronous_cost=maybe(MONEY, "As a single call."),
)
_BATCH = without(
    {
        **record(
            "A batch; once it is collected with its answers and what they cost either way.",
            **_JOB["properties"],
            cost=record("", batch=maybe(MONEY), synchronous=maybe(MONEY)),
            lines=many(_LINE),
        )
    },
    "cost",
    "lines",
)
DEFS = {
    "Batch": _BATCH,
    "Usage": noun(Usage),
    "WholeCost": noun(Cost),
    "WholeFailure": noun(Failure),
    "WholeResponse": noun(Response, usage=_USAGE, cost=maybe(_COST), failure=maybe(_FAILURE)),
    "Exchange": noun(Exchange),
}
"""What several of them print; `Whole…` is all that is known, `ask` prints less."""
BATCH = ref("Batch")
BATCHES = record("Batches, the newest first.", jobs=many(BATCH))
SUBMITTED = either(BATCH, record("Of an experiment: a batch a model.", jobs=many(BATCH)))

WIRE = record(
    "What went over the wire, byte for byte; secrets are masked.",
    simulated=FLAG,
    exchanges=many(_EXCHANGE),
)
_DOOR = record(
    "",
    door=TEXT,
    model=TEXT,
    simulated=FLAG,
    status=maybe(WHOLE),
    request_bytes=WHOLE,
    response_bytes=WHOLE,
    events=WHOLE,
    event_kinds=named(WHOLE),
    usage=maybe(THING, "As the provider sent it."),
    time_to_first_text=maybe(NUMBER),
    duration=maybe(NUMBER),
    input_tokens=maybe(WHOLE),
    output_tokens=maybe(WHOLE),
    failure=FAILED,
)
_LIMIT = record("", door=TEXT, what=TEXT, effect=TEXT, says=TEXT, url=TEXT, as_of=TEXT, note=TEXT)
DOORS = record(
    "All doors side by side.",
    simulated=FLAG,
    doors=many(_DOOR),
    limits=many(_LIMIT, "What a compatible door leaves out."),
)
_FAILED = record(
    "",
    model=TEXT,
    door=TEXT,
    simulated=FLAG,
    status=maybe(WHOLE),
    state=TEXT,
    finish_reason=maybe(TEXT),
    raw=told(TEXT, "The body as it came."),
    type=maybe(TEXT),
    meaning=maybe(TEXT),
    next_step=maybe(TEXT),
    retry_after=maybe(NUMBER, "Seconds."),
    chat=told(TEXT, "What a chat product would show."),
    code=told(TEXT, "Code that handles it."),
)
ERRORS = record(
    "One fault at every door.", fault=TEXT, title=TEXT, happens=TEXT, lanes=many(_FAILED)
)
_PART = record("", name=TEXT, same=FLAG, said=TEXT, changes=TEXTS, diff=TEXTS)
GATEWAY = record(
    "What a gateway made of a call.",
    simulated=FLAG,
    ok=FLAG,
    calls=told(WHOLE, "How often it asked the provider."),
    parts=many(_PART),
)
STRUCTURED = record(
    "A schema at each model.",
    lab={"const": "structured"},
    run_id=TEXT,
    simulated=FLAG,
    schema=told(ANY, "As it was given."),
    findings=many(noun(Finding), "Before sending."),
    common_schema=told(ANY, "What all providers take."),
    changes=TEXTS,
    lanes=many(
        record(
            "",
            model=TEXT,
            valid=WHOLE,
            n=WHOLE,
            failure_rate=maybe(NUMBER),
            cost=maybe(MONEY),
            answers=many(noun(Verdict)),
        )
    ),
    differences=named(TEXTS, "Field → each lane's value."),
)
_RAN = record(
    "", id=TEXT, name=TEXT, arguments=ANY, result=TEXT, is_error=FLAG, duration=maybe(NUMBER)
)
_HOP = record(
    "",
    run_id=TEXT,
    text=TEXT,
    finish_reason=maybe(TEXT),
    failure=FAILED,
    input_tokens=maybe(WHOLE),
    output_tokens=maybe(WHOLE),
    cost=maybe(MONEY),
    duration=maybe(NUMBER),
    tools=many(_RAN, "What ran before the next hop."),
)
_LOOP = {
    "id": TEXT,
    "model": TEXT,
    "ended": TEXT,
    "problem": TEXT,
    "text": TEXT,
    "calls": WHOLE,
    "input_tokens": maybe(WHOLE),
    "output_tokens": maybe(WHOLE),
    "cost": maybe(MONEY),
    "duration": maybe(NUMBER),
    "simulated": FLAG,
    "hops": many(_HOP),
}
TOOLS = record(
    "The loop at each model, hop by hop.", lab={"const": "tools"}, lanes=many(record("", **_LOOP))
)
_THOUSAND = {"cost": maybe(MONEY), "hours": maybe(NUMBER)}
_JOB_LANE = record(
    "",
    **_LOOP,
    verdict=TEXT,
    why=TEXT,
    per_1000=record("", input_tokens=maybe(WHOLE), output_tokens=maybe(WHOLE), **_THOUSAND),
)
_STEP = record(
    "",
    step=TEXT,
    model=maybe(TEXT),
    result=ANY,
    ok=maybe(FLAG),
    input_tokens=maybe(WHOLE),
    output_tokens=maybe(WHOLE),
    cost=maybe(MONEY),
    duration=maybe(NUMBER),
)
_MIX = record(
    "",
    mix=TEXT,
    done=FLAG,
    problem=maybe(TEXT),
    row=maybe(ANY),
    steps=many(_STEP),
    cost=maybe(MONEY),
    duration=maybe(NUMBER),
    simulated=FLAG,
    per_1000=record("", **_THOUSAND),
)
JOBS = either(
    record("A job at each model.", lab={"const": "jobs"}, job=TEXT, lanes=many(_JOB_LANE)),
    record(
        "The chain by mix of models.",
        lab={"const": "jobs"},
        job={"const": "chain"},
        mixes=many(_MIX),
    ),
    named(TEXT, "Without a job: each with what it does."),
)
_CACHE = record(
    "",
    read=maybe(WHOLE),
    shared=maybe(WHOLE, "Tokens that both began with."),
    reasons=many(ANY, "Why it missed."),
    difference=maybe(THING),
    again_tokens=maybe(WHOLE),
    again_cost=maybe(MONEY),
    provider_says=maybe(TEXT),
)
_PAIR = record(
    "",
    simulated=FLAG,
    model=TEXT,
    calls=many(record("", usage=_USAGE, cost=maybe(_COST), failure=maybe(_FAILURE))),
    cache=_CACHE,
    stored=maybe(THING),
    storage=maybe(_COST),
    break_even=maybe(noun(BreakEven)),
    problem=TEXT,
)
_CACHED_TURN = record(
    "",
    turn=told(WHOLE, "From 1."),
    model=TEXT,
    usage=_USAGE,
    cost=maybe(_COST),
    cache=maybe(_CACHE, "null where there is nothing to tell."),
)
CACHING = either(
    record("A long prefix sent twice.", pairs=many(_PAIR)),
    record("With --conversation: a kept one, turn by turn.", turns=many(_CACHED_TURN)),
)
CREATED = record(
    "What was made at providers and is still there.", created=many(noun(Created, note=TEXT))
)
_TURN = record(
    "",
    number=WHOLE,
    message=TEXT,
    ran=many(ANY),
    billed_with_the_next=FLAG,
    input_tokens_again=maybe(WHOLE),
    input_tokens_new=maybe(WHOLE),
    response=_RESPONSE,
    events=many(record("", offset=NUMBER, direction=TEXT, type=TEXT, data=ANY)),
)
REALTIME = record(
    "A session, message by message and turn by turn.",
    sessions=many(record("", model=TEXT, simulated=FLAG, cost=maybe(MONEY), turns=many(_TURN))),
)
_FEE = record("", what=TEXT, amount=maybe(MONEY), how=TEXT, source=TEXT, as_of=TEXT)
FILE_SEARCH = record(
    "What was found in a store of files, and what it cost.",
    answers=many(
        record(
            "",
            model=TEXT,
            simulated=FLAG,
            store=maybe(THING),
            chunks=many(THING),
            retrieved_tokens=maybe(WHOLE),
            retrieved_tokens_estimated=maybe(WHOLE),
            fees=many(_FEE),
            store_cost=maybe(_COST),
            response=_RESPONSE,
            exchanges=many(_EXCHANGE, "Of the store: made, filled, deleted."),
        )
    ),
)
_MEASURED = record(
    "",
    model=TEXT,
    rule_tokens=maybe(WHOLE),
    rule=maybe(record("", how=TEXT, source=TEXT, as_of=TEXT)),
    counted_tokens=maybe(WHOLE),
    problem=TEXT,
    hosted=maybe(THING),
    answers=many(
        record(
            "",
            sent={"enum": ["by_id", "inline"]},
            request_characters=maybe(WHOLE),
            response=_RESPONSE,
        )
    ),
)
FILES = record(
    "What an image or a PDF becomes in tokens.",
    file=record("", name=maybe(TEXT), media_type=TEXT, bytes=WHOLE, shape=ANY),
    models=many(_MEASURED),
)
