"""What every door does the same way: small readers of JSON bodies and writers of events."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from playground.demo import faults, models
from playground.demo.ask import Ask, Kind, Part, Refused
from playground.demo.breaking import Frame
from playground.demo.calling import Call
from playground.demo.compose import Reply
from playground.demo.models import Model
from playground.demo.reasoning import EFFORTS

Body = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Door:
    """One protocol: how its body is read and how its answer is written, streamed and whole."""

    name: str
    vendor: str
    read: Callable[[Body, str, bool], Ask]
    """Body, the model's name in the URL (or ""), and whether the URL asks for a stream."""
    stream: Callable[[Reply], tuple[list[Frame], int]]
    """The events in time, and which of them is the first with an answer in it."""
    whole: Callable[[Reply], dict[str, Any]]
    response_id: Callable[[Reply], str]
    call_id: Callable[[Call], str]
    """How it writes the id of a tool call."""
    like: str = ""
    """Whose errors, headers and content types it has, where they are not its vendor's."""

    @property
    def form(self) -> str:
        """The vendor in whose form it answers."""
        return self.like or self.vendor


def dumps(value: Any) -> bytes:
    """Compact JSON."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode(
        "utf-8", "surrogatepass"
    )


def event(name: str, data: Any) -> bytes:
    """A named server-sent event."""
    return b"event: " + name.encode() + b"\ndata: " + dumps(data) + b"\n\n"


def data(value: Any) -> bytes:
    """A server-sent event without a name."""
    return b"data: " + dumps(value) + b"\n\n"


def choose(vendor: str, name: Any) -> tuple[Model, str, str | None]:
    """The model, its name as asked, and the fault that its suffix asks for; Refused for one that the vendor lacks."""
    if not isinstance(name, str) or not name:
        raise Refused("no_model")
    plain, fault = faults.split(name)
    try:
        model = models.find(vendor, plain)
    except models.Gone as gone:
        raise Refused("retired", f"{gone.day}") from None
    if model is None:
        raise Refused("404", plain)
    return model, name, fault


def effort(value: Any, param: str) -> str | None:
    """An effort or thinking level in lower case; Refused when it is none of the known words."""
    if value is None:
        return None
    word = str(value).lower()
    if word == "thinking_level_unspecified":
        return None
    if word not in EFFORTS:
        raise Refused("effort", str(value), param)
    return word


def positive(value: Any, param: str) -> int | None:
    """A number of tokens, or None where none was given; Refused when it is not a whole number from 0."""
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise Refused("invalid", f"Invalid value for '{param}': expected a whole number.", param)
    return value


def texts(value: Any) -> tuple[str, ...]:
    """A string or a list of strings as a tuple."""
    if value is None:
        return ()
    return (value,) if isinstance(value, str) else tuple(str(v) for v in value)


URL_SAFE = str.maketrans("-_", "+/")
"""Google's SDK writes base64 in the alphabet for addresses."""


def file_part(kind: Kind, encoded: Any, cache: str | None = None) -> Part:
    """An inline file from base64 or a data URL; a URL to fetch is counted as a file of unknown size."""
    text = str(encoded or "")
    if text.startswith("data:"):
        text = text.partition(",")[2]
    try:
        raw = base64.b64decode(text.translate(URL_SAFE), validate=True)
    except (binascii.Error, ValueError):
        raw = text.encode()
    return Part(kind, data=raw, cache=cache)


def kind_of(media_type: Any) -> Kind:
    """`image`, `document` or `audio` by media type."""
    head = str(media_type or "").partition("/")[0]
    return MEDIA.get(head, "document")


MEDIA: dict[str, Kind] = {"image": "image", "audio": "audio"}


def json_schema(form: Body, schema: Any) -> Mapping[str, Any] | None:
    """The schema that OpenAI's `json_schema` asks for, an empty one for `json_object`, None for text."""
    found: dict[str, Any] = {"json_schema": schema or {}, "json_object": {}}
    return found.get(str(form.get("type")))
