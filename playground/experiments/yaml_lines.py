"""YAML with the line of every value, by YAML 1.2's core schema: `yes` is a text and `0777` is 777."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, NoReturn

import yaml

from playground.experiments.positions import (
    DEEPEST,
    HALF,
    KINDS,
    MOST_VALUES,
    Document,
    Kind,
    Mistake,
    Node,
    Unreadable,
)

LONGEST_NUMBER = 400
"""Digits: no double holds a number that has more."""
NULLS = frozenset({"", "~", "null", "Null", "NULL"})
BOOLEANS = {
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
INTEGER = re.compile(r"[-+]?[0-9]+")
BASED = re.compile(r"([-+]?)0(?:b([01]+)|o([0-7]+)|x([0-9a-fA-F]+))")
FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
INFINITE = re.compile(r"[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)")
TAGS = "tag:yaml.org,2002:"


def scalar(text: str) -> Any:
    """What an unquoted word is by YAML 1.2's core schema."""
    if text in NULLS:
        return None
    if text in BOOLEANS:
        return BOOLEANS[text]
    if len(text) > LONGEST_NUMBER:
        return text
    if INTEGER.fullmatch(text):
        return int(text)
    if based := BASED.fullmatch(text):
        sign, *digits = based.groups()
        base, found = next((b, d) for b, d in zip((2, 8, 16), digits, strict=True) if d)
        return -int(found, base) if sign == "-" else int(found, base)
    if FLOAT.fullmatch(text):
        return float(text)
    if INFINITE.fullmatch(text):
        return float(text.replace(".", "", 1))
    return text


def key_text(value: Any) -> str:
    """A key as JavaScript, and JSON, would have it: a text."""
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e21:
        return str(int(value))
    return value if isinstance(value, str) else json.dumps(value)


def read_yaml(text: str, file: str) -> Document:
    """The one document in this text; Unreadable with the line where it is none."""
    if half := HALF.search(text):
        line = text.count("\n", 0, half.start()) + 1
        raise Unreadable(
            Mistake(file, line, "Half a character (\\ud800 to \\udfff) stands here.", "")
        )
    try:
        return _Composer(text, file).document()
    except yaml.MarkedYAMLError as error:
        if "invalid Unicode character escape" in str(error) and PAIRS.search(text):
            return read_yaml(PAIRS.sub(_one_character, text), file)
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 0
        raise Unreadable(Mistake(file, line, *_syntax(error.problem or "", text, line))) from None
    except yaml.YAMLError as error:  # a character that no YAML may hold
        position = getattr(error, "position", None)
        line = text.count("\n", 0, position) + 1 if isinstance(position, int) else 0
        what = "A character stands here that no YAML file may hold."
        raise Unreadable(
            Mistake(file, line, what, "Write it as an escape in a quoted text.")
        ) from None


PAIRS = re.compile(r"(?<!\\)\\u([dD][89abAB][0-9a-fA-F]{2})\\u([dD][c-fC-F][0-9a-fA-F]{2})")
"""A character above U+FFFF as JSON writes it: two halves, which the YAML reader does not take."""


def _one_character(halves: re.Match[str]) -> str:
    return chr(0x10000 + ((int(halves[1], 16) & 0x3FF) << 10) + (int(halves[2], 16) & 0x3FF))


SYNTAX: tuple[tuple[str, str, str], ...] = (
    ("found character '\\t'", "A tab stands where the line is indented.", "Indent with blanks."),
    (
        "found character that cannot start any token",
        "A word can't begin with this character.",
        "Put the text in quotes.",
    ),
    (
        "mapping values are not allowed",
        "A colon and a blank stand in an unquoted text, or the line is indented too far.",
        "Put the text in quotes.",
    ),
    (
        "did not find expected key",
        "This line fits to nothing that is open.",
        "Look at its indentation and at the quotes before it.",
    ),
    (
        "could not find expected ':'",
        "A key has no colon behind it.",
        "Write `key: value`, or put a text of several lines behind `|`.",
    ),
    (
        "did not find expected ',' or",
        "A bracket is not closed, or a comma is missing.",
        "Text with `{{ }}` at its beginning needs quotes.",
    ),
    ("maximum nesting depth", f"More than {DEEPEST} levels are nested in one another here.", ""),
    ("unexpected end of stream", "The file ends in the middle of a text.", "Close its quotes."),
    ("found undefined alias", "An alias (`*name`) has no anchor (`&name`) before it.", ""),
)
"""What the YAML reader says → what a person can mend."""


def _syntax(problem: str, text: str, line: int) -> tuple[str, str]:
    lines = text.splitlines()
    if 0 < line <= len(lines) and re.match(r" *\t", lines[line - 1]):
        problem = SYNTAX[0][0]
    for said, what, expected in SYNTAX:
        if said in problem:
            return what, expected
    return f"This is no YAML: {problem}.", ""


class _Composer:
    """Events of the YAML reader → Nodes."""

    def __init__(self, text: str, file: str) -> None:
        self.file = file
        self.events: Iterator[Any] = yaml.parse(text, Loader=_LOADER)
        self.anchors: dict[str, Node] = {}
        self.mistakes: list[Mistake] = []
        self.open: set[str] = set()
        self.expanded = 0

    def document(self) -> Document:
        next(self.events)
        event = next(self.events)
        if isinstance(event, yaml.StreamEndEvent):
            return Document(Node(None, self.file, 1))
        root = self.node(next(self.events), 0)
        next(self.events)
        if not isinstance(more := next(self.events), yaml.StreamEndEvent):
            self.refuse(more, "A second document (`---`) begins here.", "A file holds one.")
        return Document(root, tuple(self.mistakes))

    def refuse(self, event: Any, what: str, expected: str = "") -> NoReturn:
        raise Unreadable(Mistake(self.file, self.line(event), what, expected))

    def complain(self, line: int, what: str, expected: str = "") -> None:
        self.mistakes.append(Mistake(self.file, line, what, expected))

    @staticmethod
    def line(event: Any) -> int:
        return int(event.start_mark.line) + 1

    def count(self, event: Any, more: int) -> None:
        self.expanded += more
        if self.expanded > MOST_VALUES:
            said = f"The file holds more than {MOST_VALUES:,} values"
            self.refuse(event, f"{said}, those that aliases repeat included.", "Use a data file.")

    def node(self, event: Any, depth: int) -> Node:
        if depth > DEEPEST:
            self.refuse(event, f"More than {DEEPEST} levels are nested in one another here.")
        if isinstance(event, yaml.AliasEvent):
            return self.alias(event)
        self.count(event, 1)
        if event.anchor:
            self.open.add(event.anchor)
        if isinstance(event, yaml.ScalarEvent):
            made = self.scalar(event)
        elif isinstance(event, yaml.SequenceStartEvent):
            made = self.sequence(event, depth)
        else:
            made = self.mapping(event, depth)
        if event.anchor:
            self.open.discard(event.anchor)
            self.anchors[event.anchor] = made
        return made

    def alias(self, event: Any) -> Node:
        if event.anchor in self.open:
            self.refuse(event, f"`*{event.anchor}` stands inside of what it names.")
        if event.anchor not in self.anchors:
            self.refuse(
                event,
                f"`*{event.anchor}` is nowhere before this line.",
                f"Write `&{event.anchor}` there.",
            )
        found = self.anchors[event.anchor]
        self.count(event, found.size)
        return found

    def scalar(self, event: Any) -> Node:
        line, text = self.line(event), event.value
        tag = (event.tag or "").removeprefix(TAGS)
        if HALF.search(text):
            self.complain(line, "The text holds half a character (\\ud800 to \\udfff).")
            text = text.encode("utf-16", "replace").decode("utf-16", "replace")
        if tag in ("", "!", "str") or not event.tag:
            plain = not event.tag and event.implicit[0]
            value = scalar(text) if plain else text
        elif tag in TAGGED:
            value = scalar(text)
            if KINDS[type(value)] != TAGGED[tag]:
                self.complain(line, f"`{text}` is no {TAGGED[tag]}, as its tag `!!{tag}` says.")
        else:
            value = text
            self.complain(
                line,
                f"The tag `{event.tag.replace(TAGS, '!!')}` is not known; the value is taken as text.",
            )
        return Node(value, self.file, line, written=text if type(value) in (int, float) else "")

    def look_at_tag(self, event: Any) -> None:
        if event.tag and event.tag.removeprefix(TAGS) not in COLLECTIONS:
            said = f"The tag `{event.tag.replace(TAGS, '!!')}` is not known"
            self.complain(self.line(event), f"{said}; what it stands before is taken as it is.")

    def sequence(self, event: Any, depth: int) -> Node:
        found: list[Node] = []
        self.look_at_tag(event)
        while not isinstance(item := next(self.events), yaml.SequenceEndEvent):
            found.append(self.node(item, depth + 1))
        return Node(found, self.file, self.line(event), size=1 + sum(n.size for n in found))

    def mapping(self, event: Any, depth: int) -> Node:
        made = Node({}, self.file, self.line(event))
        self.look_at_tag(event)
        merged: list[Node] = []
        while not isinstance(item := next(self.events), yaml.MappingEndEvent):
            key, line = self.node(item, depth + 1), self.line(item)
            value = self.node(next(self.events), depth + 1)
            made.size += value.size
            plain = isinstance(item, yaml.ScalarEvent) and item.implicit[0]
            if plain and key.value == "<<":
                merged.append(value)
                continue
            if isinstance(key.value, list | dict):
                self.complain(
                    line,
                    "A list or a mapping stands where a key is expected.",
                    "Text with `{{ }}` needs quotes.",
                )
                continue
            self.put(made, key_text(key.value), line, value)
        for one in merged:
            self.merge(made, one)
        return made

    def put(self, made: Node, name: str, line: int, value: Node) -> None:
        if name in made.value:
            self.complain(
                line,
                f"`{name}` stands twice here, first in line {made.keys[name]}.",
                "Keep one of them.",
            )
            return
        made.value[name] = value
        made.keys[name] = line

    def merge(self, made: Node, source: Node) -> None:
        for one in source.items or [source]:
            if not isinstance(one.value, dict):
                self.complain(one.line, "`<<` takes a mapping, or a list of mappings.")
                continue
            for name, value in one.value.items():
                if name not in made.value:
                    made.value[name] = value
                    made.keys[name] = one.keys[name]
                    made.size += value.size


COLLECTIONS = frozenset({"!", "seq", "map", "omap", "pairs", "set"})
TAGGED: Mapping[str, Kind] = {"int": "number", "float": "number", "bool": "boolean", "null": "null"}
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
