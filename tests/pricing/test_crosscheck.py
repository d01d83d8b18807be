"""Our table against genai-prices, model by model and date by date: every difference is explained here or is a mistake."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any

import pytest
from genai_prices import Usage as TheirUsage
from genai_prices import calc_price
from genai_prices.data import providers

from playground.domain import ModelRef, Usage
from playground.pricing import load

BOOK = load()
DATES = [date(2026, 11, 21), date(2026, 12, 1), date(2027, 1, 1), date(2027, 3, 1)]
THEIR_PROVIDER = {"openai": "openai", "anthropic": "anthropic", "gemini": "google"}

NOT_CHAT = {
    "openai": (
        "text-",
        "gpt-image",
        "chatgpt-image",
        "gpt-5-image",
        "gpt-5.4-image",
        "tts-",
        "whisper",
        "gpt-transcribe",
        "gpt-4o-transcribe",
        "gpt-4o-mini-transcribe",
        "moderation",
        "gpt-4o-mini-tts",
        "gpt-realtime",
        "gpt-4o-realtime",
        "gpt-4o-mini-realtime",
        "gpt-live",
    ),
    "anthropic": (),
    "gemini": (
        "gemini-embedding",
        "gemini-live",
        "gemini-3.8-live",
        "gemini-3.1-flash-live",
        "gemini-robotics",
        "gemini-omni",
        "gemini-nano-banana",
    ),
}
OTHERS = {
    "text completion, before there was chat": (
        "ada",
        "babbage",
        "curie",
        "davinci",
        "claude-v1",
        "babbage-002",
        "davinci-002",
        "gpt-3.5-turbo-instruct",
        "claude-2",
    ),
    "open weights, not sold by this provider": (
        "gpt-oss-120b",
        "gpt-oss-20b",
        "gpt-oss-safeguard-20b",
    ),
    "free of charge only: no price to compare": (
        "gemma-3",
        "gemma-3n",
        "gemma-4-26b-a4b-it",
        "gemma-4-31b-it",
    ),
    "on Vertex": ("gemma-2-27b-it", "gemma-4-26b-a4b-it-maas"),
    "spelling of a gateway": (
        "gpt-4o:extended",
        "gpt-4o-mini-2024-07-18.ft-",
        "gemini-flash-1.5",
        "gemini-flash-1.5-8b",
        "gemini-pro-1.5",
    ),
}
"""Why → ids that genai-prices has and we do not compare."""

SPELLED = {
    "computer-use": "computer-use-preview",
    "ft:gpt-3.5-turbo-": "ft:gpt-3.5-turbo-0125:me::1",
    "ft:gpt-4o": "ft:gpt-4o-2024-08-06:me::1",
    "ft:gpt-4o-mini": "ft:gpt-4o-mini-2024-07-18:me::1",
}
"""Their id → one that the provider knows, where theirs is only a prefix."""

ROUNDED = (
    "half of the cached rate; the printed table rounds it to the cent and genai-prices follows"
)
SHORT = (
    "the printed table of this tier covers requests up to 272,000 tokens and genai-prices uses it for longer "
    "ones too; ours doubles them, as the model page says for every request (`2x input, 1.5x output`)"
)
EXPLAINED = {
    ("gpt-5.4", "batch cached"): ROUNDED,
    ("gpt-5.4", "flex cached"): ROUNDED,
    ("gemini-3.5-flash-lite", "batch cached"): ROUNDED,
    ("gemini-3.5-flash-lite", "batch long cached"): ROUNDED,
    **{
        (model, f"{tier} {kind}"): SHORT
        for model, tiers in {
            "gpt-5.4": ("fast", "priority"),
            "gpt-5.5": ("fast", "priority"),
            "gpt-5.5-pro": ("batch", "flex"),
        }.items()
        for tier in tiers
        for kind in ("long", "long cached")
    },
}
"""Model and what differs → why ours stands."""

ONE, MANY = 1_000, 400_000


def pair(tokens: int, **cache: int) -> tuple[Usage, dict[str, int]]:
    """The same tokens in our words and in theirs."""
    ours: dict[str, Any] = {"input_tokens": tokens, "output_tokens": 500}
    theirs = {"input_tokens": tokens, "output_tokens": 500}
    for kind, count in cache.items():
        if kind == "read":
            ours["cache_read_input_tokens"] = theirs["cache_read_tokens"] = count
            continue
        ttl = kind.removeprefix("write_")
        ours |= {"cache_write_input_tokens": count, "cache_write_by_ttl": {ttl: count}}
        theirs["cache_write_tokens"] = count
        if ttl == "1h":
            theirs["cache_write_1h_tokens"] = count
    return Usage(**ours), theirs


EVERYWHERE = {
    "plain": pair(ONE),
    "cached": pair(ONE, read=900),
    "long": pair(MANY),
    "long cached": pair(MANY, read=MANY - 10),
}
USAGES = {
    "openai": {**EVERYWHERE, "written": pair(ONE, write_30m=900)},
    "anthropic": {
        **EVERYWHERE,
        "written": pair(ONE, write_5m=900),
        "written for an hour": pair(ONE, write_1h=900),
        "long written": pair(MANY, write_5m=MANY - 10),
    },
    "gemini": EVERYWHERE,
}
"""genai-prices has no price for OpenAI's 12-hour writes."""


def chat_models() -> Iterator[Any]:
    others = tuple(name for names in OTHERS.values() for name in names)
    for provider, theirs in THEIR_PROVIDER.items():
        for model in next(p for p in providers if p.id == theirs).models:
            vertex = provider == "gemini" and model.id.startswith("claude-")
            speech = model.id.endswith(("-tts", "-tts-preview"))
            skipped = model.id in others or model.id.startswith(NOT_CHAT[provider] or ("-",))
            if not (vertex or speech or skipped):
                yield pytest.param(provider, model, id=f"{provider}-{model.id}")


def contexts(model: Any) -> list[tuple[str, str]]:
    """The ways of processing that genai-prices knows for this model: field of its price context, value."""
    found = {("", "")}
    for variant in model.price_variants or []:
        if any(v is not None for v in vars(variant.prices).values()):
            found |= set(variant.when.items())
    return sorted(found)


def theirs(
    provider: str, model: str, tokens: dict[str, int], on: date, field: str, value: str
) -> Decimal:
    return calc_price(
        TheirUsage(**tokens),
        model,
        provider_id=THEIR_PROVIDER[provider],
        genai_request_timestamp=datetime.combine(on, time(12), UTC),
        price_context={field: value} if field else None,
    ).total_price


def ours(
    provider: str, model: str, usage: Usage, on: date, field: str, value: str
) -> Decimal | None:
    """USD for tokens; models that search by themselves cost a fee beside."""
    cost = BOOK.price(
        ModelRef(provider, "chat", model),
        None,
        usage,
        on=on,
        processing=value if field == "processing" else "standard",
        service_tier=None if field == "processing" else value,
    )
    if cost is None:
        return None
    return sum((line.amount for line in cost.lines if line.unit == "token"), Decimal(0))


FOUND: dict[tuple[str, str], list[tuple[str, str]]] = {}


def differences(provider: str, model: Any) -> list[tuple[str, str]]:
    """What differs, and how, on any of the dates; looked for once for both tests of a model."""
    key = provider, model.id
    if key not in FOUND:
        FOUND[key] = list(differing(provider, model))
    return FOUND[key]


def differing(provider: str, model: Any) -> Iterator[tuple[str, str]]:
    name = SPELLED.get(model.id, model.id)
    for on in DATES:
        for kind, (usage, tokens) in USAGES[provider].items():
            for field, value in contexts(model):
                mine = ours(provider, name, usage, on, field, value)
                other = theirs(provider, name, tokens, on, field, value)
                what = f"{value} {kind}".strip()
                if mine != other:
                    yield what, f"{on}: {what} {mine}, theirs {other}"


@pytest.mark.parametrize(("provider", "model"), list(chat_models()))
def test_same_prices(provider: str, model: Any) -> None:
    found = [
        said for what, said in differences(provider, model) if (model.id, what) not in EXPLAINED
    ]
    assert found == []


@pytest.mark.parametrize(("provider", "model"), list(chat_models()))
def test_explained_differences_are_still_there(provider: str, model: Any) -> None:
    explained = {what for name, what in EXPLAINED if name == model.id}
    assert explained <= {what for what, _ in differences(provider, model)}
