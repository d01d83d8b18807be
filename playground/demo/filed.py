"""Files that a request names by their ids, put into it as if they had been sent inline."""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping
from typing import Any

from playground.demo.ask import Refused
from playground.demo.batches import File, Files
from playground.domain import media_type

NAMES = (b"file_id", b"fileUri", b"file_uri")
"""A request without any of these names no file."""


def inlined(value: Any, files: Files) -> Any:
    """The body with its files inside; Refused for one that is not there."""
    if isinstance(value, list):
        return [inlined(one, files) for one in value]
    if not isinstance(value, Mapping):
        return value
    kind = next((kind for kind in FORMS if _is(value, kind)), None)
    if kind is None:
        return {name: inlined(one, files) for name, one in value.items()}
    where, form = FORMS[kind]
    id = where(value)
    found = files.find(id)
    if found is None:
        raise Refused("no_file" if id.startswith("files/") else "no_thing", f"File not found: {id}")
    return form(value, found)


def _is(value: Mapping[str, Any], kind: str) -> bool:
    if kind == "fileData":
        return isinstance(value.get("fileData", value.get("file_data")), Mapping)
    if kind == "source":
        source = value.get("source")
        return isinstance(source, Mapping) and source.get("type") == "file"
    return value.get("type") == kind and bool(value.get("file_id"))


def _url(file: File) -> str:
    return f"data:{_kind(file)};base64,{base64.b64encode(file.data).decode()}"


def _kind(file: File) -> str:
    return media_type(file.data) or file.media_type or "text/plain"


def _image(value: Mapping[str, Any], file: File) -> dict[str, Any]:
    rest = {name: one for name, one in value.items() if name != "file_id"}
    return {**rest, "image_url": _url(file)}


def _file(value: Mapping[str, Any], file: File) -> dict[str, Any]:
    return {"type": "input_file", "filename": file.name, "file_data": _url(file)}


def _source(value: Mapping[str, Any], file: File) -> dict[str, Any]:
    data = base64.b64encode(file.data).decode()
    return {**value, "source": {"type": "base64", "media_type": _kind(file), "data": data}}


def _data(value: Mapping[str, Any], file: File) -> dict[str, Any]:
    data = base64.b64encode(file.data).decode()
    rest = {n: one for n, one in value.items() if n not in ("fileData", "file_data")}
    return {**rest, "inlineData": {"mimeType": _kind(file), "data": data}}


def _uri(value: Mapping[str, Any]) -> str:
    told = value.get("fileData") or value.get("file_data") or {}
    uri = str(told.get("fileUri") or told.get("file_uri") or "")
    return f"files/{uri.rpartition('/')[2]}"


FORMS: dict[str, tuple[Callable[[Mapping[str, Any]], str], Callable[..., dict[str, Any]]]] = {
    "input_image": (lambda value: str(value["file_id"]), _image),
    "input_file": (lambda value: str(value["file_id"]), _file),
    "source": (lambda value: str(value["source"].get("file_id")), _source),
    "fileData": (_uri, _data),
}
"""How a vendor names a file → where its id stands, and the same with the file inside."""
