"""Answers that the history holds already, judged with a spec's checks: no model is asked."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from playground.domain import Request, Response, Run
from playground.domain.nouns import NotARun
from playground.experiments.answers import answer_of
from playground.experiments.cells import Cell, CellError, Cells
from playground.experiments.environment import Environment
from playground.experiments.grading import failed, grade
from playground.experiments.rows import said
from playground.experiments.spec import Spec
from playground.experiments.transforms import TransformError, transformed
from playground.experiments.verdict import Verdict
from playground.export.reading import run_of


def judged(lines: Iterable[bytes], spec: Spec) -> Iterator[dict[str, Any]]:
    """A verdict for each answer in a JSONL export of the history; `id` is the run's with the lane's place, from 0.

    An answer is held to the checks of the case that asks the same; one that no case asks, to the spec's defaults.
    """
    cells = Cells(spec)
    asked = _asked(cells)
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            run = run_of(json.loads(line))
        except (ValueError, RecursionError, NotARun, TypeError, AttributeError) as mistake:
            yield said(None, failed(f"line {number}: it is no run of an export: {mistake}"))
            continue
        yield from _run(run, cells, asked)


def _asked(cells: Cells) -> Mapping[str, Cell]:
    """What each case asks → its first cell."""
    found: dict[str, Cell] = {}
    for case in range(len(cells.cases)):
        for prompt, model in cells.pairs(case):
            cell = Cell(prompt, case, model, 0)
            try:
                found.setdefault(_text(cells.request(cell)), cell)
            except CellError:
                continue
    return found


def _text(request: Request) -> str:
    """The user's last message."""
    texts = [message.text for message in request.messages if message.role == "user"]
    return texts[-1] if texts else ""


def _run(run: Run, cells: Cells, asked: Mapping[str, Cell]) -> Iterator[dict[str, Any]]:
    for at, (request, response) in enumerate(zip(run.requests, run.responses, strict=True)):
        cell = asked.get(_text(request))
        verdict = _verdict(request, response, cells, cell)
        yield said(f"{run.id}/{at}", verdict) | {
            "model": str(request.model),
            "case": None if cell is None else cell.case,
        }


def _verdict(request: Request, response: Response, cells: Cells, cell: Cell | None) -> Verdict:
    if response.failure is not None:
        return failed(f"the call failed: {response.failure.message}")
    defaults = cells.spec.defaults
    if cell is None:
        if not defaults.checks:
            return failed("no case of the spec asks this, and its defaults have no checks")
        answer = answer_of(response, defaults.vars, tools=request.tools)
        return grade(defaults.checks, answer, defaults.threshold, env=Environment())
    try:
        output = transformed(response.text, cells.transform(cell))
    except TransformError as mistake:
        return failed(str(mistake))
    answer = answer_of(response, cells.vars(cell), output, request.tools)
    return grade(cells.checks(cell), answer, cells.threshold(cell), env=Environment())
