"""When things happened, in seconds on a monotonic clock."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Timing:
    """Offsets in seconds from the moment the request's head went on the wire; None = it did not happen or is unknown.

    Taken in the recorder (`wire`), below the SDK, so neither the SDK's work, a retry, nor connecting is inside.
    """

    started_at: str | None = None
    """Wall clock at the start, ISO 8601 UTC: a label, never used for arithmetic."""
    queued: float | None = None
    """Seconds between asking the engine and the request's head on the wire, connecting included."""
    connect: float | None = None
    """Seconds to open the TCP connection, through a proxy with the way through it; None when an open one was used again."""
    tls: float | None = None
    """Seconds for the TLS handshake; None when there was none."""
    proxy: str | None = None
    """The proxy that it went through, without user name and password; None for a direct call."""
    request_sent: float | None = None
    headers: float | None = None
    first_chunk: float | None = None
    """First event of the stream, whatever it holds (many providers open with an empty one)."""
    first_reasoning: float | None = None
    last_reasoning: float | None = None
    first_text: float | None = None
    """First non-empty piece of the answer itself; None for an answer that came whole, as are all times of pieces."""
    last_text: float | None = None
    last_chunk: float | None = None
    closed: float | None = None

    @property
    def duration(self) -> float | None:
        """Seconds from the request's head on the wire to the end of the response, or to where it broke off."""
        return self.last_chunk if self.last_chunk is not None else self.closed


@dataclass(frozen=True, slots=True, kw_only=True)
class Trust:
    """How busy this computer was while it measured: the figures are only as good as this."""

    loop_lag_p95: float | None = None
    """95th percentile of how late the engine's event loop ran, seconds."""
    cpu_share: float | None = None
    """This process's CPU time ÷ elapsed time, 1.0 = one core."""
    concurrent: int = 1
    """Most requests that were under way at once."""

    MAX_LAG = 0.005
    MAX_CPU = 0.5

    @property
    def busy(self) -> bool:
        """True when the client was too busy to measure well: more than 5 ms of loop lag (p95) or 50 % of a core."""
        return (self.loop_lag_p95 or 0) > self.MAX_LAG or (self.cpu_share or 0) > self.MAX_CPU
