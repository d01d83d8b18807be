"""The paths of OpenAI's vector stores, Gemini's File Search stores, and Anthropic's files."""

from __future__ import annotations

from typing import Any

from starlette.datastructures import UploadFile
from starlette.responses import Response
from starlette.routing import Route

from playground.demo import (
    anthropic_messages,
    filtering,
    gemini_generate,
    openai_responses,
    shelves,
)
from playground.demo.ask import Refused
from playground.demo.batch_routes import Desk, Work, handler
from playground.demo.batches import File, iso, new_id
from playground.demo.door import Door
from playground.demo.shelves import Held, Store
from playground.demo.state import State
from playground.domain import PROVIDERS

OPENAI, ANTHROPIC, GEMINI = (PROVIDERS[n].demo_path for n in ("openai", "anthropic", "gemini"))
STORES = f"{OPENAI}/vector_stores"


def store_of(desk: Desk, id: str) -> Store:
    """The store; Refused when it is not there."""
    found = desk.state.shelves.find(id)
    if found is None or found.vendor != desk.door.vendor:
        raise Refused("no_thing", f"No vector store found with id '{id}'.")
    return found


def held_of(desk: Desk, store: Store, id: str) -> Held:
    """The file in the store; Refused when it is not there."""
    found = store.files.get(id)
    if found is None:
        raise Refused("no_thing", f"No file found with id '{id}' in vector store '{store.id}'.")
    return found


def listing(desk: Desk, rows: list[dict[str, Any]]) -> Response:
    """A page of OpenAI's."""
    query, size = desk.request.query_params, desk.size("limit")
    ids = [row["id"] for row in rows]
    after = query.get("after")
    start = ids.index(after) + 1 if after in ids else 0
    shown = rows[start : start + size]
    ends = {"first_id": shown[0]["id"], "last_id": shown[-1]["id"]} if shown else {}
    more = start + size < len(rows)
    return desk.call.answered({"object": "list", "data": shown, **ends, "has_more": more})


async def stores(desk: Desk) -> Response:
    """OpenAI: a new store, or the list."""
    shelf = desk.state.shelves
    if desk.request.method == "GET":
        return listing(desk, [shelves.openai_store(shelf, s) for s in shelf.of("openai")])
    body = await desk.json()
    files = [desk.file(id) for id in body.get("file_ids") or ()]
    cut = _cut(body.get("chunking_strategy"))
    kept = {name: body.get(name) for name in ("expires_after", "metadata")}
    made = shelf.make("openai", str(body.get("name") or ""), **kept)
    for one in files:
        shelf.add(made, one, one.id, None, cut)
    return desk.call.answered(shelves.openai_store(shelf, made))


async def store(desk: Desk) -> Response:
    """OpenAI: one store, or its end."""
    found = store_of(desk, desk.id)
    if desk.request.method == "DELETE":
        desk.state.shelves.delete(found.id)
        gone = {"id": found.id, "object": "vector_store.deleted", "deleted": True}
        return desk.call.answered(gone)
    if desk.request.method == "POST":
        found.name = str((await desk.json()).get("name") or found.name)
    return desk.call.answered(shelves.openai_store(desk.state.shelves, found))


async def store_files(desk: Desk) -> Response:
    """OpenAI: a file into a store, or the files in it, the newest first."""
    found, shelf = store_of(desk, desk.id), desk.state.shelves
    if desk.request.method == "GET":
        rows = [shelves.openai_file(shelf, found, held) for held in found.files.values()]
        return listing(desk, rows[::-1])
    body = await desk.json()
    file = desk.file(str(body.get("file_id")))
    cut = _cut(body.get("chunking_strategy"))
    held = shelf.add(found, file, file.id, body.get("attributes"), cut)
    row = shelves.openai_file(shelf, found, held)
    return desk.call.answered({**row, "status": "in_progress", "usage_bytes": 0})


def _cut(given: Any) -> tuple[int, int] | None:
    """Tokens of a chunk, and of what two share; Refused where OpenAI would refuse them."""
    if not isinstance(given, dict) or given.get("type") != "static":
        return None
    static = given.get("static") or {}
    size, overlap = static.get("max_chunk_size_tokens"), static.get("chunk_overlap_tokens")
    where = "chunking_strategy.static"
    if not isinstance(size, int) or not 100 <= size <= 4096:
        said = f"Invalid '{where}.max_chunk_size_tokens': expected a value between 100 and 4096."
        raise Refused("invalid", said, f"{where}.max_chunk_size_tokens")
    if not isinstance(overlap, int) or overlap * 2 > size:
        said = f"Invalid '{where}.chunk_overlap_tokens': must not exceed half of max_chunk_size_tokens."
        raise Refused("invalid", said, f"{where}.chunk_overlap_tokens")
    return size, overlap


async def store_file(desk: Desk) -> Response:
    """OpenAI: one file of a store, or its end there; the file itself stays."""
    found = store_of(desk, desk.id)
    held = held_of(desk, found, desk.request.path_params["file"])
    if desk.request.method == "DELETE":
        del found.files[held.id]
        gone = {"id": held.id, "object": "vector_store.file.deleted", "deleted": True}
        return desk.call.answered(gone)
    return desk.call.answered(shelves.openai_file(desk.state.shelves, found, held))


async def store_search(desk: Desk) -> Response:
    """OpenAI: a search without a model."""
    found, body = store_of(desk, desk.id), await desk.json()
    query = body.get("query")
    asked = " ".join(query) if isinstance(query, list) else str(query or "")
    only = filtering.keeps(body)
    most = body.get("max_num_results") or 10
    pages = desk.state.shelves.search([found.id], asked, most, only)
    rows = [
        {
            "file_id": page.file_id,
            "filename": page.title,
            "score": page.score,
            "attributes": dict(page.attributes),
            "content": [{"type": "text", "text": page.text}],
        }
        for page in pages
    ]
    answer = {"object": "vector_store.search_results.page", "search_query": [asked], "data": rows}
    return desk.call.answered({**answer, "has_more": False, "next_page": None})


async def gemini_stores(desk: Desk) -> Response:
    """Gemini: a new store, or the list."""
    shelf = desk.state.shelves
    if desk.request.method == "GET":
        rows = [shelves.gemini_store(shelf, s) for s in shelf.of("gemini")]
        return desk.call.answered({"fileSearchStores": rows} if rows else {})
    body = await desk.json()
    made = shelf.make("gemini", str(body.get("displayName") or ""))
    return desk.call.answered(shelves.gemini_store(shelf, made))


async def gemini_store(desk: Desk) -> Response:
    """Gemini: one store, its end, its documents, or an upload into it that is under way."""
    id, _, rest = desk.id.partition("/")
    found, shelf = store_of(desk, f"fileSearchStores/{id}"), desk.state.shelves
    if not rest and desk.request.method == "DELETE":
        if found.files and desk.request.query_params.get("force", "").lower() != "true":
            raise Refused("invalid", "Cannot delete non-empty FileSearchStore.")
        shelf.delete(found.id)
        return desk.call.answered({})
    if not rest:
        return desk.call.answered(shelves.gemini_store(shelf, found))
    if rest == "documents":
        rows = [shelves.gemini_document(shelf, found, held) for held in found.files.values()]
        return desk.call.answered({"documents": rows} if rows else {})
    held = held_of(desk, found, f"{found.id}/documents/{rest.rpartition('/')[2]}")
    if "operations/" in rest:
        return desk.call.answered(shelves.gemini_operation(shelf, found, held))
    if desk.request.method == "DELETE":
        del found.files[held.id]
        return desk.call.answered({})
    return desk.call.answered(shelves.gemini_document(shelf, found, held))


async def gemini_begin(desk: Desk) -> Response:
    """Gemini: announce a file for a store; the answer's header says where to send it."""
    id = desk.id.partition(":")[0]
    found, body = store_of(desk, f"fileSearchStores/{id}"), await desk.json()
    key = new_id("", 16)
    announced = desk.request.headers.get("x-goog-upload-header-content-type", "")
    kind = str(body.get("mimeType") or announced or "text/plain")
    begun = desk.state.files.keep(
        f"upload/{key}", str(body.get("displayName") or ""), b"", "", kind
    )
    begun.purpose = found.id
    desk.state.shelves.announced[key] = _announced(gemini_generate.camel(body))
    answered = desk.call.answered({})
    address = str(desk.request.url).partition("?")[0]
    answered.headers["x-goog-upload-status"] = "active"
    answered.headers["x-goog-upload-url"] = f"{address}?upload_protocol=resumable&upload_id={key}"
    return answered


def _announced(body: Any) -> tuple[dict[str, Any], tuple[int, int] | None]:
    """What is said of a file, and how it is to be cut."""
    said = {
        row["key"]: row.get("stringValue", row.get("numericValue"))
        for row in body.get("customMetadata") or ()
    }
    cut = (body.get("chunkingConfig") or {}).get("whiteSpaceConfig") or {}
    size = cut.get("maxTokensPerChunk")
    return said, (size, cut.get("maxOverlapTokens") or 0) if size else None


async def gemini_upload(desk: Desk) -> Response:
    """Gemini: a file into a store: its announcement, and then its bytes."""
    key = desk.request.query_params.get("upload_id")
    if not key:
        return await gemini_begin(desk)
    begun = desk.file(f"upload/{key}")
    await desk.more_of(begun)
    if "finalize" not in desk.request.headers.get("x-goog-upload-command", ""):
        answered = desk.call.answered({})
        answered.headers["x-goog-upload-status"] = "active"
        return answered
    desk.state.files.delete(begun.id)
    found = store_of(desk, begun.purpose)
    shelf, id = desk.state.shelves, f"{found.id}/documents/{new_id('', 24)}"
    held = shelf.add(found, begun, id, *shelf.announced.pop(key, ({}, None)))
    answered = desk.call.answered(shelves.gemini_operation(shelf, found, held))
    answered.headers["x-goog-upload-status"] = "final"
    return answered


def anthropic_file(file: File) -> dict[str, Any]:
    """Anthropic's object of a file."""
    row = {
        "id": file.id,
        "type": "file",
        "filename": file.name,
        "mime_type": file.media_type or "application/octet-stream",
        "size_bytes": len(file.data),
        "created_at": iso(file.created),
        "downloadable": False,
    }
    seconds = file.purpose.removeprefix("expires:")
    return {**row, "expires_at": iso(file.created + int(seconds))} if seconds.isdecimal() else row


async def anthropic_files(desk: Desk) -> Response:
    """Anthropic: a new file, or the list."""
    if desk.request.method == "GET":
        found = [anthropic_file(f) for f in desk.state.files.of("file_")]
        return desk.call.answered({"data": found, "next_page": None})
    async with desk.form() as form:
        given = form["file"]
        if not isinstance(given, UploadFile):
            raise Refused("invalid", "file: Field required")
        ends = f"expires:{form.get('expires_in_seconds') or ''}"
        data, kind = await given.read(), given.content_type or ""
        made = desk.state.files.keep(
            new_id("file_011C", 20), given.filename or "", data, ends, kind
        )
    return desk.call.answered(anthropic_file(made))


async def anthropic_one(desk: Desk) -> Response:
    """Anthropic: one file, its end, or the refusal to give back what was uploaded."""
    found = desk.file(desk.id)
    if desk.request.url.path.endswith("/content"):
        raise Refused("invalid", "File is not downloadable")
    if desk.request.method == "DELETE":
        desk.state.files.delete(found.id)
        return desk.call.answered({"id": found.id, "type": "file_deleted"})
    return desk.call.answered(anthropic_file(found))


_R, _M, _G = openai_responses.DOOR, anthropic_messages.DOOR, gemini_generate.DOOR
PATHS: tuple[tuple[str, Door, Work, tuple[str, ...]], ...] = (
    (STORES, _R, stores, ("GET", "POST")),
    (f"{STORES}/{{id}}", _R, store, ("GET", "POST", "DELETE")),
    (f"{STORES}/{{id}}/files", _R, store_files, ("GET", "POST")),
    (f"{STORES}/{{id}}/files/{{file}}", _R, store_file, ("GET", "DELETE")),
    (f"{STORES}/{{id}}/search", _R, store_search, ("POST",)),
    (f"{GEMINI}/v1beta/fileSearchStores", _G, gemini_stores, ("GET", "POST")),
    (f"{GEMINI}/v1beta/fileSearchStores/{{id:path}}", _G, gemini_store, ("GET", "DELETE")),
    (f"{GEMINI}/upload/v1beta/fileSearchStores/{{id:path}}", _G, gemini_upload, ("POST",)),
    (f"{ANTHROPIC}/v1/files", _M, anthropic_files, ("GET", "POST")),
    (f"{ANTHROPIC}/v1/files/{{id}}", _M, anthropic_one, ("GET", "DELETE")),
    (f"{ANTHROPIC}/v1/files/{{id}}/content", _M, anthropic_one, ("GET",)),
)


def routes(state: State) -> list[Route]:
    """All of them, before those of models and answers."""
    return [
        Route(path, handler(state, door, work), methods=list(methods))
        for path, door, work, methods in PATHS
    ]
