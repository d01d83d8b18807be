"""Specs in and out: read, imported, exported, and what is said of it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from playground import history
from playground.cli.options import model_ref
from playground.cli.say import say
from playground.experiments.cells import Cells
from playground.experiments.importing import read as read_foreign
from playground.experiments.promptfoo.exporting import exported
from playground.experiments.promptfoo.notes import LeftOut, listed
from playground.experiments.reading import Reading
from playground.experiments.reading import read as read_spec
from playground.experiments.writing import yaml_text

if TYPE_CHECKING:
    from playground.experiments.positions import Mistake

COUNTS = ("prompts", "cases", "models", "checks")
MOST_LINES = 8
"""Places of the same thing that are named for people."""


def read(file: str) -> Reading:
    """The spec in this file, with the library and the history of this person."""
    from playground.store.database import HistoryError

    try:
        store = history.find_store()
    except HistoryError as error:
        say(str(error))
        store = None
    return read_spec(Path(file), store=store)


def tell(mistakes: Sequence[Mistake]) -> None:
    """Say every mistake, a line each."""
    for mistake in mistakes:
        say(str(mistake))


def validate(file: str, as_json: bool) -> int:
    """Say every mistake in a spec; 1 where there are some."""
    found = read(file)
    cells = len(Cells(found.spec)) if found.spec else None
    if as_json:
        rows = [mistake._asdict() for mistake in found.mistakes]
        click.echo(json.dumps({"cells": cells, "mistakes": rows}, indent=2, ensure_ascii=False))
        return 1 if rows else 0
    tell(found.mistakes)
    if found.spec:
        click.echo(f"{file}: {cells:,} cells.")
    return 0 if found.spec else 1


def import_(file: str, out: str | None, models: Sequence[str], as_json: bool) -> int:
    """Import, print, write; 0 where something can be run."""
    for model in models:
        model_ref(model)
    made = read_foreign(Path(file), models)
    left, remarks = list(made.notes.left_out), list(made.notes.remarks)
    counts = {name: getattr(made, name) for name in COUNTS}
    if as_json:
        document: dict[str, Any] = {**counts, "left_out": listed(left), "remarks": listed(remarks)}
        click.echo(json.dumps(document, indent=2, ensure_ascii=False))
    else:
        click.echo(", ".join(f"{count:,} {name}" for name, count in counts.items()))
        _tell("Left out:", left)
        _tell("Look at:", remarks)
    if not made.runnable:
        say(_nothing(counts))
    if out and made.document:
        try:
            Path(out).write_text(made.yaml(), encoding="utf-8")
        except OSError as error:
            raise click.UsageError(f"{out} can't be written: {error.strerror}.") from None
        say(f"Written to {out}.")
    return 0 if made.runnable else 1


def export(file: str, output: str | None) -> int:
    """Write a spec as promptfoo's configuration; 1 where it has mistakes."""
    found = read(file)
    if found.spec is None:
        tell(found.mistakes)
        return 1
    document, lost = exported(found.spec)
    text = yaml_text(document, f"Exported from {Path(file).name}.")
    for sentence in lost:
        say(f"Not in it: {sentence}")
    if output is None:
        click.echo(text, nl=False)
        return 0
    try:
        Path(output).write_text(text, encoding="utf-8")
    except OSError as error:
        raise click.UsageError(f"{output} can't be written: {error.strerror}.") from None
    return 0


def _nothing(counts: dict[str, int]) -> str:
    """Why nothing can be run, and what to do."""
    missing = [name for name in ("prompts", "models", "cases") if not counts[name]]
    if missing == ["models"]:
        return f"No model is left to ask: choose one for these {counts['cases']:,} cases with -m PROVIDER:MODEL."
    return f"Nothing can be run: no {' and no '.join(missing)} came of it. See what is left out."


def _tell(title: str, notes: Sequence[LeftOut]) -> None:
    """Each thing once, with the places where it stands."""
    if not notes:
        return
    places: dict[tuple[str, str], list[str]] = {}
    for note in notes:
        where = f"{note.file}:{note.line}" if note.line else note.file
        places.setdefault((note.what, note.next_step), []).append(where)
    click.echo(f"\n{title}")
    for (what, next_step), all_of_them in places.items():
        rest = len(all_of_them) - MOST_LINES
        more = f" and {rest:,} more" if rest > 0 else ""
        click.echo(f"- {what} ({', '.join(all_of_them[:MOST_LINES])}{more})\n  {next_step}")
