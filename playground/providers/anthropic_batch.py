"""Anthropic Message Batches: all requests in one body, one address with the results once it has ended."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import httpx2

from playground.domain import ModelRef, Request
from playground.domain.job import JobState, Progress, Tally
from playground.providers import anthropic_sdk
from playground.providers.asking import SILENCE
from playground.providers.batch_door import (
    Asks,
    Notes,
    RawLine,
    id_in,
    moment,
    noted,
    state_of,
    whole,
)
from playground.providers.doors import door
from playground.providers.jsonl import objects
from playground.providers.sdk import body_of

PATH = "/v1/messages/batches"
STATES: dict[str, JobState] = {
    "in_progress": "running",
    "canceling": "stopping",
    "ended": "done",
}


async def submit(
    asks: Asks,
    model: ModelRef,
    lines: Sequence[tuple[str, Request]],
    title: str,
    notes: Notes,
) -> Any:
    """Make the batch; Anthropic keeps no title."""
    client = anthropic_sdk.client(asks.endpoint, SILENCE)
    requests = list(_lines(lines))
    made = await noted(notes, "batch", title)
    # `batches.create` would walk every field of every request along its type hints, on the event loop
    batch = await asks.ask(
        lambda: client.post(PATH, cast_to=httpx2.Response, body={"requests": requests})
    )
    await made(id_in(batch, asks.endpoint.provider), None)
    return batch


def _lines(lines: Sequence[tuple[str, Request]]) -> Iterator[dict[str, Any]]:
    for key, request in lines:
        params = body_of(door(request.model).arguments(request))
        params.pop("stream", None)
        yield {"custom_id": key, "params": params}


async def look(asks: Asks, id: str) -> Any:
    """The batch object as it is now."""
    client = anthropic_sdk.client(asks.endpoint, SILENCE)
    return await asks.ask(lambda: client.messages.batches.with_raw_response.retrieve(id))


async def cancel(asks: Asks, id: str) -> Any:
    """Ask it to stop; what has begun is finished."""
    client = anthropic_sdk.client(asks.endpoint, SILENCE)
    return await asks.ask(lambda: client.messages.batches.with_raw_response.cancel(id))


async def delete(asks: Asks, progress: Progress) -> None:
    """Delete the batch with its results; only one that has ended can be."""
    client = anthropic_sdk.client(asks.endpoint, SILENCE)
    await asks.drop(lambda: client.messages.batches.with_raw_response.delete(progress.id))


async def listing(asks: Asks, after: str | None, limit: int) -> Any:
    """One page of the workspace's batches, the newest first."""
    client = anthropic_sdk.client(asks.endpoint, SILENCE)
    more = {"after_id": after} if after else {}
    return await asks.ask(
        lambda: client.messages.batches.with_raw_response.list(limit=limit, **more)
    )


def listed(page: Any) -> tuple[list[Any], str | None]:
    """The batch objects of a page and the id to go on after."""
    return list(page.get("data") or ()), (page.get("last_id") if page.get("has_more") else None)


async def results(asks: Asks, progress: Progress) -> list[Any]:
    """The file of results. The SDK's own `results` asks for the batch once more first: we have just looked."""
    client = anthropic_sdk.client(asks.endpoint, SILENCE)
    path = f"{PATH}/{progress.id}/results"
    return [await asks.read(lambda: client.get(path, cast_to=httpx2.Response))]


def progress(raw: Mapping[str, Any]) -> Progress:
    """Read a batch object; until it has ended every line counts as processing, whatever is done already."""
    counts = raw.get("request_counts") or {}
    word = raw.get("processing_status")
    state = state_of(word, STATES)
    named = ("processing", "succeeded", "errored", "canceled", "expired")
    each = [whole(counts.get(name)) for name in named]
    known = [count for count in each if count is not None]
    waiting, done, failed, stopped, expired = each
    if state == "done" and raw.get("cancel_initiated_at") and not done:
        state = "stopped"
    over = state in ("done", "stopped")
    return Progress(
        id=str(raw.get("id") or ""),
        state=state,
        word=word,
        tally=Tally(
            total=sum(known) if known else None,
            waiting=waiting,
            done=done if over else None,
            failed=failed if over else None,
            stopped=stopped if over else None,
            expired=expired if over else None,
        ),
        created_at=moment(raw.get("created_at")),
        ended_at=moment(raw.get("ended_at")),
        expires_at=moment(raw.get("expires_at")),
        results=(raw["results_url"],) if raw.get("results_url") else (),
        raw=raw,
    )


def lines(results: list[Any]) -> Iterator[RawLine]:
    """Read the results."""
    for one in (each for file in results for each in objects(file)):
        key, result = str(one.get("custom_id")), one.get("result") or {}
        kind = result.get("type")
        if kind == "succeeded":
            yield RawLine(key, None, result.get("message"))
        elif kind == "errored":
            yield RawLine(key, None, result.get("error"))
        else:
            yield RawLine(key, None, None, str(kind or "missing"))
