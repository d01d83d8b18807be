"""The names of each company's products: every fact has a source with a date, and a word leads to its product."""

from __future__ import annotations

import re
from datetime import date

import pytest
from pydantic import ValidationError

from playground.lab import products
from playground.lab.products import Fact, Product
from playground.pricing import load


@pytest.mark.parametrize("product", products.products().values(), ids=lambda p: p.name)
def test_every_fact_is_a_sentence_with_a_dated_source(product: Product) -> None:
    for heading, fact in product.facts():
        assert fact.says.endswith("."), heading
        assert re.match(r"https://[a-z0-9.-]+/", fact.url), heading
        assert date(2026, 1, 1) < fact.as_of <= date.today(), heading


def test_the_nine_names_of_three_companies_are_there() -> None:
    by_company: dict[str, list[str]] = {}
    for product in products.products().values():
        by_company.setdefault(product.company, []).append(product.name)
    assert by_company == {
        "Google": ["gemini", "gemini-api", "ai-studio", "vertex"],
        "OpenAI": ["chatgpt", "openai-platform"],
        "Anthropic": ["claude", "claude-console", "claude-code"],
    }


def test_a_word_leads_to_one_product_only() -> None:
    every = [
        word
        for product in products.products().values()
        for word in {w.casefold() for w in (product.name, product.title, *product.called)}
    ]
    assert len(every) == len(set(every))
    found = products.find("vertex ai")
    assert found is not None
    assert found.name == "vertex"
    assert products.find("a word of nobody's") is None


def test_every_plan_of_the_price_table_is_of_a_product_that_is_explained() -> None:
    assert all(products.find(plan.product) for plan in load().plans)


def test_a_fact_with_a_field_that_is_none_is_refused() -> None:
    with pytest.raises(ValidationError):
        Fact(says="x.", url="https://x.y/", as_of=date(2026, 11, 1), sources="typo")  # type: ignore[call-arg]


def test_names_are_found_in_a_text_each_once_and_the_longest_wins() -> None:
    text = "The Gemini API is not Gemini; keys come from AI Studio or the Console, Claude.ai has none. Gemini API!"
    assert [product.name for product in products.named(text)] == [
        "gemini-api",
        "gemini",
        "ai-studio",
        "claude-console",
        "claude",
    ]
    assert not products.named("gemini-3.8-flash answers at console.cloud.google.com")


def test_every_title_and_word_names_its_own_product() -> None:
    for product in products.products().values():
        for word in (product.title, product.short, *product.called):
            assert [one.name for one in products.named(f"the {word}, said")] == [product.name], word
