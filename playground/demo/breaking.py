"""What breaks a stream that began well: a cut, a stall, garbage, an error in the middle."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from playground.demo.faults import IN_STREAM, Wrong, failure

CUT: bytes = b""
"""A frame that ends the connection instead of sending anything."""
Frame = tuple[float, bytes]
"""Seconds from the arrival of the request, and the bytes of one event."""


def error_events(frames: list[Frame], middle: int, vendor: str, door: str) -> list[Frame]:
    """What a vendor sends when it fails inside a stream that began well; nothing follows it."""
    at = frames[middle][0]
    body = failure(vendor, "503", Wrong(door=door)).body
    if door == "openai_responses":
        return [(at, event) for event in _failed_response(body["error"], frames[-1][1], middle)]
    if vendor == "anthropic":
        error = {"details": None, "type": "overloaded_error", "message": "Overloaded"}
        return [(at, _event("error", {"type": "error", "error": error}))]
    if door == "gemini_interactions":
        return [(at, _event("error", {**body, "event_type": "error"}))]
    if vendor == "gemini":
        return [(at, json.dumps(body).encode() + b"\r\n\r\n")]
    return [(at, b"data: " + json.dumps(body).encode() + b"\n\n")]


def _failed_response(error: dict[str, Any], last: bytes, number: int) -> list[bytes]:
    """An `error` event, then the response that the last event would have brought, as failed."""
    told = {"type": "error", "error": error, "sequence_number": number}
    response = json.loads(last.partition(b"data: ")[2])["response"]
    reason = {"code": error["code"], "message": error["message"]}
    response.update(status="failed", error=reason, output=[], usage=None, completed_at=None)
    failed = {"type": "response.failed", "response": response, "sequence_number": number + 1}
    return [_event("error", told), _event("response.failed", failed)]


def _event(name: str, data: Any) -> bytes:
    return b"event: " + name.encode() + b"\ndata: " + json.dumps(data).encode() + b"\n\n"


GARBAGE = b'data: {"type": "gar\xc3\x28bage", "broken\n\n'
"""An event that is neither UTF-8 nor JSON."""


def broken(
    frames: list[Frame], first: int, fault: str | None, vendor: str, door: str
) -> list[Frame]:
    """The frames of a stream with its fault in the middle of the text."""
    if fault is None or fault not in IN_STREAM:
        return frames
    middle = min(first + max(1, (len(frames) - first) // 3), len(frames) - 1)
    return frames[:middle] + BREAKS[fault](frames, middle, vendor, door)


BREAKS: dict[str, Callable[[list[Frame], int, str, str], list[Frame]]] = {
    "cut": lambda frames, middle, vendor, door: [(frames[middle][0], CUT)],
    "stall": lambda frames, middle, vendor, door: [(float("inf"), CUT)],
    "error": error_events,
    "garbage": lambda frames, middle, vendor, door: [
        (frames[middle][0], GARBAGE),
        *frames[middle:],
    ],
}
"""What stands in the place of the second part of a stream."""
