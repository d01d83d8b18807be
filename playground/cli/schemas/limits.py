"""What is printed of providers' limits and models: gauges, tiers, lists, days left, and the pack that moves prompts."""

from __future__ import annotations

from playground.cli.schemas.kinds import (
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
    record,
    ref,
)

FAILED = maybe(TEXT, "Why the call failed, in a sentence.")
_GAUGE = record(
    "",
    kind=TEXT,
    per=TEXT,
    limit=maybe(WHOLE),
    remaining=maybe(WHOLE),
    reset=maybe(NUMBER, "Seconds."),
    tightest=FLAG,
    used=maybe(NUMBER, "0 to 1."),
)
_TIER = record(
    "",
    provider=TEXT,
    tier=TEXT,
    condition=TEXT,
    ceiling_a_month=maybe(MONEY),
    per_minute=maybe(NUMBER),
    per_day=maybe(NUMBER),
    binds=maybe(TEXT),
    binds_the_day=maybe(TEXT),
    concurrency=maybe(NUMBER),
    lanes=maybe(WHOLE),
    cached_tokens_count=maybe(FLAG),
    replayed=maybe(record("", per_minute=NUMBER, requests=WHOLE, refused=WHOLE)),
    note=maybe(TEXT),
    source=TEXT,
    as_of=TEXT,
)
_TRY = record(
    "",
    call=WHOLE,
    said=TEXT,
    asked_seconds=maybe(NUMBER),
    waited_seconds=NUMBER,
    then=TEXT,
    **{"try": WHOLE},
)
_ACCESS = record(
    "",
    provider=TEXT,
    paid=FLAG,
    access=TEXT,
    limits=maybe(TEXT),
    content=maybe(TEXT),
    source=TEXT,
    as_of=TEXT,
)
LIMITS = record(
    "Limits as headers tell them, a burst, a plan and what is free.",
    gauges=many(
        record(
            "",
            model=TEXT,
            simulated=FLAG,
            tier=maybe(TEXT),
            binds=maybe(TEXT),
            gauges=many(_GAUGE),
            failure=FAILED,
        )
    ),
    bursts=named(many(_TRY), "Model → its tries, with --burst."),
    plans=many(
        record("", model=TEXT, wanted_per_minute=NUMBER, cheapest=maybe(TEXT), tiers=many(_TIER))
    ),
    access=many(_ACCESS),
)
_LISTING = record(
    "",
    provider=TEXT,
    simulated=FLAG,
    failure=FAILED,
    pages=WHOLE,
    cut=FLAG,
    models=many(THING, "The provider's own rows."),
    nameless=many(THING),
    compared=maybe(THING, "With the catalog."),
)
_SUCCESSOR = record("", model=TEXT, source=TEXT, as_of=TEXT, set=TEXT)
_DAYS = record(
    "",
    provider=TEXT,
    model=TEXT,
    days=WHOLE,
    here=maybe(TEXT),
    there=maybe(TEXT),
    source=maybe(TEXT),
    as_of=maybe(TEXT),
    successor=maybe(_SUCCESSOR),
)
_ANSWER = record(
    "",
    model=TEXT,
    simulated=FLAG,
    tokens_counted=maybe(WHOLE),
    input_tokens=maybe(WHOLE),
    output_tokens=maybe(WHOLE),
    cost=maybe(MONEY),
    per_1000_usd=maybe(MONEY),
    price=maybe(ref("PriceSource")),
    passes=maybe(FLAG),
    checks_passed=maybe(WHOLE),
    checks=maybe(WHOLE),
    why_not=maybe(TEXT),
    failure=FAILED,
    text=TEXT,
)
_MOVED = record(
    "",
    prompt=TEXT,
    version=maybe(WHOLE),
    case=maybe(TEXT),
    system=maybe(TEXT),
    text=TEXT,
    asked_with=THING,
    why=TEXT,
    last_run=maybe(TEXT),
    variables_without_a_value=TEXTS,
    days_left=maybe(WHOLE),
    successor=maybe(_SUCCESSOR),
    now=_ANSWER,
    after=_ANSWER,
    tokens_change=maybe(TEXT),
    cost_change=maybe(TEXT),
    settings=many(THING),
    limits=many(THING),
    words_in_common=NUMBER,
    word_diff=many(TEXTS),
)
MODELS = either(
    record(
        "What each models endpoint says, and the days left to each model.",
        endpoints=many(_LISTING),
        countdown=many(_DAYS),
    ),
    record(
        "With --pack: prompts moved to what follows.",
        made_on=TEXT,
        simulated=FLAG,
        pass_rates=many(THING),
        prompts=many(_MOVED),
    ),
)
