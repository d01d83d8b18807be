"""One exchange taken apart: where its time went, which event brought which words, what it has otherwise than another one."""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, NamedTuple

from playground.domain import Exchange, Request, Response, Timing
from playground.providers.pieces_of import Piece, pieces_of

SERVER_TIMES = {
    "openai-processing-ms": re.compile(r"^\s*(\d+(?:\.\d+)?)\s*$"),
    "server-timing": re.compile(r"\bdur=(\d+(?:\.\d+)?)"),
}
"""Headers in which a server says how long it worked, in milliseconds; what of the value is the number."""


class ServerTime(NamedTuple):
    """What a server says of its own work."""

    seconds: float
    header: str


def server_time(headers: Mapping[str, str]) -> ServerTime | None:
    """The server's own time, where a header tells it; None where none does."""
    for name, number in SERVER_TIMES.items():
        if found := number.search(headers.get(name, "")):
            return ServerTime(float(found[1]) / 1000, name)
    return None


class Step(NamedTuple):
    """One part of a call's time; 0 is the request's head on the wire, connecting is before it."""

    name: str
    start: float
    end: float


def steps(timing: Timing, server: ServerTime | None = None) -> tuple[Step, ...]:
    """Where the time went, in order, each step up to what its name says; what did not happen is left out."""
    found = []
    opened = (timing.connect or 0) + (timing.tls or 0)
    if timing.connect is not None:
        found.append(Step("connect", -opened, timing.connect - opened))
    if timing.tls is not None:
        found.append(Step("TLS", -timing.tls, 0.0))
    marks = (
        ("sent", timing.request_sent),
        ("headers", timing.headers),
        ("first event", timing.first_chunk),
        ("first reasoning", timing.first_reasoning),
        ("first text", timing.first_text),
        ("end", timing.duration),
    )
    start = 0.0
    for name, until in marks:
        if until is not None and until >= start:
            found.append(Step(name, start, until))
            start = until
    if server is not None:
        sent = timing.request_sent or 0.0
        found.append(Step(f"server's own ({server.header})", sent, sent + server.seconds))
    return tuple(found)


def events_document(response: Response) -> dict[str, Any]:
    """What a player of the answer needs: each event with its time, its words, and when all was over."""
    exchange = response.exchange
    brought: dict[int, list[Piece]] = {}
    for piece in pieces_of(response):
        brought.setdefault(piece.event, []).append(piece)
    events = exchange.events if exchange else ()
    return {
        "events": [
            [
                event.offset,
                event.name or "",
                event.data,
                *_words(brought.get(index, ())),
            ]
            for index, event in enumerate(events)
        ],
        "duration": response.timing.duration or (events[-1].offset if events else 0.0),
    }


def _words(pieces: Any) -> tuple[str, str]:
    """What one event brought: reasoning, text."""
    return tuple(  # type: ignore[return-value]
        "".join(piece.text for piece in pieces if piece.kind in kinds)
        for kinds in (("reasoning",), ("text", "refusal"))
    )


def edited(request: Request, body: str) -> Request:
    """The request that sends this body letter by letter; its model and whether it streams are what the body says."""
    try:
        said = json.loads(body)
    except ValueError:
        said = None
    if not isinstance(said, dict):
        return replace(request, body=body)
    model = said.get("model")
    ref = replace(request.model, model=model) if isinstance(model, str) and model else request.model
    in_path = request.model.api == "generate_content"  # there the path says both
    stream = request.stream if in_path else said.get("stream") is True
    return replace(request, body=body, model=request.model if in_path else ref, stream=stream)


def pretty(exchange: Exchange) -> str:
    """The request's body as it is edited: JSON with indents, anything else as it was sent."""
    if isinstance(exchange.request_body, dict | list):
        return json.dumps(exchange.request_body, indent=2, ensure_ascii=False)
    return exchange.sent_text or ""


PARTS = ("request line", "request headers", "request body", "status and headers", "answer")


def parts(exchange: Exchange) -> dict[str, list[str]]:
    """An exchange as lines that can be compared, under the names of PARTS."""
    status = f"{exchange.http_version or 'HTTP'} {exchange.status}"
    answer = (
        [event.data for event in exchange.events]
        if exchange.events
        else _lines(exchange.response_body or "")
    )
    found = (
        [f"{exchange.method} {exchange.url}"],
        _headers(exchange.request_headers),
        pretty(exchange).splitlines(),
        [status, *_headers(exchange.response_headers)],
        answer,
    )
    return dict(zip(PARTS, found, strict=True))


def difference(one: Exchange, other: Exchange) -> Iterator[tuple[str, list[str]]]:
    """(part, unified diff) of each part in which two exchanges differ."""
    left, right = parts(one), parts(other)
    for name in PARTS:
        if left[name] != right[name]:
            found = difflib.unified_diff(left[name], right[name], lineterm="", n=2)
            yield name, [line for line in found if not line.startswith(("---", "+++"))]


def _headers(headers: Mapping[str, str]) -> list[str]:
    return sorted(f"{name}: {value}" for name, value in headers.items())


def _lines(text: str) -> list[str]:
    try:
        return json.dumps(json.loads(text), indent=2, ensure_ascii=False).splitlines()
    except ValueError:
        return text.splitlines()
