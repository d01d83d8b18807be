"""The files that real people and projects published: each is read whole, or says what is left out."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.chats.making import imported

FOLDER = Path(__file__).parents[2].parent / "shared" / "chat_exports"
PRODUCTS = {"chatgpt": "ChatGPT", "claude": "Claude", "gemini": "Gemini", "grok": "Grok", "deepseek": "DeepSeek",
            "aistudio": "Google AI Studio"}  # fmt: skip
NO_CHATS = ("chatgpt-04.json", "claude-36.json", "gemini-03.html")
"""A fragment, a memory, other products."""
OF_TOOLS = ("grok-03.json", "deepseek-03.json")
"""Shapes of tools that say nothing of the product."""
EMPTY = {"claude-01.json": 2}
"""Messages with nothing in them, which the table counts."""
FILES = sorted(file for file in FOLDER.glob("*-[0-9]*")) if FOLDER.is_dir() else []

pytestmark = pytest.mark.skipif(not FILES, reason="../shared/chat_exports is not here")


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_a_public_export_is_read_or_says_why_not(file: Path) -> None:
    found, left = imported(file)
    if file.name in NO_CHATS:
        assert found == []
        assert left
        return
    product = "another product" if file.name in OF_TOOLS else PRODUCTS[file.name.partition("-")[0]]
    assert {chat.product for chat in found} == {product}
    assert all(chat.turns or chat.messages or chat.steps for chat in found)


@pytest.mark.parametrize("line", [
    line for line in (FOLDER / "README.md").read_text("utf-8").splitlines() if re.match(r"\| \w+-\d+\.", line)
] if FILES else [])  # fmt: skip
def test_what_the_table_counts_is_found(line: str) -> None:
    """Entries and messages as the script counted them that wrote the table, where it says them plainly."""
    name, _, about = [part.strip() for part in line.split("|")[1:4]]
    entries, messages = re.search(r"(\d+) entries", about), re.search(r"; messages (\d+)", about)
    found, left = imported(FOLDER / name)
    if entries and name not in NO_CHATS and not name.startswith("gemini"):
        shells = [re.match(r"(?:([\d,]+) × )?.*conversation", what) for _, what in left]
        empty = sum(int(one[1] or 1) for one in shells if one)
        assert len(found) + empty == int(entries[1])
    if messages:
        assert sum(chat.messages for chat in found) == int(messages[1]) - EMPTY.get(name, 0)
