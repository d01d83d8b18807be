"""OpenAI Batch: a file of lines goes up, a batch works through it, one file of answers and one of errors come down."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import Any

from playground.domain import APIS, ModelRef, Request
from playground.domain.job import JobState, Progress, Tally
from playground.providers import openai_responses, openai_sdk
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

WINDOW = "24h"
STATES: dict[str, JobState] = {
    "validating": "waiting",
    "in_progress": "running",
    "finalizing": "running",
    "completed": "done",
    "failed": "failed",
    "expired": "expired",
    "cancelling": "stopping",
    "cancelled": "stopped",
}
_ENDED = ("completed_at", "failed_at", "expired_at", "cancelled_at")
_FILES = ("output_file_id", "error_file_id")


async def submit(
    asks: Asks,
    model: ModelRef,
    lines: Sequence[tuple[str, Request]],
    title: str,
    notes: Notes,
) -> Any:
    """Upload the lines, then make the batch of them."""
    client = openai_sdk.client(asks.endpoint, SILENCE)
    address = f"/v1{APIS[model.api].path}"
    text = "".join(f"{json.dumps(line)}\n" for line in _lines(lines, address))
    name = f"{title or 'batch'}.jsonl"
    made = await noted(notes, "file", name)
    file = (name, text.encode(), "application/jsonl")
    uploaded = await asks.ask(
        lambda: client.files.with_raw_response.create(file=file, purpose="batch")
    )
    lines_file = id_in(uploaded, asks.endpoint.provider)
    await made(lines_file, moment(uploaded.get("expires_at")))
    made = await noted(notes, "batch", title)
    batch = await asks.ask(
        lambda: client.batches.with_raw_response.create(
            input_file_id=lines_file,
            endpoint=address,
            completion_window=WINDOW,
            metadata={"title": title[:512]} if title else None,
        )
    )
    await made(id_in(batch, asks.endpoint.provider), None)
    return batch


def _lines(lines: Sequence[tuple[str, Request]], address: str) -> Iterator[dict[str, Any]]:
    for key, request in lines:
        body = body_of(door(request.model).arguments(request))
        body.pop("stream", None)
        body.pop("stream_options", None)
        yield {"custom_id": key, "method": "POST", "url": address, "body": body}


async def look(asks: Asks, id: str) -> Any:
    """The batch object as it is now."""
    client = openai_sdk.client(asks.endpoint, SILENCE)
    return await asks.ask(lambda: client.batches.with_raw_response.retrieve(id))


async def cancel(asks: Asks, id: str) -> Any:
    """Ask it to stop; it says `cancelling` for up to ten minutes."""
    client = openai_sdk.client(asks.endpoint, SILENCE)
    return await asks.ask(lambda: client.batches.with_raw_response.cancel(id))


async def delete(asks: Asks, progress: Progress) -> None:
    """Delete its files; the batch itself can't be deleted."""
    client = openai_sdk.client(asks.endpoint, SILENCE)
    for file in filter(None, (progress.input_id, *progress.results)):
        await asks.drop(partial(client.files.with_raw_response.delete, file))


async def listing(asks: Asks, after: str | None, limit: int) -> Any:
    """One page of the account's batches, the newest first."""
    client = openai_sdk.client(asks.endpoint, SILENCE)
    more = {"after": after} if after else {}
    return await asks.ask(lambda: client.batches.with_raw_response.list(limit=limit, **more))


def listed(page: Any) -> tuple[list[Any], str | None]:
    """The batch objects of a page and the id to go on after."""
    found = list(page.get("data") or ())
    return found, (found[-1]["id"] if found and page.get("has_more") else None)


async def results(asks: Asks, progress: Progress) -> list[Any]:
    """The file of answers and the file of errors, where there are such."""
    client = openai_sdk.client(asks.endpoint, SILENCE)
    content = client.files.with_raw_response.content
    return [await asks.read(partial(content, file)) for file in progress.results]


def progress(raw: Mapping[str, Any]) -> Progress:
    """Read a batch object; its usage is zeros until the end, which is no count."""
    counts = raw.get("request_counts") or {}
    word = raw.get("status")
    state = state_of(word, STATES)
    counted = raw.get("usage") if state not in ("waiting", "running", "stopping") else None
    total, done, failed = (whole(counts.get(name)) for name in ("total", "completed", "failed"))
    return Progress(
        id=str(raw.get("id") or ""),
        state=state,
        word=word,
        tally=Tally(total=total or None, done=done, failed=failed),
        usage=openai_responses.usage(counted, {})
        if counted and counted.get("total_tokens")
        else None,
        model=raw.get("model"),
        created_at=moment(raw.get("created_at")),
        ended_at=next((moment(raw[name]) for name in _ENDED if raw.get(name)), None),
        expires_at=moment(raw.get("expires_at")),
        input_id=raw.get("input_file_id"),
        results=tuple(raw[name] for name in _FILES if raw.get(name)),
        problems=tuple(_problems(raw.get("errors"))),
        raw=raw,
    )


def _problems(errors: Any) -> Iterator[str]:
    for one in (errors or {}).get("data") or ():
        where = f"line {one['line']}: " if one.get("line") else ""
        yield f"{where}{one.get('message') or one.get('code') or 'refused'}"


def lines(results: list[Any]) -> Iterator[RawLine]:
    """Read the answers; a line that has expired stands among the errors with the code `batch_expired`."""
    for one in (each for file in results for each in objects(file)):
        key, response, error = str(one.get("custom_id")), one.get("response"), one.get("error")
        if response:
            yield RawLine(key, response.get("status_code"), response.get("body"))
        else:
            code = str((error or {}).get("code") or "")
            failed = {"batch_expired": "expired", "batch_cancelled": "canceled"}.get(code)
            yield RawLine(key, None, {"error": error or {"message": "no answer"}}, failed)
