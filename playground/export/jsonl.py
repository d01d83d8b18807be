"""Runs as JSON lines: one whole run on each line, which `reading.from_json` reads back."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from playground.domain import Run
from playground.export.document import full_document, json_text


def lines(runs: Iterable[Run | Mapping[str, Any]]) -> Iterator[str]:
    """One line a run; a mapping is a document that is made already. Characters outside ASCII are escaped."""
    for run in runs:
        document = full_document(run) if isinstance(run, Run) else run
        yield json_text(document) + "\n"


def to_jsonl(runs: Iterable[Run | Mapping[str, Any]]) -> str:
    """All the lines."""
    return "".join(lines(runs))
