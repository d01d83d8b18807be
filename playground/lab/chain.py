"""One chain of jobs: form → classify → look up the CRM → draft → row written, each step at the model that a mix gives it."""

from __future__ import annotations

import json
import threading
import time
import uuid
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, Literal

from playground import runs
from playground.domain import ModelRef, Request, Response, Settings
from playground.engine.live import response_of
from playground.lab.functions import ToolError, customer
from playground.lab.hops import GROUP, Sending
from playground.lab.jobs import FORM, FORM_SCHEMA, TICKET_SCHEMA
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
    seconds: float | None

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
    def seconds(self) -> float | None:
        """All steps one after the other; None where one is not known."""
        known = [step.seconds for step in self.steps]
        return None if None in known else sum(s for s in known if s is not None)

    def document(self) -> dict[str, Any]:
        """The chain as JSON values, with what 1,000 cases would take."""
        cost, seconds = self.cost, self.seconds
        return {
            "mix": self.mix.name,
            "done": self.done,
            "problem": self.problem,
            "row": self.row,
            "steps": [_step(step) for step in self.steps],
            "cost_usd": None if cost is None else str(cost),
            "seconds": seconds,
            "simulated": any(s.response.simulated for s in self.steps if s.response),
            "per_1000": {
                "cost_usd": None if cost is None else str(cost * 1_000),
                "hours": None if seconds is None else seconds * 1_000 / 3_600,
            },
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
        "cost_usd": None if step.cost is None else str(step.cost),
        "seconds": step.seconds,
    }


STRONG, SMALL = "anthropic:claude-sonnet-5-5", "openai:gpt-6-luna"


def mixes(strong: ModelRef, small: ModelRef) -> tuple[Mix, ...]:
    """The strong model throughout, the small one throughout, and the small one for reading with the strong one for writing."""
    return (
        Mix(name="Strong throughout", models=dict.fromkeys(ASKED, strong)),
        Mix(name="Small reads, strong writes", models={"form": small, "classify": small, "draft": strong}),
        Mix(name="Small throughout", models=dict.fromkeys(ASKED, small)),
    )  # fmt: skip


class _Broken(Exception):
    """A step did not give what the next one needs."""


class Chain:
    """A chain under way on a thread of its own; each step that asks a model is a run like any other."""

    def __init__(self, mix: Mix, sending: Sending, form: str = FORM) -> None:
        self.id = uuid.uuid4().hex
        self.state = Chained(mix=mix)
        self._sending, self._form = sending, form
        self._stopping, self._over = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._drive, name="chain", daemon=True)
        self._thread.start()

    @property
    def done(self) -> bool:
        return self._over.is_set()

    def stop(self) -> None:
        """End it after the step that is under way."""
        self._stopping.set()

    def wait(self, timeout: float | None = None) -> bool:
        """Block until it has ended; False when `timeout` seconds passed first."""
        return self._over.wait(timeout)

    def _drive(self) -> None:
        try:
            self._run()
        except _Broken as error:
            self.state = replace(self.state, problem=str(error))
        except Exception as error:  # a bug must end the chain, not hang it
            self.state = replace(self.state, problem=f"Broke off ({type(error).__name__}).")
        finally:
            self.state = replace(self.state, done=True)
            self._over.set()

    def _run(self) -> None:
        form = json.loads(
            self._ask(
                "form", f"Put this form into the fields, word for word:\n{self._form}", FORM_SCHEMA
            )
        )
        ticket = json.loads(
            self._ask(
                "classify", f"Sort this ticket: {form['subject']}. {form['message']}", TICKET_SCHEMA
            )
        )
        found = self._code("look up the CRM", lambda: _looked_up(form))
        known = json.loads(found)
        draft = self._ask(
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
        self._code("write the row", lambda: json.dumps(row, ensure_ascii=False))
        self.state = replace(self.state, row=row)

    def _ask(self, name: Asked, prompt: str, schema: Mapping[str, Any] | None = None) -> str:
        """One step at its model: its text; _Broken where it gives none that fits."""
        self._may_go_on()
        ref = self.state.mix.models[name]
        asked = replace(Request.ask(ref, prompt), settings=Settings(response_schema=schema))
        live = self._sending.send(
            [acceptance.fit(asked)],
            {CHAIN: self.id, STEP: name, GROUP: self._sending.group},
        )
        if isinstance(live, runs.Refusal):
            raise _Broken(live.reason)
        live.wait()
        response = response_of(live.lanes[0])
        why = response.failure.told if response.failure else ""
        if schema is not None and not why:
            found = judge(response, schema)
            why = "" if found.state == "valid" else f"{found.state}: {found.why}"
        self._add(
            Step(
                name=name,
                model=ref,
                response=response,
                result=response.text or why,
                ok=not why,
                seconds=response.timing.duration,
            )
        )
        if why:
            raise _Broken(f"The step {name} gave nothing that can be used: {why}")
        return response.text

    def _code(self, name: str, do: Any) -> str:
        self._may_go_on()
        began = time.perf_counter()
        try:
            result, ok = str(do()), True
        except ToolError as error:
            result, ok = f"error: {error}", False
        seconds = time.perf_counter() - began
        self._add(Step(name=name, model=None, response=None, result=result, ok=ok, seconds=seconds))
        if not ok:
            raise _Broken(f"The step {name} failed: {result}")
        return result

    def _add(self, step: Step) -> None:
        self.state = replace(self.state, steps=(*self.state.steps, step))

    def _may_go_on(self) -> None:
        if self._stopping.is_set():
            raise _Broken("Stopped.")


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


KEPT = 50
_kept: OrderedDict[str, Chains] = OrderedDict()


def begin(wanted: Sequence[Mix], sending: Sending) -> Chains:
    """Every mix at once, each on its way; found again by the group of `sending` while the process lives."""
    made = Chains(sending.owner, tuple(Chain(mix, sending) for mix in wanted))
    if sending.group:
        _kept[sending.group] = made
        while len(_kept) > KEPT:
            _kept.popitem(last=False)
    return made


def find(group: str, owner: str = "") -> Chains | None:
    """The chains of this group if they belong to this owner."""
    found = _kept.get(group)
    return found if found is not None and found.owner == owner else None


def document(chains: Sequence[Chained]) -> dict[str, Any]:
    """The chains as JSON values."""
    return {"lab": "jobs", "job": "chain", "mixes": [chain.document() for chain in chains]}
