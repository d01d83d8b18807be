"""A spec goes to promptfoo and comes back: its checks are the same."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from playground.experiments.promptfoo.exporting import exported
from playground.experiments.promptfoo.importing import read
from playground.experiments.spec import Case, Check
from tests.experiments.conftest import spec_of

OLLAMA, OPENAI = "ollama:nomic-embed-text", "openai:text-embedding-3-small"


def returned(folder: Path, *checks: Check) -> tuple[list[dict[str, Any]], tuple[Check, ...]]:
    """The checks as promptfoo has them, and as they come back from it."""
    spec = spec_of(["openai:gpt-6.1-sol"], ["Say yes."])
    document, lost = exported(spec.model_copy(update={"cases": (Case(checks=checks),)}))
    assert [said for said in lost if "Check" in said or "Judge" in said] == []
    path = folder / "promptfooconfig.yaml"
    path.write_text(yaml.safe_dump(document, sort_keys=False), encoding="utf-8")
    made = read(path)
    assert not made.notes.left_out
    assert made.document is not None
    (case,) = made.document["cases"]
    (test,) = document["tests"]
    return test["assert"], tuple(Check(**check) for check in case["checks"])


@pytest.mark.parametrize("type_", ["similar", "not-similar", "similar:dot", "not-similar:cosine"])
def test_similar_and_its_opposite_come_back_as_they_were(tmp_path: Path, type_: str) -> None:
    checks = (
        Check(type=type_, value="The order is refunded."),
        Check(type=type_, value=["a", "b"], threshold=0.4, weight=2, metric="near"),
        Check(type=type_, value="x", threshold=0.9, judge=OPENAI, transform=("trim",)),
        Check(type=type_, value="x", judge=OLLAMA),
    )
    theirs, ours = returned(tmp_path, *checks)
    assert ours == checks
    assert [one["type"] for one in theirs] == [type_] * 4
    assert [one.get("provider") for one in theirs] == [
        None,
        None,
        "openai:embedding:text-embedding-3-small",
        "ollama:embeddings:nomic-embed-text",
    ]
