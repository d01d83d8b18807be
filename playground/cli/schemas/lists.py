"""What lists, receipts and checks print."""

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
    noun,
    record,
    ref,
    told,
)
from playground.pricing.crosscheck import Difference
from playground.providers.freshness import Finding
from playground.providers.listed import ListedModel

RECEIPT = {
    "anyOf": [
        record(
            "The receipt of a request that is only thought of.",
            total=MONEY,
            currency={"const": "USD"},
            lines=many(ref("CostLine")),
            price=ref("PriceSource"),
            range=many(MONEY),
            other=maybe(ref("PriceSource"), "Another source that disagrees."),
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
    input_cost=maybe(MONEY),
    provider_tokens=maybe(WHOLE, "As the provider's counting endpoint has it."),
)
_ENCODED = record("Without a model.", encoding=TEXT, tokens=WHOLE, estimate=FLAG, how=TEXT)
TOKENS = record(
    "The size of a text.",
    characters=WHOLE,
    bytes=WHOLE,
    words=WHOLE,
    simulated=FLAG,
    counts=either(many(_COUNT), many(_ENCODED)),
)
_PLACE = record("", source=TEXT, as_of=TEXT)
BREAKEVEN = record(
    "What a conversation costs by API, beside each plan.",
    conversation=record("", turns=WHOLE, input_tokens=WHOLE, output_tokens=WHOLE, source=TEXT),
    plan_is_not_quota=TEXT,
    rows=many(
        record(
            "",
            product=TEXT,
            plan=TEXT,
            monthly=MONEY,
            per=maybe(TEXT),
            model=TEXT,
            cost=maybe(MONEY),
            cost_cached=maybe(MONEY),
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
QUESTION = record("", question=TEXT, answer=TEXT, label=TEXT, link=TEXT, figures_from=TEXT)
ENDPOINT = record("", name=TEXT, base_url=TEXT, key=told(TEXT, "Whether there is one."))
_RECORDED = {
    "id": TEXT,
    "title": TEXT,
    "shows": TEXTS,
    "model": TEXT,
    "recorded": told(TEXT, "ISO date."),
    "source": TEXT,
    "licence": TEXT,
    "prompt": maybe(TEXT, "null where its call had no text that can be sent again."),
}
RECORDED = record("", **_RECORDED)
RECORDED_ONE = record(
    "What one was asked, and where it comes from.",
    **_RECORDED,
    dated_by=told(TEXT, "What the day was read from."),
    turns=many(record("", role=TEXT, text=TEXT)),
    note=maybe(TEXT),
)
SPENT = record(
    "What runs have cost.",
    by=TEXT,
    rows=many(THING),
    total=maybe(MONEY),
    not_in_history=maybe(MONEY, "Of answers whose runs were not kept or are deleted."),
)
IMPORTED = record("", file=TEXT, imported=WHOLE, already_here=WHOLE)
PANEL = record(
    "",
    name=TEXT,
    title=TEXT,
    group=TEXT,
    look_for=TEXTS,
    documentation=many(record("", provider=TEXT, label=TEXT, url=TEXT)),
    needs_key=maybe(TEXT, "Why its sample needs a key; null where it needs none."),
)
_DIFFERENCE = record(
    "",
    reason=told(TEXT, "tier, cache, missing run, other keys, rounding, currency, …"),
    name=TEXT,
    provider=TEXT,
    day=maybe(TEXT),
    model=maybe(TEXT),
    tokens=maybe(WHOLE),
    usd=maybe(MONEY),
    said=told(TEXT, "A sentence."),
    runs=TEXTS,
)
BILL = record(
    "A bill beside the receipts.",
    bills=many(
        record(
            "",
            name=TEXT,
            layout=maybe(TEXT),
            provider=maybe(TEXT),
            first=maybe(TEXT),
            last=maybe(TEXT),
            zone=TEXT,
            simulated=FLAG,
        )
    ),
    lines=many(
        record(
            "",
            provider=TEXT,
            day=TEXT,
            model=maybe(TEXT),
            answers=WHOLE,
            billed_tokens=maybe(WHOLE),
            our_tokens=maybe(WHOLE),
            billed_usd=maybe(MONEY),
            our_usd=maybe(MONEY),
            agrees=FLAG,
        ),
        "By day and model.",
    ),
    differences=many(_DIFFERENCE, "Each with its reason."),
    troubles=many(record("", where=TEXT, what=TEXT)),
    notes=TEXTS,
)
CHATS = record(
    "What the conversations of an export cost as API calls.",
    product=maybe(TEXT),
    conversations=WHOLE,
    turns=WHOLE,
    messages=WHOLE,
    first=maybe(TEXT),
    last=maybe(TEXT),
    left_out=many(record("", where=TEXT, what=TEXT), "What could not be read."),
    costs=many(
        record(
            "",
            model=TEXT,
            low=maybe(
                MONEY, "USD without a cache and without reasoning; null where no price is known."
            ),
            high=maybe(MONEY, "With reasoning."),
            cached_low=maybe(MONEY),
            cached_high=maybe(MONEY),
            calls=WHOLE,
            priced=told(WHOLE, "Of the calls: those whose price is known, which are in the sums."),
            input_tokens=WHOLE,
            resent_tokens=told(WHOLE, "Of the input: what had been sent before."),
            output_tokens=WHOLE,
            over_window=told(WHOLE, "Calls that are longer than the model's window."),
            unpriced=told(WHOLE, "Conversations of which the sums leave out some calls, or all."),
        )
    ),
    months=many(
        record("", month=TEXT, model=TEXT, high=maybe(MONEY, "USD; null where no price is known."))
    ),
)
LIVE = named(many(noun(ListedModel)), "Provider → what its models endpoint lists.")
CHECKED = record(
    "What others have otherwise, and what may be out of date.",
    compared=told(WHOLE, "Models that genai-prices has too."),
    differences=many(noun(Difference)),
    missing=told(TEXTS, "Models of genai-prices that are not here."),
    version=told(TEXT, "Of genai-prices."),
    findings=many(noun(Finding)),
)
REFRESHED = record(
    "What to add to pricing.yaml.",
    rows=many(ref("Price")),
    diff=told(TEXT, "For `git apply`; empty where there is nothing to add."),
    applied=told(FLAG, "True when it was written."),
)
FOUND_HERE = record(
    "Models on this computer.",
    servers=many(record("", name=TEXT, base_url=TEXT, models=TEXTS)),
    files=many(record("", owner=TEXT, file=TEXT)),
    ready=told(FLAG, "Whether the small model is set up."),
    model=told(TEXT, "What -m takes."),
)
