"""A spec → its cells as jobs: where each stands, what it asks, and how its answer is judged."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from playground.domain import Failure, Response
from playground.experiments.answers import answer_of
from playground.experiments.cells import Cell, CellError, Cells
from playground.experiments.kept import Place
from playground.experiments.running import Job
from playground.experiments.spec import Check, Spec
from playground.experiments.transforms import TransformError, transformed
from playground.experiments.verdict import Answer, Verdict

Grade = Callable[[tuple[Check, ...], Answer, float | None], Verdict]


@dataclass(eq=False)
class Jobs:
    """The cells of a pinned spec in the order in which they are asked, warm-up first. `salt` as for `Cells`."""

    spec: Spec
    salt: str = ""

    @cached_property
    def cells(self) -> Cells:
        return Cells(self.spec, salt=self.salt)

    @cached_property
    def order(self) -> list[Cell]:
        """Cell by number."""
        return [*self.cells.warm_up(), *self.cells]

    @cached_property
    def warm_ups(self) -> int:
        return sum(1 for _ in self.cells.warm_up())

    @cached_property
    def names(self) -> list[str]:
        """Of the models: a label that is there twice is numbered."""
        names = self.cells.model_names
        return [
            name if names.count(name) == 1 else f"{name} #{names[: i + 1].count(name)}"
            for i, name in enumerate(names)
        ]

    def places(self) -> Iterator[Place]:
        """Where each stands."""
        for number in range(len(self.order)):
            yield self.place(number)

    def place(self, number: int) -> Place:
        """Where this one stands."""
        cell = self.order[number]
        return Place(
            cell=number,
            model=self.names[cell.model],
            prompt=cell.prompt,
            case=cell.case,
            repeat=cell.repeat if number >= self.warm_ups else number // len(self.names),
            warm_up=number < self.warm_ups,
        )

    def job(self, number: int) -> Job:
        """What it asks, made when it is needed; a prompt that can't be filled in has failed already."""
        cell, place = self.order[number], self.place(number)
        ref = self.cells.refs[cell.model]
        if self.cells.recorded(cell):
            output = self.cells.cases[cell.case].output
            text = output if isinstance(output, str) else ""
            return Job(place=place, request=None, recorded=Response(model=ref, text=text))
        try:
            return Job(place=place, request=self.cells.request(cell))
        except CellError as error:
            failure = Failure(
                type="invalid_request",
                message=str(error),
                meaning="The prompt of this case can't be filled in, so nothing was asked.",
                next_step="Correct the prompt or the case's variables.",
            )
            return Job(place=place, request=None, recorded=Response(model=ref, failure=failure))

    def judge(self, grade: Grade) -> Callable[[int, Response], Verdict | None]:
        """What says whether an answer passes. A call that failed has not."""

        def judged(number: int, response: Response) -> Verdict | None:
            cell = self.order[number]
            if number < self.warm_ups:
                return None
            if response.failure is not None:
                why = f"The call failed: {response.failure.word}."
                return Verdict(passed=False, score=0.0, reason=why)
            try:
                given = answer_of(response, self.cells.vars(cell), self._output(cell, response))
            except TransformError as error:
                return Verdict(passed=False, score=0.0, reason=str(error), error=str(error))
            return grade(self.cells.checks(cell), given, self.cells.threshold(cell))

        return judged

    def _output(self, cell: Cell, response: Response) -> Any:
        """The answer as the checks get it."""
        case = self.cells.cases[cell.case]
        output = case.output if self.cells.recorded(cell) else response.text
        return transformed(output, self.cells.transform(cell))

    @property
    def judging_models(self) -> bool:
        """Whether any check asks a model, which takes its time."""
        return any(check.judge or "rubric" in check.type for check in self._checks())

    def _checks(self) -> Iterator[Check]:
        yield from self.spec.defaults.checks
        for case in self.cells.cases:
            yield from case.checks


def answered(checks: tuple[Check, ...], given: Answer, threshold: float | None) -> Verdict:
    """Where nothing is checked, an answer passes."""
    return Verdict(passed=True, score=1.0)
