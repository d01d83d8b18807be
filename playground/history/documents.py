"""A stored run as an export document with its labels, and the way back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from playground.domain.nouns import NotARun, noun
from playground.export.document import Labelled, labelled_document
from playground.export.reading import documents, run_of
from playground.history.labels import Labels, Stored, Vote, tags
from playground.history.writing import put
from playground.store.store import Store


def labelled(stored: Stored) -> Labelled:
    """The run with its labels, as an export takes it."""
    return Labelled(stored.run, {**asdict(stored.labels), "tags": list(stored.labels.tags)})


def stored_document(stored: Stored) -> dict[str, Any]:
    """The export document with the run's labels behind everything else."""
    return labelled_document(labelled(stored))


def labels_of(document: Mapping[str, Any]) -> Labels:
    """The labels in a document; defaults for what is not there or not of its type."""
    given = document.get("labels")
    given = given if isinstance(given, dict) else {}

    def text(name: str, default: str = "") -> str:
        value = given.get(name)
        return value if isinstance(value, str) else default

    words = given.get("tags")
    return Labels(
        kind=text("kind", "compare"),
        title=text("title") or None,
        tags=tags(word for word in words if isinstance(word, str))
        if isinstance(words, list)
        else (),
        department=text("department"),
        note=text("note"),
        starred=given.get("starred") is True,
        vote=_vote(given.get("vote")),
    )


def _vote(given: Any) -> Vote | None:
    """The vote in a document; None where there is none, or what is there is no vote."""
    try:
        return None if given is None else noun(Vote, given, "vote")
    except NotARun:
        return None


def import_text(store: Store, text: str, *, owner: str = "") -> tuple[int, int]:
    """Keep every run in a JSON or JSONL export: (new, there already). NotARun when the text holds something else."""
    made = [(run_of(document), labels_of(document)) for document in documents(text)]
    new = sum(put(store, run, labels, owner=owner) for run, labels in made)
    return new, len(made) - new
