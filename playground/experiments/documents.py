"""Results as JSON values, in the shape that scripts read. Money is USD as digits; unknown is null."""

from __future__ import annotations

from dataclasses import asdict
from decimal import Decimal
from typing import Any

from playground.domain.nouns import digits
from playground.experiments import kept
from playground.experiments.comparing import Comparison
from playground.experiments.results import Cause, ModelResult, Results, pareto
from playground.experiments.statistics import Distribution, Interval, Rate


def document(found: Results) -> dict[str, Any]:
    """All of it."""
    experiment = found.experiment
    return {
        "experiment_id": experiment.id,
        "name": experiment.name,
        "digest": experiment.digest,
        "state": experiment.standing,
        "note": experiment.note or None,
        "simulated": experiment.simulated,
        "requests": found.requests,
        "failures": found.failures,
        "elapsed": experiment.elapsed,
        "requests_per_second": found.requests_per_second,
        "pass_rate": found.pass_rate,
        "warm_up": found.warm_up,
        "waiting": found.states.get(kept.WAITING, 0),
        "uncertain": found.uncertain,
        "unjudged": found.unjudged,
        "skipped": found.states.get(kept.SKIPPED, 0),
        "exchanges": {"kept": experiment.spec.exchanges, "cells": found.runs_kept},
        "models": [_model_document(model) for model in found.models],
        "comparisons": [comparison_document(each) for each in found.comparisons],
        "turned": [asdict(each) for each in found.turned],
        "pareto": {"cost": pareto(found.models), "duration": pareto(found.models, by="duration")},
    }


def _model_document(model: ModelResult) -> dict[str, Any]:
    cost = model.cost
    return {
        "model": model.model,
        "n": model.n,
        "failures": model.failures,
        "errors": model.errors,
        "pass_rate": rate_document(model.pass_rate),
        **{
            name: _distribution(getattr(model, name))
            for name in ("time_to_first_text", "duration", "output_tokens_per_second")
        },
        "input_tokens": model.input_tokens,
        "output_tokens": model.output_tokens,
        "cost": {
            "total": money(cost.total),
            "per_request": money(cost.per_request),
            "per_success": money(cost.per_success),
            "per_success_interval": _interval(cost.per_success_interval),
            "known": money(cost.known),
            "unpriced": cost.unpriced,
            "bounds": cost.bounds,
            "judges": money(cost.judges),
            "judges_unpriced": cost.judges_unpriced,
        },
        "cached": model.cached,
        "retried": model.retried,
        "busy": model.busy,
        "response_models": dict(model.response_models),
        "fingerprints": dict(model.fingerprints),
    }


def rate_document(found: Rate) -> dict[str, Any]:
    """A share with its interval."""
    return {
        "value": found.value,
        "passed": found.count,
        "of": found.of,
        "interval": _interval(found.interval),
    }


def money(amount: Decimal | None) -> str | None:
    """USD as digits."""
    return None if amount is None else digits(amount)


def _interval(interval: Interval | None) -> list[float | None] | None:
    return None if interval is None else [interval.low, interval.high]


def _distribution(found: Distribution) -> dict[str, Any]:
    return {
        **{name: getattr(found, name) for name in ("p50", "p90", "p95", "p99", "mean", "spread")},
        "n": found.n,
        "unknown": found.unknown,
        "intervals": {name: _interval(each) for name, each in found.intervals.items()},
        "note": found.note or None,
    }


def cause_document(cause: Cause) -> dict[str, Any]:
    """Why calls failed or answers did not pass, as JSON values."""
    return {**asdict(cause), "models": dict(cause.models)}


def comparison_document(c: Comparison) -> dict[str, Any]:
    return {**asdict(c), "interval": _interval(c.interval), "note": c.note or None}
