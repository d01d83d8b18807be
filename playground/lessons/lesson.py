"""A lesson, as its file has it: one file in `texts` is one lesson, and the files' names are their order."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, ValidationError, model_validator

from playground.lab.products import Row

FOLDER = Path(__file__).with_name("texts")


class LessonError(ValueError):
    """A lesson's file that can't be read; the message names the file and what is wrong in it."""


class Lane(Row):
    """One call of an experiment, by a provider's usual model: which one that is, is data."""

    provider: str
    name: str = ""
    """What sets it apart, where a model is there twice."""
    fault: str | None = None
    """How it is to fail: then the simulation answers, whatever keys there are."""
    stream: bool = True
    settings: Mapping[str, Any] = Field(default_factory=dict)


class Ask(Row):
    """One prompt to some models, and what is looked at in their answers."""

    kind: Literal["ask"]
    prompt: str
    system: str = ""
    lanes: tuple[Lane, ...] = Field(min_length=1, max_length=4)
    shows: tuple[str, ...]
    """Ways to look at an answer; the first is there at first."""

    @property
    def on_the_demo(self) -> bool:
        """Whether only the simulation can do what is asked."""
        return any(lane.fault for lane in self.lanes)


class Room(Row):
    """A part of another page, which is the experiment as it is."""

    kind: Literal["room"]
    room: str


class Repeat(Row):
    """Questions, each asked of one model in two wordings, to see whether the wording matters."""

    kind: Literal["repeat"]
    provider: str
    wordings: tuple[str, str]
    """With `{question}` in it."""
    questions: tuple[str, ...] = Field(min_length=2)


Experiment = Annotated[Ask | Room | Repeat, Field(discriminator="kind")]


class NumberCheck(Row):
    """A question whose answer is a number."""

    kind: Literal["number"]
    ask: str
    answer: str
    """Text with the one {figure} that is right."""
    within: float = 0.05
    """Share of it by which an answer may be off."""
    why: str


class Choice(Row):
    """One of the answers to choose from."""

    says: str
    why: str
    """Said to whoever chose it."""
    right: bool = False


class ChoiceCheck(Row):
    """A question with answers to choose from."""

    kind: Literal["choice"]
    ask: str
    choices: tuple[Choice, ...] = Field(min_length=2)

    @model_validator(mode="after")
    def _one_is_right(self) -> ChoiceCheck:
        if sum(choice.right for choice in self.choices) != 1:
            raise ValueError("exactly one choice is right")
        return self


Check = Annotated[NumberCheck | ChoiceCheck, Field(discriminator="kind")]


class Link(Row):
    """Where it goes on: a page, with what its address says."""

    label: str
    page: str
    opens: Mapping[str, str] = Field(default_factory=dict)


class Text(Row):
    """What a lesson's file holds. In every text {names} are figures."""

    title: str
    minutes: int
    aim: str
    """What one can do behind it."""
    text: str
    do: tuple[str, ...] = Field(min_length=1)
    """Steps of the experiment."""
    experiment: Experiment
    look: str
    """What to look for."""
    check: Check
    teacher: tuple[str, ...] = Field(min_length=1)
    further: tuple[Link, ...] = ()
    words: tuple[str, ...] = ()
    """Of the glossary."""


class Lesson(Text):
    """A lesson with its name and its place."""

    name: str
    """In its link: `?lesson=token`; its number opens it too, as long as it has that place."""
    number: int
    """From 1."""

    @property
    def heading(self) -> str:
        """Number and title."""
        return f"{self.number} · {self.title}"


@functools.cache
def lessons(folder: Path = FOLDER) -> Mapping[str, Lesson]:
    """Every lesson of the folder by its name, in the order of the files (`03_keys.yaml` is `keys`); LessonError names a bad file."""
    found = [
        Lesson(**_text(file).model_dump(), name=_name(file), number=number)
        for number, file in enumerate(sorted(folder.glob("*.yaml")), 1)
    ]
    return {lesson.name: lesson for lesson in found}


def find(named: str) -> Lesson | None:
    """The lesson of this name or number; None where there is none."""
    known = lessons()
    by_number = {str(lesson.number): lesson for lesson in known.values()}
    return known.get(named) or by_number.get(named)


def _name(file: Path) -> str:
    return file.stem.partition("_")[2] or file.stem


def _text(file: Path) -> Text:
    import yaml

    try:
        return Text.model_validate(yaml.load(file.read_text("utf-8"), Loader=yaml.CSafeLoader))
    except (yaml.YAMLError, ValidationError) as error:
        raise LessonError(f"{file.name} is no lesson: {error}") from None
