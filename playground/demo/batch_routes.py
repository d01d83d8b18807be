"""The paths of files and batches of the three vendors."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Awaitable, Callable
from typing import Any

from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from playground.demo import (
    anthropic_messages,
    batch_objects,
    batches,
    explicit,
    gemini_generate,
    models,
    openai_chat,
    openai_responses,
)
from playground.demo.ask import Refused
from playground.demo.batches import Answered, Batch, File, Phase, iso, new_id, page
from playground.demo.call import MALFORMED, Call, check_key, read_body
from playground.demo.door import Door
from playground.demo.state import State
from playground.domain import PROVIDERS

Work = Callable[["Desk"], Awaitable[Response]]
OPENAI, ANTHROPIC, GEMINI = (PROVIDERS[n].demo_path for n in ("openai", "anthropic", "gemini"))
ENDPOINTS = {
    "/v1/responses": openai_responses.DOOR,
    "/v1/chat/completions": openai_chat.DOOR,
}
BATCHES = f"{ANTHROPIC}/v1/messages/batches"
MOST_LINES = 5_000
"""Lines that the simulation takes at once; the providers take 50,000 or 100,000."""


class Desk:
    """One request about files or batches."""

    def __init__(self, state: State, door: Door, request: Request) -> None:
        self.state, self.door, self.request = state, door, request
        self.call = Call(state, door, request)

    @property
    def id(self) -> str:
        """The id in the path."""
        return str(self.request.path_params.get("id", ""))

    async def json(self) -> dict[str, Any]:
        """The body."""
        raw = await read_body(self.request)
        self.state.keep(self.call.line, raw)
        found = json.loads(raw or b"{}")
        if not isinstance(found, dict):
            raise Refused("invalid", "The body must be a JSON object.")
        return found

    def form(self) -> Any:
        """The form; Refused when it says that it is larger than all that is kept."""
        if int(self.request.headers.get("content-length") or 0) > batches.MAX_FILES:
            raise Refused("413")
        return self.request.form()

    async def more_of(self, file: File) -> None:
        """Take the next piece of an announced file; Refused when it becomes larger than all that is kept."""
        file.data += await read_body(self.request)
        if len(file.data) > batches.MAX_FILES:
            self.state.files.delete(file.id)
            raise Refused("413")

    def batch(self, id: str) -> Batch:
        """The batch; Refused when it is not there."""
        found = self.state.batches.find(self.door.vendor, id)
        if found is None:
            raise Refused("no_thing", f"No batch found with id '{id}'.")
        return found

    def file(self, id: str) -> File:
        """The file; Refused when it is not there."""
        found = self.state.files.find(id)
        if found is None:
            raise Refused(
                "no_file" if self.door.vendor == "gemini" else "no_thing",
                f"No such File object: {id}",
            )
        return found

    async def look(self, batch: Batch) -> Phase:
        """How far a batch is; its lines are answered when it is over."""
        phase = self.state.batches.look(batch)
        if phase in ("done", "stopped"):
            async with batch.working:  # whoever looks meanwhile waits for the same answers
                if batch.answers is None:
                    await asyncio.to_thread(self._work_off, batch, phase)
        return phase

    def _work_off(self, batch: Batch, phase: Phase) -> None:
        door = DOORS[batch.door]
        done = [] if phase == "stopped" else batch.lines
        call = Call(self.state, door, self.request)
        found = []
        for key, body in done:
            model = batch.model if batch.vendor == "gemini" else ""
            found.append(Answered(key, *call.batched(body, model)))
        batch.answers = found
        for kind, data in batch_objects.FILES[batch.vendor](batch).items():
            id = f"files/batch-{batch.id[8:]}" if batch.vendor == "gemini" else new_id("file-", 22)
            self.state.files.keep(id, f"{batch.id}_{kind}.jsonl", data, "batch_output")
            batch.files[kind] = id

    def size(self, name: str) -> int:
        """How many of a list are asked for."""
        given = self.request.query_params.get(name, "20")
        return max(1, min(1000, int(given))) if given.isdecimal() else 20


DOORS = {
    door.name: door for door in (*ENDPOINTS.values(), anthropic_messages.DOOR, gemini_generate.DOOR)
}


def handler(state: State, door: Door, work: Work) -> Callable[[Request], Awaitable[Response]]:
    """The handler of one path: the key is checked, and what is wrong is said as the vendor says it."""

    async def handle(request: Request) -> Response:
        desk = Desk(state, door, request)
        try:
            if work is not gemini_more and "upload_id" not in request.query_params:
                check_key(request, door.vendor)
            return await work(desk)
        except Refused as wrong:
            return desk.call.failed(wrong.fault, wrong.message, wrong.param, wrong.code)
        except MALFORMED as error:
            return desk.call.failed("invalid", f"Invalid request ({type(error).__name__}).")

    return handle


def file_of(desk: Desk, data: bytes, kind: str = "application/octet-stream") -> Response:
    """A file's content."""
    answered = desk.call.answered({})
    answered.body = data
    answered.headers["content-length"] = f"{len(data)}"
    answered.headers["content-type"] = kind
    return answered


async def upload(desk: Desk) -> Response:
    """OpenAI: a file in a form."""
    async with desk.form() as form:
        given = form["file"]
        if not isinstance(given, UploadFile):
            raise Refused("invalid", "'file' is a required property")
        data, purpose = await given.read(), str(form.get("purpose", ""))
    made = desk.state.files.keep(new_id("file-", 22), given.filename or "file", data, purpose)
    return desk.call.answered(batch_objects.openai_file(made))


async def files(desk: Desk) -> Response:
    """OpenAI: the files."""
    found = [batch_objects.openai_file(f) for f in desk.state.files.of("file-")]
    return desk.call.answered({"object": "list", "data": found, "has_more": False})


async def file(desk: Desk) -> Response:
    """OpenAI: one file, or its end."""
    found = desk.file(desk.id)
    if desk.request.method == "DELETE":
        desk.state.files.delete(found.id)
        return desk.call.answered({"id": found.id, "object": "file", "deleted": True})
    return desk.call.answered(batch_objects.openai_file(found))


async def content(desk: Desk) -> Response:
    """OpenAI: what is in a file."""
    return file_of(desk, desk.file(desk.id).data)


async def openai_batches(desk: Desk) -> Response:
    """OpenAI: a new batch, or the list."""
    if desk.request.method == "GET":
        query = desk.request.query_params
        found, more = page(desk.state.batches.of("openai"), query.get("after"), desk.size("limit"))
        data = [batch_objects.openai(b, desk.state.batches.phase(b)) for b in found]
        ends = {"first_id": found[0].id, "last_id": found[-1].id} if found else {}
        return desk.call.answered({"object": "list", "data": data, **ends, "has_more": more})
    body = await desk.json()
    door = ENDPOINTS.get(body["endpoint"])
    if door is None:
        raise Refused("invalid", f"Invalid value: '{body['endpoint']}'.", "endpoint")
    source = desk.file(body["input_file_id"])
    lines, model, errors = _read_lines(source.data)
    kept = ("endpoint", "input_file_id", "completion_window", "metadata")
    made = desk.state.batches.make(
        new_id("batch_"), "openai", door.name, model, lines, "", **{k: body.get(k) for k in kept}
    )
    made.errors = errors
    answer = batch_objects.openai(made, "waiting")
    return desk.call.answered({**answer, "errors": None})


def _read_lines(
    data: bytes,
) -> tuple[list[tuple[str, dict[str, Any]]], str, list[dict[str, Any]]]:
    """The lines of a file, their one model, and what is wrong with them."""
    found: list[tuple[str, dict[str, Any]]] = []
    errors: list[dict[str, Any]] = []
    for number, text in enumerate(data.splitlines(), 1):
        try:
            row = json.loads(text)
            found.append((row["custom_id"], row["body"]))
        except MALFORMED:
            errors.append(_error("invalid_json_line", "This line is not parseable.", number))
    keys = [key for key, _ in found]
    models = dict.fromkeys(str(body.get("model")) for _, body in found)
    if len(set(keys)) < len(keys):
        errors.append(_error("duplicate_custom_id", "The custom_id of two lines is the same.", 1))
    if len(models) > 1:
        said = "All requests in a batch must be for the same model."
        errors.append(_error("mismatched_model", said, 1))
    if not found or len(found) > MOST_LINES:
        said = f"The simulation takes 1 to {MOST_LINES:,} lines, this file has {len(found):,}."
        errors.append(_error("too_many_tasks", said, None))
    return found, next(iter(models), ""), errors


def _error(code: str, message: str, line: int | None) -> dict[str, Any]:
    return {"code": code, "line": line, "message": message, "param": None}


async def openai_batch(desk: Desk) -> Response:
    """OpenAI: one batch."""
    found = desk.batch(desk.id)
    phase = await desk.look(found)
    return desk.call.answered(batch_objects.openai(found, phase))


async def openai_cancel(desk: Desk) -> Response:
    """OpenAI: stop one."""
    found = desk.batch(desk.id)
    desk.state.batches.cancel(found)
    return desk.call.answered(batch_objects.openai(found, desk.state.batches.phase(found)))


def _anthropic(desk: Desk, batch: Batch, phase: Phase) -> dict[str, Any]:
    return batch_objects.anthropic(batch, phase, f"{desk.request.base_url}{BATCHES[1:]}")


async def anthropic_batches(desk: Desk) -> Response:
    """Anthropic: a new batch, or the list."""
    if desk.request.method == "GET":
        query, every = desk.request.query_params, desk.state.batches
        found, more = page(every.of("anthropic"), query.get("after_id"), desk.size("limit"))
        data = [_anthropic(desk, b, every.phase(b)) for b in found]
        ends = {"first_id": found[0].id, "last_id": found[-1].id} if found else {}
        return desk.call.answered({"data": data, **ends, "has_more": more})
    lines = [(row["custom_id"], row["params"]) for row in (await desk.json())["requests"]]
    if len({key for key, _ in lines}) < len(lines):
        raise Refused("invalid", "requests: Duplicate custom_id found.")
    if not lines or len(lines) > MOST_LINES:
        raise Refused("invalid", f"requests: the simulation takes 1 to {MOST_LINES:,} of them.")
    made = desk.state.batches.make(
        new_id("msgbatch_01", 22), "anthropic", anthropic_messages.DOOR.name, "", lines
    )
    return desk.call.answered(_anthropic(desk, made, "running"))


async def anthropic_batch(desk: Desk) -> Response:
    """Anthropic: one batch, or its end; only one that has ended can be deleted."""
    found = desk.batch(desk.id)
    if desk.request.method == "DELETE":
        if desk.state.batches.phase(found) not in ("done", "stopped"):
            raise Refused("invalid", "Cannot delete a batch that has not ended: cancel it first.")
        desk.state.batches.delete(found.id)
        return desk.call.answered({"id": found.id, "type": "message_batch_deleted"})
    return desk.call.answered(_anthropic(desk, found, await desk.look(found)))


async def anthropic_cancel(desk: Desk) -> Response:
    """Anthropic: stop one."""
    found = desk.batch(desk.id)
    desk.state.batches.cancel(found)
    return desk.call.answered(_anthropic(desk, found, desk.state.batches.phase(found)))


async def anthropic_results(desk: Desk) -> Response:
    """Anthropic: the results; asked for too early there are none."""
    found = desk.batch(desk.id)
    if found.answers is None:
        raise Refused("no_thing", f"Batch {found.id} has no results yet.")
    return file_of(desk, batch_objects.anthropic_lines(found), "application/x-jsonl")


async def gemini_create(desk: Desk, model: str) -> Response:
    """Gemini: a new batch, its requests inside or in a file."""
    given = (await desk.json())["batch"]
    config = given.get("inputConfig") or given.get("input_config") or {}
    name = config.get("fileName") or config.get("file_name")
    if name:
        rows = [json.loads(line) for line in desk.file(name).data.splitlines() if line]
        lines = [(str(row.get("key", n)), row["request"]) for n, row in enumerate(rows)]
    else:
        rows = config["requests"]["requests"]
        keyed = ((row.get("metadata") or {}).get("key") for row in rows)
        lines = [
            (str(n if key is None else key), row["request"])
            for n, (key, row) in enumerate(zip(keyed, rows, strict=True))
        ]
    if not lines or len(lines) > MOST_LINES:
        raise Refused("invalid", f"The simulation takes 1 to {MOST_LINES:,} requests.")
    for _, body in lines:
        body.pop("model", None)
    made = desk.state.batches.make(
        new_id("batches/", 36),
        "gemini",
        gemini_generate.DOOR.name,
        model.removeprefix("models/"),
        lines,
        given.get("displayName") or given.get("display_name") or "",
        in_file=bool(name),
        inputConfig={"fileName": name} if name else {},
    )
    return desk.call.answered(batch_objects.gemini(made, "waiting"))


async def gemini_batches(desk: Desk) -> Response:
    """Gemini: the list."""
    every, query = desk.state.batches, desk.request.query_params
    found, more = page(every.of("gemini"), query.get("pageToken"), desk.size("pageSize"))
    listed = {"operations": [batch_objects.gemini(b, every.phase(b)) for b in found]}
    return desk.call.answered({**listed, "nextPageToken": found[-1].id} if more else listed)


async def gemini_batch(desk: Desk) -> Response:
    """Gemini: one batch, its end, or the order to stop."""
    id, _, method = desk.id.partition(":")
    found = desk.batch(f"batches/{id}")
    if desk.request.method == "DELETE":
        desk.state.batches.delete(found.id)
        return desk.call.answered({})
    if method == "cancel":
        desk.state.batches.cancel(found)
        return desk.call.answered({})
    return desk.call.answered(batch_objects.gemini(found, await desk.look(found)))


async def gemini_begin(desk: Desk) -> Response:
    """Gemini: announce a file; the answer's header says where to send it."""
    named = ((await desk.json()).get("file") or {}).get("displayName", "")
    id, kind = new_id("", 12), desk.request.headers.get("x-goog-upload-header-content-type", "")
    desk.state.files.keep(f"upload/{id}", named, b"", "", kind)
    answered = desk.call.answered({})
    answered.headers["x-goog-upload-status"] = "active"
    answered.headers["x-goog-upload-url"] = f"{desk.request.url}/{id}"
    return answered


async def gemini_more(desk: Desk) -> Response:
    """Gemini: a piece of an announced file; its address is all that it needs, no key."""
    begun = desk.file(f"upload/{desk.id}")
    await desk.more_of(begun)
    answer: dict[str, Any] = {}
    over = "finalize" in desk.request.headers.get("x-goog-upload-command", "")
    if over:
        desk.state.files.delete(begun.id)
        kept = desk.state.files.keep(
            f"files/{desk.id}", begun.name, begun.data, "", begun.media_type
        )
        answer = {"file": gemini_file_object(kept)}
    answered = desk.call.answered(answer)
    answered.headers["x-goog-upload-status"] = "final" if over else "active"
    return answered


def gemini_file_object(file: File) -> dict[str, Any]:
    """Google's object of a file, which it deletes after 48 hours."""
    return {
        "name": file.id,
        "displayName": file.name,
        "mimeType": file.media_type or "application/jsonl",
        "sizeBytes": f"{len(file.data)}",
        "createTime": iso(file.created),
        "updateTime": iso(file.created),
        "expirationTime": iso(file.created + 2 * batch_objects.DAY),
        "uri": f"https://generativelanguage.googleapis.com/v1beta/{file.id}",
        "state": "ACTIVE",
        "source": "UPLOADED",
    }


async def gemini_file(desk: Desk) -> Response:
    """Gemini: one file, its end, or what is in it."""
    id, _, method = desk.id.partition(":")
    found = desk.file(f"files/{id}")
    if desk.request.method == "DELETE":
        desk.state.files.delete(found.id)
        return desk.call.answered({})
    if method == "download":
        return file_of(desk, found.data)
    return desk.call.answered(gemini_file_object(found))


async def caches(desk: Desk) -> Response:
    """Gemini: a new explicit cache, or the list."""
    if desk.request.method == "GET":
        found = [prefix.told() for prefix in desk.state.prefixes.all()]
        return desk.call.answered({"cachedContents": found} if found else {})
    body = gemini_generate.camel(await desk.json())
    model = str(body.get("model") or "").removeprefix("models/")
    held = explicit.held(body)
    dot = [{"role": "user", "parts": [{"text": "."}]}]
    tokens = desk.call.tokens({"contents": dot, **held}, model)
    row = models.find("gemini", model)
    least = row.row.cache_minimum if row else 0
    if tokens < least:
        said = f"Cached content is too small. total_token_count={tokens}, min_total_token_count={least}"
        raise Refused("invalid", said)
    return desk.call.answered(desk.state.prefixes.make(model, body, tokens).told())


async def cache(desk: Desk) -> Response:
    """Gemini: one explicit cache, its end, or another expiry; one that is gone is a 403."""
    found = desk.state.prefixes.find(f"cachedContents/{desk.id}")
    if found is None:
        raise Refused("no_cache", "CachedContent not found (or permission denied)")
    if desk.request.method == "DELETE":
        desk.state.prefixes.delete(found.name)
        return desk.call.answered({})
    if desk.request.method == "PATCH":
        body = gemini_generate.camel(await desk.json())
        found.updated = time.time()
        found.expires = explicit.end(body, found.updated) or found.expires
    return desk.call.answered(found.told())


def routes(state: State) -> list[Route]:
    """All of them, before those of models and answers."""
    return [
        Route(path, handler(state, door, work), methods=list(methods))
        for path, door, work, methods in (*_OPENAI, *_ANTHROPIC, *_GEMINI)
    ]


_R, _M, _G = openai_responses.DOOR, anthropic_messages.DOOR, gemini_generate.DOOR
_OPENAI: tuple[tuple[str, Door, Work, tuple[str, ...]], ...] = (
    (f"{OPENAI}/files", _R, upload, ("POST",)),
    (f"{OPENAI}/files", _R, files, ("GET",)),
    (f"{OPENAI}/files/{{id}}", _R, file, ("GET", "DELETE")),
    (f"{OPENAI}/files/{{id}}/content", _R, content, ("GET",)),
    (f"{OPENAI}/batches", _R, openai_batches, ("GET", "POST")),
    (f"{OPENAI}/batches/{{id}}", _R, openai_batch, ("GET",)),
    (f"{OPENAI}/batches/{{id}}/cancel", _R, openai_cancel, ("POST",)),
)
_ANTHROPIC: tuple[tuple[str, Door, Work, tuple[str, ...]], ...] = (
    (BATCHES, _M, anthropic_batches, ("GET", "POST")),
    (f"{BATCHES}/{{id}}", _M, anthropic_batch, ("GET", "DELETE")),
    (f"{BATCHES}/{{id}}/cancel", _M, anthropic_cancel, ("POST",)),
    (f"{BATCHES}/{{id}}/results", _M, anthropic_results, ("GET",)),
)
_GEMINI: tuple[tuple[str, Door, Work, tuple[str, ...]], ...] = (
    (f"{GEMINI}/v1beta/batches", _G, gemini_batches, ("GET",)),
    (f"{GEMINI}/v1beta/batches/{{id:path}}", _G, gemini_batch, ("GET", "POST", "DELETE")),
    (f"{GEMINI}/v1beta/cachedContents", _G, caches, ("GET", "POST")),
    (f"{GEMINI}/v1beta/cachedContents/{{id}}", _G, cache, ("GET", "PATCH", "DELETE")),
    (f"{GEMINI}/upload/v1beta/files", _G, gemini_begin, ("POST",)),
    (f"{GEMINI}/upload/v1beta/files/{{id}}", _G, gemini_more, ("POST",)),
    (f"{GEMINI}/v1beta/files/{{id:path}}", _G, gemini_file, ("GET", "DELETE")),
    (f"{GEMINI}/download/v1beta/files/{{id:path}}", _G, gemini_file, ("GET",)),
)
