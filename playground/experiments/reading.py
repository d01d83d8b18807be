"""A spec's file → the Spec, with everything that it names inside; or every mistake at once, with file and line."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from playground.domain import ModelRef
from playground.experiments import case_files, wording
from playground.experiments.cells import MOST_CELLS, Cells
from playground.experiments.checks.asked import COMPARING
from playground.experiments.checks.table import KINDS, left_out
from playground.experiments.from_history import HistoryMissing, cases_of
from playground.experiments.grading import SETS
from playground.experiments.json_lines import read_json
from playground.experiments.positions import Mistake, Node, Unreadable
from playground.experiments.saved_prompts import LibraryError, pinned
from playground.experiments.settings import SettingError, did_you_mean, one
from playground.experiments.sources import SourceError, Sources
from playground.experiments.spec import (
    Case,
    CaseFile,
    CasesOrFile,
    Defaults,
    History,
    Model,
    ModelOrName,
    Prompt,
    PromptOrText,
    Spec,
)
from playground.experiments.variables import names_in
from playground.experiments.yaml_lines import read_yaml
from playground.store.store import Store

SPEC, CASE = TypeAdapter[Any](Spec), TypeAdapter[Any](Case)
PROMPT: TypeAdapter[Any] = TypeAdapter(PromptOrText)
MODEL: TypeAdapter[Any] = TypeAdapter(ModelOrName)
CASES: TypeAdapter[Any] = TypeAdapter(CasesOrFile)
TYPES = (*KINDS, *SETS, *COMPARING)
"""The types of checks that there are."""
PROMPT_NAMES, MODEL_NAMES = ("label", "file", "saved"), ("label", "model")
"""What a prompt and a model are called by, the first that is there."""
SOURCES = ("text", "messages", "file", "saved")
"""Where a prompt can come from."""
PROMPTFOO = ("providers", "targets", "tests", "defaultTest", "scenarios")
"""Keys of a configuration of promptfoo, which a spec does not have."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What became of a file."""

    spec: Spec | None
    """Every prompt with its text and every case by itself; None where there are mistakes."""
    mistakes: tuple[Mistake, ...] = ()


def read(path: Path, *, store: Store | None = None, owner: str = "") -> Reading:
    """The spec in this file; `store` is where its prompts of the library and its runs of the history are."""
    sources = Sources(path.parent)
    try:
        text = sources.text(path.name)
    except SourceError as error:
        return Reading(None, (Mistake(path.name, 0, error.what, error.advice),))
    return read_text(text, path.name, sources, store=store, owner=owner)


def read_text(
    text: str, name: str, sources: Sources, *, store: Store | None = None, owner: str = ""
) -> Reading:
    """The spec in this text, which is called `name`."""
    try:
        document = (read_json if name.endswith(".json") else read_yaml)(text, name)
    except Unreadable as error:
        return Reading(None, (error.mistake,))
    reader = _Reader(document.root, sources, store, owner)
    reader.mistakes += document.mistakes
    spec = reader.spec()
    found = sorted(dict.fromkeys(reader.mistakes), key=lambda m: (m.file != name, m.file, m.line))
    return Reading(None if found else spec, tuple(found))


@dataclass(slots=True)
class _Reader:
    root: Node
    sources: Sources
    store: Store | None
    owner: str
    mistakes: list[Mistake] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    """Of the prompts."""
    labels: list[str] = field(default_factory=list)
    """Of the models."""

    def say(self, node: Node, what: str, expected: str = "", *, key: str | None = None) -> None:
        line = node.line if key is None else node.line_of(key)
        self.mistakes.append(Mistake(node.file, line, what, expected))

    def spec(self) -> Spec | None:
        """The spec with all that it names; None, or one that is not to be used, where there are mistakes."""
        if not isinstance(self.root.value, dict):
            what = "The file is empty." if self.root.value is None else "This is no experiment."
            self.say(self.root, what, "It is a mapping with `prompts`, `models` and `cases`.")
            return None
        if foreign := [key for key in PROMPTFOO if key in self.root.entries]:
            what = f"`{foreign[0]}` is a key of promptfoo's configurations."
            self.say(self.root, what, "Run `playground experiment import` on it.", key=foreign[0])
            return None
        self.mistakes += wording.mistakes(SPEC, self.root)
        prompts = [self.prompt(node) for node in self.parts("prompts")]
        made = [prompt for prompt in prompts if prompt is not None]
        self.names = [
            self.name(node, PROMPT_NAMES, number)
            for number, node in enumerate(self.parts("prompts"), 1)
        ]
        self.labels = [
            self.name(node, MODEL_NAMES, number)
            for number, node in enumerate(self.parts("models"), 1)
        ]
        models = [model for node in self.parts("models") if (model := self.model(node))]
        self.twice("prompts", self.names, "label")
        self.twice("models", self.labels, "label")
        defaults = self.defaults()
        cases = [case for node in self.parts("cases") for case in self.cases(node)]
        if "cases" not in self.root.entries:
            cases = [Case()]
        self.concurrency()
        if not self.mistakes:
            self.variables(made, models, cases, defaults)
        if self.mistakes:
            return None
        whole = SPEC.validate_python(self.root.plain())
        parts = {"prompts": tuple(made), "models": tuple(models), "cases": tuple(cases)}
        spec: Spec = whole.model_copy(update=parts)
        self.size(spec)
        return spec

    def size(self, spec: Spec) -> None:
        """Whether so many cells can be held at all: nobody can see that a number has a digit too many."""
        if (size := Cells(spec).size) > MOST_CELLS:
            advice = "Lower `repeats` or `warm_up`, or take cases or models out."
            said = f"These are {size:,} cells, and {MOST_CELLS:,} are the most of one experiment."
            self.say(self.root, said, advice, key="repeats")

    def parts(self, key: str) -> list[Node]:
        """What is in a list; one alone stands for a list of one."""
        node = self.root.get(key)
        if node is None:
            return []
        return node.items if isinstance(node.value, list) else [node]

    @staticmethod
    def name(node: Node, keys: tuple[str, ...], number: int) -> str:
        """What a prompt or a model is called, also where its shape is wrong."""
        if node.text is not None and keys is MODEL_NAMES:
            return node.text
        texts = [found.text for key in keys if (found := node.get(key)) and found.text]
        return texts[0] if texts else f"{'model' if keys is MODEL_NAMES else 'prompt'} {number}"

    def shaped(self, shape: TypeAdapter[Any], node: Node) -> Any:
        """What this value is, None where it does not fit: that has been said already."""
        try:
            return shape.validate_python(node.plain())
        except ValidationError:
            return None

    def twice(self, key: str, names: list[str], field_name: str) -> None:
        for node, name in zip(self.parts(key), names, strict=False):
            if names.count(name) > 1:
                names = [other for other in names if other != name]
                self.say(
                    node, f"Two {key} are named {name!r}.", f"Give them a `{field_name}` each."
                )

    def known(self, node: Node, key: str, wanted: tuple[str, ...], names: list[str]) -> None:
        for name in wanted:
            if name not in names:
                listed = ", ".join(map(repr, names)) or "none"
                expected = did_you_mean(name, names).strip() or f"There are: {listed}."
                self.say(node, f"No {key[:-1]} is named {name!r}.", expected, key=key)

    def prompt(self, node: Node) -> Prompt | None:
        self.settings(node)
        prompt: Prompt | None = self.shaped(PROMPT, node)
        if prompt is None:
            return None
        sources = [key for key in SOURCES if getattr(prompt, key) not in (None, ())]
        if len(sources) != 1 and not (not sources and prompt.system):
            said = f"This prompt has {' and '.join(f'`{key}`' for key in sources) or 'no text'}."
            self.say(node, said, f"Give one of {', '.join(SOURCES)}.")
            return prompt
        try:
            if prompt.file:
                return prompt.model_copy(update={"text": self.sources.text(prompt.file)})
            if prompt.saved:
                return pinned(prompt, self.store, self.owner)
        except SourceError as error:
            self.say(node, error.what, error.advice, key="file")
        except LibraryError as error:
            self.say(node, str(error), key="saved")
        return prompt

    def model(self, node: Node) -> Model | None:
        self.settings(node)
        model: Model | None = self.shaped(MODEL, node)
        if model is None:
            return None
        self.spelled(node, model.model, "model")
        self.known(node, "prompts", model.prompts, self.names)
        return model

    def settings(self, node: Node) -> None:
        settings = node.get("settings")
        for name, value in (settings.entries if settings else {}).items():
            try:
                if value.value is not None:
                    one(name, value.plain())
            except SettingError as error:
                self.say(settings or node, str(error), key=name)

    def defaults(self) -> Defaults:
        node = self.root.get("defaults")
        made = self.shaped(TypeAdapter(Defaults), node) if node else None
        if node:
            self.checks(node)
        return made or Defaults()

    def cases(self, node: Node) -> Iterator[Case]:
        """The cases that one entry stands for."""
        self.settings(node)
        self.checks(node)
        made = self.shaped(CASES, node)
        if isinstance(made, CaseFile):
            yield from self.in_file(node, made)
        elif isinstance(made, History):
            yield from self.in_history(node, made)
        elif isinstance(made, Case):
            yield self.case(node, made)

    def case(self, node: Node, case: Case) -> Case:
        self.known(node, "prompts", case.prompts, self.names)
        self.known(node, "models", case.models, self.labels)
        return case

    def in_file(self, node: Node, file: CaseFile) -> Iterator[Case]:
        try:
            rows, wrong = case_files.read(file.file, self.sources.read(file.file))
        except SourceError as error:
            self.say(node, error.what, error.advice, key="file")
            return
        self.mistakes += wrong
        if not rows and not wrong:
            self.say(node, f"`{file.file}` holds no case.", key="file")
        for row in map(case_files.as_case, rows):
            self.settings(row)
            self.checks(row)
            made = self.shaped(CASE, row)
            if made is None:
                self.mistakes += wording.mistakes(CASE, row, "(case)")
                continue
            case = self.case(row, made)
            checks = (*file.checks, *case.checks)
            yield case.model_copy(update={"checks": checks}) if file.checks else case

    def in_history(self, node: Node, wanted: History) -> Iterator[Case]:
        try:
            found = cases_of(wanted, self.store, self.owner)
        except HistoryMissing as error:
            self.say(node, str(error), key="history")
            return
        if not found:
            self.say(node, "No run in the history is like that.", key="history")
        yield from found

    def checks(self, node: Node) -> None:
        """What is wrong with the checks of this part beside their shape."""
        for item in node.entries["checks"].items if "checks" in node.entries else ():
            named = item.get("type")
            if named and named.text is not None:
                self.kind(item, named.text)
            judge = item.get("judge")
            if judge and judge.text is not None:
                self.spelled(item, judge.text, "judge")
            self.checks(item)

    def kind(self, node: Node, type_: str) -> None:
        """Whether there is a check of this type."""
        base = type_.removeprefix("not-")
        if base in TYPES:
            return
        if (why := left_out(base)) is not None:
            what, _, use = why.partition(". ")
            self.say(node, f"`{type_}` {what}.", f"{use}." if use else "", key="type")
            return
        near = did_you_mean(base, TYPES).strip()
        self.say(
            node,
            f"`{type_}` is no type of check.",
            near or f"Types: {', '.join(TYPES)}.",
            key="type",
        )

    def spelled(self, node: Node, model: str, key: str) -> None:
        try:
            ModelRef.parse(model)
        except ValueError as error:
            self.say(node, f"{str(error)[:1].upper()}{str(error)[1:]}.", key=key)

    def concurrency(self) -> None:
        node = self.root.get("concurrency")
        if node is None:
            return
        for name, value in node.entries.items() or (("", node),):
            if (
                isinstance(value.value, int)
                and not isinstance(value.value, bool)
                and value.value < 1
            ):
                said = f"`concurrency{f'.{name}' if name else ''}` is {value.value}."
                self.say(node, said, "It must be at least 1.", key=name)

    def variables(
        self, prompts: list[Prompt], models: list[Model], cases: list[Case], defaults: Defaults
    ) -> None:
        """Name what a template needs and no case gives."""
        given = sorted(set(defaults.vars).union(*(case.vars for case in cases)))
        for node, prompt in zip(self.parts("prompts"), prompts, strict=True):
            turns = [turn.content for turn in prompt.messages]
            self.needed(node, "prompt", [prompt.system or "", prompt.text or "", *turns], given)
        for node, model in zip(self.parts("models"), models, strict=True):
            self.needed(node, "model", [model.system or ""], given)

    def needed(self, node: Node, what: str, texts: list[str], given: list[str]) -> None:
        for name in dict.fromkeys(name for text in texts for name in names_in(text)):
            if name not in given:
                expected = did_you_mean(name, given).strip()
                self.say(node, f"No case gives `{name}`, which this {what} needs.", expected)
