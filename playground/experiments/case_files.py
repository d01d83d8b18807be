"""Cases in files: a row of CSV or Parquet, a line of JSONL, an item of JSON or YAML."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from importlib import import_module
from pathlib import PurePath
from typing import Any

from playground.experiments.json_lines import read_json
from playground.experiments.positions import MOST_VALUES, Mistake, Node, Unreadable
from playground.experiments.yaml_lines import read_yaml
from playground.files import decoded

csv.field_size_limit(50_000_000)
ROWS_AT_ONCE = 256
MOST_UNPACKED = 500_000_000
"""Bytes: Parquet packs what repeats, so that a small file may hold more than fits into memory."""

Found = tuple[list[Node], list[Mistake]]
"""A mapping a case, each with the line where it begins, and what is wrong."""


def read(name: str, data: bytes) -> Found:
    """The cases in a file by its name's ending: mappings of variables, or cases where they have `vars`."""
    ending = PurePath(name).suffix.lower()
    reader = READERS.get(ending)
    if reader is None:
        said = f"`{name}` is of no kind that holds cases."
        return [], [Mistake(name, 0, said, f"Use one of {', '.join(READERS)}.")]
    try:
        return reader(name, data)
    except UnicodeDecodeError:
        return [], [Mistake(name, 0, "This is not UTF-8 text.", "Save it as UTF-8.")]
    except Unreadable as error:
        return [], [error.mistake]


def as_case(item: Node) -> Node:
    """The case that an item is: by itself where it has `vars`, else one whose variables are its fields."""
    if "vars" in item.entries or not isinstance(item.value, dict):
        return item
    return Node({"vars": item}, item.file, item.line, keys={"vars": item.line}, size=item.size + 1)


def _csv(name: str, data: bytes) -> Found:
    text = decoded(data)
    head = text.partition("\n")[0]
    signs = "\t" if name.lower().endswith(".tsv") else ",;\t"
    delimiter = next((sign for sign in signs if sign in head), signs[0])
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    found: list[Node] = []
    mistakes: list[Mistake] = []
    columns: list[str] | None = None
    line = 1
    try:
        for cells in reader:
            begin, line = line, reader.line_num + 1
            if not cells:
                continue
            if columns is None:
                columns = [cell.strip() for cell in cells]
                mistakes += _columns(name, begin, columns)
                continue
            if len(cells) != len(columns):
                said = f"This row has {len(cells)} cells, and there are {len(columns)} columns."
                mistakes.append(Mistake(name, begin, said, "A cell with a comma needs quotes."))
                continue
            row = {
                column: Node(cell, name, begin)
                for column, cell in zip(columns, cells, strict=True)
                if column
            }
            found.append(Node(row, name, begin, keys=dict.fromkeys(row, begin)))
    except csv.Error as error:
        mistakes.append(Mistake(name, line, f"The row that begins here is no CSV: {error}.", ""))
    if columns is None:
        mistakes.append(Mistake(name, 1, "The file is empty.", "Its first line names the columns."))
    return found, mistakes


def _columns(name: str, line: int, columns: list[str]) -> Iterator[Mistake]:
    for column in sorted({column for column in columns if column and columns.count(column) > 1}):
        yield Mistake(name, line, f"Two columns are named `{column}`.", "Rename one of them.")


def _lines(name: str, data: bytes) -> Found:
    found: list[Node] = []
    mistakes: list[Mistake] = []
    for number, line in enumerate(decoded(data).split("\n"), 1):
        if not line.strip():
            continue
        try:
            document = read_json(line, name, number)
        except Unreadable as error:
            mistakes.append(error.mistake)
            continue
        mistakes += document.mistakes
        found.append(document.root)
    return found, mistakes + _no_mappings(found)


def _items(read_text: Callable[[str, str], Any]) -> Callable[[str, bytes], Found]:
    def read_items(name: str, data: bytes) -> Found:
        document = read_text(decoded(data), name)
        root = document.root
        if not isinstance(root.value, list):
            said = f"A {root.kind} stands where a list of cases is expected."
            return [], [*document.mistakes, Mistake(name, root.line, said, "")]
        return root.items, [*document.mistakes, *_no_mappings(root.items)]

    return read_items


def _no_mappings(items: list[Node]) -> list[Mistake]:
    wanted = "Each case is a mapping: its variables, or `vars` and more."
    wrong = [item for item in items if not isinstance(item.value, dict)]
    items[:] = [item for item in items if isinstance(item.value, dict)]
    return [
        Mistake(n.file, n.line, f"A {n.kind} stands where a case is expected.", wanted)
        for n in wrong
    ]


def _parquet(name: str, data: bytes) -> Found:
    arrow = import_module("pyarrow")  # comes with Streamlit, has no types, and takes its time
    files = import_module("pyarrow.parquet")
    nodes: list[Node] = []
    unpacked = 0
    try:
        file = files.ParquetFile(arrow.BufferReader(data))
        values = file.metadata.num_rows * file.metadata.num_columns
        for batch in file.iter_batches(ROWS_AT_ONCE) if values <= MOST_VALUES else ():
            unpacked += sum(map(_unpacked, batch.columns))
            if unpacked > MOST_UNPACKED:
                break
            rows = enumerate(batch.to_pylist(), len(nodes) + 1)
            nodes += [_node(_plain(row), name, number) for number, row in rows]
    except (arrow.ArrowException, OSError) as error:
        return [], [Mistake(name, 0, f"This is no Parquet file: {str(error).splitlines()[0]}.", "")]
    if values > MOST_VALUES or unpacked > MOST_UNPACKED:
        said = (
            f"More than {MOST_VALUES:,} values or {MOST_UNPACKED // 1_000_000} MB are packed in it."
        )
        return [], [Mistake(name, 0, said, "Take columns or rows out.")]
    return nodes, []


def _unpacked(column: Any) -> int:
    """Bytes that it has when what it repeats stands wherever it is meant."""
    whole = column.dictionary_decode() if hasattr(column, "dictionary_decode") else column
    return int(whole.nbytes)


def _plain(value: Any) -> Any:
    """What Parquet holds as JSON has it: moments and bytes as text, no number as null."""
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if isinstance(value, bytes):
        return value.decode(errors="replace")
    return value if value is None or isinstance(value, str | int | float | bool) else str(value)


def _node(value: Any, file: str, line: int) -> Node:
    if isinstance(value, dict):
        inner = {key: _node(item, file, line) for key, item in value.items()}
        return Node(inner, file, line, keys=dict.fromkeys(inner, line))
    if isinstance(value, list):
        return Node([_node(item, file, line) for item in value], file, line)
    return Node(value, file, line)


READERS: Mapping[str, Callable[[str, bytes], Found]] = {
    ".csv": _csv,
    ".tsv": _csv,
    ".jsonl": _lines,
    ".ndjson": _lines,
    ".json": _items(read_json),
    ".yaml": _items(read_yaml),
    ".yml": _items(read_yaml),
    ".parquet": _parquet,
}
"""The ending of a file's name → how it is read."""
