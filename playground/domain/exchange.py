"""One HTTP round trip as it was on the wire, secrets masked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One server-sent event."""

    offset: float
    """Seconds from the request's head on the wire."""
    data: str
    """The event's data as it came."""
    name: str | None = None
    """The `event:` line, where there was one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """Request and response of one HTTP round trip; masked before it exists, so it may be stored and shown."""

    method: str
    url: str
    request_headers: Mapping[str, str]
    request_body: Any
    """The JSON sent; None for a request without a body. Inline files are kept as sent."""
    status: int | None = None
    http_version: str | None = None
    response_headers: Mapping[str, str] = field(default_factory=dict)
    response_body: str | None = None
    """The whole body of a response that was not a stream."""
    events: tuple[Event, ...] = ()
    bytes_received: int = 0
    """Bytes of body after transfer decoding."""
