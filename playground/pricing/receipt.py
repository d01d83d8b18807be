"""Usage × price → the lines of a receipt. Pure: values in, values out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from playground.domain import CostLine, Usage
from playground.pricing.row import Adjustment, Other, Price, Terms

MILLION = 1_000_000
STANDARD = frozenset(
    {"", "default", "standard", "auto", "standard_only", "on_demand", "unspecified"}
)
SAME_TIER = {"priority": "fast", "fast": "priority"}
"""OpenAI renamed priority processing to fast mode on 2026-07-30; both names are in use."""
CHEAPER = frozenset({"batch", "flex"})
"""Ways of processing that are sold at a discount: where it is not known, the standard price is the most that one pays."""
BY_CONTRACT = {("openai", "scale"), ("anthropic", "priority")}
"""Tiers paid for in advance: what a single request costs then is not public."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Billing:
    """Under which terms one response is billed."""

    tier: str = ""
    """Service tier as the provider reported it, in lower case; empty = standard."""
    batch: bool = False
    regional: bool = False

    @property
    def way(self) -> str:
        """`standard`, `batch` or the service tier."""
        return "batch" if self.batch else self.tier or "standard"


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """The lines for one usage and what they leave out."""

    lines: tuple[CostLine, ...]
    notes: tuple[str, ...] = ()
    incomplete: bool = False
    """True when something that is billed could not be priced."""
    at_most: bool = False
    """True when a discount is not known, and the price without it is shown."""


def billing(
    provider: str, usage: Usage, *, tier: str | None, processing: str, regional: bool
) -> Billing:
    """What the response says about its terms; Anthropic says it inside its usage object."""
    raw = (usage.raw or {}) if provider == "anthropic" else {}
    name = str(tier or raw.get("service_tier") or "").lower()
    if name in STANDARD and raw.get("speed") == "fast":
        name = "fast"
    return Billing(
        tier="" if name in STANDARD or name == "batch" else name,
        batch=processing == "batch" or name == "batch",
        regional=regional or raw.get("inference_geo") == "us",
    )


def receipt(
    row: Price, terms: Terms, usage: Usage, how: Billing, other: Other | None = None
) -> Receipt:
    """All lines for one usage at one price row, or at what another source says of it."""
    rates, why, notes = rates_for(row, terms, how, usage.input_tokens or 0)
    if other is not None:
        surcharge = terms.regional if how.regional and terms.regional else Decimal(1)
        rates |= {name: rate * surcharge for name, rate in other.rates.items()}
    at_most = bool(notes) and how.way in CHEAPER and not _regional_unknown(terms, how)
    unknown_terms = bool(notes) and not at_most
    parts = [*input_parts(usage, rates, terms.default_ttl), *output_parts(usage, rates)]
    lines = [token_line(name, tokens, rates, (note, *why)) for name, tokens, note in parts]
    missing = [
        f"{side} tokens were not reported and are not in this total"
        for side, count in (("input", usage.input_tokens), ("output", usage.output_tokens))
        if count is None
    ]
    fees, unpriced = tool_fees(row, terms, usage)
    return Receipt(
        lines=(*lines, *fees),
        notes=(*notes, *missing, *unpriced, *usage.problems()),
        incomplete=unknown_terms or bool(missing) or bool(unpriced),
        at_most=at_most,
    )


def tool_fees(row: Price, terms: Terms, usage: Usage) -> tuple[list[CostLine], list[str]]:
    """The lines of the provider's own tools, and sentences on those that ran and have no price."""
    lines, unpriced = list[CostLine](), list[str]()
    prices = {**terms.calls, **row.calls}
    for name, count in calls_of(row, usage).items():
        rate, said = prices.get(name), terms.call_notes.get(name)
        if rate is not None:
            lines.append(call_line(name, count, rate, said or terms.calls_note))
        else:
            why = f": {said}" if said else ""
            unpriced.append(f"{count} × {name} is billed apart and has no price here{why}")
    return lines, unpriced


def calls_of(row: Price, usage: Usage) -> dict[str, int]:
    """The calls of the provider's own tools that are billed: what usage tells and what the model always does."""
    told = {name: count for name, count in usage.server_tool_calls.items() if count}
    made = {**dict.fromkeys(row.always, 1), **told}
    return {name: 1 if name in row.once else count for name, count in made.items()}


def rates_for(
    row: Price, terms: Terms, how: Billing, input_tokens: int
) -> tuple[dict[str, Decimal], list[str], list[str]]:
    """The rates that apply, why they differ from the standard ones, and what is not known."""
    rates, why, notes = dict(row.rates), list[str](), list[str]()
    name = "batch" if how.batch else how.tier
    if name:
        adjustment = row.batch if how.batch else _tier(row, how.tier)
        if adjustment is None:
            notes.append(_unknown_tier(row, name))
        else:
            rates, why = _adjust(rates, adjustment), [name]
    long = row.long_context
    if long and input_tokens > long.above:
        rates = {
            k: v * (long.output if k.startswith("output") else long.input) for k, v in rates.items()
        }
        why.append(f"above {long.above:,} input tokens")
    if how.regional and terms.regional is not None:
        rates = {k: v * terms.regional for k, v in rates.items()}
        why.append("regional processing")
    elif how.regional:
        notes.append("no price is known for regional processing: the global price is shown")
    return rates, why, notes


def input_parts(
    usage: Usage, rates: Mapping[str, Decimal], default_ttl: str | None
) -> Iterator[tuple[str, int, str | None]]:
    """Input split into what has a price of its own: name of the line, tokens, note."""
    if usage.input_tokens is None:
        return
    reads = min(usage.cache_read_input_tokens or 0, usage.input_tokens)
    special: list[tuple[str, int, str | None]] = []
    for modality, tokens in usage.input_tokens_by_modality.items():
        if f"input_{modality}" in rates:
            cached = min(tokens, reads, usage.cache_read_tokens_by_modality.get(modality, 0))
            reads -= cached
            special += [(f"input_{modality}", tokens - cached, None)]
            special += [(f"cache_read_{modality}", cached, None)]
    special.append(("cache_read", reads, None))
    special += _writes(usage, rates, default_ttl)
    rest = usage.input_tokens - sum(tokens for _, tokens, _ in special)
    yield "input", max(rest, 0), None
    yield from ((name, tokens, note) for name, tokens, note in special if tokens)


def output_parts(
    usage: Usage, rates: Mapping[str, Decimal]
) -> Iterator[tuple[str, int, str | None]]:
    """Output split into what has a price of its own; reasoning is a note, it costs what output costs."""
    if usage.output_tokens is None:
        return
    special = {
        f"output_{modality}": tokens
        for modality, tokens in usage.output_tokens_by_modality.items()
        if f"output_{modality}" in rates and tokens
    }
    thought = usage.reasoning_output_tokens
    note = f"{thought:,} of them reasoning" if thought else None
    yield "output", max(usage.output_tokens - sum(special.values()), 0), note
    yield from ((name, tokens, None) for name, tokens in special.items())


def token_line(
    name: str, tokens: int, rates: Mapping[str, Decimal], notes: tuple[str | None, ...]
) -> CostLine:
    """One line of tokens at the rate of its name, or at the rate that stands in for it."""
    used = next(n for n in _stand_ins(name) if n in rates)
    instead = f"billed as {used}" if used != name else None
    said = ", ".join(n for n in (instead, *notes) if n)
    return CostLine(
        name=name,
        quantity=tokens,
        unit="token",
        rate=plain(rates[used]),
        per=MILLION,
        amount=plain(tokens * rates[used] / MILLION),
        note=said or None,
    )


def call_line(name: str, count: int, rate: Decimal, note: str | None) -> CostLine:
    """One line of tool calls; batch, tiers and cliffs do not touch them."""
    return CostLine(
        name=name,
        quantity=count,
        unit="call",
        rate=rate,
        per=1000,
        amount=plain(count * rate / 1000),
        note=note if rate else None,
    )


def plain(value: Decimal) -> Decimal:
    """The same number without trailing zeros and without an exponent."""
    short = value.normalize()
    exponent = short.as_tuple().exponent
    return short.quantize(Decimal(1)) if isinstance(exponent, int) and exponent > 0 else short


def _writes(
    usage: Usage, rates: Mapping[str, Decimal], default_ttl: str | None
) -> list[tuple[str, int, str | None]]:
    total = usage.cache_write_input_tokens or sum(usage.cache_write_by_ttl.values())
    if not total or not any(name.startswith("cache_write_") for name in rates):
        return []
    split = {ttl: n for ttl, n in usage.cache_write_by_ttl.items() if n}
    parts: list[tuple[str, int, str | None]] = [
        (f"cache_write_{ttl}", n, None) for ttl, n in split.items() if f"cache_write_{ttl}" in rates
    ]
    rest = total - sum(n for _, n, _ in parts)
    if rest > 0:
        ttl = default_ttl if f"cache_write_{default_ttl}" in rates else _first_ttl(rates)
        parts.append((f"cache_write_{ttl}", rest, f"time to live not reported, taken as {ttl}"))
    return parts


def _first_ttl(rates: Mapping[str, Decimal]) -> str:
    name = next(name for name in rates if name.startswith("cache_write_"))
    return name.removeprefix("cache_write_")


def _stand_ins(name: str) -> tuple[str, ...]:
    """The rate of this name first, then those that are billed where a price row has none of this name."""
    kind = "cache_read" if name.startswith("cache_read") else name
    return (name, kind, "output" if name.startswith("output") else "input")


def _tier(row: Price, name: str) -> Adjustment | None:
    if (row.provider, name) in BY_CONTRACT:
        return None
    return row.tiers.get(name, row.tiers.get(SAME_TIER.get(name, "")))


def _unknown_tier(row: Price, name: str) -> str:
    if (row.provider, name) in BY_CONTRACT:
        return f"the {name} tier is paid for by contract: the list price is shown"
    return f"no {name} price is known for {row.model}: the standard price is shown"


def _regional_unknown(terms: Terms, how: Billing) -> bool:
    return how.regional and terms.regional is None


def _adjust(rates: Mapping[str, Decimal], adjustment: Adjustment) -> dict[str, Decimal]:
    if isinstance(adjustment, Decimal):
        return {name: rate * adjustment for name, rate in rates.items()}
    return {**rates, **adjustment}
