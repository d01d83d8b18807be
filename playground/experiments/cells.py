"""A spec's cells: every prompt with every case at every model, as often as it is to be repeated."""

from __future__ import annotations

import itertools
import random
import string
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any, NamedTuple

from pydantic import ValidationError

from playground.domain import Message, ModelRef, Request, Text, Tool
from playground.domain.values import put
from playground.experiments.environment import Environment, hidden
from playground.experiments.json_lines import read_json
from playground.experiments.positions import Unreadable
from playground.experiments.promptfoo.vars import prepared, prompt_text
from playground.experiments.settings import checked
from playground.experiments.spec import Case, Check, Prompt, Spec, Step, Turn
from playground.experiments.templates import TemplateError, render
from playground.experiments.yaml_lines import read_yaml

FRESH_LETTERS = 12
MOST_CELLS = 1_000_000
"""Of one experiment, those too that warm up: they are held and written down before the first is asked."""


class Cell(NamedTuple):
    """One request of an experiment, by the places of its parts in the spec, all from 0."""

    prompt: int
    case: int
    model: int
    repeat: int

    @property
    def key(self) -> str:
        """Its name among the cells of a spec: `2.17.0.4`."""
        return ".".join(map(str, self))

    @classmethod
    def of(cls, key: str) -> Cell:
        return cls(*map(int, key.split(".")))


class CellError(ValueError):
    """A cell that can't be asked: the message says why, in a sentence."""


class Cells:
    """The cells of a spec in which every prompt has its text and every case stands by itself, as `reading` makes it.

    A Request is made when it is asked for, so that ten thousand cells hold no more than the spec. `salt` is what the
    letters of `fresh_prefix` are drawn from beside the seed: the experiment's id.
    """

    def __init__(self, spec: Spec, *, salt: str = "") -> None:
        self.spec, self.salt = spec, salt
        self.cases: list[Case] = [case for case in spec.cases if isinstance(case, Case)]
        self.refs = [ModelRef.parse(model.model) for model in spec.models]
        self.prompt_names = prompt_names(spec.prompts)
        self.model_names = [model.name for model in spec.models]
        self._settings: dict[tuple[int, int], dict[str, Any]] = {}

    @cached_property
    def _pairs(self) -> list[tuple[int, int]]:
        """The prompts and models that go together in every case that says nothing else."""
        return [
            (prompt, index)
            for prompt, name in enumerate(self.prompt_names)
            for index, model in enumerate(self.spec.models)
            if not model.prompts or name in model.prompts
        ]

    def pairs(self, case: int) -> list[tuple[int, int]]:
        """The prompts and models that this case is asked with."""
        only = self.cases[case]
        if not only.prompts and not only.models:
            return self._pairs
        return [
            (prompt, model)
            for prompt, model in self._pairs
            if not only.prompts or self.prompt_names[prompt] in only.prompts
            if not only.models or self.model_names[model] in only.models
        ]

    def repeats(self, case: int) -> int:
        return self.cases[case].repeats or self.spec.repeats

    def __len__(self) -> int:
        return sum(len(self.pairs(case)) * self.repeats(case) for case in range(len(self.cases)))

    @property
    def size(self) -> int:
        """The cells and those that warm up, counted without making them."""
        return len(self) + self.spec.warm_up * len(self.firsts)

    def __iter__(self) -> Iterator[Cell]:
        return ORDERS[self.spec.order](self)

    @cached_property
    def firsts(self) -> tuple[Cell, ...]:
        """The first cell of each model; one that no case goes with has none."""
        first: dict[int, Cell] = {}
        for cell in _once_each(self):
            first.setdefault(cell.model, cell)
            if len(first) == len(self.refs):
                break
        return tuple(first.values())

    def warm_up(self) -> Iterator[Cell]:
        """What is asked before: each model's first cell, `warm_up` times."""
        for _ in range(self.spec.warm_up):
            yield from self.firsts

    def recorded(self, cell: Cell) -> bool:
        """Whether the case brings its answer along, so that nothing is asked."""
        return "output" in self.cases[cell.case].model_fields_set

    def vars(self, cell: Cell) -> dict[str, Any]:
        """The values of the case's variables, over the defaults."""
        return {**self.spec.defaults.vars, **self.cases[cell.case].vars}

    def checks(self, cell: Cell) -> tuple[Check, ...]:
        """What its answer must pass: the defaults, then the case's own."""
        return (*self.spec.defaults.checks, *self.cases[cell.case].checks)

    def threshold(self, cell: Cell) -> float | None:
        """The score from which on it passes; None = when no check failed."""
        own = self.cases[cell.case].threshold
        return self.spec.defaults.threshold if own is None else own

    def transform(self, cell: Cell) -> tuple[Step, ...]:
        """What is done to its answer before it is judged: the model's steps, then the case's."""
        return (*self.spec.models[cell.model].transform, *self.cases[cell.case].transform)

    def tools(self, cell: Cell) -> Sequence[Tool]:
        """The functions that the model is offered."""
        found: Sequence[Tool] = self._put(cell).get("tools", ())
        return found

    def request(self, cell: Cell) -> Request:
        """What is asked; CellError when a template can't be filled in."""
        prompt, model = self.spec.prompts[cell.prompt], self.spec.models[cell.model]
        values = prepared(self.vars(cell))
        try:
            turns = _turns(self._framed(prompt, cell), values)
            own = [_filled(text, values) for text in (model.system, prompt.system) if text]
        except TemplateError as error:
            name = self.prompt_names[cell.prompt]
            raise CellError(f"Prompt {name!r} can't be filled in: {error}") from None
        system = "\n\n".join((*own, *(turn.content for turn in turns if turn.role == "system")))
        messages = [
            Message(role=turn.role, parts=(Text(text=turn.content),))
            for turn in turns
            if turn.role != "system"
        ]
        if not messages:
            raise CellError(f"Prompt {self.prompt_names[cell.prompt]!r} has no message of a user.")
        if self.spec.fresh_prefix:
            system, messages = self._fresh(cell, system, messages)
        bare = Request(model=self.refs[cell.model], messages=tuple(messages), system=system or None)
        return put(bare, self._put(cell))

    def _framed(self, prompt: Prompt, cell: Cell) -> Prompt:
        """The prompt with what stands before and after it; in a talk that is the last message of the user."""
        case, defaults = self.cases[cell.case], self.spec.defaults
        before, after = case.prefix or defaults.prefix, case.suffix or defaults.suffix
        if not before and not after:
            return prompt
        if not prompt.messages:
            return prompt.model_copy(update={"text": f"{before}{prompt.text or ''}{after}"})
        turns = list(prompt.messages)
        last = max(
            (i for i, turn in enumerate(turns) if turn.role == "user"), default=len(turns) - 1
        )
        turns[last] = Turn(role=turns[last].role, content=f"{before}{turns[last].content}{after}")
        return prompt.model_copy(update={"messages": tuple(turns)})

    def _put(self, cell: Cell) -> dict[str, Any]:
        """The settings: the model's, then the prompt's, then the case's."""
        both = (cell.prompt, cell.model)
        if both not in self._settings:
            prompt, model = self.spec.prompts[cell.prompt], self.spec.models[cell.model]
            self._settings[both] = checked({**model.settings, **prompt.settings})
        own = self.cases[cell.case].settings
        return {**self._settings[both], **checked(own)} if own else self._settings[both]

    def _fresh(self, cell: Cell, system: str, messages: list[Message]) -> tuple[str, list[Message]]:
        """A few letters before everything, other ones in each cell and each experiment."""
        drawn = random.Random(f"{self.salt}/{self.spec.seed}/{cell.key}")  # noqa: S311 - not a secret
        letters = "".join(drawn.choices(string.ascii_lowercase, k=FRESH_LETTERS))
        if system:
            return f"[{letters}]\n{system}", messages
        first = messages[0]
        changed = Message(role=first.role, parts=(Text(text=f"[{letters}]\n{first.text}"),))
        return system, [changed, *messages[1:]]


def _once_each(cells: Cells) -> Iterator[Cell]:
    """The first repeat of every cell, as written."""
    pairs = [set(cells.pairs(case)) for case in range(len(cells.cases))]
    for prompt in range(len(cells.prompt_names)):
        for case, allowed in enumerate(pairs):
            for model in range(len(cells.refs)):
                if (prompt, model) in allowed:
                    yield Cell(prompt, case, model, 0)


def _as_written(cells: Cells) -> Iterator[Cell]:
    for first in _once_each(cells):
        for repeat in range(cells.repeats(first.case)):
            yield first._replace(repeat=repeat)


def _interleaved(cells: Cells) -> Iterator[Cell]:
    """Models take turns, and by lot which of them begins."""
    most = max(map(cells.repeats, range(len(cells.cases))), default=0)
    dice = random.Random(cells.spec.seed)  # noqa: S311 - the same order each time is meant
    turns: dict[tuple[int, ...], Iterator[Sequence[int]]] = {}
    for repeat in range(most):
        for case in range(len(cells.cases)):
            if repeat >= cells.repeats(case):
                continue
            for prompt, several in itertools.groupby(cells.pairs(case), lambda pair: pair[0]):
                models = tuple(model for _, model in several)
                if models not in turns:
                    turns[models] = _turns_by_lot(models, dice)
                for model in next(turns[models]):
                    yield Cell(prompt, case, model, repeat)


def _turns_by_lot(models: Sequence[int], dice: random.Random) -> Iterator[Sequence[int]]:
    """Orders of these models without end: what their places do to them is chance, and evens out.

    In every 2k of k models each has each place twice, and comes before each other one as often as after it.
    """
    while True:
        drawn = dice.sample(models, len(models))
        begun = [[*drawn[i:], *drawn[:i]] for i in range(len(drawn))]
        block = [*begun, *(order[::-1] for order in begun)]
        dice.shuffle(block)
        yield from block


def _shuffled(cells: Cells) -> Iterator[Cell]:
    drawn = list(_as_written(cells))
    random.Random(cells.spec.seed).shuffle(drawn)  # noqa: S311 - the same order each time is meant
    return iter(drawn)


ORDERS = {"as_written": _as_written, "interleaved": _interleaved, "shuffled": _shuffled}


def prompt_names(prompts: Sequence[Prompt]) -> list[str]:
    """A name for each prompt: its label, where it comes from, or its number."""
    return [
        prompt.label or prompt.file or prompt.saved or f"prompt {number}"
        for number, prompt in enumerate(prompts, 1)
    ]


def _turns(prompt: Prompt, values: Mapping[str, Any]) -> tuple[Turn, ...]:
    """The messages with their variables filled in."""
    if prompt.messages:
        return tuple(
            Turn(role=turn.role, content=_filled(turn.content, values)) for turn in prompt.messages
        )
    text = prompt_text(_without_secrets(prompt.text or ""), values, Environment())
    return _messages(text) if prompt.as_messages else (Turn(role="user", content=text),)


def _filled(text: str, values: Mapping[str, Any]) -> str:
    return render(_without_secrets(text), values, Environment())


def _without_secrets(text: str) -> str:
    """The template; TemplateError where it names a variable of the environment that may hold a key."""
    if (name := hidden(text)) is not None:
        raise TemplateError(
            f"`env.{name}` is not put into a prompt: it may hold a key, or strangers use this app."
        )
    return text


def _messages(text: str) -> tuple[Turn, ...]:
    """The messages that a filled-in template spells out; TemplateError when it doesn't."""
    try:
        document = (
            read_json(text, "prompt")
            if text.lstrip()[:1] in ("[", "{")
            else read_yaml(text, "prompt")
        )
        return tuple(Turn.model_validate(item) for item in document.root.plain())
    except Unreadable as error:
        raise TemplateError(f"it spells out no list of messages: {error.mistake.what}") from None
    except (ValidationError, TypeError):
        wanted = "of `role` (system, user, assistant) and `content`"
        raise TemplateError(f"it spells out no list of messages {wanted}.") from None
