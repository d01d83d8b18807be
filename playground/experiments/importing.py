"""Others' files as specs: which kind a file is, is seen from what it holds."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from playground.experiments import openai_evals
from playground.experiments.promptfoo import importing as promptfoo
from playground.experiments.promptfoo.importing import Imported
from playground.experiments.sources import SourceError, Sources

MARK = b'"testing_criteria"'
"""What only the definition of an Eval has."""
LOOKED_AT = 5_000_000


def read(path: Path, models: Sequence[str] = ()) -> Imported:
    """The spec that this file becomes, and what it can't take; `models` are asked beside those in it."""
    return read_in(Sources(path.parent), path.name, models)


def read_in(sources: Sources, name: str, models: Sequence[str] = ()) -> Imported:
    """The same for the file of this name among these."""
    if name.lower().endswith((".json", ".jsonl")) and MARK in _beginning(sources, name):
        made = openai_evals.read_in(sources, name)
        if made.document:
            ours = made.document["models"]
            there = [each["model"] for each in ours]
            ours += [{"model": model} for model in models if model not in there]
        return made
    return promptfoo.read_in(sources, name, models)


def _beginning(sources: Sources, name: str) -> bytes:
    """Of the file; nothing where it can't be read, which is said when it is read whole."""
    try:
        return sources.read(name)[:LOOKED_AT]
    except SourceError:
        return b""
