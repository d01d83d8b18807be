"""Why a prompt cache missed: two calls compared, from what was sent, when, and what was reported. Nothing is asked of anyone."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Literal

from playground import catalog, pricing, tokens
from playground.domain import ModelRef, Request, Response, Usage
from playground.domain.nouns import digits, jsonable
from playground.domain.provider import provider_of
from playground.lab.prefixes import Difference, common, first_difference

Kind = Literal[
    "model",
    "not_asked",
    "tools",
    "system",
    "messages",
    "settings",
    "idle",
    "minimum",
    "failed",
    "unexplained",
]
SECONDS = {"5m": 300.0, "30m": 1800.0, "1h": 3600.0, "12h": 43_200.0, "24h": 86_400.0}
DEFAULT_TTL = {"anthropic": "5m", "openai": "30m"}
"""Time to live where a request names none; OpenAI's models before 5.6 keep 5 to 10 minutes. Google names none."""
TTL = re.compile(r'"(?:ttl|prompt_cache_retention)": "(5m|30m|1h|12h|24h)"')
OF_EXTRA = ("prompt_cache_key",)
"""Fields of a request's own in which it is said where the cache is looked for."""
OF_SETTINGS = (
    "effort",
    "reasoning_summary",
    "verbosity",
    "tool_choice",
    "response_schema",
    "service_tier",
    "cache_ttl",
)
"""Settings that are part of the prefix, or of where its cache is looked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """One call: what was asked, what came back."""

    request: Request
    response: Response


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """One cause, in a sentence; `certain` False where it may not be the cause."""

    kind: Kind
    said: str
    certain: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What became of the cache between two calls."""

    read: int | None
    """Tokens read from the cache by the later call; None = not reported."""
    shared: int
    """Tokens that both calls begin with, counted here."""
    reasons: tuple[Reason, ...]
    """Empty where the cache was read as far as the two agree."""
    difference: Difference | None = None
    again_tokens: int | None = None
    """Tokens of the earlier prefix that were billed once more as input, or written anew."""
    again_cost: Decimal | None = None
    """USD more than if they had been read; None without a price."""
    provider_says: str | None = None
    """The provider's own reason, where it was asked for one."""


def explain(before: Said, now: Said) -> Told:
    """Compare a call with the one before it; both were answered, or the reason says that one was not."""
    usage = now.response.usage
    read = usage.cache_read_input_tokens
    apart = first_difference(before.request, now.request)
    shared = _shared(before, now, apart)
    found = tuple(_reasons(before, now, apart, shared))
    hit = bool(read) and (read or 0) >= _expected(now.request.model, shared)
    never = any(reason.kind in ("failed", "minimum") for reason in found)
    again = None if read is None or hit or never else max(0, _had(before, now) - read)
    if hit:
        found = ()
    elif not found:
        found = (_unexplained(now.request.model),)
    return Told(
        read=read,
        shared=shared,
        reasons=found,
        difference=apart,
        again_tokens=again or None,
        again_cost=_again(now, again) if again else None,
        provider_says=provider_says(now.response),
    )


def _had(before: Said, now: Said) -> int:
    """Tokens that the later call would have read had it begun like the earlier one: what that wrote and read, or all of it."""
    old, new = before.response.usage, now.response.usage
    kept = (old.cache_write_input_tokens or 0) + (old.cache_read_input_tokens or 0)
    most = [count for count in (kept or old.input_tokens, new.input_tokens) if count is not None]
    return min(most, default=0)


def _expected(ref: ModelRef, shared: int) -> int:
    """Tokens that a cache reads of a shared beginning at least: its steps, and what a count of ours may be off."""
    row = catalog.describe(ref)
    return int(max(1, (shared - row.cache_step) * 0.8))


def _shared(before: Said, now: Said, apart: Difference | None) -> int:
    """Tokens of the common beginning: reported where it is the whole earlier input, else counted here."""
    reported = [s.response.usage.input_tokens for s in (before, now)]
    known = [count for count in reported if count is not None]
    if before.request.model != now.request.model:
        return 0
    if apart is None and known:
        return min(known)
    counted = tokens.count("".join(common(before.request, now.request)))
    return min([counted, *known])


def _reasons(before: Said, now: Said, apart: Difference | None, shared: int) -> Iterator[Reason]:
    for rule in RULES:
        if found := rule(before, now, apart, shared):
            yield found
            if found.kind in ("failed", "model") or (found.kind == "minimum" and found.certain):
                return


def _failed(before: Said, now: Said, apart: Difference | None, shared: int) -> Reason | None:
    for which, said in (("The earlier call", before), ("This call", now)):
        if said.response.failure is not None:
            return Reason(kind="failed", said=f"{which} failed, so nothing was cached or read.")
    return None


def _model(before: Said, now: Said, apart: Difference | None, shared: int) -> Reason | None:
    old, new = before.request.model, now.request.model
    if old == new:
        return None
    return Reason(
        kind="model", said=f"Another model: {old} before, {new} now. Each has its own cache."
    )


def _not_asked(before: Said, now: Said, apart: Difference | None, shared: int) -> Reason | None:
    provider = provider_of(now.request.model.provider)
    asks = [s for s in (before, now) if not s.request.settings.cache_ttl and not _marked(s)]
    if not (provider.cache_on_request and asks):
        return None
    said = (
        f"{provider.label} caches only what is asked to be cached, and no cache_control was sent."
    )
    return Reason(kind="not_asked", said=said)


def _marked(said: Said) -> bool:
    """Whether the request asked for a cache in its own fields, or usage shows that one was used."""
    usage = said.response.usage
    used = (usage.cache_read_input_tokens or 0) + (usage.cache_write_input_tokens or 0)
    return bool(used) or "cache_control" in json.dumps(jsonable(said.request.settings.extra))


def _changed(kind: Kind, part: str, words: str) -> Callable[..., Reason | None]:
    def rule(before: Said, now: Said, apart: Difference | None, shared: int) -> Reason | None:
        if apart is None or part not in apart.part or _readable(now, shared):
            return None
        where = f"{apart.part} from byte {apart.byte:,} on"
        return Reason(kind=kind, said=f"{words}: {where}. What comes after it can't be read.")

    return rule


def _readable(now: Said, shared: int) -> bool:
    """Whether what both begin with could have been read all the same: long enough, and cached wherever it ends."""
    ref, read = now.request.model, now.response.usage.cache_read_input_tokens
    by_itself = not provider_of(ref.provider).cache_on_request
    return by_itself and not read and shared >= catalog.describe(ref).cache_minimum


def _settings(before: Said, now: Said, apart: Difference | None, shared: int) -> Reason | None:
    old, new = before.request.settings, now.request.settings
    told = [
        f"{name.replace('_', ' ')} {getattr(old, name) or 'not set'} → {getattr(new, name) or 'not set'}"
        for name in OF_SETTINGS
        if getattr(old, name) != getattr(new, name)
    ]
    told += [
        f"{name} {before.request.settings.extra.get(name)!r} → {now.request.settings.extra.get(name)!r}"
        for name in OF_EXTRA
        if before.request.settings.extra.get(name) != now.request.settings.extra.get(name)
    ]
    if not told:
        return None
    said = f"Settings that belong to the prefix changed: {'; '.join(told)}."
    return Reason(kind="settings", said=said)


def _idle(before: Said, now: Said, apart: Difference | None, shared: int) -> Reason | None:
    waited, ttl = idle(before, now), ttl_of(before.request)
    if waited is None or ttl is None or waited <= SECONDS[ttl]:
        return None
    said = f"{waited / 60:,.0f} minutes passed between the calls, the cache lives {ttl} after its last use."
    return Reason(kind="idle", said=said, certain=bool(before.request.settings.cache_ttl))


def idle(before: Said, now: Said) -> float | None:
    """Seconds from the earlier answer's start to the later request; None where a time is not known."""
    moments = [s.response.timing.started_at for s in (before, now)]
    if None in moments:
        return None
    old, new = (datetime.fromisoformat(str(moment)) for moment in moments)
    return max(0.0, (new - old).total_seconds())


def ttl_of(request: Request) -> str | None:
    """How long what the request wrote lives after its last use; None where the provider does not say."""
    told = TTL.search(json.dumps(jsonable(request.settings.extra)))
    return (
        request.settings.cache_ttl or (told and told[1]) or DEFAULT_TTL.get(request.model.provider)
    )


def _minimum(before: Said, now: Said, apart: Difference | None, shared: int) -> Reason | None:
    least = catalog.describe(now.request.model).cache_minimum
    counts = (s.response.usage.input_tokens for s in (before, now))
    shorter = min((count for count in counts if count is not None), default=None)
    if shorter is None or shorter >= least:
        return None
    said = f"The shorter of the two has {shorter:,} input tokens, and this model caches from {least:,} on."
    return Reason(kind="minimum", said=said, certain=shorter <= least * 0.9)


RULES: Sequence[Callable[[Said, Said, Difference | None, int], Reason | None]] = (
    _failed,
    _model,
    _not_asked,
    _minimum,
    _changed("tools", "tools", "The tools changed"),
    _changed("system", "system", "The system prompt changed"),
    _changed("messages", "message", "An earlier message changed"),
    _settings,
    _idle,
)
"""What is looked at, in this order."""


def _unexplained(ref: ModelRef) -> Reason:
    label = provider_of(ref.provider).label
    said = f"Both begin alike, in time, and long enough: {label} promises no hit for a cache that it keeps by itself."
    return Reason(kind="unexplained", said=said, certain=False)


def _again(now: Said, lost: int) -> Decimal | None:
    """USD that the later call cost more than if these tokens had been read from the cache."""
    usage, book = now.response.usage, pricing.load()
    on = _day(now.response)

    def cost(counted: Usage) -> Decimal | None:
        found = book.price(
            now.request.model,
            now.response.response_model,
            replace(counted, raw=None),
            on=on,
            service_tier=now.response.service_tier,
        )
        return None if found is None else found.total

    written = max(0, (usage.cache_write_input_tokens or 0) - lost)
    had = replace(
        usage,
        cache_read_input_tokens=(usage.cache_read_input_tokens or 0) + lost,
        cache_write_input_tokens=written,
        cache_write_by_ttl={t: min(n, written) for t, n in usage.cache_write_by_ttl.items()},
    )
    paid, less = cost(usage), cost(had)
    return None if paid is None or less is None else paid - less


def _day(response: Response) -> date:
    started = response.timing.started_at
    return datetime.fromisoformat(started).date() if started else date.today()


def document(told: Told) -> dict[str, Any]:
    """As JSON values, money as text."""
    found: dict[str, Any] = json.loads(json.dumps(jsonable(replace(told, again_cost=None))))
    found["again_cost"] = digits(told.again_cost)
    return found


def provider_says(response: Response) -> str | None:
    """The reason in the provider's own answer (`prompt_cache_diagnostics`, `diagnostics`); None where none stands there."""
    exchange = response.exchange
    texts = [e.data for e in exchange.events] if exchange else []
    if exchange and exchange.response_body:
        texts.append(exchange.response_body)
    for text in reversed(texts):
        if "diagnostics" in text and (found := _reason_in(text)):
            return found
    return None


def _reason_in(text: str) -> str | None:
    try:
        value: Any = json.loads(text)
    except (ValueError, RecursionError):
        return None
    inner = _object(_object(value, "response"), "message")
    told = _object(inner.get("prompt_cache_diagnostics") or inner.get("diagnostics"))
    reason = _object(told, "cache_miss_reason")
    said = reason.get("reason") or reason.get("type")
    return said if isinstance(said, str) else None


def _object(value: Any, name: str = "") -> dict[str, Any]:
    """The object, or the one of this name in it; an empty one where there is none."""
    found = value if isinstance(value, dict) else {}
    inner = found.get(name)
    return inner if isinstance(inner, dict) else found
