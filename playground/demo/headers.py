"""Response headers as each vendor sends them: request id, processing time, rate limits."""

from __future__ import annotations

import secrets
import time
from collections import deque
from collections.abc import Callable

from playground.demo.compose import Reply

REQUESTS_PER_MINUTE = 5_000
INPUT_TOKENS_PER_MINUTE = 2_000_000
OUTPUT_TOKENS_PER_MINUTE = 400_000
WINDOW = 60.0

Headers = dict[str, str]


class Limits:
    """What was used of one model in the last minute, so that its rate-limit headers move; nothing is refused for it."""

    def __init__(self) -> None:
        self._used: deque[tuple[float, int, int]] = deque()

    def add(self, reply: Reply) -> None:
        """Count one request; cached input does not count against the limit."""
        fresh = reply.input_tokens - reply.cached.read
        self._used.append((time.monotonic(), fresh, reply.output_tokens))

    def used(self) -> tuple[int, int, int]:
        """Requests, input tokens and output tokens of the last 60 seconds."""
        old = time.monotonic() - WINDOW
        while self._used and self._used[0][0] < old:
            self._used.popleft()
        return len(self._used), sum(u[1] for u in self._used), sum(u[2] for u in self._used)


def request_id(vendor: str) -> str:
    """A new id in the vendor's form."""
    return (
        f"req_011C{secrets.token_hex(10)}"
        if vendor == "anthropic"
        else f"req_{secrets.token_hex(16)}"
    )


def of(vendor: str, id: str, limits: Limits, seconds: float, empty: bool) -> Headers:
    """The vendor's headers; `seconds` is its processing time, `empty` says that the rate limit is used up."""
    return VENDORS[vendor](id, limits, seconds, empty)


def _openai(id: str, limits: Limits, seconds: float, empty: bool) -> Headers:
    requests, put, got = limits.used()
    most = INPUT_TOKENS_PER_MINUTE
    left = 0 if empty else REQUESTS_PER_MINUTE - requests
    return {
        "x-request-id": id,
        "openai-processing-ms": f"{seconds * 1000:.0f}",
        "openai-version": "2020-10-01",
        "openai-organization": "org-demo",
        "x-ratelimit-limit-requests": f"{REQUESTS_PER_MINUTE}",
        "x-ratelimit-limit-tokens": f"{most}",
        "x-ratelimit-remaining-requests": f"{max(0, left)}",
        "x-ratelimit-remaining-tokens": f"{max(0, most - put - got)}",
        "x-ratelimit-reset-requests": f"{requests * 12}ms",
        "x-ratelimit-reset-tokens": f"{(put + got) * 60_000 // most}ms",
    }


def _anthropic(id: str, limits: Limits, seconds: float, empty: bool) -> Headers:
    requests, put, got = limits.used()
    full = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + (WINDOW if empty else 1)))
    both = INPUT_TOKENS_PER_MINUTE + OUTPUT_TOKENS_PER_MINUTE
    rows = {
        "requests": (REQUESTS_PER_MINUTE, requests),
        "input-tokens": (INPUT_TOKENS_PER_MINUTE, INPUT_TOKENS_PER_MINUTE if empty else put),
        "output-tokens": (OUTPUT_TOKENS_PER_MINUTE, got),
        "tokens": (both, put + got),
    }
    found = {"request-id": id, "anthropic-organization-id": "00000000-0000-4000-8000-00000000demo"}
    for name, (limit, used) in rows.items():
        found[f"anthropic-ratelimit-{name}-limit"] = f"{limit}"
        found[f"anthropic-ratelimit-{name}-remaining"] = f"{max(0, limit - used)}"
        found[f"anthropic-ratelimit-{name}-reset"] = full
    return found


def _gemini(id: str, limits: Limits, seconds: float, empty: bool) -> Headers:
    return {
        "server-timing": f"gfet4t7; dur={seconds * 1000:.0f}",
        "vary": "Origin, X-Origin, Referer",
    }


def _compatible(id: str, limits: Limits, seconds: float, empty: bool) -> Headers:
    return {}


VENDORS: dict[str, Callable[[str, Limits, float, bool], Headers]] = {
    "openai": _openai,
    "anthropic": _anthropic,
    "gemini": _gemini,
    "compatible": _compatible,
}
