"""The rows of providers and doors: each says enough, and no two say the same."""

from __future__ import annotations

import ast
import string
from collections import Counter

import pytest

from playground.domain import APIS, PROVIDERS, Api, ModelRef, Provider
from playground.domain.provider import addable, built_in, provider_of, unknown

ROWS = list(PROVIDERS.values())


def test_a_row_is_found_by_its_name() -> None:
    assert {name: row.name for name, row in PROVIDERS.items()} == {name: name for name in PROVIDERS}
    assert {name: row.name for name, row in APIS.items()} == {name: name for name in APIS}
    assert {row.name for row in built_in()} >= {"openai", "anthropic", "gemini"}
    assert {row.name for row in addable()} >= {"ollama", "vllm", "lmstudio", "openrouter"}
    assert Counter([*built_in(), *addable(), PROVIDERS["here"]]) == Counter(ROWS)


@pytest.mark.parametrize("of", ["label", "base_url", "demo_path", "app", "maker", "genai_prices"])
def test_no_two_providers_share_what_tells_them_apart(of: str) -> None:
    values = Counter(getattr(row, of) for row in ROWS if getattr(row, of))
    assert [value for value, times in values.items() if times > 1] == []


@pytest.mark.parametrize("row", built_in(), ids=lambda row: row.name)
def test_what_is_there_without_being_added_says_how_it_is_reached(row: Provider) -> None:
    assert row.base_url_variable
    assert row.key_variables
    assert row.needs_key
    assert row.key_page.startswith("https://")
    assert row.billing_page.startswith("https://")


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_every_door_of_a_provider_has_a_row_and_the_first_is_the_usual_one(row: Provider) -> None:
    assert set(row.apis) <= set(APIS)
    assert ModelRef.parse(f"{row.name}:m") == ModelRef(row.name, row.default_api, "m")
    for api in row.apis:
        assert ModelRef.parse(f"{row.name}/{api}:m").api == api


@pytest.mark.parametrize("api", APIS.values(), ids=lambda api: api.name)
def test_a_door_says_how_it_is_called(api: Api) -> None:
    ast.parse(api.sdk.format(key="key", base_url="'http://127.0.0.1'") + f"client.{api.method}()")
    assert {field for _, field, _, _ in string.Formatter().parse(api.path) if field} <= {"model"}
    assert bool(api.keeps) == bool(api.storage), "what is kept is told"


def test_a_server_of_ones_own_is_its_name_and_speaks_chat_completions() -> None:
    assert provider_of("mine") == Provider(name="mine", label="mine", apis=("chat",))
    assert not provider_of("mine").built_in


def test_a_provider_that_is_not_there_is_told_with_those_that_are_and_the_way_out() -> None:
    assert unknown("x") == "No endpoint is named 'x'."
    assert unknown("x", ["a", "b"]) == "No endpoint is named 'x'; known are a, b."
    assert unknown("x", ["a"], "Add it.") == "No endpoint is named 'x'; known are a. Add it."
