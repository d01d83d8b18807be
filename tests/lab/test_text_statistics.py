"""What an answer looks like: marks counted outside code, a reading level only where it means something, never slow."""

from __future__ import annotations

import pytest

from playground.lab.text_statistics import MOST_CHARACTERS, Statistics, statistics, syllables

SAMPLE = """# A title 🎉

This is **bold**, see https://example.test/a.

- one
- two
1. three

| a | b |
|---|---|
| 1 | 2 |

```python
# not a heading
- not an item
```
"""


def test_marks_are_counted_outside_code() -> None:
    found = statistics(SAMPLE)
    assert (found.headings, found.list_items, found.bold, found.tables) == (1, 3, 1, 1)
    assert (found.code_blocks, found.links, found.emoji) == (1, 1, 1)


def test_a_reading_level_needs_english_and_some_length() -> None:
    plain = "The cat sat on the mat. " * 10
    hard = (
        "Institutional considerations necessitate comprehensive organisational restructuring. " * 10
    )
    easy_level, hard_level = statistics(plain).reading_level, statistics(hard).reading_level
    assert easy_level is not None
    assert hard_level is not None
    assert easy_level < 3 < 12 < hard_level
    assert statistics("Short.").reading_level is None
    assert statistics("這是一段中文。" * 20).reading_level is None


def test_chinese_counts_by_the_character() -> None:
    assert statistics("你好。世界。").words == 4
    assert statistics("你好。世界。").sentences == 2


def test_an_empty_text_has_nothing() -> None:
    assert statistics("") == Statistics(
        characters=0,
        words=0,
        sentences=0,
        reading_level=None,
        headings=0,
        list_items=0,
        bold=0,
        tables=0,
        code_blocks=0,
        links=0,
        emoji=0,
    )


@pytest.mark.parametrize(
    ("word", "number"), [("cat", 1), ("token", 2), ("example", 3), ("cake", 1), ("table", 2)]
)
def test_syllables(word: str, number: int) -> None:
    assert syllables(word) == number


@pytest.mark.parametrize(
    "piece", ["a", "- ", "|-", "**", "**a", "🎉", "```\n", "\n", " \n", "# ", "http://", "1."]
)
def test_a_paste_of_the_greatest_length_is_counted(piece: str) -> None:
    text = piece * (MOST_CHARACTERS // len(piece))
    assert statistics(text).characters == len(text)
