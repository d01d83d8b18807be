"""A configuration of promptfoo → a spec, and a list of everything that it can't take."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playground.experiments.json_lines import read_json
from playground.experiments.positions import Document, Mistake, Node, Unreadable
from playground.experiments.promptfoo import assertions, cases, prompts, providers, rows
from playground.experiments.promptfoo.loading import Left, Loader, is_code
from playground.experiments.promptfoo.notes import Notes
from playground.experiments.promptfoo.prompts import Asked
from playground.experiments.promptfoo.providers import Target
from playground.experiments.promptfoo.rows import Row
from playground.experiments.settings import did_you_mean
from playground.experiments.sources import SourceError, Sources
from playground.experiments.variables import names_in
from playground.experiments.writing import yaml_text
from playground.experiments.yaml_lines import read_yaml

KEYS = ("description", "tags", "prompts", "providers", "targets", "tests", "scenarios", "defaultTest", "env", "evaluateOptions", "commandLineOptions", "assertionTemplates", "$schema")  # fmt: skip
"""Keys that are read."""
OTHERS = {
    "outputPath": ("`outputPath`: where promptfoo writes its results.", "Use `experiment run --json`, `--junit` or `--html`."),
    "redteam": ("`redteam`: attacks that promptfoo makes up.", "Save generated attacks as tests and import those."),
    "plugins": ("`plugins` of the red team.", "Save generated attacks as tests and import those."),
    "strategies": ("`strategies` of the red team.", "Save generated attacks as tests and import those."),
    "extensions": ("`extensions` are code.", "What they prepare must be there before."),
    "nunjucksFilters": ("`nunjucksFilters` are code: a prompt that uses one can't be filled in.", "Write what the filter makes."),
    "tracing": ("`tracing`.", "Each exchange is kept here; see `exchanges` in the spec."),
    "sharing": ("`sharing`: nothing is sent to a server.", "Send the HTML that `experiment run --html` writes."),
    "derivedMetrics": ("`derivedMetrics`: formulas over metrics.", "Reckon them from the JSON of the results."),
    "metadata": ("`metadata` of the configuration.", ""),
    "writeLatestResults": ("`writeLatestResults`.", "Results are kept here anyway."),
}  # fmt: skip
"""Keys that are known and left out → what is said."""
RUN = ("maxConcurrency", "repeat")
MAIN = ("prompts", "providers", "targets", "tests", "scenarios")


@dataclass(slots=True)
class Imported:
    """What became of a configuration."""

    name: str
    document: dict[str, Any] = field(default_factory=dict)
    """The spec, as its file has it."""
    notes: Notes = field(default_factory=Notes)

    @property
    def prompts(self) -> int:
        return len(self.document.get("prompts", ()))

    @property
    def cases(self) -> int:
        return len(self.document.get("cases", ()))

    @property
    def models(self) -> int:
        return len(self.document.get("models", ()))

    @property
    def checks(self) -> int:
        """Over all cases, the defaults included."""
        under = assertions.count(self.document.get("defaults", {}).get("checks", []))
        own = [case.get("checks", []) for case in self.document.get("cases", ())]
        return sum(under + assertions.count(checks) for checks in own)

    @property
    def runnable(self) -> bool:
        return bool(self.prompts and self.cases and self.models)

    def yaml(self) -> str:
        """The spec's file."""
        left = len(self.notes.left_out)
        comment = f"Imported from {self.name}" + (
            f"; {left} things were left out." if left else "."
        )
        return yaml_text(self.document, comment)


def read(path: Path, models: Sequence[str] = ()) -> Imported:
    """The configuration in this file; `models` are asked in place of providers that are not ours."""
    return read_in(Sources(path.parent), path.name, models)


def read_in(sources: Sources, name: str, models: Sequence[str] = ()) -> Imported:
    """The configuration in the file of this name among these."""
    made = Imported(name)
    try:
        text = sources.text(name)
        document = (read_json if name.lower().endswith(".json") else read_yaml)(text, name)
        loader = Loader(sources, made.notes)
        loader.complain(document)
        if (odd := _no_configuration(document)) is not None:
            made.notes.leave_out(document.root, *odd)
            return made
        loader.prepare(document.root)
        _fill(made, document.root, loader, models)
    except SourceError as error:
        if is_code(name):
            made.notes.leave_out((name, 0), "A configuration in code.", "Save it as YAML or JSON.")
        else:
            made.notes.leave_out((name, 0), error.what, error.advice)
    except Unreadable as error:
        mistake: Mistake = error.mistake
        made.notes.leave_out((mistake.file, mistake.line), mistake.what, mistake.expected)
    except RecursionError:
        made.notes.leave_out((name, 0), "Values are nested too deeply.", "Make it flatter.")
    return made


def _no_configuration(document: Document) -> tuple[str, str] | None:
    """What a file is that is no configuration."""
    root = document.root
    if isinstance(root.value, dict):
        if any(key in root.entries for key in MAIN):
            return None
        if "models" in root.entries:
            return (
                "This is a spec of an experiment already.",
                "Run it: playground experiment run FILE.",
            )
        return (
            "This is no configuration: it has neither prompts nor providers nor tests.",
            "Name the file that has them.",
        )
    first = root.items[0] if root.items else None
    if first is not None and "role" in first.entries:
        return (
            "This is a prompt, a list of chat messages, and no configuration.",
            "Name it under `prompts` of a configuration.",
        )
    if first is not None and ("vars" in first.entries or "assert" in first.entries):
        return (
            "These are tests, and no configuration.",
            "Name the file under `tests` of a configuration.",
        )
    what = (
        "The file is empty."
        if root.value is None
        else f"This is a {root.kind}, and no configuration."
    )
    return what, "A configuration is a mapping with prompts, providers and tests."


def _fill(made: Imported, root: Node, loader: Loader, models: Sequence[str]) -> None:
    _keys(root, loader)
    asked = prompts.read(root.get("prompts"), loader)
    if "prompts" not in root.entries:
        asked = [Asked(root, {"text": "{{prompt}}"}, frozenset({"{{prompt}}"}))]
    targets = providers.read(root.get("providers") or root.get("targets"), loader)
    targets, asked = _allowed(targets, asked, loader, bool(models))
    maker = cases.Maker(loader, asked, targets, default=_default(root, loader))
    found = [case for row in _rows(root, loader) for case in maker.cases(row)]
    made.document = {"name": _name(root, made.name)}
    if (said := root.get("description")) is not None and said.text:
        made.document["description"] = said.text
    made.document |= {
        "prompts": [one.prompt for one in asked],
        "models": [target.model for target in targets if target.model is not None],
        "cases": found,
    }
    _empty(made, root, loader)
    if models:
        ours = made.document["models"]
        ours += [
            {"model": model} for model in models if model not in [m.get("model") for m in ours]
        ]
    made.document |= _run(root, loader)
    _factored(made.document)
    _given(made, root, loader)


def _empty(made: Imported, root: Node, loader: Loader) -> None:
    """Say what is not there at all, where nothing else says why it is missing."""
    for part, keys, advice in (
        ("prompts", ("prompts",), "Write one under `prompts`."),
        ("models", ("providers", "targets"), "Choose a model with -m PROVIDER:MODEL."),
        ("cases", ("tests",), "Give a test with `vars` under `tests`."),
    ):
        given = [node for key in keys if (node := root.get(key)) and node.value not in ([], {})]
        if not made.document[part] and not given:
            loader.notes.leave_out(root, f"There are no {keys[0]}.", advice, key=keys[0])


def _name(root: Node, file: str) -> str:
    said = root.get("description")
    words = said.text.strip().partition("\n")[0] if said is not None and said.text else ""
    return words[:80] or Path(file).stem


def _keys(root: Node, loader: Loader) -> None:
    for key, node in root.entries.items():
        if key in KEYS or node.value is None:
            continue
        if key in OTHERS:
            loader.notes.leave_out(root, *OTHERS[key], key=key)
        else:
            what = f"`{key}` is no key of a configuration; promptfoo keeps quiet about it."
            loader.notes.leave_out(root, what, did_you_mean(key, (*KEYS, *OTHERS)).strip(), key=key)
    if "providers" in root.entries and "targets" in root.entries:
        loader.notes.leave_out(
            root,
            "`targets`, because there are `providers` too.",
            "Put them together.",
            key="targets",
        )


def _default(root: Node, loader: Loader) -> Row | None:
    node = root.get("defaultTest")
    if node is None:
        return None
    try:
        node = loader.value(node)
    except Left as left:
        loader.notes.leave_out(node, f"`defaultTest`: {left.what}", left.next_step)
        return None
    if not isinstance(node.value, dict):
        loader.notes.leave_out(
            node, f"`defaultTest` is a {node.kind}.", "It is a mapping, as a test is."
        )
        return None
    return rows.row(node, loader, whole=False)


def _rows(root: Node, loader: Loader) -> list[Row]:
    """The tests, then those of the scenarios; one that is empty where there are none."""
    tests, several = root.get("tests"), root.get("scenarios")
    found = [*rows.read(tests, loader), *cases.scenarios(several, loader)]
    wanted = [node for node in (tests, several) if node is not None and node.value not in ([], {})]
    return found if found or wanted else [Row(root)]


def _allowed(
    targets: list[Target], asked: list[Asked], loader: Loader, more: bool
) -> tuple[list[Target], list[Asked]]:
    """The models with the prompts that they are for, and the prompts that any is for."""
    made: list[Target] = []
    used: set[int] = set()
    for target in targets:
        if target.prompts is None:
            used.update(range(len(asked)))
            made.append(target)
            continue
        own = [i for i, one in enumerate(asked) if any(map(one.named, target.prompts))]
        used.update(own)
        if target.model is not None and not own:
            what = f"Provider `{target.key}`: none of its prompts was imported."
            loader.notes.leave_out(target.node, what, "Check their labels.")
            target = Target(target.node, target.id, target.label, None, target.prompts)
        elif target.model is not None and len(own) < len(asked):
            names = [asked[i].prompt.get("label") or f"prompt {i + 1}" for i in own]
            target = Target(
                target.node,
                target.id,
                target.label,
                {**target.model, "prompts": names},
                target.prompts,
            )
        made.append(target)
    if more or not made or not used:
        return made, asked
    return _only(made, asked, used, loader)


def _only(
    targets: list[Target], asked: list[Asked], used: set[int], loader: Loader
) -> tuple[list[Target], list[Asked]]:
    """The same without prompts that no provider is for."""
    kept = []
    for index, one in enumerate(asked):
        if index in used:
            label = one.prompt.get("label") or (
                f"prompt {index + 1}" if len(used) < len(asked) else None
            )
            prompt = {"label": label, **one.prompt} if label else one.prompt
            kept.append(Asked(one.node, prompt, one.names))
        else:
            loader.notes.leave_out(
                one.node, "A prompt that no provider is for.", "Name it in a provider's `prompts`."
            )
    return targets, kept


def _run(root: Node, loader: Loader) -> dict[str, Any]:
    """How it is run: repeats and concurrency, the command line's before the evaluation's."""
    made: dict[str, Any] = {}
    both = [root.get(key) for key in ("evaluateOptions", "commandLineOptions")]
    for part in both:
        if part is None:
            continue
        if not isinstance(part.value, dict):
            loader.notes.leave_out(part, f"Options that are a {part.kind}.", "They are a mapping.")
            continue
        for key, node in part.entries.items():
            whole = (
                isinstance(node.value, int) and not isinstance(node.value, bool) and node.value > 0
            )
            if key in RUN and whole:
                made["repeats" if key == "repeat" else "concurrency"] = node.value
            elif node.value not in (None, False):
                loader.notes.leave_out(part, f"Option `{key}`.", OPTIONS.get(key, ""), key=key)
    return made


OPTIONS = {
    "delay": "Rate limits are obeyed here by themselves.",
    "cache": "Answers are asked anew each time here.",
    "timeoutMs": "A call ends after 600 seconds of silence.",
    "maxEvalTimeMs": "Set a `budget` in the spec, or stop the run.",
    "filterRange": "Take cases out of the spec.",
}


def _factored(document: dict[str, Any]) -> None:
    """Put under `defaults` what all cases begin with."""
    several: list[dict[str, Any]] = document["cases"]
    if len(several) < 2:
        return
    first = [case.get("checks", []) for case in several]
    common = 0
    while all(common < len(checks) for checks in first) and all(
        repr(checks[common]) == repr(first[0][common]) for checks in first
    ):
        common += 1
    under: dict[str, Any] = {}
    vars = several[0].get("vars", {})
    shared = {
        name: value
        for name, value in vars.items()
        if all(name in c.get("vars", {}) and _same(c["vars"][name], value) for c in several)
    }
    if shared:
        under["vars"] = shared
    if common:
        under["checks"] = first[0][:common]
    for case in several:
        for key, rest in (
            ("vars", {n: v for n, v in case.get("vars", {}).items() if n not in shared}),
            ("checks", case.get("checks", [])[common:]),
        ):
            case.pop(key, None)
            if rest:
                case[key] = rest
    if under:
        document["defaults"] = under


def _same(one: Any, two: Any) -> bool:
    """Equal and of one kind: 1, 1.0 and true are three."""
    return repr(one) == repr(two)


def _given(made: Imported, root: Node, loader: Loader) -> None:
    """Make variables that no test gives empty, as promptfoo does, and say so."""
    document = made.document
    under: Mapping[str, Any] = document.get("defaults", {}).get("vars", {})
    given = set(under).union(*(case.get("vars", {}) for case in document["cases"]))
    texts = [
        text for part in (*document["prompts"], *document["models"]) for text in _templates(part)
    ]
    missing = [
        n for n in dict.fromkeys(n for text in texts for n in names_in(text)) if n not in given
    ]
    if not missing:
        return
    named = ", ".join(f"`{name}`" for name in missing)
    loader.notes.remark(
        root,
        f"No test gives {named}: empty, as in promptfoo.",
        "Add it to the cases.",
        key="prompts",
    )
    document["defaults"] = {
        **document.get("defaults", {}),
        "vars": {**dict.fromkeys(missing, ""), **under},
    }


def _templates(part: Mapping[str, Any]) -> list[str]:
    turns = [turn["content"] for turn in part.get("messages", ())]
    return [part.get("text", ""), part.get("system", ""), *turns]
