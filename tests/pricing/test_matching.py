"""Which price row a model's name finds: its own, under every spelling that the provider uses, and no other."""

from datetime import date
from decimal import Decimal

import pytest

from playground.domain import ModelRef, Usage
from playground.pricing import load

BOOK = load()
TODAY = date(2026, 11, 21)


@pytest.mark.parametrize(
    ("provider", "name", "row"),
    [
        ("openai", "gpt-6.1-sol", "gpt-6.1-sol"),
        ("openai", "gpt-6.1-sol-2026-09-29", "gpt-6.1-sol"),
        ("openai", "gpt-4o-2024-08-06", "gpt-4o"),
        ("openai", "gpt-4o-2024-05-13", "gpt-4o-2024-05-13"),
        ("openai", "gpt-4-0613", "gpt-4"),
        ("openai", "gpt-4-1106-preview", "gpt-4-turbo"),
        ("openai", "gpt-5-chat-latest", "gpt-5"),
        ("openai", "chat-latest", "chat-latest"),
        ("openai", "gpt-5.6", "gpt-5.6-sol"),
        ("openai", "codex-mini-latest", "codex-mini"),
        ("openai", "gpt-6.1-sol~429", "gpt-6.1-sol"),
        ("openai", "ft:gpt-4o-2024-08-06:acme::7p4lURel", "ft:gpt-4o"),
        ("openai", "ft:gpt-4o-mini-2024-07-18:acme::7p4lURel", "ft:gpt-4o-mini"),
        ("anthropic", "claude-sonnet-5-5-20260901", "claude-sonnet-5-5"),
        ("anthropic", "claude-sonnet-5-5@20260901", "claude-sonnet-5-5"),
        ("anthropic", "claude-3-5-haiku-latest", "claude-3-5-haiku"),
        ("anthropic", "claude-opus-4-20250514", "claude-opus-4-0"),
        ("anthropic", "claude-opus-4-1-20250805", "claude-opus-4-1"),
        ("gemini", "models/gemini-3.8-flash", "gemini-3.8-flash"),
        ("gemini", "gemini-2.0-flash-001", "gemini-2.0-flash"),
        ("gemini", "gemini-2.5-flash-preview-09-2025", "gemini-2.5-flash"),
        ("gemini", "gemini-2.5-flash-preview-05-20", "gemini-2.5-flash-preview"),
        ("gemini", "gemini-flash-latest", "gemini-3.8-flash"),
        ("gemini", "gemini-pro-latest", "gemini-3.1-pro-preview"),
        ("groq", "openai/gpt-oss-120b", "openai/gpt-oss-120b"),
        ("openrouter", "anthropic/claude-sonnet-5-5", "claude-sonnet-5-5"),
        ("openrouter", "anthropic/claude-sonnet-4.5", "claude-sonnet-4-5"),
        ("openrouter", "anthropic/claude-3.5-sonnet", "claude-3-5-sonnet"),
        ("openrouter", "anthropic/claude-2.1", "claude-2"),
        ("openrouter", "openai/gpt-5.4", "gpt-5.4"),
        ("openrouter", "google/gemini-3.8-flash:free", None),
        ("openrouter", "openai/gpt-5.4:online", None),
        ("openrouter", "anthropic/claude-opus-4.5:nitro", None),
        ("openrouter", "anthropic/claude-opus-4.9", None),
        ("openai", "gpt-6.1-sol-mini", None),
        ("openai", "gpt-6.1-so", None),
        ("openai", "gpt-6.1", None),
        ("openai", "gpt-4o-mini-tts", None),
        ("openai", "gpt-5-proto", None),
        ("openai", "gpt-4o-20", None),
        ("anthropic", "claude-sonnet-5-5-fast", None),
        ("anthropic", "claude-sonnet-5-6", None),
        ("anthropic", "gpt-4o", None),
        ("gemini", "gemini-3.8-flash-tts", None),
        ("gemini", "gemma-4-31b-it", None),
        ("ollama", "gpt-4o", None),
        ("groq", "anthropic/claude-sonnet-5-5", None),
        ("openai", "", None),
    ],
)
def test_row_found(provider: str, name: str, row: str | None) -> None:
    found = BOOK.find(provider, name, TODAY)
    assert (found.model if found else None) == row


def test_every_row_is_found_by_its_own_id_and_aliases_on_its_first_day() -> None:
    for price in BOOK.prices:
        day = price.valid_from or date(2020, 1, 1)
        assert BOOK.find(price.provider, price.model, day) is price
        for alias in price.aliases:
            assert BOOK.find(price.provider, alias, day) is price


def test_history_is_found_by_day() -> None:
    days = [date(2026, 8, 20), date(2026, 8, 21), date(2030, 1, 1)]
    rows = [BOOK.find("openai", "gpt-5.6-sol", day) for day in days]
    assert [int(row.rates["output"]) for row in rows if row] == [30, 20, 20]


def test_a_gateway_is_priced_by_the_list_and_says_so() -> None:
    usage = Usage(input_tokens=1_000, output_tokens=0)
    cost = BOOK.price(ModelRef.parse("openrouter:openai/gpt-6.1-sol"), None, usage, on=TODAY)
    assert cost is not None
    assert cost.notes == ("list price of openai; openrouter may charge something else",)


@pytest.mark.parametrize(
    ("model", "total"),
    [
        ("gemini:gemini-3.8-flash-tts", "0.5"),
        ("deepseek:deepseek-v3.2-exp", "0.27"),
        ("openai:gpt-image-2", "5"),
        ("openrouter:ai21/jamba-1-5-mini", "0.2"),
    ],
)
def test_what_our_table_lacks_is_priced_by_the_other_one_and_says_so(
    model: str, total: str
) -> None:
    usage = Usage(input_tokens=1_000_000, output_tokens=0)
    cost = BOOK.price(ModelRef.parse(model), None, usage, on=TODAY)
    assert cost is not None
    assert cost.total == Decimal(total)
    assert (cost.estimate, cost.lower_bound) == (False, False)
    assert cost.price.source == "https://github.com/pydantic/genai-prices"
    assert cost.price.as_of == "2026-11-21"


@pytest.mark.parametrize(
    "model",
    [
        "openrouter:google/gemini-3.5-flash:free",
        "openrouter:anthropic/claude-sonnet-4.5:online",
        "deepseek:deepseek-v4-pro-max-9000",
        "openai:gpt-image-3",
        "ollama:deepseek-v4-pro",
    ],
)
def test_no_table_gives_a_model_its_neighbours_price(model: str) -> None:
    usage = Usage(input_tokens=1_000_000, output_tokens=1_000_000)
    assert BOOK.price(ModelRef.parse(model), None, usage, on=TODAY) is None


def test_the_other_table_knows_its_batch_price_too() -> None:
    usage = Usage(input_tokens=1_000_000, output_tokens=0)
    cost = BOOK.price(
        ModelRef.parse("openai:gpt-image-2"), None, usage, on=TODAY, processing="batch"
    )
    assert cost is not None
    assert cost.total == Decimal(5) / 2
