"""JSON Lines as providers send them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from playground.providers.mapping import read_json


def objects(data: bytes) -> Iterator[dict[str, Any]]:
    """The objects of a file, line by line; a line that is none is left out."""
    for line in data.splitlines():
        if line.strip():
            try:
                found = read_json(line)
            except ValueError:
                continue
            if isinstance(found, dict):
                yield found
