"""Gemini's explicit caches through the official SDK: a prefix stored for an hour or more, billed by the hour."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from playground.domain import ModelRef, Request
from playground.providers import gemini_sdk
from playground.providers.asking import SILENCE
from playground.providers.batch_door import Notes, moment, noted, whole
from playground.providers.doors import door
from playground.providers.failures import ProviderError, failure_of
from playground.providers.gemini_batch import beta
from playground.providers.talking import Talk


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredPrefix:
    """One cache as Google describes it; what it does not say is None."""

    name: str
    """`cachedContents/…`, as a request names it."""
    model: str | None = None
    tokens: int | None = None
    display_name: str = ""
    created_at: str | None = None
    """ISO 8601, as is the next."""
    expires_at: str | None = None

    @property
    def seconds(self) -> int | None:
        """How long it is stored, from its making to its end."""
        if not (self.created_at and self.expires_at):
            return None
        made, ends = (_read(text) for text in (self.created_at, self.expires_at))
        return max(0, round((ends - made).total_seconds())) if made and ends else None


def _read(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


def _caches(talk: Talk) -> Any:
    return gemini_sdk.client(beta(talk.endpoint), SILENCE).aio.caches


async def make(
    talk: Talk, model: ModelRef, prefix: Request, *, seconds: int | None, title: str, notes: Notes
) -> StoredPrefix:
    """Store the request's system prompt and messages; `seconds` None = Google's own hour. ProviderError when it is too short."""
    given = door(model).arguments(prefix)
    config = {
        "display_name": title,
        "contents": given["contents"] or None,
        "system_instruction": given["config"].get("system_instruction"),
        "tools": given["config"].get("tools"),
        "ttl": None if seconds is None else f"{seconds}s",
    }
    held = {name: value for name, value in config.items() if value}
    made = await noted(notes, "cache", title)
    found = read(await talk.ask(lambda: _caches(talk).create(model=model.model, config=held)))
    await made(found.name, found.expires_at)
    return found


async def look(talk: Talk, name: str) -> StoredPrefix:
    """One cache as it is now; a cache that is gone is a 403."""
    return read(await talk.ask(lambda: _caches(talk).get(name=name)))


async def keep(
    talk: Talk, name: str, *, seconds: int | None = None, until: str | None = None
) -> StoredPrefix:
    """Give it another end: so many seconds from now, or a moment; one in the past is accepted too."""
    config = {"expire_time": until} if until else {"ttl": f"{seconds}s"}
    return read(await talk.ask(lambda: _caches(talk).update(name=name, config=config)))


async def delete(talk: Talk, name: str) -> None:
    """Delete it; one that is gone already is no error."""
    await talk.drop(lambda: _caches(talk).delete(name=name))


async def listing(talk: Talk) -> list[StoredPrefix]:
    """The project's caches, one page of them."""
    page = await talk.ask(lambda: _caches(talk).list())
    return [read(one) for one in page.get("cachedContents") or ()]


def read(raw: Any) -> StoredPrefix:
    """Google's object; ProviderError where it is none."""
    if not isinstance(raw, Mapping) or not raw.get("name"):
        message = "The answer holds no cache."
        raise ProviderError(failure_of("server", "gemini", message=message))
    model = raw.get("model")
    return StoredPrefix(
        name=str(raw["name"]),
        model=str(model).removeprefix("models/") if model else None,
        tokens=whole((raw.get("usageMetadata") or {}).get("totalTokenCount")),
        display_name=str(raw.get("displayName") or ""),
        created_at=moment(raw.get("createTime")),
        expires_at=moment(raw.get("expireTime")),
    )
