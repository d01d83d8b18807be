"""Images, PDFs and files: the tokens that they become by the rules, by the provider's count and on the bill; sent inline or by id."""

from __future__ import annotations

import asyncio
import json
import struct
import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from playground import created
from playground.domain import Endpoint, Exchange, File, Message, ModelRef, Request, Response, Text
from playground.domain.hosted import HostedFile
from playground.lab.file_search import Desk
from playground.providers import (
    ProviderError,
    count_input_tokens,
    files,
    leftovers,
    preview,
)
from playground.providers.talking import Talk
from playground.tokens.attachments import Counted, count_file, image_size, pdf_pages
from playground.wire import Pool

QUESTION = "What is in this file? Answer in one sentence."
MAX_BYTES = 5 * 2**20


def picture(width: int, height: int) -> bytes:
    """A PNG of this size in one colour."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        check = struct.pack(">I", zlib.crc32(kind + data))
        return struct.pack(">I", len(data)) + kind + data + check

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    rows = zlib.compress((b"\0" + b"\x3b\x6e\xc8" * width) * height, 9)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def pages(number: int) -> bytes:
    """A PDF of so many pages with a line on each."""
    kids = " ".join(f"{4 + 2 * page} 0 R" for page in range(number))
    objects = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {number} >>",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    for page in range(number):
        text = f"BT /F1 24 Tf 72 700 Td (Page {page + 1} of {number}) Tj ET"
        box = "/MediaBox [0 0 612 792] /Resources << /Font << /F1 3 0 R >> >>"
        objects.append(f"<< /Type /Page /Parent 2 0 R {box} /Contents {5 + 2 * page} 0 R >>")
        objects.append(f"<< /Length {len(text)} >>\nstream\n{text}\nendstream")
    body, places = b"%PDF-1.4\n", []
    for index, content in enumerate(objects, 1):
        places.append(len(body))
        body += f"{index} 0 obj\n{content}\nendobj\n".encode()
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    size = len(objects) + 1
    tail = f"xref\n0 {size}\n0000000000 65535 f \n{table}trailer\n<< /Size {size} /Root 1 0 R >>\n"
    return body + f"{tail}startxref\n{len(body)}\n%%EOF\n".encode()


SAMPLES: dict[str, Callable[[], File]] = {
    "Picture, 200 × 200": lambda: File(
        media_type="image/png", data=picture(200, 200), name="small.png"
    ),
    "Picture, 1920 × 1080": lambda: File(
        media_type="image/png", data=picture(1920, 1080), name="screen.png"
    ),
    "PDF, 3 pages": lambda: File(media_type="application/pdf", data=pages(3), name="pages.pdf"),
}
"""Files to begin with."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """What one file becomes at one model."""

    model: ModelRef
    rule: Counted | None
    """By the published rule; None where none is known for it."""
    counted: int | None = None
    """By the provider's counting endpoint: with the file less without; None = it has none, or failed."""
    problem: str = ""
    """Why it was not counted or uploaded, in the provider's words."""
    hosted: HostedFile | None = None
    exchanges: tuple[Exchange, ...] = ()


def shape(file: File) -> str:
    """`1,920 × 1,080 pixels` or `3 pages`, as far as the file says so."""
    if size := image_size(file.data):
        return f"{size[0]:,} × {size[1]:,} pixels"
    number = pdf_pages(file.data)
    return f"{number} pages" if number else "of unknown size"


def rules(file: File, models: Sequence[ModelRef]) -> tuple[Measured, ...]:
    """Before anything is sent: the tokens by the published rules."""
    return tuple(Measured(model=model, rule=count_file(file, model)) for model in models)


def inline(model: ModelRef, file: File, question: str = QUESTION) -> Request:
    """The question with the file inside the request."""
    parts = (file, Text(text=question))
    return Request(model=model, messages=(Message(role="user", parts=parts),))


def by_id(model: ModelRef, hosted: HostedFile, question: str = QUESTION) -> Request:
    """The same question with the file's id instead of its bytes."""
    request = Request.ask(model, question)
    body = preview(request)
    part = files.FILES[model.provider].part(hosted)
    for place in ("input", "messages", "contents"):
        if place in body:
            last = body[place][-1]
            field = "parts" if place == "contents" else "content"
            last[field] = [part, *_parts(last[field], place)]
    return replace(request, body=json.dumps(body, ensure_ascii=False))


def _parts(content: Any, place: str) -> list[Any]:
    """A message's content as a list."""
    if not isinstance(content, str):
        return list(content)
    kind = "input_text" if place == "input" else "text"
    return [{"type": kind, "text": content}]


async def measure(desk: Desk, model: ModelRef, file: File) -> Measured:
    """Count the file at its provider and upload it; what fails is said and fails nothing else."""
    found, pool, endpoint = (
        Measured(model=model, rule=count_file(file, model)),
        desk.pool,
        desk.endpoint,
    )
    problems = []
    try:
        found = replace(found, counted=await _counted(model, file, endpoint, pool))
    except ProviderError as error:
        problems.append(error.failure.told)
    talk = Talk(endpoint, pool)
    try:
        hosted = await files.upload(talk, file.name, file.data, file.media_type, desk.notes)
        found = replace(found, hosted=hosted)
    except ProviderError as error:
        problems.append(error.failure.told)
    return replace(found, problem=" ".join(problems), exchanges=talk.exchanges)


async def _counted(model: ModelRef, file: File, endpoint: Endpoint, pool: Pool) -> int:
    requests = (inline(model, file), Request.ask(model, QUESTION))
    both, alone = await asyncio.gather(
        *(count_input_tokens(request, endpoint, pool=pool) for request in requests)
    )
    return both - alone


async def drop(desk: Desk, hosted: HostedFile) -> None:
    """Delete an uploaded file."""
    await leftovers.delete(Talk(desk.endpoint, desk.pool), "file", hosted.id)
    if desk.kept is not None:
        gone = (desk.kept, desk.endpoint.provider, hosted.id)
        await asyncio.to_thread(created.mark_gone, *gone)


def requests(file: File, measured: Sequence[Measured]) -> list[Request]:
    """One request a model with the file inside, and where it was uploaded another with its id."""
    found = []
    for one in measured:
        found.append(inline(one.model, file))
        if one.hosted is not None:
            found.append(by_id(one.model, one.hosted))
    return found


def where(endpoints: Mapping[str, Endpoint]) -> dict[str, Endpoint]:
    """The endpoints at the versions that know files."""
    return {name: files.where(endpoint) for name, endpoint in endpoints.items()}


def sent(response: Response) -> int | None:
    """Characters of the request's body, as JSON; None where nothing was sent."""
    body = response.exchange.request_body if response.exchange else None
    return None if body is None else len(json.dumps(body, ensure_ascii=False))


def is_by_id(request: Request) -> bool:
    """Whether the file went by its id."""
    return request.body is not None
