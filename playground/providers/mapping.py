"""Small pieces that every adapter maps with."""

from __future__ import annotations

import base64
import functools
import json
from collections.abc import Callable
from typing import Any

from playground import catalog
from playground.domain import File, ModelRef
from playground.wire.limits import MAX_VALUES, Endless


def only(**fields: Any) -> dict[str, Any]:
    """The fields that say something: neither None nor an empty object."""
    return {name: value for name, value in fields.items() if value is not None and value != {}}


_SMALL = 64 * 1024
"""Characters of JSON that need no look at how many values they hold."""


class TooManyValues(Endless):
    """A JSON document that no answer is."""


def read_json(data: bytes | str) -> Any:
    """The JSON value; what no text may hold, half an emoji or bytes that are not UTF-8, becomes U+FFFD. ValueError if none.

    So it is where it is nested too deeply; TooManyValues where reading it would take too long.
    """
    if len(data) > _SMALL:
        _check_values(data)
    try:
        return _parser()(data)
    except ValueError:
        try:
            text = json.dumps(json.loads(_text(data)), ensure_ascii=False)
        except RecursionError:
            raise ValueError("it is nested too deeply") from None
        return _parser()(text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace"))


@functools.cache
def _parser() -> Callable[[bytes | str], Any]:
    from pydantic_core import from_json  # not at start: no page begins with an answer

    return from_json


def _text(data: bytes | str) -> str:
    if isinstance(data, str):
        return data
    encoding = json.detect_encoding(data)
    try:
        return data.decode(encoding, "surrogatepass")
    except UnicodeDecodeError:
        return data.decode(encoding, "replace")


def _check_values(data: bytes | str) -> None:
    signs: Any = b",[{" if isinstance(data, bytes) else ",[{"
    found = 0
    for start in range(0, len(data), _SMALL):
        found += sum(data.count(signs[i : i + 1], start, start + _SMALL) for i in range(3))
        if found > MAX_VALUES:
            raise TooManyValues(f"one JSON document holds more than {MAX_VALUES:,} values")


def data_url(file: File) -> str:
    """The file as a `data:` URL."""
    return f"data:{file.media_type};base64,{base64.b64encode(file.data).decode()}"


def dumps(arguments: Any) -> str:
    """A tool call's arguments as the JSON text that they were, or as the raw text where they were none."""
    return arguments if isinstance(arguments, str) else json.dumps(arguments, ensure_ascii=False)


def parse_arguments(text: Any) -> Any:
    """A tool call's arguments as a JSON value; {} when empty; the raw text when the model wrote something else.

    What is a value already stays one; what was written as JSON twice is read twice.
    """
    if not text:
        return {}
    if not isinstance(text, str):
        return text
    try:
        value = read_json(text)
        again = isinstance(value, str) and value.lstrip().startswith("{")
        return read_json(value) if again else value
    except (ValueError, TooManyValues):
        return text


def camel(value: Any) -> Any:
    """A JSON value with its fields in camel case, as Google's API spells them and not every proxy does."""
    if isinstance(value, list):
        return [camel(inner) for inner in value]
    if not isinstance(value, dict):
        return value
    return {_camel(name): inner if name in _FREE else camel(inner) for name, inner in value.items()}


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(part[:1].upper() + part[1:] for part in rest) if rest else name


_FREE = frozenset({"args"})
"""Fields whose own fields are the user's."""


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
