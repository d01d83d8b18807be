"""Rate limits as an answer tells them: gauges from each provider's headers, or from what a refusal says.

A row of `HEADERS` says what a header means at its provider: at Groq `-requests` counts a day, at OpenAI a minute.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal

from playground.domain import Exchange

Per = Literal["minute", "day", "month"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Gauge:
    """One limit at one moment; what the provider does not say is None."""

    kind: str
    """`requests`, `tokens`, `input_tokens`, `output_tokens`, …"""
    per: Per
    limit: int | None = None
    remaining: int | None = None
    reset: float | None = None
    """Seconds until it is full again, from when the answer came."""
    tightest: bool = False
    """True for a gauge that repeats whichever other limit is tightest (Anthropic's `tokens`)."""

    @property
    def used(self) -> float | None:
        """The used share, 0 to 1."""
        if not self.limit or self.remaining is None:
            return None
        return min(1.0, max(0.0, 1 - self.remaining / self.limit))


@dataclass(frozen=True, slots=True, kw_only=True)
class Family:
    """One provider's names: a pattern of its header with the part and the kind in it, and what each kind counts."""

    pattern: re.Pattern[str]
    kinds: Mapping[str, tuple[str, Per]]
    reset: Callable[[str, datetime], float | None]


_GO = re.compile(r"(\d+(?:\.\d+)?)(ms|h|m|s)")
_UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0}


def duration(text: str, now: datetime) -> float | None:
    """Seconds of a Go duration: `12ms`, `1.5s`, `6m0s`; None for anything else."""
    found = _GO.findall(text)
    whole = "".join(number + unit for number, unit in found)
    return sum(float(n) * _UNITS[u] for n, u in found) if found and whole == text else None


def moment(text: str, now: datetime) -> float | None:
    """Seconds until an RFC 3339 moment, 0 for one that has passed; None for anything else."""
    try:
        return max(0.0, (datetime.fromisoformat(text) - now).total_seconds())
    except (ValueError, TypeError):
        return None


def seconds(text: str, now: datetime) -> float | None:
    """Plain seconds; None for anything else."""
    try:
        return float(text)
    except ValueError:
        return None


_RATELIMIT = re.compile(r"x-ratelimit-(?P<part>limit|remaining|reset)-(?P<kind>[a-z-]+)")
_MINUTES: dict[str, tuple[str, Per]] = {
    "requests": ("requests", "minute"),
    "tokens": ("tokens", "minute"),
    "project-tokens": ("project_tokens", "minute"),
    "input-images": ("input_images", "minute"),
}
HEADERS: Mapping[str, Family] = {
    "openai": Family(pattern=_RATELIMIT, kinds=_MINUTES, reset=duration),
    "anthropic": Family(
        pattern=re.compile(
            r"anthropic-ratelimit-(?P<kind>[a-z-]+)-(?P<part>limit|remaining|reset)"
        ),
        kinds={
            "requests": ("requests", "minute"),
            "input-tokens": ("input_tokens", "minute"),
            "output-tokens": ("output_tokens", "minute"),
            "tokens": ("tokens", "minute"),
        },
        reset=moment,
    ),
    "groq": Family(
        pattern=_RATELIMIT,
        kinds={"requests": ("requests", "day"), "tokens": ("tokens", "minute")},
        reset=duration,
    ),
    "mistral": Family(
        pattern=_RATELIMIT,
        kinds={
            "req-minute": ("requests", "minute"),
            "tokens-minute": ("tokens", "minute"),
            "tokens-month": ("tokens", "month"),
        },
        reset=seconds,
    ),
    "cerebras": Family(
        pattern=_RATELIMIT,
        kinds={
            "requests-day": ("requests", "day"),
            "tokens-minute": ("tokens", "minute"),
            "tokens-day": ("tokens", "day"),
        },
        reset=seconds,
    ),
}
"""Provider → how its headers are read; of any other nothing is assumed."""
TIGHTEST = {("anthropic", "tokens")}


def gauges(provider: str, exchange: Exchange, *, now: datetime | None = None) -> tuple[Gauge, ...]:
    """The limits that an answer tells, by its headers or by the words of a refusal; empty where it tells none."""
    if provider == "gemini":
        return tuple(_of_quota(exchange.response_body or ""))
    return of_headers(provider, exchange, now) or tuple(_of_refusal(provider, exchange))


def of_headers(provider: str, exchange: Exchange, now: datetime | None = None) -> tuple[Gauge, ...]:
    """The limits that the headers of an answer tell."""
    family = HEADERS.get(provider)
    if family is None:
        return ()
    told: dict[str, dict[str, str]] = {}
    for name, value in exchange.response_headers.items():
        found = family.pattern.fullmatch(name.lower())
        if found and found["kind"] in family.kinds:
            told.setdefault(found["kind"], {})[found["part"]] = value.strip()
    at = now or datetime.now(UTC)
    return tuple(
        _gauge(provider, family, kind, told[kind], at) for kind in family.kinds if kind in told
    )


def _gauge(
    provider: str, family: Family, kind: str, told: Mapping[str, str], now: datetime
) -> Gauge:
    name, per = family.kinds[kind]
    return Gauge(
        kind=name,
        per=per,
        limit=_count(told.get("limit")),
        remaining=_count(told.get("remaining")),
        reset=family.reset(told["reset"], now) if "reset" in told else None,
        tightest=(provider, kind) in TIGHTEST,
    )


SAYS: Mapping[str, re.Pattern[str]] = {
    "openai": re.compile(
        r" on (?:[a-z]+ )*?(?P<kind>requests|tokens) per (?P<per>min|day)[^:]*: Limit (?P<limit>[\d,]+)"
        r"(?:, Used (?P<used>[\d,]+))?(?:, Requested [\d,]+)?\.(?: Please try again in (?P<wait>[\dhms.]+?)\.? )?"
    ),
    "anthropic": re.compile(
        r"limit of (?P<limit>[\d,]+) (?P<kind>(?:input |output )?tokens|requests) per (?P<per>minute)"
    ),
}
"""Provider → how the message of a refusal tells the limit: all that there is where it comes inside a stream."""


def _of_refusal(provider: str, exchange: Exchange) -> Iterator[Gauge]:
    """The limit that a refusal names, in its body or in an event of a stream that began well."""
    pattern = SAYS.get(provider)
    texts = [exchange.response_body or "", *(event.data for event in exchange.events)]
    told = next((text for text in texts if "rate_limit" in text), None)
    found = pattern.search(told) if pattern and told else None
    if found is None:
        return
    parts = found.groupdict()
    limit, used = _count(_digits(parts["limit"])), _count(_digits(parts.get("used")))
    yield Gauge(
        kind=parts["kind"].replace(" ", "_"),
        per="day" if parts["per"] == "day" else "minute",
        limit=limit,
        remaining=None if used is None or limit is None else max(0, limit - used),
        reset=duration(parts.get("wait") or "", datetime.now(UTC)),
    )


def _digits(text: str | None) -> str | None:
    return text.replace(",", "") if text else None


def _count(text: str | None) -> int | None:
    return int(text) if text is not None and text.isdecimal() else None


_QUOTAS: tuple[tuple[str, str], ...] = (
    ("InputToken", "input_tokens"),
    ("Token", "tokens"),
    ("Request", "requests"),
)
"""What stands in a quota's id → kind."""


def _of_quota(body: str) -> Iterator[Gauge]:
    try:
        value: Any = json.loads(body)
    except ValueError:
        return
    error = value.get("error") if isinstance(value, dict) else None
    details = error.get("details") if isinstance(error, dict) else None
    rows = [one for one in details or () if isinstance(one, dict)]
    waits = [
        duration(str(row["retryDelay"]), datetime.now(UTC)) for row in rows if row.get("retryDelay")
    ]
    for row in rows:
        for violation in row.get("violations") or ():
            id = str(violation.get("quotaId") or "")
            kind = next((kind for word, kind in _QUOTAS if word in id), None)
            if kind is not None:
                per: Per = "day" if "PerDay" in id else "minute"
                limit = _count(str(violation.get("quotaValue") or ""))
                wait = waits[0] if waits else None
                yield Gauge(kind=kind, per=per, limit=limit, remaining=0, reset=wait)
