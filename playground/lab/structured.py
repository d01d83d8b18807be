"""The Structured output panel: a schema sent n times to each model, each answer judged by it, and where lanes differ."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal, NamedTuple

from playground.domain import ModelRef, Request, Response, Run, Settings
from playground.lab.schema_common import common
from playground.lab.schema_lint import Finding, lint
from playground.providers import acceptance

PROMPT = (
    "Turn this order into the schema. Order of 2026-11-20: Ana Sousa (ana.sousa@example.com) wants 12 seats of the plan"
    " Team for 240.50 USD a month, urgent, and asks for an invoice."
)
SAMPLE = '''class Customer(BaseModel):
    name: str
    email: EmailStr


class Order(BaseModel):
    """An order as it came in."""

    customer: Customer
    order_date: date
    plan: Literal["Starter", "Team", "Enterprise"]
    seats: int = Field(ge=1, description="How many people")
    monthly_usd: float
    urgency: Literal["low", "normal", "urgent"]
    note: str | None = None
'''
MOST_TIMES = 50
State = Literal["valid", "invalid", "not JSON", "refused", "cut short", "failed"]


class Verdict(NamedTuple):
    """What one answer is by the schema."""

    state: State
    why: str = ""
    value: Any = None
    """The parsed JSON, where it is some."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What the panel asks."""

    models: tuple[ModelRef, ...]
    schema: Mapping[str, Any]
    prompt: str = PROMPT
    times: int = 1


def requests(asked: Asked) -> list[Request]:
    """All requests, model by model: with n times, n beside each other."""
    settings = Settings(response_schema=asked.schema)
    return [
        acceptance.fit(replace(Request.ask(ref, asked.prompt), settings=settings))
        for ref in asked.models
        for _ in range(asked.times)
    ]


def before_sending(asked: Asked) -> list[Finding]:
    """What the providers of the chosen models make of the schema."""
    return lint(asked.schema, tuple(dict.fromkeys(ref.provider for ref in asked.models)))


def judge(response: Response, schema: Mapping[str, Any]) -> Verdict:
    """Whether an answer holds to the schema, and where it does not."""
    if response.failure is not None:
        return Verdict("failed", response.failure.told)
    if response.state == "refused":
        return Verdict("refused", response.refusal or "The model refused.")
    try:
        value = json.loads(response.text)
    except (ValueError, RecursionError) as error:  # some models write brackets without end
        cut = response.state == "cut"
        return Verdict("cut short" if cut else "not JSON", f"{error}.")
    from jsonschema import FormatChecker
    from jsonschema.exceptions import SchemaError
    from jsonschema.validators import validator_for

    schema = dict(schema)
    kind = validator_for(schema)
    try:
        kind.check_schema(schema)
        wrong = next(iter(kind(schema, format_checker=FormatChecker()).iter_errors(value)), None)
    except (SchemaError, RecursionError) as error:
        return Verdict(
            "invalid", f"The schema itself is wrong: {str(error).splitlines()[0]}", value
        )
    except (
        Exception
    ) as error:  # a reference that leads nowhere raises what jsonschema keeps private
        return Verdict("invalid", f"The schema can't be followed ({type(error).__name__}).", value)
    if wrong is None:
        return Verdict("valid", "", value)
    place = ".".join(str(step) for step in wrong.absolute_path) or "the root"
    return Verdict("invalid", f"{place}: {wrong.message[:300]}", value)


class Tally(NamedTuple):
    """One model's answers together."""

    model: ModelRef
    verdicts: tuple[Verdict, ...]
    responses: tuple[Response, ...]

    @property
    def valid(self) -> int:
        return sum(verdict.state == "valid" for verdict in self.verdicts)

    @property
    def failure_rate(self) -> float | None:
        """Share of answers that are not valid, 0 to 1; None without answers."""
        total = len(self.verdicts)
        return None if not total else (total - self.valid) / total


def tallies(run: Run) -> list[Tally]:
    """The run's answers by model, each judged by the schema that it was sent with."""
    found: dict[ModelRef, list[tuple[Verdict, Response]]] = {}
    for request, response in zip(run.requests, run.responses, strict=True):
        schema = request.settings.response_schema or {}
        found.setdefault(request.model, []).append((judge(response, schema), response))
    return [
        Tally(model, tuple(v for v, _ in rows), tuple(r for _, r in rows))
        for model, rows in found.items()
    ]


def differences(found: Sequence[Tally]) -> dict[str, list[str]]:
    """Field → its value at each model's first answer, for the fields in which they differ."""
    flat = [_flat(tally.verdicts[0].value) if tally.verdicts else {} for tally in found]
    names = dict.fromkeys(name for row in flat for name in row)
    table = {name: [row.get(name, "–") for row in flat] for name in names}
    return {name: values for name, values in table.items() if len(set(values)) > 1}


def _flat(value: Any, place: str = "") -> dict[str, str]:
    if isinstance(value, Mapping) and value:
        rows = [_flat(inner, f"{place}.{key}".strip(".")) for key, inner in value.items()]
    elif isinstance(value, list) and value:
        rows = [_flat(inner, f"{place}[{number}]") for number, inner in enumerate(value)]
    else:
        return {place: json.dumps(value, ensure_ascii=False)} if place else {}
    return {name: text for row in rows for name, text in row.items()}


def document(run: Run, schema: Mapping[str, Any]) -> dict[str, Any]:
    """What came of it as JSON values: findings before sending, a schema that all take, and each model's verdicts."""
    found = tallies(run)
    providers = tuple(dict.fromkeys(tally.model.provider for tally in found))
    return {
        "lab": "structured",
        "run_id": run.id,
        "simulated": run.simulated,
        "schema": schema,
        "findings": [finding._asdict() for finding in lint(schema, providers)],
        "common_schema": common(schema).schema,
        "changes": list(common(schema).changes),
        "lanes": [_lane(tally) for tally in found],
        "differences": differences(found),
    }


def _lane(tally: Tally) -> dict[str, Any]:
    costs = [r.cost.total for r in tally.responses if r.cost is not None]
    return {
        "model": str(tally.model),
        "valid": tally.valid,
        "n": len(tally.verdicts),
        "failure_rate": tally.failure_rate,
        "cost": str(sum(costs)) if costs and len(costs) == len(tally.responses) else None,
        "answers": [v._asdict() for v in tally.verdicts],
    }
