"""How models are shown in a menu: made once, and anew when a price has changed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from playground import pricing
from playground.ui.session import models

SOL = "openai:gpt-6.1-sol"


def test_a_model_s_words_are_made_once_and_anew_by_other_prices(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    made: list[str] = []
    words = models._known_of
    monkeypatch.setattr(models, "_labels", None)

    def counted(spelling: str, book: pricing.PriceBook) -> Iterator[str]:
        made.append(spelling)
        return words(spelling, book)

    monkeypatch.setattr(models, "_known_of", counted)
    first = models.labelling()(SOL)
    assert first.startswith(f"{SOL} · $")
    assert "per 1M" in first
    assert models.labelling()(SOL) == first
    assert made == [SOL]
    without = replace(pricing.load(), rows={}, prefixes=())
    monkeypatch.setattr(pricing, "load", lambda: without)
    assert "per 1M" not in models.labelling()(SOL)
    assert made == [SOL, SOL]


def test_what_people_type_is_not_kept_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(models, "_labels", None)
    monkeypatch.setattr(models, "MOST_LABELS", 3)
    label = models.labelling()
    assert [label(f"ollama:mine-{n}") for n in range(5)] == [f"ollama:mine-{n}" for n in range(5)]
    assert models._labels is not None
    assert len(models._labels[2]) == 3
