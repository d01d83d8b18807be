"""Nouns ↔ bytes: compressed JSON in the export's spelling, attachments taken out and kept once a run."""

from __future__ import annotations

import base64
import hashlib
import json
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any

from playground.domain import Event, Events, File, Request, Response
from playground.domain.nouns import jsonable, noun
from playground.wire import MASK, Redactor

NOTHING_SECRET = Redactor()
UNIT = Decimal(1).scaleb(-12)
"""Money in sums is a whole number of these USD: exact, and the same in both databases."""
MOST = 2**63 - 1
LEVEL = 4
"""Of zlib: half the time of the default, a few percent larger."""
_TOGETHER = 32
"""Events that are packed at once."""
SMALL_FILE = 2_000
"""Bytes up to which an attachment stays where it is."""


def units(amount: Decimal | None) -> int | None:
    """USD as whole units; None stays None."""
    if amount is None:
        return None
    return min(MOST, int((amount / UNIT).to_integral_value(ROUND_HALF_EVEN)))


def usd(amount: int | None) -> Decimal | None:
    """Whole units as USD."""
    return None if amount is None else Decimal(int(amount)) * UNIT


def attachments(request: Request | None, response: Response | None) -> Iterator[File]:
    """Every file worth keeping apart."""
    if request:
        for message in request.messages:
            yield from (
                p for p in message.parts if isinstance(p, File) and len(p.data) > SMALL_FILE
            )
    if response:
        yield from (file for file in response.files if len(file.data) > SMALL_FILE)


def digests(found: Iterable[File]) -> dict[str, bytes]:
    """Digest → bytes."""
    return {hashlib.sha256(file.data).hexdigest(): file.data for file in found}


def pack_request(
    request: Request, apart: Mapping[str, bytes], redactor: Redactor = NOTHING_SECRET
) -> bytes:
    """The request as it goes into `bodies`."""
    return _packed([json.dumps(jsonable(request))], apart, redactor)


def pack_response(
    response: Response, apart: Mapping[str, bytes], redactor: Redactor = NOTHING_SECRET
) -> bytes:
    """The response; its events a few at a time, so that the thread that does this never holds the others up."""
    exchange = response.exchange
    events = exchange.events if exchange else ()
    bare = replace(response, exchange=replace(exchange, events=())) if exchange else response
    return _packed(_pieces(jsonable(bare), events), apart, redactor)


def _pieces(bare: Any, events: Sequence[Event]) -> Iterator[str]:
    yield f'{{"response": {json.dumps(bare)}, "events": ['
    for start in range(0, len(events), _TOGETHER):
        some = [(e.offset, e.data, e.name) for e in events[start : start + _TOGETHER]]
        yield ("," if start else "") + json.dumps(some)[1:-1]
    yield "]}"


def _packed(texts: Iterable[str], apart: Mapping[str, bytes], redactor: Redactor) -> bytes:
    marks = [
        (spelled, _mark(digest, how))
        for digest, data in apart.items()
        for how, spelled in _spellings(data)
    ]
    packer = zlib.compressobj(LEVEL)
    out = []
    for text in texts:
        for spelled, mark in marks:
            text = text.replace(spelled, mark)
        out.append(packer.compress(json_safe(redactor.text(text)).encode("ascii")))
    return b"".join([*out, packer.flush()])


def _spellings(data: bytes) -> Iterator[tuple[str, str]]:
    """How a file may stand in JSON: in the two alphabets of base64."""
    plain = base64.b64encode(data).decode("ascii")
    yield "s", plain
    other = plain.replace("+", "-").replace("/", "_")
    if other != plain:
        yield "u", other


def _mark(digest: str, how: str) -> str:
    return f"@file:{how}:{digest}@"


def _unpacked(data: bytes, apart: Mapping[str, bytes]) -> Any:
    text = zlib.decompress(data).decode("ascii")
    for digest, content in apart.items():
        for how, spelled in _spellings(content):
            text = text.replace(_mark(digest, how), spelled)
    return json.loads(text)


def unpack_request(data: bytes, apart: Mapping[str, bytes]) -> Request:
    """The same request again."""
    made: Request = noun(Request, _unpacked(data, apart), "request")
    return made


def unpack_response(data: bytes, apart: Mapping[str, bytes]) -> Response:
    """The same response again."""
    packed = _unpacked(data, apart)
    made: Response = noun(Response, packed["response"], "response")
    if made.exchange is None:
        return made
    events = Events.of(
        Event(offset=offset, data=text, name=name) for offset, text, name in packed["events"]
    )
    return replace(made, exchange=replace(made.exchange, events=events))


def json_safe(text: str) -> str:
    """JSON with the mask, which is not ASCII, escaped as everything else in it is."""
    return text if text.isascii() else text.replace(MASK, json.dumps(MASK)[1:-1])


def storable_json(value: Any) -> Any:
    """A JSON value with every text in it storable."""
    match value:
        case str():
            return storable(value)
        case dict():
            return {storable(key): storable_json(item) for key, item in value.items()}
        case list() | tuple():
            return [storable_json(item) for item in value]
    return value


def storable(text: str) -> str:
    """The text as both databases take it: no NUL, no lone surrogates."""
    return text.replace("\x00", "\ufffd").encode("utf-8", "replace").decode("utf-8")
