"""Batches through the official SDKs: submit, look, cancel, collect, delete, list. A new provider is a row of `BATCHES`."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from playground.domain import Exchange, Failure, ModelRef, Request, Response, Timing
from playground.domain.job import Job, Line, Progress
from playground.domain.provider import provider_of
from playground.providers import (
    anthropic_batch,
    gemini_batch,
    openai_batch,
    outcome,
    verdict,
)
from playground.providers.batch_door import BatchDoor, Notes, RawLine
from playground.providers.complaint import complaint
from playground.providers.doors import door
from playground.providers.draft import Draft
from playground.providers.failures import ProviderError, failure_of, provider_failure
from playground.providers.fitting import fitted
from playground.providers.mapping import dumps
from playground.providers.talking import Talk, gone

BATCHES: Mapping[str, BatchDoor] = {
    "openai": openai_batch,
    "anthropic": anthropic_batch,
    "gemini": gemini_batch,
}
DOORS = frozenset({"responses", "chat", "messages", "generate_content"})
"""Doors whose bodies a batch takes."""
TIER = "batch"
"""What stands as the service tier of every line: it is priced by it, wherever the receipt is written again."""
_EMPTY = "The file of results holds nothing."
_FAILED = {
    "expired": "The provider did not get to this line before the batch expired. It is not billed.",
    "canceled": "The batch was cancelled before this line was answered. It is not billed.",
    "missing": "The provider's results do not name this line.",
}


def batched(model: ModelRef) -> str:
    """Why this model can't be asked in a batch here, one sentence; empty where it can."""
    label = provider_of(model.provider).label
    if model.recorded:
        return f"{model} is a recorded answer: it can't be asked again."
    if model.provider not in BATCHES:
        return f"{label} has no batch API that is spoken here."
    if model.api not in DOORS:
        return f"{label}'s batches don't take what {model.api} takes: use {model.provider}:{model.model}."
    return ""


async def submit(
    talk: Talk, model: ModelRef, lines: Sequence[tuple[str, Request]], title: str, notes: Notes
) -> Progress:
    """Send the lines as one batch; ProviderError when the provider does not take it."""
    own = BATCHES[model.provider]
    whole = [(key, replace(request, stream=False)) for key, request in lines]
    return read(model.provider, await own.submit(talk, model, whole, title, notes))


async def look(talk: Talk, progress: Progress) -> Progress:
    """The batch as it is now; state `gone` where the provider no longer has it."""
    provider = talk.endpoint.provider
    try:
        return read(provider, await BATCHES[provider].look(talk, progress.id))
    except ProviderError as error:
        if not gone(error.failure):
            raise
        return replace(progress, state="gone", word=error.failure.code)


async def cancel(talk: Talk, progress: Progress) -> Progress:
    """Ask the provider to stop; lines that are done already stay done, and billed."""
    provider = talk.endpoint.provider
    return read(provider, await BATCHES[provider].cancel(talk, progress.id))


async def delete(talk: Talk, progress: Progress) -> None:
    """Delete what the batch left at the provider; what is gone already is no error."""
    await BATCHES[talk.endpoint.provider].delete(talk, progress)


async def listing(
    talk: Talk, *, after: str | None = None, limit: int = 20
) -> tuple[list[Progress], str | None]:
    """One page of the account's batches, and what asks for the next one."""
    provider = talk.endpoint.provider
    found, following = BATCHES[provider].listed(await BATCHES[provider].listing(talk, after, limit))
    return [read(provider, one) for one in found], following


async def collect(talk: Talk, job: Job) -> tuple[Line, ...]:
    """The answers in the order in which the lines were sent; a line without one is a failed Response."""
    results = await BATCHES[job.model.provider].results(talk, job.progress)
    if results and all(one == b"" for one in results):
        raise ProviderError(
            failure_of("server", talk.endpoint.provider, message=_EMPTY, status=200)
        )
    return await asyncio.to_thread(_lines, talk, job, results)  # on the loop others are being timed


def _lines(talk: Talk, job: Job, results: list[Any]) -> tuple[Line, ...]:
    found = {line.key: line for line in BATCHES[job.model.provider].lines(results)}
    known, numbered = set(job.keys), {f"{number}": key for number, key in enumerate(job.keys)}
    found = {key if key in known else numbered.get(key, key): v for key, v in found.items()}
    fetched = talk.exchanges[-1] if talk.exchanges else None
    return tuple(
        Line(key=key, response=_response(found.get(key), job, fetched)) for key in job.keys
    )


def read(provider: str, raw: Any) -> Progress:
    """The provider's batch object as our Progress; ProviderError where it is none."""
    progress = BATCHES[provider].progress(raw if isinstance(raw, Mapping) else {})
    if not progress.id:
        message = "The answer holds no batch."
        raise ProviderError(failure_of("server", provider, message=message))
    return progress


def _response(line: RawLine | None, job: Job, fetched: Exchange | None) -> Response:
    line = line or RawLine("", None, None, "missing")
    body = response_of(job.model, line)
    answered = job.progress.ended_at or job.created_at
    sent = fetched and replace(
        fetched,
        status=line.status if body.failure else fetched.status,
        response_body=None if line.body is None else dumps(line.body),
        bytes_received=0,
    )
    return replace(
        body,
        timing=Timing(started_at=_utc(answered)),
        exchange=sent,
        simulated=job.simulated,
    )


def response_of(model: ModelRef, line: RawLine) -> Response:
    """One line as the Response that the same answer to a single call would be, at the batch's tier."""
    draft = Draft(model.provider)
    failure = _failure(model.provider, line)
    if failure is None:
        try:
            door(model).read_body(draft, line.body)
            door(model).finish(draft)
            verdict.tidy(draft)
            failure = draft.failure or verdict.failed(draft)
        except Exception:
            message = f"The line could not be read: {outcome.excerpt(dumps(line.body).encode())}"
            failure = failure_of("server", model.provider, message=message, status=line.status)
    return fitted(
        replace(draft.response(model), service_tier=TIER, failure=failure, streamed=False)
    )


def _failure(provider: str, line: RawLine) -> Failure | None:
    """Why the line has no answer; None where it has one."""
    if line.failed:
        made = failure_of(
            "cancelled" if line.failed == "canceled" else "timeout",
            provider,
            message=_FAILED.get(line.failed, f"The provider says: {line.failed}."),
            code=line.failed,
            next_step="Submit this line again.",
        )
        return replace(made, meaning=made.message)
    ok = line.status is None or 200 <= line.status < 300
    wrong = isinstance(line.body, Mapping) and line.body.get("error")
    if ok and not wrong:
        return None
    return provider_failure(provider, line.status, complaint(line.body), {})


def _utc(moment: str | None) -> str | None:
    """The moment in UTC with milliseconds; None where it can't be read."""
    try:
        found = datetime.fromisoformat(moment or "")
    except ValueError:
        return None
    aware = found if found.tzinfo else found.replace(tzinfo=UTC)
    return aware.astimezone(UTC).isoformat(timespec="milliseconds")
