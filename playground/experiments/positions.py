"""A value and where it stands in a file, and what is said of a file that is wrong."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

DEEPEST = 100
"""Levels of lists and mappings in one another."""
MOST_VALUES = 2_000_000
"""Values in a file, those of an alias counted wherever it stands."""
HALF = re.compile("[\ud800-\udfff]")
"""Half of a character above U+FFFF, which no file can hold."""

Kind = Literal["text", "number", "boolean", "null", "list", "mapping"]


class Mistake(NamedTuple):
    """What is wrong in a file, and what would be right."""

    file: str
    line: int
    """From 1; 0 = the file as a whole."""
    what: str
    expected: str
    """A sentence; empty where `what` says it all."""

    def __str__(self) -> str:
        where = f"{self.file}:{self.line}" if self.line else self.file
        return f"{where}: {self.what}{f' {self.expected}' if self.expected else ''}"


@dataclass(slots=True, eq=False)
class Node:
    """A value and where it stands; two that an alias makes one are the same object."""

    value: Any
    """Text, number, bool or None; a list of Nodes; or a mapping of Nodes by their keys, which are texts."""
    file: str
    line: int
    """Where the value begins, from 1."""
    keys: dict[str, int] = field(default_factory=dict)
    """Of a mapping: the lines of its keys."""
    size: int = 1
    """Values in it, itself included."""
    written: str = ""
    """A number as it stands in the file."""

    @property
    def kind(self) -> Kind:
        return KINDS[type(self.value)]

    @property
    def entries(self) -> Mapping[str, Node]:
        """What is in a mapping; nothing for any other kind."""
        return self.value if isinstance(self.value, dict) else {}

    @property
    def items(self) -> list[Node]:
        """What is in a list; nothing for any other kind."""
        return self.value if isinstance(self.value, list) else []

    @property
    def text(self) -> str | None:
        return self.value if isinstance(self.value, str) else None

    def get(self, key: str) -> Node | None:
        """The value under a key; None for null as well."""
        found = self.entries.get(key)
        return None if found is None or found.value is None else found

    def line_of(self, key: str) -> int:
        """The line of a key; the mapping's own where it has none of that name."""
        return self.keys.get(key, self.line)

    def plain(self) -> Any:
        """The value without its lines."""
        if isinstance(self.value, dict):
            return {key: node.plain() for key, node in self.value.items()}
        if isinstance(self.value, list):
            return [node.plain() for node in self.value]
        return self.value


KINDS: Mapping[type, Kind] = {
    str: "text",
    int: "number",
    float: "number",
    bool: "boolean",
    type(None): "null",
    list: "list",
    dict: "mapping",
}


class Unreadable(Exception):
    """The file is no YAML or JSON, or holds more than can be; `mistake` says where."""

    def __init__(self, mistake: Mistake) -> None:
        super().__init__(str(mistake))
        self.mistake = mistake


@dataclass(frozen=True, slots=True)
class Document:
    """What a file holds, with what is wrong in it although it can be read."""

    root: Node
    mistakes: tuple[Mistake, ...] = ()
