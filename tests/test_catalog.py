"""What the catalog says of each model, against the SDKs, the prices and the recorded answers."""

import importlib
import json
import re
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import get_args

import pytest

from playground import catalog
from playground.demo import embeddings
from playground.domain import PROVIDERS, ModelRef, session
from playground.pricing import load

EXCHANGES = Path(__file__).parents[1].parent / "shared" / "exchanges"
TODAY = date(2026, 11, 26)


def find(provider: str, model: str) -> catalog.Model:
    found = catalog.find(ModelRef(provider, "chat", model))
    assert found is not None, f"{provider}:{model} is not in the catalog"
    return found


# --- the data


def test_every_row_has_a_source_and_a_day_and_no_id_stands_twice() -> None:
    seen = set()
    for model in catalog.catalog():
        assert model.source.startswith("https://"), model.id
        assert model.as_of is not None, model.id
        assert model.as_of <= TODAY, model.id
        for name in (model.id, *model.aliases):
            assert (model.provider, name) not in seen, name
            seen.add((model.provider, name))


def test_every_row_makes_sense() -> None:
    for model in catalog.catalog():
        assert model.sampling in get_args(catalog.Sampling), model.id
        assert set(model.apis) <= set(PROVIDERS[model.provider].apis), model.id
        assert model.default_effort is None or model.default_effort in model.efforts, model.id
        if model.context_window and model.max_input:
            assert model.max_input <= model.context_window, model.id
        if model.sampling == "effort_none":
            assert "none" in model.efforts, model.id
        if model.released and model.retires:
            assert model.released < model.retires, model.id


def test_every_openai_model_of_the_sdk_is_known() -> None:
    chat = importlib.import_module("openai.types.shared.chat_model").ChatModel
    responses = importlib.import_module("openai.types.shared.responses_model").ResponsesModel
    names = {*get_args(chat), *(n for part in get_args(responses) for n in get_args(part))}
    assert len(names) > 90
    for name in names:
        find("openai", name)


def test_openai_retirements_are_those_of_the_sdk() -> None:
    text = Path(
        importlib.import_module("openai.types.shared.chat_model").__file__ or ""
    ).read_text()
    said = re.findall(r'- ((?:"[^"]+",?\s*)+):\s+Announced\s+shutdown\s+date:\s+(\S+)\. ', text)
    assert len(said) > 12
    for names, day in said:
        for name in re.findall(r'"([^"]+)"', names):
            if (name, day) not in EXPLAINED_RETIREMENTS:
                assert find("openai", name).retires == date.fromisoformat(day), name


EXPLAINED_RETIREMENTS = {
    (name, day)
    for day, names in {
        "2026-03-26": ("gpt-4-0125-preview", "gpt-4-turbo-preview", "gpt-4-0314"),
        "2025-10-10": ("gpt-4o-audio-preview-2024-10-01",),
        "2025-06-06": ("gpt-4-32k", "gpt-4-32k-0314", "gpt-4-32k-0613"),
    }.items()
    for name in names
    if not name.startswith("gpt-4-32k")
}
"""Snapshots that went before the alias under which they stand here."""


def test_every_claude_of_the_sdk_is_known_and_retires_when_it_says() -> None:
    model = importlib.import_module("anthropic.types.model").Model
    for name in (n for part in get_args(model) for n in get_args(part)):
        find("anthropic", name)
    messages = importlib.import_module("anthropic.resources.messages.messages")
    for name, day in messages.DEPRECATED_MODELS.items():
        if not name.startswith(("claude-1", "claude-2", "claude-instant")):
            told = datetime.strptime(re.sub(r"(?<=\d)(st|nd|rd|th)", "", day), "%B %d, %Y").date()
            assert find("anthropic", name).retires == told, name


@pytest.mark.parametrize(
    "name",
    [
        "4-carbon",
        "4-hydrogen",
        "4-neon",
        "4-argon",
        "3.8-flash",
        "3.7-flash",
        "3.6-flash",
        "3.5-flash",
        "3.5-flash-lite",
        "3.1-pro-preview",
        "3.1-pro-preview-customtools",
        "3.1-flash-lite",
        "3.1-flash-image",
        "3-pro-image",
        "2.5-flash-lite",
        "2.5-computer-use-preview-10-2025",
        "flash-latest",
        "flash-lite-latest",
        "pro-latest",
    ],
)
def test_every_gemini_of_the_sdk_is_known(name: str) -> None:
    find("gemini", f"gemini-{name}")


def test_a_service_tier_that_was_taken_away_is_no_longer_offered() -> None:
    opus = find("anthropic", "claude-opus-4-8")
    assert opus.tiers(date(2026, 11, 29)) == ("auto", "standard_only", "fast")
    assert opus.tiers(date(2026, 11, 30)) == ("auto", "standard_only")
    assert not opus.retired(date(2027, 5, 1))
    for model in catalog.catalog():
        assert set(model.ends) <= set(model.service_tiers), model.id


def test_the_newest_gemini_and_the_oldest_o_model() -> None:
    neon, o1 = find("gemini", "gemini-4-neon"), find("openai", "o1-pro")
    assert (neon.released, neon.default_effort) == (date(2026, 11, 18), "high")
    price = load().find("gemini", "gemini-4-neon", TODAY)
    assert price is not None
    assert [str(price.rates[name]) for name in ("input", "cache_read", "output")] == [
        "3",
        "0.15",
        "15",
    ]
    assert o1.retires == date(2026, 10, 23)


def test_everything_with_a_price_is_known_and_retires_on_the_same_day() -> None:
    sessions = {(model.ref.provider, model.ref.model): model for model in session.MODELS}
    for price in load().prices:
        embeds = price.model in embeddings.MODELS  # asked for vectors, never for an answer
        if PROVIDERS[price.provider].built_in and not price.prefix and not embeds:
            known = sessions.get((price.provider, price.model)) or find(price.provider, price.model)
            assert known.retires == price.retired, price.model


def test_what_is_offered_without_a_price_is_meant_to_be() -> None:
    book = load()
    without = {m.id for m in catalog.catalog() if book.find(m.provider, m.id, TODAY) is None}
    assert without == {
        "claude-mythos-preview",
        "gemma-4-26b-a4b-it",
        "gemma-4-31b-it",
        "gpt-6.2-astra-law",
        "gpt-daybreak-blue-latest",
    }


@pytest.mark.skipif(not EXCHANGES.exists(), reason="../shared/exchanges is not on this machine")
def test_effort_levels_are_those_that_anthropic_names_when_it_refuses() -> None:
    file = next(EXCHANGES.glob("anth-n-test-anthropic-explicit-effort-xhigh-*.json"))
    message = json.loads(file.read_text())["expected"]["error"]["message"]
    named = set(message.partition("Supported levels: ")[2].rstrip(".").split(", "))
    assert set(find("anthropic", "claude-opus-4-6").efforts) - {"none"} == named


# --- finding


@pytest.mark.parametrize(
    ("spelling", "row"),
    [
        ("openai:gpt-6.1-sol", "gpt-6.1-sol"),
        ("openai/chat:gpt-6.1-sol~429", "gpt-6.1-sol"),
        ("openai:gpt-4o-2024-08-06", "gpt-4o"),
        ("openai:gpt-4-0613", "gpt-4"),
        ("anthropic:claude-sonnet-4-5-20250929", "claude-sonnet-4-5"),
        ("gemini:models/gemini-2.0-flash-001", "gemini-2.0-flash"),
        ("openrouter:anthropic/claude-haiku-5-5", "claude-haiku-5-5"),
        ("openai:gpt-6.1-sol-mini", None),
        ("ollama:llama3:8b", None),
    ],
)
def test_find(spelling: str, row: str | None) -> None:
    found = catalog.find(ModelRef.parse(spelling))
    assert (found.id if found else None) == row


# --- retirement and defaults


def test_defaults_of_today() -> None:
    assert [str(ref) for ref in catalog.defaults(TODAY)] == [
        "openai:gpt-6.1-sol",
        "anthropic:claude-sonnet-5-5",
        "gemini:gemini-3.8-flash",
    ]


def test_defaults_never_retire_soon() -> None:
    for ref in catalog.defaults():
        assert not catalog.describe(ref).retires_soon()
        assert ref in catalog.current()


def test_a_default_that_retires_gives_way_to_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    data = catalog._data()
    sol = replace(find("openai", "gpt-6.1-sol"), retires=TODAY + timedelta(days=60))
    ending = replace(data, names={**data.names, ("openai", "gpt-6.1-sol"): sol})
    monkeypatch.setattr(catalog, "_data", lambda: ending)
    assert str(catalog.defaults(TODAY)[0]) == "openai:gpt-6.2-sol"
    assert str(catalog.defaults(TODAY - timedelta(days=1))[0]) == "openai:gpt-6.1-sol"


@pytest.mark.parametrize(
    ("model", "soon", "gone"),
    [
        ("openai:gpt-6.1-sol", False, False),
        ("openai:gpt-5", True, False),
        ("openai:gpt-4o", True, False),
        ("openai:gpt-5.1", False, False),
        ("openai:o1", True, True),
        ("anthropic:claude-sonnet-4-5", True, False),
        ("gemini:gemini-2.5-flash", True, False),
        ("gemini:gemini-3.1-flash-lite", False, False),
    ],
)
def test_retirement(model: str, soon: bool, gone: bool) -> None:
    found = catalog.describe(ModelRef.parse(model))
    assert (found.retires_soon(TODAY), found.retired(TODAY)) == (soon, gone)
    assert (found.ref in catalog.current(TODAY)) is not gone


def test_every_model_that_ends_soon_has_a_successor_with_a_source_or_none_that_is_documented() -> (
    None
):
    without = set()
    for model in catalog.catalog():
        if model.successor is None:
            if model.retires_soon(TODAY) and not model.retired(TODAY):
                without.add(model.id)
            continue
        successor = catalog.succeeding(model)
        assert successor is not None, model.id
        assert model.successor.source.startswith("https://"), model.id
        assert model.retires is not None
        assert model.successor.as_of < model.retires, model.id
        assert not successor.retires or successor.retires > model.retires, model.id
    assert without == {"gpt-audio", "gpt-audio-mini"}


def test_days_are_counted_to_the_last_one() -> None:
    sonnet = find("anthropic", "claude-sonnet-4-5")
    assert sonnet.days_left(TODAY) == 4
    assert sonnet.days_left(date(2026, 12, 1)) == -1
    assert find("anthropic", "claude-sonnet-5-5").days_left(TODAY) is None
    assert sonnet.successor is not None
    assert sonnet.successor.model == "claude-sonnet-5-5"


def test_tokenizers() -> None:
    assert find("openai", "gpt-5.5").tokenizer == "o200k_base"
    assert find("openai", "gpt-6.1-sol").tokenizer == "estimate"
    assert find("anthropic", "claude-sonnet-5-5").tokenizer == "estimate"
