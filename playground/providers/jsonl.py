"""JSON Lines as providers send them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from playground.providers.mapping import read_json
from playground.wire.limits import Endless


def objects(data: bytes) -> Iterator[dict[str, Any]]:
    """The objects of a file, line by line; a line that is none is left out."""
    for line in data.splitlines():
        if line.strip():
            try:
                found = read_json(line)
            except (ValueError, Endless):
                continue
            if isinstance(found, dict):
                yield found


def whole(data: bytes) -> bool:
    """False where the last line is no JSON: the file was cut, or is something else altogether."""
    last = data.rstrip().rpartition(b"\n")[2]
    try:
        return not last or isinstance(read_json(last), dict)
    except (ValueError, Endless):
        return False
