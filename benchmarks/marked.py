"""The places in the documents that a command writes: from `<!-- COMMAND -->` to `<!-- end -->`."""

from __future__ import annotations

import re
from pathlib import Path


def place(command: str) -> re.Pattern[str]:
    """What finds the place, with its two marks; the first group is the mark, the second what stands between."""
    return re.compile(f"(<!-- {re.escape(command)} -->\n)(.*?\n)??<!-- end -->", re.DOTALL)


def put(path: Path, command: str, text: str) -> None:
    """Let the text stand there; a document without such a place stays as it is."""
    old = path.read_text("utf-8")
    new = place(command).sub(lambda at: f"{at[1]}{text}\n<!-- end -->", old)
    path.write_text(new, "utf-8")
