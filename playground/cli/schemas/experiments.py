"""What experiments print."""

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
    many,
    maybe,
    named,
    noun,
    record,
    ref,
    told,
    without,
)
from playground.experiments.comparing import Comparison
from playground.experiments.positions import Mistake
from playground.experiments.results import Cause, Turned

_INTERVAL = maybe(many(maybe(NUMBER)), "Low and high, 95 %.")
_RATE = record("", value=maybe(NUMBER, "0 to 1."), passed=WHOLE, of=WHOLE, interval=_INTERVAL)
_POINTS = ("p50", "p90", "p95", "p99", "mean", "spread")
_DISTRIBUTION = ref("Distribution")
_POINTS_OF = record(
    "",
    **{name: maybe(NUMBER) for name in _POINTS},
    n=WHOLE,
    unknown=told(WHOLE, "Calls that did not report it."),
    intervals=named(_INTERVAL),
    note=maybe(TEXT),
)
_COST = record(
    "",
    total=maybe(MONEY),
    per_request=maybe(MONEY),
    per_success=maybe(MONEY),
    per_success_interval=_INTERVAL,
    known=maybe(MONEY, "Of the calls that have a price."),
    unpriced=WHOLE,
    bounds=told(WHOLE, "Calls whose cost is an estimate or a bound: so are the sums then."),
    judges=maybe(
        MONEY,
        "What judging cost; null where no model judged, or none of those that did has a price.",
    ),
    judges_unpriced=told(WHOLE, "Calls of judging models whose cost is not known."),
)
_MODEL_RESULT = record(
    "",
    model=TEXT,
    n=told(WHOLE, "Calls."),
    failures=WHOLE,
    errors=told(WHOLE, "Answers that could not be judged."),
    pass_rate=_RATE,
    time_to_first_text=_DISTRIBUTION,
    duration=_DISTRIBUTION,
    output_tokens_per_second=_DISTRIBUTION,
    input_tokens=maybe(NUMBER, "The mean of a call."),
    output_tokens=maybe(NUMBER),
    cost=_COST,
    cached=told(WHOLE, "Calls that read from a cache."),
    retried=WHOLE,
    busy=told(WHOLE, "Calls that were measured while this computer was busy."),
    response_models=named(WHOLE, "What answered → calls."),
    fingerprints=named(WHOLE),
)
_COMPARED = noun(Comparison, interval=_INTERVAL, note=maybe(TEXT))
_COMPARISON = ref("Comparison")
_RESULTS = {
    "experiment_id": TEXT,
    "name": TEXT,
    "digest": told(TEXT, "The same for the same spec."),
    "state": TEXT,
    "note": maybe(TEXT),
    "simulated": FLAG,
    "requests": WHOLE,
    "failures": WHOLE,
    "elapsed": maybe(NUMBER),
    "requests_per_second": maybe(NUMBER),
    "pass_rate": maybe(NUMBER),
    "warm_up": told(WHOLE, "Calls before the measured ones."),
    "waiting": WHOLE,
    "uncertain": told(WHOLE, "Calls that were under way when it ended: they may have been billed."),
    "unjudged": WHOLE,
    "skipped": WHOLE,
    "exchanges": record("", kept=TEXT, cells=WHOLE),
    "models": many(ref("ModelResult")),
    "comparisons": many(_COMPARISON, "Each two models by each figure, with the test."),
    "turned": many(noun(Turned)),
    "pareto": record("Models that no other beats by both.", cost=TEXTS, duration=TEXTS),
}
_FOUND = "Percentiles, intervals and what differs, model by model."
_WATCH = record(
    "What has changed since the first run of the same spec.",
    first=TEXT,
    look=WHOLE,
    alarm=FLAG,
    alpha=NUMBER,
    provider_changed=many(record("", model=TEXT, what=TEXT, before=TEXTS, now=TEXTS)),
    shifted=many(_COMPARISON),
)
DEFS = {
    "Results": record(_FOUND, **_RESULTS),
    "ModelResult": _MODEL_RESULT,
    "Distribution": _POINTS_OF,
    "Comparison": _COMPARED,
}
RESULTS = ref("Results")
RUN = without(record(_FOUND, **_RESULTS, watch=maybe(_WATCH, "With --watch and --every.")), "watch")
SHOWN = record(
    _FOUND,
    **_RESULTS,
    causes=many(noun(Cause, models=named(WHOLE)), "Why calls failed or answers did not pass."),
)
COMPARED = record(
    "Two experiments and what differs.",
    a=RESULTS,
    b=RESULTS,
    same_spec=FLAG,
    same_checks=FLAG,
    only_in_a=TEXTS,
    only_in_b=TEXTS,
    provider_changed=many(record("", model=TEXT, what=TEXT, a=TEXTS, b=TEXTS)),
    comparisons=many(
        record("", model=TEXT, **_COMPARED["properties"]), "`difference` is A minus B."
    ),
)
LISTED = record(
    "Experiments, the newest first.",
    experiments=many(
        record(
            "",
            id=TEXT,
            name=TEXT,
            created_at=TEXT,
            state=TEXT,
            note=maybe(TEXT),
            digest=TEXT,
            simulated=FLAG,
            cells=WHOLE,
            elapsed=maybe(NUMBER),
            requests=WHOLE,
            failures=WHOLE,
            waiting=WHOLE,
            uncertain=WHOLE,
            unjudged=WHOLE,
            unpriced=WHOLE,
            bounds=told(WHOLE, "Calls whose cost is an estimate or a bound."),
            judges_unpriced=told(WHOLE, "Calls of judging models whose cost is not known."),
            pass_rate=_RATE,
            cost=maybe(MONEY),
        )
    ),
)
_LEFT = record("", file=TEXT, line=WHOLE, what=TEXT, next_step=TEXT)
IMPORTED = record(
    "What was taken from another tool's file, and what was not.",
    prompts=WHOLE,
    cases=WHOLE,
    models=WHOLE,
    checks=WHOLE,
    left_out=many(_LEFT),
    remarks=many(_LEFT),
)
_OF_SOME = {
    "named_scores": named(NUMBER, "Where checks name a figure."),
    "assertion": told(THING, "What a cell of promptfoo's CSV stands for."),
    "model": told(TEXT, "With --spec."),
    "case": maybe(WHOLE, "With --spec: from 0; null where no case asks this."),
}
_VERDICT = record(
    "",
    id=told(ANY, "The row's own; null where it has none."),
    reason=TEXT,
    score=NUMBER,
    error=maybe(TEXT, "Why it could not be judged."),
    **{"pass": FLAG},
    **_OF_SOME,
)
JUDGED = record("A verdict for each row.", rows=many(without(_VERDICT, *_OF_SOME)))
_CHECK = record(
    "", type=TEXT, does=TEXT, value=maybe(TEXT), threshold=maybe(TEXT), asks_a_model=FLAG
)
CHECKS = record(
    "What can be checked.",
    checks=many(_CHECK),
    combining=named(TEXT),
    left_out=named(TEXT, "Of promptfoo's, with the reason."),
)
VALIDATED = record(
    "Calls, and every mistake by its line.", cells=maybe(WHOLE), mistakes=many(noun(Mistake))
)
