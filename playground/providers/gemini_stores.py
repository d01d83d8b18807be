"""Gemini's File Search stores: a file goes up into the store itself, is indexed, and `fileSearch` finds chunks of it."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping, Sequence
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
from playground.providers import gemini_sdk
from playground.providers.asking import SILENCE
from playground.providers.batch_door import Asks, Notes, id_in, moment, noted, whole
from playground.providers.gemini_batch import beta
from playground.providers.mapping import read_json

KIND = "file search store"
_COUNTS = {
    "activeDocumentsCount": "completed",
    "pendingDocumentsCount": "in_progress",
    "failedDocumentsCount": "failed",
}


def _google(asks: Asks) -> Any:
    return gemini_sdk.client(beta(asks.endpoint), SILENCE).aio


def where(endpoint: Endpoint) -> Endpoint:
    """Where the store is asked: at the version that has stores."""
    return beta(endpoint)


async def create(asks: Asks, name: str, notes: Notes) -> Any:
    """An empty store; it stays until it is deleted."""
    made = await noted(notes, KIND, name)
    google = _google(asks)
    store = await asks.ask(lambda: google.file_search_stores.create(config={"display_name": name}))
    await made(id_in(store, asks.endpoint.provider, "name"), None)
    return store


async def add(
    asks: Asks,
    store: str,
    file: tuple[str, bytes, str],
    notes: Notes,
    attributes: Mapping[str, Value],
    chunking: Chunking | None,
) -> Any:
    """Upload a file into the store; an operation that is done when the file can be searched."""
    google, (name, data, media_type) = _google(asks), file
    config: Any = {"display_name": name, "mime_type": media_type}
    if attributes:
        config["custom_metadata"] = metadata(attributes)
    if chunking is not None:
        cut = {"max_tokens_per_chunk": chunking.size, "max_overlap_tokens": chunking.overlap}
        config["chunking_config"] = {"white_space_config": cut}
    return await asks.ask(
        lambda: google.file_search_stores.upload_to_file_search_store(
            file_search_store_name=store, file=io.BytesIO(data), config=config
        )
    )


def metadata(attributes: Mapping[str, Value]) -> list[dict[str, Any]]:
    """As Google takes what is said of a file: texts and numbers; true and false are texts."""
    return [
        {"key": key, "numeric_value": value}
        if isinstance(value, int | float) and not isinstance(value, bool)
        else {"key": key, "string_value": _text(value)}
        for key, value in attributes.items()
    ]


def _text(value: Value) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _said(rows: Sequence[Mapping[str, Any]]) -> dict[str, Value]:
    """What Google shows of it again."""
    told = {
        str(row.get("key")): row.get("stringValue", row.get("numericValue"))
        for row in rows
        if isinstance(row, Mapping)
    }
    return {key: value for key, value in told.items() if isinstance(value, str | int | float)}


async def look(asks: Asks, store: str, added: Sequence[Any]) -> Any:
    """The store as it is now."""
    google = _google(asks)
    return await asks.ask(lambda: google.file_search_stores.get(name=store))


async def delete(asks: Asks, store: str) -> Any:
    """Delete the store and what is in it."""
    google = _google(asks)
    return await asks.ask(
        lambda: google.file_search_stores.delete(name=store, config={"force": True})
    )


def tool(store: str, most: int, only: Sequence[Condition]) -> dict[str, Any]:
    """What a request says to search the store."""
    found: dict[str, Any] = {"fileSearchStoreNames": [store], "topK": most}
    if only:
        found["metadataFilter"] = " AND ".join(map(_filter, only))
    return {"tools": [{"fileSearch": found}]}


def _filter(one: Condition) -> str:
    plain = isinstance(one.value, int | float) and not isinstance(one.value, bool)
    value = one.value if plain else json.dumps(_text(one.value), ensure_ascii=False)
    return f"{one.key} {one.how} {value}"


def store(raw: Mapping[str, Any]) -> FileStore:
    """Read a store; Google leaves out counts that are zero."""
    counts = {ours: whole(raw.get(name)) or 0 for name, ours in _COUNTS.items()}
    counts["total"] = sum(counts.values())
    return FileStore(
        id=str(raw.get("name") or ""),
        name=str(raw.get("displayName") or ""),
        ready=not counts["in_progress"],
        files=counts,
        size=whole(raw.get("sizeBytes")),
        gone=raw == {},
    )


def stored(raw: Mapping[str, Any]) -> StoredFile:
    """Read an operation that puts a file into a store, or the document that it has become."""
    response, error = raw.get("response") or {}, raw.get("error") or {}
    state = raw.get("state")
    return StoredFile(
        id=str(response.get("documentName") or raw.get("name") or ""),
        store=str(response.get("parent") or ""),
        state=state or ("done" if raw.get("done") or response else "running"),
        ready=bool(response) or state == "STATE_ACTIVE",
        size=whole(response.get("sizeBytes", raw.get("sizeBytes"))),
        attributes=_said(raw.get("customMetadata") or ()),
        problem=str(error.get("message") or ""),
    )


def file(raw: Mapping[str, Any]) -> HostedFile:
    """Read a file, alone or as an upload answers it."""
    found = raw.get("file") or raw
    return HostedFile(
        id=str(found.get("name") or ""),
        name=str(found.get("displayName") or ""),
        size=whole(found.get("sizeBytes")),
        media_type=found.get("mimeType"),
        state=found.get("state"),
        created_at=moment(found.get("createTime")),
        expires_at=moment(found.get("expirationTime")),
        uri=found.get("uri"),
        gone=raw == {},
    )


def chunks(response: Response) -> tuple[Chunk, ...]:
    """What the search put before the model; those that a part of the answer rests on are cited."""
    cited = _cited(response)
    return tuple(
        Chunk(
            text=found.get("text"),
            file=found.get("title"),
            file_id=found.get("uri"),
            store=found.get("fileSearchStore"),
            attributes=_said(found.get("customMetadata") or ()),
            cited=number in cited,
        )
        for number, one in enumerate(response.citations)
        if (found := one.get("retrievedContext"))
    )


def _cited(response: Response) -> set[int]:
    """The numbers of the chunks that parts of the answer rest on."""
    exchange, found = response.exchange, set[int]()
    texts = (
        []
        if exchange is None
        else [exchange.response_body or "", *(e.data for e in exchange.events)]
    )
    for text in texts:
        if "groundingSupports" not in text:
            continue
        try:
            value = read_json(text)
        except ValueError:
            continue
        for candidate in value.get("candidates") or ():
            grounding = candidate.get("groundingMetadata") or {}
            for support in grounding.get("groundingSupports") or ():
                found |= set(support.get("groundingChunkIndices") or ())
    return found
