"""One chain of jobs: form → classify → look up the CRM → draft → row written, each step at the model that a mix gives it."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, Literal

from playground.domain import ModelRef, Request, Response, Settings
from playground.domain.nouns import digits
from playground.lab import driving
from playground.lab.driving import Broken, Driven
from playground.lab.functions import ToolError, customer
from playground.lab.hops import Sending
from playground.lab.jobs import FORM, FORM_SCHEMA, TICKET_SCHEMA, spelled, thousand
from playground.lab.structured import judge
from playground.providers import acceptance

Asked = Literal["form", "classify", "draft"]
ASKED: tuple[Asked, ...] = ("form", "classify", "draft")
"""The steps that ask a model; the others are plain code."""
CHAIN, STEP = "chain", "step"
"""Under these names a step's run holds the chain's id and the step."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mix:
    """Which model takes which step."""

    name: str
    models: Mapping[Asked, ModelRef]


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step that is done."""

    name: str
    model: ModelRef | None
    """None for a step of plain code."""
    response: Response | None
    result: str
    ok: bool
    duration: float | None
    """In seconds."""

    @property
    def cost(self) -> Decimal | None:
        """USD; None where the model has no price. Plain code costs nothing."""
        if self.response is None:
            return Decimal()
        return None if self.response.cost is None else self.response.cost.total


@dataclass(frozen=True, slots=True, kw_only=True)
class Chained:
    """A chain, done or under way."""

    mix: Mix
    steps: tuple[Step, ...] = ()
    row: Mapping[str, Any] | None = None
    """The row that was written at the end."""
    problem: str = ""
    done: bool = False

    @property
    def cost(self) -> Decimal | None:
        """USD of all steps; None where one is not known."""
        known = [step.cost for step in self.steps]
        return None if None in known else sum((c for c in known if c is not None), Decimal())

    @property
    def duration(self) -> float | None:
        """Seconds of all steps, one after the other; None where one is not known."""
        known = [step.duration for step in self.steps]
        return None if None in known else sum(s for s in known if s is not None)

    @property
    def per_thousand(self) -> dict[str, Any]:
        """What 1,000 such cases would take; None where that is not known, or no row was written."""
        return thousand(None, None) if self.row is None else thousand(self.cost, self.duration)

    def document(self) -> dict[str, Any]:
        """The chain as JSON values, with what 1,000 cases would take."""
        return {
            "mix": self.mix.name,
            "done": self.done,
            "problem": self.problem,
            "row": self.row,
            "steps": [_step(step) for step in self.steps],
            "cost": digits(self.cost),
            "duration": self.duration,
            "simulated": any(s.response.simulated for s in self.steps if s.response),
            "per_1000": spelled(self.per_thousand),
        }


def _step(step: Step) -> dict[str, Any]:
    usage = step.response.usage if step.response else None
    return {
        "step": step.name,
        "model": None if step.model is None else str(step.model),
        "result": step.result,
        "ok": step.ok,
        "input_tokens": usage.input_tokens if usage else 0,
        "output_tokens": usage.output_tokens if usage else 0,
        "cost": digits(step.cost),
        "duration": step.duration,
    }


STRONG, SMALL = "anthropic:claude-sonnet-5-5", "openai:gpt-6-luna"


def mixes(strong: ModelRef, small: ModelRef) -> tuple[Mix, ...]:
    """The strong model throughout, the small one throughout, and the small one for reading with the strong one for writing."""
    return (
        Mix(name="Strong throughout", models=dict.fromkeys(ASKED, strong)),
        Mix(name="Small reads, strong writes", models={"form": small, "classify": small, "draft": strong}),
        Mix(name="Small throughout", models=dict.fromkeys(ASKED, small)),
    )  # fmt: skip


Chain = Driven[Chained]
"""A chain under way; each step that asks a model is a run like any other."""


def _run(chain: Chain) -> None:
    form = json.loads(
        _ask(chain, "form", f"Put this form into the fields, word for word:\n{FORM}", FORM_SCHEMA)
    )
    ticket = json.loads(
        _ask(
            chain,
            "classify",
            f"Sort this ticket: {form['subject']}. {form['message']}",
            TICKET_SCHEMA,
        )
    )
    known = json.loads(_code(chain, "look up the CRM", lambda: _looked_up(form)))
    draft = _ask(
        chain,
        "draft",
        "Draft a reply to this customer, polite and short, in at most 90 words. The procedure: a double charge is"
        f" refunded within 5 working days.\nName: {form['name']}\nClass: {ticket['category']}, {ticket['urgency']}\n"
        f"CRM: plan {known['plan']}, open tickets {known['open_tickets']}\nMessage: {form['message']}",
    )
    row = {
        "customer_id": known["customer_id"],
        "name": known["name"],
        "category": ticket["category"],
        "urgency": ticket["urgency"],
        "plan": known["plan"],
        "draft": draft,
    }
    _code(chain, "write the row", lambda: json.dumps(row, ensure_ascii=False))
    chain.change(row=row)


def _ask(chain: Chain, name: Asked, prompt: str, schema: Mapping[str, Any] | None = None) -> str:
    """One step at its model: its text; Broken where it gives none that fits."""
    chain.may_go_on()
    ref = chain.state.mix.models[name]
    asked = replace(Request.ask(ref, prompt), settings=Settings(response_schema=schema))
    response = chain.ask(acceptance.fit(asked), {CHAIN: chain.id, STEP: name})
    why = response.failure.told if response.failure else ""
    if schema is not None and not why:
        found = judge(response, schema)
        why = "" if found.state == "valid" else f"{found.state}: {found.why}"
    step = Step(
        name=name,
        model=ref,
        response=response,
        result=response.text or why,
        ok=not why,
        duration=response.timing.duration,
    )
    chain.change(steps=(*chain.state.steps, step))
    if why:
        raise Broken(f"The step {name} gave nothing that can be used: {why}")
    return response.text


def _code(chain: Chain, name: str, do: Callable[[], str]) -> str:
    """One step of plain code: what it gave; Broken where it gave an error."""
    chain.may_go_on()
    began = time.perf_counter()
    try:
        result, ok = do(), True
    except ToolError as error:
        result, ok = f"error: {error}", False
    took = time.perf_counter() - began
    step = Step(name=name, model=None, response=None, result=result, ok=ok, duration=took)
    chain.change(steps=(*chain.state.steps, step))
    if not ok:
        raise Broken(f"The step {name} failed: {result}")
    return result


def _looked_up(form: Mapping[str, Any]) -> str:
    """The customer by number, or by e-mail address where the number is none of ours."""
    try:
        return customer({"customer_id": form["customer_id"]})
    except ToolError:
        return customer({"customer_id": form["email"]})


@dataclass(frozen=True, slots=True)
class Chains:
    """Chains that were begun together."""

    owner: str
    chains: tuple[Chain, ...]

    @property
    def done(self) -> bool:
        return all(chain.done for chain in self.chains)

    def stop(self) -> None:
        """End all chains after the steps that are under way."""
        for chain in self.chains:
            chain.stop()


def begin(wanted: Sequence[Mix], sending: Sending) -> Chains:
    """Every mix at once, each on its way; found again by the group of `sending` while the process lives."""
    begun = (Driven("chain", Chained(mix=mix), sending, _run) for mix in wanted)
    return driving.keep(sending.group, Chains(sending.owner, tuple(begun)))


def find(group: str, owner: str = "") -> Chains | None:
    """The chains of this group if they belong to this owner."""
    return driving.find(Chains, group, owner)


def document(chains: Sequence[Chained]) -> dict[str, Any]:
    """The chains as JSON values."""
    return {"lab": "jobs", "job": "chain", "mixes": [chain.document() for chain in chains]}
