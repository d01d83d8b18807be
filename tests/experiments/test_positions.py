"""YAML and JSON are read with the line of every value, and what can't be read is told with its line."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playground.experiments.json_lines import read_json
from playground.experiments.positions import Unreadable
from playground.experiments.yaml_lines import read_yaml

TALK = """\
# what stands where
answers: yes
list:
  - one
  - {deep: [1, 2,
            3]}
anchor: &a
  x: 1
merged:
  <<: *a
  y: 2
"""


def test_every_value_has_its_line() -> None:
    root = read_yaml(TALK, "talk.yaml").root
    assert root.keys == {"answers": 2, "list": 3, "anchor": 7, "merged": 9}
    one, two = root.entries["list"].items
    assert (one.line, two.line) == (4, 5)
    assert [n.line for n in two.entries["deep"].items] == [5, 5, 6]
    assert root.entries["merged"].plain() == {"x": 1, "y": 2}
    assert root.entries["merged"].keys == {"x": 8, "y": 11}


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("yes", "yes"),
        ("off", "off"),
        ("0777", 777),
        ("0o17", 15),
        ("0x1F", 31),
        ("-0b11", -3),
        ("12:30:45", "12:30:45"),
        ("2026-01-02", "2026-01-02"),
        ("1_000", "1_000"),
        ("1.0", 1.0),
        (".5", 0.5),
        ("1e3", 1000.0),
        ("~", None),
        ("Null", None),
        ("nULL", "nULL"),
        ("TRUE", True),
        ("'true'", "true"),
        ("!!str 5", "5"),
        (".inf", math.inf),
        ("9" * 5_000, "9" * 5_000),
        ('"\\ud83d\\ude00"', "😀"),
    ],
)
def test_words_are_what_yaml_1_2_says(written: str, value: object) -> None:
    found = read_yaml(f"a: {written}\n", "f.yaml").root.plain()["a"]
    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize(
    ("text", "line", "what"),
    [
        ("a: b: c", 1, "A colon and a blank"),
        ("a:\n\tb: 1", 2, "A tab"),
        ("a: 'x\nb", 2, "in the middle of a text"),
        ("a: {{x}}\nb: {{x}} y", 2, "fits to nothing"),
        ("a: *b", 1, "`*b` is nowhere"),
        ("a: &a [*a]", 1, "inside of what it names"),
        ("a: 1\n---\nb: 2", 2, "A second document"),
        ("a: \x07", 1, "A character stands here"),
        ("[" * 5_000, 1, "levels are nested"),
        ("[" * 300 + "]" * 300, 1, "levels are nested"),
        ("- - - - " * 200, 1, "levels are nested"),
    ],
)
def test_what_is_no_yaml_is_told_with_its_line(text: str, line: int, what: str) -> None:
    with pytest.raises(Unreadable) as told:
        read_yaml(text, "f.yaml")
    assert (told.value.mistake.file, told.value.mistake.line) == ("f.yaml", line)
    assert what in told.value.mistake.what


def test_aliases_that_multiply_are_refused_before_they_do() -> None:
    lines = ["a: &a [x, x, x, x, x, x, x, x, x, x]"]
    for before, name in zip("abcdefgh", "bcdefghi", strict=True):
        lines.append(f"{name}: &{name} [{', '.join([f'*{before}'] * 10)}]")
    with pytest.raises(Unreadable, match="holds more than"):
        read_yaml("\n".join(lines), "laughs.yaml")


def test_what_stands_twice_is_told_and_the_first_counts() -> None:
    document = read_yaml("a: 1\nb: 2\na: 3\n? [x]\n: 1\nc: !own 4\n", "f.yaml")
    assert document.root.plain() == {"a": 1, "b": 2, "c": "4"}
    assert [(m.line, m.what) for m in document.mistakes] == [
        (3, "`a` stands twice here, first in line 1."),
        (4, "A list or a mapping stands where a key is expected."),
        (6, "The tag `!own` is not known; the value is taken as text."),
    ]


def test_keys_are_texts_as_in_json() -> None:
    assert list(read_yaml("1: a\n1.0: b\ntrue: c\n~: d\n", "f").root.entries) == [
        "1",
        "true",
        "null",
    ]


def test_json_has_lines_as_well() -> None:
    root = read_json('{\n\t"a": [1,\n 2.0],\n "b": "\\ud83d\\ude00"}', "f.json").root
    assert root.plain() == {"a": [1, 2.0], "b": "😀"}
    assert root.keys == {"a": 2, "b": 4}
    assert [n.line for n in root.entries["a"].items] == [2, 3]
    assert [n.written for n in root.entries["a"].items] == ["1", "2.0"]


@pytest.mark.parametrize(
    ("text", "line"),
    [("", 1), ('{"a": 1,\n}', 2), ("[1,\n2", 2), ("[NaN]", 1), ("1\n2", 2), ("[1e999]", 1), ("[" * 9_999, 1), ("[\n1 2]", 2)],
)  # fmt: skip
def test_what_is_no_json_is_told_with_its_line(text: str, line: int) -> None:
    with pytest.raises(Unreadable) as told:
        read_json(text, "f.json")
    assert told.value.mistake.line == line


@given(st.text(alphabet="ab:-[]{}&*!|>'\"#%@`\n\t ,?<~1.\\u{}\ud800é😀", max_size=60))
def test_no_text_ends_in_anything_but_a_value_or_a_line(text: str) -> None:
    for read in (read_yaml, read_json):
        try:
            line = read(text, "f").root.line
        except Unreadable as told:
            line = told.mistake.line
        assert 0 <= line <= text.count("\n") + 2
