"""The cases that a spec has for one prompt of the library, asked of any model, and what their checks say of an answer."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any, NamedTuple

from playground.domain import Request, Response
from playground.domain.values import changed, put
from playground.experiments.answers import answer_of
from playground.experiments.cells import Cells
from playground.experiments.environment import Environment
from playground.experiments.grading import grade
from playground.experiments.spec import Case, Model, Prompt, Spec
from playground.experiments.transforms import TransformError, transformed


class PromptCase(NamedTuple):
    """One case of a prompt."""

    label: str
    request: Request
    held: dict[str, Any]
    """Its values, steps, checks and threshold, the spec's defaults among them: a Case as JSON values."""


def of_prompt(specs: Iterable[Spec], name: str, asked: Request) -> list[PromptCase]:
    """Each case of these that has checks, as it is asked where `asked` is; CellError when a template can't be filled in.

    `asked` gives the model and the settings, over which go those of the prompt and of the case.
    """
    return [
        case
        for spec in specs
        for prompt in spec.prompts
        if prompt.saved is not None and prompt.saved.rpartition("@")[0] == name
        for case in _cases(spec, prompt, asked)
    ]


def _cases(spec: Spec, prompt: Prompt, asked: Request) -> Iterator[PromptCase]:
    alone = {"prompts": (), "models": (), "repeats": None}
    named = prompt.label or prompt.saved
    mine = [
        case
        for case in spec.cases
        if isinstance(case, Case) and (not case.prompts or named in case.prompts)
    ]
    one = spec.model_copy(
        update={
            "prompts": (prompt,),
            "models": (Model(model=str(asked.model)),),
            "cases": tuple(case.model_copy(update=alone) for case in mine),
            "repeats": 1,
            "order": "as_written",
        }
    )
    cells = Cells(one)
    for cell in cells:
        checks = cells.checks(cell)
        if cells.recorded(cell) or not checks:
            continue
        filled = cells.request(cell)
        values = {row.name: value for row, value in changed(filled)}
        request = replace(asked, messages=filled.messages, system=filled.system)
        whole = Case(
            vars=cells.vars(cell),
            checks=checks,
            threshold=cells.threshold(cell),
            transform=cells.transform(cell),
        )
        label = mine[cell.case].description or f"case {cell.case + 1}"
        held = whole.model_dump(mode="json", exclude_unset=True)
        yield PromptCase(label, put(request, values), held)


def judged(held: Mapping[str, Any], response: Response) -> tuple[bool, int, int, str]:
    """Whether the answer passes, how many of its checks do, how many there are, and why it does not."""
    case = Case.model_validate(held)
    if response.failure is not None:
        return False, 0, len(case.checks), response.failure.told
    try:
        output = transformed(response.text, case.transform)
    except TransformError as error:
        return False, 0, len(case.checks), str(error)
    answer = answer_of(response, case.vars, output)
    verdict = grade(case.checks, answer, case.threshold, env=Environment())
    passed = sum(part.passed for part in verdict.parts)
    return verdict.passed, passed, len(case.checks), "" if verdict.passed else verdict.reason
