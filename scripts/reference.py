"""Writes what docs/ holds that is generated from the code: `.venv/bin/python scripts/reference.py`; `--check` only looks."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from playground.export import dumps  # noqa: E402 - from this checkout
from playground.price_service import published  # noqa: E402
from playground.pricing import load  # noqa: E402

FILES: Mapping[str, Callable[[], str]] = {
    "prices.json": lambda: published.text(load(own=False)),
    published.SCHEMA_NAME: lambda: dumps(published.json_schema()) + "\n",
}
"""File in docs/ → what it is to hold."""


def stale() -> list[str]:
    """The files that hold something else than they are to."""
    return [name for name, text in FILES.items() if _held(name) != text()]


def write() -> None:
    """Write every file."""
    for name, text in FILES.items():
        path = ROOT / "docs" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text(), encoding="utf-8", newline="\n")


def _held(name: str) -> str:
    path = ROOT / "docs" / name
    return path.read_text(encoding="utf-8") if path.exists() else ""


if __name__ == "__main__":
    if sys.argv[1:] == ["--check"]:
        sys.exit("\n".join(f"docs/{name} is out of date" for name in stale()) or 0)
    write()
