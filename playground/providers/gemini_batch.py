"""Gemini Batch: requests inside the call or, where they are many, in a file; answers the same way."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import httpx2

from playground.domain import Endpoint, ModelRef, Request
from playground.domain.base_url import without_version
from playground.domain.job import JobState, Progress, Tally
from playground.providers import gemini_sdk
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
from playground.providers.mapping import read_json
from playground.providers.sdk import over, silent

BETA = "v1beta"
"""Batches, files and caches are recorded at this version."""
INLINE = 18 * 2**20
"""Bytes of requests that go inside the call; Google takes 20 MB in all."""
STATES: dict[str, JobState] = {
    "PENDING": "waiting",
    "QUEUED": "waiting",
    "UNSPECIFIED": "waiting",
    "RUNNING": "running",
    "UPDATING": "running",
    "PAUSED": "running",
    "CANCELLING": "stopping",
    "SUCCEEDED": "done",
    "PARTIALLY_SUCCEEDED": "done",
    "FAILED": "failed",
    "CANCELLED": "stopped",
    "EXPIRED": "expired",
}
"""`BATCH_STATE_…` on the wire, `JOB_STATE_…` in the SDK and in Vertex AI."""
_OF_A_CALL = frozenset({"automatic_function_calling", "automatic_continuation", "http_options"})
"""What only the SDK's own call needs to know."""
_HTTP = {1: 499, 3: 400, 4: 504, 5: 404, 7: 403, 8: 429, 9: 400, 13: 500, 14: 503, 16: 401}
"""google.rpc.Code → HTTP status (https://cloud.google.com/apis/design/errors)."""


def beta(endpoint: Endpoint) -> Endpoint:
    """The endpoint at the version that has batches and caches, unless its address names one."""
    stem, _ = without_version(endpoint.base_url, gemini_sdk.VERSION)
    named = endpoint.base_url.rstrip("/") != stem.rstrip("/")
    return endpoint if named else replace(endpoint, base_url=f"{stem.rstrip('/')}/{BETA}")


def _google(asks: Asks) -> Any:
    return gemini_sdk.client(beta(asks.endpoint), SILENCE)


async def submit(
    asks: Asks,
    model: ModelRef,
    lines: Sequence[tuple[str, Request]],
    title: str,
    notes: Notes,
) -> Any:
    """Make the batch, with its requests inside or in a file."""
    google = _google(asks)
    source: Any = [_inline(key, request) for key, request in lines]
    own_fields = any(request.settings.extra for _, request in lines)  # only a file takes them
    if own_fields or len(json.dumps(source, default=str)) > INLINE:
        source = await _uploaded(asks, lines, title, notes)
    made = await noted(notes, "batch", title)
    config = {"display_name": title or "batch"}
    create = google.aio.batches.create
    batch = await asks.ask(lambda: create(model=model.model, src=source, config=config))
    await made(id_in(batch, asks.endpoint.provider, "name"), None)
    return batch


def _inline(key: str, request: Request) -> dict[str, Any]:
    given = door(request.model).arguments(request)
    config = {name: value for name, value in given["config"].items() if name not in _OF_A_CALL}
    return {"contents": given["contents"], "config": config, "metadata": {"key": key}}


async def _uploaded(
    asks: Asks, lines: Sequence[tuple[str, Request]], title: str, notes: Notes
) -> str:
    """Upload the requests as JSON Lines; the file's name. Google deletes it after 48 hours."""
    google = _google(asks)
    rows = [{"key": key, "request": await _body(google, request)} for key, request in lines]
    data = io.BytesIO("".join(f"{json.dumps(row)}\n" for row in rows).encode())
    made = await noted(notes, "file", title)
    config = {"mime_type": "application/jsonl", "display_name": title or "batch"}
    answer = await asks.ask(lambda: google.aio.files.upload(file=data, config=config))
    file = answer.get("file") or answer
    name = id_in(file, asks.endpoint.provider, "name")
    await made(name, moment(file.get("expirationTime")))
    return name


async def _body(google: Any, request: Request) -> Any:
    """The body of one request as the SDK builds it; nothing is sent."""
    caught: list[httpx2.Request] = []
    given = door(request.model).arguments(request)
    with over(silent(caught, stream=False)):
        await google.aio.models.generate_content(
            model=given["model"], contents=given["contents"], config=given["config"]
        )
    return read_json(caught[0].content)


async def look(asks: Asks, id: str) -> Any:
    """The batch as it is now."""
    google = _google(asks)
    return await asks.ask(lambda: google.aio.batches.get(name=id))


async def cancel(asks: Asks, id: str) -> Any:
    """Ask it to stop, which is answered with nothing; then look."""
    google = _google(asks)
    await asks.ask(lambda: google.aio.batches.cancel(name=id))
    return await look(asks, id)


async def delete(asks: Asks, progress: Progress) -> None:
    """Delete the batch, and the file of its requests."""
    google = _google(asks)
    await asks.drop(lambda: google.aio.batches.delete(name=progress.id))
    if progress.input_id:
        file = progress.input_id
        await asks.drop(lambda: google.aio.files.delete(name=file))


async def listing(asks: Asks, after: str | None, limit: int) -> Any:
    """One page of the project's batches."""
    google = _google(asks)
    config: dict[str, Any] = {"page_size": limit}
    if after:
        config["page_token"] = after
    return await asks.ask(lambda: google.aio.batches.list(config=config))


def listed(page: Any) -> tuple[list[Any], str | None]:
    """The batches of a page and the token of the next."""
    return list(page.get("operations") or page.get("batches") or ()), page.get("nextPageToken")


async def results(asks: Asks, progress: Progress) -> list[Any]:
    """The file of answers, or the answers that stand in the batch itself."""
    if not progress.results:
        return [_inlined(progress.raw)]
    google = _google(asks)
    file = progress.results[0]
    return [await asks.read(lambda: google.aio.files.download(file=file))]


def _inlined(raw: Mapping[str, Any]) -> list[Any]:
    for output in _outputs(raw):
        found = output.get("inlinedResponses") or {}
        if isinstance(found, dict):
            found = found.get("inlinedResponses") or []
        if found:
            return list(found)
    return []


def _outputs(raw: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Where the output may stand: in the operation's response, in its metadata, in the batch alone."""
    inside = raw.get("metadata") or {}
    for place in (raw.get("response"), inside.get("output"), raw.get("output"), raw.get("dest")):
        if isinstance(place, Mapping):
            yield place


def progress(raw: Mapping[str, Any]) -> Progress:
    """Read a batch, whether it comes as an operation or alone; counts are text, zeros are left out."""
    told = raw.get("metadata") or raw
    word = told.get("state")
    stats = told.get("batchStats") or {}
    error = raw.get("error")
    state = state_of(str(word).rpartition("STATE_")[2], STATES)
    file = next((o["responsesFile"] for o in _outputs(raw) if o.get("responsesFile")), None)
    return Progress(
        id=str(raw.get("name") or told.get("name") or ""),
        state="failed" if error and state in ("waiting", "running") else state,
        word=word,
        tally=Tally(
            total=whole(stats.get("requestCount")),
            waiting=whole(stats.get("pendingRequestCount")),
            done=whole(stats.get("successfulRequestCount")),
            failed=whole(stats.get("failedRequestCount")),
        ),
        model=str(told["model"]).removeprefix("models/") if told.get("model") else None,
        created_at=moment(told.get("createTime")),
        ended_at=moment(told.get("endTime")),
        input_id=(told.get("inputConfig") or {}).get("fileName"),
        results=(file,) if file else (),
        problems=(str(error.get("message") or error),) if isinstance(error, dict) else (),
        raw=raw,
    )


def lines(results: list[Any]) -> Iterator[RawLine]:
    """Read the answers; those without a key are numbered, they come in the order of the requests."""
    for found in results:
        rows = objects(found) if isinstance(found, bytes) else iter(found)
        for number, one in enumerate(rows):
            key = one.get("key") or (one.get("metadata") or {}).get("key") or str(number)
            if one.get("response"):
                yield RawLine(str(key), None, one["response"])
            else:
                error = one.get("error") or {"message": "no answer"}
                code = whole(error.get("code")) if isinstance(error, dict) else None
                status = None if code is None else _HTTP.get(code, code)
                yield RawLine(str(key), status, {"error": error})
