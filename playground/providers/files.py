"""Files that a provider keeps: uploaded once, sent by their ids from then on. A new provider is a row of FILES."""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, NamedTuple, Protocol

from playground.domain import Endpoint
from playground.domain.hosted import HostedFile
from playground.providers import anthropic_sdk, gemini_sdk, gemini_stores, openai_sdk, openai_stores
from playground.providers.asking import SILENCE
from playground.providers.batch_door import Asks, Notes, moment, noted, whole
from playground.providers.gemini_batch import beta

_SECONDS = 3600
"""After so long a file ends by itself, where that can be asked for: what was forgotten costs nothing."""


class _Upload(Protocol):
    async def __call__(self, asks: Asks, name: str, data: bytes, media_type: str) -> Any: ...


class _Read(Protocol):
    def __call__(self, raw: Mapping[str, Any]) -> HostedFile: ...


class _Part(Protocol):
    def __call__(self, file: HostedFile) -> dict[str, Any]: ...


class Row(NamedTuple):
    """One provider's files."""

    upload: _Upload
    file: _Read
    """Read the provider's object of a file."""
    part: _Part
    """The file in a message, by its id."""
    keeps: str
    """For how long it keeps a file, one sentence."""
    source: str


async def _openai(asks: Asks, name: str, data: bytes, media_type: str) -> Any:
    purpose = "vision" if media_type.startswith("image/") else "user_data"
    files = openai_sdk.client(asks.endpoint, SILENCE).files.with_raw_response
    ends = {"anchor": "created_at", "seconds": _SECONDS}
    given = (name, data, media_type)
    return await asks.ask(lambda: files.create(file=given, purpose=purpose, expires_after=ends))


async def _anthropic(asks: Asks, name: str, data: bytes, media_type: str) -> Any:
    files = anthropic_sdk.client(asks.endpoint, SILENCE).files.with_raw_response
    given = (name, data, media_type)
    return await asks.ask(lambda: files.upload(file=given, expires_in_seconds=_SECONDS))


async def _gemini(asks: Asks, name: str, data: bytes, media_type: str) -> Any:
    google = gemini_sdk.client(beta(asks.endpoint), SILENCE)
    config = {"mime_type": media_type, "display_name": name}
    given = io.BytesIO(data)
    return await asks.ask(lambda: google.aio.files.upload(file=given, config=config))


def _anthropic_file(raw: Mapping[str, Any]) -> HostedFile:
    return HostedFile(
        id=str(raw.get("id") or ""),
        name=str(raw.get("filename") or ""),
        size=whole(raw.get("size_bytes")),
        media_type=raw.get("mime_type"),
        downloadable=raw.get("downloadable"),
        created_at=moment(raw.get("created_at")),
        expires_at=moment(raw.get("expires_at")),
        gone=raw.get("type") == "file_deleted",
    )


def _openai_part(file: HostedFile) -> dict[str, Any]:
    image = (file.media_type or "").startswith("image/")
    return {"type": "input_image" if image else "input_file", "file_id": file.id}


def _anthropic_part(file: HostedFile) -> dict[str, Any]:
    image = (file.media_type or "").startswith("image/")
    source = {"type": "file", "file_id": file.id}
    return {"type": "image" if image else "document", "source": source}


def _gemini_part(file: HostedFile) -> dict[str, Any]:
    return {"fileData": {"fileUri": file.uri, "mimeType": file.media_type}}


FILES = {
    "openai": Row(
        _openai, openai_stores.file, _openai_part,
        "OpenAI keeps a file until it is deleted; here it is asked to delete it after an hour.",
        "https://developers.openai.com/api/docs/guides/file-inputs",
    ),
    "anthropic": Row(
        _anthropic, _anthropic_file, _anthropic_part,
        "Anthropic keeps a file until it is deleted; here it is asked to delete it after an hour.",
        "https://platform.claude.com/docs/en/build-with-claude/files",
    ),
    "gemini": Row(
        _gemini, gemini_stores.file, _gemini_part,
        "Google deletes a file after 48 hours.",
        "https://ai.google.dev/gemini-api/docs/files",
    ),
}  # fmt: skip
"""Providers that keep files."""


def where(endpoint: Endpoint) -> Endpoint:
    """Where a question about a file is asked: Google's at the version that has files."""
    return beta(endpoint) if endpoint.provider == "gemini" else endpoint


async def upload(asks: Asks, name: str, data: bytes, media_type: str, notes: Notes) -> HostedFile:
    """Upload a file; ProviderError when the provider does not take it."""
    row = FILES[asks.endpoint.provider]
    made = await noted(notes, "file", name)
    file = row.file(await row.upload(asks, name, data, media_type))
    await made(file.id, file.expires_at)
    # OpenAI does not say of what kind a file is.
    return file if file.media_type else replace(file, media_type=media_type)
