"""A run as one JSON document: what `ask --json` prints and what is downloaded."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import fields
from typing import Any, NamedTuple

from playground.domain import Cost, Failure, Request, Response, Run
from playground.domain.nouns import digits, jsonable
from playground.export.telemetry import attributes, metrics
from playground.figures import FIGURES


class Labelled(NamedTuple):
    """A run as it is exported."""

    run: Run
    labels: Mapping[str, Any] | None = None
    """What people have put on it in the history, as JSON; None = it does not come from there."""


def document(run: Run) -> dict[str, Any]:
    """The run in the shape that scripts rely on; unknown values are None, money is a decimal string."""
    return {
        "run_id": run.id,
        "simulated": run.simulated,
        "responses": [_response(response) for response in run.responses],
    }


def full_document(run: Run) -> dict[str, Any]:
    """`document` with everything else that is known after it: requests, receipts' notes, all times, exchanges.

    `reading.run_of` makes the same run of it again.
    """
    whole = document(run)
    whole["created_at"] = run.created_at
    for short, request, response in zip(
        whole["responses"], run.requests, run.responses, strict=True
    ):
        _add(short["usage"], response.usage)
        _add(short["timing"], response.timing)
        for part in ("cost", "failure"):
            if short[part] is not None:
                _add(short[part], getattr(response, part))
        short["tool_calls"] = jsonable(response.tool_calls)
        _add(short, response, leave_out={"model"})
        short["attributes"] = attributes(request, response)
        short["metrics"] = metrics(response)
    whole["requests"] = [{"model": str(r.model), **jsonable(_rest(r))} for r in run.requests]
    return whole


def labelled_document(item: Labelled) -> dict[str, Any]:
    """`full_document` with the run's labels, where it has some, behind everything else."""
    labels = {} if item.labels is None else {"labels": dict(item.labels)}
    return full_document(item.run) | labels


def title(run: Run) -> str:
    """The beginning of what was asked last, on one line."""
    asked = next((m.text for r in run.requests for m in reversed(r.messages) if m.text), "")
    words = " ".join(asked.split())
    return words[:100] + ("…" if len(words) > 100 else "") or "Run"


def several(runs: Run | Sequence[Run]) -> Sequence[Run]:
    """One run or several as several."""
    return [runs] if isinstance(runs, Run) else runs


def to_json(run: Run) -> str:
    """The full document as indented JSON text."""
    return dumps(full_document(run))


def dumps(value: Any) -> str:
    """Indented JSON; characters that UTF-8 cannot carry (lone surrogates) are escaped."""
    text = json_text(value, indent=2, ensure_ascii=False)
    try:
        text.encode()
    except UnicodeEncodeError:
        text = json_text(value, indent=2)
    return text


def json_text(value: Any, **how: Any) -> str:
    """JSON as `json.dumps` writes it; numbers that are not finite, which it has no word for, are text."""
    try:
        return json.dumps(value, allow_nan=False, **how)
    except ValueError:
        return json.dumps(jsonable(value), allow_nan=False, **how)


def _response(response: Response) -> dict[str, Any]:
    return {
        "provider": response.provider,
        "api": response.api,
        "model": response.model.model,
        "response_model": response.response_model,
        "text": response.text,
        "reasoning_text": response.reasoning_text,
        "tool_calls": [
            {"id": call.id, "name": call.name, "arguments": jsonable(call.arguments)}
            for call in response.tool_calls
        ],
        "finish_reason": response.finish_reason,
        "usage": _figures("usage", response),
        "timing": _figures("timing", response),
        "cost": _cost(response.cost),
        "failure": _failure(response.failure),
        "request_id": response.request_id,
        "refusal": response.refusal,
        "notes": list(response.notes),
        "state": response.state,
        "source": response.source,
    }


def _figures(part: str, response: Response) -> dict[str, Any]:
    return {
        name: figure.value(response) for name, figure in FIGURES.items() if figure.document == part
    }


def _cost(cost: Cost | None) -> dict[str, Any] | None:
    if cost is None:
        return None
    return {
        "currency": cost.currency,
        "total": digits(cost.total),
        "lines": [jsonable(line) for line in cost.lines],
        "price": {"source": cost.price.source, "as_of": cost.price.as_of},
        "estimate": cost.estimate,
        "lower_bound": cost.lower_bound,
        "upper_bound": cost.upper_bound,
        "range": [digits(end) for end in cost.span],
        "notes": list(cost.notes),
    }


def _failure(failure: Failure | None) -> dict[str, Any] | None:
    if failure is None:
        return None
    return {
        "type": failure.type,
        "status": failure.status,
        "code": failure.code,
        "message": failure.message,
        "next_step": failure.next_step,
    }


def _add(
    short: dict[str, Any], noun: Any, leave_out: frozenset[str] | set[str] = frozenset()
) -> None:
    """Put the noun's other fields behind those that are already there."""
    for f in fields(noun):
        if f.name in leave_out:
            continue
        value = jsonable(getattr(noun, f.name))
        if f.name not in short:
            short[f.name] = value
        elif isinstance(short[f.name], dict) and isinstance(value, dict):
            short[f.name] = short[f.name] | {
                k: v for k, v in value.items() if k not in short[f.name]
            }


def _rest(request: Request) -> dict[str, Any]:
    return {f.name: getattr(request, f.name) for f in fields(request) if f.name != "model"}
