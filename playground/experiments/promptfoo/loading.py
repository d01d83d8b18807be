"""Files of a configuration as Nodes: YAML and JSON, `$ref`, `{{ env.X }}` and `file://`. Code is never run."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Any

from playground.experiments.js import JsError, to_json
from playground.experiments.json_lines import read_json
from playground.experiments.positions import MOST_VALUES, Document, Mistake, Node, Unreadable
from playground.experiments.promptfoo.notes import Notes
from playground.experiments.sources import SourceError, Sources
from playground.experiments.yaml_lines import read_yaml

CODE = re.compile(
    r"\.(?:[cm]?[jt]sx?|py|rb|sh|go|php|pl|exe|bat|ps1|lua)(?::[\w.$]+)?$", re.IGNORECASE
)
"""A file that would be run."""
CODE_SCHEMES = ("exec:", "python:", "golang:", "ruby:", "package:")
TEXTS = (".txt", ".md", ".j2", ".html", ".xml", ".csv", ".jsonl", ".log", ".sql", ".rst", "")
"""Files that stand for their text."""
MEDIA = (".png", ".jpg", ".jpeg", ".gif", ".webp", ".bmp", ".svg", ".mp3", ".wav", ".m4a", ".ogg", ".flac", ".mp4", ".webm", ".mov", ".pdf", ".docx", ".xlsx")  # fmt: skip
ENV = re.compile(
    r"""\{\{-?\s*env(?:\.(\w+)|\[\s*["'](\w+)["']\s*\])\s*(?:\|\s*default\(\s*(?:"([^"]*)"|'([^']*)')[^)]*\)\s*)?-?\}\}"""
)
DEEPEST_REFERENCE = 20
NO_CODE = "Code in a file is never run by an import."


class Left(Exception):
    """A value that can't be had: what it is and what to do."""

    def __init__(self, what: str, next_step: str = "") -> None:
        super().__init__(what)
        self.what, self.next_step = what, next_step


def is_code(text: str) -> bool:
    """Whether a path or an id names something that would be run."""
    return text.startswith(CODE_SCHEMES) or bool(CODE.search(text.partition("?")[0]))


def bare(path: str) -> str:
    """A path without `file://`."""
    return path.removeprefix("file://")


@dataclass(slots=True)
class Loader:
    """Reads what lies around a configuration, and says what can't be read."""

    sources: Sources
    notes: Notes
    root: Node | None = None
    env: Mapping[str, str] = field(default_factory=dict)
    parsed: dict[str, Node] = field(default_factory=dict)

    def document(self, path: str) -> Node:
        """The YAML or JSON in this file; Left when it is not to be had."""
        path = bare(path)
        if path not in self.parsed:
            try:
                text = self.sources.text(path)
                document = (read_json if path.lower().endswith(".json") else read_yaml)(text, path)
            except SourceError as error:
                raise Left(error.what, error.advice) from None
            except Unreadable as error:
                where = f"`{path}` line {error.mistake.line}"
                raise Left(f"{where}: {error.mistake.what}", error.mistake.expected) from None
            self.complain(document)
            self.parsed[path] = document.root
        return self.parsed[path]

    def complain(self, document: Document) -> None:
        for mistake in document.mistakes:
            at = (mistake.file, mistake.line)
            self.notes.leave_out(at, mistake.what, mistake.expected)

    def text(self, path: str) -> str:
        """The text in this file; Left when it is not to be had."""
        try:
            return self.sources.text(bare(path))
        except SourceError as error:
            raise Left(error.what, error.advice) from None

    def value(self, node: Node) -> Node:
        """The value, or what is in the file that it names by `file://`, parsed where that is JSON or YAML; Left for code."""
        text = node.text
        if text is None or not text.startswith("file://"):
            return node
        if is_code(text):
            raise Left(f"`{text}` is code.", NO_CODE)
        ending = PurePosixPath(bare(text)).suffix.lower()
        if ending in (".json", ".yaml", ".yml"):
            return self.document(text)
        if ending in MEDIA:
            raise Left(
                f"`{text}` is no text.", "Attachments of cases are not there yet; use a text."
            )
        return Node(self.text(text).strip(), bare(text), 1)

    def variable(self, node: Node) -> Any:
        """A variable's value: a file's text where it names one, JSON for YAML; Left where it can't be had."""
        text = node.text
        if text is None or not text.startswith("file://"):
            return node.plain()
        found = self.value(node).plain()
        if isinstance(found, str):
            return found
        if bare(text).lower().endswith(".json"):
            return self.text(text).strip()
        try:
            return to_json(found)
        except JsError as error:
            raise Left(f"`{text}` can't be written as JSON: {error}.") from None

    def plain(self, node: Node) -> Any:
        """The value with every `file://` in it loaded; what can't be had is noted and left out."""
        try:
            found = self.value(node)
        except Left as left:
            self.notes.leave_out(node, left.what, left.next_step)
            return None
        if found.entries:
            return {key: self.plain(inner) for key, inner in found.entries.items()}
        if found.items:
            return [self.plain(inner) for inner in found.items]
        return found.plain()

    def prepare(self, root: Node) -> None:
        """Put in what `$ref` points at and what `env` says, all through the configuration."""
        self.root = root
        own = root.get("env")
        given = own.entries.items() if own else ()
        self.env = {
            key: _words(node) for key, node in given if not isinstance(node.value, list | dict)
        }
        self.walk(root, [], set())
        if weight(root, {}) > MOST_VALUES:
            what = f"The configuration holds more than {MOST_VALUES:,} values, those of `$ref` included."
            raise Unreadable(Mistake(root.file, root.line, what, "Use a data file."))

    def walk(self, node: Node, above: list[int], seen: set[int]) -> None:
        if id(node) in seen:
            return
        seen.add(id(node))
        above.append(id(node))
        places: list[Any] = [*node.entries] if node.entries else [*range(len(node.items))]
        for place in places:
            inner = self.put_in(node.value[place])
            if id(inner) in above:
                self.notes.leave_out(node, "`$ref` leads in a circle.", key=str(place))
                inner = Node(None, node.file, node.line)
            node.value[place] = inner
            self.walk(inner, above, seen)
        above.pop()

    def put_in(self, node: Node) -> Node:
        if node.text is not None:
            return self.with_env(node) if "env" in node.text else node
        pointer = node.entries.get("$ref")
        if pointer is None or pointer.text is None or pointer.text.startswith("#/definitions"):
            return node
        found = self.pointed(node, pointer.text, 0)
        if found is None:
            return node
        if len(node.entries) == 1 or not found.entries:
            return found
        own = {key: inner for key, inner in node.entries.items() if key != "$ref"}
        return Node({**found.entries, **own}, node.file, node.line, {**found.keys, **node.keys})

    def pointed(self, at: Node, pointer: str, depth: int) -> Node | None:
        """What a `$ref` points at, through others; None where it points at nothing, which is noted."""
        file, _, inside = pointer.partition("#")
        try:
            found: Node | None = self.document(file) if file else self.root
        except Left as left:
            self.notes.leave_out(at, f"`$ref: {pointer}`: {left.what}", left.next_step, key="$ref")
            return None
        for step in filter(None, inside.split("/")):
            name = step.replace("~1", "/").replace("~0", "~")
            if (
                found is not None
                and found.items
                and name.isdigit()
                and int(name) < len(found.items)
            ):
                found = found.items[int(name)]
            else:
                found = found.entries.get(name) if found is not None else None
        further = found.entries.get("$ref") if found is not None else None
        if further is not None and further.text is not None:
            if depth >= DEEPEST_REFERENCE:
                self.notes.leave_out(at, f"`$ref: {pointer}` leads in a circle.", key="$ref")
                return None
            return self.pointed(at, further.text, depth + 1)
        if found is None:
            said = f"`$ref: {pointer}` points at nothing."
            self.notes.leave_out(at, said, "Write what is meant in its place.", key="$ref")
        return found

    def with_env(self, node: Node) -> Node:
        """The text with `{{ env.X }}` from the configuration's own `env`; other variables are left, and named."""

        def put(found: re.Match[str]) -> str:
            name, default = found[1] or found[2], found[3] if found[3] is not None else found[4]
            if name in self.env:
                return self.env[name]
            if default is not None:
                return default
            what = f"The environment variable `{name}` is not read by an import."
            next_step = (
                "A prompt or a check reads it while the experiment runs, unless it may hold a key;"
                " elsewhere write its value into the spec."
            )
            self.notes.remark(node, what, next_step)
            return found[0]

        return Node(ENV.sub(put, node.value), node.file, node.line)


def weight(node: Node, known: dict[int, int]) -> int:
    """How many values a node holds, those that are there twice counted twice."""
    if id(node) not in known:
        inner = (*node.entries.values(), *node.items)
        known[id(node)] = 1 + sum(weight(one, known) for one in inner)
    return known[id(node)]


def _words(node: Node) -> str:
    if node.text is not None:
        return node.text
    return {True: "true", False: "false", None: ""}.get(node.value, node.written or str(node.value))
