"""What a person writes of files and filters, as values, and what can't be read, by name."""

from __future__ import annotations

import re
from typing import Any

import pytest

from playground.domain.hosted import Chunking, Condition
from playground.lab import filed_samples, filing
from playground.providers.stores import STORES


def test_metadata_is_one_line_a_file_and_a_star_is_every_file() -> None:
    said = filing.attributes(
        '*: year = 2026\nrules.txt: audience = "staff, all", open = true, link=https://a.b/c\n\n'
    )
    how = filing.Filing(attributes=said)
    assert how.of("other.txt") == {"year": 2026}
    assert how.of("rules.txt") == {
        "year": 2026,
        "audience": "staff, all",
        "open": True,
        "link": "https://a.b/c",
    }


def test_the_samples_metadata_is_what_its_fields_show() -> None:
    said = filing.attributes(filed_samples.METADATA)
    assert set(said) == {name for name, _ in filed_samples.SAMPLES}
    assert filing.conditions(filed_samples.ONLY) == (
        Condition(key="audience", how="=", value="customers"),
    )


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("rules.txt", "write the file's name"),
        (": a = 1", "write the file's name"),
        ("a.txt: b", "'b' is no key = value"),
        ("a.txt: b > 1", "write key = value, with commas"),
        ("a.txt: b = 1 c = 2", "write a comma or 'and' before it"),
    ],
)
def test_metadata_that_can_not_be_read_is_named(text: str, said: str) -> None:
    with pytest.raises(ValueError, match=re.escape(said)):
        filing.attributes(text)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("audience", "'audience' is no key = value"),
        ("a = 1, b = 2", "After a stands no 'and'"),
        ("a = 1 and", "'' is no key = value"),
        ("a = 1 b = 2", "write a comma or 'and' before it"),
        ("= 3", "'= 3' is no key = value"),
    ],
)
def test_a_filter_that_can_not_be_read_is_named(text: str, said: str) -> None:
    with pytest.raises(ValueError, match=re.escape(said)):
        filing.conditions(text)


def test_no_text_is_no_filter() -> None:
    assert filing.conditions(" ") == ()


@pytest.mark.parametrize(
    ("size", "overlap", "said"),
    [(99, 0, "100 to 4,096"), (4097, 0, "not 4,097"), (200, 101, "half"), (None, 5, "beside")],
)
def test_chunks_that_openai_would_refuse_are_said(
    size: int | None, overlap: int, said: str
) -> None:
    with pytest.raises(ValueError, match=said):
        filing.chunking(size, overlap)


def test_chunks_of_no_size_are_the_providers_own() -> None:
    assert filing.chunking(None, None) is None
    assert filing.chunking(200, 100) == Chunking(size=200, overlap=100)


def test_each_provider_takes_the_filter_in_its_own_form() -> None:
    only = filing.conditions('audience = "staff \\"A\\"" and year >= 2026 and open = true')
    openai: Any = STORES["openai"].tool("vs_1", 4, only)["tools"][0]["filters"]
    assert openai == {
        "type": "and",
        "filters": [
            {"type": "eq", "key": "audience", "value": 'staff "A"'},
            {"type": "gte", "key": "year", "value": 2026},
            {"type": "eq", "key": "open", "value": True},
        ],
    }
    one: Any = STORES["openai"].tool("vs_1", 4, only[:1])["tools"][0]["filters"]
    assert one["type"] == "eq"
    gemini: Any = STORES["gemini"].tool("fileSearchStores/1", 4, only)["tools"][0]["fileSearch"]
    assert gemini["metadataFilter"] == (
        'audience = "staff \\"A\\"" AND year >= 2026 AND open = "true"'
    )
    assert "filters" not in STORES["openai"].tool("vs_1", 4, ())["tools"][0]
    assert "metadataFilter" not in STORES["gemini"].tool("s", 4, ())["tools"][0]["fileSearch"]
