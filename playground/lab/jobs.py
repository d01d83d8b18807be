"""The jobs that people bring an API in for, each a ready sample: what is sent, the schema of the answer, the functions."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from playground.domain import File, Message, ModelRef, Request, Settings, Text, Tool
from playground.domain.hops import Hops
from playground.domain.nouns import digits
from playground.lab.functions import BUILT_IN, Function, ToolError
from playground.lab.hops import Loop, Sending, remember
from playground.lab.sample_pdf import pdf
from playground.lab.structured import Verdict, judge
from playground.providers import acceptance


def _object(**properties: Any) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": properties,
        "required": [*properties],
        "additionalProperties": False,
    }


TEXT: dict[str, Any] = {"type": "string"}
FORM = (
    "Name: Ana Sousa\nE-mail: ana.sousa@example.com\nCustomer no.: C-1042\nSubject: Charged twice\n"
    "Message: The invoice of November was charged twice to our card. Please refund one payment as soon as possible."
)
FORM_SCHEMA = _object(name=TEXT, email={**TEXT, "format": "email"}, customer_id=TEXT, subject=TEXT, message=TEXT)  # fmt: skip
CATEGORIES = ("billing", "technical", "shipping", "other")
TICKET_SCHEMA = _object(
    category={**TEXT, "enum": [*CATEGORIES]}, urgency={**TEXT, "enum": ["low", "normal", "urgent"]}
)
SOP = (
    "SOP 12: Returns and refunds",
    "1. A customer may return goods within 30 days of delivery.",
    "2. Refunds are paid within 5 working days to the card that was charged.",
    "3. Refunds above 500 USD need the approval of a team lead.",
    "4. A double charge is refunded at once, without a return.",
    "5. Goods that arrive damaged are replaced free of charge; ask for a photo.",
)
"""The sample procedure, one line each."""
FAQ: Mapping[str, str] = {
    "How do I change my plan?": "Under Settings, Plan. The change holds from the next month.",
    "How do I add seats?": "Under Settings, Seats. New seats are billed by the day.",
    "Can I get an invoice?": "Invoices are under Settings, Billing, as PDF.",
    "How do I cancel?": "Under Settings, Plan, Cancel. It ends with the month that is paid.",
}
MEETING = (
    "Lena: We decided to move the launch to 12 January. Tom: I will tell the customers by Friday."
    " Lena: Priya will write the release notes until 8 January. Tom: The price stays at 19 USD. Open question: who answers the phone on the launch day?"
)
REPORT = (
    "Support answered 1,240 tickets in October, 12 % more than in September. Billing questions made up 41 % of tickets."
    " The median time to a first answer fell from 6.2 to 4.1 hours. Double charges caused 96 tickets, which the new payment"
    " check should end in November. Customers rated answers 4.4 of 5. Two agents joined, and one left."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One job, ready to be sent."""

    name: str
    title: str
    prompt: str
    system: str = ""
    schema: Mapping[str, Any] | None = None
    functions: tuple[Function, ...] = ()
    document: tuple[str, ...] = ()
    """Lines of the PDF that goes with it."""
    check: str = ""
    """A word that a right answer holds, in small letters."""


def search_faq(arguments: Mapping[str, Any]) -> str:
    """The answer of the FAQ whose question has most words of the query."""
    wanted = set(_words(str(arguments.get("query", ""))))
    best = max(FAQ, key=lambda question: len(wanted & set(_words(question))))
    if not wanted & set(_words(best)):
        raise ToolError("nothing in the FAQ is like that")
    return f"{best} {FAQ[best]}"


def _words(text: str) -> list[str]:
    return re.findall(r"[a-z]{4,}", text.lower())


SEARCH_FAQ = Function(
    Tool(
        name="support_answers",
        description="Search the FAQ of customer service.",
        parameters=_object(query={**TEXT, "description": "The customer's question"}),
    ),
    search_faq,
)
FIND_CUSTOMER = next(f for f in BUILT_IN if f.tool.name == "find_customer")

JOBS: Mapping[str, Job] = {
    job.name: job
    for job in (
        Job(
            name="form",
            title="Form → JSON",
            prompt=f"Put this form into the fields, word for word:\n{FORM}",
            schema=FORM_SCHEMA,
            check="ana.sousa@example.com",
        ),
        Job(
            name="ticket",
            title="Ticket → class",
            prompt="Sort this ticket: The invoice of November was charged twice. Please refund one payment as soon as possible, it is urgent.",
            system="You sort tickets of customer service.",
            schema=TICKET_SCHEMA,
            check="billing",
        ),
        Job(
            name="sop",
            title="Question on an SOP (PDF)",
            prompt="Answer only from the attached document and name the number of the rule: who must approve refunds above 500 USD?",
            document=SOP,
            check="team lead",
        ),
        Job(
            name="reply",
            title="Reply draft",
            prompt=f"Draft a reply to this customer, polite and short, in at most 90 words:\n{FORM}",
            system="You answer for customer service. Promise nothing that the procedure does not: a double charge is refunded within 5 working days.",
            check="ana",
        ),
        Job(
            name="minutes",
            title="Meeting minutes",
            system="You write minutes: short lines, each task with a person and a day.",
            prompt=f"Write the minutes of this meeting, with decisions, tasks and open questions:\n{MEETING}",
            check="12 january",
        ),
        Job(
            name="summary",
            title="Document summary",
            system="You summarise for a manager who has a minute.",
            prompt=f"Summarise this report in two sentences:\n{REPORT}",
            check="ticket",
        ),
        Job(
            name="table",
            title="Extraction to a table",
            prompt=f"Extract every figure of this report with what it measures:\n{REPORT}",
            schema=_object(rows={"type": "array", "items": _object(measure=TEXT, value=TEXT)}),
            check="1,240",
        ),
        Job(
            name="faq",
            title="FAQ for customer service",
            prompt="Customer C-1077 asks: How do I add seats? Search the FAQ, find the customer, and answer.",
            system="Answer customers from the FAQ only.",
            functions=(SEARCH_FAQ, FIND_CUSTOMER),
            check="settings, seats",
        ),
    )
}
"""Every job by its name, in the order in which they stand; a new one is a row."""


def request(job: Job, ref: ModelRef) -> Request:
    """What one model is sent, fitted to what it takes."""
    files = (
        (File(media_type="application/pdf", data=pdf(job.document), name=f"{job.name}.pdf"),)
        if job.document
        else ()
    )
    return acceptance.fit(
        Request(
            model=ref,
            messages=(Message(role="user", parts=(*files, Text(text=job.prompt))),),
            system=job.system or None,
            settings=Settings(response_schema=job.schema),
            tools=tuple(function.tool for function in job.functions),
        )
    )


def begin(job: Job, models: Sequence[ModelRef], sending: Sending) -> list[Loop]:
    """The job at each model, on its way; a job without functions is a loop of one hop."""
    return [remember(Loop(request(job, ref), job.functions, sending, rounds=4)) for ref in models]


def is_of(job: Job, loops: Sequence[Hops]) -> bool:
    """Whether these loops did this job, also with another prompt: an address may name those of another job."""
    asked = [hops.hops[0].request for hops in loops if hops.hops]
    return all(_kind(one) == _kind(request(job, one.model)) for one in asked)


def _kind(one: Request) -> tuple[Any, ...]:
    """What sets a job's request apart: all but its prompt."""
    files = [p.name for p in one.messages[0].parts if isinstance(p, File)]
    tools = [tool.name for tool in one.tools]
    return one.system, one.settings.response_schema, tools, files


def verdict(job: Job, hops: Hops) -> Verdict:
    """Whether the answer is what the job asks for: by its schema, and for the sample's own prompt by a word that a right one holds."""
    if not hops.hops:
        return Verdict("failed", hops.problem)
    response = hops.hops[-1].response
    if job.schema is not None or response.failure is not None:
        found = judge(response, job.schema or {})
        if found.state != "valid":
            return found
    sample = hops.hops[0].request.messages[0].text == JOBS[job.name].prompt
    if sample and job.check not in response.text.lower():
        return Verdict("invalid", f"A right answer holds “{job.check}”.")
    return Verdict("valid")


def per_thousand(hops: Hops) -> dict[str, Any]:
    """What 1,000 such cases would take, at the tokens and prices of this one; None where one is not known, or it broke off."""
    whole = hops if hops.ended == "answered" else replace(hops, hops=())
    sent, received = whole.input_tokens, whole.output_tokens
    return {
        "input_tokens": None if sent is None else sent * 1_000,
        "output_tokens": None if received is None else received * 1_000,
        **thousand(whole.cost, whole.duration),
    }


def thousand(cost: Decimal | None, seconds: float | None) -> dict[str, Any]:
    """USD of 1,000 such cases, and the hours that they take one after the other; None stays None."""
    return {
        "cost": None if cost is None else cost * 1_000,
        "hours": None if seconds is None else seconds * 1_000 / 3_600,
    }


def spelled(many: Mapping[str, Any]) -> dict[str, Any]:
    """The same as JSON values: money as text."""
    return {k: digits(v) if isinstance(v, Decimal) else v for k, v in many.items()}


def document(job: Job, loops: Sequence[Hops]) -> dict[str, Any]:
    """The job's loops as JSON values, each with its verdict and what 1,000 cases would take."""
    return {
        "lab": "jobs",
        "job": job.name,
        "lanes": [
            {
                **hops.document(),
                "verdict": verdict(job, hops).state,
                "why": verdict(job, hops).why,
                "per_1000": spelled(per_thousand(hops)),
            }
            for hops in loops
        ],
    }
