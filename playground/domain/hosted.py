"""What a provider keeps for us: files, stores of files, and the chunks that it finds in them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Value = str | float | bool
"""What can be said of a file, beside its text."""
Comparison = Literal["=", "!=", ">", ">=", "<", "<="]


@dataclass(frozen=True, slots=True, kw_only=True)
class Chunking:
    """How a file is cut."""

    size: int
    """Tokens of a chunk at most."""
    overlap: int = 0
    """Tokens that two neighbours share."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """What a file must say of itself to be searched."""

    key: str
    how: Comparison
    value: Value


@dataclass(frozen=True, slots=True, kw_only=True)
class HostedFile:
    """A file at a provider."""

    id: str
    name: str = ""
    size: int | None = None
    """Bytes."""
    media_type: str | None = None
    purpose: str | None = None
    """What OpenAI was told that it is for."""
    state: str | None = None
    """The provider's own word; None = it says none."""
    downloadable: bool | None = None
    created_at: str | None = None
    expires_at: str | None = None
    """When the provider deletes it by itself; None = never, or it does not say."""
    uri: str | None = None
    """By which Gemini is told of it."""
    gone: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class FileStore:
    """A store of files that are cut into chunks and can be searched."""

    id: str
    name: str = ""
    state: str | None = None
    """The provider's own word."""
    ready: bool = False
    """True when everything in it can be searched."""
    files: Mapping[str, int] = field(default_factory=dict)
    """How many files are `in_progress`, `completed`, `failed`, `cancelled`, and in `total`."""
    size: int | None = None
    """Bytes that are stored: chunks and what makes them findable."""
    expires_at: str | None = None
    gone: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredFile:
    """A file inside a store."""

    id: str
    store: str = ""
    state: str | None = None
    """The provider's own word."""
    ready: bool = False
    size: int | None = None
    attributes: Mapping[str, Value] = field(default_factory=dict)
    chunking: Chunking | None = None
    """How it was cut; None where the provider does not say."""
    problem: str = ""
    """Why it can't be searched, in the provider's words."""
    gone: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Chunk:
    """A piece of a file that was found for a question."""

    text: str | None
    """None where the provider does not show it."""
    file: str | None = None
    """The file's name."""
    file_id: str | None = None
    store: str | None = None
    score: float | None = None
    """How well it fits, 0 to 1, where the provider says so."""
    attributes: Mapping[str, Value] = field(default_factory=dict)
    """What its file says of itself, where the provider shows it."""
    cited: bool = False
    """True when the answer refers to it, or to its file."""
