"""What stands between a chat and a product that calls an API: a list, filled from what was seen and from dated facts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

from playground import catalog, pricing
from playground import figures as fmt
from playground.domain import Request, Response, clock
from playground.domain.provider import provider_of
from playground.lab.products import Fact, products

State = Literal["seen", "ready", "open", "fact"]
"""`seen`: it happened here; `ready`: the project that is downloaded does it; `open`: to be done; `fact`: to be known."""
STATES: Mapping[State, str] = {
    "seen": "seen here",
    "ready": "in the project",
    "open": "to do",
    "fact": "to know",
}
API_OF = {"openai": "openai-platform", "anthropic": "claude-console", "gemini": "gemini-api"}
"""Provider → the product whose terms hold for its API."""


class Item(NamedTuple):
    """One line of the list."""

    what: str
    state: State
    says: str
    source: str = ""
    """For Markdown, with its date; empty where it is not a fact of someone else's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What is known beside the request."""

    responses: Sequence[Response] = ()
    """Answers to it, simulated ones too."""
    limits: Sequence[str] = ()
    """Spending limits of the app that concern it, in words."""
    keeps_history: bool = True


def checklist(request: Request, seen: Seen) -> tuple[Item, ...]:
    """Every line, in the order in which one would go through it."""
    return (
        _errors(seen),
        _retries(seen),
        _rate_limits(seen),
        _output_limit(request, seen),
        _budget(request, seen),
        _logging(seen),
        _retirement(request),
        *_facts(request),
    )


def _errors(seen: Seen) -> Item:
    failed = [r.failure for r in seen.responses if r.failure is not None]
    unfinished = [r for r in seen.responses if r.failure is None and r.state != "done"]
    if failed:
        kinds = ", ".join(dict.fromkeys(failure.word for failure in failed))
        return Item(
            "Errors", "seen", f"{len(failed)} of {len(seen.responses)} failed here: {kinds}."
        )
    if unfinished:
        ends = ", ".join(dict.fromkeys(str(r.finish_reason) for r in unfinished))
        return Item(
            "Errors", "seen", f"An answer came that is not whole ({ends}): look at how it ended."
        )
    return Item(
        "Errors",
        "ready",
        "A wrong key, no credit and a stream that breaks end in a sentence, not in a traceback.",
    )


def _retries(seen: Seen) -> Item:
    limited = [r for r in seen.responses if r.failure and r.failure.type == "rate_limited"]
    if limited:
        return Item(
            "Retries",
            "seen",
            "A rate limit was hit here: the project waits as long as the answer asks.",
        )
    return Item(
        "Retries",
        "ready",
        "After a 429 the wait that Retry-After asks for, after an overload growing pauses.",
    )


_REMAINING = ("x-ratelimit-remaining-requests", "anthropic-ratelimit-requests-remaining")


def _rate_limits(seen: Seen) -> Item:
    for response in seen.responses:
        headers = {} if response.exchange is None else response.exchange.response_headers
        told = {name.lower(): value for name, value in headers.items()}
        for name in _REMAINING:
            if name in told:
                whose = "The simulation's" if response.simulated else "Your account's"
                return Item(
                    "Limits", "seen", f"{whose} answer said {told[name]} requests left ({name})."
                )
    return Item(
        "Limits",
        "open",
        "Send it once with your key: the headers tell what your tier allows. Google tells it only with a 429.",
    )


def _output_limit(request: Request, seen: Seen) -> Item:
    limit = request.settings.max_output_tokens
    made = [r.usage.output_tokens for r in seen.responses if r.usage.output_tokens is not None]
    if limit is None:
        return Item(
            "Longest answer",
            "open",
            "No limit is set: the longest answer is the model's own limit, and so is its cost.",
        )
    if made:
        return Item(
            "Longest answer",
            "seen",
            f"At most {limit:,} tokens; the longest answer here had {max(made):,}.",
        )
    return Item("Longest answer", "ready", f"At most {limit:,} output tokens.")


def _budget(request: Request, seen: Seen) -> Item:
    costs = [r.cost.total for r in seen.responses if r.cost is not None]
    cost = f" An answer cost {fmt.money(max(costs))} here." if costs else ""
    if seen.limits:
        return Item(
            "Budget",
            "seen",
            f"Here: {'; '.join(seen.limits)}. The project keeps a limit of its own.{cost}",
        )
    model = request.model.live
    if pricing.load().row(model.provider, model.model, clock.today()) is None:
        return Item(
            "Budget",
            "open",
            f"No price is known for {model}: no limit in dollars can be kept.{cost}",
        )
    return Item(
        "Budget",
        "ready",
        f"The project stops before a call that would go over SPENDING_LIMIT_USD.{cost}",
    )


def _logging(seen: Seen) -> Item:
    here = " Here, the history keeps your runs." if seen.keeps_history else ""
    return Item(
        "Logging",
        "ready",
        f"A line a call with model, tokens, dollars and time: no prompt, no answer, no key.{here}",
    )


def _retirement(request: Request) -> Item:
    model = catalog.describe(request.model.live)
    source = f"{model.source}, {model.as_of}" if model.source else ""
    days = model.days_left()
    if not model.known:
        return Item(
            "Last day",
            "open",
            f"Nothing is known of {request.model.model}: ask its provider how long it is offered.",
        )
    if days is None or model.retires is None:
        return Item(
            "Last day",
            "fact",
            "None is announced; a model lives a year or two. Its name stands in one place.",
            source,
        )
    after = f" {model.successor.model} is to follow." if model.successor else ""
    state: State = "open" if model.retires_soon() else "fact"
    when = f"in {days} days" if days > 0 else "past"
    return Item("Last day", state, f"{model.retires} ({when}).{after}", source)


def _facts(request: Request) -> Iterator[Item]:
    """Whose terms hold and what becomes of content, as dated data has it."""
    provider = provider_of(request.model.provider)
    product = products().get(API_OF.get(provider.name, ""))
    if product is None:
        yield Item(
            "Data use",
            "open",
            f"Read what {provider.label} does with what you send: it is not in our data.",
        )
        yield Item(
            "Terms", "open", f"Read {provider.label}'s terms before others use what you build."
        )
        return
    yield _fact("Data use", product.content)
    yield _fact("Terms", product.terms)
    yield _fact("Who bills", product.bills)


def _fact(what: str, fact: Fact) -> Item:
    return Item(what, "fact", fact.says, fact.source)


def markdown(items: Sequence[Item]) -> str:
    """The list as a Markdown table."""
    rows = [
        f"| {item.what} | {STATES[item.state]} | {item.says}{f' ({item.source})' if item.source else ''} |"
        for item in items
    ]
    return "\n".join(["| | | |", "| --- | --- | --- |", *rows])
