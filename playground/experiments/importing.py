"""Others' files as specs: which kind a file is, is seen from what it holds."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from playground.experiments import openai_evals
from playground.experiments.promptfoo import importing as promptfoo
from playground.experiments.promptfoo.importing import Imported

MARK = b'"testing_criteria"'
"""What only the definition of an Eval has."""
LOOKED_AT = 5_000_000


def read(path: Path, models: Sequence[str] = ()) -> Imported:
    """The spec that this file becomes, and what it can't take; `models` are asked beside those in it."""
    if path.suffix.lower() in (".json", ".jsonl") and path.is_file():
        with path.open("rb") as file:
            if MARK in file.read(LOOKED_AT):
                made = openai_evals.read(path)
                if made.document:
                    made.document["models"] += [{"model": model} for model in models]
                return made
    return promptfoo.read(path, models)
