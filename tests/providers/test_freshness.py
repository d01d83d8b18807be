"""What may be out of date is named: by kind, with who says so, on the day on which it is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from playground import catalog
from playground.pricing import PriceBook, load
from playground.pricing.crosscheck import Check
from playground.providers import freshness, packages
from playground.providers.freshness import Finding, checked, findings, of_endpoint
from playground.providers.listed import ListedModel
from playground.providers.packages import Named

TODAY = date(2026, 11, 26)
AGREED = Check(compared=1, differences=(), missing=(), version="9.9")
ROWS = """
prices:
  xai:
    - {model: fresh, input: 1, output: 2, source: https://fresh.example, as_of: 2026-10-27}
    - {model: old, input: 1, output: 2, source: https://old.example, as_of: 2026-10-26}
    - {model: older, input: 1, output: 2, source: https://old.example, as_of: 2026-10-26}
    - {model: gone, input: 1, output: 2, retired: 2026-11-26, source: https://fresh.example, as_of: 2026-11-01}
    - {model: long-gone, input: 1, output: 2, retired: 2026-10-27, source: https://fresh.example, as_of: 2026-10-27}
    - {model: going, input: 1, output: 2, retired: 2026-11-27, source: https://fresh.example, as_of: 2026-11-01}
    - {model: risen, input: 1, output: 2, source: https://fresh.example, as_of: 2026-11-01}
    - {model: risen, valid_from: 2026-11-20, input: 2, output: 4, source: https://fresh.example, as_of: 2026-11-01}
    - {model: promoted, input: 1, output: 2, note: "half price through 2026-11-25", source: https://fresh.example, as_of: 2026-11-01}
plans:
  - {product: X, plan: Y, monthly: 1, exception: "a credit until 2026-11-24", source: s, as_of: 2026-11-01}
"""

Book = Callable[[str], PriceBook]


@pytest.fixture
def book(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Book:
    """A book of these rows, beside a catalog without any."""
    monkeypatch.setattr(catalog, "catalog", tuple)
    monkeypatch.setattr(packages, "named", tuple)

    def made(text: str) -> PriceBook:
        file = tmp_path / "pricing.yaml"
        file.write_text(text, encoding="utf-8")
        return load(file, own=False)

    return made


def said(found: tuple[Finding, ...], kind: str) -> dict[str, str]:
    return {f.about: f.said for f in found if f.kind == kind}


def test_days_that_have_come_since_a_row_was_read_are_named(book: Book) -> None:
    crossed = said(findings(book(ROWS), AGREED, TODAY), "crossed")
    assert set(crossed) == {"xai:gone", "xai:risen", "xai:promoted", "X Y"}
    assert crossed["xai:gone"].startswith("2026-11-26: the model was switched off")
    assert crossed["xai:risen"].startswith("2026-11-20: this price began")
    assert "half price" in crossed["xai:promoted"]


def test_the_day_before_it_comes_nothing_is_said(book: Book) -> None:
    crossed = said(findings(book(ROWS), AGREED, date(2026, 11, 19)), "crossed")
    assert crossed == {}


def test_rows_older_than_thirty_days_are_counted_by_their_page(book: Book) -> None:
    stale = said(findings(book(ROWS), AGREED, TODAY), "stale")
    assert stale == {"https://old.example": "2 rows were read on 2026-10-26, 31 days ago."}


@pytest.mark.parametrize(
    ("model", "retires", "kind", "words"),
    [
        ("gpt-9-nova", None, "unknown", "not in the catalog"),
        ("gpt-9-nova", date(2030, 1, 1), "unknown", "not in the catalog"),
        ("gpt-9-nova", date(2026, 11, 26), None, ""),
        ("text-embedding-9", None, None, ""),
        ("gpt-6.1-sol", None, None, ""),
        ("gpt-6.1-sol-2026-09-29", None, None, ""),
        (
            "gpt-6.1-sol",
            date(2027, 9, 1),
            "contradicted",
            "on no day that is known here, on 2027-09-01",
        ),
        ("gpt-5", date(2026, 12, 11), None, ""),
        ("gpt-5", date(2026, 12, 12), "contradicted", "on 2026-12-11 here, on 2026-12-12 there"),
        ("gpt-4", date(2026, 3, 26), None, ""),
    ],
)
def test_what_an_sdk_says_of_a_model(
    model: str,
    retires: date | None,
    kind: str | None,
    words: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The last one is gone by either day: a snapshot went before its alias, which contradicts nothing."""
    one = Named(provider="openai", model=model, package="openai 9.9", retires=retires)
    monkeypatch.setattr(packages, "named", lambda: [one])
    found = [f for f in findings(load(own=False), AGREED, TODAY) if f.source == "openai 9.9"]
    assert [f.kind for f in found] == ([kind] if kind else [])
    assert all(f.about == f"openai:{model}" and words in f.said for f in found)


def test_the_sdks_name_models_and_last_days() -> None:
    named = {(one.provider, one.model): one for one in packages.named()}
    assert {provider for provider, _ in named} == {"openai", "anthropic", "gemini"}
    assert named["gemini", "gemini-4-neon"].package.startswith("google-genai 3.")
    assert named["anthropic", "claude-opus-4-5"].retires == date(2027, 1, 22)
    assert named["openai", "gpt-5"].retires == date(2026, 12, 11)
    assert sum(one.provider == "openai" for one in named.values()) > 90


def test_what_only_a_price_source_knows_is_named(book: Book) -> None:
    check = replace(AGREED, missing=("mistral:new-large", "openai:text-embedding-9"))
    assert set(said(findings(book(ROWS), check, TODAY), "unknown")) == {"mistral:new-large"}


def test_what_a_models_endpoint_lists_otherwise() -> None:
    models = [
        ListedModel(id="claude-9"),
        ListedModel(id="claude-opus-4-5", shutdown_date=date(2027, 1, 22)),
        ListedModel(id="claude-opus-4-8", shutdown_date=date(2027, 6, 1)),
    ]
    found = {f.about: f.kind for f in of_endpoint("anthropic", models)}
    assert found == {"anthropic:claude-9": "unknown", "anthropic:claude-opus-4-8": "contradicted"}
    (name,) = of_endpoint("gemini", ["gemini-9-flash", "gemini-4-neon", "gemini-9-tts"])
    assert (name.about, name.source) == ("gemini:gemini-9-flash", "the models endpoint of gemini")


def test_no_installed_package_contradicts_what_is_here() -> None:
    """The one thing that fails where the rest only warns."""
    found = checked(load(own=False), TODAY)
    assert [f for f in found if f.kind == "contradicted"] == []
    assert list(dict.fromkeys(f.kind for f in found)) == [
        kind for kind in freshness.KINDS if any(f.kind == kind for f in found)
    ]


def test_what_follows_a_model_is_to_be_read_again_too() -> None:
    source = "https://dev.to/max_bob/"
    fresh = [f for f in checked(load(), date(2026, 11, 1)) if f.about.startswith(source)]
    assert fresh == []
    (old,) = [f for f in checked(load(), date(2026, 12, 10)) if f.about.startswith(source)]
    assert (old.kind, old.source) == ("stale", "catalog.yaml")
    assert old.said == "4 rows were read on 2026-10-28, 43 days ago."
