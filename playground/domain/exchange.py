"""One HTTP round trip as it was on the wire, secrets masked."""

from __future__ import annotations

import json
from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import accumulate
from typing import Any, overload

RawEvent = tuple[float, str | None, bytes]
"""When it arrived (seconds by some clock), its name, its data."""


_PIECE = 5_000
"""Events packed in one go: half a million at once kept every other thread from the interpreter for some 50 ms."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One server-sent event."""

    offset: float
    """Seconds from the request's head on the wire."""
    data: str
    """The event's data as it came."""
    name: str | None = None
    """The `event:` line, where there was one."""


class Events(Sequence[Event]):
    """A stream's events, kept as one block of bytes (4 GB at most); each is made when it is asked for.

    As objects they would take three times what came over the wire, and every full round of the garbage collector would
    look at each of them.
    """

    __slots__ = ("_block", "_ends", "_kinds", "_names", "_offsets")

    def __init__(self, events: Sequence[RawEvent], *, zero: float) -> None:
        numbers: dict[str | None, int] = {}
        self._block = bytearray()
        self._ends, self._kinds, self._offsets = array("I", (0,)), array("I"), array("d")
        for start in range(0, len(events), _PIECE):
            piece = events[start : start + _PIECE]
            data = [data for _, _, data in piece]
            self._ends.extend(
                accumulate(map(len, data[1:]), initial=len(self._block) + len(data[0]))
            )
            self._block += b"".join(data)
            self._kinds.extend([numbers.setdefault(name, len(numbers)) for _, name, _ in piece])
            self._offsets.extend([at - zero for at, _, _ in piece])
        self._names = tuple(numbers)

    @classmethod
    def of(cls, events: Iterable[Event]) -> Events:
        """These events, kept so."""
        return cls([(e.offset, e.name, e.data.encode("utf-8", "replace")) for e in events], zero=0)

    def __len__(self) -> int:
        return len(self._offsets)

    def __iter__(self) -> Iterator[Event]:
        return map(self._event, range(len(self._offsets)))

    @overload
    def __getitem__(self, index: int) -> Event: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[Event, ...]: ...
    def __getitem__(self, index: int | slice) -> Event | tuple[Event, ...]:
        chosen = range(len(self._offsets))[index]
        return self._event(chosen) if isinstance(chosen, int) else tuple(map(self._event, chosen))

    def _event(self, index: int) -> Event:
        data = self._block[self._ends[index] : self._ends[index + 1]]
        return Event(
            offset=self._offsets[index],
            data=data.decode("utf-8", "replace"),
            name=self._names[self._kinds[index]],
        )

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Events | tuple) and tuple(self) == tuple(other)

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"<{len(self):,} events>"


FORMATS: Mapping[str, Mapping[str, Any]] = {
    "compact": {"ensure_ascii": False, "separators": (",", ":")},
    "spaced": {},
}
"""How SDKs write JSON: what `json.dumps` is told. OpenAI's and Anthropic's are compact, Google's is spaced."""


def format_of(value: Any, text: str) -> str | None:
    """The row of FORMATS by which the value is written as just this text; None where it is none of them."""
    return next((name for name, how in FORMATS.items() if json.dumps(value, **how) == text), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """Request and response of one HTTP round trip; masked before it exists, so it may be stored and shown."""

    method: str
    url: str
    request_headers: Mapping[str, str]
    request_body: Any
    """The JSON sent; None for a request without a body. Inline files are kept as sent."""
    request_format: str | None = None
    """How that JSON was written, a row of FORMATS; None where it was written otherwise, or is not known."""
    request_text: str | None = None
    """The body letter by letter, where it was written otherwise."""
    status: int | None = None
    http_version: str | None = None
    response_headers: Mapping[str, str] = field(default_factory=dict)
    response_body: str | None = None
    """The whole body of a response that was not a stream."""
    events: Sequence[Event] = ()
    bytes_received: int = 0
    """Bytes of body after transfer decoding."""

    @property
    def sent_text(self) -> str | None:
        """The request's body letter by letter, secrets masked; None where that is not known (runs of before 2026-11-27)."""
        if self.request_text is not None:
            return self.request_text
        if self.request_body is None:
            return ""
        if self.request_format is None:
            return None
        return json.dumps(self.request_body, **FORMATS[self.request_format])
