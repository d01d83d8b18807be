"""Google's SDK for the Gemini API: its client, the list of models, and the count of a request."""

from __future__ import annotations

import functools
import logging
import ssl
from collections.abc import Mapping
from typing import Any

import httpx2

from playground.domain import Endpoint
from playground.domain.base_url import without_version
from playground.providers.listed import PAGE, ListedModel, listed_model, told, unread
from playground.providers.sdk import NO_KEY, kept, relayed, silence_log

COUNTED = "totalTokens"
VERSION = "v1"
"""google-genai's own default, named so that the environment cannot change it."""


@kept
def client(endpoint: Endpoint, silence: float) -> Any:
    """A genai.Client for the Gemini API, without retries; the caller holds on to it as long as its call runs."""
    from google import genai
    from google.genai import types

    silence_log("google_genai")
    # It is handed answers without a body, and warns of each list of models that it finds none in.
    logging.getLogger("google_genai._transformers").setLevel(logging.ERROR)
    base_url, version = without_version(endpoint.base_url, VERSION)
    return genai.Client(
        vertexai=False,
        api_key=endpoint.key.reveal() if endpoint.key else NO_KEY,
        http_options=types.HttpOptions(
            base_url=base_url,
            api_version=version,
            timeout=round(silence * 1000),
            retry_options=types.HttpRetryOptions(attempts=1),
            httpx_client=_sync_client(),
            httpx_async_client=relayed(),
            async_client_args={"ssl": _no_trust()},
        ),
    )


async def models(endpoint: Endpoint, silence: float, after: str | None = None) -> Any:
    """Ask for a page of the list of models; the client comes back too, so that it lives as long as its call."""
    google = client(endpoint, silence)
    config = {"page_size": PAGE, **({"page_token": after} if after else {})}
    return await google.aio.models.list(config=config), google


async def model(endpoint: Endpoint, silence: float, name: str) -> Any:
    """Ask for one model's row."""
    google = client(endpoint, silence)
    return await google.aio.models.get(model=name), google


def next_page(body: Mapping[str, Any]) -> str | None:
    return body.get("nextPageToken") or None


_READ = frozenset(
    {"name", "displayName", "description", "version", "inputTokenLimit", "outputTokenLimit"}
    | {"supportedGenerationMethods", "thinking", "temperature", "maxTemperature", "topP", "topK"}
)


def listed(row: Mapping[str, Any]) -> ListedModel | None:
    """One row; models that only embed, count or draw answer no prompts."""
    methods = row.get("supportedGenerationMethods") or ("generateContent",)
    return listed_model(
        str(row.get("name") or "").removeprefix("models/"),
        context=row.get("inputTokenLimit"),
        max_output=row.get("outputTokenLimit"),
        answers="generateContent" in methods,
        told=told(reasons=row.get("thinking")),
        row=row,
        unread=unread(row, _READ),
    )


async def count(arguments: Mapping[str, Any], endpoint: Endpoint, silence: float) -> Any:
    """Ask how many input tokens a generateContent request has: its system prompt as text in front, its tools not at all."""
    google = client(endpoint, silence)
    system = arguments["config"].get("system_instruction")
    front = [{"role": "user", "parts": [{"text": system}]}] if system else []
    contents = [*front, *arguments["contents"]]
    return await google.aio.models.count_tokens(model=arguments["model"], contents=contents), google


@functools.cache
def _no_trust() -> ssl.SSLContext:
    """For the Gemini SDK's websockets, which this client never opens: without it every client loads all certificates, 18 ms."""
    return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


@functools.cache
def _sync_client() -> httpx2.Client:
    """A client that the Gemini SDK wants beside the asynchronous one; it is never used and reaches nothing."""
    return httpx2.Client(transport=httpx2.MockTransport(_nothing), trust_env=False)


def _nothing(request: httpx2.Request) -> httpx2.Response:
    raise RuntimeError(f"the synchronous client was asked for {request.url.host}")
