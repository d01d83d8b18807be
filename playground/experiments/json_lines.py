"""JSON with the line of every value."""

from __future__ import annotations

import json
import math
import re
from typing import NoReturn

from playground.experiments.positions import (
    DEEPEST,
    HALF,
    MOST_VALUES,
    Document,
    Mistake,
    Node,
    Unreadable,
)


def read_json(text: str, file: str, line: int = 1) -> Document:
    """The JSON value in this text, which begins on this line of the file; Unreadable with the line where it is none."""
    return _Json(text, file, line).document()


_BLANKS = re.compile(r"[ \t\n\r]*")


class _Json:
    """JSON with lines: strings and numbers are read by the standard library, lists and objects here."""

    def __init__(self, text: str, file: str, line: int) -> None:
        self.text = text.removeprefix("\ufeff")
        self.file = file
        self.mistakes: list[Mistake] = []
        self.at, self.counted, self.line = 0, 0, line
        self.values = 0
        self.decoder = json.JSONDecoder(parse_constant=self.no_constant)

    def document(self) -> Document:
        root = self.value(0)
        self.skip()
        if self.at < len(self.text):
            self.refuse("More stands behind the end of the JSON value.")
        return Document(root, tuple(self.mistakes))

    def refuse(self, what: str) -> NoReturn:
        raise Unreadable(Mistake(self.file, self.here(), what, ""))

    def no_constant(self, name: str) -> float:
        self.refuse(f"`{name}` is no JSON number.")

    def here(self) -> int:
        self.line += self.text.count("\n", self.counted, self.at)
        self.counted = self.at
        return self.line

    def skip(self) -> str:
        """The next character that is no blank; nothing at the end."""
        blanks = _BLANKS.match(self.text, self.at)
        self.at = blanks.end() if blanks else self.at
        return self.text[self.at : self.at + 1]

    def take(self, signs: str) -> str:
        found = self.skip()
        if not found or found not in signs:
            wanted = " or ".join(f"`{sign}`" for sign in signs)
            self.refuse(f"This is no JSON: {wanted} is missing.")
        self.at += 1
        return found

    def value(self, depth: int) -> Node:
        sign = self.skip()
        self.values += 1
        if depth > DEEPEST:
            self.refuse(f"More than {DEEPEST} levels are nested in one another here.")
        if self.values > MOST_VALUES:
            self.refuse(f"The file holds more than {MOST_VALUES:,} values.")
        if sign == "{":
            return self.object(depth)
        if sign == "[":
            return self.array(depth)
        return self.plain()

    def plain(self) -> Node:
        line, start = self.here(), self.at
        try:
            value, self.at = self.decoder.raw_decode(self.text, self.at)
        except (ValueError, RecursionError) as error:
            said = getattr(error, "msg", "") or "a value is missing"
            self.refuse(f"This is no JSON: {said[:1].lower()}{said[1:]}.")
        if isinstance(value, float) and not math.isfinite(value):
            self.refuse(f"`{self.text[start : self.at][:40]}` is too large for a number.")
        if isinstance(value, str) and HALF.search(value):
            said = "The text holds half a character (\\ud800 to \\udfff)."
            self.mistakes.append(Mistake(self.file, line, said, ""))
            value = value.encode("utf-16", "replace").decode("utf-16", "replace")
        number = type(value) in (int, float)
        return Node(value, self.file, line, written=self.text[start : self.at] if number else "")

    def array(self, depth: int) -> Node:
        made = Node([], self.file, self.here())
        self.at += 1
        if self.skip() == "]":
            self.at += 1
            return made
        while True:
            made.value.append(self.value(depth + 1))
            if self.take(",]") == "]":
                made.size += sum(node.size for node in made.value)
                return made

    def object(self, depth: int) -> Node:
        made = Node({}, self.file, self.here())
        self.at += 1
        if self.skip() == "}":
            self.at += 1
            return made
        while True:
            if self.skip() != '"':
                self.refuse("This is no JSON: a name in double quotes is missing.")
            key = self.plain()
            self.take(":")
            if key.value in made.value:
                said = f"`{key.value}` stands twice here, first in line {made.keys[key.value]}."
                self.mistakes.append(Mistake(self.file, key.line, said, "Keep one of them."))
            made.value[key.value] = self.value(depth + 1)
            made.keys[key.value] = key.line
            if self.take(",}") == "}":
                made.size += sum(node.size for node in made.value.values())
                return made
