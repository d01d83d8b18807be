"""What works with which key: the same four requests with a good one, a wrong one and none."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import TypeVar

from playground import figures as fmt
from playground.domain import Endpoint, Failure, ModelRef, Request, Secret, Settings
from playground.providers import Call, ProviderError, count_input_tokens, list_models
from playground.tokens import count
from playground.wire import Pool

T = TypeVar("T")
TEXT = "A key opens the API. It is not a login, and it is not a token."
KEYS: dict[str, Secret | None] = {
    "good key": Secret("demo-good-key"),
    "wrong key": Secret("demo-wrong-key"),
    "no key": None,
}
"""Slot → the key in it; the simulated providers refuse every key with `wrong` in it, and none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of one request in one slot."""

    worked: bool
    said: str
    """What came back, or why nothing did."""
    status: int | None = None
    """HTTP status of a refusal; None when nothing was sent or all went well."""


async def check(endpoint: Endpoint, model: ModelRef, *, pool: Pool) -> dict[str, Outcome]:
    """Each of the four requests with this endpoint's key; never raises."""
    return {what: await act(endpoint, model, pool) for what, act in ACTS.items()}


def slots(endpoint: Endpoint) -> dict[str, Endpoint]:
    """The same simulated endpoint with each of the keys in turn."""
    return {name: replace(endpoint, key=key) for name, key in KEYS.items()}


async def _count_here(endpoint: Endpoint, model: ModelRef, pool: Pool) -> Outcome:
    return Outcome(worked=True, said=f"{count(TEXT):,} tokens, counted on this computer")


async def _list(endpoint: Endpoint, model: ModelRef, pool: Pool) -> Outcome:
    listing = list_models(endpoint, pool=pool)
    return await _tried(endpoint, listing, lambda found: f"{len(found):,} models")


async def _count_there(endpoint: Endpoint, model: ModelRef, pool: Pool) -> Outcome:
    counting = count_input_tokens(Request.ask(model, TEXT), endpoint, pool=pool)
    return await _tried(
        endpoint, counting, lambda tokens: f"{fmt.count(tokens)} tokens, counted by the provider"
    )


async def _ask(endpoint: Endpoint, model: ModelRef, pool: Pool) -> Outcome:
    call = Call(
        Request.ask(model, TEXT, settings=Settings(max_output_tokens=64)), endpoint, pool=pool
    )
    await call.run()
    response = call.response()
    if response.failure is not None:
        return _refused(endpoint, response.failure)
    usage = response.usage
    return Outcome(
        worked=True,
        said=f"{fmt.count(usage.input_tokens)} tokens in, {fmt.count(usage.output_tokens)} out: billed",
    )


async def _tried(endpoint: Endpoint, work: Awaitable[T], say: Callable[[T], str]) -> Outcome:
    try:
        found = await work
    except ProviderError as error:
        return _refused(endpoint, error.failure)
    return Outcome(worked=True, said=say(found))


def _refused(endpoint: Endpoint, failure: Failure) -> Outcome:
    said = failure.meaning if endpoint.key else "Refused: the request carries no key."
    return Outcome(worked=False, said=said, status=failure.status)


Act = Callable[[Endpoint, ModelRef, Pool], Awaitable[Outcome]]
ACTS: dict[str, Act] = {
    "Count tokens here": _count_here,
    "List the models": _list,
    "Count tokens at the provider": _count_there,
    "Ask a question": _ask,
}
"""What is tried → how."""
