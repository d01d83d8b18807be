"""OpenAI's vector stores: files go in by their ids, are cut and embedded, and `file_search` finds chunks of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from playground.domain import Endpoint, Response
from playground.domain.hosted import (
    Chunk,
    Chunking,
    Condition,
    FileStore,
    HostedFile,
    StoredFile,
    Value,
)
from playground.providers import openai_sdk
from playground.providers.asking import SILENCE
from playground.providers.batch_door import Asks, Notes, id_in, moment, noted, whole
from playground.providers.mapping import read_json

KIND = "vector store"
DAYS = 1
"""After so many days without use a store ends by itself: what was forgotten costs little."""


def _client(asks: Asks) -> Any:
    return openai_sdk.client(asks.endpoint, SILENCE)


def where(endpoint: Endpoint) -> Endpoint:
    """Where the store is asked: as everything else."""
    return endpoint


async def create(asks: Asks, name: str, notes: Notes) -> Any:
    """An empty store, which ends by itself when it is not used."""
    made = await noted(notes, KIND, name)
    stores = _client(asks).vector_stores.with_raw_response
    ends = {"anchor": "last_active_at", "days": DAYS}
    store = await asks.ask(lambda: stores.create(name=name, expires_after=ends))
    await made(id_in(store, asks.endpoint.provider), moment(store.get("expires_at")))
    return store


async def add(
    asks: Asks,
    store: str,
    file: tuple[str, bytes, str],
    notes: Notes,
    attributes: Mapping[str, Value],
    chunking: Chunking | None,
) -> Any:
    """Upload a file and put it into the store; it is not ready yet."""
    client = _client(asks)
    made = await noted(notes, "file", file[0])
    uploaded = await asks.ask(
        lambda: client.files.with_raw_response.create(file=file, purpose="assistants")
    )
    id = id_in(uploaded, asks.endpoint.provider)
    await made(id, moment(uploaded.get("expires_at")))
    files = client.vector_stores.files.with_raw_response
    how: dict[str, Any] = {"attributes": dict(attributes)} if attributes else {}
    if chunking is not None:
        how["chunking_strategy"] = {"type": "static", "static": _cut(chunking)}
    return await asks.ask(lambda: files.create(store, file_id=id, **how))


def _cut(chunking: Chunking) -> dict[str, int]:
    return {
        "max_chunk_size_tokens": chunking.size,
        "chunk_overlap_tokens": chunking.overlap,
    }


async def look(asks: Asks, store: str, added: Sequence[Any]) -> Any:
    """The store as it is now."""
    stores = _client(asks).vector_stores.with_raw_response
    return await asks.ask(lambda: stores.retrieve(store))


async def delete(asks: Asks, store: str) -> Any:
    """Delete the store; its files stay until they are deleted too."""
    stores = _client(asks).vector_stores.with_raw_response
    return await asks.ask(lambda: stores.delete(store))


COMPARED = {"=": "eq", "!=": "ne", ">": "gt", ">=": "gte", "<": "lt", "<=": "lte"}
"""A comparison → OpenAI's word for it."""


def tool(store: str, most: int, only: Sequence[Condition]) -> dict[str, Any]:
    """What a request says to search the store, and to be shown what was found."""
    found: dict[str, Any] = {
        "type": "file_search",
        "vector_store_ids": [store],
        "max_num_results": most,
    }
    filters = [{"type": COMPARED[c.how], "key": c.key, "value": c.value} for c in only]
    if filters:
        found["filters"] = filters[0] if len(filters) == 1 else {"type": "and", "filters": filters}
    return {"tools": [found], "include": ["file_search_call.results"]}


def store(raw: Mapping[str, Any]) -> FileStore:
    """Read a store."""
    counts = {name: n for name, n in (raw.get("file_counts") or {}).items() if isinstance(n, int)}
    return FileStore(
        id=str(raw.get("id") or ""),
        name=raw.get("name") or "",
        state=raw.get("status"),
        ready=raw.get("status") == "completed" and not counts.get("in_progress"),
        files=counts,
        size=whole(raw.get("usage_bytes")),
        expires_at=moment(raw.get("expires_at")),
        gone=bool(raw.get("deleted")),
    )


def stored(raw: Mapping[str, Any]) -> StoredFile:
    """Read a file of a store."""
    error = raw.get("last_error") or {}
    return StoredFile(
        id=str(raw.get("id") or ""),
        store=str(raw.get("vector_store_id") or ""),
        state=raw.get("status"),
        ready=raw.get("status") == "completed",
        size=whole(raw.get("usage_bytes")),
        attributes=raw.get("attributes") or {},
        chunking=_chunking(raw.get("chunking_strategy") or {}),
        problem=str(error.get("message") or error.get("code") or ""),
        gone=bool(raw.get("deleted")),
    )


def _chunking(raw: Mapping[str, Any]) -> Chunking | None:
    static = raw.get("static") or {}
    size, overlap = (
        whole(static.get(n)) for n in ("max_chunk_size_tokens", "chunk_overlap_tokens")
    )
    return None if size is None else Chunking(size=size, overlap=overlap or 0)


def file(raw: Mapping[str, Any]) -> HostedFile:
    """Read a file."""
    return HostedFile(
        id=str(raw.get("id") or ""),
        name=str(raw.get("filename") or ""),
        size=whole(raw.get("bytes")),
        purpose=raw.get("purpose"),
        state=raw.get("status"),
        created_at=moment(raw.get("created_at")),
        expires_at=moment(raw.get("expires_at")),
        gone=bool(raw.get("deleted")),
    )


def chunks(response: Response) -> tuple[Chunk, ...]:
    """What the search put before the model, as far as the answer shows it."""
    cited = {one.get("file_id") for one in response.citations if one.get("type") == "file_citation"}
    return tuple(
        Chunk(
            text=result.get("text"),
            file=result.get("filename"),
            file_id=result.get("file_id"),
            store=result.get("vector_store_id"),
            score=result.get("score"),
            attributes=result.get("attributes") or {},
            cited=result.get("file_id") in cited,
        )
        for item in _output(response)
        if item.get("type") == "file_search_call"
        for result in item.get("results") or ()
    )


def _output(response: Response) -> Iterator[Mapping[str, Any]]:
    """The items of the answer, out of its last event or its body."""
    exchange = response.exchange
    if exchange is None:
        return
    if exchange.response_body:
        yield from _items(exchange.response_body)
    for event in reversed(exchange.events):
        if '"response.completed"' in event.data or '"response.incomplete"' in event.data:
            yield from _items(event.data)
            return


def _items(text: str) -> Iterator[Mapping[str, Any]]:
    try:
        value = read_json(text)
    except ValueError:
        return
    body = value.get("response", value) if isinstance(value, Mapping) else {}
    yield from (one for one in body.get("output") or () if isinstance(one, Mapping))
