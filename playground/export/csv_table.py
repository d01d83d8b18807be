"""Runs as one table for spreadsheets, one row a response."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable, Sequence
from typing import Any

from playground.domain import Response, Run
from playground.domain.nouns import digits, jsonable
from playground.export.document import several
from playground.figures import FIGURES

Column = Callable[[Response], Any]

FORMULA = re.compile(r"[\s\x00\ufeff\u200b]*[=+\-@＝＋－＠]|[\t\r\n]")
"""How a cell starts that a spreadsheet would run, or strip until it would."""

SPREADSHEET = "utf-8-sig"
"""The encoding of a CSV file: without a byte order mark Excel takes it for the system's old code page."""

COLUMNS: dict[str, Column] = {
    "provider": lambda r: r.provider,
    "api": lambda r: r.api,
    "model": lambda r: r.model.model,
    "response_model": lambda r: r.response_model,
    "finish_reason": lambda r: r.finish_reason,
    **{name: figure.value for name, figure in FIGURES.items() if figure.document},
    "cost_currency": lambda r: r.cost.currency if r.cost else None,
    "cost_total": lambda r: digits(r.cost.total) if r.cost else None,
    "cost_estimate": lambda r: r.cost.estimate if r.cost else None,
    "cost_lower_bound": lambda r: r.cost.lower_bound if r.cost else None,
    "price_source": lambda r: r.cost.price.source if r.cost else None,
    "price_as_of": lambda r: r.cost.price.as_of if r.cost else None,
    "failure_type": lambda r: r.failure.type if r.failure else None,
    "failure_status": lambda r: r.failure.status if r.failure else None,
    "failure_code": lambda r: r.failure.code if r.failure else None,
    "failure_message": lambda r: r.failure.message if r.failure else None,
    "failure_next_step": lambda r: r.failure.next_step if r.failure else None,
    "request_id": lambda r: r.request_id,
    "text": lambda r: r.text,
    "reasoning_text": lambda r: r.reasoning_text,
    "refusal": lambda r: r.refusal,
    "tool_calls": lambda r: json.dumps(jsonable(r.tool_calls)) if r.tool_calls else None,
    "cost_upper_bound": lambda r: r.cost.upper_bound if r.cost else None,
    "cost_low": lambda r: digits(r.cost.span[0]) if r.cost else None,
    "cost_high": lambda r: digits(r.cost.span[1]) if r.cost else None,
    "cost_notes": lambda r: "\n".join(r.cost.notes) if r.cost and r.cost.notes else None,
    "notes": lambda r: "\n".join(r.remarks) or None,
    "state": lambda r: r.state,
    "source": lambda r: r.source,
}
"""Header → value; an unknown value is an empty cell."""
NUMBERS = frozenset({"cost_total", "cost_low", "cost_high"})
"""Text columns that hold a number of ours, so that nothing needs defusing."""


def to_csv(runs: Run | Sequence[Run]) -> str:
    """The responses of one run or several as CSV; cells that a spreadsheet would take for a formula start with an apostrophe."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(["run_id", "simulated", *COLUMNS])
    for run in several(runs):
        for response in run.responses:
            cells = [_cell(name, value(response)) for name, value in COLUMNS.items()]
            writer.writerow([defused(run.id), _cell("simulated", run.simulated), *cells])
    return out.getvalue()


def defused(text: str) -> str:
    """The text, with an apostrophe before it where a spreadsheet would run it as a formula."""
    return f"'{text}" if FORMULA.match(text) else text


def _cell(name: str, value: Any) -> Any:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str) and name not in NUMBERS:
        return defused(value).replace("\x00", "\\x00")
    return value
