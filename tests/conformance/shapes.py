"""The shape of an answer: every path in its JSON with the type that stands there, events by their kind."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

Shape = frozenset[str]
OPEN = re.compile(
    r"(^|\.)(args|arguments|input|response|metadata|schema|parameters|input_schema|logit_bias|json_schema"
    r"|parametersJsonSchema|output_schema|properties|safety_identifier|labels)$"
)
"""Objects whose keys are the caller's or the model's own."""
NAMES = {bool: "boolean", int: "number", float: "number", str: "string", type(None): "null"}


def of(value: Any, path: str = "") -> Iterator[str]:
    """Every path with its type; items of an array are told apart by their `type`."""
    if isinstance(value, Mapping):
        yield f"{path}: object"
        if not OPEN.search(path):
            for name, inner in value.items():
                yield from of(inner, f"{path}.{name}" if path else name)
    elif isinstance(value, list):
        yield f"{path}: array"
        for item in value:
            kind = item.get("type") if isinstance(item, Mapping) else None
            yield from of(item, f"{path}[{kind}]" if isinstance(kind, str) else f"{path}[]")
    else:
        yield f"{path}: {NAMES[type(value)]}"


def events(body: str) -> Iterator[tuple[str, Any]]:
    """The kind and the JSON of every event of a stream; what is no JSON is left out."""
    for block in re.split(r"\r\n\r\n|\n\n|\r\r", body):
        data = "\n".join(
            line[5:].strip() for line in block.splitlines() if line.startswith("data:")
        )
        try:
            value = json.loads(data)
        except ValueError:
            continue
        kind = value.get("type") or value.get("event_type") or "chunk"
        yield str(kind) if isinstance(kind, str) else "chunk", value


def shape(body: str, streamed: bool) -> set[str]:
    """The shape of one whole answer, or of all events of a stream together."""
    if not streamed:
        return set(of(json.loads(body)))
    return {f"{kind} {line}" for kind, value in events(body) for line in of(value)}
