"""Small pieces that every adapter maps with."""

from __future__ import annotations

import base64
import json
from typing import Any

from pydantic_core import from_json

from playground.domain import File, ModelRef
from playground.providers import catalog


def only(**fields: Any) -> dict[str, Any]:
    """The fields that say something: neither None nor an empty object."""
    return {name: value for name, value in fields.items() if value is not None and value != {}}


def read_json(data: bytes | str) -> Any:
    """The JSON value; half an emoji, which some servers send and no text may hold, becomes U+FFFD. ValueError if none."""
    try:
        return from_json(data)
    except ValueError:
        text = json.dumps(json.loads(data), ensure_ascii=False)
        return from_json(text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace"))


def data_url(file: File) -> str:
    """The file as a `data:` URL."""
    return f"data:{file.media_type};base64,{base64.b64encode(file.data).decode()}"


def dumps(arguments: Any) -> str:
    """A tool call's arguments as the JSON text that they were, or as the raw text where they were none."""
    return arguments if isinstance(arguments, str) else json.dumps(arguments, ensure_ascii=False)


def parse_arguments(text: str | None) -> Any:
    """A tool call's arguments as a JSON value; {} when empty; the raw text when the model wrote something else."""
    if not text:
        return {}
    try:
        return read_json(text)
    except ValueError:
        return text


def modality_counts(details: Any, field: str) -> dict[str, int]:
    """Google's list of counts by modality as one mapping, names in lower case."""
    return {
        str(row.get("modality") or "unspecified").lower(): row[field]
        for row in details or ()
        if row.get(field) is not None
    }


def output_limit(ref: ModelRef, default: int) -> int:
    """The most tokens that the model can write, as the catalog knows it; otherwise the default."""
    known = catalog.find(ref)
    return default if known is None or known.max_output is None else known.max_output
