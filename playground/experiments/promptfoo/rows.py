"""promptfoo's tests wherever they stand: in the configuration, in CSV, JSON, JSONL and YAML files."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import PurePosixPath

from playground.experiments.json_lines import read_json
from playground.experiments.positions import Node, Unreadable
from playground.experiments.promptfoo.expected import BLANKS, expected_text_to_check
from playground.experiments.promptfoo.loading import NO_CODE, Left, Loader, bare, is_code
from playground.experiments.settings import did_you_mean
from playground.experiments.sources import SourceError

KEYS = ("description", "vars", "assert", "options", "metadata", "threshold", "prompts", "providers", "provider", "providerOutput", "assertScoringFunction")  # fmt: skip
NEEDED = ("assert", "vars", "options", "metadata", "provider", "providerOutput", "threshold")
REMOTE = ("http://", "https://", "huggingface://", "az://", "sharepoint://", "sheets://")
EXPECTED = re.compile(r"__expected(\d*)")
THRESHOLD = re.compile(r"__config:__expected(\d*):threshold")
METADATA = re.compile(r"__metadata:(.+?)(\[\])?")
SAVE = "Save it beside the configuration as CSV, and name that file."


@dataclass(frozen=True, slots=True)
class Row:
    """A test, not yet laid over the default one."""

    node: Node
    vars: Mapping[str, Node] = field(default_factory=dict)
    asserts: tuple[Node, ...] = ()
    options: Mapping[str, Node] = field(default_factory=dict)
    metadata: Mapping[str, Node] = field(default_factory=dict)
    single: Mapping[str, Node] = field(default_factory=dict)
    """`description`, `threshold`, `prompts`, `providers`, `provider`, `providerOutput`."""

    def over(self, under: Row, *, asserts: bool = True) -> Row:
        """This test laid over another, whose assertions come first."""
        return replace(
            self,
            vars={**under.vars, **self.vars},
            asserts=(*(under.asserts if asserts else ()), *self.asserts),
            options={**under.options, **self.options},
            metadata={**under.metadata, **self.metadata},
            single={**under.single, **self.single},
        )


def read(node: Node | None, loader: Loader) -> list[Row]:
    """Every test in order; what can't be read is noted."""
    if node is None:
        return []
    entries = node.items if isinstance(node.value, list) else [node]
    return [row for entry in entries for row in _entry(entry, loader)]


def _entry(node: Node, loader: Loader) -> Iterator[Row]:
    if node.text is not None:
        yield from _files(node, node.text, loader, rows=False)
    elif (path := node.get("path")) is not None and path.text is not None:
        if (config := node.get("config")) is not None:
            loader.notes.leave_out(config, "The `config` of a test generator.", NO_CODE)
        yield from _files(node, path.text, loader, rows=True)
    elif isinstance(node.value, dict):
        made = row(node, loader)
        if made is not None:
            yield made
    else:
        loader.notes.leave_out(
            node, f"A test that is a {node.kind}.", "Write a mapping with `vars`."
        )


def row(node: Node, loader: Loader, *, whole: bool = True) -> Row | None:
    """A test that is a mapping; None for one that promptfoo does not take, which is noted. `whole` = it must hold something."""
    if whole and not any(key in node.entries for key in NEEDED):
        named = ", ".join(f"`{key}`" for key in list(node.entries)[:5]) or "nothing"
        advice = (
            "Put the variables under `vars`." if node.entries else "Give it `vars` or `assert`."
        )
        loader.notes.leave_out(
            node, f"A test with {named}, and none of {', '.join(NEEDED)}.", advice
        )
        return None
    for key in node.entries:
        if key not in KEYS:
            advice = did_you_mean(key, KEYS).strip() or "If it is a variable, put it under `vars`."
            loader.notes.leave_out(node, f"`{key}` is no key of a test.", advice, key=key)
    if node.get("assertScoringFunction") is not None:
        what = "`assertScoringFunction` is code: the score is the weighted mean instead."
        loader.notes.leave_out(
            node, what, "Use weights and a threshold.", key="assertScoringFunction"
        )
    parts = {key: _mapping(node, key, loader) for key in ("options", "metadata")}
    single = {
        key: node.entries[key]
        for key in KEYS
        if key in node.entries and key not in ("vars", "assert", *parts)
    }
    return Row(
        node,
        _vars(node, loader),
        _asserts(node, loader),
        parts["options"],
        parts["metadata"],
        single,
    )


def _mapping(node: Node, key: str, loader: Loader) -> Mapping[str, Node]:
    found = node.get(key)
    if found is not None and not isinstance(found.value, dict):
        loader.notes.leave_out(node, f"`{key}` is a {found.kind}.", "It is a mapping.", key=key)
    return found.entries if found is not None else {}


def _asserts(node: Node, loader: Loader) -> tuple[Node, ...]:
    found = node.get("assert")
    if found is None:
        return ()
    if isinstance(found.value, list):
        return tuple(found.items)
    if found.text is not None and found.text.startswith("file://"):
        try:
            return tuple(loader.value(found).items)
        except Left as left:
            loader.notes.leave_out(node, f"`assert`: {left.what}", left.next_step, key="assert")
            return ()
    loader.notes.leave_out(
        node, f"`assert` is a {found.kind}.", "It is a list of assertions.", key="assert"
    )
    return ()


def _vars(node: Node, loader: Loader) -> Mapping[str, Node]:
    """The variables: a mapping, a file that holds one, or several such files."""
    found = node.get("vars")
    if found is None:
        return {}
    if isinstance(found.value, dict):
        return found.entries
    paths = found.items if isinstance(found.value, list) else [found]
    made: dict[str, Node] = {}
    for path in paths:
        try:
            if path.text is None:
                raise Left(f"`vars` that are a {path.kind}.", "They are a mapping.")
            names = loader.sources.found(bare(path.text)) if "*" in path.text else [path.text]
            if is_code(path.text):
                raise Left(f"`{path.text}` is code.", NO_CODE)
            for name in names:
                made |= loader.document(name).entries
        except Left as left:
            loader.notes.leave_out(node, f"Variables: {left.what}", left.next_step, key="vars")
        except SourceError as error:
            loader.notes.leave_out(node, f"Variables: {error.what}", error.advice, key="vars")
    return made


def _files(node: Node, written: str, loader: Loader, *, rows: bool) -> Iterator[Row]:
    """The tests in a file, or in all that a pattern finds; `rows` = a YAML list holds variables, as CSV does."""
    if written.startswith(REMOTE):
        loader.notes.leave_out(node, f"Tests at `{written[:120]}`.", SAVE)
        return
    if is_code(written):
        loader.notes.leave_out(node, f"`{written}` makes the tests in code.", f"{NO_CODE} {SAVE}")
        return
    path = bare(written)
    try:
        names = loader.sources.found(path) if "*" in path else [path]
        if not names:
            raise Left(f"`{written}` finds no file.", loader.sources.looked(path))
        for name in names:
            yield from _file(name, loader, rows)
    except Left as left:
        loader.notes.leave_out(node, f"Tests: {left.what}", left.next_step)
    except SourceError as error:
        loader.notes.leave_out(node, f"Tests: {error.what}", error.advice)


def _file(name: str, loader: Loader, rows: bool) -> Iterator[Row]:
    ending = PurePosixPath(name.partition("#")[0]).suffix.lower()
    reader = READERS.get(ending)
    if reader is None:
        raise Left(
            f"`{name}` is of a kind that is not read here.",
            f"Use one of {', '.join(READERS)}. {SAVE}",
        )
    yield from reader(name, loader, rows)


def _items(name: str, loader: Loader, rows: bool) -> Iterator[Row]:
    root = loader.document(name)
    for item in root.items if isinstance(root.value, list) else [root]:
        if not isinstance(item.value, dict):
            loader.notes.leave_out(
                item, f"A test that is a {item.kind}.", "Write a mapping with `vars`."
            )
        elif rows and isinstance(root.value, list) and not name.endswith(".json"):
            yield _columns(dict(item.entries), item, loader)
        elif (made := row(item, loader)) is not None:
            yield made


def _lines(name: str, loader: Loader, rows: bool) -> Iterator[Row]:
    for number, line in enumerate(loader.text(name).split("\n"), 1):
        if not line.strip():
            continue
        try:
            document = read_json(line, name, number)
        except Unreadable as error:
            at = (name, number)
            loader.notes.leave_out(at, error.mistake.what, "Each line is one test in JSON.")
            continue
        loader.complain(document)
        if (made := row(document.root, loader)) is not None:
            yield made


def _csv(name: str, loader: Loader, rows: bool) -> Iterator[Row]:
    text = loader.text(name)
    lines = csv.reader(io.StringIO(text, newline=""), strict=True)
    if '"' in text and not _strictly(text):
        lines = csv.reader(io.StringIO(text, newline=""))
        loader.notes.remark(
            (name, 1),
            "Quotes stand inside of cells: they are read as they are.",
            'Double them: "".',
        )
    columns: list[str] | None = None
    line = 1
    try:
        for cells in lines:
            begin, line = line, lines.line_num + 1
            if columns is None:
                columns = [cell.strip(BLANKS) for cell in cells]
                _twice(columns, name, loader)
                continue
            if len(cells) != len(columns):
                if not cells and (len(columns) == 1 or begin > text.rstrip("\n").count("\n") + 1):
                    continue
                what = f"A row with {len(cells)} cells where there are {len(columns)} columns."
                loader.notes.leave_out((name, begin), what, "Give it a cell for each column; promptfoo would not load the file.")  # fmt: skip
                continue
            row = {
                column: Node(cell, name, begin) for column, cell in zip(columns, cells, strict=True)
            }
            yield _columns(row, Node(dict(row), name, begin, dict.fromkeys(row, begin)), loader)
    except csv.Error as error:
        loader.notes.leave_out(
            (name, line), f"The rows from here on are no CSV: {error}.", "Close the quotes."
        )
    if columns is None:
        loader.notes.leave_out(
            (name, 1), "The file is empty.", "Its first line names the variables."
        )


def _strictly(text: str) -> bool:
    try:
        return all(True for _ in csv.reader(io.StringIO(text, newline=""), strict=True))
    except csv.Error:
        return False


def _twice(columns: list[str], name: str, loader: Loader) -> None:
    for column in dict.fromkeys(c for c in columns if columns.count(c) > 1):
        loader.notes.leave_out((name, 1), f"All columns `{column}` but the last.", "Rename them.")
    for column in columns:
        if re.match(r"_[^_]", column) and f"_{column}" in ("__expected", *MARKS):
            loader.notes.remark(
                (name, 1),
                f"`{column}` has one underscore, so it is a variable.",
                f"Write `_{column}`.",
            )


MARKS = {"__prefix": "prefix", "__suffix": "suffix"}
SINGLE = {
    "__description": "description",
    "__providerOutput": "providerOutput",
    "__threshold": "threshold",
}


def _columns(cells: Mapping[str, Node], node: Node, loader: Loader) -> Row:
    """The test that a row of columns is: variables, and what columns with two underscores say."""
    found = Row(node, {}, (), {}, {}, {})
    vars: dict[str, Node] = {}
    options: dict[str, Node] = {}
    metadata: dict[str, Node] = {}
    single: dict[str, Node] = {}
    expected: dict[str, Node] = {}
    thresholds: dict[str, Node] = {}
    for name, cell in cells.items():
        filled = cell.value not in (None, "")
        if of_expected := EXPECTED.fullmatch(name):
            if filled and cell.text is not None and cell.text.strip():
                expected[of_expected[1] or "1"] = cell
        elif name in MARKS:
            if filled:
                options[MARKS[name]] = cell
        elif name in SINGLE:
            if filled:
                single[SINGLE[name]] = _typed(cell, loader) if name == "__threshold" else cell
        elif bound := THRESHOLD.fullmatch(name):
            thresholds[bound[1] or "1"] = cell
        elif of_metadata := METADATA.fullmatch(name):
            if filled:
                metadata[of_metadata[1]] = _listed(cell) if of_metadata[2] else cell
        elif name == "__metric" or not name:
            continue
        elif name.startswith("__"):
            loader.notes.leave_out(
                cell, f"Column `{name}` is not known.", "Begin a variable with a letter."
            )
        else:
            vars[name] = cell
    asserts = [
        _assertion(cell, thresholds.get(key), cells.get("__metric"), loader)
        for key, cell in expected.items()
    ]
    return replace(
        found, vars=vars, asserts=tuple(asserts), options=options, metadata=metadata, single=single
    )


def _typed(cell: Node, loader: Loader) -> Node:
    try:
        return Node(float(cell.value), cell.file, cell.line)
    except (TypeError, ValueError):
        return cell


def _listed(cell: Node) -> Node:
    words = [word.replace("\\,", ",").strip() for word in re.split(r"(?<!\\),", str(cell.value))]
    return Node([Node(word, cell.file, cell.line) for word in words if word], cell.file, cell.line)


def _assertion(cell: Node, threshold: Node | None, metric: Node | None, loader: Loader) -> Node:
    """The assertion of an `__expected` cell, as if it had been written in YAML."""
    made = expected_text_to_check(cell.value).model_dump(exclude_unset=True)
    if metric is not None and metric.value not in (None, ""):
        made["metric"] = metric.value
    entries = {key: _node(value, cell) for key, value in made.items()}
    if threshold is not None:
        entries["threshold"] = _typed(threshold, loader)
    return Node(entries, cell.file, cell.line, dict.fromkeys(entries, cell.line))


def _node(value: object, at: Node) -> Node:
    if isinstance(value, list):
        return Node([_node(item, at) for item in value], at.file, at.line)
    return Node(value, at.file, at.line)


READERS: Mapping[str, Callable[[str, Loader, bool], Iterator[Row]]] = {
    ".csv": _csv,
    ".json": _items,
    ".jsonl": _lines,
    ".yaml": _items,
    ".yml": _items,
}
"""The ending of a file's name → the tests in it."""
