"""Stores of files that can be searched: files are cut into chunks, and a question finds those that share words with it."""

from __future__ import annotations

import re
import time
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from playground import tokens
from playground.demo.batches import File, iso, new_id
from playground.demo.filtering import custom_metadata, everything
from playground.demo.used import Keeps, Page

INDEXING = 1.0
"""Seconds until a file can be searched."""
CHUNK_WORDS = 400
"""Words of a chunk; OpenAI cuts at 800 tokens, with half of them overlapping."""
MOST_FOUND = 20
MOST_STORES = 200
USUAL = {"openai": 20, "gemini": 5}
"""Chunks of a search that names no number."""
GROWN = 3
"""Bytes stored for each byte of a file: the chunks, and the vectors beside them."""
WORD = re.compile(r"[a-z0-9]{3,}")
COMMON = frozenset(
    [
        "the",
        "and",
        "for",
        "are",
        "was",
        "were",
        "you",
        "your",
        "our",
        "with",
        "that",
        "this",
        "what",
        "which",
        "who",
        "how",
        "does",
        "did",
        "can",
        "has",
        "have",
        "not",
        "from",
        "into",
    ]
)


@dataclass(slots=True)
class Held:
    """A file in a store."""

    id: str
    file: File
    added: float
    """Seconds of the server's clock."""
    created: float
    attributes: Mapping[str, Any] = field(default_factory=dict)
    chunking: tuple[int, int] | None = None
    """Tokens of a chunk and those that two share; None = as the vendor does it."""


@dataclass(slots=True)
class Store:
    """One store."""

    id: str
    vendor: str
    name: str
    created: float
    files: OrderedDict[str, Held] = field(default_factory=OrderedDict)
    more: dict[str, Any] = field(default_factory=dict)


class Shelves:
    """Every store by its id."""

    def __init__(self, clock: Callable[[], float], scale: float) -> None:
        self._clock, self._scale = clock, scale
        self._stores: OrderedDict[str, Store] = OrderedDict()
        self.announced: dict[str, tuple[Mapping[str, Any], tuple[int, int] | None]] = {}
        """Upload → what was said of a file before its bytes came."""

    def make(self, vendor: str, name: str, **more: Any) -> Store:
        """A new store."""
        id = new_id("vs_", 32) if vendor == "openai" else new_id("fileSearchStores/", 24)
        store = Store(id, vendor, name, time.time(), more=more)
        self._stores[id] = store
        while len(self._stores) > MOST_STORES:
            self._stores.popitem(last=False)
        return store

    def find(self, id: str) -> Store | None:
        """The store; None when it is not there."""
        return self._stores.get(id)

    def of(self, vendor: str) -> list[Store]:
        """The vendor's stores, the newest first."""
        return [store for store in reversed(self._stores.values()) if store.vendor == vendor]

    def delete(self, id: str) -> bool:
        """Forget a store; False when it was not there."""
        return self._stores.pop(id, None) is not None

    def add(
        self,
        store: Store,
        file: File,
        id: str,
        attributes: Mapping[str, Any] | None = None,
        chunking: tuple[int, int] | None = None,
    ) -> Held:
        """Put a file into a store; it is indexed a little later."""
        held = Held(id, file, self._clock(), time.time(), attributes or {}, chunking)
        store.files[id] = held
        return held

    def ready(self, held: Held) -> bool:
        """Whether the file can be searched."""
        return self._clock() - held.added >= INDEXING * self._scale

    def size(self, store: Store) -> int:
        """Bytes that are stored."""
        return sum(GROWN * len(h.file.data) for h in store.files.values() if self.ready(h))

    def search(
        self, ids: list[str], question: str, most: int | None, only: Keeps = everything
    ) -> tuple[Page, ...]:
        """The chunks that share the most words with the question, of files that the filter lets through."""
        stores = [store for id in ids if (store := self._stores.get(id))]
        wanted = words(question)
        found = []
        for store in stores:
            for held in store.files.values():
                if not self.ready(held) or not only(held.attributes):
                    continue
                for text in chunks(held.file.data, held.chunking):
                    share = len(wanted & words(text)) / max(len(wanted), 1)
                    title = (
                        held.file.name if store.vendor == "openai" else held.file.name or held.id
                    )
                    score = round(share, 4)
                    found.append(Page(title, "", text, held.id, score, store.id, held.attributes))
        found.sort(key=lambda page: -page.score)
        limit = min(most or USUAL[stores[0].vendor], MOST_FOUND) if stores else 0
        some = [page for page in found if page.score > 0]
        return tuple((some or found)[:limit])


def chunks(data: bytes, chunking: tuple[int, int] | None = None) -> list[str]:
    """The file in pieces; what is no text has none."""
    text = data.decode("utf-8", "replace")
    if "\0" in text:
        return []
    if chunking is not None:
        return list(_windows(text, *chunking))
    blocks = [block.strip() for block in re.split(r"\n\s*\n", text) if block.strip()]
    found: list[str] = []
    for block in blocks:
        if found and len(f"{found[-1]} {block}".split()) <= CHUNK_WORDS // len(blocks) + 40:
            found[-1] = f"{found[-1]}\n\n{block}"
        else:
            found.append(block)
    return found


def _windows(text: str, size: int, overlap: int) -> Iterator[str]:
    """Pieces of whole words of at most so many tokens, each beginning with the last ones of the piece before it."""
    parts = re.findall(r"\S+\s*", text)
    sizes = [max(1, tokens.count(part)) for part in parts]
    start = 0
    while start < len(parts):
        end, room = start, size
        while end < len(parts) and (sizes[end] <= room or end == start):
            room -= sizes[end]
            end += 1
        yield "".join(parts[start:end]).strip()
        if end == len(parts):
            return
        back, shared = end, overlap
        while back - 1 > start and sizes[back - 1] <= shared:
            back -= 1
            shared -= sizes[back]
        start = back


def words(text: str) -> set[str]:
    """The words by which something is found."""
    return set(WORD.findall(text.lower())) - COMMON


def openai_store(shelves: Shelves, store: Store) -> dict[str, Any]:
    """OpenAI's object of a store."""
    ready = sum(shelves.ready(held) for held in store.files.values())
    total = len(store.files)
    counts = {"in_progress": total - ready, "completed": ready, "failed": 0, "cancelled": 0}
    after = store.more.get("expires_after")
    days = (after or {}).get("days")
    return {
        "id": store.id,
        "object": "vector_store",
        "created_at": int(store.created),
        "name": store.name or None,
        "description": None,
        "usage_bytes": shelves.size(store),
        "file_counts": {**counts, "total": total},
        "status": "completed" if ready == total else "in_progress",
        "expires_after": after,
        "expires_at": int(store.created) + 86_400 * days if days else None,
        "last_active_at": int(store.created),
        "metadata": store.more.get("metadata") or {},
    }


def openai_file(shelves: Shelves, store: Store, held: Held) -> dict[str, Any]:
    """OpenAI's object of a file in a store."""
    ready = shelves.ready(held)
    return {
        "id": held.id,
        "object": "vector_store.file",
        "usage_bytes": GROWN * len(held.file.data) if ready else 0,
        "created_at": int(held.created),
        "vector_store_id": store.id,
        "status": "completed" if ready else "in_progress",
        "last_error": None,
        "chunking_strategy": strategy(held.chunking),
        "attributes": dict(held.attributes),
    }


def strategy(chunking: tuple[int, int] | None) -> dict[str, Any]:
    """OpenAI's words for how a file is cut."""
    size, overlap = chunking or (800, 400)
    static = {"max_chunk_size_tokens": size, "chunk_overlap_tokens": overlap}
    return {"type": "static", "static": static}


def gemini_store(shelves: Shelves, store: Store) -> dict[str, Any]:
    """Google's object of a store; zeros are left out."""
    ready = sum(shelves.ready(held) for held in store.files.values())
    counts = {
        "activeDocumentsCount": ready,
        "pendingDocumentsCount": len(store.files) - ready,
        "sizeBytes": shelves.size(store),
    }
    return {
        "name": store.id,
        "displayName": store.name,
        "embeddingModel": "models/gemini-embedding-001",
        "createTime": iso(store.created),
        "updateTime": iso(store.created),
        **{name: f"{count}" for name, count in counts.items() if count},
    }


def gemini_document(shelves: Shelves, store: Store, held: Held) -> dict[str, Any]:
    """Google's object of a file in a store."""
    said = custom_metadata(held.attributes)
    return {
        "name": held.id,
        "displayName": held.file.name,
        **({"customMetadata": said} if said else {}),
        "mimeType": held.file.media_type or "text/plain",
        "sizeBytes": f"{len(held.file.data)}",
        "createTime": iso(held.created),
        "updateTime": iso(held.created),
        "state": "STATE_ACTIVE" if shelves.ready(held) else "STATE_PENDING",
    }


def gemini_operation(shelves: Shelves, store: Store, held: Held) -> dict[str, Any]:
    """Google's answer to an upload into a store: done when the file can be searched."""
    document = held.id.rpartition("/")[2]
    operation: dict[str, Any] = {"name": f"{store.id}/upload/operations/{document}"}
    if shelves.ready(held):
        kind = "type.googleapis.com/google.ai.generativelanguage.v1main.UploadToFileSearchStoreResponse"
        operation["done"] = True
        operation["response"] = {
            "@type": kind,
            "documentName": held.id,
            "mimeType": held.file.media_type or "text/plain",
            "parent": store.id,
            "sizeBytes": f"{len(held.file.data)}",
        }
    return operation
