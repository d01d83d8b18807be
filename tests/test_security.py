"""SECURITY.md promises what tests hold: each one that it names is there."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[1]
TEXT = (ROOT / "SECURITY.md").read_text("utf-8")


def test_every_test_that_it_names_is_there() -> None:
    named = re.findall(r"`((?:tests|benchmarks)/[\w/]+\.py)(?:::(\w+))?`", TEXT)
    assert len(named) > 20
    for file, function in named:
        path = ROOT / file
        assert path.is_file(), file
        if function:
            assert f"def {function}(" in path.read_text("utf-8"), f"{file}::{function}"


def test_every_defence_names_what_holds_it() -> None:
    table = TEXT.partition("## What is defended")[2].partition("\n## ")[0]
    rows = [line for line in table.splitlines() if line.startswith("| ")][2:]
    assert len(rows) > 12
    for row in rows:
        against, _by, held = row.strip("| ").split(" | ")
        assert re.search(r"`(?:tests|benchmarks)/", held), against
