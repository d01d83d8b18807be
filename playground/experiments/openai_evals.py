"""An exported Eval of OpenAI → a spec: its graders as checks, its items as cases, its runs' prompts and models."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path, PurePosixPath
from typing import Any

from playground.experiments.json_lines import read_json
from playground.experiments.positions import Node, Unreadable
from playground.experiments.promptfoo.importing import Imported
from playground.experiments.promptfoo.loading import Left, Loader
from playground.experiments.promptfoo.settings_of import taken
from playground.experiments.sources import SourceError, Sources

ANSWER = re.compile(r"\{\{\s*sample\.output_text\s*\}\}")
DOORS = {"completions": "openai/chat", "responses": "openai"}
"""A run's kind of data → the door by which its model is asked."""
COMPARES = {"eq": "equals", "ne": "not-equals", "like": "contains", "ilike": "icontains"}
SIMILAR = {"bleu": "bleu", "gleu": "gleu", "rouge_1": "rouge-n", "fuzzy_match": "similarity"}
ROLES = {"developer": "system", "system": "system", "user": "user", "assistant": "assistant"}
CODE = "Code in a file is never run by an import. Use a check such as `contains`, `regex` or `expression`."


def is_eval(root: Node) -> bool:
    """Whether this is the definition of an Eval."""
    return "testing_criteria" in root.entries


def read_in(sources: Sources, name: str) -> Imported:
    """The Eval in the file of this name, JSON or JSONL, with items in it or in a `.jsonl` of the same name beside it."""
    made = Imported(name)
    loader = Loader(sources, made.notes)
    try:
        documents = list(_documents(name, loader))
        beside = f"{PurePosixPath(name).stem}.jsonl"
        if not name.lower().endswith(".jsonl") and sources.has(beside):
            documents += _documents(beside, loader)
    except SourceError as error:
        made.notes.leave_out((name, 0), error.what, error.advice)
        return made
    except Unreadable as error:
        made.notes.leave_out((error.mistake.file, error.mistake.line), error.mistake.what)
        return made
    _fill(made, documents, loader)
    return made


def _documents(name: str, loader: Loader) -> Iterator[Node]:
    """The JSON values of a file, each with its line; a list stands for what is in it."""
    text = loader.sources.text(name)
    if not name.lower().endswith(".jsonl"):
        document = read_json(text, name)
        loader.complain(document)
        yield from document.root.items or [document.root]
        return
    for number, line in enumerate(text.split("\n"), 1):
        if line.strip():
            try:
                document = read_json(line, name, number)
            except Unreadable as error:
                loader.notes.leave_out((name, number), error.mistake.what)
                continue
            loader.complain(document)
            yield document.root


def _fill(made: Imported, documents: list[Node], loader: Loader) -> None:
    definition = next((node for node in documents if is_eval(node)), None)
    if definition is None:
        made.notes.leave_out(
            (made.name, 1), "No definition of an Eval is in it.", "It has `testing_criteria`."
        )
        return
    name = definition.get("name")
    checks = [
        check for node in _list(definition, "testing_criteria") for check in _checks(node, loader)
    ]
    runs = [
        run for node in documents for run in (*_list(node, "runs"), node) if run.get("data_source")
    ]
    prompts: list[dict[str, Any]] = []
    models: list[dict[str, Any]] = []
    items: list[Node] = []
    for run in runs:
        _run(run.entries["data_source"], loader, prompts, models, items)
    items += [node for node in documents if "item" in node.entries]
    for key in ("items", "data"):
        items += _list(definition, key)
    made.document = {
        "name": (name.text if name else None) or Path(made.name).stem,
        "prompts": prompts,
        "models": models,
    }
    made.document["cases"] = list(_cases(items))
    if checks:
        made.document["defaults"] = {"checks": checks}
    for part, advice in (("prompts", "Write a prompt with `{{ item.… }}` into the spec."), ("models", "Choose a model with -m PROVIDER:MODEL."), ("cases", "Put the items into a .jsonl of the same name.")):  # fmt: skip
        if not made.document[part]:
            made.notes.leave_out(definition, f"There are no {part} in it.", advice)


def _list(node: Node, key: str) -> list[Node]:
    found = node.get(key)
    return found.items if found is not None else []


def _cases(items: list[Node]) -> Iterator[dict[str, Any]]:
    seen: set[str] = set()
    for node in items:
        item = node.get("item") or node
        case: dict[str, Any] = {"vars": {"item": item.plain()}}
        sample = node.get("sample")
        output = sample.get("output_text") if sample else None
        if output is not None and output.text is not None:
            case["output"] = output.text
        if (told := repr(case)) not in seen:
            seen.add(told)
            yield case


def _run(
    source: Node,
    loader: Loader,
    prompts: list[dict[str, Any]],
    models: list[dict[str, Any]],
    items: list[Node],
) -> None:
    """Take one run's prompt, model and items; the same of another run counts once."""
    door = DOORS.get(_text(source, "type"))
    if (model := _text(source, "model")) and door:
        settings = taken(source.get("sampling_params"), loader).settings
        found = {"model": f"{door}:{model}", **({"settings": settings} if settings else {})}
        if found not in models:
            models.append(
                found
                if model not in str(models)
                else {**found, "label": f"{model} {len(models) + 1}"}
            )
    asked = source.get("input_messages")
    if asked is not None:
        turns = [_turn(node, loader) for node in _list(asked, "template")]
        if turns and None not in turns and {"messages": turns} not in prompts:
            prompts.append({"messages": turns})
        if not turns:
            loader.notes.leave_out(
                asked, "Messages that are in the items.", "Write a prompt with `{{ item.… }}`."
            )
    content = source.get("source")
    kind = _text(content, "type") if content else ""
    if content is not None and kind == "file_content":
        items += _list(content, "content")
    elif content is not None:
        loader.notes.leave_out(content, f"Items of the kind `{kind}` are not in the file.", "Download them as a .jsonl of the same name.")  # fmt: skip


def _turn(node: Node, loader: Loader) -> dict[str, str] | None:
    role, text = ROLES.get(_text(node, "role")), _words(node.get("content"))
    if role is None or text is None:
        loader.notes.leave_out(node, "A message with more than text in it.", "Write it as text.")
        return None
    return {"role": role, "content": text}


def _words(node: Node | None) -> str | None:
    """The text of a message's content; None where it has something else."""
    if node is None:
        return None
    if node.text is not None:
        return node.text
    inner = node.items or [found for found in (node.get("text"),) if found is not None]
    parts = [_words(part.get("text") or part) for part in inner]
    return "\n".join(part for part in parts if part) if parts and None not in parts else None


def _text(node: Node, key: str) -> str:
    found = node.get(key)
    return found.text or "" if found is not None else ""


def _checks(node: Node, loader: Loader) -> Iterator[dict[str, Any]]:
    kind, name = _text(node, "type"), _text(node, "name")
    make = GRADERS.get(kind)
    try:
        if make is None:
            advice = CODE if kind == "python" else f"Graders that are taken: {', '.join(GRADERS)}."
            raise Left(f"a grader of the type `{kind}`.", advice)
        check = make(node, loader)
        yield {**check, "metric": name} if name else check
    except Left as left:
        loader.notes.leave_out(node, f"Grader `{name or kind}`: {left.what}", left.next_step)


def _string(node: Node, loader: Loader) -> dict[str, Any]:
    given, reference = _text(node, "input"), _text(node, "reference")
    operation = _text(node, "operation")
    if operation not in COMPARES:
        raise Left(
            f"the operation `{operation}` is not known.", f"Use one of {', '.join(COMPARES)}."
        )
    if ANSWER.fullmatch(reference.strip()) and operation in ("eq", "ne"):
        given, reference = reference, given
    _of_answer(given, reference)
    return {"type": COMPARES[operation], "value": reference}


def _of_answer(given: str, reference: str) -> None:
    if not ANSWER.fullmatch(given.strip()) or ANSWER.search(reference):
        raise Left(
            "it compares something else than the answer.",
            "Only `{{sample.output_text}}` is judged here.",
        )


def _similarity(node: Node, loader: Loader) -> dict[str, Any]:
    metric = _text(node, "evaluation_metric")
    if metric not in SIMILAR:
        raise Left(f"the measure `{metric}` is not here.", f"Use one of {', '.join(SIMILAR)}.")
    _of_answer(_text(node, "input"), _text(node, "reference"))
    if metric in ("fuzzy_match", "bleu", "gleu"):
        loader.notes.remark(
            node,
            f"`{metric}` is reckoned by our own library: scores can differ a little.",
            "Look at the threshold.",
        )
    return {"type": SIMILAR[metric], "value": _text(node, "reference"), **_bound(node)}


def _bound(node: Node) -> dict[str, Any]:
    bound = node.get("pass_threshold")
    fits = (
        bound is not None
        and isinstance(bound.value, int | float)
        and not isinstance(bound.value, bool)
    )
    return {"threshold": bound.value} if bound is not None and fits else {}


def _asked(node: Node) -> dict[str, Any]:
    """A rubric of the messages that the grader sends, and who judges."""
    texts = [_words(message.get("content")) for message in _list(node, "input")]
    if not texts or None in texts:
        raise Left("its messages hold more than text.", "Write a rubric as text.")
    rubric = ANSWER.sub("(the answer)", "\n\n".join(text for text in texts if text))
    model = _text(node, "model")
    return {
        "type": "llm-rubric",
        "value": rubric,
        **({"judge": f"openai:{model}"} if model else {}),
    }


def _score(node: Node, loader: Loader) -> dict[str, Any]:
    made = _asked(node)
    bounds = [item.value for item in _list(node, "range")] or [0, 1]
    bound = _bound(node)
    if bounds != [0, 1] and all(isinstance(b, int | float) for b in bounds) and len(bounds) == 2:
        least, most = bounds
        loader.notes.remark(
            node,
            f"Scores from {least} to {most} become scores from 0 to 1.",
            "Look at the rubric's own words.",
        )
        if bound and most > least:
            bound = {"threshold": (bound["threshold"] - least) / (most - least)}
    return {**made, **bound}


def _label(node: Node, loader: Loader) -> dict[str, Any]:
    made = _asked(node)
    passing = [item.text for item in _list(node, "passing_labels") if item.text]
    labels = [item.text for item in _list(node, "labels") if item.text]
    if not passing:
        raise Left("it has no `passing_labels`.", "Name the labels that pass.")
    said = f"Choose one label of: {', '.join(labels)}. It passes only with: {', '.join(passing)}."
    return {**made, "value": f"{made['value']}\n\n{said}"}


GRADERS: Mapping[str, Callable[[Node, Loader], dict[str, Any]]] = {
    "string_check": _string,
    "text_similarity": _similarity,
    "score_model": _score,
    "label_model": _label,
}
"""Types of graders → the check that does the same."""
