"""An experiment's spec as batches: one a model, since a provider's batch asks one model; each cell is a line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import click

from playground.domain import ModelRef, Request
from playground.experiments.cells import Cell, CellError, Cells
from playground.experiments.reading import read
from playground.providers import batch
from playground.store.store import Store

ENDINGS = (".yaml", ".yml", ".json")
"""By these a spec is told from a table."""
Lines = list[tuple[str, Request]]


def groups(
    path: str, models: Sequence[str], store: Store
) -> tuple[str, list[tuple[ModelRef, Lines]]]:
    """The spec's name, and the lines of each of its models, or of those that are named; UsageError says what is wrong.

    A case that brings its answer along is left out, and so is what only warms up.
    """
    found = read(Path(path), store=store)
    if found.spec is None:
        raise click.UsageError("\n".join(map(str, found.mistakes)))
    cells = Cells(found.spec)
    wanted = [ref for ref in dict.fromkeys(cells.refs) if not models or str(ref) in models]
    if missing := [name for name in models if name not in map(str, cells.refs)]:
        raise click.UsageError(f"The experiment does not ask {missing[0]}.")
    for ref in wanted:
        if why := batch.batched(ref):
            raise click.UsageError(f"{ref} can't be asked in a batch. {why}")
    made: dict[ModelRef, Lines] = {ref: [] for ref in wanted}
    for cell in cells:
        if cells.refs[cell.model] in made and not cells.recorded(cell):
            made[cells.refs[cell.model]].append(_line(cells, cell))
    return found.spec.name or Path(path).stem, [
        (ref, lines) for ref, lines in made.items() if lines
    ]


def _line(cells: Cells, cell: Cell) -> tuple[str, Request]:
    try:
        request = cells.request(cell)
    except CellError as error:
        raise click.UsageError(str(error)) from None
    return f"cell-{cell.key.replace('.', '-')}", replace(request, stream=False)
