"""OpenTelemetry's names for what a request and its response were, as `attributes` and `metrics` in the JSON export.

The GenAI conventions are still in development: every name stands here, those of settings and figures in their rows, and
nowhere else. `tests/export/test_telemetry.py` holds them against the package of the conventions.
"""

from __future__ import annotations

from typing import Any

from playground.domain import Request, Response
from playground.domain.nouns import jsonable
from playground.domain.provider import api_of, provider_of
from playground.domain.values import changed
from playground.figures import FIGURES


def attributes(request: Request, response: Response) -> dict[str, Any]:
    """The span attributes of one call; what is unknown is left out. Prompts and answers are not among them."""
    found: dict[str, Any] = {
        "gen_ai.operation.name": api_of(request.model.api).operation,
        "gen_ai.provider.name": provider_of(request.model.provider).telemetry_name,
        "gen_ai.request.model": request.model.model,
        "gen_ai.request.stream": request.stream,
        **{row.attribute: jsonable(value) for row, value in changed(request) if row.attribute},
        "gen_ai.output.type": "json" if request.settings.response_schema else "text",
        "gen_ai.response.id": response.response_id,
        "gen_ai.response.model": response.response_model,
        "gen_ai.response.finish_reasons": [response.finish_reason]
        if response.finish_reason
        else None,
        **{f.attribute: f.value(response) for f in FIGURES.values() if f.attribute},
        "error.type": response.failure.type if response.failure else None,
        "http.response.status_code": response.exchange.status if response.exchange else None,
    }
    return {name: value for name, value in found.items() if value is not None}


def metrics(response: Response) -> dict[str, float]:
    """What one call adds to the conventions' histograms, in seconds; what is unknown is left out."""
    found = {f.metric: f.value(response) for f in FIGURES.values() if f.metric}
    return {name: value for name, value in found.items() if value is not None}
