"""A spec → its cells as jobs: where each stands, what it asks, and how its answer is judged."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from playground.domain import Failure, ModelRef, Response
from playground.experiments.answers import answer_of
from playground.experiments.cells import Cell, CellError, Cells
from playground.experiments.checks.asked import COMPARING, EMBEDDER, SIMILAR, Judge
from playground.experiments.environment import Environment
from playground.experiments.judging import Rounds
from playground.experiments.kept import Place
from playground.experiments.running import Job
from playground.experiments.spec import Check, Spec
from playground.experiments.transforms import TransformError, transformed
from playground.experiments.verdict import Answer, Verdict
from playground.store.packing import storable

ALONE = "no other answer of this case could be compared"
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

    def follow(self, written: Iterable[Place]) -> None:
        """Keep to the order in which an experiment was written down, also by an older version that drew another one."""
        models = {storable(name): model for model, name in enumerate(self.names)}
        self.order = [
            Cell(p.prompt, p.case, models[p.model], 0 if p.warm_up else p.repeat) for p in written
        ]

    @cached_property
    def warm_ups(self) -> int:
        return self.spec.warm_up * len(self.cells.firsts)

    @cached_property
    def names(self) -> list[str]:
        """Of the models."""
        return self.spec.names

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
            repeat=cell.repeat if number >= self.warm_ups else self._round(number),
            warm_up=number < self.warm_ups,
        )

    def _round(self, number: int) -> int:
        """Which round of warming up, from 0, this cell is in."""
        return number // len(self.cells.firsts)

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
                given = self._answer(cell, response)
            except TransformError as error:
                return Verdict(passed=False, score=0.0, reason=str(error), error=str(error))
            return grade(self.cells.checks(cell), given, self.cells.threshold(cell))

        return judged

    def _answer(self, cell: Cell, response: Response) -> Answer:
        """What the checks look at; TransformError where the answer can't be taken as the spec takes it."""
        output, tools = self._output(cell, response), self.cells.tools(cell)
        return answer_of(response, self.cells.vars(cell), output, tools)

    def rounds(self, judge: Judge, *, without: frozenset[int] = frozenset()) -> Rounds | None:
        """What compares the answers of a case, over all prompts and models; None where nothing does.

        `without`: cells that are never asked.
        """
        found: dict[tuple[int, int], list[int]] = {}
        for number in range(self.warm_ups, len(self.order)):
            cell = self.order[number]
            if number not in without and self._comparing(cell):
                found.setdefault((cell.case, cell.repeat), []).append(number)
        of = {number: tuple(several) for several in found.values() for number in several}

        def compare(
            numbers: Sequence[int], responses: Sequence[Response], verdicts: Sequence[Verdict]
        ) -> list[Verdict]:
            return self._compared(numbers, responses, verdicts, judge)

        return Rounds(members=lambda number: of.get(number, ()), compare=compare) if of else None

    def _comparing(self, cell: Cell) -> tuple[Check, ...]:
        return tuple(check for check in self.cells.checks(cell) if check.type in COMPARING)

    def _compared(
        self,
        numbers: Sequence[int],
        responses: Sequence[Response],
        verdicts: Sequence[Verdict],
        judge: Judge,
    ) -> list[Verdict]:
        """Calls that failed, were left out or could not be judged don't take part: they have not passed anyway."""
        from playground.experiments.grading import compared, with_comparison  # with all checks

        made = list(verdicts)
        able = [
            i for i, verdict in enumerate(made) if not responses[i].failure and not verdict.error
        ]
        if not able:
            return made
        cells = [self.order[number] for number in numbers]
        answers = [self._answer(cells[i], responses[i]) for i in able]
        for check in sorted(self._comparing(cells[0]), key=lambda c: COMPARING.index(c.type)):
            if len(able) == 1 and len(self.cells.pairs(cells[0].case)) > 1:
                alone = Verdict(passed=True, score=1.0, reason=ALONE, type=check.type)
                said = [alone]
            else:
                own, lot = [made[i] for i in able], self.spec.seed * 1_000_003 + numbers[0]
                said = compared(check, answers, own, judge, lot, Environment())
            for i, each in zip(able, said, strict=True):
                made[i] = with_comparison(made[i], each)
        return made

    def in_part(self, part: int, of: int) -> Callable[[int], bool]:
        """Whether a cell is in this one of so many shares: the same whenever it is asked, cells of a group together."""
        comparing = any(map(self._comparing, self.cells))
        groups: dict[tuple[int, int, int], int] = {}
        share = []
        for number, cell in enumerate(self.order):
            if number < self.warm_ups:  # each warms up for itself, round by round
                share.append(self._round(number) % of)
                continue
            group = (0 if comparing else cell.prompt, cell.case, cell.repeat)
            share.append(groups.setdefault(group, len(groups)) % of)
        return lambda number: share[number] == part

    def _output(self, cell: Cell, response: Response) -> Any:
        """The answer as the checks get it."""
        case = self.cells.cases[cell.case]
        output = case.output if self.cells.recorded(cell) else response.text
        return transformed(output, self.cells.transform(cell))

    @property
    def checked(self) -> bool:
        """Whether answers are held to anything."""
        return any(True for _ in self._checks())

    @property
    def judging_models(self) -> bool:
        """Whether any check asks a model, which takes its time."""
        return any(map(asks_a_model, self._checks()))

    def model_checks(self, case: int) -> list[Check]:
        """The checks of a case that a model judges, those in sets too."""
        found = [*self.spec.defaults.checks, *self.cells.cases[case].checks]
        for check in found:
            found += check.checks
        return [check for check in found if not check.checks and asks_a_model(check)]

    @property
    def asked(self) -> set[ModelRef]:
        """Every model that is asked, those that judge too."""
        checks = list(self._checks())
        for check in checks:
            checks += check.checks
        return {*self.cells.refs, *(ref for check in checks for ref in judges_of(check))}

    def _checks(self) -> Iterator[Check]:
        yield from self.spec.defaults.checks
        for case in self.cells.cases:
            yield from case.checks


def asks_a_model(check: Check) -> bool:
    """Whether the check, or one in it, is a model's to judge."""
    from playground.experiments.checks.table import KINDS  # with all checks: most of a start

    kind = KINDS.get(check.type.removeprefix("not-"))
    asks = kind is not None and kind.asks
    return asks or check.type == "select-best" or any(map(asks_a_model, check.checks))


def judges_of(check: Check) -> list[ModelRef]:
    """The models that a check asks; those whose spelling is wrong are found out when they are asked."""
    usual = EMBEDDER if check.type.removeprefix("not-") in SIMILAR else None
    named = check.config.get("judges") or [check.judge or usual]
    found = []
    for name in named if isinstance(named, list) else []:
        with contextlib.suppress(ValueError):
            found.append(ModelRef.parse(name or ""))
    return found


def answered(checks: tuple[Check, ...], given: Answer, threshold: float | None) -> Verdict:
    """Where nothing is checked, an answer passes."""
    return Verdict(passed=True, score=1.0)
