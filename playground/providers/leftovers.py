"""Deleting what was made at a provider, by its kind. A new kind is a row of `DELETE`."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from playground.domain.provider import provider_of
from playground.providers import anthropic_sdk, gemini_sdk, openai_sdk
from playground.providers.asking import SILENCE
from playground.providers.failures import ProviderError, failure_of
from playground.providers.gemini_batch import beta
from playground.providers.talking import Talk

Delete = Callable[[Talk, str], Awaitable[Any]]


def _openai(talk: Talk) -> Any:
    return openai_sdk.client(talk.endpoint, SILENCE)


def _anthropic(talk: Talk) -> Any:
    return anthropic_sdk.client(talk.endpoint, SILENCE)


def _google(talk: Talk) -> Any:
    return gemini_sdk.client(beta(talk.endpoint), SILENCE).aio


async def _nothing(talk: Talk, id: str) -> None:
    """OpenAI keeps a batch's record for good: what was in it lies in its files."""


DELETE: dict[tuple[str, str], Delete] = {
    ("openai", "file"): lambda t, id: _openai(t).files.with_raw_response.delete(id),
    ("openai", "vector store"): lambda t, id: _openai(t).vector_stores.with_raw_response.delete(id),
    ("openai", "batch"): _nothing,
    ("anthropic", "file"): lambda t, id: _anthropic(t).files.with_raw_response.delete(id),
    ("anthropic", "batch"): lambda t, id: _anthropic(t).messages.batches.with_raw_response.delete(
        id
    ),
    ("gemini", "file"): lambda t, id: _google(t).files.delete(name=id),
    ("gemini", "batch"): lambda t, id: _google(t).batches.delete(name=id),
    ("gemini", "cache"): lambda t, id: _google(t).caches.delete(name=id),
    ("gemini", "file search store"): lambda t, id: _google(t).file_search_stores.delete(
        name=id, config={"force": True}
    ),
}
"""Provider and kind → the SDK's call that deletes one."""


async def delete(talk: Talk, kind: str, id: str) -> None:
    """Delete one thing; that it is gone already is no error. ProviderError where the provider refuses."""
    provider = talk.endpoint.provider
    call = DELETE.get((provider, kind))
    if call is None:
        label = provider_of(provider).label
        message = f"A {kind} at {label} can't be deleted from here."
        raise ProviderError(failure_of("invalid_request", provider, message=message))
    if call is not _nothing:
        await talk.drop(lambda: call(talk, id))
