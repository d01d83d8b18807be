"""Response headers as each vendor sends them: request id, processing time, rate limits."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable

from playground.demo.limits import Limits

Headers = dict[str, str]


def request_id(vendor: str) -> str:
    """A new id in the vendor's form."""
    return (
        f"req_011C{secrets.token_hex(10)}"
        if vendor == "anthropic"
        else f"req_{secrets.token_hex(16)}"
    )


def of(vendor: str, id: str, limits: Limits, seconds: float, empty: str = "") -> Headers:
    """The vendor's headers; `seconds` is its processing time, `empty` = the kind of limit that is used up."""
    return VENDORS[vendor](id, limits, seconds, empty)


def _openai(id: str, limits: Limits, seconds: float, empty: str) -> Headers:
    found = {
        "x-request-id": id,
        "openai-processing-ms": f"{seconds * 1000:.0f}",
        "openai-version": "2020-10-01",
        "openai-organization": "org-demo",
    }
    for kind in limits.buckets:
        bucket = limits.buckets[kind]
        found[f"x-ratelimit-limit-{kind}"] = f"{bucket.limit}"
        found[f"x-ratelimit-remaining-{kind}"] = f"{0 if kind == empty else bucket.left}"
        found[f"x-ratelimit-reset-{kind}"] = duration(bucket.seconds(bucket.used))
    return found


def duration(seconds: float) -> str:
    """As Go writes it: `12ms`, `1.5s`, `6m0s`."""
    if seconds < 1:
        return f"{seconds * 1000:.0f}ms"
    minutes, rest = divmod(round(seconds, 3), 60)
    return f"{minutes:.0f}m{rest:g}s" if minutes else f"{rest:g}s"


def _anthropic(id: str, limits: Limits, seconds: float, empty: str) -> Headers:
    found = {"request-id": id, "anthropic-organization-id": "00000000-0000-4000-8000-00000000demo"}
    for kind, bucket in limits.buckets.items():
        left = 0 if kind == empty else bucket.left
        full = time.gmtime(time.time() + bucket.seconds(bucket.used))
        name = f"anthropic-ratelimit-{kind.replace('_', '-')}"
        found[f"{name}-limit"] = f"{bucket.limit}"
        found[f"{name}-remaining"] = f"{left if kind == 'requests' else thousands(left)}"
        found[f"{name}-reset"] = time.strftime("%Y-%m-%dT%H:%M:%SZ", full)
    both = [limits.buckets[k] for k in ("input_tokens", "output_tokens") if k in limits.buckets]
    found["anthropic-ratelimit-tokens-limit"] = f"{sum(b.limit for b in both)}"
    found["anthropic-ratelimit-tokens-remaining"] = f"{thousands(sum(b.left for b in both))}"
    latest = max((b.seconds(b.used) for b in both), default=0.0)
    full = time.gmtime(time.time() + latest)
    found["anthropic-ratelimit-tokens-reset"] = time.strftime("%Y-%m-%dT%H:%M:%SZ", full)
    return found


def thousands(tokens: int) -> int:
    """Anthropic tells what remains of tokens in whole thousands."""
    return round(tokens, -3)


def _gemini(id: str, limits: Limits, seconds: float, empty: str) -> Headers:
    return {
        "server-timing": f"gfet4t7; dur={seconds * 1000:.0f}",
        "vary": "Origin, X-Origin, Referer",
    }


def _compatible(id: str, limits: Limits, seconds: float, empty: str) -> Headers:
    return {}


VENDORS: dict[str, Callable[[str, Limits, float, str], Headers]] = {
    "openai": _openai,
    "anthropic": _anthropic,
    "gemini": _gemini,
    "compatible": _compatible,
}
