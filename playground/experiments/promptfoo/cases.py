"""promptfoo's tests as our cases: laid over the default test, with lists of variables expanded."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from playground.experiments.positions import Node
from playground.experiments.promptfoo import assertions, providers, rows
from playground.experiments.promptfoo.assertions import Judging
from playground.experiments.promptfoo.loading import CODE, Left, Loader, bare, is_code
from playground.experiments.promptfoo.prompts import Asked
from playground.experiments.promptfoo.providers import Target
from playground.experiments.promptfoo.rows import Row
from playground.experiments.promptfoo.settings_of import BODY, SAME, SHAPED, taken
from playground.experiments.promptfoo.steps import steps
from playground.experiments.promptfoo.vars import filled, prepared
from playground.experiments.sources import SourceError
from playground.experiments.templates import TemplateError

OPTIONS = ("prefix", "suffix", "transform", "postprocess", "transformVars", "storeOutputAs", "repeat", "runSerially", "disableVarExpansion", "disableDefaultAsserts", "disableConversationVar", "provider", "rubricPrompt")  # fmt: skip
MOST_CASES = 200_000
"""Cases of one configuration, lists expanded."""
SERIES = "Each case stands by itself here."
UNJUDGED = "the checks of this test are left out too: they would judge the untransformed answer"


@dataclass(slots=True)
class Maker:
    """Makes cases out of rows; what prompts and models there are is known."""

    loader: Loader
    prompts: Sequence[Asked]
    targets: Sequence[Target]
    default: Row | None = None
    count: int = 0
    judged: bool = True
    """False where a provider's transform was left out, so that no answer can be judged."""
    known: dict[int, dict[str, Any] | None] = field(default_factory=dict)
    """Assertions that were made already, by the id of their node."""

    def cases(self, row: Row) -> Iterator[dict[str, Any]]:
        """The cases that a test stands for."""
        row = self.laid(row)
        try:
            base = self.base(row)
        except Left as left:
            self.loader.notes.leave_out(row.node, f"This test: {left.what}", left.next_step)
            return
        for vars in self.expanded(row):
            self.count += 1
            if self.count > MOST_CASES:
                what = f"The tests from here on: there are more than {MOST_CASES:,} cases."
                self.loader.notes.leave_out(row.node, what, "Shorten the lists of variables.")
                return
            yield {**base, "vars": vars} if vars else dict(base)

    def laid(self, row: Row) -> Row:
        if self.default is None:
            return row
        off = row.options.get(
            "disableDefaultAsserts", self.default.options.get("disableDefaultAsserts")
        )
        return row.over(self.default, asserts=not (off is not None and off.value is True))

    def base(self, row: Row) -> dict[str, Any]:
        """All of a case but its variables; Left where the test can't be."""
        made: dict[str, Any] = {}
        if (said := row.single.get("description")) is not None and said.value not in (None, ""):
            made["description"] = said.text if said.text is not None else str(said.plain())
        made |= self.filters(row)
        made |= self.options(row)
        made |= self.judging(row, made)
        if row.metadata:
            made["metadata"] = {key: node.plain() for key, node in row.metadata.items()}
        if (output := row.single.get("providerOutput")) is not None:
            made["output"] = self.loader.plain(output)
        return made

    def filters(self, row: Row) -> dict[str, Any]:
        """Which prompts and models the test is for; Left where none of them is here."""
        made: dict[str, Any] = {}
        if (wanted := row.single.get("prompts")) is not None and wanted.value is not None:
            found = [a for a in self.prompts if any(map(a.named, _texts(wanted)))]
            if not found:
                raise Left("none of its `prompts` was imported.", "Check their labels.")
            if len(found) < len(self.prompts):
                made["prompts"] = [self.prompt_name(asked) for asked in found]
        only = row.single.get("providers")
        own = row.single.get("provider")
        if own is not None and own.value is not None:
            self.loader.notes.leave_out(
                own,
                "A `provider` of one test.",
                "Name it among the models, and in the case's `models`.",
            )
        if only is not None and only.value is not None:
            targets = [t for t in self.targets if any(map(t.named, _texts(only)))]
            kept = [target.name for target in targets if target.model is not None]
            if not kept:
                raise Left("none of its `providers` was imported.", "Choose a model for it.")
            if len(kept) < sum(target.model is not None for target in self.targets):
                made["models"] = kept
        return made

    def prompt_name(self, asked: Asked) -> str:
        return str(asked.prompt.get("label") or f"prompt {self.prompts.index(asked) + 1}")

    def options(self, row: Row) -> dict[str, Any]:
        made: dict[str, Any] = {}
        for key in ("prefix", "suffix"):
            if (node := row.options.get(key)) is not None and node.value not in (None, ""):
                made[key] = (
                    self.loader.variable(node) if node.text is not None else str(node.plain())
                )
        node = row.options.get("repeat")
        if node is not None and node.value is not None:
            if type(node.value) is int and node.value > 0:
                made["repeats"] = node.value
            else:
                what = "`options.repeat` is no whole number above 0."
                self.loader.notes.leave_out(node, what, "Write one.")
        if row.options.get("transformVars") is not None:
            raise Left(
                "`transformVars` is code, and the prompt would be another one without it.",
                "Write the variables as they are to be.",
            )
        for key in ("storeOutputAs", "runSerially"):
            if key in row.options:
                self.loader.notes.leave_out(
                    row.options[key], f"`options.{key}`: tests in a row.", SERIES
                )
        fields = {key: node for key, node in row.options.items() if key not in OPTIONS}
        body = {k: n for k, n in fields.items() if k in SAME or k in SHAPED or k in BODY}
        for key in fields.keys() - body.keys():
            self.loader.notes.leave_out(
                fields[key],
                f"`options.{key}` is not known.",
                "If it is a variable, put it under `vars`.",
            )
        if body:
            found = taken(Node(body, row.node.file, row.node.line), self.loader)
            made |= {"settings": found.settings} if found.settings else {}
        return made

    def judging(self, row: Row, made: dict[str, Any]) -> dict[str, Any]:
        """The checks with what is done before them, and the threshold; none where the answer would be judged untransformed."""
        found: dict[str, Any] = {}
        code = row.options.get("transform") or row.options.get("postprocess")
        judged = self.judged
        if code is not None and code.value is not None:
            mapped = steps(code.text) if code.text is not None else None
            if mapped is None:
                what = f"`transform: {_short(code)}` is code; {UNJUDGED}."
                self.loader.notes.leave_out(code, what, "Have the prompt ask for what the transform makes, or use a step: trim, lower, upper, json, key, split.")  # fmt: skip
                judged = False
            elif mapped:
                found["transform"] = mapped
        judge = (
            providers.judge(row.options.get("provider"), self.loader) if self._asks(row) else None
        )
        options = row.options.get("provider")
        embedding = options and options.get("embedding")
        embedder = providers.embedder(embedding, self.loader) if embedding else None
        given = Judging(judge, embedder, row.options.get("rubricPrompt"))
        checks = [self.check(node, given) for node in row.asserts]
        kept = [check for check in checks if check is not None]
        if not judged:
            found.pop("transform", None)
            return found
        if kept:
            found["checks"] = kept
        if (bound := row.single.get("threshold")) is not None and bound.value is not None:
            if isinstance(bound.value, bool) or not isinstance(bound.value, int | float):
                self.loader.notes.leave_out(
                    bound, "A `threshold` that is no number.", "Write a number."
                )
            else:
                found["threshold"] = bound.value
                if len(kept) < len(checks):
                    what = "The threshold of this test counts fewer checks than it did."
                    self.loader.notes.remark(bound, what, "See what is left out of it.")
        return found

    @staticmethod
    def _asks(row: Row) -> bool:
        """Whether one of the assertions needs a judge."""
        return any(
            node.get("type") is not None and node.get("provider") is None for node in row.asserts
        )

    def check(self, node: Node, judging: Judging) -> dict[str, Any] | None:
        if id(node) not in self.known or judging != Judging():
            self.known[id(node)] = assertions.check(node, self.loader, judging)
        return self.known[id(node)]

    def expanded(self, row: Row) -> Iterator[dict[str, Any]]:
        """The variables, once for each way to choose from lists of texts; none where one can't be had."""
        off = row.options.get("disableVarExpansion")
        choices: list[list[Any]] = []
        for name, node in row.vars.items():
            try:
                choices.append(
                    self.choices(node, expand=not (off is not None and off.value is True))
                )
            except Left as left:
                what = f"This test: its variable `{name}`: {left.what}"
                self.loader.notes.leave_out(node, what, left.next_step)
        if len(choices) < len(row.vars):
            return
        for chosen in itertools.product(*choices):
            yield self.ready(row, dict(zip(row.vars, chosen, strict=True)))

    def choices(self, node: Node, *, expand: bool) -> list[Any]:
        """The values that a variable takes in turn."""
        if expand and node.items and node.items[0].text is not None:
            return [value for item in node.items for value in self.choices(item, expand=False)]
        text = node.text
        if text is None or not text.startswith("file://"):
            return [node.plain()]
        if is_code(text) or CODE.search(text):
            raise Left(f"`{text}` is code.", "Save the value that it makes as a text.")
        if "*" not in text:
            return [self.loader.variable(node)]
        try:
            names = self.loader.sources.found(bare(text))
        except SourceError as error:
            raise Left(error.what, error.advice) from None
        if not names:
            raise Left(f"`{text}` finds no file.", "Check the pattern.")
        return [
            self.loader.variable(Node(f"file://{name}", node.file, node.line)) for name in names
        ]

    def ready(self, row: Row, vars: Mapping[str, Any]) -> dict[str, Any]:
        """The values as promptfoo prepares them: other variables put in, and templates in them filled in."""
        found = prepared(vars)
        for name, value in found.items():
            if not isinstance(value, str) or "{" not in value:
                continue
            try:
                whole = filled(value, found, self.loader.env)
            except TemplateError:
                continue
            if whole != value:
                what = f"The variable `{name}` is a template: checks see it filled in here, promptfoo's see it as written."
                self.loader.notes.remark(
                    row.vars[name], what, "Nothing is needed where no check uses it."
                )
                found[name] = whole
        return found


def scenarios(node: Node | None, loader: Loader) -> Iterator[Row]:
    """Every test of a scenario with every item of its `config`."""
    for scenario in _scenarios(node, loader, 0):
        for key in scenario.entries:
            if key not in ("config", "tests", "description"):
                loader.notes.leave_out(scenario, f"`{key}` is no key of a scenario.", key=key)
        config = scenario.get("config")
        items = _listed(config, loader) if config is not None else []
        tests = scenario.get("tests")
        found = rows.read(tests, loader) if tests is not None else [Row(scenario)]
        if not items:
            loader.notes.leave_out(
                scenario, "A scenario without `config`.", "Put its tests under `tests`."
            )
        for item in items:
            under = rows.row(item, loader, whole=False)
            if under is not None:
                yield from (one.over(under) for one in found)


def _scenarios(node: Node | None, loader: Loader, depth: int) -> Iterator[Node]:
    if node is None:
        return
    for item in node.items if isinstance(node.value, list) else [node]:
        if item.text is not None and depth < 3:
            try:
                yield from _scenarios(loader.value(item), loader, depth + 1)
            except Left as left:
                loader.notes.leave_out(item, f"A scenario: {left.what}", left.next_step)
        elif isinstance(item.value, dict):
            yield item
        else:
            loader.notes.leave_out(
                item, f"A scenario that is a {item.kind}.", "It has `config` and `tests`."
            )


def _listed(node: Node, loader: Loader) -> list[Node]:
    try:
        found = loader.value(node)
    except Left as left:
        loader.notes.leave_out(node, f"`config`: {left.what}", left.next_step)
        return []
    return [item for item in (found.items or [found]) if isinstance(item.value, dict)]


def _texts(node: Node) -> list[str]:
    """The names in a filter."""
    found = node.items if isinstance(node.value, list) else [node]
    ids = [item.get("id") or item for item in found]
    return [item.text for item in ids if item.text is not None]


def _short(node: Node) -> str:
    text = node.text or node.kind
    first = text.strip().partition("\n")[0]
    return first if len(first) <= 60 and first == text.strip() else f"{first[:60]}…"
