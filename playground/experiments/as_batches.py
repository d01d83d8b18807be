"""A spec as batches: one a model, since a provider's batch asks one model; each cell is a line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from playground.domain import ModelRef, Request
from playground.experiments.cells import CellError, Cells
from playground.experiments.spec import Spec
from playground.providers import batch

Lines = list[tuple[str, Request]]


def groups(spec: Spec, models: Sequence[str] = ()) -> list[tuple[ModelRef, Lines]]:
    """The lines of each of its models, or of those that are named; CellError says what makes no batch.

    A case that brings its answer along is left out, and so is what only warms up.
    """
    cells = Cells(spec)
    refs = list(dict.fromkeys(cells.refs))
    if missing := [name for name in models if name not in map(str, refs)]:
        raise CellError(f"The experiment does not ask {missing[0]}.")
    made: dict[ModelRef, Lines] = {ref: [] for ref in refs if not models or str(ref) in models}
    for ref in made:
        if why := batch.batched(ref):
            raise CellError(f"{ref} can't be asked in a batch. {why}")
    for cell in cells:
        lines = made.get(cells.refs[cell.model])
        if lines is not None and not cells.recorded(cell):
            key = f"cell-{cell.key.replace('.', '-')}"  # Anthropic takes no dots in it
            lines.append((key, replace(cells.request(cell), stream=False)))
    return [(ref, lines) for ref, lines in made.items() if lines]
